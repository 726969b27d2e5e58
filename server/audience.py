"""Who listens to the rooms of a council, and what is pushed to them.

A push is a read: only devices that the entry of a change names get its bytes.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from weakref import WeakValueDictionary

from audit.entry import Entry, Kind
from conference import usecases, visibility
from conference.fold import Room
from conference.gate import Gate
from conference.live import Listener as Listening
from conference.live import Live as Listeners
from crypto.errors import Code, Refused
from protocol import codec, documents, wire
from protocol.feed import Row
from protocol.ids import Blob, CaseId, Did, Hash, Id, SitId, Wid
from protocol.times import Instant
from server.desk import Desk
from server.hands import Hands
from server.ports import Announcement, Emitter, Session
from server.rooms import Held, Landed

_NOBODY: Final[Mapping[int, Sequence[Did]]] = {}
_NOTHING: Final[Mapping[Hash, bytes]] = {}
_RENEW: Final = timedelta(seconds=20)
_SILENT: Final = timedelta(seconds=60)


@dataclass(slots=True)
class Listener:
    """A socket that joined a room's live feed, in a sitting or outside."""

    session: Session
    sit: SitId | None
    sub: Id


@dataclass(slots=True)
class Audience:
    """Listeners by room: those of this node, and what is known of the others."""

    desk: Desk
    emitter: Emitter
    joined: dict[CaseId, dict[str, Listener]] = field(
        default_factory=dict[CaseId, dict[str, Listener]]
    )
    elsewhere: dict[CaseId, tuple[Listening, ...]] = field(
        default_factory=dict[CaseId, tuple[Listening, ...]]
    )
    _turns: WeakValueDictionary[CaseId, asyncio.Lock] = field(
        default_factory=WeakValueDictionary[CaseId, asyncio.Lock]
    )
    _doors: WeakValueDictionary[CaseId, asyncio.Lock] = field(
        default_factory=WeakValueDictionary[CaseId, asyncio.Lock]
    )
    hands: Hands = field(default_factory=Hands)
    logged: dict[CaseId, set[Did]] = field(default_factory=dict[CaseId, set[Did]])
    """Devices here that the entry of a change took out already, and that are still to be cut."""
    _renewed: datetime | None = None

    @property
    def listeners(self) -> Listeners:
        """Who listens, as all nodes see it."""
        return Listeners(self.desk.pool, council=self.desk.council.id)

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

    async def heed(self, case: CaseId) -> None:
        """Learn who listens on other nodes, and tell those here who came and left there."""
        found = await self.listeners.of(case)
        before = self.present(case)
        self.elsewhere[case] = tuple(each for each in found if each.node != self.desk.node)
        for wid in sorted(self.present(case) - before):
            await self._tell(case, wid, "enter")
        for wid in sorted(before - self.present(case)):
            await self._tell(case, wid, "leave")

    async def renew(self, now: datetime) -> None:
        """Say every 20 s who still listens here, and forget whoever was silent for 60 s.

        At the start of a node whatever its name left behind is forgotten.
        """
        first = self._renewed is None
        if self._renewed is not None and now - self._renewed < _RENEW:
            return
        self._renewed = now
        await self.listeners.forget(node=self.desk.node if first else "", before=now - _SILENT)
        for case in [case for case, there in self.joined.items() if there]:
            for sid, each in list(self.joined[case].items()):
                async with self.door(case):
                    if self.joined[case].get(sid) is each:
                        await self.listeners.listen(self._row(case, each), now=now)
            await self.heed(case)

    def door(self, case: CaseId) -> asyncio.Lock:
        """One at a time: what is written of a listener must not come after that she left."""
        return self._doors.setdefault(case, asyncio.Lock())

    def _row(self, case: CaseId, listener: Listener) -> Listening:
        actor = listener.session.actor
        return Listening(
            sub=listener.sub,
            case=case,
            sit=listener.sit,
            did=actor.did,
            wid=actor.wid,
            node=self.desk.node,
        )

    # --- coming and going --------------------------------------------------------------------

    async def enter(self, case: CaseId, listener: Listener, *, now: datetime) -> None:
        """Let a socket listen; whoever listens already is told of a new person in a sitting."""
        await self.heed(case)
        wid = listener.session.actor.wid
        async with self.door(case):
            enters = listener.sit is not None and wid not in self.present(case)
            there = self.joined.setdefault(case, {})
            before = there.get(listener.session.sid)
            there[listener.session.sid] = listener
            self._settle(case, {listener.session.actor.did})
            if before is not None:
                await self.listeners.unlisten([before.sub])
            await self.listeners.listen(self._row(case, listener), now=now)
        self.desk.announcer.publish(Announcement(kind="seat", case=case))
        if enters:
            await self._tell(case, wid, "enter")
        if self.hands.raised.get(case):
            await self._show_hands(case, [listener.session.sid])

    def take_out(self, case: CaseId, sid: str) -> Listener | None:
        """Send a socket nothing more of a room; `leave` tells of it."""
        return self.joined.get(case, {}).pop(sid, None)

    async def leave(self, case: CaseId, listener: Listener) -> None:
        """Tell everybody of somebody who was taken out."""
        async with self.door(case):
            await self.listeners.unlisten([listener.sub])
        self.desk.announcer.publish(Announcement(kind="seat", case=case))
        wid = listener.session.actor.wid
        if listener.sit is not None and wid not in self.present(case):
            await self._tell(case, wid, "leave")

    async def evict(self, case: CaseId, evicted: Mapping[Did, Code]) -> None:
        """Take devices out of a room, as the entries of a change say, and tell them why."""
        listeners = self.joined.get(case, {})
        devices = {sid: each.session.actor.did for sid, each in listeners.items()}
        codes = {sid: evicted[did] for sid, did in devices.items() if did in evicted}
        cut = self._cut(case, codes)
        self._settle(case, set(evicted))
        await self._dismiss(case, cut)

    def note_logged(self, case: CaseId, dids: Iterable[Did]) -> None:
        """Remember who of those that listen here is in the entry of a change as taken out."""
        here = {each.session.actor.did for each in self.joined.get(case, {}).values()}
        if gone := here.intersection(dids):
            self.logged.setdefault(case, set()).update(gone)

    def _settle(self, case: CaseId, dids: set[Did]) -> set[Did]:
        """Forget what was remembered of some devices; give those who were in an entry."""
        known = self.logged.get(case, set[Did]()) & dids
        left = self.logged.pop(case, set[Did]()) - dids
        if left:
            self.logged[case] = left
        return known

    async def sweep(self, case: CaseId, held: Held) -> None:
        """Cut whoever may no longer listen: a key, person, basis or seat ended meanwhile."""
        cut = self._cut(case, self._ended(case, held))
        dids = {each.session.actor.did for each, _ in cut}
        known = self._settle(case, dids)
        if dids == known:
            await self._dismiss(case, cut)
            return
        entry = Entry(
            kind=Kind.EVICT,
            at_ms=Instant.of(self.desk.clock()),
            id=self.desk.council.entries.new_id(),
            case=case,
            epoch=held.room.state.epoch,
            objects=tuple(sorted(dids - known)),
        )
        try:
            await self.desk.council.entries.note(entry)
        finally:
            await self._dismiss(case, cut)

    def _ended(self, case: CaseId, held: Held) -> dict[str, Code]:
        room, listeners = held.room, self.joined.get(case)
        if not listeners:
            return {}
        gate = room.willing(Instant.of(self.desk.clock()))
        devices = {sid: each.session.actor.did for sid, each in listeners.items()}
        evicted = usecases.evictions(room, gate, devices.values())
        found: dict[str, Code] = {}
        for sid, did in devices.items():
            person, sit = documents.person_of(room.state, did), listeners[sid].sit
            code = evicted.get(did) or usecases.seat_missing(room, gate, person=person, sit=sit)
            if code is not None:
                found[sid] = code
        return found

    def _cut(self, case: CaseId, codes: Mapping[str, Code]) -> list[tuple[Listener, Code]]:
        """Take sockets out at once: nothing more is sent to them, whatever is still to be told."""
        taken = [(self.take_out(case, sid), code) for sid, code in codes.items()]
        return [(each, code) for each, code in taken if each is not None]

    async def _dismiss(self, case: CaseId, cut: Sequence[tuple[Listener, Code]]) -> None:
        for each, code in cut:
            gone = codec.encode(wire.Gone(case=case, code=code.value))
            await self.emitter.emit([each.session.sid], "gone", gone)
        for each, _ in cut:
            await self.leave(case, each)

    async def _tell(self, case: CaseId, wid: Wid, what: str) -> None:
        """Tell a room who came or left: the server's unsigned word."""
        if what == "leave":
            await self.show_hand(case, wid, up=False)
        notice = wire.Notice(case=case, code="presence", facts={"wid": wid.hex(), "what": what})
        sids = list(self.joined.get(case, {}))
        await self.emitter.emit(sids, "notice", codec.encode(notice))

    # --- asking to speak ---------------------------------------------------------------------

    async def hand(self, case: CaseId, session: Session, *, up: bool) -> None:
        """Raise or lower the caller's own hand, in a sitting that she listens to: NOT_SEATED."""
        listener = self.joined.get(case, {}).get(session.sid)
        if listener is None or listener.sit is None:
            raise Refused(Code.NOT_SEATED)
        wid = session.actor.wid
        await self.show_hand(case, wid, up=up)
        self.desk.announcer.publish(Announcement(kind="hand", case=case, wid=wid, up=int(up)))

    async def show_hand(self, case: CaseId, wid: Wid, *, up: bool) -> None:
        """Tell those who listen here of a hand that was raised or lowered anywhere."""
        if self.hands.put(case, wid, up=up):
            await self._show_hands(case, list(self.joined.get(case, {})))

    async def _show_hands(self, case: CaseId, sids: Sequence[str]) -> None:
        await self.emitter.emit(sids, "notice", codec.encode(self.hands.notice(case)))

    # --- pushing -----------------------------------------------------------------------------

    async def push(
        self,
        case: CaseId,
        held: Held,
        *,
        named: Mapping[int, Sequence[Did]] = _NOBODY,
        fetched: Mapping[Hash, bytes] = _NOTHING,
    ) -> None:
        """Send what was not sent yet to everybody who listens, each row in her view.

        `named` are the devices of tickets (by entry) of another node, `fetched` their bytes.
        One at a time for each room, so that rows go out in their order.
        """
        async with self._turns.setdefault(case, asyncio.Lock()):
            landed = [
                one.with_bytes(fetched, frozenset(named.get(one.entry, ()))) for one in held.unsent
            ]
            held.unsent.clear()
            if landed and self.joined.get(case):
                await self._send(case, held.room, landed)

    async def _send(self, case: CaseId, room: Room, landed: Sequence[Landed]) -> None:
        gate = room.willing(Instant.of(self.desk.clock()))
        groups: dict[tuple[visibility.View, ...], list[str]] = {}
        for each in list(self.joined.get(case, {}).values()):
            did = each.session.actor.did
            shown: tuple[visibility.View, ...] = tuple(
                self._shown(room, gate, one, did) for one in landed
            )
            groups.setdefault(shown, []).append(each.session.sid)
        for shown, sids in groups.items():
            frames = tuple(frame_of(one, view) for one, view in zip(landed, shown, strict=True))
            await self.emitter.emit(sids, "push", codec.encode(wire.Push(case=case, frames=frames)))

    @staticmethod
    def _shown(room: Room, gate: Gate, one: Landed, did: Did) -> visibility.View:
        if did in one.to and one.full is not None:
            return "full"
        record = room.records[one.row.seq - 1]
        return without_ticket(one.form, record.kind, visibility.view_of(room, gate, record, did))


def without_ticket(form: str, kind: str, view: visibility.View) -> visibility.View:
    """What rows show without a ticket: statements whole, but never ciphertext or sealed keys.

    A grant to the caller is shown bare, without any bytes: she learns that it is there to read.
    """
    sealed = form == "env" or kind == "grant"
    return "bare" if view == "full" and sealed else view


def frame_of(landed: Landed, view: visibility.View) -> wire.Frame:
    """Write a row as a frame of the wire, with as many bytes as its view shows."""
    row: Row = landed.row
    data = landed.bare if view == "bare" and landed.form == "env" else None
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
