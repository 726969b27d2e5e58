"""JSON from outside: what would take long to read is refused before anything reads it.

Reading costs by the value, not by the byte: two megabytes of `[],[],…` hold a node for more than
a second, two megabytes of one text for some milliseconds. What is honest carries few values, and
most of its bytes in long texts.
"""

from typing import Final, TypeVar

from crypto.errors import Code, Refused
from protocol import codec
from protocol.wire import MAX_BODY

T = TypeVar("T")

MOST_MARKS: Final = 8192
"""Marks in the JSON of a request; a full batch has some 400, a full list of ids some 1500."""

MOST_FRAME_MARKS: Final = 4 * MOST_MARKS
"""Marks in a frame, where each quote of the request within has a backslash before it."""

SMALL_BODY: Final = 256 * 1024
"""Bytes of a request that carries no batch: one statement, and what travels beside it."""

_MARKS: Final = ("[", "{", ",", ":", "\\")
_BYTE_MARKS: Final = tuple(mark.encode() for mark in _MARKS)


def is_crowded(frame: str) -> bool:
    """Whether a frame of a socket holds more than an honest one could."""
    return sum(map(frame.count, _MARKS)) > MOST_FRAME_MARKS


def read(data: bytes, kind: type[T], *, limit: int = MAX_BODY) -> T:
    """Read a request strictly: OVERSIZE for too many bytes or values, BAD_J1, BAD_B64."""
    if len(data) > limit or sum(map(data.count, _BYTE_MARKS)) > MOST_MARKS:
        raise Refused(Code.OVERSIZE)
    return codec.decode(data, kind, limit=limit)
