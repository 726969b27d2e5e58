"""Posting: batches that wait for a room are decided in their order and stored in one call.

While one call to PostgreSQL is under way, more batches of the same room come in. Whoever has
the room's turn next takes all that wait, decides each on the one before, and stores them
together; each keeps its own entries and its own receipt, and a refused one stores nothing.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import asyncpg

from conference import usecases
from conference.fold import Live, Room
from conference.store import CommittedRow
from conference.usecases import MAX_BATCH, Batch, Plan
from crypto.errors import Code, Refused
from protocol import wire
from protocol.ids import CaseId, Digest
from protocol.payloads import LeafHashes
from protocol.times import Instant
from server import changes
from server.audience import Audience
from server.changes import Author, Part
from server.desk import Desk, Place, leaf_hash
from server.errors import TROUBLES
from server.logs import trace
from server.ports import Announcement, Session
from server.rooms import Held
from storage.transaction import is_moved

ATTEMPTS: Final = 8
"""Decisions on one batch: several nodes that write into one room overtake each other."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Waiting:
    """A batch, and the answer that its poster waits for."""

    session: Session
    batch: Batch
    answer: asyncio.Future[wire.Receipted]

    def refuse(self, error: Exception) -> None:
        """Answer with an error, unless there is an answer or nobody waits any more."""
        if not self.answer.done():
            self.answer.set_exception(error)

    def give(self, receipt: wire.Receipted) -> None:
        """Answer with a receipt, unless nobody waits any more."""
        if not self.answer.done():
            self.answer.set_result(receipt)


