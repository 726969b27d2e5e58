"""What the log costs: a change with its entry against the same without, and a logged read.

Measured where it is paid, at the stores with eight connections. The variant without entries
is the same function with the loop that writes them taken out, in a database of its own.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from audit.entry import Entry, Kind
from audit.store import Asked, AuditLog, Written
from conference.store import Change, Effect, NewRow, Rooms, Snapshot, Told
from crypto import entropy
from identity.model import Origins
from identity.store import reserve
from protocol.ids import Aid, CaseId, Did, Hash, Id, RowHash, Wid
from storage.migrate import migrate
from storage.pool import Pool, Role, open_pool

CONNECTIONS: Final = 8
ROOMS: Final = 64
_RECEIVERS: Final = 20
_CT: Final = 2900  # bytes: an envelope of 2 KiB
_BARE: Final = 800
_COUNCIL: Final = UUID(int=1)
_GATE_ENDS: Final = timedelta(days=1)
_LOOP_START: Final = "  FOR k IN 1 .. cardinality(e_kind) LOOP"
_LOOP_END: Final = "  END LOOP;\n"
_INSTEAD: Final = "  v_entries := array_fill(0::bigint, ARRAY[cardinality(e_kind)]);\n"
_FUNCTION: Final = "SELECT pg_get_functiondef('room.commit'::regproc)"


class Entries(msgspec.Struct, frozen=True, kw_only=True):
    """Medians, per second at eight connections."""

    runs: int
    many_with: float
    many_without: float
    one_with: float
    one_without: float
    entry_alone: float
    logged_read: float

    @property
    def many(self) -> float:
        """A change with entry over one without, in 64 rooms."""
        return self.many_with / self.many_without

    @property
    def one(self) -> float:
        """The same in one room."""
        return self.one_with / self.one_without

    @property
    def read(self) -> float:
        """A read by ticket over an entry alone."""
        return self.logged_read / self.entry_alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One database with its rooms, all at their first row."""

    pool: Pool
    rooms: list[CaseId]

    @property
    def store(self) -> Rooms:
        """Its rooms' store."""
        return Rooms(self.pool, council=_COUNCIL)


async def measure(admin: str, login: str, *, runs: int, count: int) -> Entries:
    """Measure; `admin` and `login` are addresses with `DATABASE` for the name."""
    kept = await _side(admin, login, "logged")
    bare = await _side(admin, login, "unlogged")
    await _take_out_entries(admin.replace("DATABASE", "unlogged"))
    figures: dict[str, list[float]] = {}
    for _ in range(runs):
        for name, rooms in (("many", ROOMS), ("one", 1)):
            for suffix, side in (("with", kept), ("without", bare)):
                rate = await _changes(side, side.rooms[:rooms], count)
                figures.setdefault(f"{name}_{suffix}", []).append(rate)
        for name, verb in (("entry_alone", _note), ("logged_read", _read)):
            figures.setdefault(name, []).append(await _reads(kept, verb, count))
    await kept.pool.close()
    await bare.pool.close()
    return Entries(runs=runs, **{name: statistics.median(f) for name, f in figures.items()})


# --- databases ---------------------------------------------------------------------------------


async def _side(admin: str, login: str, name: str) -> Side:
    connection = await asyncpg.connect(admin.replace("DATABASE", "postgres"))
    await connection.execute(f"CREATE DATABASE {name} OWNER entaku TEMPLATE template0")
    await connection.close()
    dsn = login.replace("DATABASE", name)
    await migrate(dsn)
    pool = await open_pool(dsn, role=Role.APP, most=CONNECTIONS, least=CONNECTIONS)
    origins = Origins(id_origin="b/id", id_vkeys=("k",), ops_origin="b/ops", ops_vkeys=("k",))
    await reserve(pool, council=_COUNCIL, slug="bench", origins=origins)
    side = Side(pool=pool, rooms=[CaseId(Id(entropy.system(16))) for _ in range(ROOMS)])
    for place, case in enumerate(side.rooms):
        await side.store.commit(_first(case, place))
    return side


