"""Rooms of one council on this node: folded state, kept level with the database.

Whatever is decided is decided on the folded room and a snapshot of its counters; the one
call that stores a change asserts that both still hold. When they do not, everything is
loaded and decided again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, Self

from conference import content as contents
from conference.fold import Room, fold
from conference.store import CommittedRow, FeedRow, Rooms, Snapshot
from conference.usecases import Plan
from consent.register import Register
from crypto.errors import Code, Refused
from protocol.derived import feed_start
from protocol.feed import Row
from protocol.ids import CaseId, Did, Hash
from protocol.room import RoomState
from server.council import Council
from storage.pool import Pool

PAGE = 500


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
        """Add what this node fetched for its own sockets."""
        return replace(self, full=found.get(self.row.id), to=to)


@dataclass(slots=True)
class Held:
    """One room on this node: its fold, its counters, and rows that came before their turn."""

    room: Room
    seen: Snapshot
    waiting: dict[int, Landed] = field(default_factory=dict[int, Landed])


class RoomCache:
    """Folded rooms of one council by case."""

    def __init__(self, *, council: Council, pool: Pool, register: Register) -> None:
        """Start empty; rooms are loaded when somebody asks."""
        self.council = council
        self.store = Rooms(pool, council=council.id)
        self._register = register
        self._held: dict[CaseId, Held] = {}

    def known(self) -> Mapping[CaseId, Held]:
        """Rooms loaded so far."""
        return self._held

    async def load(self, case: CaseId) -> Held:
        """The room as last seen; UNKNOWN_ID when there is none."""
        held = self._held.get(case)
        return held if held is not None else await self.refresh(case)

    async def refresh(self, case: CaseId) -> Held:
        """Bring directory, counters and fold level with the database."""
        await self.council.sync()
        seen = await self.store.snapshot(case)
        if seen is None:
            raise Refused(Code.UNKNOWN_ID)
        held = self._held.get(case) or Held(room=self.empty(case), seen=seen)
        self._held.setdefault(case, held)
        held = self._held[case]
        held.seen = seen
        await self.catch_up(case, held)
        return held

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

    def adopt(self, case: CaseId, held: Held) -> None:
        """Keep a room that was just created."""
        self._held.setdefault(case, held)

    async def catch_up(self, case: CaseId, held: Held) -> list[Landed]:
        """Fold the rows that other nodes, or earlier runs, committed; bytes are not at hand."""
        landed: list[Landed] = []
        while held.room.state.seq < held.seen.seq:
            rows = await self.store.rows(case, after=held.room.state.seq, limit=PAGE)
            if not rows:
                break
            landed.extend(self._fold_stored(held, row) for row in rows)
        return landed

    @staticmethod
    def _fold_stored(held: Held, stored: FeedRow) -> Landed:
        landed = Landed.bare_only(stored)
        content = contents.parse_bare(stored.form, stored.bare)
        fold(held.room, landed.row, content)
        held.waiting.pop(stored.seq, None)
        return landed

    async def follow(self, case: CaseId) -> list[Landed]:
        """Fold what another node committed; the rows that are new here."""
        await self.council.sync()
        held = self._held[case]
        seen = await self.store.snapshot(case)
        if seen is not None:
            held.seen = seen
        return await self.catch_up(case, held)

    def is_level(self, held: Held) -> bool:
        """Tell whether the counters fit the directory that would be decided on."""
        seen = held.seen
        return seen.idn == self.council.idn and seen.id_rev == self.council.rev

    # --- changes -----------------------------------------------------------------------------

    def land(
        self, held: Held, plan: Plan, committed: list[CommittedRow], until: datetime
    ) -> list[Landed]:
        """Take a committed batch in; returns the rows whose turn has come, in feed order."""
        self._advance_seen(held, plan, committed, until)
        for planned, stored in zip(plan.rows, committed, strict=True):
            row = replace(planned.row, seq=stored.seq, fh=stored.fh)
            held.waiting[stored.seq] = Landed(
                row=row,
                form="env" if planned.form == "env" else "stm",
                bare=bare_of(planned.form, planned.data),
                full=planned.data,
                entry=stored.entry,
                to=planned.to,
            )
        first = committed[0]
        if held.room.state.seq + 1 == first.seq and plan.rows[0].row.fh == first.fh:
            held.room = plan.room  # nothing came between: the trial is the truth
            return [held.waiting.pop(stored.seq) for stored in committed]
        return self.advance(held)

    @staticmethod
    def advance(held: Held) -> list[Landed]:
        """Fold waiting rows while they are next in line."""
        ready: list[Landed] = []
        while (landed := held.waiting.pop(held.room.state.seq + 1, None)) is not None:
            content = contents.parse_bare(landed.form, landed.bare)
            fold(held.room, landed.row, content)
            ready.append(landed)
        return ready

    @staticmethod
    def _advance_seen(
        held: Held, plan: Plan, committed: list[CommittedRow], until: datetime
    ) -> None:
        last = committed[-1]
        seen = held.seen
        if last.seq <= seen.seq:
            return
        held.seen = replace(
            seen,
            gate=seen.gate + plan.moves_gate,
            rev=seen.rev + plan.moves_state,
            n=seen.n if plan.epoch is None else plan.epoch,
            gate_until=until if plan.moves_gate else seen.gate_until,
            seq=last.seq,
            fh=last.fh,
        )


def bare_of(form: str, data: bytes) -> bytes:
    """The public part of a row: a statement whole, an envelope without its ciphertext."""
    if form == "stm":
        return data
    content = contents.parse_full(form, data)
    assert isinstance(content, contents.Sealed)  # noqa: S101 -- the form says so
    return content.env.bare()
