"""Rooms in PostgreSQL: one call for a change, a ticket for a read, snapshots to decide on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from typing import Literal, Self
from uuid import UUID

from audit.store import Written, to_bytes
from crypto.errors import Code
from identity.model import Logged
from identity.store import TAKEN
from protocol.ids import Aid, CaseId, Did, Digest, Hash, Id, RowHash
from storage import sql
from storage.connection import Connection, Row
from storage.failures import refusals

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""The limit of a room in which nothing ends."""

_SQL = sql.load("conference")
_TAKEN = TAKEN | {
    "body_pkey": Code.REPLAY,
    "feed_id": Code.REPLAY,
    "feed_ctr": Code.CHAIN_FORK,
    "feed_slot": Code.CONFLICT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a decision about one room stands on; `commit` asserts that it still holds.

    `gate` moves with all that can change who may do what, `rev` with all that changes state,
    `n` with each roster; `id_rev` counts the council's statements, `idn` is the size of the
    newest checkpoint of `id`; nothing ends before `gate_until`.
    """

    gate: int
    gate_until: datetime
    rev: int
    n: int
    seq: int
    fh: RowHash
    id_rev: int
    idn: int

    @classmethod
    def before_first(cls, *, fh: RowHash, id_rev: int, idn: int) -> Self:
        """Stand before the first row of a room that does not exist yet; `fh` is fh_0."""
        return cls(
            gate=1,
            gate_until=FOREVER,
            rev=0,
            n=-1,
            seq=0,
            fh=fh,
            id_rev=id_rev,
            idn=idn,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """A row to be; `entry` is the place in the change's entries of the one that tells of it.

    `bare` is what every member may see of it, `ct` what takes a ticket: the whole wire of an
    envelope, the bytes of a grant. An envelope has its author's
    device and `ctr`, its number in that device's chain.
    `slot` is what may exist once in a room, such as one version of a section.
    """

    id: Hash
    sg: Hash
    kind: str
    n: int
    bare: bytes
    entry: int
    ct: bytes | None = None
    did: Did | None = None
    ctr: int | None = None
    slot: Digest | None = None

    @property
    def form(self) -> Literal["env", "stm"]:
        """Envelope or statement."""
        return "stm" if self.ctr is None else "env"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry of a change, and the device and agency that it is about."""

    written: Written
    did: Did
    aid: Aid


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A key bundle by its hash."""

    hash: Digest
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change does to its room's counters; None keeps."""

    moves_gate: bool = False
    moves_state: bool = False
    n: int | None = None
    gate_until: datetime | None = None


NO_EFFECT = Effect()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One batch, or several that came at once: all that is stored of them; all or nothing.

    `code` makes a new room. `heeds_state`: the decision depended on `seen.rev`. The entries
    have no purpose and no reason, and their audit key is the case's.
    """

    case: CaseId
    seen: Snapshot
    at: datetime
    rows: Sequence[NewRow]
    entries: Sequence[Told]
    code: str | None = None
    heeds_state: bool = False
    effect: Effect = NO_EFFECT
    bundles: Sequence[Bundle] = ()
    logged: Sequence[Logged] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedRow:
    """Where a row came to stand; `entry` is the ticket of its push."""

    seq: int
    fh: RowHash
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """A row of the feed without its ciphertext."""

    seq: int
    id: Hash
    sg: Hash
    idn: int
    fh: RowHash
    at: datetime
    form: Literal["env", "stm"]
    kind: str
    did: Did | None
    n: int
    entry: int
    bare: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a ticket opens: a row's bytes, or a bundle (`bare` is empty)."""

    id: Hash
    bare: bytes
    ct: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRow:
    """A row as its receipt told of it; leaves are leaf hashes."""

    id: Hash
    did: Did | None
    seq: int
    fh: RowHash
    idn: int
    at: datetime
    ops_leaf: Hash
    id_leaf: Hash | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomLine:
    """A room in the list of a council's rooms."""

    case: CaseId
    code: str
    gate: int
    gate_until: datetime
    n: int
    seq: int


class Rooms:
    """Rooms of one council."""

    def __init__(self, connection: Connection, *, council: UUID) -> None:
        self._connection = connection
        self._council = council

    async def commit(self, change: Change) -> list[CommittedRow]:
        """Store a batch with its entries in one call.

        Raises:
            Refused: REPLAY when a row is there already (ask `committed`), CHAIN_FORK when an
                envelope's number or a statement's predecessor is used, CONFLICT when a slot, a
                code or a case is taken, UNAVAILABLE when the outcome is unknown.
            asyncpg.SerializationError: `seen` no longer holds; load and decide again.
        """
        with refusals(_TAKEN):
            rows = await self._connection.fetch(
                _SQL["commit"],
                *(self._council, *_seen(change)),
                *(*_rows(change.rows), *_bundles(change.bundles), *_entries(change.entries)),
                *_logged(change.logged),
            )
        return [
            CommittedRow(seq=row["seq"], fh=_row_hash(row["fh"]), entry=row["entry_id"])
            for row in rows
        ]

    async def move_gate(self, case: CaseId, *, gate: int, until: datetime) -> bool:
        """End what ended by time: move the gate and set the next limit; False: it had moved."""
        moved: bool = await self._connection.fetchval(
            _SQL["move_gate"], self._council, case, gate, until
        )
        return moved

    async def read(self, *, ticket: int, did: Did, now: datetime) -> list[Body]:
        """Read what a committed entry names, for a device that it names.

        Raises FORBIDDEN without a ticket, asyncpg.SerializationError when the room's gate moved
        since, or its limit passed by `now` or the database's clock: decide again and log anew.
        """
        with refusals({}):
            rows = await self._connection.fetch(_SQL["read"], self._council, ticket, did, now)
        return [Body(id=Hash(row["id"]), bare=row["bare"], ct=row["ct"]) for row in rows]

    async def rows(self, case: CaseId, *, after: int, limit: int = 1000) -> list[FeedRow]:
        """Read the rows after `after`, in order, without ciphertext."""
        rows = await self._connection.fetch(_SQL["rows"], self._council, case, after, limit)
        return [_feed_row(row) for row in rows]

    async def places(self, case: CaseId, seqs: Sequence[int]) -> list[FeedRow]:
        """Read some rows by their numbers, without ciphertext; numbers ascend."""
        found: list[FeedRow] = []
        for seq in seqs:
            found.extend(await self.rows(case, after=seq - 1, limit=1))
        return found

    async def snapshot(self, case: CaseId) -> Snapshot | None:
        """Read what to decide on; None when there is no such room."""
        row = await self._connection.fetchrow(_SQL["snapshot"], self._council, case)
        if row is None:
            return None
        return Snapshot(
            gate=row["gate"],
            gate_until=row["gate_until"],
            rev=row["rev"],
            n=row["n"],
            seq=row["seq"],
            fh=_row_hash(row["fh"]),
            id_rev=row["id_rev"],
            idn=row["idn"],
        )

    async def all(self) -> list[RoomLine]:
        """List the council's rooms by code."""
        rows = await self._connection.fetch(_SQL["rooms"], self._council)
        return [
            RoomLine(
                case=CaseId(Id(row["case_id"])),
                code=row["code"],
                gate=row["gate"],
                gate_until=row["gate_until"],
                n=row["n"],
                seq=row["seq"],
            )
            for row in rows
        ]

    async def committed(self, case: CaseId, ids: Sequence[Hash]) -> list[KnownRow]:
        """Find rows by id, in feed order: the same submission gets the same receipt."""
        rows = await self._connection.fetch(_SQL["committed"], self._council, case, list(ids))
        return [
            KnownRow(
                id=Hash(row["id"]),
                did=_did(row["did"]),
                seq=row["seq"],
                fh=_row_hash(row["fh"]),
                idn=row["idn"],
                at=row["at"],
                ops_leaf=Hash(row["ops_leaf"]),
                id_leaf=None if row["id_leaf"] is None else Hash(row["id_leaf"]),
            )
            for row in rows
        ]


# ---------------------------------------------------------------- a change as columns


def _seen(change: Change) -> tuple[object, ...]:
    seen, effect = change.seen, change.effect
    return (
        *(change.case, change.code, seen.fh, seen.id_rev, seen.idn, seen.gate, seen.n),
        *(seen.rev if change.heeds_state else None, change.at),
        *(int(effect.moves_gate), int(effect.moves_state), effect.n, effect.gate_until),
    )


def _rows(rows: Sequence[NewRow]) -> tuple[object, ...]:
    return (
        [row.id for row in rows],
        [row.sg for row in rows],
        [row.form for row in rows],
        [row.kind for row in rows],
        [row.did for row in rows],
        [row.ctr for row in rows],
        [row.n for row in rows],
        [row.slot for row in rows],
        [row.entry + 1 for row in rows],
        [row.bare for row in rows],
        [row.ct for row in rows],
    )


def _bundles(bundles: Sequence[Bundle]) -> tuple[object, ...]:
    return [each.hash for each in bundles], [each.data for each in bundles]


def _entries(entries: Sequence[Told]) -> tuple[object, ...]:
    facts = [each.written.entry for each in entries]
    return (
        [fact.kind.value for fact in facts],
        [each.did for each in entries],
        [fact.actor for fact in facts],
        [each.aid for each in entries],
        [each.written.leaf for each in entries],
        [each.written.key_ct for each in entries],
        [b"".join(fact.bound) for fact in facts],
        [to_bytes(fact.recipients) for fact in facts],
        [fact.basis for fact in facts],
        list(accumulate(len(fact.objects) for fact in facts)),
        [value for fact in facts for value in fact.objects],
    )


def _logged(logged: Sequence[Logged]) -> tuple[object, ...]:
    signed = [(each.sid, sig) for each in logged for sig in each.signatures]
    return (
        [each.sid for each in logged],
        [each.typ for each in logged],
        [each.prev for each in logged],
        [each.payload for each in logged],
        [each.leaf for each in logged],
        [sid for sid, _ in signed],
        [sig.pk for _, sig in signed],
        [sig.sig for _, sig in signed],
    )


# ---------------------------------------------------------------- columns as values


def _feed_row(row: Row) -> FeedRow:
    return FeedRow(
        seq=row["seq"],
        id=Hash(row["id"]),
        sg=Hash(row["sg"]),
        idn=row["idn"],
        fh=_row_hash(row["fh"]),
        at=row["at"],
        form=row["form"],
        kind=row["kind"],
        did=_did(row["did"]),
        n=row["n"],
        entry=row["entry_id"],
        bare=row["bare"],
    )


def _row_hash(value: bytes) -> RowHash:
    return RowHash(Hash(value))


def _did(value: bytes | None) -> Did | None:
    return None if value is None else Did(Id(value))
