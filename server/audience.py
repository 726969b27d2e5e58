"""Who listens to the rooms of a council, and what is pushed to them.

A push is a read: only devices that the entry of a change names get its bytes.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakValueDictionary

from conference import visibility
from conference.fold import Room
from conference.gate import Gate
from conference.live import Listener as Listening
from conference.live import Live as Listeners
from crypto.errors import Code
from protocol import codec, wire
from protocol.feed import Row
from protocol.ids import Blob, CaseId, Did, Hash, Id, SitId, Wid
from protocol.times import Instant
from server.desk import Desk
from server.ports import Emitter, Session
from server.rooms import Held, Landed

_NOBODY: Final[Mapping[int, Sequence[Did]]] = {}
_NOTHING: Final[Mapping[Hash, bytes]] = {}


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
        """Learn who listens on other nodes."""
        listeners = Listeners(self.desk.pool, council=self.desk.council.id)
        found = await listeners.of(case)
        self.elsewhere[case] = tuple(each for each in found if each.node != self.desk.node)

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

    async def evict(self, case: CaseId, evicted: Mapping[Did, Code]) -> None:
        """Take devices out of a room and tell them why."""
        listeners = self.joined.get(case, {})
        for sid, each in list(listeners.items()):
            code = evicted.get(each.session.actor.did)
            if code is None:
                continue
            del listeners[sid]
            gone = codec.encode(wire.Gone(case=case, code=code.value))
            await self.emitter.emit([sid], "gone", gone)
            await Listeners(self.desk.pool, council=self.desk.council.id).unlisten([each.sub])
            await self.tell_presence(case, each.session, "leave")

    async def tell_presence(self, case: CaseId, session: Session, what: str) -> None:
        """Tell a room who came or left: the server's unsigned word."""
        notice = wire.Notice(
            case=case, code="presence", facts={"wid": session.actor.wid.hex(), "what": what}
        )
        sids = list(self.joined.get(case, {}))
        await self.emitter.emit(sids, "notice", codec.encode(notice))


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
