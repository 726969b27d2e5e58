"""File 04: Ed25519 at its edges, where libraries disagree."""

from collections.abc import Iterator
from itertools import count
from typing import Final

from crypto.errors import Code
from crypto.signing import SigningKey
from tools.make_vectors import edwards
from tools.make_vectors.cases import Case
from tools.make_vectors.values import DK, DK_SEED, accept, flip, reject, seq

_MESSAGE: Final = b"message"
_SCALAR: Final = edwards.secret_scalar(DK_SEED)
_ORDER_TWO: Final = edwards.torsion()[4]


def signatures() -> Iterator[Case]:
    """Honest signatures, weak keys, then signatures that must not pass."""
    good = DK.sign(_MESSAGE)
    yield accept("sign", "sign", seed=DK_SEED.hex(), message=_MESSAGE.hex())
    yield accept("sign nothing", "sign", seed=DK_SEED.hex(), message="")
    yield accept("honest", "verify", **_verify(DK.public, good))
    yield from _weak_keys()
    for name, signature in _bad_signatures(good).items():
        yield reject(name, "verify", Code.BAD_SIG, **_verify(DK.public, signature))
    # Signature and message stand side by side where the library checks them.
    early = _verify(DK.public, good[:-1], good[-1:] + _MESSAGE)
    yield reject("border moved into the signature", "verify", Code.BAD_SIG, **early)
    late = _verify(DK.public, good + _MESSAGE[:1], _MESSAGE[1:])
    yield reject("border moved into the message", "verify", Code.BAD_SIG, **late)
    yield reject("another message", "verify", Code.BAD_SIG, **_verify(DK.public, good, b"other"))
    other = SigningKey.from_seed(seq(1, 32)).public
    yield reject("another key", "verify", Code.BAD_SIG, **_verify(other, good))


def _verify(public: bytes, signature: bytes, message: bytes = _MESSAGE) -> dict[str, str]:
    return {"public": public.hex(), "message": message.hex(), "signature": signature.hex()}


# --- keys ---------------------------------------------------------------------------------


def _weak_keys() -> Iterator[Case]:
    weak = Code.WEAK_KEY
    zero = _signature(edwards.encode(edwards.IDENTITY), 0)
    for name, public in _small_keys().items():
        yield reject(name, "verify", weak, **_verify(public, zero))
    mixed = edwards.add(edwards.multiply(_SCALAR, edwards.BASE), _ORDER_TWO)
    public = edwards.encode(mixed)
    message, signature = _even_challenge(public)
    yield reject("mixed-order key that fits", "verify", weak, **_verify(public, signature, message))
    beyond = edwards.encode_raw(edwards.P + 3, sign=0)
    yield reject("key not below the prime", "verify", weak, **_verify(beyond, DK.sign(_MESSAGE)))
    off = edwards.encode_raw(2, sign=0)
    yield reject("key not on the curve", "verify", weak, **_verify(off, DK.sign(_MESSAGE)))
    for name, public in {
        "key too short": DK.public[:-1],
        "key too long": DK.public + b"\0",
        "no key": b"",
    }.items():
        yield reject(name, "verify", weak, **_verify(public, DK.sign(_MESSAGE)))


def _small_keys() -> dict[str, bytes]:
    keys = {
        f"small-order key {k}": edwards.encode(point) for k, point in enumerate(edwards.torsion())
    }
    for offset in (-1, 0, 1):
        for sign in (0, 1):
            raw = edwards.encode_raw(edwards.P + offset, sign=sign)
            keys[f"small-order key at p{offset:+d}, sign {sign}"] = raw
    keys["identity key with the sign set"] = edwards.encode_raw(1, sign=1)
    return keys


def _even_challenge(public: bytes) -> tuple[bytes, bytes]:
    # With an even challenge the torsion part vanishes: libraries without the point check accept.
    nonce = 12345
    encoded = edwards.encode(edwards.multiply(nonce, edwards.BASE))
    messages = (b"message %d" % counter for counter in count())
    message = next(m for m in messages if edwards.challenge(encoded, public, m) % 2 == 0)
    h = edwards.challenge(encoded, public, message)
    return message, _signature(encoded, nonce + h * _SCALAR)


# --- signatures ---------------------------------------------------------------------------


def _signature(nonce: bytes, scalar: int) -> bytes:
    return nonce + (scalar % edwards.L).to_bytes(32, "little")


def _bad_signatures(good: bytes) -> dict[str, bytes]:
    nonce, scalar = good[:32], int.from_bytes(good[32:], "little")
    return {
        "S plus L": nonce + (scalar + edwards.L).to_bytes(32, "little"),
        "S zero": nonce + bytes(32),
        "S all ones": nonce + b"\xff" * 32,
        "a bit of R": flip(good, 0),
        "a bit of S": flip(good, 32),
        "too short": good[:-1],
        "too long": good + b"\0",
        "nothing": b"",
        "zeros": bytes(64),
        "R is the identity": _with_nonce(edwards.encode(edwards.IDENTITY)),
        "R is the identity, not canonical": _with_nonce(edwards.encode_raw(edwards.P + 1, sign=0)),
        "R has order two": _with_nonce(edwards.encode(_ORDER_TWO)),
        "R has a part of order two": _mixed_nonce(),
        "R not on the curve": edwards.encode_raw(2, sign=0) + good[32:],
    }


def _with_nonce(encoded: bytes) -> bytes:
    # S = h·a solves the equation up to the small-order R.
    return _signature(encoded, edwards.challenge(encoded, DK.public, _MESSAGE) * _SCALAR)


def _mixed_nonce() -> bytes:
    # Passes where the equation is multiplied by the cofactor, and must not pass here.
    nonce = 54321
    point = edwards.add(edwards.multiply(nonce, edwards.BASE), _ORDER_TWO)
    encoded = edwards.encode(point)
    h = edwards.challenge(encoded, DK.public, _MESSAGE)
    return _signature(encoded, nonce + h * _SCALAR)
