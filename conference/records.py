"""What a conference consists of: frozen records, folded from the rows of a feed.

Every record keeps the place (`touched`) and time (`at`) of the last row that changed it.
Source: protocol, section 5.23.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from agenda.model import Bases, Item
from protocol.ids import ActId, Aid, DecId, ItemId, RowId, SitId, Wid
from protocol.ops import Facts
from protocol.times import Instant
from protocol.vocabulary import Cap, DecisionType, Decline, DocClass, Duty, Part, SeatEnd

Members = Mapping[Wid, Aid]


class Room(Bases, Protocol):
    """What the reducer may ask of the room at the point of the feed it stands at."""

    def chairs(self) -> frozenset[Wid]:
        """Give the chair and the live acts."""
        ...

    def members(self) -> Members:
        """Give every row of the roster that is no guest, with its agency."""
        ...

    def worker_agency(self, wid: Wid) -> Aid | None:
        """Give the agency of any worker of the council in force, or None."""
        ...

    def covered(self, aid: Aid) -> bool:
        """Tell whether a listed basis in force names the agency."""
        ...

    def has_cap(self, wid: Wid, cap: Cap) -> bool:
        """Tell whether the worker's certificate grants `cap`."""
        ...

    def present(self) -> frozenset[Wid] | None:
        """Give who is live in the sitting; None on clients and in replay, where nobody can know."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """One operation as it stands in the feed; `base` is the last row its author had processed."""

    seq: int
    base: int
    facts: Facts
    wid: Wid
    aid: Aid
    at: Instant
    cls: DocClass
    item: ItemId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An agency, or one person of it."""

    ag: Aid
    w: Wid | None

    def is_among(self, members: Members) -> bool:
        """Tell whether agency and person are in the roster."""
        if self.w is None:
            return self.ag in members.values()
        return members.get(self.w) == self.ag

    def answers_through(self, wid: Wid, aid: Aid) -> bool:
        """Tell whether this worker may answer: the person named, else anybody of the agency."""
        return aid == self.ag if self.w is None else wid == self.w


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Place and time of the last row that changed something."""

    touched: int
    at: Instant


class SittingState(StrEnum):
    """Where a sitting stands."""

    CONVENED = "convened"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting(Record):
    """第n回: one meeting held in the room."""

    sit: SitId
    kind: str
    no: int
    starts: Instant
    state: SittingState = SittingState.CONVENED


class SeatState(StrEnum):
    """Where a seat stands; presence is the server's word and no state."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DELEGATED = "delegated"
    ENDED = "ended"


LIVE_SEATS = frozenset({SeatState.INVITED, SeatState.ACCEPTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSeat(Record):
    """A worker's seat in one sitting; one duty each, so no recorder facilitates."""

    sit: SitId
    wid: Wid
    duty: Duty
    late: bool
    state: SeatState = SeatState.INVITED
    to: Wid | None = None  # to whom it was delegated
    why: Decline | SeatEnd | None = None  # why it was declined, or ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority(Record):
    """A row of the priority board; a deleted row stays, so that a late writer sees the conflict."""

    row: RowId
    it: ItemId
    deleted: bool = False


class RoleState(StrEnum):
    """Where a row of the role board stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Record):
    """役割分担: a part offered to an agency, or to one person of it."""

    row: RowId
    it: ItemId
    part: Part
    owner: Owner
    state: RoleState = RoleState.PROPOSED
    why: Decline | None = None


class ActionState(StrEnum):
    """Where an action stands."""

    PROPOSED = "proposed"
    ASKED = "asked"  # of an agency outside the room; nothing is sent to it
    ACCEPTED = "accepted"
    DECLINED = "declined"
    PROGRESS = "progress"
    DONE = "done"
    NOT_DONE = "not-done"
    HANDED = "handed"  # another action took its place
    CANCELLED = "cancelled"


ENDED_ACTIONS = frozenset(
    {ActionState.DONE, ActionState.NOT_DONE, ActionState.HANDED, ActionState.CANCELLED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Record):
    """対応事項: an action with its owner and due date."""

    act: ActId
    it: ItemId | None
    owner: Owner
    due: str | None
    origin: ActId | None  # the action it continues
    state: ActionState
    why: Decline | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Record):
    """A decision, a 留保 or "nothing decided"; never edited."""

    dec: DecId
    it: ItemId
    typ: DecisionType
    wid: Wid
    aid: Aid


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDate(Record):
    """次回 as agreed in a sitting; None where none is needed."""

    sit: SitId
    when: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conference:
    """All that the rows of one room's feed say; `last_op` is the seq of the newest op."""

    sittings: Mapping[SitId, Sitting] = field(default_factory=dict[SitId, Sitting])
    items: Mapping[ItemId, Item] = field(default_factory=dict[ItemId, Item])
    seats: Mapping[tuple[SitId, Wid], HeldSeat] = field(
        default_factory=dict[tuple[SitId, Wid], HeldSeat]
    )
    prio: Mapping[RowId, Priority] = field(default_factory=dict[RowId, Priority])
    roles: Mapping[RowId, Role] = field(default_factory=dict[RowId, Role])
    actions: Mapping[ActId, Action] = field(default_factory=dict[ActId, Action])
    decisions: Mapping[DecId, Decision] = field(default_factory=dict[DecId, Decision])
    next: Mapping[SitId, NextDate] = field(default_factory=dict[SitId, NextDate])
    last_op: int = 0
