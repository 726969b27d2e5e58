"""Reading: rows without content by token, content by a ticket that is logged first."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import asyncpg

from audit.entry import Entry, Kind
from conference import usecases, visibility
from crypto.errors import Code, Refused
from protocol import wire
from protocol.ids import Blob, CaseId, Digest
from protocol.requests import read_message
from protocol.times import Instant
from server.audience import frame_of, without_ticket
from server.desk import Desk, leaf_hash, nonce_of
from server.ports import Session
from server.rooms import Held, Landed
from storage.transaction import is_moved

ATTEMPTS: Final = 3
ROWS_LIMIT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The verbs `rows`, `read` and `head` of one council."""

    desk: Desk

    async def rows(self, session: Session, case: CaseId, *, start: int) -> wire.Rows:
        """Rows from `start` on in the caller's views, without ticketed content, and the head."""
        held = await self.desk.cache.refresh(case)
        self.desk.require_standing(session, held)
        return wire.Rows(
            frames=await self.frames(case, held, session, start=start),
            head=self.desk.head_of(case, held).head,
        )

    async def frames(
        self, case: CaseId, held: Held, session: Session, *, start: int
    ) -> tuple[wire.Frame, ...]:
        """Rows in the caller's views, without ticketed content."""
        rows = await self.desk.cache.store.rows(case, after=max(start, 1) - 1, limit=ROWS_LIMIT)
        room, gate = held.room, held.room.willing(Instant.of(self.desk.clock()))
        frames: list[wire.Frame] = []
        for stored in rows:
            if stored.seq > room.state.seq:
                break
            record = room.records[stored.seq - 1]
            view = visibility.view_of(room, gate, record, session.actor.did)
            shown = without_ticket(stored.form, record.kind, view)
            frames.append(frame_of(Landed.bare_only(stored), shown))
        return tuple(frames)

    async def head(self, session: Session, case: CaseId) -> wire.Headed:
        """Sign where a room stands, for its members and guests."""
        held = await self.desk.cache.refresh(case)
        self.desk.require_standing(session, held)
        return self.desk.head_of(case, held)

    async def read(self, session: Session, request: wire.Read) -> wire.Served:
        """Serve full rows and bundles: the entry is committed first, then it is the ticket."""
        now = self.desk.clock()
        message = read_message(
            net=self.desk.council.net,
            origin=self.desk.council.origin,
            case=request.case,
            nonce=nonce_of(request.nonce),
            time=request.time,
            device=session.actor.device,
            purpose=request.purpose,
            ids=request.ids,
        )
        signed = self.desk.require_signed(session, message, request, now)
        held = await self._held_for(request)
        for attempt in range(ATTEMPTS):
            if attempt:
                held = await self.desk.cache.refresh(request.case)
            entry = self._reading(session, request, held, signed, now)
            # A repeat after the room moved is the same request and must not look like a replay.
            nonce = None if attempt else request.nonce
            ticket, leaf = await self.desk.note(session, entry, signed, nonce, held.seen.gate)
            try:
                return await self._served(session, request, held, ticket, leaf)
            except asyncpg.PostgresError as error:
                if not is_moved(error):
                    raise
        raise Refused(Code.CONFLICT)

    async def _held_for(self, request: wire.Read) -> Held:
        """The room as last seen, unless it was asked for what is not known of there."""
        held = await self.desk.cache.load(request.case)
        if all(each in held.room.state.ids for each in request.ids):
            return held
        return await self.desk.cache.refresh(request.case)

    def _reading(
        self,
        session: Session,
        request: wire.Read,
        held: Held,
        signed: bytes,
        now: datetime,
    ) -> Entry:
        gate = held.room.willing(Instant.of(now))
        allowed = usecases.require_read(held.room, gate, did=session.actor.did, ids=request.ids)
        entry = self.desk.entry(session, Kind.READ, request.case, now, request=signed)
        return replace(
            entry,
            purpose=request.purpose,
            basis=None if allowed is None else allowed.basis,
            bound=request.ids,
        )

    async def _served(
        self,
        session: Session,
        request: wire.Read,
        held: Held,
        ticket: int,
        leaf: bytes,
    ) -> wire.Served:
        did, now = session.actor.did, self.desk.clock()
        bodies = await self.desk.cache.store.read(ticket=ticket, did=did, now=now)
        data = {body.id: body.bare if body.ct is None else body.ct for body in bodies}
        places = {held.room.state.ids[i]: i for i in data if i in held.room.state.ids}
        stored = await self.desk.cache.store.places(request.case, sorted(places))
        frames = tuple(frame_of(Landed.whole(row, data[row.id]), "full") for row in stored)
        bundles = tuple(
            wire.BlobOut(h=Digest(i), bytes=Blob(raw))
            for i, raw in data.items()
            if i not in held.room.state.ids
        )
        return wire.Served(frames=frames, bundles=bundles, entry=leaf_hash(leaf))
