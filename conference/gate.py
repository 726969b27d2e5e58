"""The gate in a room: what `decide` is asked, built from the room's state at one point.

Answers are remembered until the room's gate moves, the identity log grows, or an instant
passes at which a basis, review, pledge, certificate or guest row ends.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from agenda.model import Item, ItemState
from conference.records import Conference, SeatState
from consent.model import (
    Action,
    Actor,
    Allow,
    BasisView,
    Deny,
    Membership,
    Object,
    Pledge,
    decide,
)
from consent.register import Register
from crypto.errors import Code, Refused
from protocol.basis import Pair, Standing, is_stale, standings
from protocol.documents import holders, is_due
from protocol.feed import Point
from protocol.ids import Aid, Did, Wid
from protocol.payloads import Sect
from protocol.room import Generation, Person, RoomState
from protocol.times import DAY, Instant
from protocol.vocabulary import AgencyKind, DocClass, RosterRole

FOREVER = Instant(2**62)


@dataclass(slots=True)
class Gate:
    """Answers for one room at log size `n` and a moment; `until` is when they lapse."""

    room: RoomState
    register: Register
    n: int
    now: Instant
    until: Instant
    mark: int  # the room's `gate` when this was built
    seen: frozenset[int] | None  # chains that I know to be ended although no leaf says so yet
    stands: tuple[Standing, ...]
    views: tuple[BasisView, ...]
    _actors: dict[Person, Actor] = field(default_factory=dict[Person, Actor])
    _answers: dict[tuple[Person, Action, Hashable], Allow | Deny] = field(
        default_factory=dict[tuple[Person, Action, Hashable], Allow | Deny]
    )
    _due: dict[Generation, bool] = field(default_factory=dict[Generation, bool])
    _holders: dict[Generation, frozenset[Did]] = field(
        default_factory=dict[Generation, frozenset[Did]]
    )
    receivers: dict[Hashable, frozenset[Did]] = field(
        default_factory=dict[Hashable, frozenset[Did]]
    )
    _stale: bool | None = None

    def actor(self, person: Person, *, seated: bool = False) -> Actor:
        """Describe a person as the gate sees her."""
        if seated:
            return replace(self.actor(person), seated=True)
        if person not in self._actors:
            self._actors[person] = _actor(self, person)
        return self._actors[person]

    def read(self, person: Person, section: Sect) -> Allow | Deny:
        """Ask whether a person may read a document announced so."""
        return self._remembered(person, Action.READ, section)

    def write(self, person: Person, section: Sect) -> Allow | Deny:
        """Ask whether a person may write in a document announced so, outside any item."""
        return self._remembered(person, Action.WRITE, section)

    def _remembered(self, person: Person, action: Action, section: Sect) -> Allow | Deny:
        key = (person, action, _audience_key(section))
        if key not in self._answers:
            self._answers[key] = self.ask(self.actor(person), action, self.plain(section))
        return self._answers[key]

    def may_read(self, person: Person, section: Sect) -> Code | None:
        """The refusal of `read`, or None."""
        answer = self.read(person, section)
        return answer.code if isinstance(answer, Deny) else None

    def ask(self, actor: Actor, action: Action, obj: Object) -> Allow | Deny:
        """Ask the gate itself."""
        return decide(self.now, actor, action, obj, self.register)

    def plain(self, section: Sect) -> Object:
        """The object of a document outside any item."""
        return Object(
            cls=section.cls,
            sub=section.sub,
            cats=frozenset(section.cats),
            bases=self.views,
            audience=section.aud,
            granted=True,  # a guest holds a key only by a grant; the views check who holds
            room_closed=self.room.closed,
        )

    def is_due(self, generation: Generation) -> bool:
        """Tell whether a document needs a new generation before its next word."""
        if generation not in self._due:
            due = is_due(self.room, generation, n=self.n, may_read=self.may_read)
            self._due[generation] = due or any(map(self._is_ended, self.holders(generation)))
        return self._due[generation]

    def _is_ended(self, did: Did) -> bool:
        return bool(self.seen) and self.room.directory.is_device_seen_ended(did)

    def holders(self, generation: Generation) -> frozenset[Did]:
        """Devices that hold the key of a document generation."""
        if generation not in self._holders:
            self._holders[generation] = holders(self.room, generation)
        return self._holders[generation]

    def is_stale(self) -> bool:
        """Tell whether a roster must come first."""
        if self._stale is None:
            point = Point(n=self.n, s=self.room.seq)
            self._stale = is_stale(self.room, point, self.now)
        return self._stale

    def covered(self) -> frozenset[Aid]:
        """Agencies that some listed basis covers now."""
        return frozenset(aid for one in self.stands for aid, _ in one.effective(self.now))


def open_gate(
    room: RoomState,
    register: Register,
    *,
    n: int,
    now: Instant,
    seen: frozenset[int] | None = None,
) -> Gate:
    """Judge the room's listed bases and prepare for questions.

    Without `seen` the answers are those of validity, the same for everybody.
    """
    point = Point(n=n, s=room.seq)
    stands = standings(room, room.roster.basis, point) if room.current else ()
    return Gate(
        room=room,
        register=register,
        n=n,
        now=now,
        until=next_change(room, stands, n=n, now=now),
        mark=room.gate,
        seen=seen,
        stands=stands,
        views=tuple(_view(one) for one in stands),
    )


def _audience_key(section: Sect) -> Hashable:
    """Everything of a section that a reader's answer depends on."""
    return section.cls, section.sub, section.cats, section.aud


