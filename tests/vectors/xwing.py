"""HPKE over X-Wing put together from its parts: a third opinion, and a maker of hostile seals.

Sources: RFC 9180, section 5.1; draft-connolly-cfrg-xwing-kem, sections 5.2 to 5.5.
"""

import hashlib
import hmac
from typing import Final

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from nacl import bindings

_LABEL: Final = bytes.fromhex("5c2e2f2f5e5c")
_SUITE: Final = b"HPKE" + (0x647A).to_bytes(2, "big") + b"\0\1\0\3"
_P: Final = 2**255 - 19
_ORDER_EIGHT: Final = (
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
)
SMALL_ORDER: Final = tuple(
    u.to_bytes(32, "little") for u in (0, 1, *_ORDER_EIGHT, _P - 1, _P, _P + 1)
)
"""u of the points of curve25519 and its twist whose order divides eight, also above the prime."""


def _halves(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    wide = hashlib.shake_256(seed).digest(96)
    return MLKEM768PrivateKey.from_seed_bytes(wide[:64]), X25519PrivateKey.from_private_bytes(
        wide[64:]
    )


def shared_secret(seed: bytes, enc: bytes) -> bytes:
    """Decapsulate 1120 bytes: 32 bytes, whatever was put in."""
    mlkem, x25519 = _halves(seed)
    share = enc[1088:]
    return _combine(
        mlkem.decapsulate(enc[:1088]),
        x25519.exchange(X25519PublicKey.from_public_bytes(share)),
        share,
        x25519.public_key().public_bytes_raw(),
    )


def _combine(mlkem: bytes, x25519: bytes, share: bytes, public: bytes) -> bytes:
    return hashlib.sha3_256(mlkem + x25519 + share + public + _LABEL).digest()


def seal(seed: bytes, info: bytes, text: bytes, *, share: bytes) -> bytes:
    """Seal to a seed with an X25519 share of small order: the secret of that half is zero."""
    mlkem, x25519 = _halves(seed)
    public = x25519.public_key().public_bytes_raw()
    secret, ct = mlkem.public_key().encapsulate()
    key, nonce = schedule(_combine(secret, bytes(32), share, public), info)
    sealed = bindings.crypto_aead_chacha20poly1305_ietf_encrypt(text, b"", nonce, key)
    return ct + share + sealed


def open_sealed(seed: bytes, info: bytes, sealed: bytes) -> bytes:
    """Open what was sealed to a seed; CryptoError if it does not open."""
    key, nonce = schedule(shared_secret(seed, sealed[:1120]), info)
    return bindings.crypto_aead_chacha20poly1305_ietf_decrypt(sealed[1120:], b"", nonce, key)


def schedule(secret: bytes, info: bytes) -> tuple[bytes, bytes]:
    """Key and first nonce of the base mode."""
    context = b"\0" + _extract(b"", b"psk_id_hash", b"") + _extract(b"", b"info_hash", info)
    exporter = _extract(secret, b"secret", b"")
    return _expand(exporter, b"key", context, 32), _expand(exporter, b"base_nonce", context, 12)


def _extract(salt: bytes, label: bytes, data: bytes) -> bytes:
    return hmac.digest(salt, b"HPKE-v1" + _SUITE + label + data, "sha256")


def _expand(key: bytes, label: bytes, info: bytes, size: int) -> bytes:
    message = size.to_bytes(2, "big") + b"HPKE-v1" + _SUITE + label + info + b"\1"
    return hmac.digest(key, message, "sha256")[:size]
