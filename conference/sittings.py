"""Sittings and their items: convened, opened, closed; the next date."""

from dataclasses import replace

from agenda import model as agenda
from agenda.model import Item
from conference.board import require_invariant
from conference.records import (
    Conference,
    NextDate,
    Room,
    SeatState,
    Sitting,
    SittingState,
)
from conference.scene import Scene, require_new, require_state
from crypto.errors import Code, Refused
from protocol.ids import SitId, Wid
from protocol.ops import (
    ItemAdd,
    ItemClose,
    ItemOpen,
    NextSet,
    PlannedItem,
    SitClose,
    SitConv,
    SitOpen,
)
from protocol.vocabulary import Cap, Duty, ItemType, Outcome

SittingFacts = SitConv | SitOpen | SitClose | NextSet
ItemFacts = ItemAdd | ItemOpen | ItemClose


def change(scene: Scene, facts: SittingFacts) -> Conference:
    """Apply an operation on a sitting."""
    match facts:
        case SitConv():
            return _convene(scene, facts)
        case SitOpen():
            return _open(scene, facts)
        case SitClose():
            return _close(scene, facts)
        case NextSet():  # pragma: no branch -- the last of a closed union
            return _set_next(scene, facts)


def change_item(scene: Scene, facts: ItemFacts) -> Conference:
    """Apply an operation on an item."""
    match facts:
        case ItemAdd():
            return _add_item(scene, facts)
        case ItemOpen():
            return _open_item(scene, facts)
        case ItemClose():  # pragma: no branch -- the last of a closed union
            return _close_item(scene, facts)


def open_sitting(conference: Conference) -> Sitting | None:
    """Give the sitting that is being held; a room holds one at a time."""
    found = (s for s in conference.sittings.values() if s.state is SittingState.OPEN)
    return next(found, None)


def current_item(conference: Conference, sit: SitId) -> Item | None:
    """Give the item under discussion in a sitting."""
    return agenda.current(conference.items, sit)


def _convene(scene: Scene, facts: SitConv) -> Conference:
    scene.require(allowed=scene.is_chair)
    require_new(scene.was.sittings, facts.sit)
    sitting = Sitting(
        sit=facts.sit,
        kind=facts.kind,
        no=facts.no,
        starts=facts.starts,
        touched=scene.op.seq,
        at=scene.op.at,
    )
    conference = _with_sitting(scene.was, sitting)
    for planned in facts.items:
        conference = _with_item(conference, planned, sitting=sitting, scene=scene)
    return conference


def _with_sitting(conference: Conference, sitting: Sitting) -> Conference:
    return replace(conference, sittings={**conference.sittings, sitting.sit: sitting})


def _with_item(
    conference: Conference, planned: PlannedItem | ItemAdd, *, sitting: Sitting, scene: Scene
) -> Conference:
    item = Item(
        it=planned.it,
        sit=sitting.sit,
        no=planned.no,
        typ=planned.typ,
        bases=planned.bases,
        touched=scene.op.seq,
        at=scene.op.at,
    )
    items = agenda.add(conference.items, item, kind=sitting.kind, bases=scene.room)
    return replace(conference, items=items)


def _open(scene: Scene, facts: SitOpen) -> Conference:
    sitting = scene.sitting(facts.sit)
    scene.require(allowed=scene.is_chair)
    scene.require_untouched(sitting)
    startable = sitting.state is SittingState.CONVENED and open_sitting(scene.was) is None
    require_state(holds=startable, state=sitting.state)
    _require_quorum(scene.was, sitting.sit, scene.room)
    return _moved(scene, sitting, SittingState.OPEN)


def _moved(scene: Scene, sitting: Sitting, state: SittingState) -> Conference:
    moved = replace(sitting, state=state, touched=scene.op.seq, at=scene.op.at)
    return _with_sitting(scene.was, moved)


def _require_quorum(conference: Conference, sit: SitId, room: Room) -> None:
    present = room.present()
    here = room.chairs() if present is None else room.chairs() & present
    if not here:
        raise Refused(Code.NOT_SEATED, duty="chair")
    recorders = _recorders(conference, sit, room)
    if not (recorders if present is None else recorders & present):
        raise Refused(Code.NOT_SEATED, duty=Duty.RECORDER.value)


def _recorders(conference: Conference, sit: SitId, room: Room) -> frozenset[Wid]:
    return frozenset(
        seat.wid
        for seat in conference.seats.values()
        if seat.sit == sit
        and seat.duty is Duty.RECORDER
        and seat.state is SeatState.ACCEPTED
        and room.has_cap(seat.wid, Cap.MINUTES)
    )


def _close(scene: Scene, facts: SitClose) -> Conference:
    sitting = scene.sitting(facts.sit)
    scene.require(allowed=scene.is_chair)
    scene.require_quiet()
    item = current_item(scene.was, sitting.sit)
    require_state(holds=sitting.state is SittingState.OPEN and item is None, state=sitting.state)
    if _decided_something(scene.was, sitting.sit):
        require_invariant(scene.was, scene.members)
        _require_next(scene.was, sitting.sit)
    return _moved(scene, sitting, SittingState.CLOSED)


def _decided_something(conference: Conference, sit: SitId) -> bool:
    return any(i.sit == sit and i.out is Outcome.DECIDED for i in conference.items.values())


def _require_next(conference: Conference, sit: SitId) -> None:
    if sit not in conference.next:
        raise Refused(Code.INVARIANT, next=0)


def _set_next(scene: Scene, facts: NextSet) -> Conference:
    sitting = scene.sitting(facts.sit)
    scene.require(allowed=scene.is_chair or scene.serves(sitting.sit, Duty.RECORDER))
    scene.require_untouched(scene.was.next.get(sitting.sit))
    if facts.at is not None and facts.at <= scene.op.at:
        raise Refused(Code.CLOCK, at=facts.at.text())
    date = NextDate(sit=sitting.sit, when=facts.at, touched=scene.op.seq, at=scene.op.at)
    return replace(scene.was, next={**scene.was.next, sitting.sit: date})


def _add_item(scene: Scene, facts: ItemAdd) -> Conference:
    sitting = scene.sitting(facts.sit)
    scene.require(allowed=scene.is_chair)
    require_state(holds=sitting.state is not SittingState.CLOSED, state=sitting.state)
    return _with_item(scene.was, facts, sitting=sitting, scene=scene)


def _open_item(scene: Scene, facts: ItemOpen) -> Conference:
    item = scene.item(facts.it)
    sitting = scene.sitting(item.sit)
    scene.require(allowed=scene.is_chair or scene.serves(item.sit, Duty.FACILITATOR))
    scene.require_untouched(item)
    require_state(holds=sitting.state is SittingState.OPEN, state=sitting.state)
    items = agenda.start(
        scene.was.items,
        item,
        kind=sitting.kind,
        seq=scene.op.seq,
        at=scene.op.at,
        bases=scene.room,
    )
    return replace(scene.was, items=items)


def _close_item(scene: Scene, facts: ItemClose) -> Conference:
    item = scene.item(facts.it)
    scene.require(allowed=scene.is_chair)
    scene.require_quiet()
    items = agenda.finish(scene.was.items, item, out=facts.out, seq=scene.op.seq, at=scene.op.at)
    if facts.out is Outcome.DECIDED and item.typ is ItemType.DECIDE:
        require_invariant(scene.was, scene.members)
    return replace(scene.was, items=items)
