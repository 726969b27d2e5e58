"""Live rooms of one council: post, join, read, and push to who may have it.

A push is a read: the entry that was written with a change names the devices it goes to,
and only those get the bytes. Others see the place of the row and pull it by a ticket.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from audit.entry import Entry, Kind
from audit.store import Asked
from conference import usecases, views
from conference.fold import Live, Room
from conference.gate import FOREVER, Gate
from conference.store import Listeners, Listening, RoomLine
from conference.usecases import Batch, Plan
from consent.register import Register
from crypto import signing
from crypto.entropy import Entropy
from crypto.errors import Code, Refused
from crypto.hashing import sha256
from identity.model import Touched, Waiting
from protocol import codec, documents, wire
from protocol.directory import Directory
from protocol.feed import Row
from protocol.ids import Aid, Blob, CaseId, Did, Digest, Hash, Id, Nonce, RowHash, SitId, Wid
from protocol.payloads import (
    Agency,
    Basis,
    Device,
    Handover,
    Head,
    LeafHashes,
    Payload,
    Pledge,
    Receipt,
    Revoke,
    Withdraw,
    Worker,
)
from protocol.requests import read_message, require_recent, sub_message
from protocol.times import Instant
from protocol.vocabulary import Cap
from server import changes
from server.changes import Author, moment
from server.council import Council
from server.ports import Announcement, Announcer, Clock, Emitter, Session
from server.rooms import Held, Landed, RoomCache
from server.service import Parts
from storage.pool import Pool
from storage.transaction import is_moved

ATTEMPTS: Final = 3
ROWS_LIMIT: Final = 500
NONCE_SIZE: Final = 16
RESERVED: Final = timedelta(hours=24)


@dataclass(slots=True)
class Listener:
    """A socket that joined a room's live feed, in a sitting or outside."""

    session: Session
    sit: SitId | None
    sub: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the last row of a submission came to stand."""

    seq: int
    fh: RowHash
    idn: int


@dataclass(slots=True)
class LiveRooms:
    """The live rooms of one council on this node."""

    council: Council
    pool: Pool
    cache: RoomCache
    emitter: Emitter
    announcer: Announcer
    clock: Clock
    entropy: Entropy
    node: str
    hint: Callable[[], None]
    joined: dict[CaseId, dict[str, Listener]] = field(
        default_factory=dict[CaseId, dict[str, Listener]]
    )
    elsewhere: dict[CaseId, tuple[Listening, ...]] = field(
        default_factory=dict[CaseId, tuple[Listening, ...]]
    )

    # --- post --------------------------------------------------------------------------------

    async def post(self, session: Session, post: wire.Post) -> wire.Receipted:
        """Judge, store, log and push a batch; the receipt is the server's signed promise.

        Raises:
            Refused: The first refusal, with nothing stored; CONFLICT when the room moved
                under three decisions in a row.
        """
        batch = usecases.parse_batch(post)
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
        raise Refused(Code.CONFLICT)

    async def _answered_before(
        self, session: Session, batch: Batch, held: Held
    ) -> wire.Receipted | None:
        """The same ids from the same author get the same answer."""
        if not any(row_id in held.room.state.ids for row_id in batch.ids):
            return None
        known = await self.cache.store.committed(batch.case, batch.ids)
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
        return self._receipt(batch.case, [row.id for row in known], leaves, place, last.at)

    async def _held_for(self, batch: Batch, *, fresh: bool) -> Held:
        known = self.cache.known().get(batch.case)
        if known is not None and not fresh and self.cache.is_level(known):
            return known
        try:
            return await self.cache.refresh(batch.case)
        except Refused as refusal:
            if refusal.code is not Code.UNKNOWN_ID:
                raise
        return self.cache.begin(batch.case, idn=self.council.idn)

    def _plan(self, session: Session, batch: Batch, held: Held) -> Plan:
        live = Live(
            now=Instant.of(self.clock()),
            author=session.actor.did,
            present=self.present(batch.case),
        )
        return usecases.plan(
            held.room, batch, live=live, idn=held.seen.idn, devices=self.devices(batch.case)
        )

    async def _commit(
        self, session: Session, batch: Batch, held: Held, plan: Plan
    ) -> wire.Receipted:
        now = self.clock()
        author = Author(
            did=session.actor.did,
            wid=session.actor.wid,
            aid=session.aid,
        )
        creates = held.seen.n == -1 and held.seen.seq == 0
        code = await self._code(batch.case, now) if creates else None
        change = await changes.compose(
            self.council,
            author=author,
            batch=batch,
            held=held,
            plan=plan,
            code=code,
            now=now,
        )
        committed = await self.cache.store.commit(change)
        self.hint()
        self.cache.adopt(batch.case, held)
        ready = self.cache.land(held, plan, committed, moment(plan.until))
        if change.logged:
            await self.council.sync()
        await self._push(batch.case, held.room, ready)
        await self._evict(batch.case, plan.evicted)
        self.announcer.publish(
            Announcement(
                kind="feed",
                case=batch.case,
                seq=committed[-1].seq,
                entries=changes.named(committed, plan),
            )
        )
        leaves = LeafHashes(
            id=tuple(_leaf_hash(one.leaf) for one in change.logged),
            ops=tuple(_leaf_hash(one.leaf) for one in change.entries),
        )
        last = committed[-1]
        place = Place(seq=last.seq, fh=last.fh, idn=held.seen.idn)
        return self._receipt(batch.case, batch.ids, leaves, place, now)

    def _receipt(
        self,
        case: CaseId,
        ids: Sequence[Hash],
        leaves: LeafHashes,
        place: Place,
        at: datetime,
    ) -> wire.Receipted:
        body = Receipt(
            net=self.council.net,
            nce=Nonce(Id(self.entropy(Id.SIZE))),
            iat=Instant.of(at),
            case=case,
            seq=place.seq,
            ids=tuple(Digest(row_id) for row_id in ids),
            fh=place.fh,
            idn=place.idn,
            leaves=leaves,
        )
        return wire.Receipted(rcpt=Blob(self.council.sign(body)))

    async def _code(self, case: CaseId, now: datetime) -> str:
        """The public code under which a room was reserved; UNKNOWN_ID if it was not."""
        for one in await self.council.waiting.all(now=now):
            if one.key == case and one.typ == "case":
                return one.payload.decode()
        raise Refused(Code.UNKNOWN_ID)

    # --- listeners ---------------------------------------------------------------------------

    def devices(self, case: CaseId) -> frozenset[Did]:
        """Devices that listen to a room on any node."""
        here = {each.session.actor.did for each in self.joined.get(case, {}).values()}
        return frozenset(here | {each.did for each in self.elsewhere.get(case, ())})

    def present(self, case: CaseId) -> frozenset[Wid]:
        """People who are live in a sitting of the room: the server's word."""
        here = self.joined.get(case, {}).values()
        found = {each.session.actor.wid for each in here if each.sit is not None}
        there = self.elsewhere.get(case, ())
        return frozenset(found | {each.wid for each in there if each.sit is not None})

    async def heed_listeners(self, case: CaseId) -> None:
        """Learn who listens on other nodes."""
        listeners = Listeners(self.pool, council=self.council.id)
        found = await listeners.of(case)
        self.elsewhere[case] = tuple(each for each in found if each.node != self.node)

    async def _push(self, case: CaseId, room: Room, landed: Sequence[Landed]) -> None:
        if not landed:
            return
        gate = room.willing(Instant.of(self.clock()))
        groups: dict[tuple[views.View, ...], list[str]] = {}
        for each in list(self.joined.get(case, {}).values()):
            did = each.session.actor.did
            shown: tuple[views.View, ...] = tuple(
                self._shown(room, gate, one, did) for one in landed
            )
            groups.setdefault(shown, []).append(each.session.sid)
        for shown, sids in groups.items():
            frames = tuple(_frame(one, view) for one, view in zip(landed, shown, strict=True))
            await self.emitter.emit(sids, "push", codec.encode(wire.Push(case=case, frames=frames)))

    @staticmethod
    def _shown(room: Room, gate: Gate, one: Landed, did: Did) -> views.View:
        if did in one.to and one.full is not None:
            return "full"
        record = room.records[one.row.seq - 1]
        return without_ticket(one.form, record.kind, views.view_of(room, gate, record, did))

    async def _evict(self, case: CaseId, evicted: Mapping[Did, Code]) -> None:
        listeners = self.joined.get(case, {})
        for sid, each in list(listeners.items()):
            code = evicted.get(each.session.actor.did)
            if code is None:
                continue
            del listeners[sid]
            gone = codec.encode(wire.Gone(case=case, code=code.value))
            await self.emitter.emit([sid], "gone", gone)
            await Listeners(self.pool, council=self.council.id).leave([each.sub])
            await self._tell_presence(case, each.session, "leave")

    # --- join --------------------------------------------------------------------------------

    async def sub(self, session: Session, request: wire.Sub) -> wire.Subbed:
        """Join a room's live feed; the entry that allows every push is committed first."""
        case, now = request.case, self.clock()
        signed = sub_message(
            net=self.council.net,
            origin=self.council.origin,
            case=case,
            sit=request.sit,
            start=request.start,
            nonce=_nonce(request.nonce),
            time=request.time,
            device=session.actor.device,
        )
        self._require_signed(session, signed, request, now)
        held = await self.cache.refresh(case)
        gate = held.room.willing(Instant.of(now))
        person = documents.person_of(held.room.state, session.actor.did)
        usecases.require_join(held.room, gate, person=person, sit=request.sit)
        entry = self._entry(session, Kind.JOIN, case, now, request=signed)
        await self._note(session, entry, signed, request.nonce, held.seen.gate)
        await self._listen(session, request, now)
        return wire.Subbed(
            frames=await self._frames(case, held, session, start=request.start),
            head=self.head_of(case, held).head,
            live=tuple(sorted(self.present(case))),
        )

    async def _listen(self, session: Session, request: wire.Sub, now: datetime) -> None:
        case = request.case
        await self.heed_listeners(case)
        enters = request.sit is not None and session.actor.wid not in self.present(case)
        listener = Listener(session=session, sit=request.sit, sub=Id(self.entropy(Id.SIZE)))
        before = self.joined.setdefault(case, {}).get(session.sid)
        self.joined[case][session.sid] = listener
        listeners = Listeners(self.pool, council=self.council.id)
        if before is not None:
            await listeners.leave([before.sub])
        listening = Listening(
            sub=listener.sub,
            sit=request.sit,
            did=session.actor.did,
            wid=session.actor.wid,
            node=self.node,
        )
        await listeners.join(case, listening, now=now)
        self._announce_seats(case)
        if enters:
            await self._tell_presence(case, session, "enter")

    async def unsub(self, session: Session, case: CaseId) -> None:
        """Leave a room's live feed; leaving is an entry as joining was."""
        listener = self.joined.get(case, {}).pop(session.sid, None)
        if listener is None:
            return
        entry = self._entry(session, Kind.LEAVE, case, self.clock())
        await self._note(session, entry, None, None, None)
        await Listeners(self.pool, council=self.council.id).leave([listener.sub])
        self._announce_seats(case)
        if listener.sit is not None and session.actor.wid not in self.present(case):
            await self._tell_presence(case, session, "leave")

    async def gone(self, session: Session) -> None:
        """A socket ended: it leaves every room."""
        for case in list(self.joined):
            await self.unsub(session, case)

    def _announce_seats(self, case: CaseId) -> None:
        word = Announcement(kind="seat", case=case)
        self.announcer.publish(word)

    async def _tell_presence(self, case: CaseId, session: Session, what: str) -> None:
        notice = wire.Notice(
            case=case, code="presence", facts={"wid": session.actor.wid.hex(), "what": what}
        )
        sids = list(self.joined.get(case, {}))
        await self.emitter.emit(sids, "notice", codec.encode(notice))

    def _require_signed(
        self, session: Session, signed: bytes, request: wire.Sub | wire.Read, now: datetime
    ) -> None:
        require_recent(request.time, now=Instant.of(now))
        chain = self.council.directory.devices[session.actor.did]
        dk = chain.versions[0].body.dk
        signing.verify(public=dk, message=signed, signature=request.sig)

    def _entry(
        self,
        session: Session,
        kind: Kind,
        case: CaseId,
        now: datetime,
        *,
        request: bytes | None = None,
    ) -> Entry:
        return Entry(
            kind=kind,
            at_ms=Instant.of(now),
            id=self.council.entries.new_id(),
            actor=session.actor.wid,
            case=case,
            recipients=(session.actor.did,),
            request=None if request is None else Digest(Hash(sha256(request))),
        )

    async def _note(
        self,
        session: Session,
        entry: Entry,
        signed: bytes | None,
        nonce: bytes | None,
        gate: int | None,
    ) -> tuple[int, bytes]:
        asked = Asked(
            did=session.actor.did,
            aid=session.aid,
            request=signed,
            nonce=None if nonce is None else _nonce(nonce),
        )
        self.hint()
        return await self.council.entries.note(entry, asked=asked, gate=gate)

    # --- rows and reads ----------------------------------------------------------------------

    async def rows(self, session: Session, case: CaseId, *, start: int) -> wire.Rows:
        """Rows from `start` on in the caller's views, without ticketed content, and the head."""
        held = await self.cache.refresh(case)
        self._require_standing(session, held)
        return wire.Rows(
            frames=await self._frames(case, held, session, start=start),
            head=self.head_of(case, held).head,
        )

    async def _frames(
        self, case: CaseId, held: Held, session: Session, *, start: int
    ) -> tuple[wire.Frame, ...]:
        rows = await self.cache.store.rows(case, after=max(start, 1) - 1, limit=ROWS_LIMIT)
        room, gate = held.room, held.room.willing(Instant.of(self.clock()))
        frames: list[wire.Frame] = []
        for stored in rows:
            if stored.seq > room.state.seq:
                break
            record = room.records[stored.seq - 1]
            view = views.view_of(room, gate, record, session.actor.did)
            shown = without_ticket(stored.form, record.kind, view)
            frames.append(_frame(Landed.bare_only(stored), shown))
        return tuple(frames)

    async def head(self, session: Session, case: CaseId) -> wire.Headed:
        """Sign where a room stands, for its members and guests."""
        held = await self.cache.refresh(case)
        self._require_standing(session, held)
        return self.head_of(case, held)

    def _require_standing(self, session: Session, held: Held) -> None:
        gate = held.room.willing(Instant.of(self.clock()))
        person = documents.person_of(held.room.state, session.actor.did)
        code = usecases.standing_in(gate, person)
        if code is not None:
            raise Refused(code)

    def head_of(self, case: CaseId, held: Held) -> wire.Headed:
        """Sign the head of a room."""
        body = Head(
            net=self.council.net,
            nce=Nonce(Id(self.entropy(Id.SIZE))),
            iat=Instant.of(self.clock()),
            case=case,
            seq=held.room.state.seq,
            fh=held.room.state.fh,
            idn=held.room.state.idn,
        )
        return wire.Headed(head=Blob(self.council.sign(body)))

    async def read(self, session: Session, request: wire.Read) -> wire.Served:
        """Serve full rows and bundles: the entry is committed first, then it is the ticket."""
        now = self.clock()
        signed = read_message(
            net=self.council.net,
            origin=self.council.origin,
            case=request.case,
            nonce=_nonce(request.nonce),
            time=request.time,
            device=session.actor.device,
            purpose=request.purpose,
            ids=request.ids,
        )
        self._require_signed(session, signed, request, now)
        held = await self.cache.load(request.case)
        for attempt in range(ATTEMPTS):
            if attempt:
                held = await self.cache.refresh(request.case)
            entry = self._reading(session, request, held, signed, now)
            # A repeat after the room moved is the same request and must not look like a replay.
            nonce = None if attempt else request.nonce
            ticket, leaf = await self._note(session, entry, signed, nonce, held.seen.gate)
            try:
                return await self._served(session, request, held, ticket, leaf)
            except asyncpg.PostgresError as error:
                if not is_moved(error):
                    raise
        raise Refused(Code.CONFLICT)

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
        entry = self._entry(session, Kind.READ, request.case, now, request=signed)
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
        did, now = session.actor.did, self.clock()
        bodies = await self.cache.store.read(ticket=ticket, did=did, now=now)
        data = {body.id: body.bare if body.ct is None else body.ct for body in bodies}
        places = {held.room.state.ids[i]: i for i in data if i in held.room.state.ids}
        stored = await self.cache.store.places(request.case, sorted(places))
        frames = tuple(_frame(Landed.whole(row, data[row.id]), "full") for row in stored)
        bundles = tuple(
            wire.BlobOut(h=Digest(i), bytes=Blob(raw))
            for i, raw in data.items()
            if i not in held.room.state.ids
        )
        return wire.Served(frames=frames, bundles=bundles, entry=_leaf_hash(leaf))

    # --- what happens without a request -------------------------------------------------------

    async def announced(self, word: Announcement) -> None:
        """Another node committed: fold its rows, fetch once, push to the named sockets here."""
        case = word.case
        if word.kind == "resync":
            await self.identity_moved()
            return
        if case is None or case not in self.cache.known():
            return
        if word.kind == "seat":
            await self.heed_listeners(case)
            return
        landed = await self.cache.follow(case)
        held = self.cache.known()[case]
        named = {one.entry: one.to for one in word.entries}
        full = await self._fetched(case, named)
        ready = [one.with_bytes(full, frozenset(named.get(one.entry, ()))) for one in landed]
        await self._push(case, held.room, ready)
        await self._sweep_room(case, held)

    async def _fetched(self, case: CaseId, named: Mapping[int, Iterable[Did]]) -> dict[Hash, bytes]:
        here = {each.session.actor.did for each in self.joined.get(case, {}).values()}
        found: dict[Hash, bytes] = {}
        for entry, dids in named.items():
            mine = next((did for did in dids if did in here), None)
            if mine is None:
                continue
            bodies = await self.cache.store.read(ticket=entry, did=mine, now=self.clock())
            found.update({b.id: b.bare if b.ct is None else b.ct for b in bodies})
        return found

    async def identity_moved(self) -> None:
        """The directory grew or somebody was ended: judge the rooms anew."""
        for case in list(self.cache.known()):
            await self.cache.refresh(case)
        await self.sweep()

    async def may_see_case(self, wid: Wid, case: CaseId) -> bool:
        """Tell whether a person may see the statements of a case: member now or ever, invitee."""
        try:
            held = await self.cache.load(case)
        except Refused:
            return False
        invited = any(w == wid for _, w in held.room.conference.seats)
        return held.room.state.was_member(wid) or invited

    async def shares_room(self, one: Wid, other: Wid) -> bool:
        """Tell whether two people are, or were, in one room."""
        rooms = [held.room for held in self.cache.known().values()]
        return any(_knows(room, one) and _knows(room, other) for room in rooms)

    async def touched(self, body: Payload) -> Sequence[Touched]:
        """The rooms whose members a new statement of the `id` log concerns."""
        await self.load_all()
        concerned = _concerned(self.council.directory, body)
        return [
            Touched(case=case)
            for case, held in self.cache.known().items()
            if _concerns(held.room, body, concerned)
        ]

    async def load_all(self) -> None:
        """Hold every room of the council."""
        for line in await self.cache.store.all():
            await self.cache.load(line.case)

    async def case_by_code(self, code: str) -> CaseId | None:
        """Find a case by its public code."""
        lines = await self.cache.store.all()
        return next((line.case for line in lines if line.code == code), None)

    async def cases(self, session: Session) -> wire.Cases:
        """Rooms of the caller, with what an invitee may know of them."""
        lines: list[wire.CaseLine] = []
        for line in await self.cache.store.all():
            held = await self.cache.refresh(line.case)
            if _knows(held.room, session.actor.wid):
                lines.append(self._line(session, line, held))
        return wire.Cases(cases=tuple(lines))

    def _line(self, session: Session, line: RoomLine, held: Held) -> wire.CaseLine:
        room, wid = held.room, session.actor.wid
        gate = room.willing(Instant.of(self.clock()))
        person = documents.person_of(room.state, session.actor.did)
        code = usecases.standing_in(gate, person)
        member = room.state.member(person) is not None
        invitations = tuple(
            wire.Invited(
                sit=seat.sit,
                kind=room.conference.sittings[seat.sit].kind,
                starts=room.conference.sittings[seat.sit].starts,
                duty=seat.duty.value,
                state=seat.state.value,
            )
            for seat in room.conference.seats.values()
            if seat.wid == wid
        )
        return wire.CaseLine(
            case=line.case,
            code=line.code,
            member=int(member),
            n=line.n,
            seq=line.seq,
            locked=code.value if member and code is not None else "",
            invitations=invitations,
        )

    async def reserve(self, session: Session, request: wire.ReserveCase) -> wire.Done:
        """Keep a derived case id and its code for a chair, until the first roster."""
        signer = self.council.require_live(session.actor)
        host = signer.aid in self.council.directory.hosts(self.council.idn)
        if Cap.CHAIR not in signer.caps or not host:
            raise Refused(Code.FORBIDDEN)
        if await self.case_by_code(request.code) is not None:
            raise Refused(Code.CONFLICT)
        now = self.clock()
        waiting = Waiting(
            key=request.case,
            typ="case",
            payload=request.code.encode(),
            signatures=(),
            mac=None,
            beside=None,
            until=now + RESERVED,
        )
        await self.council.waiting.pend(waiting, now=now)
        return wire.Done()

    async def sweep(self) -> None:
        """Cut whoever may no longer listen: a key, person, basis or seat ended meanwhile."""
        for case, held in list(self.cache.known().items()):
            if self.joined.get(case):
                await self._sweep_room(case, held)

    async def _sweep_room(self, case: CaseId, held: Held) -> None:
        gate = held.room.willing(Instant.of(self.clock()))
        devices = [each.session.actor.did for each in self.joined.get(case, {}).values()]
        evicted = usecases.evictions(held.room, gate, devices)
        if not evicted:
            return
        entry = Entry(
            kind=Kind.EVICT,
            at_ms=Instant.of(self.clock()),
            id=self.council.entries.new_id(),
            case=case,
            epoch=held.room.state.epoch,
            objects=tuple(sorted(evicted)),
        )
        await self.council.entries.note(entry)
        await self._evict(case, evicted)

    async def due(self, now: datetime) -> datetime:
        """Move the gates whose limit has passed; the next instant at which one will."""
        for case, held in list(self.cache.known().items()):
            if held.seen.gate_until <= now:
                until = moment(held.room.willing(Instant.of(now)).until)
                await self.cache.store.move_gate(case, gate=held.seen.gate, until=until)
                await self.cache.refresh(case)
        await self.sweep()
        limits = [held.seen.gate_until for held in self.cache.known().values()]
        return min(limits, default=moment(FOREVER))


