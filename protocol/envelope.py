"""Content envelopes, format layer: seal and open for a given key and header (section 5.9).

    prefix = "SHK1", 0x01, u16 length, header          com = commitment to the key
    wire   = prefix, nonce, com, u32 length, ct, sig    bare = prefix, nonce, com, H(ct), sig

The author signs outside, over H(ct): a server that erased the content can still prove the act.
What a header may say is `protocol.headers`.
"""

import hmac
from dataclasses import dataclass
from typing import Final

from crypto import aead
from crypto.errors import Code, Refused
from crypto.hashing import kdf, pae, parts, sha256, u16, u32
from crypto.padding import pad, unpad
from crypto.signing import SIGNATURE_SIZE, SigningKey, verify
from protocol.codec import STATE_HEADER_LIMIT

MAGIC: Final = b"SHK1\x01"
CT_LIMIT: Final = 1024 * 1024 + aead.TAG_SIZE

_PREFIX_MIN: Final = len(MAGIC) + 2
_COM_SIZE: Final = 32
_HASH_SIZE: Final = 32
_WIRE_LIMIT: Final = (
    _PREFIX_MIN
    + STATE_HEADER_LIMIT
    + aead.NONCE_SIZE
    + _COM_SIZE
    + len(u32(0))
    + CT_LIMIT
    + SIGNATURE_SIZE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One envelope, not yet trusted; `ct` is None when only the bare form is at hand.

    Sizes in bytes: nonce 24, com, ct_hash and eid 32, sig 64.
    """

    prefix: bytes
    nonce: bytes
    com: bytes
    ct: bytes | None
    ct_hash: bytes
    sig: bytes
    eid: bytes

    @property
    def header(self) -> bytes:
        """The header's bytes, verbatim; `protocol.headers` reads them."""
        return self.prefix[_PREFIX_MIN:]

    @property
    def tbs(self) -> bytes:
        """What the author signed; its SHA-256 is `eid`."""
        return _tbs(self.prefix, nonce=self.nonce, com=self.com, ct_hash=self.ct_hash)

    def wire(self) -> bytes:
        """Return the whole envelope; `BAD_LENGTH` when its content is not at hand."""
        ct = self.require_content()
        return b"".join([self.prefix, self.nonce, self.com, u32(len(ct)), ct, self.sig])

    def bare(self) -> bytes:
        """Return the form without content: same eid, same signature."""
        return b"".join([self.prefix, self.nonce, self.com, self.ct_hash, self.sig])

    def require_content(self) -> bytes:
        """Return the ciphertext; `BAD_LENGTH` when only the bare form is at hand."""
        if self.ct is None:
            raise Refused(Code.BAD_LENGTH)
        return self.ct

    def sg(self, dk: bytes) -> bytes:
        """Return what log and feed commit to: the hash of author's key and signature."""
        return sha256(parts(dk, self.sig))


# --- seal and open ------------------------------------------------------------------------


def seal(
    *,
    key: bytes,
    header: bytes,
    plaintext: bytes,
    nonce: bytes,
    signer: SigningKey,
    constant: int | None = None,
) -> bytes:
    """Return the wire form of one sealed and signed envelope.

    Args:
        key: Parent key of 32 bytes (K_body, K_wrap); it is never an AEAD key itself.
        header: J1 bytes, at most 32 KiB; they are bound verbatim.
        plaintext: At most 1 MiB once padded, else `OVERSIZE`.
        nonce: 24 fresh random bytes.
        signer: The author's device key.
        constant: Padded length of kinds that have one length only.
    """
    prefix = _prefix(header)
    aead_key, com = _keys(key, prefix=prefix, nonce=nonce)
    padded = pad(plaintext, constant=constant)
    ct = aead.encrypt(key=aead_key, nonce=nonce, aad=prefix, plaintext=padded)
    if len(ct) > CT_LIMIT:
        raise Refused(Code.OVERSIZE)
    sig = signer.sign(_tbs(prefix, nonce=nonce, com=com, ct_hash=sha256(ct)))
    return b"".join([prefix, nonce, com, u32(len(ct)), ct, sig])


def check_signature(env: Envelope, dk: bytes) -> None:
    """Check the author's signature under a device key of 32 bytes: `WEAK_KEY` or `BAD_SIG`."""
    verify(public=dk, message=env.tbs, signature=env.sig)


def open_(env: Envelope, *, key: bytes, constant: int | None = None) -> bytes:
    """Return the plaintext of an envelope whose signature, place and rights were checked before.

    Raises, in this order, `BAD_COMMITMENT` (compared in constant time), `BAD_TAG`, `BAD_PADDING`.
    """
    aead_key, com = _keys(key, prefix=env.prefix, nonce=env.nonce)
    if not hmac.compare_digest(com, env.com):
        raise Refused(Code.BAD_COMMITMENT)
    ct = env.require_content()
    padded = aead.decrypt(key=aead_key, nonce=env.nonce, aad=env.prefix, ciphertext=ct)
    return unpad(padded, constant=constant)


def _prefix(header: bytes) -> bytes:
    if len(header) > STATE_HEADER_LIMIT:
        raise Refused(Code.OVERSIZE)
    return MAGIC + u16(len(header)) + header


def _keys(key: bytes, *, prefix: bytes, nonce: bytes) -> tuple[bytes, bytes]:
    okm = kdf(key, "aead", parts(prefix, nonce), 64)
    return okm[:32], okm[32:]


def _tbs(prefix: bytes, *, nonce: bytes, com: bytes, ct_hash: bytes) -> bytes:
    return pae("shk1/env", parts(prefix, nonce, com, ct_hash))


# --- parse --------------------------------------------------------------------------------


def parse(wire: bytes) -> Envelope:
    """Take the whole form apart: `OVERSIZE`, `BAD_MAGIC` or `BAD_LENGTH`; nothing may follow it."""
    reader = _Reader(wire)
    prefix, nonce, com = _read_front(reader)
    size = int.from_bytes(reader.take(4), "big")
    if size > CT_LIMIT:
        raise Refused(Code.OVERSIZE)
    ct = reader.take(size)
    sig = reader.take(SIGNATURE_SIZE)
    reader.finish()
    return _envelope(prefix, nonce=nonce, com=com, ct=ct, ct_hash=sha256(ct), sig=sig)


def parse_bare(bare: bytes) -> Envelope:
    """Take the form without content apart; the same refusals as `parse`."""
    reader = _Reader(bare)
    prefix, nonce, com = _read_front(reader)
    ct_hash = reader.take(_HASH_SIZE)
    sig = reader.take(SIGNATURE_SIZE)
    reader.finish()
    return _envelope(prefix, nonce=nonce, com=com, ct=None, ct_hash=ct_hash, sig=sig)


class _Reader:
    """Pieces of one byte string from front to back; `finish` judges all their lengths at once."""

    def __init__(self, data: bytes) -> None:
        if len(data) > _WIRE_LIMIT:
            raise Refused(Code.OVERSIZE)
        if not data.startswith(MAGIC):
            raise Refused(Code.BAD_MAGIC)
        self._data = data
        self._at = len(MAGIC)

    def take(self, size: int) -> bytes:
        # Past the end a piece is too short; `_at` still counts what should have been there.
        piece = self._data[self._at : self._at + size]
        self._at += size
        return piece

    def finish(self) -> None:
        if self._at != len(self._data):
            raise Refused(Code.BAD_LENGTH)


def _read_front(reader: _Reader) -> tuple[bytes, bytes, bytes]:
    size = int.from_bytes(reader.take(2), "big")
    if size > STATE_HEADER_LIMIT:
        raise Refused(Code.OVERSIZE)
    prefix = _prefix(reader.take(size))
    return prefix, reader.take(aead.NONCE_SIZE), reader.take(_COM_SIZE)


def _envelope(
    prefix: bytes, *, nonce: bytes, com: bytes, ct: bytes | None, ct_hash: bytes, sig: bytes
) -> Envelope:
    eid = sha256(_tbs(prefix, nonce=nonce, com=com, ct_hash=ct_hash))
    return Envelope(prefix=prefix, nonce=nonce, com=com, ct=ct, ct_hash=ct_hash, sig=sig, eid=eid)
