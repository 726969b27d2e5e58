"""Bytes of a vault: unsigned envelopes, each behind its length (protocol, sections 5.9 and 5.19).

    file = L(lock), L(dk)?, L(ik)?, L(body 1), ...        L(x) = u32 length, x

`lock` holds the vault key V under W1 = PW(pass); `dk` and `body` are sealed under keys of V,
`ik` under a key of a second PW with a salt of its own. Headers are inside the key derivation;
so the cost of PW can be neither lowered nor raised without the file failing to open.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeVar

import msgspec

from crypto import aead
from crypto.entropy import Entropy
from crypto.errors import Code, Refused
from crypto.hashing import kdf, parts
from crypto.password import stretch
from crypto.profiles import Argon2Profile
from crypto.signing import SIGNATURE_SIZE, SigningKey
from protocol import codec, envelope
from protocol.ids import Did, Hash, Id
from protocol.shapes import U32, U53, Closed

CHUNK: Final = 512 * 1024
LIMIT: Final = 32 * 1024 * 1024
PLAIN_LIMIT: Final = 16 * 1024 * 1024
_HEADER_LIMIT: Final = 1024
_LENGTH: Final = 4
# Envelopes are signed outside; a vault has no reader but its owner, so the mark is dropped.
_NOBODY: Final = SigningKey.from_seed(bytes(32))

# A file that asks for more than this would only stop the machine that opens it.
_Memory = Annotated[int, msgspec.Meta(ge=8 * 1024, le=2**30)]
_Passes = Annotated[int, msgspec.Meta(ge=1, le=16)]


class LockHeader(Closed, frozen=True, kw_only=True):
    """Header of V under the passphrase: memory in bytes, passes, salt of 16 bytes."""

    v: Literal[1] = 1
    k: Literal["vault"] = "vault"
    m: _Memory
    t: _Passes
    salt: Id


class DeviceHeader(Closed, frozen=True, kw_only=True):
    """Header of the device's signing key."""

    v: Literal[1] = 1
    k: Literal["dk"] = "dk"
    did: Did


class PersonHeader(Closed, frozen=True, kw_only=True):
    """Header of the person's identity key, under a passphrase step of its own."""

    v: Literal[1] = 1
    k: Literal["ik"] = "ik"
    did: Did
    m: _Memory
    t: _Passes
    salt: Id


class BodyHeader(Closed, frozen=True, kw_only=True):
    """Header of one piece of the contents; `rev` counts saves, so that a copy shows its age."""

    v: Literal[1] = 1
    k: Literal["body"] = "body"
    rev: U53
    i: U32
    of: U32


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """The items of one file as they stand on disk."""

    lock: bytes
    body: tuple[bytes, ...]
    dk: bytes | None = None
    ik: bytes | None = None

    def encode(self) -> bytes:
        """Write the file."""
        keys = [item for item in (self.dk, self.ik) if item is not None]
        return parts(self.lock, *keys, *self.body)


class _Peek(msgspec.Struct, frozen=True):
    k: str


H = TypeVar("H", bound=Closed)


# --- one item ------------------------------------------------------------------------------------


def seal_item(key: bytes, *, header: Closed, plaintext: bytes, entropy: Entropy) -> bytes:
    """Seal one item under a parent key of 32 bytes."""
    wire = envelope.seal(
        key=key,
        header=codec.encode(header),
        plaintext=plaintext,
        nonce=entropy(aead.NONCE_SIZE),
        signer=_NOBODY,
    )
    return wire[:-SIGNATURE_SIZE]


def open_item(key: bytes, item: bytes) -> bytes:
    """Open one item: BAD_COMMITMENT for another key, BAD_TAG, BAD_PADDING, BAD_LENGTH."""
    return envelope.open_(_parsed(item), key=key)


def header_of(item: bytes, kind: type[H]) -> H:
    """Read the header of an item; BAD_J1 for another kind."""
    return codec.decode(_parsed(item).header, kind, limit=_HEADER_LIMIT)


def _parsed(item: bytes) -> envelope.Envelope:
    return envelope.parse(item + bytes(SIGNATURE_SIZE))


# --- the file ------------------------------------------------------------------------------------


def parse(data: bytes) -> Sealed:
    """Take a file apart; OVERSIZE, BAD_LENGTH, or BAD_J1 for items that do not belong there."""
    if len(data) > LIMIT:
        raise Refused(Code.OVERSIZE)
    by_kind: dict[str, list[bytes]] = {"vault": [], "dk": [], "ik": [], "body": []}
    for item in _items(data):
        kind = codec.decode(_parsed(item).header, _Peek, limit=_HEADER_LIMIT).k
        if kind not in by_kind:
            raise Refused(Code.UNKNOWN_TYPE)
        by_kind[kind].append(item)
    single = [len(by_kind[kind]) <= 1 for kind in ("dk", "ik")]
    if len(by_kind["vault"]) != 1 or not all(single):
        raise Refused(Code.BAD_LENGTH)
    return Sealed(
        lock=by_kind["vault"][0],
        dk=next(iter(by_kind["dk"]), None),
        ik=next(iter(by_kind["ik"]), None),
        body=tuple(by_kind["body"]),
    )


