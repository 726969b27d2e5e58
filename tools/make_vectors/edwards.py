"""Affine arithmetic on edwards25519, slow and plain: only to make hostile keys and signatures.

Source: RFC 8032, section 5.1.
"""

import hashlib
from typing import Final

P: Final = 2**255 - 19
L: Final = 2**252 + 27742317777372353535851937790883648493
D: Final = -121665 * pow(121666, -1, P) % P

Point = tuple[int, int]

IDENTITY: Final[Point] = (0, 1)
BASE: Final[Point] = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)


def add(left: Point, right: Point) -> Point:
    """Add two points."""
    (x1, y1), (x2, y2) = left, right
    cross = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + cross, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - cross, -1, P)
    return x % P, y % P


def multiply(scalar: int, point: Point) -> Point:
    """Multiply a point by double-and-add."""
    result = IDENTITY
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def encode(point: Point) -> bytes:
    """Write a point canonically."""
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def encode_raw(y: int, *, sign: int) -> bytes:
    """Write any y, also one not below the prime."""
    return (y | sign << 255).to_bytes(32, "little")


def torsion() -> tuple[Point, ...]:
    """Return the eight points whose order divides eight."""
    y = 3
    while True:
        point = _lift(y)
        generator = multiply(L, point) if point else IDENTITY
        if multiply(4, generator) != IDENTITY:
            return tuple(multiply(k, generator) for k in range(8))
        y += 1


def _lift(y: int) -> Point | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (x, y) if x * x % P == square else None


def challenge(nonce: bytes, public: bytes, message: bytes) -> int:
    """Return h of the verification equation S·B = R + h·A."""
    return int.from_bytes(hashlib.sha512(nonce + public + message).digest(), "little") % L


def secret_scalar(seed: bytes) -> int:
    """Return the clamped scalar of a seed."""
    half = bytearray(hashlib.sha512(seed).digest()[:32])
    half[0] &= 248
    half[31] = half[31] & 127 | 64
    return int.from_bytes(half, "little")
