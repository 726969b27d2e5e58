"""The file in which the page saves evidence: a ZIP archive, and only as the page writes it.

Nothing is compressed and nothing stands twice, so no archive is larger than it looks. What was
packed anew by another program is refused: a reader must not guess what a proof meant.
"""

import re
import struct
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast

from crypto.errors import Code, Refused

LIMIT: Final = 32 << 20
"""Most bytes of an archive."""
README: Final = "README.txt"

_UTF8_NAMES: Final = 0x0800
_FIRST_DAY: Final = 0x0021  # of the format: the same evidence is the same file
_VERSION: Final = 20
_COMMON: Final = "HHHHIIIH"  # flags, stored, time, day, sum, size, size, length of the name
_LOCAL: Final = struct.Struct(f"<4sH{_COMMON}H")
_CENTRAL: Final = struct.Struct(f"<4sHH{_COMMON}HHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_SIDE: Final = re.compile(r"([0-9]{3,5})-([A-Z_]+)/(first|second)\.(json|txt|bin)")

_CODES: Final = frozenset(Code)

Kind = Literal["json", "txt", "bin"]
Member = tuple[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two words, as it came: a signed statement, a signed checkpoint, or anything else."""

    kind: Kind
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two words that somebody's page took to contradict each other, and the code it gave."""

    code: Code
    first: Side
    second: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """All of a file: the council's roots in order, and the pairs."""

    roots: Sequence[bytes]
    pairs: Sequence[Pair]


def read(data: bytes) -> Archive:
    """Read an archive.

    Raises:
        Refused: OVERSIZE above `LIMIT`; BAD_PROOF with `why` archive for another file or form,
            member for a name that is unknown, missing, or in another place.
    """
    if len(data) > LIMIT:
        raise Refused(Code.OVERSIZE)
    found = list(_members(data))
    if write(found) != data:
        raise Refused(Code.BAD_PROOF, why="archive")
    left = deque(found)
    if not left or left.popleft()[0] != README:
        raise Refused(Code.BAD_PROOF, why="member")
    roots = list(_roots(left))
    pairs = list[Pair]()
    while left:
        pairs.append(_pair(left, len(pairs) + 1))
    return Archive(roots=roots, pairs=pairs)


def write(members: Iterable[Member]) -> bytes:
    """Write files into an archive, byte for byte as the page does."""
    files, central = bytearray(), bytearray()
    count = 0
    for name, data in members:
        raw = name.encode()
        head = (_UTF8_NAMES, 0, 0, _FIRST_DAY, zlib.crc32(data), len(data), len(data), len(raw), 0)
        here = len(files)
        files += _LOCAL.pack(b"PK\x03\x04", _VERSION, *head) + raw + data
        central += _CENTRAL.pack(b"PK\x01\x02", _VERSION, _VERSION, *head, 0, 0, 0, 0, here) + raw
        count += 1
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(central), len(files), 0)
    return bytes(files + central + end)


def _members(data: bytes) -> Iterator[Member]:
    """Take one file after the other; whatever else a header says shows when all is written anew."""
    at = 0
    while data.startswith(b"PK\x03\x04", at) and len(data) - at >= _LOCAL.size:
        *_, size, length, _extra = _LOCAL.unpack_from(data, at)
        at += _LOCAL.size
        name, body = data[at : at + length], data[at + length : at + length + size]
        at += length + size
        yield name.decode("ascii", "replace"), body


def _roots(left: deque[Member]) -> Iterator[bytes]:
    number = 0
    while left and left[0][0] == f"roots/{number:03}.json":
        yield left.popleft()[1]
        number += 1


def _pair(left: deque[Member], number: int) -> Pair:
    first, code = _side(left, f"{number:03}-", "first")
    second, _ = _side(left, f"{number:03}-{code}/", "second")
    return Pair(code=code, first=first, second=second)


def _side(left: deque[Member], start: str, which: str) -> tuple[Side, Code]:
    name, data = left.popleft() if left else ("", b"")
    match = _SIDE.fullmatch(name)
    if match is None or not name.startswith(start) or match[3] != which or match[2] not in _CODES:
        raise Refused(Code.BAD_PROOF, why="member")
    return Side(kind=cast("Kind", match[4]), data=data), Code(match[2])
