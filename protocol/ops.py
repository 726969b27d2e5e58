"""Operations of a conference: the public facts `m` of each `op` (protocol, section 5.23).

Codes, ids and dates only. Every word a person typed is in the ciphertext.
"""

from protocol.ids import ActId, Aid, DecId, ItemId, RowId, Sid, SitId, SubId, Wid
from protocol.shapes import (
    U53,
    Bit,
    Closed,
    CodeText,
    Count,
    Day,
    require,
    require_distinct,
    require_set,
)
from protocol.times import Instant
from protocol.vocabulary import (
    ActionReport,
    Answer,
    DecisionType,
    Decline,
    Duty,
    ItemType,
    Outcome,
    Part,
    SeatEnd,
)

MAX_ITEMS = 32


class ItemBasis(Closed, frozen=True, kw_only=True):
    """On which basis an item treats one subject."""

    sub: SubId
    basis: Sid


class PlannedItem(Closed, frozen=True, kw_only=True):
    """An agenda item as convened."""

    it: ItemId
    no: Count
    typ: ItemType
    bases: tuple[ItemBasis, ...]

    def __post_init__(self) -> None:
        """One basis per subject; whoever talks or decides treats somebody."""
        require_set([pair.sub for pair in self.bases])
        require(holds=self.typ is ItemType.FORM or bool(self.bases))


class SitConv(Closed, frozen=True, kw_only=True):
    """招集: a sitting with its items."""

    sit: SitId
    kind: CodeText
    no: Count
    starts: Instant
    items: tuple[PlannedItem, ...]

    def __post_init__(self) -> None:
        """Items are distinct, by id and by number."""
        require(holds=1 <= len(self.items) <= MAX_ITEMS)
        require_distinct([item.it for item in self.items])
        require(holds=len({item.no for item in self.items}) == len(self.items))


class SitOpen(Closed, frozen=True, kw_only=True):
    """開会."""

    sit: SitId


class SitClose(Closed, frozen=True, kw_only=True):
    """閉会."""

    sit: SitId


class ItemAdd(Closed, frozen=True, kw_only=True):
    """A further item for a sitting that is not closed."""

    sit: SitId
    it: ItemId
    no: Count
    typ: ItemType
    bases: tuple[ItemBasis, ...]

    def __post_init__(self) -> None:
        """As for a planned item."""
        require_set([pair.sub for pair in self.bases])
        require(holds=self.typ is ItemType.FORM or bool(self.bases))


class ItemOpen(Closed, frozen=True, kw_only=True):
    """An item is opened; its bases are pinned while it is open."""

    it: ItemId


class ItemClose(Closed, frozen=True, kw_only=True):
    """An item ends with an outcome."""

    it: ItemId
    out: Outcome


class SeatInv(Closed, frozen=True, kw_only=True):
    """出席者の選定: a worker is invited to one sitting."""

    sit: SitId
    wid: Wid
    duty: Duty
    late: Bit


class SeatEnded(Closed, frozen=True, kw_only=True):
    """A seat ends; its live sockets are cut."""

    sit: SitId
    wid: Wid
    why: SeatEnd


class PrioSet(Closed, frozen=True, kw_only=True):
    """A row of the priority board."""

    row: RowId
    it: ItemId


class PrioDel(Closed, frozen=True, kw_only=True):
    """A row leaves the priority board."""

    row: RowId


class RoleSet(Closed, frozen=True, kw_only=True):
    """A part is offered to an agency, or to one person of it."""

    row: RowId
    part: Part
    ag: Aid
    w: Wid | None
    it: ItemId


class RoleDel(Closed, frozen=True, kw_only=True):
    """A row leaves the role board."""

    row: RowId


class RoleAns(Closed, frozen=True, kw_only=True):
    """The answer to an offered part."""

    row: RowId
    ans: Answer
    why: Decline | None

    def __post_init__(self) -> None:
        """Declining needs a reason, accepting has none."""
        require(holds=(self.why is not None) == (self.ans is Answer.DECLINE))


class ActNew(Closed, frozen=True, kw_only=True, rename={"from_": "from"}):
    """対応事項: an action with owner and due date."""

    act: ActId
    it: ItemId | None
    ag: Aid
    w: Wid | None
    due: Day | None
    from_: ActId | None
    ext: Bit


class ActAns(Closed, frozen=True, kw_only=True):
    """The owner's answer to an action."""

    act: ActId
    ans: Answer
    why: Decline | None

    def __post_init__(self) -> None:
        """Declining needs a reason, accepting has none."""
        require(holds=(self.why is not None) == (self.ans is Answer.DECLINE))


class ActRep(Closed, frozen=True, kw_only=True):
    """The owner's report."""

    act: ActId
    st: ActionReport


class ActHand(Closed, frozen=True, kw_only=True):
    """引継ぎ: the action is offered to a new owner."""

    act: ActId
    ag: Aid
    w: Wid | None


class ActCan(Closed, frozen=True, kw_only=True):
    """The action is cancelled."""

    act: ActId


class DecRec(Closed, frozen=True, kw_only=True):
    """A decision, a 留保, or that nothing was decided."""

    dec: DecId
    it: ItemId
    typ: DecisionType


class NextSet(Closed, frozen=True, kw_only=True):
    """次回, or null where none is needed."""

    sit: SitId
    at: Instant | None


class Snap(Closed, frozen=True, kw_only=True):
    """First content of a new generation: the state that is carried into it."""

    upto: U53
    rows: U53


Facts = (
    SitConv
    | SitOpen
    | SitClose
    | ItemAdd
    | ItemOpen
    | ItemClose
    | SeatInv
    | SeatEnded
    | PrioSet
    | PrioDel
    | RoleSet
    | RoleDel
    | RoleAns
    | ActNew
    | ActAns
    | ActRep
    | ActHand
    | ActCan
    | DecRec
    | NextSet
    | Snap
)

OPS: dict[str, type[Facts]] = {
    "sit.conv": SitConv,
    "sit.open": SitOpen,
    "sit.close": SitClose,
    "item.add": ItemAdd,
    "item.open": ItemOpen,
    "item.close": ItemClose,
    "seat.inv": SeatInv,
    "seat.end": SeatEnded,
    "prio.set": PrioSet,
    "prio.del": PrioDel,
    "role.set": RoleSet,
    "role.del": RoleDel,
    "role.ans": RoleAns,
    "act.new": ActNew,
    "act.ans": ActAns,
    "act.rep": ActRep,
    "act.hand": ActHand,
    "act.can": ActCan,
    "dec.rec": DecRec,
    "next.set": NextSet,
    "snap": Snap,
}
