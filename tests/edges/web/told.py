"""What this side holds of a room, in the form in which the browser's client leaves its own."""

import json
from collections.abc import Callable, Mapping
from typing import TypeVar

from protocol.codec import b64u, encode
from protocol.ids import Id
from protocol.vocabulary import DocClass
from sdk.member import Member
from sdk.room import Room
from sdk.words import Said

K = TypeVar("K", bound=Id)
V = TypeVar("V")


def state_of(room: Room) -> dict[str, object]:
    """Rows and people, then what the signed headers say."""
    state, conference, roster = room.state, room.conference, room.roster
    return {
        "place": [state.seq, b64u(state.fh), state.epoch],
        "roster": [
            roster.why,
            roster.chair.hex(),
            [[row.wid.hex(), row.role] for row in roster.mem],
            [b64u(sid) for sid in roster.basis],
        ],
        "items": _record(conference.items, lambda item: [item.state, item.out]),
        "seats": {
            sit.hex() + wid.hex(): [seat.state, seat.duty]
            for (sit, wid), seat in conference.seats.items()
        },
        "prio": _record(conference.prio, lambda row: [row.it.hex(), row.deleted]),
        "roles": _record(
            conference.roles,
            lambda role: [role.part, role.state, role.owner.w and role.owner.w.hex()],
        ),
        "actions": _record(
            conference.actions, lambda action: [action.state, action.due, action.owner.ag.hex()]
        ),
        "decisions": _record(conference.decisions, lambda one: [one.typ, one.wid.hex()]),
        "next": _record(conference.next, lambda one: one.when),
        "versions": _record(state.versions, lambda one: [one.ver, b64u(one.eid)]),
    }


def _record(records: Mapping[K, V], said: Callable[[V], object]) -> dict[str, object]:
    return {key.hex(): said(value) for key, value in records.items()}


async def agree(member: Member, theirs: dict[str, dict[str, object]]) -> int:
    """Compare all of the state, the boards, and the words both may read; count those."""
    room = member.room
    assert room.feed.flawed == []
    assert room.flaws == {}
    assert room.differences == set()
    assert json.loads(json.dumps(state_of(room))) == theirs["state"]
    texts = {b64u(row): json.loads(encode(text)) for row, text in (await room.read()).items()}
    both = texts.keys() & theirs["texts"].keys()
    assert {row: texts[row] for row in both} == {row: theirs["texts"][row] for row in both}
    assert await _words(room, DocClass.AGENDA) == theirs["agenda"]
    assert await _words(room, DocClass.BOARD) == theirs["board"]
    return len(both)


async def _words(room: Room, cls: DocClass) -> Said | None:
    found = room.state.document_of(cls)
    return None if found is None else await room.words(found.body.doc)
