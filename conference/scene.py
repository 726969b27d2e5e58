"""One operation in its surroundings: who asks, and what stands at that point of the feed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from agenda.model import Item, require_item
from conference.records import Conference, Members, Op, Owner, Room, SeatState, Sitting
from crypto.errors import Code, Refused
from protocol.ids import ItemId, SitId
from protocol.vocabulary import Duty

K = TypeVar("K")
V = TypeVar("V")


class Touched(Protocol):
    """Whatever remembers the last row that changed it."""

    @property
    def touched(self) -> int:
        """Give the seq of that row."""
        ...


@dataclass(frozen=True, slots=True)
class Scene:
    """The state before an operation, the operation, and the room it is judged in."""

    was: Conference
    op: Op
    room: Room

    @property
    def members(self) -> Members:
        """Give the roster."""
        return self.room.members()

    @property
    def is_chair(self) -> bool:
        """Tell whether the author is the chair or a live act."""
        return self.op.wid in self.room.chairs()

    def is_here(self) -> bool:
        """Tell whether the author is present, as far as that can be known."""
        present = self.room.present()
        return present is None or self.op.wid in present

    def is_seated(self, sit: SitId) -> bool:
        """Tell whether the author's seat in the sitting is accepted."""
        seat = self.was.seats.get((sit, self.op.wid))
        return seat is not None and seat.state is SeatState.ACCEPTED

    def serves(self, sit: SitId, *duties: Duty) -> bool:
        """Tell whether the author's accepted seat has one of the duties."""
        return self.is_seated(sit) and self.was.seats[sit, self.op.wid].duty in duties

    def answers_for(self, owner: Owner) -> bool:
        """Tell whether the author is the owner, or of the owning agency if it named nobody."""
        return owner.answers_through(self.op.wid, self.op.aid)

    def require(self, *, allowed: bool) -> None:
        """Refuse with FORBIDDEN whoever the table of operations does not name."""
        if not allowed:
            raise Refused(Code.FORBIDDEN)

    def require_untouched(self, record: Touched | None) -> None:
        """Refuse with CONFLICT if a row the author had not seen changed the record."""
        if record is not None and record.touched > self.op.base:
            raise Refused(Code.CONFLICT, touched=record.touched)

    def require_quiet(self) -> None:
        """Refuse with CONFLICT if any operation stands after what the author had seen."""
        if self.was.last_op > self.op.base:
            raise Refused(Code.CONFLICT, touched=self.was.last_op)

    def require_owner(self, owner: Owner) -> None:
        """Refuse with OUT_OF_SCOPE an owner who is not in the roster."""
        if not owner.is_among(self.members):
            raise Refused(Code.OUT_OF_SCOPE)

    def sitting(self, sit: SitId) -> Sitting:
        """Find a sitting, or refuse with UNKNOWN_ID."""
        return known(self.was.sittings, sit)

    def item(self, it: ItemId) -> Item:
        """Find an item, or refuse with UNKNOWN_ID."""
        return require_item(self.was.items, it)


def known(records: Mapping[K, V], key: K) -> V:
    """Find a record, or refuse with UNKNOWN_ID."""
    record = records.get(key)
    if record is None:
        raise Refused(Code.UNKNOWN_ID)
    return record


def require_new(records: Mapping[K, V], key: K) -> None:
    """Refuse with CONFLICT an id that is in use."""
    if key in records:
        raise Refused(Code.CONFLICT)


def require_state(*, holds: bool, state: str) -> None:
    """Refuse with CONFLICT a step that the state machine does not have."""
    if not holds:
        raise Refused(Code.CONFLICT, state=state)
