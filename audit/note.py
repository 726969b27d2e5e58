"""Signed notes of C2SP: a text, an empty line, and one line for each signature.

A note is bytes from end to end. Signatures under unknown keys are ignored, so that
witnesses and new keys may sign beside the log; one known key must have signed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from crypto import signing
from crypto.errors import Code, Refused
from crypto.hashing import sha256
from protocol import codec

ED25519: Final = b"\x01"
"""Algorithm byte before the public key of a log's own signature."""

SIGNATURE_LIMIT: Final = 100
"""Most signature lines of a note; the specification asks for at least 16."""

_SIZE_LIMIT: Final = 1 << 20
_KEY_ID_SIZE: Final = 4
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)")
# A lone surrogate is what a terminal hands over for bytes that are no UTF-8.
_NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")
_VKEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """A public key known under a name: 32 bytes of Ed25519."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read `name+id+base64(0x01 ‖ key)`.

        Raises BAD_PROOF for another form or algorithm, BAD_B64, WEAK_KEY.
        """
        match = _VKEY.fullmatch(vkey)
        if match is None:
            raise Refused(Code.BAD_PROOF, why="vkey")
        typed = codec.from_b64(match[3])
        verifier = cls(name=_named(match[1]), public=typed[1:])
        signing.require_point(verifier.public)
        if verifier.vkey != vkey:
            raise Refused(Code.BAD_PROOF, why="vkey")
        return verifier

    @property
    def vkey(self) -> str:
        """The key in one line of text."""
        return f"{self.name}+{self.key_id.hex()}+{codec.b64(ED25519 + self.public)}"

    @property
    def key_id(self) -> bytes:
        """Four bytes by which a signature line names its key."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public)[:_KEY_ID_SIZE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A private key under a name."""

    name: str
    key: signing.SigningKey

    @property
    def verifier(self) -> Verifier:
        """The public side."""
        return Verifier(name=_named(self.name), public=self.key.public)

    def line(self, text: bytes) -> bytes:
        """Sign a text: one signature line."""
        blob = self.verifier.key_id + self.key.sign(text)
        return f"— {self.name} {codec.b64(blob)}\n".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text whose signatures by known keys were checked; `signed_by` is not empty."""

    text: bytes
    signed_by: tuple[Verifier, ...]


def sign(text: bytes, *signers: Signer) -> bytes:
    """Make a note of a text that ends in a newline. Raises BAD_PROOF for another text."""
    _checked_text(text)
    return text + b"\n" + b"".join(signer.line(text) for signer in signers)


def open_note(raw: bytes, verifiers: Sequence[Verifier]) -> Note:
    """Check a note against known keys.

    Args:
        raw: The note, at most 1 MiB with at most 100 signature lines.
        verifiers: Keys that are known beforehand, never taken from the note.

    Raises:
        Refused: BAD_PROOF for a malformed note, BAD_B64, BAD_SIG when the signature of a known
            key is wrong, UNTRUSTED when no known key signed.
    """
    text, lines = _split(raw)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    signed_by = dict[tuple[str, bytes], Verifier]()
    for name, blob in map(_parse_line, lines):
        place = (name, blob[:_KEY_ID_SIZE])
        if place in known and place not in signed_by:
            signing.verify(public=known[place].public, message=text, signature=blob[_KEY_ID_SIZE:])
            signed_by[place] = known[place]
    if not signed_by:
        raise Refused(Code.UNTRUSTED)
    return Note(text=text, signed_by=tuple(signed_by.values()))


def _split(raw: bytes) -> tuple[bytes, list[str]]:
    # The text may hold empty lines itself, so the last one parts it from the signatures.
    text, gap, block = raw.rpartition(b"\n\n")
    lines = _checked_text(block).split("\n")[:-1]
    _checked_text(text + b"\n")
    if not gap or len(raw) > _SIZE_LIMIT or len(lines) > SIGNATURE_LIMIT:
        raise Refused(Code.BAD_PROOF, why="note")
    return text + b"\n", lines


def _checked_text(text: bytes) -> str:
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        raise Refused(Code.BAD_PROOF, why="note") from error
    if not decoded.endswith("\n") or _CONTROL.search(decoded):
        raise Refused(Code.BAD_PROOF, why="note")
    return decoded


def _parse_line(line: str) -> tuple[str, bytes]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise Refused(Code.BAD_PROOF, why="signature-line")
    blob = codec.from_b64(match[2])
    if len(blob) <= _KEY_ID_SIZE:
        raise Refused(Code.BAD_PROOF, why="signature-line")
    return match[1], blob


def _named(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise Refused(Code.BAD_PROOF, why="key-name")
    return name
