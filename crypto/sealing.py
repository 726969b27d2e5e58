"""HPKE base mode with X-Wing: one suite, aad empty, all context in `info` (protocol, section 5.1).

A public key is ML-KEM-768 (1184 bytes) then X25519 (32); the private key is one 32-byte seed,
SHAKE256(seed, 96) = d, z, x25519. Sealed bytes are enc (1120) then ciphertext and tag.
"""

import hashlib
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import (
    MLKEM768PrivateKey,
    MLKEM768PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from crypto.errors import Code, Refused

SEED_SIZE: Final = 32
PUBLIC_SIZE: Final = 1216
ENC_SIZE: Final = 1120
OVERHEAD: Final = ENC_SIZE + 16

_MLKEM_PUBLIC: Final = 1184
_MLKEM_SEED: Final = 64
_ANYBODY: Final = X25519PrivateKey.from_private_bytes(bytes(range(32)))
_SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class SealingKey:
    """A private X-Wing key; `public` is 1216 bytes."""

    __slots__ = ("_key", "public")

    def __init__(self, *, mlkem: MLKEM768PrivateKey, x25519: X25519PrivateKey) -> None:
        self._key: Final = MLKEM768X25519PrivateKey(mlkem, x25519)
        self.public: Final = (
            mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        )

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """Expand a 32-byte seed to both halves."""
        if len(seed) != SEED_SIZE:
            raise ValueError(len(seed))
        wide = hashlib.shake_256(seed).digest(96)
        return cls(
            mlkem=MLKEM768PrivateKey.from_seed_bytes(wide[:_MLKEM_SEED]),
            x25519=X25519PrivateKey.from_private_bytes(wide[_MLKEM_SEED:]),
        )

    def open(self, sealed: bytes, *, info: bytes) -> bytes:
        """Open bytes sealed to this key under the same `info`; every failure is `BAD_TAG`."""
        try:
            return _SUITE.decrypt(sealed, self._key, info)
        except (InvalidTag, ValueError) as error:
            raise Refused(Code.BAD_TAG) from error


def seal(public: bytes, *, info: bytes, plaintext: bytes) -> bytes:
    """Seal to a 1216-byte public key; 32 bytes become 1168. A malformed key is `BAD_TAG`.

    The one function that draws randomness of its own: the library offers no other way.
    """
    try:
        return _SUITE.encrypt(plaintext, _public_key(public), info)
    except ValueError as error:
        raise Refused(Code.BAD_TAG) from error


def is_public(public: bytes) -> bool:
    """Tell whether anybody could seal to these bytes: size, range of ML-KEM, no small order."""
    try:
        _public_key(public)
        _ANYBODY.exchange(X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC:]))
    except ValueError:
        return False
    return True


def _public_key(public: bytes) -> MLKEM768X25519PublicKey:
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC]),
        X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC:]),
    )
