"""Padding that tells only a bucket: four small sizes, above them Padmé (protocol, section 5.9)."""

from typing import Final

from crypto.errors import Code, Refused

_BUCKETS: Final = (128, 256, 512, 1024)
_MARK: Final = b"\x80"


def padded_length(size: int) -> int:
    """Return the padded length of `size` bytes; above 1 KiB at most 6.25 % are added."""
    needed = size + 1
    for bucket in _BUCKETS:
        if needed <= bucket:
            return bucket
    return _padme(needed)


def pad(data: bytes, *, constant: int | None = None) -> bytes:
    """Append 0x80 and zeros up to the bucket, or to `constant` bytes (`OVERSIZE` if too few)."""
    length = _length(len(data), constant)
    if len(data) >= length:
        raise Refused(Code.OVERSIZE)
    return (data + _MARK).ljust(length, b"\0")


def unpad(padded: bytes, *, constant: int | None = None) -> bytes:
    """Remove the padding; `BAD_PADDING` unless it is the very one `pad` would have made."""
    data = padded.rstrip(b"\0")
    if not data.endswith(_MARK) or _length(len(data) - 1, constant) != len(padded):
        raise Refused(Code.BAD_PADDING)
    return data[:-1]


def _length(size: int, constant: int | None) -> int:
    return padded_length(size) if constant is None else constant


def _padme(size: int) -> int:
    exponent = size.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return -(-size // step) * step
