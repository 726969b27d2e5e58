"""The live rooms of one council: joining and leaving, other nodes, and the passing of time."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from audit.entry import Kind
from conference import usecases
from conference.gate import FOREVER
from consent.register import Register
from identity.model import Touched
from protocol import documents, wire
from protocol.ids import CaseId, Did, Hash, Id, Wid
from protocol.payloads import (
    Payload,
)
from protocol.requests import sub_message
from protocol.times import Instant
from server.audience import Audience, Listener
from server.council import Council
from server.desk import Desk, nonce_of
from server.errors import TROUBLES
from server.listing import Listing
from server.ports import Announcement, Session
from server.posting import Posting
from server.reading import Reading
from server.rooms import RoomCache, moment
from server.service import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRooms:
    """All room verbs of one council on this node; implements `server.ports.Rooms`."""

    desk: Desk
    audience: Audience
    posting: Posting
    reading: Reading
    listing: Listing
    looked: dict[CaseId, int] = field(default_factory=dict[CaseId, int])

    async def post(self, session: Session, post: wire.Post) -> wire.Receipted:
        """Commit a batch."""
        return await self.posting.post(session, post)

    async def read(self, session: Session, request: wire.Read) -> wire.Served:
        """Serve content against a ticket."""
        return await self.reading.read(session, request)

    async def rows(self, session: Session, case: CaseId, *, start: int) -> wire.Rows:
        """Rows in the caller's views, without ticketed content."""
        return await self.reading.rows(session, case, start=start)

    async def head(self, session: Session, case: CaseId) -> wire.Headed:
        """Sign where a room stands."""
        return await self.reading.head(session, case)

    async def cases(self, session: Session) -> wire.Cases:
        """List the caller's rooms and invitations."""
        return await self.listing.cases(session)

    async def reserve(self, session: Session, request: wire.ReserveCase) -> wire.Done:
        """Keep a case id and code until the first roster."""
        return await self.listing.reserve(session, request)

    async def may_see_case(self, wid: Wid, case: CaseId) -> bool:
        """Tell whether a person may see the statements of a case."""
        return await self.listing.may_see_case(wid, case)

    async def shares_room(self, one: Wid, other: Wid) -> bool:
        """Tell whether one may know the other from a room."""
        return await self.listing.shares_room(one, other)

    async def touched(self, body: Payload) -> Sequence[Touched]:
        """The rooms whose members a new statement of the `id` log concerns."""
        return await self.listing.touched(body)

    async def case_by_code(self, code: str) -> CaseId | None:
        """Find a case by its public code."""
        return await self.listing.case_by_code(code)

    async def sub(self, session: Session, request: wire.Sub) -> wire.Subbed:
        """Join a room's live feed; the entry that allows every push is committed first."""
        case, now = request.case, self.desk.clock()
        message = sub_message(
            net=self.desk.council.net,
            origin=self.desk.council.origin,
            case=case,
            sit=request.sit,
            start=request.start,
            nonce=nonce_of(request.nonce),
            time=request.time,
            device=session.actor.device,
        )
        signed = self.desk.require_signed(session, message, request, now)
        held = await self.desk.cache.refresh(case)
        gate = held.room.willing(Instant.of(now))
        person = documents.person_of(held.room.state, session.actor.did)
        usecases.require_join(held.room, gate, person=person, sit=request.sit)
        entry = self.desk.entry(session, Kind.JOIN, case, now, request=signed)
        await self.desk.note(session, entry, signed, request.nonce, held.seen.gate)
        await self.audience.push(case, held)  # what came before she joined is not for her
        listener = Listener(session=session, sit=request.sit, sub=Id(self.desk.entropy(Id.SIZE)))
        await self.audience.enter(case, listener, now=now)
        return wire.Subbed(
            frames=await self.reading.frames(case, held, session, start=request.start),
            head=self.desk.head_of(case, held).head,
            live=tuple(sorted(self.audience.present(case))),
        )

    async def unsub(self, session: Session, case: CaseId) -> None:
        """Leave a room's live feed; leaving is an entry as joining was."""
        listener = self.audience.take_out(case, session.sid)
        if listener is not None:
            await self._left(case, listener)

    async def hand(self, session: Session, request: wire.Hand) -> wire.Done:
        """Ask to speak, or no longer; NOT_SEATED for whoever is not in a sitting of the room."""
        await self.audience.hand(request.case, session, up=bool(request.up))
        return wire.Done()

    async def gone(self, session: Session) -> None:
        """A socket ended, whatever the database says: it leaves every room."""
        taken = [(case, self.audience.take_out(case, session.sid)) for case in self.audience.joined]
        for case, listener in taken:
            if listener is not None:
                with contextlib.suppress(*TROUBLES):
                    await self._left(case, listener)

    async def _left(self, case: CaseId, listener: Listener) -> None:
        entry = self.desk.entry(listener.session, Kind.LEAVE, case, self.desk.clock())
        await self.desk.note(listener.session, entry, None, None, None)
        await self.audience.leave(case, listener)

    async def announced(self, word: Announcement) -> None:
        """Another node committed, or somebody came or left there; what fails is found later."""
        with contextlib.suppress(*TROUBLES):
            await self._heard(word)

    async def _heard(self, word: Announcement) -> None:
        case = word.case
        if word.kind == "resync":
            await self.identity_moved()
        elif case is None or case not in self.desk.cache.known():
            return
        elif word.kind == "seat":
            await self.audience.heed(case)
        elif word.kind == "hand" and word.wid is not None:
            await self.audience.show_hand(case, word.wid, up=bool(word.up))
        else:
            self.audience.note_logged(case, word.evicted)  # before anything is judged anew
            await self._take(case, {one.entry: one.to for one in word.entries})

    async def _take(self, case: CaseId, named: Mapping[int, Sequence[Did]]) -> None:
        """Fold another node's rows, fetch them once, push them to the named sockets here."""
        held = await self.desk.cache.refresh(case)
        await self.audience.sweep(case, held)
        fetched = await self._fetched(case, named)
        await self.audience.push(case, held, named=named, fetched=fetched)

    async def _fetched(self, case: CaseId, named: Mapping[int, Iterable[Did]]) -> dict[Hash, bytes]:
        """Bytes for the sockets here; a ticket that has died leaves its rows to `_look`."""
        here = {each.session.actor.did for each in self.audience.joined.get(case, {}).values()}
        found: dict[Hash, bytes] = {}
        for entry, dids in named.items():
            mine = next((did for did in dids if did in here), None)
            if mine is None:
                continue
            now = self.desk.clock()
            bodies = await self.desk.cache.store.read(ticket=entry, did=mine, now=now)
            found.update({b.id: b.bare if b.ct is None else b.ct for b in bodies})
        return found

    async def identity_moved(self) -> None:
        """The directory grew or somebody was ended: judge the rooms anew."""
        for case in list(self.desk.cache.known()):
            await self._follow(case)

    async def _follow(self, case: CaseId) -> None:
        """Bring a room level; cut who may not stay, send the others what they were not sent."""
        held = await self.desk.cache.refresh(case)
        await self.audience.sweep(case, held)
        await self.audience.push(case, held)

    async def sweep(self) -> None:
        """Cut in every room whoever may no longer listen."""
        for case, held in list(self.desk.cache.known().items()):
            await self.audience.sweep(case, held)

    async def due(self, now: datetime) -> datetime:
        """Move the gates whose limit has passed; the next instant at which one will."""
        known = self.desk.cache.known()
        await self.audience.renew(now)
        await self._look()
        for case in [case for case, held in known.items() if held.seen.gate_until <= now]:
            await self._follow(case)
        await self.sweep()
        return min((held.seen.gate_until for held in known.values()), default=moment(FOREVER))

    async def _look(self) -> None:
        """Find what another node committed some time ago although its word did not come."""
        heard = {
            case: self.desk.cache.known()[case] for case, s in self.audience.joined.items() if s
        }
        for case, held in heard.items():
            if held.unsent or held.room.state.seq < self.looked.get(case, 0):
                await self._follow(case)
        if heard:
            lines = await self.desk.cache.store.all()
            self.looked.update({line.case: line.seq for line in lines if line.case in heard})


def live_rooms(council: Council, parts: Parts, *, node: str, register: Register) -> LiveRooms:
    """Build the rooms of one council."""
    desk = Desk(
        council=council,
        pool=parts.pool,
        cache=RoomCache(council=council, pool=parts.pool, register=register, clock=parts.clock),
        announcer=parts.announcer,
        clock=parts.clock,
        entropy=parts.entropy,
        node=node,
        hint=parts.hint,
        log=parts.log,
        metrics=parts.metrics,
    )
    audience = Audience(desk=desk, emitter=parts.emitter)
    return LiveRooms(
        desk=desk,
        audience=audience,
        posting=Posting(desk=desk, audience=audience),
        reading=Reading(desk=desk),
        listing=Listing(desk=desk),
    )
