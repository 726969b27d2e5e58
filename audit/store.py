"""The log in PostgreSQL: entries by themselves, keys, leaves, tiles, and the auditor's question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from audit import entry as entries
from audit.entry import Entry
from audit.model import Filter, Found, Opened
from audit.tiles import TileId
from crypto.errors import Code
from protocol.ids import Aid, CaseId, Did, Id, Nonce, Wid
from storage import sql
from storage.connection import Connection, Row
from storage.failures import refusals

LogName = Literal["id", "ops"]

_SQL = sql.load("audit")
_TAKEN = {"fact_nonce": Code.REPLAY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An entry ready to be stored: its facts, its leaf, its wrapped key."""

    entry: Entry
    leaf: bytes
    key_ct: bytes

    @classmethod
    def write(cls, entry: Entry, *, key: bytes, audit_key: bytes, nonce: bytes) -> Self:
        """Make the leaf under the entry's own key (32 bytes) and wrap that key (nonce: 24)."""
        wrapped = entries.wrap_key(audit_key=audit_key, entry=entry.id, key=key, nonce=nonce)
        return cls(entry=entry, leaf=entries.leaf(entry, key=key), key_ct=wrapped)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asked, from which device, and the signed request as it came (none for a change)."""

    did: Did | None = None
    aid: Aid | None = None
    request: bytes | None = None
    nonce: Nonce | None = None


NOBODY = Asked()
"""For what the server does by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """One log: `origin` names it, `vkeys` check its notes."""

    id: int
    council: UUID
    name: LogName
    origin: str
    vkeys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedTree:
    """The newest checkpoint: `note` is the signed note, `root` 32 bytes over `size` leaves."""

    size: int
    root: bytes
    note: bytes
    at: datetime


def to_bytes(recipients: Sequence[Id]) -> bytes:
    """Join recipients as the leaf commits to them: sorted, each once."""
    return b"".join(sorted(set(recipients)))


class AuditLog:
    """Both logs of one council, over any connection or pool of the role that may."""

    def __init__(self, connection: Connection, *, council: UUID) -> None:
        self._connection = connection
        self._council = council

    async def note(
        self, written: Written, *, key_id: Id, asked: Asked = NOBODY, gate: int | None = None
    ) -> int:
        """Store an entry that changes nothing, and answer its number, which is a ticket.

        With `gate` (of the room decided on) and recipients it is a ticket for `Rooms.read`.
        Raises REPLAY when this device used the nonce before, UNAVAILABLE.
        """
        entry = written.entry
        with refusals(_TAKEN):
            number: int = await self._connection.fetchval(
                *(_SQL["note"], self._council, entry.kind.value, written.leaf, key_id),
                *(written.key_ct, asked.did, entry.actor, asked.aid, entry.case, gate),
                *(list(entry.objects), b"".join(entry.bound), to_bytes(entry.recipients)),
                *(entry.basis, entry.purpose, "" if entry.reason is None else entry.reason.value),
                *(asked.request, asked.nonce),
            )
        return number

    async def beat(self, leaf: bytes) -> None:
        """Append a leaf to `id` that only tells the time."""
        with refusals(_TAKEN):
            await self._connection.execute(_SQL["beat"], self._council, leaf)

    async def keep_key(self, key_id: Id, wrapped: bytes) -> bytes:
        """Keep the wrapped audit key of a case, unless there is one; answer the one that counts."""
        with refusals(_TAKEN):
            kept: bytes = await self._connection.fetchval(
                _SQL["keep_key"], self._council, key_id, wrapped
            )
        return kept

    async def leaves(self, name: LogName, *, start: int, limit: int) -> list[bytes]:
        """Read the leaves from index `start` on, in order and without a gap."""
        rows = await self._connection.fetch(_SQL["leaves"], self._council, name, start, limit)
        return [row["leaf"] for row in rows]

    async def newest_checkpoint(self, name: LogName) -> SignedTree | None:
        """Read the newest signed checkpoint; None while the log is empty."""
        row = await self._connection.fetchrow(_SQL["newest_checkpoint"], self._council, name)
        if row is None:
            return None
        return SignedTree(size=row["size"], root=row["root"], note=row["note"], at=row["at"])

    async def tile(self, name: LogName, tile: TileId) -> bytes:
        """Read one tile, full or partial; shorter than asked for when the tree is smaller."""
        return await read_tile(self._connection, council=self._council, name=name, tile=tile)

    async def find_leaf(self, name: LogName, leaf_hash: bytes) -> int | None:
        """Find the index of a leaf by its hash; None while it is in no tree."""
        index: int | None = await self._connection.fetchval(
            _SQL["find_leaf"], self._council, name, leaf_hash
        )
        return index

    async def query(
        self, wanted: Filter, *, ticket: int, did: Did, after: int = -1, limit: int = 1000
    ) -> list[Found]:
        """Answer an auditor, by index from `after` on, against the entry of her question.

        Only the auditor's role may. Raises FORBIDDEN without a fresh entry of kind audit.query
        that another transaction committed, that names this device and tells of this question.
        """
        with refusals(_TAKEN):
            rows = await self._connection.fetch(
                *(_SQL["query"], self._council, ticket, did),
                *(wanted.case, wanted.wid, wanted.since, wanted.until, after, limit),
            )
        return [_found(row) for row in rows]


async def logs(connection: Connection) -> list[Log]:
    """List all logs of this database, for the integrator and the addresses of the logs."""
    rows = await connection.fetch(_SQL["logs"])
    return [
        Log(
            id=row["log_id"],
            council=row["council_id"],
            name=row["name"],
            origin=row["origin"],
            vkeys=tuple(row["vkeys"]),
        )
        for row in rows
    ]


async def read_tile(connection: Connection, *, council: UUID, name: LogName, tile: TileId) -> bytes:
    """Read one tile; shorter than asked for when the tree is smaller."""
    data: bytes | None = await connection.fetchval(
        _SQL["tile_bytes"], council, name, tile.level, tile.index, tile.width
    )
    return data or b""


def _found(row: Row) -> Found:
    return Found(
        index=row["idx"],
        id=row["entry_id"],
        at=row["at"],
        kind=row["kind"],
        leaf=row["leaf"],
        opened=None if row["key_ct"] is None else _opened(row),
    )


def _opened(row: Row) -> Opened:
    return Opened(
        key_id=Id(row["key_id"]),
        wrapped=row["wrapped"],
        key_ct=row["key_ct"],
        did=None if row["did"] is None else Did(Id(row["did"])),
        wid=None if row["wid"] is None else Wid(Id(row["wid"])),
        aid=None if row["aid"] is None else Aid(Id(row["aid"])),
        case=None if row["case_id"] is None else CaseId(Id(row["case_id"])),
        objects=tuple(row["objects"]),
        to=tuple(entries.split_recipients(row["to_dids"])),
        basis=row["basis"],
        purpose=row["purpose"],
        result=row["result"],
        request=row["request"],
    )
