"""Hashes and the two framings under them; every keyed call carries its own type string.

Source: protocol, section 5.1. Integers are unsigned big-endian.
"""

import hashlib

_CODE_SPACE = 10**12


def sha256(data: bytes) -> bytes:
    """H(x): SHA-256, 32 bytes."""
    return hashlib.sha256(data).digest()


def u8(value: int) -> bytes:
    """Return one byte; OverflowError outside 0..255."""
    return value.to_bytes(1, "big")


def u16(value: int) -> bytes:
    """Return two bytes; OverflowError outside their range."""
    return value.to_bytes(2, "big")


def u32(value: int) -> bytes:
    """Return four bytes; OverflowError outside their range."""
    return value.to_bytes(4, "big")


def u64(value: int) -> bytes:
    """Return eight bytes; OverflowError outside their range."""
    return value.to_bytes(8, "big")


def parts(*items: bytes) -> bytes:
    """Join byte strings so that no two lists give the same result: each behind its u32 length."""
    return b"".join([u32(len(item)) + item for item in items])


def pae(kind: str, body: bytes) -> bytes:
    """Frame a body under its type string: the pre-authentication encoding of DSSE v1."""
    name = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(body), body)


def kdf(key: bytes, purpose: str, context: bytes, size: int = 32) -> bytes:
    """Derive `size` bytes (at most 64) from a 32-byte key for one purpose and context."""
    message = pae("shk1/kdf/" + purpose, context)
    return hashlib.blake2b(message, key=key, digest_size=size).digest()


def mac(key: bytes, message: bytes) -> bytes:
    """Authenticate a typed message (a `pae`) under a 32-byte key: BLAKE2b-256, 32 bytes."""
    return keyed(key, message)


def keyed(key: bytes, message: bytes) -> bytes:
    """Blind a guessable text under a 32-byte salt: BLAKE2b-256 of the raw message, 32 bytes."""
    return hashlib.blake2b(message, key=key, digest_size=32).digest()


def digits12(digest: bytes) -> str:
    """Return twelve digits to read aloud, as 4-4-4, from the first eight bytes of a digest."""
    number = int.from_bytes(digest[:8], "big") % _CODE_SPACE
    digits = f"{number:012d}"
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"
