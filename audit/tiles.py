"""Tiles and entry bundles of C2SP tlog-tiles: names, bytes, and the edge that makes them.

A tile of level L holds up to 256 hashes, each the root over 256**L leaves; only full tiles
are hashed upward. A full tile never changes; a partial one belongs to one size of the tree.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

from audit import merkle
from crypto.errors import Code, Refused
from crypto.hashing import u16

WIDTH: Final = 256
"""Hashes of a full tile, entries of a full bundle."""

ENTRY_LIMIT: Final = 0xFFFF
"""Longest entry of a bundle in bytes, since its length is 16 bits."""

_TOP_LEVEL = 63
# Fifteen digits name every tile of 2**53 leaves, and their leaves still have indices of 64 bits.
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,4}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class TileId:
    """Place of a tile: level 0 to 63, index from 0, width 1 to 256 hashes."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Name in a folder or URL, such as `tile/0/x001/234.p/7`."""
        return f"tile/{self.level}/{_place(self.index, self.width)}"

    @property
    def entries_path(self) -> str:
        """Name of the entry bundle with the leaves of this tile of level 0."""
        return f"tile/entries/{_place(self.index, self.width)}"


def _place(index: int, width: int) -> str:
    low = f"{index % 1000:03}"
    while index := index // 1000:
        low = f"x{index % 1000:03}/{low}"
    return low if width == WIDTH else f"{low}.p/{width}"


def parse_path(path: str) -> tuple[TileId, bool]:
    """Read a name; True says that it is the one of an entry bundle. Raises BAD_PROOF."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise Refused(Code.BAD_PROOF, place=path[:80], why="path")
    entries = match["level"] == "entries"
    tile = TileId(
        level=0 if entries else int(match["level"]),
        index=int(match["index"].replace("x", "").replace("/", "")),
        width=int(match["width"] or WIDTH),
    )
    # Rebuilding the name refuses leading groups of zeros, level 64 and widths from 256 up.
    if path != (tile.entries_path if entries else tile.path) or tile.level > _TOP_LEVEL:
        raise Refused(Code.BAD_PROOF, place=path[:80], why="path")
    return tile, entries


# --- tiles -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A tile and its bytes: `id.width` hashes of 32 bytes, in order."""

    id: TileId
    data: bytes

    @property
    def root(self) -> bytes:
        """Root over the hashes; for a full tile, its hash one level up."""
        return merkle.root(hashes_of(self.data))


def hashes_of(data: bytes) -> list[bytes]:
    """Cut the bytes of a tile into hashes. Raises BAD_PROOF unless there are 1 to 256 of them."""
    width, rest = divmod(len(data), merkle.HASH_SIZE)
    if rest or not 1 <= width <= WIDTH:
        raise Refused(Code.BAD_PROOF, why="tile-size")
    return [data[at : at + merkle.HASH_SIZE] for at in range(0, len(data), merkle.HASH_SIZE)]


def tile_at(*, level: int, index: int, size: int) -> TileId:
    """Name a tile of a tree of `size` leaves with the width it has there.

    Raises BAD_PROOF when such a tree has no hash in it.
    """
    width = min(WIDTH, (size >> 8 * level) - WIDTH * index)
    if width < 1:
        raise Refused(Code.BAD_PROOF, level=level, index=index, size=size)
    return TileId(level=level, index=index, width=width)


def is_tile_of(tile: TileId, *, size: int) -> bool:
    """Tell whether a tree of `size` leaves has exactly this tile."""
    return tile.width == min(WIDTH, (size >> 8 * tile.level) - WIDTH * tile.index)


