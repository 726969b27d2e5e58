"""A council with one case, as stores see it: ids, entries, rows and changes to try things with."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TypeAlias
from uuid import UUID

import asyncpg

from audit import store as audit_store
from audit.entry import Entry, Kind
from audit.store import Asked, AuditLog, Log, Written
from conference.store import Change, NewRow, Rooms, Snapshot, Told
from crypto.errors import Code
from identity import store as identity_store
from identity.model import Admission, Logged, Origins, Waiting
from identity.store import Statements
from protocol.ids import Aid, CaseId, Did, Hash, Id, Key, RowHash, Sid, Wid
from protocol.statement import Signature
from storage.connection import Connection

Admin: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

COUNCIL = UUID(int=1)
OTHER_COUNCIL = UUID(int=2)
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def id16(name: str) -> Id:
    """Make an id from a word."""
    return Id(sha256(name.encode()).digest()[:16])


def hash32(name: str) -> Hash:
    """Make a hash from a word."""
    return Hash(sha256(name.encode()).digest())


CASE = CaseId(id16("case"))
DID = Did(id16("device"))
OTHER_DID = Did(id16("another device"))
WID = Wid(id16("worker"))
AID = Aid(id16("agency"))
KEY = id16("key of entries without a case")
FH_0 = RowHash(hash32("fh_0"))


def written(
    name: str,
    *,
    kind: Kind = Kind.POST,
    bound: tuple[Hash, ...] = (),
    to: tuple[Id, ...] = (DID,),
    case: CaseId | None = CASE,
    reason: Code | None = None,
    purpose: str | None = None,
    objects: tuple[bytes, ...] = (b"first", b"second object"),
) -> Written:
    """Make an entry whose id, leaf and keys follow from its name."""
    facts = Entry(
        kind=kind,
        at_ms=0,
        id=id16(name),
        actor=WID,
        case=case,
        objects=objects,
        recipients=to,
        purpose=purpose,
        bound=bound,
        reason=reason,
    )
    key = hash32(f"key of {name}")
    return Written.write(facts, key=key, audit_key=hash32("audit key"), nonce=bytes(24))


def row(name: str, *, ctr: int | None = None, entry: int = 0, ct: bytes | None = None) -> NewRow:
    """Make a row; with `ctr` it is an envelope."""
    return NewRow(
        id=hash32(name),
        sg=hash32(f"sg of {name}"),
        kind="op" if ctr is not None else "seat",
        n=0,
        bare=f"bare {name}".encode(),
        entry=entry,
        ct=ct,
        did=None if ctr is None else DID,
        ctr=ctr,
    )


def told(entry: Written) -> Told:
    """Make an entry of a change by the one author."""
    return Told(written=entry, did=DID, aid=AID)


def change(seen: Snapshot, *rows: NewRow, at: datetime = NOW) -> Change:
    """Make a batch of rows that one entry tells of, pushed to one device."""
    entry = written(f"entry of {rows[0].id.hex()}", bound=tuple(each.id for each in rows))
    return Change(case=CASE, seen=seen, at=at, rows=rows, entries=[told(entry)])


def logged(name: str, *, typ: str = "agency", prev: Sid | None = None) -> Logged:
    """Make a statement for `id` with one signature."""
    return Logged(
        sid=Sid(hash32(name)),
        typ=typ,
        prev=prev,
        payload=f'{{"{name}":1}}'.encode(),
        leaf=b"SHL1" + hash32(name),
        signatures=(Signature(pk=Key(hash32(f"pk of {name}")), sig=bytes(64)),),
    )


def admission(name: str, *, rev: int, typ: str = "agency", prev: Sid | None = None) -> Admission:
    """Make the admission of a statement decided on at a revision."""
    return Admission(rev=rev, at=NOW, statement=logged(name, typ=typ, prev=prev))


@dataclass(frozen=True, slots=True)
class World:
    """The stores of one council over one pool."""

    pool: Connection
    council: UUID = COUNCIL

    @property
    def rooms(self) -> Rooms:
        """Its rooms."""
        return Rooms(self.pool, council=self.council)

    @property
    def log(self) -> AuditLog:
        """Its logs."""
        return AuditLog(self.pool, council=self.council)

    @property
    def statements(self) -> Statements:
        """Its statements."""
        return Statements(self.pool, council=self.council)

    async def reserve(self) -> None:
        """Make the council and its logs."""
        slug = f"council-{self.council.int}"
        await identity_store.reserve(
            self.pool,
            council=self.council,
            slug=slug,
            origins=Origins(
                id_origin=f"{slug}/id",
                id_vkeys=["vkey of id"],
                ops_origin=f"{slug}/ops",
                ops_vkeys=["vkey of ops"],
            ),
        )

    async def logs(self) -> tuple[Log, Log]:
        """Its two logs, `id` first."""
        mine = [log for log in await audit_store.logs(self.pool) if log.council == self.council]
        return mine[0], mine[1]

    async def create_room(self) -> Snapshot:
        """Make the room with one row, and answer its state."""
        seen = Snapshot.before_first(fh=FH_0, id_rev=await self.statements.rev(), idn=0)
        first = change(seen, row("roster 0"))
        effect = replace(first.effect, n=0)
        await self.rooms.commit(replace(first, code="K-101", effect=effect))
        return await self.seen()

    async def seen(self) -> Snapshot:
        """Read what to decide on now."""
        snapshot = await self.rooms.snapshot(CASE)
        assert snapshot is not None
        return snapshot

    async def post(self, *rows: NewRow) -> int:
        """Commit rows on the present state, and answer the number of their entry."""
        committed = await self.rooms.commit(change(await self.seen(), *rows))
        return committed[0].entry

    async def ask_to_read(
        self, *ids: Hash, did: Did = DID, gate: int | None = None, name: str = "read"
    ) -> int:
        """Log a read of some objects; the number is a ticket."""
        entry = written(name, kind=Kind.READ, bound=ids, to=(did,))
        gate = (await self.seen()).gate if gate is None else gate
        return await self.log.note(entry, key_id=CASE, asked=Asked(did=did, aid=AID), gate=gate)


async def fill(admin: Admin, count: int, *, start: int = 1) -> None:
    """Put many entries into `ops` at once; equal numbers make equal leaves."""
    await admin.execute(
        "INSERT INTO audit.entry (council_id, log_id, kind, leaf)"
        " SELECT council_id, log_id, 'x', int4send(i::int)"
        "   FROM audit.log, generate_series($1::int, $2::int) i"
        "  WHERE council_id = $3 AND name = 'ops' ORDER BY i",
        start,
        start + count - 1,
        COUNCIL,
    )


def waiting(name: str, *signatures: Signature) -> Waiting:
    """Make something that waits until later."""
    return Waiting(
        key=hash32(name),
        typ="worker",
        payload=name.encode(),
        signatures=signatures,
        mac=b"mac",
        beside=b"beside",
        until=LATER,
    )


async def without_row_security(admin: Admin) -> None:
    """Switch row security off on all tables: what the functions check must be enough alone."""
    rows = await admin.fetch(
        "SELECT relname, relnamespace::regnamespace::text AS schema FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace IN ('audit'::regnamespace, 'room'::regnamespace)"
    )
    for each in rows:
        await admin.execute(
            f"ALTER TABLE {each['schema']}.{each['relname']} DISABLE ROW LEVEL SECURITY"
        )
