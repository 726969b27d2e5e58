"""Offline verification of an export, from its files and a key known beforehand.

Every byte counts: leaves are hashed anew, each tile of each level must equal what the leaves
give, and the root must be the signed one. Because all leaves are at hand, an older
checkpoint is checked by computing the root at its size. Any doubt is an error that names
the file, and the leaf where there is one.
"""

import contextlib
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Final, Generic, TypeVar

from audit import checkpoint as checkpoints
from audit import entry, export, merkle, tiles
from audit.checkpoint import Checkpoint
from audit.note import Verifier
from audit.tiles import TileId
from crypto.errors import Code, Refused
from crypto.hashing import pae, sha256
from protocol import codec
from protocol.leaf import BEAT, MAGIC, Leaf
from protocol.payloads import LEAF_KINDS

OLD: Final = "old"
"""Place of an error in the caller's older checkpoint."""

LineT = TypeVar("LineT", export.OpeningLine, export.StatementLine)

_KIND_NAMES: Final = {number: name for name, number in LEAF_KINDS.items()} | {BEAT: "beat"}
_NOTE_LIMIT: Final = 1 << 20
_BUNDLE_LIMIT: Final = tiles.WIDTH * (2 + tiles.ENTRY_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was verified: the signed state and counts of what lies under it."""

    checkpoint: Checkpoint
    early_size: int | None
    old_size: int | None
    kinds: dict[str, int]
    openings: int
    statements: int


def verify_folder(folder: Path, *, vkey: str, old: bytes | None = None) -> Report:
    """Verify an export.

    Args:
        folder: The export; it is read as a stream, a bundle at a time.
        vkey: Key of the log, from a place other than the export.
        old: A signed checkpoint kept from before, to show that the log only grew.

    Raises:
        Refused: With `place` (a file, or "old") and often `index` (of a leaf); BAD_PROOF, BAD_B64,
            BAD_SIG, UNTRUSTED, WRONG_NET, BAD_J1 as the case may be; ROLLBACK when an older
            checkpoint is larger, EQUIVOCATION when it has another root.
    """
    verifier = Verifier.parse(vkey)
    signed, marks = _checkpoints(folder, verifier=verifier, old=old)
    replay = _Replay(folder, signed=signed, marks=marks)
    replay.run()
    _require_no_other_files(folder, size=signed.size)
    return Report(
        checkpoint=signed,
        early_size=marks[export.EARLY].size if export.EARLY in marks else None,
        old_size=marks[OLD].size if OLD in marks else None,
        kinds=dict(replay.kinds),
        openings=replay.openings.count,
        statements=replay.statements.count,
    )


@contextlib.contextmanager
def _at(place: str, index: int | None = None) -> Generator[None]:
    """Name the place in a refusal that comes from below."""
    try:
        yield
    except Refused as error:
        where = {"place": place} | ({} if index is None else {"index": index})
        raise Refused(error.code, **(where | error.facts)) from error


def _read(folder: Path, name: str, *, limit: int) -> bytes:
    try:
        with (folder / name).open("rb") as file:
            data = file.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise Refused(Code.BAD_PROOF, place=name, why="missing") from error
    if len(data) > limit:
        raise Refused(Code.OVERSIZE, place=name)
    return data


# --- checkpoints -----------------------------------------------------------------------


def _checkpoints(
    folder: Path, *, verifier: Verifier, old: bytes | None
) -> tuple[Checkpoint, dict[str, Checkpoint]]:
    """Open the newest checkpoint, and by their places the older ones it must extend."""
    if _read(folder, export.VKEY, limit=_NOTE_LIMIT) != f"{verifier.vkey}\n".encode():
        raise Refused(Code.UNTRUSTED, place=export.VKEY)
    raw = _read(folder, export.CHECKPOINT, limit=_NOTE_LIMIT)
    signed = _open(raw, verifier, place=export.CHECKPOINT)
    if signed.size == 0:  # nothing was shown, so nothing is confirmed
        raise Refused(Code.BAD_PROOF, place=export.CHECKPOINT, why="empty")
    marks = dict[str, Checkpoint]()
    if (folder / export.EARLY).exists():
        early = _read(folder, export.EARLY, limit=_NOTE_LIMIT)
        marks[export.EARLY] = _open(early, verifier, place=export.EARLY)
    if old is not None:
        marks[OLD] = _open(old, verifier, place=OLD)
    for place, mark in marks.items():
        if mark.size > signed.size:
            raise Refused(Code.ROLLBACK, place=place, old=mark.size, size=signed.size)
    return signed, marks


def _open(raw: bytes, verifier: Verifier, *, place: str) -> Checkpoint:
    with _at(place):
        return checkpoints.open_signed(raw, [verifier])


# --- leaves and tiles ------------------------------------------------------------------


class _Replay:
    """One pass over the leaves: hashes, tiles, roots, and what each leaf says."""

    def __init__(
        self, folder: Path, *, signed: Checkpoint, marks: Mapping[str, Checkpoint]
    ) -> None:
        self.kinds: Final = Counter[str]()
        self.openings: Final = _Lines(folder, export.OPENINGS, export.OpeningLine)
        self.statements: Final = _Lines(folder, export.STATEMENTS, export.StatementLine)
        self._folder: Final = folder
        self._signed: Final = signed
        self._marks: Final = marks
        self._edge = tiles.Edge()
        self._is_identity_log: bool | None = None

    def run(self) -> None:
        for bundle in range(-(-self._signed.size // tiles.WIDTH)):
            self._replay_bundle(tiles.tile_at(level=0, index=bundle, size=self._signed.size))
        self._compare_all(self._edge.partial())
        if self._edge.root() != self._signed.root:
            raise Refused(Code.BAD_PROOF, place=export.CHECKPOINT, why="root")
        self.openings.require_end()
        self.statements.require_end()

    def _replay_bundle(self, tile: TileId) -> None:
        start = self._edge.size
        leaves = self._read_bundle(tile)
        hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
        self._compare(tiles.Tile(id=tile, data=b"".join(hashes)))
        for index, leaf in enumerate(leaves, start=start):
            with _at(tile.entries_path, index):
                self.kinds[self._check_leaf(index, leaf)] += 1
        for place, mark in self._marks.items():
            if start < mark.size <= start + len(hashes):
                self._compare_mark(mark, hashes=hashes[: mark.size - start], place=place)
        self._edge, full = self._edge.append(hashes)
        self._compare_all(full)

    def _read_bundle(self, tile: TileId) -> list[bytes]:
        place = tile.entries_path
        raw = _read(self._folder, place, limit=_BUNDLE_LIMIT)
        with _at(place):
            leaves = tiles.decode_bundle(raw)
        if len(leaves) != tile.width:
            raise Refused(Code.BAD_PROOF, place=place, why="entries", entries=len(leaves))
        return leaves

    def _compare_all(self, computed: Iterable[tiles.Tile]) -> None:
        for tile in computed:
            if tile.id.level:  # those of level 0 were compared with their bundle
                self._compare(tile)

    def _compare(self, computed: tiles.Tile) -> None:
        stored = _read(self._folder, computed.id.path, limit=len(computed.data))
        if stored != computed.data:
            hashes = zip(_cut(stored), _cut(computed.data), strict=False)
            same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], hashes))
            first = (computed.id.index * tiles.WIDTH + same) << 8 * computed.id.level
            raise Refused(Code.BAD_PROOF, place=computed.id.path, why="tile", index=first)

    def _compare_mark(self, mark: Checkpoint, *, hashes: Sequence[bytes], place: str) -> None:
        then, _ = self._edge.append(hashes)
        if then.root() != mark.root:
            raise Refused(Code.EQUIVOCATION, place=place, size=mark.size)

    def _check_leaf(self, index: int, leaf: bytes) -> str:
        if self._is_identity_log is None:  # the first leaf tells which of the two logs this is
            self._is_identity_log = leaf.startswith(MAGIC)
        check = self._check_identity_leaf if self._is_identity_log else self._check_ops_leaf
        return check(index, leaf)

    def _check_identity_leaf(self, index: int, leaf: bytes) -> str:
        found = Leaf.parse(leaf)
        for line in self.statements.of_leaf(index):
            body = codec.from_b64(line.dsse.payload)
            if sha256(pae(line.dsse.payloadType, body)) != found.sid:
                raise Refused(Code.BAD_PROOF, place=export.STATEMENTS, why="sid")
        return _KIND_NAMES.get(found.kind, str(found.kind))

    def _check_ops_leaf(self, index: int, leaf: bytes) -> str:
        found = entry.parse(leaf)
        for line in self.openings.of_leaf(index):
            with _at(export.OPENINGS, index):
                entry.check_opening(found, line.opening())
        return found.k.value


def _cut(data: bytes) -> list[bytes]:
    return [data[at : at + merkle.HASH_SIZE] for at in range(0, len(data), merkle.HASH_SIZE)]


# --- the lists beside the leaves -------------------------------------------------------


class _Lines(Generic[LineT]):
    """A list whose lines each belong to a leaf, ascending; a missing file is an empty list."""

    def __init__(self, folder: Path, name: str, kind: type[LineT]) -> None:
        self.count = 0
        self._name: Final = name
        self._lines: Iterator[LineT] = _read_lines(folder, name, kind)
        self._next: LineT | None = next(self._lines, None)

    def of_leaf(self, index: int) -> Iterator[LineT]:
        """Take the lines of one leaf."""
        while self._next is not None and self._next.i == index:
            self.count += 1
            yield self._next
            self._next = next(self._lines, None)

    def require_end(self) -> None:
        """Refuse lines out of order, or of a leaf or log that is not there."""
        if self._next is not None:
            raise Refused(Code.BAD_PROOF, place=self._name, why="order-or-leaf", index=self._next.i)


def _read_lines(folder: Path, name: str, kind: type[LineT]) -> Iterator[LineT]:
    if not (folder / name).exists():
        return
    with (folder / name).open("rb") as file:
        while line := file.readline(export.LINE_LIMIT + 1):
            with _at(name):
                yield codec.decode(line, kind, limit=export.LINE_LIMIT)


def _require_no_other_files(folder: Path, *, size: int) -> None:
    """Refuse files that no tile of this tree accounts for: nobody verified them."""
    for path in (folder / "tile").rglob("*"):
        name = path.relative_to(folder).as_posix()
        if not path.is_dir():
            tile, _ = tiles.parse_path(name)
            if not tiles.is_tile_of(tile, size=size):
                raise Refused(Code.BAD_PROOF, place=name, why="unexpected")
