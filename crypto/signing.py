"""Ed25519 through libsodium and nothing else.

OpenSSL and WebCrypto accept an identity public key with a zero signature for any message
(protocol, section 1.4); so the point is checked at every verification, not only at issuance.
"""

from functools import lru_cache
from typing import Final, Self

from nacl import bindings
from nacl.exceptions import BadSignatureError

from crypto.errors import Code, Refused

SEED_SIZE: Final = 32
PUBLIC_SIZE: Final = 32
SIGNATURE_SIZE: Final = 64


class SigningKey:
    """A private Ed25519 key; it has no text form, so that a log line cannot carry it."""

    __slots__ = ("_secret", "public")

    def __init__(self, *, public: bytes, secret: bytes) -> None:
        self.public: Final = public
        self._secret: Final = secret

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """Derive the key pair of a 32-byte seed."""
        public, secret = bindings.crypto_sign_seed_keypair(seed)
        return cls(public=public, secret=secret)

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature over a typed message (a `pae`)."""
        return bindings.crypto_sign(message, self._secret)[:SIGNATURE_SIZE]


def require_point(public: bytes) -> None:
    """Refuse a key that is not a canonical point of the prime-order group (`WEAK_KEY`)."""
    if len(public) != PUBLIC_SIZE or not _is_point(bytes(public)):
        raise Refused(Code.WEAK_KEY)


@lru_cache(maxsize=8192)
def _is_point(public: bytes) -> bool:
    """Remember the answer: it costs as much as a signature, and the same devices come again."""
    return bindings.crypto_core_ed25519_is_valid_point(public)


def verify(*, public: bytes, message: bytes, signature: bytes) -> None:
    """Check a 64-byte signature under a 32-byte key; coming back is the proof.

    Raises `WEAK_KEY` for a key outside the prime-order group, else `BAD_SIG`.
    """
    require_point(public)
    if len(signature) != SIGNATURE_SIZE:
        raise Refused(Code.BAD_SIG)
    try:
        bindings.crypto_sign_open(signature + message, public)
    except BadSignatureError as error:
        raise Refused(Code.BAD_SIG) from error