async def _take_out_entries(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    text: str = await connection.fetchval(_FUNCTION)
    head, _, rest = text.partition(_LOOP_START)
    _, end, tail = rest.partition(_LOOP_END)
    if not end:
        raise RuntimeError(text)
    await connection.execute(head + _INSTEAD + tail)
    await connection.close()


# --- changes -----------------------------------------------------------------------------------


def _now() -> datetime:
    return datetime.now(UTC)


def _first(case: CaseId, place: int) -> Change:
    seen = Snapshot.before_first(fh=RowHash(Hash(bytes(32))), id_rev=0, idn=0)
    effect = Effect(n=0, gate_until=_now() + _GATE_ENDS, moves_gate=True)
    return replace(_change(case, seen), code=f"K-{100 + place}", effect=effect)


def _change(case: CaseId, seen: Snapshot) -> Change:
    did = Did(Id(entropy.system(16)))
    row = NewRow(
        id=Hash(entropy.system(32)),
        sg=Hash(entropy.system(32)),
        kind="sum",
        n=0,
        bare=entropy.system(_BARE),
        entry=0,
        ct=entropy.system(_CT),
        did=did,
        ctr=int.from_bytes(entropy.system(5), "big"),
    )
    aid = Aid(Id(entropy.system(16)))
    told = Told(written=_written(case, Kind.POST, row.id), did=did, aid=aid)
    return Change(case=case, seen=seen, at=_now(), rows=[row], entries=[told])


def _written(case: CaseId, kind: Kind, bound: Hash) -> Written:
    entry = Entry(
        kind=kind,
        at_ms=0,
        id=Id(entropy.system(16)),
        actor=Wid(Id(entropy.system(16))),
        case=case,
        objects=(b"sum",),
        recipients=tuple(sorted(Id(entropy.system(16)) for _ in range(_RECEIVERS))),
        bound=(bound,),
    )
    return Written.write(
        entry, key=entropy.system(32), audit_key=bytes(32), nonce=entropy.system(24)
    )


async def _changes(side: Side, cases: Sequence[CaseId], count: int) -> float:
    """Commit prepared changes from eight connections at once; changes a second."""
    seen = {case: await side.store.snapshot(case) for case in cases}
    work: list[list[Change]] = [[] for _ in range(CONNECTIONS)]
    for place in range(CONNECTIONS * count):
        case = cases[place % len(cases)]
        state = seen[case]
        if state is None:
            raise RuntimeError(case)
        work[place % CONNECTIONS].append(_change(case, state))

    async def worker(mine: list[Change]) -> None:
        for change in mine:
            await side.store.commit(change)

    return await _rate([worker(mine) for mine in work], CONNECTIONS * count)


async def _rate(workers: Sequence[Awaitable[None]], total: int) -> float:
    began = time.perf_counter()
    await asyncio.gather(*workers)
    return total / (time.perf_counter() - began)


# --- reads -------------------------------------------------------------------------------------

_Verb = Callable[[Side, "Reading"], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A prepared entry of a read, with the room's gate at that time."""

    written: Written
    case: CaseId
    gate: int

    @property
    def did(self) -> Did:
        """A device that the entry names."""
        return Did(self.written.entry.recipients[0])


async def _note(side: Side, reading: Reading) -> None:
    await _ticket(side, reading)


async def _read(side: Side, reading: Reading) -> None:
    ticket = await _ticket(side, reading)
    found = await side.store.read(ticket=ticket, did=reading.did, now=_now())
    if len(found) != 1:
        raise RuntimeError(len(found))


async def _ticket(side: Side, reading: Reading) -> int:
    log = AuditLog(side.pool, council=_COUNCIL)
    asked = Asked(did=reading.did)
    return await log.note(reading.written, key_id=reading.case, asked=asked, gate=reading.gate)


async def _reads(side: Side, verb: _Verb, count: int) -> float:
    """Do one verb from eight connections at once; times a second."""
    readings = [await _reading(side, case) for case in side.rooms]
    work = [
        [_again(readings[(place * CONNECTIONS + worker) % ROOMS]) for place in range(count)]
        for worker in range(CONNECTIONS)
    ]

    async def worker(mine: list[Reading]) -> None:
        for reading in mine:
            await verb(side, reading)

    return await _rate([worker(mine) for mine in work], CONNECTIONS * count)


async def _reading(side: Side, case: CaseId) -> Reading:
    rows = await side.store.rows(case, after=0, limit=1)
    seen = await side.store.snapshot(case)
    if seen is None:
        raise RuntimeError(case)
    return Reading(written=_written(case, Kind.READ, rows[0].id), case=case, gate=seen.gate)


def _again(reading: Reading) -> Reading:
    bound = reading.written.entry.bound[0]
    return replace(reading, written=_written(reading.case, Kind.READ, bound))
