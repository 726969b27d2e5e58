"""Invitations: one secret the server never sees, as a code to type and a link (section 5.4).

Everything is derived from 16 random bytes s: the id under which the server files the
invitation, and the keys of the macs that bind network, joiner and device to it.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from typing import Final

from crypto.errors import Code, Refused
from crypto.hashing import digits12, kdf, mac, pae, parts, sha256
from crypto.password import SALT_SIZE, stretch
from crypto.profiles import STANDARD
from protocol.codec import b64u, from_b64u
from protocol.ids import Digest, Hash, Id, InvId, Key, LinkId, NetId, Wid

SECRET_SIZE: Final = 16
CODE_SIZE: Final = 28

_DATA_SIZE: Final = 26
_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_LINK: Final = re.compile(
    r"(?P<origin>[a-z][a-z0-9]*://[^/?#\s]+)/join"
    r"#shk1\.(?P<net>[A-Za-z0-9_-]{43})\.(?P<code>[A-Za-z0-9-]+)"
)


class Secret:
    """The secret of one invitation or device link, from 16 random bytes; it has no text form."""

    __slots__ = ("_root", "_seed")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SECRET_SIZE:
            raise ValueError(len(seed))
        self._seed: Final = seed
        self._root: Final = sha256(pae("shk1/invite-secret", seed))

    @property
    def inv(self) -> InvId:
        """The invitation's public id."""
        return InvId(Id(kdf(self._root, "inv", b"")[: Id.SIZE]))

    @property
    def lid(self) -> LinkId:
        """The public id of a link between two devices of one person."""
        return LinkId(Id(kdf(self._root, "lid", b"")[: Id.SIZE]))

    def code(self) -> str:
        """Return the code to type: 28 characters without separators."""
        return _base32(self._seed) + _check_characters(self._seed)

    def link(self, *, origin: str, net: NetId) -> str:
        """Return the link to open; the fragment never travels in a request."""
        return f"{origin}/join#shk1.{b64u(net)}.{self.code()}"

    def invite_net(self, net: NetId) -> Digest:
        """`am`: proves to the joiner that the network she found is the inviting one."""
        message = pae("shk1/invite-net", parts(net, self.inv))
        return _mac(kdf(self._root, "inet", b""), message)

    def link_net(self, net: NetId, *, wid: Wid, ik: Key) -> Digest:
        """Prove to the new device which network and which person its sibling meant."""
        message = pae("shk1/link-net", parts(net, self.lid, wid, ik))
        return _mac(kdf(self._root, "inet", b""), message)

    def join(self, net: NetId, *, tbs: bytes) -> Digest:
        """Authenticate a `join` (its `pae`) to the registrar."""
        return _mac(kdf(self._root, "invite", parts(net, self.inv)), tbs)

    def link_request(self, net: NetId, *, tbs: bytes) -> Digest:
        """Authenticate a `link` (its `pae`) to the sibling device."""
        return _mac(kdf(self._root, "link", parts(net, self.lid)), tbs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An invitation link taken apart; `secret` alone is confidential."""

    origin: str
    net: NetId
    secret: Secret


def require_mac(*, ours: bytes, theirs: bytes) -> None:
    """Refuse (`BAD_TAG`) a mac other than the one computed here; in constant time."""
    if not hmac.compare_digest(ours, theirs):
        raise Refused(Code.BAD_TAG)


def enrolment_digits(*, net: NetId, inv: InvId, ik: Key, dk: Key, ekh: Digest) -> str:
    """Return the twelve digits that joiner and registrar read to each other.

    Hashed slowly (0.3 s), since whoever searches keys for equal digits must pay for each try.
    """
    salt = sha256(pae("shk1/enrol-salt", net))[:SALT_SIZE]
    typed = pae("shk1/enrol-code", parts(net, inv, ik, dk, ekh))
    return digits12(stretch(typed, salt=salt, profile=STANDARD))


# --- the code a person types --------------------------------------------------------------

# What a Japanese keyboard makes of a code: full-width forms, and its several hyphens.
_WIDE: Final = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_SEPARATORS: Final = dict.fromkeys(map(ord, " \t\r\n\u3000-\u2010\u2011\u2212\u30fc"))
_MISTAKEN: Final = {ord("0"): "O", ord("1"): "I", ord("8"): "B"}


def grouped(code: str) -> str:
    """Show a code in groups of four, as it is printed and read aloud."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def read_code(typed: str) -> Secret:
    """Read a typed code; case, separators, full-width forms and 0 1 8 are forgiven.

    Raises:
        Refused: `BAD_LENGTH` unless 28 characters remain, `BAD_B64` when they are no code: a
            foreign character, spare bits, or check characters that do not fit.
    """
    code = typed.translate(_WIDE).translate(_SEPARATORS).upper().translate(_MISTAKEN)
    if len(code) != CODE_SIZE:
        raise Refused(Code.BAD_LENGTH)
    if not set(code) <= set(_ALPHABET):
        raise Refused(Code.BAD_B64)
    secret = Secret(base64.b32decode(code[:_DATA_SIZE] + "======"))
    if secret.code() != code:
        raise Refused(Code.BAD_B64)
    return secret


def read_link(text: str) -> Link:
    """Take an invitation link apart; `BAD_B64` when it has another form, else as `read_code`."""
    found = _LINK.fullmatch(text)
    if found is None:
        raise Refused(Code.BAD_B64)
    net = NetId(Hash(from_b64u(found["net"])))
    return Link(origin=found["origin"], net=net, secret=read_code(found["code"]))


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")


def _check_characters(seed: bytes) -> str:
    bits = int.from_bytes(sha256(pae("shk1/code-check", seed))[:2], "big") >> 6
    return _ALPHABET[bits >> 5] + _ALPHABET[bits & 31]


def _mac(key: bytes, message: bytes) -> Digest:
    return Digest(Hash(mac(key, message)))
