"""Rooms of one council on this node: folded state, kept level with the database.

Whatever is decided is decided on the folded room and a snapshot of its counters; the one
call that stores a change asserts that both still hold. When they do not, everything is
loaded and decided again. Whoever folds rows into a room, or decides on one to store more,
does so in the room's turn: one at a time, so that rows are folded in their order and an
author's next row is judged after the last that she was promised.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Literal, Self
from weakref import WeakValueDictionary

from conference import content as contents
from conference.fold import Room, fold
from conference.store import CommittedRow, FeedRow, Rooms, Snapshot
from conference.usecases import Plan, RowPlan
from consent.register import Register
from crypto.errors import Code, Refused
from protocol.derived import feed_start
from protocol.feed import Row
from protocol.ids import CaseId, Did, Hash
from protocol.room import RoomState
from protocol.times import Instant
from server.council import Council
from server.ports import Clock
from storage.pool import Pool

PAGE: Final = 500
_FAR: Final = Instant.of(datetime(9000, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """A committed row on its way to listeners: `to` may have its full bytes, if at hand."""

    row: Row
    form: Literal["env", "stm"]
    bare: bytes
    full: bytes | None
    entry: int
    to: frozenset[Did]

    @classmethod
    def bare_only(cls, stored: FeedRow) -> Self:
        """Take a row as it is stored, without content."""
        row = Row(seq=stored.seq, id=stored.id, sg=stored.sg, idn=stored.idn, fh=stored.fh)
        return cls(
            row=row,
            form=stored.form,
            bare=stored.bare,
            full=None,
            entry=stored.entry,
            to=frozenset(),
        )

    @classmethod
    def whole(cls, stored: FeedRow, data: bytes) -> Self:
        """Take a row together with what a ticket released."""
        return replace(cls.bare_only(stored), full=data)

    def with_bytes(self, found: Mapping[Hash, bytes], to: frozenset[Did]) -> Self:
        """Add what this node fetched for its own sockets, unless the bytes are at hand."""
        if self.full is not None:
            return self
        return replace(self, full=found.get(self.row.id), to=to)


@dataclass(slots=True)
class Held:
    """One room on this node: its fold, its counters, and rows nobody here was sent yet."""

    room: Room
    seen: Snapshot
    unsent: list[Landed] = field(default_factory=list[Landed])


class RoomCache:
    """Folded rooms of one council by case."""

    def __init__(self, *, council: Council, pool: Pool, register: Register, clock: Clock) -> None:
        """Start empty; rooms are loaded when somebody asks."""
        self.council = council
        self._clock = clock
        self.store = Rooms(pool, council=council.id)
        self._register = register
        self._held: dict[CaseId, Held] = {}
        self._turns: WeakValueDictionary[CaseId, asyncio.Lock] = WeakValueDictionary()

    def turn(self, case: CaseId) -> asyncio.Lock:
        """The room's turn; it is held by `async with`, first come first served."""
        return self._turns.setdefault(case, asyncio.Lock())

    def known(self) -> Mapping[CaseId, Held]:
        """Rooms loaded so far."""
        return self._held

    async def load(self, case: CaseId) -> Held:
        """The room as last seen; UNKNOWN_ID when there is none."""
        held = self._held.get(case)
        return held if held is not None else await self.refresh(case)

    async def refresh(self, case: CaseId) -> Held:
        """Bring directory, counters and fold level with the database; UNKNOWN_ID."""
        async with self.turn(case):
            return await self.level(case)

    async def level(self, case: CaseId) -> Held:
        """Do the same for whoever has the turn already; a gate whose limit has passed is moved."""
        held = await self._level(case)
        now = self._clock()
        if held.seen.gate_until > now:
            return held
        until = moment(held.room.willing(Instant.of(now)).until)
        await self.store.move_gate(case, gate=held.seen.gate, until=until)
        return await self._level(case)

    async def _level(self, case: CaseId) -> Held:
        seen = await self._snapshot(case)
        held = self._held.setdefault(case, Held(room=self.empty(case), seen=seen))
        held.seen = seen
        await self._catch_up(case, held, upto=seen.seq)
        return held

    async def _snapshot(self, case: CaseId) -> Snapshot:
        """Read the counters, then what they stand on: a directory that is behind judges nothing."""
        seen = await self._counters(case)
        await self.council.sync()
        if (seen.idn, seen.id_rev) == (self.council.idn, self.council.rev):
            return seen
        seen = await self._counters(case)
        await self.council.sync()
        return seen

    async def _counters(self, case: CaseId) -> Snapshot:
        seen = await self.store.snapshot(case)
        if seen is None:
            raise Refused(Code.UNKNOWN_ID)
        return seen

    def empty(self, case: CaseId) -> Room:
        """A room before its first row."""
        state = RoomState(
            net=self.council.net,
            case=case,
            directory=self.council.directory,
            log_root=self.council.log_root,
        )
        return Room(state=state, register=self._register)

    def begin(self, case: CaseId, *, idn: int) -> Held:
        """Stand before the first row of a room that nobody has created yet."""
        fh = feed_start(net=self.council.net, case=case)
        seen = Snapshot.before_first(fh=fh, id_rev=self.council.rev, idn=idn)
        return Held(room=self.empty(case), seen=seen)

    async def _catch_up(self, case: CaseId, held: Held, *, upto: int) -> None:
        """Fold the rows that other nodes, or earlier runs, committed; bytes are not at hand."""
        while held.room.state.seq < upto:
            behind = min(upto - held.room.state.seq, PAGE)  # later rows may need a later log
            rows = await self.store.rows(case, after=held.room.state.seq, limit=behind)
            if not rows:
                break
            for stored in rows:
                self._fold(held, Landed.bare_only(stored))

    @staticmethod
    def _fold(held: Held, landed: Landed) -> None:
        fold(held.room, landed.row, contents.parse_bare(landed.form, landed.bare))
        held.unsent.append(landed)

    def is_level(self, held: Held) -> bool:
        """Tell whether the counters fit the directory that would be decided on."""
        seen = held.seen
        return seen.idn == self.council.idn and seen.id_rev == self.council.rev

    # --- changes -----------------------------------------------------------------------------

    async def land(
        self, case: CaseId, held: Held, plans: Sequence[Plan], committed: Sequence[CommittedRow]
    ) -> None:
        """Take committed batches in, after any rows that came between."""
        self._held.setdefault(case, held)
        self._advance_seen(held, plans, committed[-1])
        first = committed[0]
        await self._catch_up(case, held, upto=first.seq - 1)
        rows = [row for plan in plans for row in plan.rows]
        landed = [_landed(*pair) for pair in zip(rows, committed, strict=True)]
        if rows[0].row.fh == first.fh:
            held.room = plans[-1].room  # nothing came between: the trial is the truth
            held.unsent.extend(landed)
            return
        for one in landed:
            self._fold(held, one)

    @staticmethod
    def _advance_seen(held: Held, plans: Sequence[Plan], last: CommittedRow) -> None:
        seen, plan = held.seen, plans[-1]
        if last.seq <= seen.seq:
            return
        held.seen = replace(
            seen,
            gate=seen.gate + plan.moves_gate,
            rev=seen.rev + any(each.moves_state for each in plans),
            n=seen.n if plan.epoch is None else plan.epoch,
            gate_until=moment(plan.until) if plan.moves_gate else seen.gate_until,
            seq=last.seq,
            fh=last.fh,
        )


def _landed(planned: RowPlan, stored: CommittedRow) -> Landed:
    return Landed(
        row=replace(planned.row, seq=stored.seq, fh=stored.fh),
        form="env" if planned.form == "env" else "stm",
        bare=bare_of(planned),
        full=planned.data,
        entry=stored.entry,
        to=planned.to,
    )


def moment(instant: Instant) -> datetime:
    """An instant for the database; the far future for what never ends."""
    if instant >= _FAR:
        return datetime.max.replace(tzinfo=UTC)
    return datetime.fromtimestamp(instant / 1000, tz=UTC)


def bare_of(planned: RowPlan) -> bytes:
    """The public part of a row: a statement whole, an envelope without its ciphertext."""
    content = planned.content
    return content.env.bare() if isinstance(content, contents.Sealed) else planned.data