def _items(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + _LENGTH], "big")
        item = data[at + _LENGTH : at + _LENGTH + size]
        if len(item) != size or at + _LENGTH > len(data):
            raise Refused(Code.BAD_LENGTH)
        yield item
        at += _LENGTH + size


# --- V and the contents --------------------------------------------------------------------------


def lock(
    key: bytes, passphrase: str, *, profile: Argon2Profile, floor: Argon2Profile, entropy: Entropy
) -> bytes:
    """Wrap V under a passphrase; KDF_FLOOR below the floor. Slow: call it off the event loop."""
    salt = entropy(Id.SIZE)
    header = LockHeader(m=profile.memory_bytes, t=profile.passes, salt=Id(salt))
    wrapping = stretch(passphrase, salt=salt, profile=profile, floor=floor)
    return seal_item(wrapping, header=header, plaintext=key, entropy=entropy)


def unlock(item: bytes, passphrase: str, *, floor: Argon2Profile) -> bytes:
    """Give V: KDF_FLOOR, or BAD_COMMITMENT for a wrong passphrase. Slow."""
    header = header_of(item, LockHeader)
    profile = Argon2Profile(memory_bytes=header.m, passes=header.t)
    wrapping = stretch(passphrase, salt=header.salt, profile=profile, floor=floor)
    return open_item(wrapping, item)


def seal_body(key: bytes, plaintext: bytes, *, rev: int, entropy: Entropy) -> tuple[bytes, ...]:
    """Seal the contents in pieces of at most 512 KiB."""
    pieces = [plaintext[at : at + CHUNK] for at in range(0, len(plaintext), CHUNK)]
    return tuple(
        seal_item(
            key,
            header=BodyHeader(rev=rev, i=place, of=len(pieces)),
            plaintext=piece,
            entropy=entropy,
        )
        for place, piece in enumerate(pieces)
    )


def open_body(key: bytes, items: Sequence[bytes]) -> tuple[int, bytes]:
    """Give the save counter and the contents; BAD_LENGTH unless all pieces are of one save."""
    headers = [header_of(item, BodyHeader) for item in items]
    rev = headers[0].rev if headers else -1
    expected = [BodyHeader(rev=rev, i=place, of=len(items)) for place in range(len(items))]
    if not headers or headers != expected:
        raise Refused(Code.BAD_LENGTH)
    return rev, b"".join(open_item(key, item) for item in items)


# --- signing keys --------------------------------------------------------------------------------


def seal_device_key(key: bytes, seed: bytes, *, did: Did, entropy: Entropy) -> bytes:
    """Wrap the seed of dk under V."""
    header = DeviceHeader(did=did)
    return seal_item(kdf(key, "dk", did), header=header, plaintext=seed, entropy=entropy)


def open_device_key(key: bytes, item: bytes) -> SigningKey:
    """Give dk."""
    did = header_of(item, DeviceHeader).did
    return SigningKey.from_seed(open_item(kdf(key, "dk", did), item))


def seal_person_key(
    seed: bytes,
    passphrase: str,
    *,
    did: Did,
    profile: Argon2Profile,
    floor: Argon2Profile,
    entropy: Entropy,
) -> bytes:
    """Wrap the seed of ik under a passphrase step of its own. Slow."""
    salt = entropy(Id.SIZE)
    header = PersonHeader(did=did, m=profile.memory_bytes, t=profile.passes, salt=Id(salt))
    stretched = stretch(passphrase, salt=salt, profile=profile, floor=floor)
    return seal_item(kdf(stretched, "ik", did), header=header, plaintext=seed, entropy=entropy)


def open_person_key(item: bytes, passphrase: str, *, floor: Argon2Profile) -> SigningKey:
    """Give ik: KDF_FLOOR, or BAD_COMMITMENT for a wrong passphrase. Slow."""
    header = header_of(item, PersonHeader)
    profile = Argon2Profile(memory_bytes=header.m, passes=header.t)
    stretched = stretch(passphrase, salt=header.salt, profile=profile, floor=floor)
    return SigningKey.from_seed(open_item(kdf(stretched, "ik", header.did), item))


def new_key(entropy: Entropy) -> Hash:
    """Draw a key or seed of 32 bytes."""
    return Hash(entropy(Hash.SIZE))