# --- rows as frames ------------------------------------------------------------------------------


def without_ticket(form: str, kind: str, view: views.View) -> views.View:
    """What rows show without a ticket: statements whole, but never ciphertext or sealed keys."""
    if view != "full":
        return view
    if form == "env":
        return "bare"
    return "skel" if kind == "grant" else "full"


def _frame(landed: Landed, view: views.View) -> wire.Frame:
    row: Row = landed.row
    data = None if view == "skel" else landed.bare
    if view == "full":
        data = landed.full or landed.bare
    return wire.Frame(
        seq=row.seq,
        id=row.id,
        sg=row.sg,
        idn=row.idn,
        fh=row.fh,
        form=landed.form,
        view=view,
        bytes=None if data is None else Blob(data),
    )


def _leaf_hash(leaf: bytes) -> Digest:
    return Digest(Hash(sha256(b"\0" + leaf)))


def _nonce(value: bytes) -> Nonce:
    """A request's nonce: 16 bytes, BAD_LENGTH otherwise."""
    if len(value) != NONCE_SIZE:
        raise Refused(Code.BAD_LENGTH)
    return Nonce(Id(value))


def _knows(room: Room, wid: Wid) -> bool:
    """Tell whether a person was ever in a room, or is invited to it."""
    return room.state.was_member(wid) or any(w == wid for _, w in room.conference.seats)


