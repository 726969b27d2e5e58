"""XChaCha20-Poly1305-IETF. It does not commit to its key: the envelope adds that (section 5.9)."""

from typing import Final

from nacl import bindings
from nacl.exceptions import CryptoError

from crypto.errors import Code, Refused

KEY_SIZE: Final = 32
NONCE_SIZE: Final = 24
TAG_SIZE: Final = 16


def encrypt(*, key: bytes, nonce: bytes, aad: bytes, plaintext: bytes) -> bytes:
    """Return ciphertext then 16-byte tag, under a 32-byte key and 24-byte nonce."""
    return bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, aad, nonce, key)


def decrypt(*, key: bytes, nonce: bytes, aad: bytes, ciphertext: bytes) -> bytes:
    """Return the plaintext; `BAD_TAG` if key, nonce, aad or any byte differs."""
    if len(ciphertext) < TAG_SIZE:
        raise Refused(Code.BAD_TAG)
    try:
        return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(ciphertext, aad, nonce, key)
    except CryptoError as error:
        raise Refused(Code.BAD_TAG) from error