def _view(one: Standing) -> BasisView:
    return BasisView(
        sid=one.sid,
        ver=one.body.ver,
        law=one.body.law,
        kinds=one.kinds,
        sub=one.body.sub,
        scope=_by_agency(one.granted),
        withdrawn=_by_agency(one.taken & one.granted),
        start=one.start,
        until=one.until,
        review=one.review,
    )


def _by_agency(pairs: Iterable[Pair]) -> Mapping[Aid, frozenset[str]]:
    found: dict[Aid, set[str]] = {}
    for aid, cat in pairs:
        found.setdefault(aid, set()).add(cat)
    return {aid: frozenset(cats) for aid, cats in found.items()}


# --- people ------------------------------------------------------------------------------------


def _actor(gate: Gate, person: Person) -> Actor:
    room, n = gate.room, gate.n
    aid = room.directory.workers[person[0]].versions[0].body.aid
    return Actor(
        wid=person[0],
        aid=aid,
        kind=_kind(room, aid, n),
        membership=_membership(room, person, gate.now),
        pledge_person=_pledge(room, aid, person[0], n),
        pledge_agency=_pledge(room, aid, None, n),
        ended=_ended(gate, person),
    )


def _kind(room: RoomState, aid: Aid, n: int) -> AgencyKind:
    return room.directory.agency(aid, n).kind


def _ended(gate: Gate, person: Person) -> Code | None:
    directory = gate.room.directory
    worker = directory.workers[person[0]]
    agency = directory.agencies[worker.versions[0].body.aid]
    if gate.seen and not gate.seen.isdisjoint({id(worker), id(agency)}):
        return Code.REVOKED
    try:
        directory.require_worker(*person, gate.n)
    except Refused as refusal:
        return refusal.code if refusal.code is Code.EXPIRED else Code.REVOKED
    return None


def _membership(room: RoomState, person: Person, now: Instant) -> Membership:
    row = room.member(person)
    if row is None:
        return Membership.ENDED if room.was_member(person[0]) else Membership.NONE
    if row.role is not RosterRole.GUEST:
        return Membership.MEMBER
    return Membership.GUEST if row.until is not None and now < row.until else Membership.ENDED


def _pledge(room: RoomState, aid: Aid, wid: Wid | None, n: int) -> Pledge:
    try:
        room.directory.require_pledge(aid, wid, n)
    except Refused as refusal:
        return Pledge.MISSING if refusal.code is Code.PLEDGE_MISSING else Pledge.EXPIRED
    return Pledge.LIVE


# --- items -------------------------------------------------------------------------------------


def object_in_item(gate: Gate, section: Sect, item: Item, kind: str) -> Object:
    """The object of a document that belongs to an agenda item, on the item's pinned bases."""
    pinned = {pair.basis for pair in item.bases if pair.sub == section.sub}
    of_text = section.cls is DocClass.ITEM
    treated = item.state is not ItemState.CLOSED and bool(pinned)
    return Object(
        cls=section.cls,
        sub=section.sub,
        cats=frozenset(section.cats),
        bases=[v for v in gate.views if section.sub is None or v.sid in pinned],
        audience=section.aud,
        granted=True,
        sitting_kind=kind,
        item_open=item.is_open if of_text else treated,
        needs_seat=of_text,
        room_closed=gate.room.closed,
    )


def has_seat(conference: Conference, item: Item, wid: Wid) -> bool:
    """Tell whether a worker's seat in the item's sitting is accepted."""
    seat = conference.seats.get((item.sit, wid))
    return seat is not None and seat.state is SeatState.ACCEPTED


# --- time --------------------------------------------------------------------------------------


def next_change(room: RoomState, stands: Iterable[Standing], *, n: int, now: Instant) -> Instant:
    """Earliest instant after `now` at which an answer can change by time alone."""
    return min((t for t in _instants(room, stands, n) if t > now), default=FOREVER)


def _instants(room: RoomState, stands: Iterable[Standing], n: int) -> Iterator[Instant]:
    for one in stands:
        yield from (one.start, one.until)
        if one.review is not None:
            yield one.review
    entry = room.current
    if entry is None:
        return
    yield entry.at.plus(entry.body.pol.rot * DAY + 1)
    for row in entry.body.mem:
        if row.until is not None:
            yield row.until
        yield from _certificate_ends(room, row.person, n)


def _certificate_ends(room: RoomState, person: Person, n: int) -> Iterator[Instant]:
    directory = room.directory
    worker = directory.workers[person[0]].versions[-1].body
    yield from (worker.nbf, worker.exp)
    yield from (cert.body.exp for cert in directory.agencies[worker.aid].versions)
    yield from (cert.body.exp for cert in directory.devices_of(person, n))
    for wid in (person[0], None):
        yield from (cert.body.until for cert in directory.pledges.get((worker.aid, wid), ()))
