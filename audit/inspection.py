"""Inspection of a log as its database holds it: every table and column, each flaw by its place.

An export shows what the server serves. This is for whoever may look into the database itself, or
into a copy of it: leaves are hashed anew, tiles and trees computed, checkpoints opened with the
key, and the columns beside them compared with what the leaves say. What no leaf fixes is held
against the database's own note of which transaction wrote a row: entry and facts are written
together, leaves with their tree, and nothing is ever rewritten. Somebody who forges that note too
changes nothing that a leaf commits to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from audit import checkpoint as checkpoints
from audit import entry as entries
from audit import merkle, tiles
from audit.checkpoint import Checkpoint
from audit.note import Verifier
from crypto.errors import Code, Refused
from crypto.hashing import sha256
from protocol.leaf import BEAT, MAGIC, Leaf
from protocol.payloads import LEAF_KINDS
from storage.connection import Row

TOLERANCE: Final = timedelta(minutes=2)
"""Between a leaf's time, which the server claims, and the database's own clock."""

_WIDEST_GAP: Final = 1 << 16
_HALF: Final = 1 << 31
_WHOLE: Final = 1 << 32
_ID_NAMES: Final = {number: name for name, number in LEAF_KINDS.items()} | {BEAT: "beat"}
_REMARKS: Final = frozenset({"erased", "unsigned", "unused", "waiting"})
_COMMITTED: Final = {"wid": "a", "case_id": "c", "basis": "b", "purpose": "p"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong: the log's origin, table and column, and which row.

    `place`: index of a leaf and of what belongs to it, size of a tree or checkpoint, `level/n` of
    a tile; the number of a row that belongs to no log.
    """

    log: str
    table: str
    why: str
    column: str | None = None
    place: str = ""

    @property
    def is_flaw(self) -> bool:
        """Tell flaws from what can have a lawful reason: erased, unsigned yet, unused, waiting."""
        return self.why not in _REMARKS


def is_after(later: int, earlier: int) -> bool:
    """Compare two numbers of transactions by their low 32 bits, as the database does."""
    return 0 < (later - earlier) % _WHOLE < _HALF


