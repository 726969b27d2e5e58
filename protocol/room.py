"""The state of one room, folded from its feed by server and clients alike.

Nothing here is stored as truth: it is what the signed rows say, and the same functions
fold them on both ends (protocol, sections 5.5 to 5.14).
"""

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import MISSING, dataclass, field, fields

from crypto.errors import Code, Refused
from protocol.derived import feed_start
from protocol.directory import Directory, Signer
from protocol.feed import Row
from protocol.ids import (
    Aid,
    CaseId,
    Did,
    Digest,
    DocId,
    Eid,
    Hash,
    Key,
    NetId,
    RowHash,
    Sid,
    SumId,
    Wid,
)
from protocol.payloads import (
    Ack,
    Basis,
    FeedPoint,
    Grant,
    LogHead,
    MemberRow,
    Roster,
    Seat,
    Sect,
    Withdraw,
)
from protocol.times import Instant
from protocol.vocabulary import AckKind, DocClass, RosterRole, SeatAnswer, Why

Generation = tuple[DocId, int]
Person = tuple[Wid, Key]


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntry:
    """An accepted roster and the devices its key was sealed to."""

    seq: int
    sid: Sid
    body: Roster
    signer: Signer
    at: Instant
    recipients: frozenset[Sid]


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """The first `sect` of a document generation; later ones are void."""

    seq: int
    sid: Sid
    body: Sect
    signer: Signer
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A grant with the device it was sealed to."""

    seq: int
    sid: Sid
    body: Grant
    signer: Signer
    to: Did


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Newest version of a summary's section."""

    ver: int
    eid: Eid
    generation: Generation
    author: Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A worker's answer to an invitation, by the person who gave it."""

    seq: int
    body: Seat
    person: Person


