"""The live rooms of one council: joining and leaving, other nodes, and the passing of time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.entry import Entry, Kind
from conference import usecases
from conference.gate import FOREVER
from conference.live import Listener as Listening
from conference.live import Live as Listeners
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
from server.changes import moment
from server.council import Council
from server.desk import Desk, nonce_of
from server.listing import Listing
from server.ports import Announcement, Session
from server.posting import Posting
from server.reading import Reading
from server.rooms import Held, RoomCache
from server.service import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRooms:
    """All room verbs of one council on this node; implements `server.ports.Rooms`."""

    desk: Desk
    audience: Audience
    posting: Posting
    reading: Reading
    listing: Listing

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
        """Tell whether two people are, or were, in one room."""
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
        signed = sub_message(
            net=self.desk.council.net,
            origin=self.desk.council.origin,
            case=case,
            sit=request.sit,
            start=request.start,
            nonce=nonce_of(request.nonce),
            time=request.time,
            device=session.actor.device,
        )
        self.desk.require_signed(session, signed, request, now)
        held = await self.desk.cache.refresh(case)
        gate = held.room.willing(Instant.of(now))
        person = documents.person_of(held.room.state, session.actor.did)
        usecases.require_join(held.room, gate, person=person, sit=request.sit)
        entry = self.desk.entry(session, Kind.JOIN, case, now, request=signed)
        await self.desk.note(session, entry, signed, request.nonce, held.seen.gate)
        await self.audience.push(case, held)  # what came before she joined is not for her
        await self._listen(session, request, now)
        return wire.Subbed(
            frames=await self.reading.frames(case, held, session, start=request.start),
            head=self.desk.head_of(case, held).head,
            live=tuple(sorted(self.audience.present(case))),
        )

    async def _listen(self, session: Session, request: wire.Sub, now: datetime) -> None:
        case = request.case
        await self.audience.heed(case)
        enters = request.sit is not None and session.actor.wid not in self.audience.present(case)
        listener = Listener(session=session, sit=request.sit, sub=Id(self.desk.entropy(Id.SIZE)))
        before = self.audience.joined.setdefault(case, {}).get(session.sid)
        self.audience.joined[case][session.sid] = listener
        listeners = Listeners(self.desk.pool, council=self.desk.council.id)
        if before is not None:
            await listeners.unlisten([before.sub])
        listening = Listening(
            sub=listener.sub,
            case=case,
            sit=request.sit,
            did=session.actor.did,
            wid=session.actor.wid,
            node=self.desk.node,
        )
        await listeners.listen(listening, now=now)
        self._announce_seats(case)
        if enters:
            await self.audience.tell_presence(case, session, "enter")

    async def unsub(self, session: Session, case: CaseId) -> None:
        """Leave a room's live feed; leaving is an entry as joining was."""
        listener = self.audience.joined.get(case, {}).pop(session.sid, None)
        if listener is None:
            return
        entry = self.desk.entry(session, Kind.LEAVE, case, self.desk.clock())
        await self.desk.note(session, entry, None, None, None)
        await Listeners(self.desk.pool, council=self.desk.council.id).unlisten([listener.sub])
        self._announce_seats(case)
        if listener.sit is not None and session.actor.wid not in self.audience.present(case):
            await self.audience.tell_presence(case, session, "leave")

    async def gone(self, session: Session) -> None:
        """A socket ended: it leaves every room."""
        for case in list(self.audience.joined):
            await self.unsub(session, case)

    def _announce_seats(self, case: CaseId) -> None:
        word = Announcement(kind="seat", case=case)
        self.desk.announcer.publish(word)

    async def announced(self, word: Announcement) -> None:
        """Another node committed: fold its rows, fetch once, push to the named sockets here."""
        case = word.case
        if word.kind == "resync":
            await self.identity_moved()
            return
        if case is None or case not in self.desk.cache.known():
            return
        if word.kind == "seat":
            await self.audience.heed(case)
            return
        held = await self.desk.cache.refresh(case)
        named = {one.entry: one.to for one in word.entries}
        fetched = await self._fetched(case, named)
        await self.audience.push(case, held, named=named, fetched=fetched)
        await self._sweep_room(case, held)

    async def _fetched(self, case: CaseId, named: Mapping[int, Iterable[Did]]) -> dict[Hash, bytes]:
        here = {each.session.actor.did for each in self.audience.joined.get(case, {}).values()}
        found: dict[Hash, bytes] = {}
        for entry, dids in named.items():
            mine = next((did for did in dids if did in here), None)
            if mine is None:
                continue
            bodies = await self.desk.cache.store.read(ticket=entry, did=mine, now=self.desk.clock())
            found.update({b.id: b.bare if b.ct is None else b.ct for b in bodies})
        return found

    async def identity_moved(self) -> None:
        """The directory grew or somebody was ended: judge the rooms anew."""
        for case in list(self.desk.cache.known()):
            await self.desk.cache.refresh(case)
        await self.sweep()

    async def sweep(self) -> None:
        """Cut whoever may no longer listen: a key, person, basis or seat ended meanwhile."""
        for case, held in list(self.desk.cache.known().items()):
            if self.audience.joined.get(case):
                await self._sweep_room(case, held)

    async def _sweep_room(self, case: CaseId, held: Held) -> None:
        gate = held.room.willing(Instant.of(self.desk.clock()))
        devices = [each.session.actor.did for each in self.audience.joined.get(case, {}).values()]
        evicted = usecases.evictions(held.room, gate, devices)
        if not evicted:
            return
        entry = Entry(
            kind=Kind.EVICT,
            at_ms=Instant.of(self.desk.clock()),
            id=self.desk.council.entries.new_id(),
            case=case,
            epoch=held.room.state.epoch,
            objects=tuple(sorted(evicted)),
        )
        await self.desk.council.entries.note(entry)
        await self.audience.evict(case, evicted)

    async def due(self, now: datetime) -> datetime:
        """Move the gates whose limit has passed; the next instant at which one will."""
        for case, held in list(self.desk.cache.known().items()):
            if held.seen.gate_until <= now:
                until = moment(held.room.willing(Instant.of(now)).until)
                await self.desk.cache.store.move_gate(case, gate=held.seen.gate, until=until)
                await self.desk.cache.refresh(case)
        await self.sweep()
        limits = [held.seen.gate_until for held in self.desk.cache.known().values()]
        return min(limits, default=moment(FOREVER))


def live_rooms(council: Council, parts: Parts, *, node: str, register: Register) -> LiveRooms:
    """Build the rooms of one council."""
    desk = Desk(
        council=council,
        pool=parts.pool,
        cache=RoomCache(council=council, pool=parts.pool, register=register),
        announcer=parts.announcer,
        clock=parts.clock,
        entropy=parts.entropy,
        node=node,
        hint=parts.hint,
    )
    audience = Audience(desk=desk, emitter=parts.emitter)
    return LiveRooms(
        desk=desk,
        audience=audience,
        posting=Posting(desk=desk, audience=audience),
        reading=Reading(desk=desk),
        listing=Listing(desk=desk),
    )
