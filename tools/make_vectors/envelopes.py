"""File 08, format layer: headers here need not be legal, only their bytes matter."""

from collections.abc import Iterator
from typing import Final

from crypto.errors import Code
from crypto.hashing import kdf, parts, u16, u32
from crypto.signing import SigningKey
from protocol import envelope
from tools.make_vectors.cases import Case
from tools.make_vectors.values import (
    CASE,
    DK,
    DK_SEED,
    DOC,
    DOC_KEY,
    EPOCH_KEY,
    accept,
    flip,
    reject,
    seq,
)

_HEADER: Final = b'{"v":1,"k":"note","n":1}'
_KEY: Final = kdf(DOC_KEY, "body", parts(CASE, DOC, u32(1)))
_NONCE: Final = seq(0, 24)
_TEXT: Final = "支援会議 要約".encode()
_WIRE: Final = envelope.seal(key=_KEY, header=_HEADER, plaintext=_TEXT, nonce=_NONCE, signer=DK)
_AT_NONCE: Final = 7 + len(_HEADER)
_AT_COM: Final = _AT_NONCE + 24
_AT_SIZE: Final = _AT_COM + 32
_AT_CT: Final = _AT_SIZE + 4
_AT_SIG: Final = len(_WIRE) - 64


def envelopes() -> Iterator[Case]:
    """Seal, open, refuse, and the form without content."""
    yield from _seals()
    yield accept("open", "open-envelope", **_opening(_WIRE))
    yield from _openings()
    yield from _bare()


def _seals() -> Iterator[Case]:
    for name, header, plaintext, constant in (
        ("a note", _HEADER, _TEXT, None),
        ("an empty text", _HEADER, b"", None),
        ("an empty header", b"", b"{}", None),
        ("a constant length", _HEADER, b"{}", 1024),
        ("a long text", _HEADER, b"x" * 1500, None),
    ):
        fields = _sealing(header, plaintext, constant)
        yield accept(f"seal {name}", "seal-envelope", **fields)
    yield reject(
        "seal too long for a constant",
        "seal-envelope",
        Code.OVERSIZE,
        **_sealing(_HEADER, bytes(1024), 1024),
    )


def _sealing(header: bytes, plaintext: bytes, constant: int | None) -> dict[str, str | int | None]:
    return {
        "key": _KEY.hex(),
        "header": header.hex(),
        "plaintext": plaintext.hex(),
        "nonce": _NONCE.hex(),
        "seed": DK_SEED.hex(),
        "constant": constant,
    }


def _opening(wire: bytes, **changed: str | int) -> dict[str, str | int | None]:
    good: dict[str, str | int | None] = {
        "wire": wire.hex(),
        "key": _KEY.hex(),
        "public": DK.public.hex(),
        "constant": None,
    }
    return {**good, **changed}


def _openings() -> Iterator[Case]:
    for name, wire in _other_lengths().items():
        yield reject(f"open {name}", "open-envelope", Code.BAD_LENGTH, **_opening(wire))
    for name, wire in _other_magics().items():
        yield reject(f"open {name}", "open-envelope", Code.BAD_MAGIC, **_opening(wire))
    for name, wire in _too_long().items():
        yield reject(f"open {name}", "open-envelope", Code.OVERSIZE, **_opening(wire))
    for name, wire in _changed_bytes().items():
        yield reject(f"open {name}", "open-envelope", Code.BAD_SIG, **_opening(wire))
    for name, (code, wire) in _signed_again().items():
        yield reject(f"open {name}", "open-envelope", code, **_opening(wire))
    other = SigningKey.from_seed(seq(1, 32)).public.hex()
    yield reject("another author", "open-envelope", Code.BAD_SIG, **_opening(_WIRE, public=other))
    weak = b"\x01".ljust(32, b"\0").hex()
    yield reject("a weak author", "open-envelope", Code.WEAK_KEY, **_opening(_WIRE, public=weak))
    key = EPOCH_KEY.hex()
    yield reject("another key", "open-envelope", Code.BAD_COMMITMENT, **_opening(_WIRE, key=key))
    constant = _opening(_WIRE, constant=1024)
    yield reject("another constant", "open-envelope", Code.BAD_PADDING, **constant)