Queue = deque[Waiting]
Decided = tuple[Waiting, Plan]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """Batches in the database and in the folded room, not yet pushed."""

    held: Held
    plans: Sequence[Plan]
    committed: Sequence[CommittedRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """The verb `post` of one council."""

    desk: Desk
    audience: Audience
    queues: dict[CaseId, Queue] = field(default_factory=dict[CaseId, Queue])

    async def post(self, session: Session, post: wire.Post) -> wire.Receipted:
        """Judge, store, log and push a batch; the receipt is the server's signed promise.

        Raises:
            Refused: The first refusal, with nothing stored; CONFLICT when the room moved
                under eight decisions.
        """
        batch = usecases.parse_batch(post)
        answer = asyncio.get_running_loop().create_future()
        mine = Waiting(session=session, batch=batch, answer=answer)
        queue = self.queues.setdefault(batch.case, deque())
        queue.append(mine)
        self.desk.metrics.waiting.inc()
        stored: list[_Stored] = []
        try:
            async with self.desk.cache.turn(batch.case):
                while not mine.answer.done():
                    stored += await self._serve(batch.case, queue)
        finally:
            self.desk.metrics.waiting.dec()
            if mine in queue:  # cancelled before it was decided: nobody waits for it any more
                queue.remove(mine)
            if not queue:
                self.queues.pop(batch.case, None)
        for one in stored:
            # What was promised is stored: what fails now is found again by looking.
            try:
                await self._tell(batch.case, one)
            except TROUBLES as error:
                self.desk.log.warning("push.failed", case=batch.case.hex(), trace=trace(error))
        return await mine.answer

    async def _tell(self, case: CaseId, done: _Stored) -> None:
        """Take out who may not stay, push to the others, tell the other nodes."""
        for plan in done.plans:
            await self.audience.evict(case, plan.evicted)
        if any(plan.moves_state for plan in done.plans):
            await self.audience.sweep(case, done.held)  # seats may have ended
        await self.audience.push(case, done.held)
        rows = [row for plan in done.plans for row in plan.rows]
        self.desk.announcer.publish(
            Announcement(
                kind="feed",
                case=case,
                seq=done.committed[-1].seq,
                entries=changes.named(done.committed, rows),
                evicted=tuple(sorted({did for plan in done.plans for did in plan.evicted})),
            )
        )

    # --- what waits ---------------------------------------------------------------------------

    async def _serve(self, case: CaseId, queue: Queue) -> list[_Stored]:
        """Answer some of what waits, the first of all; in the room's turn."""
        group = _take(queue)
        error: Exception = Refused(Code.UNAVAILABLE)  # if cancelled: it is safe to ask again
        try:
            stored = await self._decide(case, group, queue)
        except Exception as found:  # noqa: BLE001 -- it is told to those who wait, not hidden
            error, stored = found, None
        finally:
            for waiting in group:
                if waiting not in queue:
                    waiting.refuse(error)  # unless it was answered
        return [] if stored is None else [stored]

    async def _decide(self, case: CaseId, group: Sequence[Waiting], queue: Queue) -> _Stored | None:
        """Decide and store; what cannot go with the others goes back to the queue's head."""
        for attempt in range(ATTEMPTS):
            held = await self._held_for(case, fresh=attempt > 0)
            decided = await self._plans(held, group, queue)
            if not decided:
                return None
            group = [waiting for waiting, _ in decided]
            try:
                return await self._commit(case, held, decided)
            except asyncpg.PostgresError as error:
                if not is_moved(error):
                    raise
            except Refused as refusal:
                # Another node may have stored the same batch a moment ago, or one like it.
                if len(group) == 1 and (attempt or refusal.code is not Code.REPLAY):
                    raise
                queue.extendleft(reversed(group[1:]))
                group = group[:1]
        raise Refused(Code.CONFLICT)

    async def _plans(self, held: Held, group: Sequence[Waiting], queue: Queue) -> list[Decided]:
        """Judge each on the one before; whoever is refused or known is answered at once."""
        room = held.room
        decided: list[Decided] = []
        for place, waiting in enumerate(group):
            plan = await self._judge(held, room, waiting)
            if plan is not None and decided and plan.stands_alone:
                queue.extendleft(reversed(group[place:]))
                break
            if plan is not None:
                decided.append((waiting, plan))
                room = plan.room
                if plan.stands_alone:
                    queue.extendleft(reversed(group[place + 1 :]))
                    break
        return decided

    async def _judge(self, held: Held, room: Room, waiting: Waiting) -> Plan | None:
        """The plan of a batch on `room`, or None when it is answered already."""
        try:
            again = await self._answered_before(waiting, held)
            if again is None:
                return self._plan(waiting, held, room)
            waiting.give(again)
        except Refused as refusal:
            waiting.refuse(refusal)
        return None

    async def _answered_before(self, waiting: Waiting, held: Held) -> wire.Receipted | None:
        """The same ids from the same author get the same answer."""
        batch = waiting.batch
        if not any(row_id in held.room.state.ids for row_id in batch.ids):
            return None
        known = await self.desk.cache.store.committed(batch.case, batch.ids)
        if len(known) != len(batch.ids):
            raise Refused(Code.REPLAY)
        authors = {held.room.records[row.seq - 1].author for row in known} - {None}
        if authors - {waiting.session.actor.did}:
            raise Refused(Code.FORBIDDEN)
        last = known[-1]
        leaves = LeafHashes(
            id=tuple(Digest(row.id_leaf) for row in known if row.id_leaf is not None),
            ops=tuple(dict.fromkeys(Digest(row.ops_leaf) for row in known)),
        )
        place = Place(seq=last.seq, fh=last.fh, idn=last.idn)
        return self.desk.receipt(batch.case, [row.id for row in known], leaves, place, last.at)

    async def _held_for(self, case: CaseId, *, fresh: bool) -> Held:
        known = self.desk.cache.known().get(case)
        if known is not None and not fresh and self.desk.cache.is_level(known):
            return known
        try:
            return await self.desk.cache.level(case)
        except Refused as refusal:
            if refusal.code is not Code.UNKNOWN_ID:
                raise
        return self.desk.cache.begin(case, idn=self.desk.council.idn)

    def _plan(self, waiting: Waiting, held: Held, room: Room) -> Plan:
        case = waiting.batch.case
        live = Live(
            now=Instant.of(self.desk.clock()),
            author=waiting.session.actor.did,
            present=self.audience.present(case),
        )
        return usecases.plan(
            room,
            waiting.batch,
            live=live,
            idn=held.seen.idn,
            devices=self.audience.devices(case),
        )

    # --- what is stored -----------------------------------------------------------------------

    async def _commit(self, case: CaseId, held: Held, decided: Sequence[Decided]) -> _Stored:
        now = self.desk.clock()
        creates = held.seen.n == -1 and held.seen.seq == 0
        code = await self._code(case, now) if creates else None
        parts = [await self._part(waiting, plan, now) for waiting, plan in decided]
        change = changes.compose(
            self.desk.council, case=case, held=held, parts=parts, code=code, now=now
        )
        committed = await self.desk.cache.store.commit(change)
        self._count(decided, committed)
        for _, plan in decided:
            self.audience.note_logged(case, plan.evicted)  # before anybody sweeps
        plans = [plan for _, plan in decided]
        id_leaves = tuple(leaf_hash(one.leaf) for one in change.logged)
        idn = held.seen.idn
        await self.desk.cache.land(case, held, plans, committed)
        rest = list(committed)
        for (waiting, _), part in zip(decided, parts, strict=True):
            own, rest = rest[: len(part.plan.rows)], rest[len(part.plan.rows) :]
            place = Place(seq=own[-1].seq, fh=own[-1].fh, idn=idn)
            ops_leaves = tuple(leaf_hash(one.leaf) for one in part.entries)
            leaves = LeafHashes(id=id_leaves, ops=ops_leaves)
            waiting.give(self.desk.receipt(case, waiting.batch.ids, leaves, place, now))
        if change.logged:
            self.desk.hint()
            with contextlib.suppress(*TROUBLES):
                await self.desk.council.sync()
        return _Stored(held=held, plans=plans, committed=committed)

    def _count(self, decided: Sequence[Decided], committed: Sequence[CommittedRow]) -> None:
        metrics = self.desk.metrics
        metrics.rows.inc(len(committed))
        metrics.batches.observe(len(decided))
        metrics.tickets.inc(len({row.entry for row in committed}))

    async def _part(self, waiting: Waiting, plan: Plan, now: datetime) -> Part:
        actor = waiting.session.actor
        author = Author(did=actor.did, wid=actor.wid, aid=waiting.session.aid)
        return await changes.part_of(self.desk.council, author, waiting.batch.case, plan, now)

    async def _code(self, case: CaseId, now: datetime) -> str:
        """The public code under which a room was reserved; UNKNOWN_ID if it was not."""
        for one in await self.desk.council.waiting.all(now=now):
            if one.key == case and one.typ == "case":
                return one.payload.decode()
        raise Refused(Code.UNKNOWN_ID)


def _take(queue: Queue) -> list[Waiting]:
    """Take what waits, the first in any case, as much as one call should store.

    The same rows twice do not go together: the second is answered by the receipt of the first.
    """
    group = [queue.popleft()]
    ids, rows, size = set(group[0].batch.ids), len(group[0].batch.items), group[0].batch.size
    while queue:
        batch = queue[0].batch
        rows, size = rows + len(batch.items), size + batch.size
        if rows > wire.MAX_BATCH_ROWS or size > MAX_BATCH or ids & set(batch.ids):
            break
        ids |= set(batch.ids)
        group.append(queue.popleft())
    return group