def _concerned(directory: Directory, body: Payload) -> frozenset[Wid] | None:
    """People whose rights a statement can change; None where its case says which room."""
    match body:
        case Basis() | Withdraw() | Handover():
            return None
        case Worker() | Device():
            return frozenset({body.wid})
        case Pledge() if body.wid is not None:
            return frozenset({body.wid})
        case Pledge() | Agency():
            return _workers_of(directory, body.aid)
        case Revoke():
            return _ended_people(directory, body)
        case _:
            return frozenset()


def _workers_of(directory: Directory, aid: Aid) -> frozenset[Wid]:
    chains = directory.workers.items()
    return frozenset(wid for wid, chain in chains if chain.versions[-1].body.aid == aid)


def _ended_people(directory: Directory, body: Revoke) -> frozenset[Wid]:
    chain = directory.chains.get(body.id)
    named = chain.versions[0].body if chain else None
    match named:
        case Worker() | Device():
            return frozenset({named.wid})
        case Agency():
            return _workers_of(directory, named.aid)
        case _:
            return frozenset()


def _concerns(room: Room, body: Payload, people: frozenset[Wid] | None) -> bool:
    if people is None:
        return isinstance(body, Basis | Withdraw | Handover) and body.case == room.state.case
    rows = room.state.roster.rows if room.state.current else {}
    return any(wid in rows for wid in people)


def live_rooms(council: Council, parts: Parts, *, node: str, register: Register) -> LiveRooms:
    """Build the rooms of one council."""
    return LiveRooms(
        council=council,
        pool=parts.pool,
        cache=RoomCache(council=council, pool=parts.pool, register=register),
        emitter=parts.emitter,
        announcer=parts.announcer,
        clock=parts.clock,
        entropy=parts.entropy,
        node=node,
        hint=parts.hint,
    )