def _other_lengths() -> dict[str, bytes]:
    return {
        "magic only": _WIRE[:5],
        "half a header length": _WIRE[:6],
        "cut off in the header": _WIRE[:20],
        "cut off in the nonce": _WIRE[: _AT_NONCE + 23],
        "cut off in the commitment": _WIRE[: _AT_COM + 31],
        "cut off in the length": _WIRE[: _AT_SIZE + 3],
        "cut off in the ciphertext": _WIRE[: _AT_SIG - 1],
        "cut off before the signature": _WIRE[:_AT_SIG],
        "cut off in the signature": _WIRE[:-1],
        "a trailing byte": _WIRE + b"\0",
        "a length one too small": _resized(-1),
        "a length one too great": _resized(1),
    }


def _resized(change: int) -> bytes:
    size = _AT_SIG - _AT_CT + change
    return _WIRE[:_AT_SIZE] + u32(size) + _WIRE[_AT_CT:]


def _other_magics() -> dict[str, bytes]:
    return {
        "nothing": b"",
        "half a magic": b"SHK",
        "another magic": b"SHB1" + _WIRE[4:],
        "another version": b"SHK1\x02" + _WIRE[5:],
        "no version": _WIRE[:4],
    }


def _too_long() -> dict[str, bytes]:
    return {
        "a header beyond 32 KiB": b"SHK1\x01" + u16(32 * 1024 + 1) + _WIRE[7:],
        "a ciphertext beyond 1 MiB": _WIRE[:_AT_SIZE] + u32(2**20 + 17) + _WIRE[_AT_CT:],
    }


def _changed_bytes() -> dict[str, bytes]:
    return {
        "a changed header": flip(_WIRE, 10),
        "a changed nonce": flip(_WIRE, _AT_NONCE),
        "a changed commitment": flip(_WIRE, _AT_COM),
        "a changed ciphertext": flip(_WIRE, _AT_CT),
        "a changed tag": flip(_WIRE, _AT_SIG - 1),
        "a changed signature": flip(_WIRE, _AT_SIG),
        "a changed end": flip(_WIRE, len(_WIRE) - 1),
    }


def _signed_again() -> dict[str, tuple[Code, bytes]]:
    # What a member with a device key of her own can make of another's ciphertext.
    commitment, tag = Code.BAD_COMMITMENT, Code.BAD_TAG
    return {
        "another header, signed again": (commitment, _resign(flip(_WIRE, 10))),
        "another nonce, signed again": (commitment, _resign(flip(_WIRE, _AT_NONCE))),
        "another commitment, signed again": (commitment, _resign(flip(_WIRE, _AT_COM))),
        "another ciphertext, signed again": (tag, _resign(flip(_WIRE, _AT_CT))),
        "another tag, signed again": (tag, _resign(flip(_WIRE, _AT_SIG - 1))),
        "no ciphertext, signed again": (tag, _resign(_without_content())),
    }


def _without_content() -> bytes:
    return _WIRE[:_AT_SIZE] + u32(0) + bytes(64)


def _resign(wire: bytes) -> bytes:
    return wire[:-64] + DK.sign(envelope.parse(wire).tbs)


def _bare() -> Iterator[Case]:
    bare, public = envelope.parse(_WIRE).bare(), DK.public.hex()
    yield accept("bare", "parse-bare", bare=bare.hex(), public=public)
    for name, (code, changed) in {
        "bare with a changed hash": (Code.BAD_SIG, flip(bare, len(bare) - 65)),
        "bare with a changed header": (Code.BAD_SIG, flip(bare, 10)),
        "bare cut off": (Code.BAD_LENGTH, bare[:-1]),
        "bare with a trailing byte": (Code.BAD_LENGTH, bare + b"\0"),
        "an envelope as bare": (Code.BAD_LENGTH, _WIRE),
        "bare with another magic": (Code.BAD_MAGIC, b"SHB1" + bare[4:]),
        "nothing as bare": (Code.BAD_MAGIC, b""),
    }.items():
        yield reject(name, "parse-bare", code, bare=changed.hex(), public=public)