@dataclass(slots=True)
class RoomState:
    """What the rows up to `seq` say. `log_root(n)` gives the id log's root at a size I hold."""

    net: NetId
    case: CaseId
    directory: Directory
    log_root: Callable[[int], Digest | None]
    seq: int = 0
    idn: int = 0
    fhs: list[RowHash] = field(default_factory=list)
    idns: list[int] = field(default_factory=lambda: [0])
    ids: dict[Hash, int] = field(default_factory=dict)
    rosters: list[RosterEntry] = field(default_factory=list)
    listed: dict[Sid, int] = field(default_factory=dict)  # basis sid -> its row
    withdrawn: dict[Sid, tuple[int, Withdraw]] = field(default_factory=dict)
    documents: dict[Generation, Announced] = field(default_factory=dict)
    newest: dict[DocId, int] = field(default_factory=dict)
    keyed: dict[Generation, tuple[int, ...]] = field(default_factory=dict)  # epochs with a dk
    started: set[Generation] = field(default_factory=set)  # generations with content
    grants: list[Granted] = field(default_factory=list)
    versions: dict[SumId, Version] = field(default_factory=dict)
    chains: dict[Did, tuple[int, Eid]] = field(default_factory=dict)
    answers: list[Answered] = field(default_factory=list)
    act_until: int = 0  # end of the chair's newest `ack{act}`, in milliseconds
    at: int = 0  # log size at which the next question is judged
    gate: int = 0  # moves with every row that can change who may do what

    def fork(self) -> "RoomState":
        """Copy far enough that a batch can be tried without touching this state."""
        forked = copy(self)
        for name in _CONTAINERS:
            setattr(forked, name, copy(getattr(self, name)))
        return forked

    def __post_init__(self) -> None:
        """Begin at fh_0."""
        self.fhs.append(feed_start(net=self.net, case=self.case))

    # --- place -------------------------------------------------------------------------------

    @property
    def fh(self) -> RowHash:
        """Feed hash of the last row."""
        return self.fhs[-1]

    @property
    def head(self) -> FeedPoint:
        """The last row as statements and headers name it."""
        return (self.seq, self.fh)

    def require_feed_point(self, point: FeedPoint) -> None:
        """Demand that a named row is mine: EQUIVOCATION otherwise."""
        seq, fh = point
        if seq > self.seq or self.fhs[seq] != fh:
            raise Refused(Code.EQUIVOCATION)

    def require_log_head(self, head: LogHead, idn: int) -> None:
        """Demand that a named log head is in my id log, and not beyond the row's own."""
        if head.n > idn or self.log_root(head.n) != head.r:
            raise Refused(Code.EQUIVOCATION)

    def take(self, row: Row, *, gate: bool) -> None:
        """Move on by one row, whatever it says; unknown and refused rows count too."""
        self.seq, self.idn = row.seq, row.idn
        self.fhs.append(row.fh)
        self.idns.append(row.idn)
        self.ids[row.id] = row.seq
        self.gate += gate

    # --- roster ------------------------------------------------------------------------------

    @property
    def current(self) -> RosterEntry | None:
        """The newest accepted roster."""
        return self.rosters[-1] if self.rosters else None

    @property
    def roster(self) -> Roster:
        """The newest accepted roster; WRONG_PLACE before the first."""
        if not self.rosters:
            raise Refused(Code.WRONG_PLACE)
        return self.rosters[-1].body

    @property
    def epoch(self) -> int:
        """Number of the current roster; -1 before the first."""
        return self.rosters[-1].body.n if self.rosters else -1

    @property
    def hosts(self) -> frozenset[Aid]:
        """The host agency, that of the creator; none before the first roster."""
        return frozenset(entry.signer.aid for entry in self.rosters[:1])

    @property
    def closed(self) -> bool:
        """Tell whether the room was closed."""
        return any(entry.body.why is Why.CLOSE for entry in self.rosters)

    def member(self, person: Person) -> MemberRow | None:
        """The roster row of a person, compared as (wid, ik)."""
        row = self.roster.rows.get(person[0]) if self.rosters else None
        return row if row is not None and row.ik == person[1] else None

    def members(self) -> Iterable[MemberRow]:
        """Rows of members, without guests."""
        return (row for row in self.roster.mem if row.role is not RosterRole.GUEST)

    def was_member(self, wid: Wid) -> bool:
        """Tell whether any roster ever named this worker."""
        return any(wid in entry.body.rows for entry in self.rosters)

    def is_live(self, row: MemberRow, n: int) -> bool:
        """Tell whether the person of a row is in force at log size `n`."""
        return self.directory.is_live(row.person, n)

    def chairs(self, n: int) -> frozenset[Wid]:
        """Chair and every live acting chair: who may run sittings and items."""
        rows = self.roster.rows
        named = (wid for wid in (self.roster.chair, *self.roster.act) if wid in rows)
        return frozenset(wid for wid in named if self.is_live(rows[wid], n))

    def holder_of_powers(self, n: int) -> Person | None:
        """Who holds the chair's powers over the roster besides the chair herself, if anybody.

        While `chair` names no row the first live act holds them; otherwise only while the
        chair's newest `ack{act}` runs.
        """
        rows = self.roster.rows
        vacant = self.roster.chair not in rows
        if not vacant and self.directory.time(n) >= self.act_until:
            return None
        live = (rows[wid].person for wid in self.roster.act if self.is_live(rows[wid], n))
        return next(live, None)

    # --- seats -------------------------------------------------------------------------------

    def has_accepted(self, person: Person) -> bool:
        """Tell whether this person accepted a seat in this feed."""
        return any(
            answer.person == person and answer.body.ans is SeatAnswer.ACCEPT
            for answer in self.answers
        )

    def heed_ack(self, ack: Ack, signer: Signer) -> None:
        """Let acting chairs act until the instant the chair named."""
        row = self.roster.rows.get(self.roster.chair)
        by_chair = row is not None and row.person == signer.person
        if ack.kind is AckKind.ACT and ack.until is not None and by_chair:
            self.act_until = ack.until

    def enter(self, entry: RosterEntry) -> None:
        """Take an accepted roster; a new chair has not let anybody act yet."""
        if self.rosters and entry.body.chair != self.roster.chair:
            self.act_until = 0
        self.rosters.append(entry)

    # --- documents ---------------------------------------------------------------------------

    def document_of(self, cls: DocClass) -> Announced | None:
        """The room's one document of a class, in its newest generation."""
        found = (a for a in self.documents.values() if a.body.cls is cls)
        first = next(found, None)
        return None if first is None else self.latest(first.body.doc)

    def latest(self, doc: DocId) -> Announced:
        """Newest generation of a document; UNKNOWN_ID for an unknown one."""
        if doc not in self.newest:
            raise Refused(Code.UNKNOWN_ID)
        return self.documents[doc, self.newest[doc]]

    def basis_of(self, sid: Sid) -> Basis:
        """The basis behind a sid that stands in the id log; NO_BASIS otherwise."""
        logged = self.directory.logged.get(sid)
        body = logged.statement.body if logged else None
        if not isinstance(body, Basis) or body.case != self.case:
            raise Refused(Code.NO_BASIS)
        return body


_CONTAINERS = tuple(f.name for f in fields(RoomState) if f.default_factory is not MISSING)
