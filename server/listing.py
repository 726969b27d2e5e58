"""Lists of rooms, reserved cases, and which rooms a new statement concerns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from conference import usecases
from conference.fold import Room
from conference.store import RoomLine
from crypto.errors import Code, Refused
from identity.model import Touched, Waiting, require_share
from protocol import documents, wire
from protocol.directory import Directory
from protocol.ids import Aid, CaseId, Wid
from protocol.payloads import (
    Agency,
    Basis,
    Device,
    Handover,
    Payload,
    Pledge,
    Revoke,
    Withdraw,
    Worker,
)
from protocol.times import Instant
from protocol.vocabulary import Cap
from server.desk import Desk
from server.ports import Session
from server.rooms import Held

RESERVED: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a council's rooms answer without being joined."""

    desk: Desk

    async def cases(self, session: Session) -> wire.Cases:
        """Rooms of the caller, with what an invitee may know of them."""
        lines: list[wire.CaseLine] = []
        for line in await self.desk.cache.store.all():
            held = await self.desk.cache.refresh(line.case)
            if _knows(held.room, session.actor.wid):
                lines.append(self._line(session, line, held))
        return wire.Cases(cases=tuple(lines))

    def _line(self, session: Session, line: RoomLine, held: Held) -> wire.CaseLine:
        room, wid = held.room, session.actor.wid
        gate = room.willing(Instant.of(self.desk.clock()))
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
            n=line.n if member else -1,
            seq=line.seq if member else 0,
            locked=code.value if member and code is not None else "",
            invitations=invitations,
        )

    async def reserve(self, session: Session, request: wire.ReserveCase) -> wire.Done:
        """Keep a derived case id and its code for a chair, until the first roster."""
        signer = self.desk.council.require_live(session.actor)
        host = signer.aid in self.desk.council.directory.hosts(self.desk.council.idn)
        if Cap.CHAIR not in signer.caps or not host:
            raise Refused(Code.FORBIDDEN)
        if await self.case_by_code(request.code) is not None:
            raise Refused(Code.CONFLICT)
        now = self.desk.clock()
        waits = await self.desk.council.waiting.all(now=now)
        require_share(waits, lambda one: one.typ == "case" and one.beside == session.actor.wid)
        waiting = Waiting(
            key=request.case,
            typ="case",
            payload=request.code.encode(),
            signatures=(),
            mac=None,
            beside=session.actor.wid,
            until=now + RESERVED,
        )
        await self.desk.council.waiting.pend(waiting, now=now)
        return wire.Done()

    async def case_by_code(self, code: str) -> CaseId | None:
        """Find a case by its public code."""
        lines = await self.desk.cache.store.all()
        return next((line.case for line in lines if line.code == code), None)

    async def may_see_case(self, wid: Wid, case: CaseId) -> bool:
        """Tell whether a person may see the statements of a case.

        She is, or was, a member, or is invited; before there is a room: who reserved the case,
        since she founds it on bases that others logged.
        """
        try:
            held = await self.desk.cache.load(case)
            if not _knows(held.room, wid):  # perhaps since a moment ago, by another node
                held = await self.desk.cache.refresh(case)
        except Refused:
            return await self._has_reserved(wid, case)
        return _knows(held.room, wid)

    async def _has_reserved(self, wid: Wid, case: CaseId) -> bool:
        waiting = await self.desk.council.waiting.all(now=self.desk.clock())
        return any(w.typ == "case" and (w.key, w.beside) == (case, wid) for w in waiting)

    async def shares_room(self, one: Wid, other: Wid) -> bool:
        """Tell whether one may know the other from a room: who left, those of her own time."""
        await self.load_all()
        rooms = [held.room for held in self.desk.cache.known().values()]
        return any(_met(room, one, other) for room in rooms)

    async def touched(self, body: Payload) -> Sequence[Touched]:
        """The rooms whose members a new statement of the `id` log concerns."""
        await self.load_all()
        concerned = _concerned(self.desk.council.directory, body)
        return [
            Touched(case=case)
            for case, held in self.desk.cache.known().items()
            if _concerns(held.room, body, concerned)
        ]

    async def load_all(self) -> None:
        """Hold every room of the council, with the rows that other nodes committed."""
        known = self.desk.cache.known()
        for line in await self.desk.cache.store.all():
            if line.case not in known or known[line.case].room.state.seq < line.seq:
                await self.desk.cache.refresh(line.case)


def _knows(room: Room, wid: Wid) -> bool:
    """Tell whether a person was ever in a room, or is invited to it."""
    return room.state.was_member(wid) or any(w == wid for _, w in room.conference.seats)


def _met(room: Room, one: Wid, other: Wid) -> bool:
    """A member knows all who ever came or are invited; who is none, those who sat beside her."""
    if room.state.current is not None and one in room.state.roster.rows:
        return _knows(room, other)
    return any({one, other} <= entry.body.rows.keys() for entry in room.state.rosters)


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