def tiles_of(size: int) -> Iterator[TileId]:
    """List all tiles of a tree, lowest level first."""
    level = 0
    while row := size >> 8 * level:
        for index in range(-(-row // WIDTH)):
            yield tile_at(level=level, index=index, size=size)
        level += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The right edge of a tree in tiles: per level, the hashes not yet in a full tile."""

    size: int = 0
    rows: tuple[tuple[bytes, ...], ...] = ()

    @classmethod
    def resume(cls, *, size: int, rows: Sequence[Sequence[bytes]]) -> Self:
        """Take up an edge from storage, level 0 first.

        Raises BAD_PROOF unless each row has as many hashes as `size` says in base 256; whether
        they are the right ones, only `root` can tell.
        """
        widths = [len(row) for row in rows]
        if widths != row_widths(size):
            raise Refused(Code.BAD_PROOF, why="edge", size=size)
        return cls(size=size, rows=tuple(tuple(row) for row in rows))

    def append(self, hashes: Sequence[bytes]) -> tuple[Self, list[Tile]]:
        """Grow by leaf hashes; answer the new edge and the tiles that became full."""
        rows, full, coming = list[tuple[bytes, ...]](), list[Tile](), list(hashes)
        while coming or len(rows) < len(self.rows):
            level = len(rows)
            waiting = self.rows[level] if level < len(self.rows) else ()
            row = [*waiting, *coming]
            done = _full_tiles(row, level=level, index=self.size >> 8 * (level + 1))
            rows.append(tuple(row[WIDTH * len(done) :]))
            full += done
            coming = [tile.root for tile in done]
        return type(self)(size=self.size + len(hashes), rows=tuple(rows)), full

    def partial(self) -> list[Tile]:
        """Tiles of this size that are not full yet; they change with the next leaf."""
        return [
            Tile(
                id=tile_at(level=level, index=self.size >> 8 * (level + 1), size=self.size),
                data=b"".join(row),
            )
            for level, row in enumerate(self.rows)
            if row
        ]

    def frontier(self) -> merkle.Frontier:
        """The same edge as one root for each bit of `size`."""
        nodes = [node for row in self.rows for node in merkle.Frontier().append(row).nodes]
        return merkle.Frontier(size=self.size, nodes=tuple(nodes))

    def root(self) -> bytes:
        """Root of the whole tree."""
        return self.frontier().root()


def row_widths(size: int) -> list[int]:
    """Hashes on the edge per level, level 0 first: the digits of `size` in base 256."""
    widths = list[int]()
    while size:
        size, width = divmod(size, WIDTH)
        widths.append(width)
    return widths


def _full_tiles(row: Sequence[bytes], *, level: int, index: int) -> list[Tile]:
    return [
        Tile(
            id=TileId(level=level, index=index + place),
            data=b"".join(row[WIDTH * place : WIDTH * (place + 1)]),
        )
        for place in range(len(row) // WIDTH)
    ]


# --- proofs from tiles -----------------------------------------------------------------


def subtrees(span: merkle.Range) -> Iterator[tuple[int, int]]:
    """Cut a range of leaves into complete subtrees (height, index), from left to right."""
    start, end = span
    while start < end:
        height = (end - start).bit_length() - 1
        if start:
            height = min(height, (start & -start).bit_length() - 1)
        yield height, start >> height
        start += 1 << height


def needed(ranges: Iterable[merkle.Range], *, size: int) -> list[TileId]:
    """List the tiles from which the roots over some ranges can be computed."""
    return sorted({_home(*tree, size=size)[0] for span in ranges for tree in subtrees(span)})


def _home(height: int, index: int, *, size: int) -> tuple[TileId, int, int]:
    """Find the tile that holds a complete subtree, and where in it its hashes start and end."""
    level, lift = divmod(height, 8)
    first = index << lift
    tile = tile_at(level=level, index=first // WIDTH, size=size)
    return tile, first % WIDTH, first % WIDTH + (1 << lift)


def root_from_tiles(*, size: int, read: Callable[[TileId], bytes]) -> merkle.RangeRoot:
    """Make the function with which `merkle.prove` asks for the root over a range.

    `read` answers the bytes of a tile named by `needed`. What it answers is believed: whoever
    receives the proof checks it against a signed root.
    """

    def subtree_root(height: int, index: int) -> bytes:
        tile, start, end = _home(height, index, size=size)
        return merkle.root(hashes_of(read(tile))[start:end])

    def range_root(span: merkle.Range) -> bytes:
        roots = [subtree_root(*tree) for tree in subtrees(span)]
        return merkle.Frontier(size=span[1] - span[0], nodes=tuple(reversed(roots))).root()

    return range_root


# --- entry bundles ---------------------------------------------------------------------


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Join up to 256 entries, each behind its length in 16 bits, big-endian."""
    return b"".join([u16(len(entry)) + entry for entry in entries])


def decode_bundle(data: bytes) -> list[bytes]:
    """Cut a bundle into its entries. Raises BAD_PROOF when a length does not fit."""
    entries, at = list[bytes](), 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if at > len(data) or start > len(data):
            raise Refused(Code.BAD_PROOF, why="bundle")
        entries.append(data[start:at])
    return entries
