"""The gate: who may do what with which object, and under which legal basis.

`decide` is pure and total, and the only place that answers "may they". The server
enforces its answer, clients repeat it before they seal, the log records it. The order
of refusals is that of the protocol, section 5.24.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from consent.register import Access, Register
from crypto.errors import Code
from protocol.codec import b64u
from protocol.ids import Aid, Sid, SubId, Wid
from protocol.payloads import Audience
from protocol.times import Instant
from protocol.vocabulary import AgencyKind, DocClass

Categories = frozenset[str]
Scope = Mapping[Aid, Categories]

NO_CATEGORY: Categories = frozenset()

# How far a basis got before it refused: where several bases treat one subject, the
# refusal that got furthest tells the person most.
_REACHED = (
    Code.KIND_EXCLUDED,
    Code.ANON_ONLY,
    Code.NO_BASIS,
    Code.BASIS_NOT_YET,
    Code.BASIS_EXPIRED,
    Code.REVIEW_OVERDUE,
    Code.BASIS_WITHDRAWN,
    Code.RECIPIENT_NOT_COVERED,
    Code.CATEGORY_NOT_COVERED,
    Code.MEETING_NOT_COVERED,
)


class Action(StrEnum):
    """What somebody wants: to read, to write, or to open an item that treats a subject."""

    READ = "read"
    WRITE = "write"
    OPEN = "open"


class Pledge(StrEnum):
    """Where a 誓約書 stands now."""

    LIVE = "live"
    MISSING = "missing"
    EXPIRED = "expired"


class Membership(StrEnum):
    """Where a person stands in the room's roster."""

    MEMBER = "member"
    GUEST = "guest"
    ENDED = "ended"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person who asks; `ended` is REVOKED or EXPIRED of her device, worker or agency."""

    wid: Wid
    aid: Aid
    kind: AgencyKind
    membership: Membership
    pledge_person: Pledge
    pledge_agency: Pledge
    ended: Code | None = None
    seated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisView:
    """A listed basis as it stands now (protocol, section 5.5: eff, before withdrawals).

    `scope` is what the listed and the newest version both name, `withdrawn` what any
    withdrawal took from either. `start` is the later of both beginnings, `until` and
    `review` the earlier of both ends; `kinds` are the sitting kinds of both.
    """

    sid: Sid
    ver: int
    law: str
    kinds: frozenset[str]
    sub: SubId
    scope: Scope
    withdrawn: Scope
    start: Instant
    until: Instant
    review: Instant | None

    def covers(self, aid: Aid) -> Categories:
        """Give the categories this agency may still read."""
        return self.scope.get(aid, NO_CATEGORY) - self.withdrawn.get(aid, NO_CATEGORY)

    def names_anyone(self) -> bool:
        """Tell whether any pair is left."""
        return any(self.covers(aid) for aid in self.scope)

    def in_force(self, now: Instant) -> bool:
        """Tell whether the basis runs at this moment."""
        ends = self.until if self.review is None else min(self.until, self.review)
        return self.start <= now < ends

    def without(self, *, agencies: Iterable[Aid] | None, cats: Iterable[str] | None) -> "BasisView":
        """Show the basis after a withdrawal; None means all (protocol, section 5.14)."""
        gone = None if cats is None else frozenset(cats)
        taken = {
            aid: self.withdrawn.get(aid, NO_CATEGORY) | (self.covers(aid) if gone is None else gone)
            for aid in (self.scope if agencies is None else agencies)
        }
        return replace(self, withdrawn={**self.withdrawn, **taken})


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """What is asked for: a document, or a subject that a sitting wants to treat.

    Attributes:
        cls: Class of the document; None where no document is concerned.
        sub: Subject it is about; None for whole-room documents and cards.
        cats: Categories it holds; all of them must be covered.
        bases: Bases listed by the roster, or those pinned by the open item.
        audience: Who it is for; None is everyone of the roster.
        granted: It was, or is about to be, granted to this guest.
        sitting_kind: Kind of the sitting it happens in; None outside sittings.
        item_open: Whether the item takes what is written; None where no item is concerned.
        needs_seat: Only people with a live seat may do this.
        room_closed: The room takes no more content.
    """

    cls: DocClass | None
    sub: SubId | None
    cats: Categories
    bases: Sequence[BasisView]
    audience: Audience | None = None
    granted: bool = False
    sitting_kind: str | None = None
    item_open: bool | None = None
    needs_seat: bool = False
    room_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """Yes, and under which version of which basis."""

    basis: Sid
    ver: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deny:
    """No, and why."""

    code: Code


def decide(
    now: Instant, actor: Actor, action: Action, obj: Object, register: Register
) -> Allow | Deny:
    """Answer whether this person may do this now; never raises, the first refusal stands."""
    barred = _barred(actor, action, obj)
    if barred is not None:
        return Deny(code=barred)
    basis = _choose(now, actor, action, obj, register)
    if isinstance(basis, Code):
        return Deny(code=basis)
    unfit = _unfit(actor, action, obj)
    if unfit is not None:
        return Deny(code=unfit)
    return Allow(basis=basis.sid, ver=basis.ver)


def _barred(actor: Actor, action: Action, obj: Object) -> Code | None:
    """Judge the person, whatever the object is about."""
    if actor.ended is not None:
        return actor.ended
    return _first(
        (obj.room_closed and action is not Action.READ, Code.FORBIDDEN),
        (actor.membership is Membership.NONE, Code.NOT_MEMBER),
        (actor.membership is Membership.ENDED, Code.MEMBER_ENDED),
        (actor.pledge_person is Pledge.MISSING, Code.PLEDGE_MISSING),
        (actor.pledge_person is Pledge.EXPIRED, Code.PLEDGE_EXPIRED),
        (actor.pledge_agency is Pledge.MISSING, Code.PLEDGE_MISSING),
        (actor.pledge_agency is Pledge.EXPIRED, Code.PLEDGE_EXPIRED),
    )


def _choose(
    now: Instant, actor: Actor, action: Action, obj: Object, register: Register
) -> BasisView | Code:
    """Find the first basis that allows, newest version first; else the furthest refusal."""
    refusals: list[Code] = []
    for basis in sorted(obj.bases, key=lambda basis: (-basis.ver, b64u(basis.sid))):
        refusal = _excluded(actor, obj, basis, register) or _lapsed(now, obj, basis)
        refusal = refusal or _uncovered(actor, action, obj, basis)
        if refusal is None:
            return basis
        refusals.append(refusal)
    return max(refusals, key=_REACHED.index, default=Code.NO_BASIS)


def _excluded(actor: Actor, obj: Object, basis: BasisView, register: Register) -> Code | None:
    """Judge the kind of agency by the matrix (domain, section 1.4)."""
    guest = actor.membership is Membership.GUEST
    access = register.access(basis.law, actor.kind, guest=guest)
    return _first(
        (access is Access.NONE, Code.KIND_EXCLUDED),
        (access is Access.ANON and obj.cls is not DocClass.CARD, Code.ANON_ONLY),
    )


def _lapsed(now: Instant, obj: Object, basis: BasisView) -> Code | None:
    """Judge subject and time."""
    return _first(
        (obj.sub is not None and basis.sub != obj.sub, Code.NO_BASIS),
        (now < basis.start, Code.BASIS_NOT_YET),
        (now >= basis.until, Code.BASIS_EXPIRED),
        (basis.review is not None and now >= basis.review, Code.REVIEW_OVERDUE),
    )


def _uncovered(actor: Actor, action: Action, obj: Object, basis: BasisView) -> Code | None:
    """Judge recipient, categories and sitting; a guest needs none of them for a card.

    A withdrawal is named as the reason when it took what this person would have needed,
    or when it left nobody.
    """
    mine = basis.covers(actor.aid)
    taken = basis.withdrawn.get(actor.aid, NO_CATEGORY)
    anyone = basis.names_anyone()
    ended = (not anyone and bool(basis.withdrawn)) or (not mine and bool(taken))
    elsewhere = obj.sitting_kind is not None and obj.sitting_kind not in basis.kinds
    return _first(
        (ended or bool(taken & obj.cats), Code.BASIS_WITHDRAWN),
        (not (anyone if _is_card_of_guest(actor, obj) else mine), Code.RECIPIENT_NOT_COVERED),
        (not obj.cats <= mine, Code.CATEGORY_NOT_COVERED),
        (obj.sub is not None and action is not Action.READ and elsewhere, Code.MEETING_NOT_COVERED),
    )


def _unfit(actor: Actor, action: Action, obj: Object) -> Code | None:
    """Judge the item, the seat and the audience."""
    guest = actor.membership is Membership.GUEST
    shown = action is Action.READ and obj.cls is DocClass.CARD
    heard = obj.audience is None or actor.wid in obj.audience.w or actor.aid in obj.audience.ag
    return _first(
        (action is Action.WRITE and obj.item_open is False, Code.ITEM_NOT_OPEN),
        (obj.needs_seat and not actor.seated, Code.NOT_SEATED),
        (not heard, Code.FORBIDDEN),
        (guest and action is Action.OPEN, Code.FORBIDDEN),
        (guest and not shown and not obj.granted, Code.FORBIDDEN),
    )


def _is_card_of_guest(actor: Actor, obj: Object) -> bool:
    return obj.cls is DocClass.CARD and actor.membership is Membership.GUEST


def _first(*checks: tuple[bool, Code]) -> Code | None:
    """Give the code of the first check that fails."""
    return next((code for fails, code in checks if fails), None)
