"""Posting a batch: decided on what is seen, stored in one call, pushed, and promised."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from conference import usecases
from conference.fold import Live
from conference.store import CommittedRow
from conference.usecases import Batch, Plan
from crypto.errors import Code, Refused
from protocol import wire
from protocol.ids import CaseId, Digest
from protocol.payloads import (
    LeafHashes,
)
from protocol.times import Instant
from server import changes
from server.audience import Audience
from server.changes import Author
from server.desk import Desk, Place, leaf_hash
from server.ports import Announcement, Session
from server.rooms import Held, moment
from storage.transaction import is_moved

ATTEMPTS: Final = 8
"""Decisions on one batch: several nodes that write into one room overtake each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """A batch in the database and in the folded room, not yet pushed."""

    held: Held
    plan: Plan
    committed: list[CommittedRow]
    leaves: LeafHashes
    place: Place
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """The verb `post` of one council."""

    desk: Desk
    audience: Audience

    async def post(self, session: Session, post: wire.Post) -> wire.Receipted:
        """Judge, store, log and push a batch; the receipt is the server's signed promise.

        Raises:
            Refused: The first refusal, with nothing stored; CONFLICT when the room moved
                under eight decisions.
        """
        batch = usecases.parse_batch(post)
        async with self.desk.cache.turn(batch.case):
            done = await self._decide(session, batch)
        if isinstance(done, wire.Receipted):
            return done
        await self._tell(batch, done)
        return self.desk.receipt(batch.case, batch.ids, done.leaves, done.place, done.at)

    async def _tell(self, batch: Batch, done: _Stored) -> None:
        """Take out who may not stay, push to the others, tell the other nodes."""
        await self.audience.evict(batch.case, done.plan.evicted)
        if done.plan.moves_state:
            await self.audience.sweep(batch.case, done.held)  # seats may have ended
        await self.audience.push(batch.case, done.held)
        self.desk.announcer.publish(
            Announcement(
                kind="feed",
                case=batch.case,
                seq=done.committed[-1].seq,
                entries=changes.named(done.committed, done.plan),
            )
        )

    async def _decide(self, session: Session, batch: Batch) -> wire.Receipted | _Stored:
        """Decide and store, in the room's turn."""
        for attempt in range(ATTEMPTS):
            held = await self._held_for(batch, fresh=attempt > 0)
            again = await self._answered_before(session, batch, held)
            if again is not None:
                return again
            plan = self._plan(session, batch, held)
            try:
                return await self._commit(session, batch, held, plan)
            except asyncpg.PostgresError as error:
                if not is_moved(error):
                    raise
            except Refused as refusal:
                # Another node may have stored the same batch a moment ago.
                if attempt or refusal.code is not Code.REPLAY:
                    raise
        raise Refused(Code.CONFLICT)

    async def _answered_before(
        self, session: Session, batch: Batch, held: Held
    ) -> wire.Receipted | None:
        """The same ids from the same author get the same answer."""
        if not any(row_id in held.room.state.ids for row_id in batch.ids):
            return None
        known = await self.desk.cache.store.committed(batch.case, batch.ids)
        if len(known) != len(batch.ids):
            raise Refused(Code.REPLAY)
        authors = {held.room.records[row.seq - 1].author for row in known} - {None}
        if authors - {session.actor.did}:
            raise Refused(Code.FORBIDDEN)
        last = known[-1]
        leaves = LeafHashes(
            id=tuple(Digest(row.id_leaf) for row in known if row.id_leaf is not None),
            ops=tuple(dict.fromkeys(Digest(row.ops_leaf) for row in known)),
        )
        place = Place(seq=last.seq, fh=last.fh, idn=last.idn)
        return self.desk.receipt(batch.case, [row.id for row in known], leaves, place, last.at)

    async def _held_for(self, batch: Batch, *, fresh: bool) -> Held:
        known = self.desk.cache.known().get(batch.case)
        if known is not None and not fresh and self.desk.cache.is_level(known):
            return known
        try:
            return await self.desk.cache.level(batch.case)
        except Refused as refusal:
            if refusal.code is not Code.UNKNOWN_ID:
                raise
        return self.desk.cache.begin(batch.case, idn=self.desk.council.idn)

    def _plan(self, session: Session, batch: Batch, held: Held) -> Plan:
        live = Live(
            now=Instant.of(self.desk.clock()),
            author=session.actor.did,
            present=self.audience.present(batch.case),
        )
        return usecases.plan(
            held.room,
            batch,
            live=live,
            idn=held.seen.idn,
            devices=self.audience.devices(batch.case),
        )

    async def _commit(self, session: Session, batch: Batch, held: Held, plan: Plan) -> _Stored:
        now = self.desk.clock()
        author = Author(
            did=session.actor.did,
            wid=session.actor.wid,
            aid=session.aid,
        )
        creates = held.seen.n == -1 and held.seen.seq == 0
        code = await self._code(batch.case, now) if creates else None
        change = await changes.compose(
            self.desk.council,
            author=author,
            batch=batch,
            held=held,
            plan=plan,
            code=code,
            now=now,
        )
        committed = await self.desk.cache.store.commit(change)
        await self.desk.cache.land(batch.case, held, plan, committed, moment(plan.until))
        if change.logged:
            self.desk.hint()
            await self.desk.council.sync()
        leaves = LeafHashes(
            id=tuple(leaf_hash(one.leaf) for one in change.logged),
            ops=tuple(leaf_hash(one.leaf) for one in change.entries),
        )
        last = committed[-1]
        place = Place(seq=last.seq, fh=last.fh, idn=held.seen.idn)
        return _Stored(
            held=held, plan=plan, committed=committed, leaves=leaves, place=place, at=now
        )

    async def _code(self, case: CaseId, now: datetime) -> str:
        """The public code under which a room was reserved; UNKNOWN_ID if it was not."""
        for one in await self.desk.council.waiting.all(now=now):
            if one.key == case and one.typ == "case":
                return one.payload.decode()
        raise Refused(Code.UNKNOWN_ID)