@dataclass(slots=True, kw_only=True)
class Inspection:
    """Judges the rows of one log, given in order: leaves, tiles, trees, cursor."""

    origin: str
    name: str
    council: object
    number: int
    verifiers: Sequence[Verifier]
    now: datetime
    marks: Sequence[Checkpoint] = ()
    is_restored: bool = False
    found: list[Finding] = field(default_factory=list[Finding])
    size: int = 0
    signed: int = 0
    _hashes: list[bytes] = field(default_factory=list[bytes])
    _made: list[int] = field(default_factory=list[int])
    _strangers: int = 0

    def tell(self, table: str, why: str, column: str | None = None, *, place: object = "") -> None:
        """Note a finding."""
        self.found.append(
            Finding(log=self.origin, table=table, why=why, column=column, place=str(place))
        )

    # --- leaves, entries, facts ------------------------------------------------------------------

    def leaf(self, row: Row) -> None:
        """Take the next leaf with its entry, facts and key."""
        index: int = row["idx"]
        gap = index - self.size
        if gap:
            self.tell("leaf", "missing", "idx", place=self.size)
        if not 0 <= gap <= _WIDEST_GAP:
            return
        self._hashes += [bytes(merkle.HASH_SIZE)] * gap + [row["leaf_hash"]]
        self._made += [row["made"]] * gap
        self.size = index + 1
        self._made.append(row["made"])
        if not row["has_entry"]:
            self.tell("entry", "missing", place=index)
            return
        computed = merkle.leaf_hash(row["leaf"])
        if row["leaf_hash"] != computed:
            self.tell("leaf", "differs", "leaf_hash", place=index)
        if row["entry_hash"] != computed:
            self.tell("entry", "differs", "leaf_hash", place=index)
        self._entry(index, row)
        self._contents(index, row)

    def _entry(self, index: int, row: Row) -> None:
        if row["log_id"] != self.number:
            self.tell("entry", "differs", "log_id", place=index)
        if row["council_id"] != self.council:
            self._strangers += 1
            self.tell("entry", "differs", "council_id", place=index)
        if self.is_restored:
            return
        if row["xid"] % _WHOLE != row["entry_made"] or not is_after(row["made"], row["xid"]):
            self.tell("entry", "rewritten", place=index)
        if row["has_fact"] and row["fact_made"] != row["xid"] % _WHOLE:
            self.tell("fact", "rewritten", place=index)

    def _contents(self, index: int, row: Row) -> None:
        try:
            if row["leaf"].startswith(MAGIC):
                self._identity(index, row, Leaf.parse(row["leaf"]))
            else:
                self._ops(index, row, entries.parse(row["leaf"]))
        except Refused:
            self.tell("entry", "unreadable", "leaf", place=index)

    def _identity(self, index: int, row: Row, leaf: Leaf) -> None:
        if self.name != "id":
            self.tell("log", "differs", "name")
        self._beside(index, row, kind=_ID_NAMES.get(leaf.kind, ""), t=leaf.t)
        if row["has_fact"]:
            self.tell("fact", "unexpected", place=index)

    def _ops(self, index: int, row: Row, leaf: entries.Leaf) -> None:
        if self.name != "ops":
            self.tell("log", "differs", "name")
        self._beside(index, row, kind=leaf.k.value, t=leaf.t)
        if not row["has_fact"]:
            self.tell("fact", "erased", place=index)
            return
        if not row["has_key"]:
            self.tell("case_key", "erased", place=index)
        elif not self.is_restored and is_after(row["key_made"], row["xid"]):
            self.tell("case_key", "rewritten", place=index)
        for column in _differing(row, leaf):
            self.tell("fact", "differs", column, place=index)

    def _beside(self, index: int, row: Row, *, kind: str, t: int) -> None:
        if row["kind"] != kind:
            self.tell("entry", "differs", "kind", place=index)
        if abs(row["at"].timestamp() - t / 1000) > TOLERANCE.total_seconds():
            self.tell("entry", "differs", "at", place=index)

    # --- tiles, trees, checkpoints ---------------------------------------------------------------

    def tiles(self, rows: Sequence[Row]) -> None:
        """Compare all stored tiles with those that the leaves give."""
        _, full = tiles.Edge().append(self._hashes)
        stored = {(row["level"], row["n"]): row for row in rows}
        for tile in full:
            row = stored.pop((tile.id.level, tile.id.index), None)
            place = f"{tile.id.level}/{tile.id.index}"
            if row is None:
                self.tell("tile", "missing", place=place)
                continue
            for column, value in (("data", tile.data), ("root", tile.root)):
                if row[column] != value:
                    self.tell("tile", "differs", column, place=place)
        for level, n in stored:
            self.tell("tile", "unexpected", place=f"{level}/{n}")

    def trees(self, rows: Sequence[Row]) -> None:
        """Compute each tree anew and open its checkpoint; trees ascend."""
        edge, last = tiles.Edge(), None
        for row in rows:
            size: int = row["size"]
            if size > self.size:
                self.tell("leaf", "missing", "idx", place=self.size)
                continue
            edge, _ = edge.append(self._hashes[edge.size : size])
            self._tree(row, edge.root(), last)
            last = row
        if edge.size < self.size:
            self.tell("tree", "missing", place=self.size)
        for mark in self.marks:
            self._mark(mark)

    def _tree(self, row: Row, root: bytes, last: Row | None) -> None:
        size: int = row["size"]
        if row["root"] != root:
            self.tell("tree", "differs", "root", place=size)
        if row["at"] > self.now + TOLERANCE or (last is not None and row["at"] < last["at"]):
            self.tell("tree", "differs", "at", place=size)
        if not self.is_restored and row["made"] != self._made[size - 1]:
            self.tell("tree", "rewritten", place=size)
        if row["note"] is None:
            self.tell("checkpoint", "unsigned", place=size)
        else:
            self._checkpoint(row, root, last)

    def _checkpoint(self, row: Row, root: bytes, last: Row | None) -> None:
        size: int = row["size"]
        try:
            said = checkpoints.open_signed(row["note"], self.verifiers)
        except Refused as refusal:
            self.tell("checkpoint", refusal.code.value, "note", place=size)
            return
        if (said.origin, said.size, said.root) != (self.origin, size, root):
            self.tell("checkpoint", "differs", "note", place=size)
        self.signed = max(self.signed, size)
        if not row["at"] <= row["signed_at"] <= self.now + TOLERANCE:
            self.tell("checkpoint", "differs", "at", place=size)
        if last is not None and last["signed"] is not None and not self.is_restored:
            self._order(row, last)

    def _order(self, row: Row, last: Row) -> None:
        """One integrator at a time: a tree is begun after the checkpoint before it was kept."""
        if not is_after(row["made"], last["signed"]):
            self.tell("checkpoint", "rewritten", place=last["size"])

    def _mark(self, mark: Checkpoint) -> None:
        """Hold the log against a checkpoint that somebody kept from before."""
        if mark.size > self.signed:
            self.tell("checkpoint", Code.ROLLBACK.value, place=mark.size)
        elif merkle.root(self._hashes[: mark.size]) != mark.root:
            self.tell("leaf", Code.EQUIVOCATION.value, place=f"0-{mark.size - 1}")

    # --- what stands beside ----------------------------------------------------------------------

    def cursor(self, row: Row | None, *, sysid: int, horizon: int) -> None:
        """Judge the hint of the integrator: a wrong one makes it skip entries."""
        if row is None:
            if self.size:
                self.tell("cursor", "missing")
            return
        if row["sysid"] != sysid:
            self.tell("cursor", "differs", "sysid")
        if row["done"] > horizon:
            self.tell("cursor", "differs", "xmin_done")
        if not self.is_restored and row["made"] not in set(self._made):
            self.tell("cursor", "rewritten")

    def waiting(self, rows: Sequence[Row]) -> None:
        """Take entries that are in no tree."""
        for row in rows:
            why = "skipped" if row["skipped"] else "waiting"
            self.tell("entry", why, place=f"entry {row['id']}")

    def end(self) -> None:
        """Say what only the whole shows."""
        if self.size and self._strangers == self.size:
            self.tell("log", "differs", "council_id")
        if not self.signed:
            self.tell("checkpoint", "missing")


def _differing(row: Row, leaf: entries.Leaf) -> list[str]:
    """Columns of the facts that cannot be what the leaf says, as far as no key is needed."""
    said: Mapping[str, bool] = {
        "council_id": row["fact_council"] == row["council_id"],
        "objects": len(row["objects"]) == len(leaf.o),
        "bound": row["bound"] == b"".join(leaf.x),
        "to_dids": bool(row["to_dids"]) == (leaf.r is not None),
        "result": row["result"] == leaf.d,
        "request": (None if row["request"] is None else sha256(row["request"])) == leaf.s,
    }
    absent = [
        column
        for column, name in _COMMITTED.items()
        if (row[column] is None) != (getattr(leaf, name) is None)
    ]
    return [column for column, holds in said.items() if not holds] + absent
