"""Exports of a log: a folder in tlog-tiles layout that verifies without its server.

    checkpoint  checkpoint.early  vkey  tile/<L>/<N>  tile/entries/<N>
    openings.jsonl     one opening a line, ascending by leaf (`ops`)
    statements.jsonl   one statement a line, ascending by leaf (`id`)

Memory stays the same however long the log is. The checkpoint is written last, so that a
folder of an export that was cut off has none.
"""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Final

from audit import checkpoint as checkpoints
from audit import merkle, tiles
from audit.entry import Opening
from audit.note import Verifier
from crypto.errors import Code, Refused
from protocol import codec
from protocol.codec import B64U
from protocol.shapes import U53, Closed, Text
from protocol.statement import Dsse

CHECKPOINT: Final = "checkpoint"
EARLY: Final = "checkpoint.early"
VKEY: Final = "vkey"
OPENINGS: Final = "openings.jsonl"
STATEMENTS: Final = "statements.jsonl"
LINE_LIMIT: Final = 256 * 1024
"""Longest line of the two lists in bytes."""


class OpeningLine(Closed, frozen=True):
    """A line of `openings.jsonl`: index of the leaf, field, HMAC and value."""

    i: U53
    f: Text
    h: B64U
    v: B64U

    def opening(self) -> Opening:
        """Give the opening itself."""
        return Opening(field=self.f, mac=self.h, value=self.v)


class StatementLine(Closed, frozen=True):
    """A line of `statements.jsonl`: index of the leaf, and the statement's envelope."""

    i: U53
    dsse: Dsse


class FolderWriter:
    """Writes one export; `add` leaves in order, then `finish`. Calls block on the disk."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise Refused(Code.CONFLICT, why="folder-not-empty")
        self._folder: Final = folder
        self._edge = tiles.Edge()
        self._waiting = list[bytes]()

    def add(self, leaves: Iterable[bytes]) -> None:
        """Take the next leaves of the log."""
        coming = iter(leaves)
        while batch := list(islice(coming, tiles.WIDTH - len(self._waiting))):
            self._waiting += batch
            if len(self._waiting) == tiles.WIDTH:
                self._write_bundle()

    def finish(self, *, checkpoint: bytes, vkey: str, early: bytes | None = None) -> None:
        """Write what is left, then the keys and checkpoints.

        Raises BAD_PROOF when the leaves are not those of the checkpoint, and what
        `checkpoint.open_signed` raises.
        """
        verifier = Verifier.parse(vkey)
        if self._waiting:
            self._write_bundle()
        for tile in self._edge.partial():
            self._write(tile.id.path, tile.data)
        signed = checkpoints.open_signed(checkpoint, [verifier])
        if (signed.size, signed.root) != (self._edge.size, self._edge.root()):
            raise Refused(Code.BAD_PROOF, why="root", size=signed.size)
        self._write(VKEY, f"{vkey}\n".encode())
        if early is not None:
            checkpoints.open_signed(early, [verifier])
            self._write(EARLY, early)
        self._write(CHECKPOINT, checkpoint)

    def write_openings(self, openings: Iterable[tuple[int, Opening]]) -> None:
        """Write openings with the index of their leaf, ascending."""
        self._write_lines(
            OPENINGS,
            (
                OpeningLine(i=index, f=each.field, h=B64U(each.mac), v=B64U(each.value))
                for index, each in openings
            ),
        )

    def write_statements(self, statements: Iterable[tuple[int, bytes]]) -> None:
        """Write DSSE envelopes with the index of their leaf, ascending."""
        self._write_lines(
            STATEMENTS,
            (
                StatementLine(i=index, dsse=codec.decode(raw, Dsse, limit=LINE_LIMIT))
                for index, raw in statements
            ),
        )

    def _write_bundle(self) -> None:
        place = tiles.TileId(
            level=0, index=self._edge.size // tiles.WIDTH, width=len(self._waiting)
        )
        self._write(place.entries_path, tiles.encode_bundle(self._waiting))
        hashes = [merkle.leaf_hash(leaf) for leaf in self._waiting]
        self._edge, full = self._edge.append(hashes)
        for tile in full:
            self._write(tile.id.path, tile.data)
        self._waiting.clear()

    def _write_lines(self, name: str, lines: Iterable[Closed]) -> None:
        with (self._folder / name).open("wb") as file:
            file.writelines(codec.encode(line) + b"\n" for line in lines)

    def _write(self, name: str, data: bytes) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def write_folder(
    folder: Path,
    *,
    leaves: Iterable[bytes],
    checkpoint: bytes,
    vkey: str,
    early: bytes | None = None,
) -> None:
    """Write a whole export at once, without openings and statements; raises as the writer does."""
    writer = FolderWriter(folder)
    writer.add(leaves)
    writer.finish(checkpoint=checkpoint, vkey=vkey, early=early)
