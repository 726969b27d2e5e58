"""The conference reducer: the same rows give the same state on the server and in every client.

Source: protocol, section 5.23. Derived facts (who is in charge for the interim, what is to be
handed over, which item is suspended, who is eligible) are computed here and never stored.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

import msgspec

from agenda import model as agenda
from conference import actions, board, seats, sittings
from conference.actions import handovers, interim_actions
from conference.board import Counts, interim_in_charge, invariant, live_roles
from conference.records import Conference, Members, Op, Owner, Room
from conference.scene import Scene
from conference.seats import answer_seat, eligible_seats, present_seats
from conference.sittings import current_item, open_sitting
from crypto.errors import Code, Refused
from protocol import codec
from protocol.ids import ItemId
from protocol.ops import DecRec, Facts, Snap
from protocol.vocabulary import WHOLE_ROOM, DocClass

__all__ = [
    "Conference",
    "Counts",
    "Members",
    "Op",
    "Owner",
    "Room",
    "answer_seat",
    "apply",
    "current_item",
    "eligible_seats",
    "handovers",
    "interim_actions",
    "interim_in_charge",
    "invariant",
    "live_roles",
    "open_sitting",
    "plain",
    "present_seats",
    "suspended_items",
]

K = TypeVar("K", bound=bytes)


def apply(conference: Conference, op: Op, room: Room) -> Conference:
    """Fold one operation into the state; a `Refused` leaves everything as it was.

    Checks run in this order: document class (WRONG_PLACE), author in the roster (NOT_MEMBER),
    named things exist (UNKNOWN_ID), who (FORBIDDEN, NOT_SEATED), unseen changes and taken ids
    (CONFLICT), state (CONFLICT, ITEM_NOT_OPEN), then what the row demands of its facts.
    """
    if op.cls not in _places(op.facts):
        raise Refused(Code.WRONG_PLACE)
    if room.members().get(op.wid) != op.aid:
        raise Refused(Code.NOT_MEMBER)
    return replace(_changed(Scene(conference, op, room), op.facts), last_op=op.seq)


def _places(facts: Facts) -> frozenset[DocClass]:
    match facts:
        case Snap():
            return WHOLE_ROOM
        case DecRec():
            return frozenset({DocClass.ITEM})
        case _:
            is_board = isinstance(facts, board.BoardFacts | actions.ActionFacts)
            return frozenset({DocClass.BOARD if is_board else DocClass.AGENDA})


def _changed(scene: Scene, facts: Facts) -> Conference:
    if isinstance(facts, sittings.SittingFacts):
        return sittings.change(scene, facts)
    if isinstance(facts, sittings.ItemFacts):
        return sittings.change_item(scene, facts)
    if isinstance(facts, seats.SeatFacts):
        return seats.change(scene, facts)
    if isinstance(facts, board.BoardFacts):
        return board.change(scene, facts)
    if isinstance(facts, actions.ActionFacts):
        return actions.change(scene, facts)
    return scene.was  # a snapshot carries text; the facts are in the rows


def suspended_items(conference: Conference, room: Room) -> tuple[ItemId, ...]:
    """List the open items whose basis for some subject has ended (protocol, section 5.14)."""
    return agenda.suspended(conference.items, room)


def plain(conference: Conference) -> dict[str, object]:
    """Give the state as plain data: lists of records in order of their ids, ids as text."""
    seats_by_id = {sit + wid: seat for (sit, wid), seat in conference.seats.items()}
    return {
        "sittings": _rows(conference.sittings),
        "items": _rows(conference.items),
        "seats": _rows(seats_by_id),
        "prio": _rows(conference.prio),
        "roles": _rows(conference.roles),
        "actions": _rows(conference.actions),
        "decisions": _rows(conference.decisions),
        "next": _rows(conference.next),
        "last_op": conference.last_op,
    }


def _rows(table: Mapping[K, object]) -> list[object]:
    return [msgspec.to_builtins(table[key], enc_hook=codec.text_of) for key in sorted(table)]
