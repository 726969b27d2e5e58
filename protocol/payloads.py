"""Payloads of every statement type built in v1 (protocol, table of section 5.2).

Field order is the order of the wire examples; keys named with `?` in the paper may be
absent (`UNSET`), keys with `|null` may be null, all others are always present.
"""

from typing import Annotated, Literal

import msgspec

from crypto.errors import Code, Refused
from protocol.ids import (
    Aid,
    Blob,
    CaseId,
    Did,
    Digest,
    DocId,
    Id,
    InvId,
    ItemId,
    Key,
    LinkId,
    NetId,
    Nonce,
    RowHash,
    Sid,
    SitId,
    SubId,
    Wid,
)
from protocol.shapes import (
    HEX_ID,
    MAX_U32,
    U32,
    U53,
    UNSET,
    Bit,
    Closed,
    CodeText,
    Count,
    Text,
    Unset,
    require,
    require_distinct,
    require_set,
)
from protocol.times import Instant
from protocol.vocabulary import (
    AckKind,
    AgencyForm,
    AgencyKind,
    BasisKind,
    Cap,
    Decline,
    DocClass,
    GrantWhat,
    RevokeWhat,
    RevokeWhy,
    RosterRole,
    SeatAnswer,
    Why,
)

Extra = dict[str, msgspec.Raw]


class Base(Closed, frozen=True, kw_only=True):
    """What every payload carries; `net` is absent only in the first root."""

    v: Literal[1] = 1
    typ: str
    net: NetId
    nce: Nonce
    iat: Instant


class KeySet(Closed, frozen=True, kw_only=True):
    """`t` of these keys must sign."""

    keys: tuple[Key, ...]
    t: Count

    def __post_init__(self) -> None:
        """Keys form a set, and the threshold can be reached."""
        require_set(self.keys)
        require(holds=self.t <= len(self.keys))


class LogKeys(Closed, frozen=True, kw_only=True):
    """Origin and verifier keys of one log; a list, so that keys may overlap."""

    origin: Text
    vkeys: tuple[Text, ...]


class Logs(Closed, frozen=True, kw_only=True):
    """The two logs of a council."""

    id: LogKeys
    ops: LogKeys


class WitnessKey(Closed, frozen=True, kw_only=True):
    """A witness named in the root (none in v1)."""

    name: Text
    vkey: Text


class Root(Closed, frozen=True, kw_only=True):
    """The council's root of trust."""

    v: Literal[1] = 1
    typ: Literal["root"] = "root"
    net: NetId | Unset = UNSET
    nce: Nonce
    iat: Instant
    n: U32
    prev: Sid | None
    name: Text
    keys: tuple[Key, ...]
    t: Count
    sec: KeySet
    rel: KeySet | None
    origin: Text
    srv: tuple[Key, ...]
    logs: Logs
    wit: tuple[WitnessKey, ...]
    wt: U32
    req: U32
    exp: Instant
    x: Extra | Unset = UNSET

    def __post_init__(self) -> None:
        """Root 0 has neither net nor prev, every later one has both."""
        require_set(self.keys)
        require_set(self.srv)
        require(holds=self.t <= len(self.keys))
        first = self.n == 0
        require(holds=(self.prev is None) == first and (self.net is UNSET) == first)


class Agency(Base, frozen=True, kw_only=True):
    """An agency and the keys of its registrar."""

    typ: Literal["agency"] = "agency"
    aid: Aid
    name: Text
    kind: AgencyKind
    form: AgencyForm
    keys: tuple[Key, ...]
    t: Literal[1] = 1
    caps: tuple[Cap, ...]
    nbf: Instant
    exp: Instant
    prev: Sid | None
    x: Extra | Unset = UNSET

    def __post_init__(self) -> None:
        """Keys and capabilities are sets; someone can sign."""
        require_set(self.keys)
        require_set(self.caps)
        require(holds=bool(self.keys) and self.nbf < self.exp)


class Invite(Base, frozen=True, kw_only=True):
    """A single-use invitation; its secret never reaches the server."""

    typ: Literal["invite"] = "invite"
    inv: InvId
    aid: Aid
    wid: Wid | None
    caps: tuple[Cap, ...]
    exp: Instant
    am: Digest
    x: Extra | Unset = UNSET

    def __post_init__(self) -> None:
        """Capabilities are a set."""
        require_set(self.caps)


class Worker(Base, frozen=True, kw_only=True):
    """A person at an agency; the name is only committed to."""

    typ: Literal["worker"] = "worker"
    wid: Wid
    aid: Aid
    nh: Digest
    ik: Key
    caps: tuple[Cap, ...]
    gen: U32
    inv: InvId | None
    nbf: Instant
    exp: Instant
    prev: Sid | None
    x: Extra | Unset = UNSET

    def __post_init__(self) -> None:
        """Capabilities are a set and the certificate has a life."""
        require_set(self.caps)
        require(holds=self.nbf < self.exp)


class Device(Base, frozen=True, kw_only=True):
    """A device key of a worker; `ek` travels beside and hashes to `ekh`."""

    typ: Literal["device"] = "device"
    did: Did
    wid: Wid
    ik: Key
    dk: Key
    ekh: Digest
    eg: U32
    kem: Literal[25722] = 25722
    sig: Literal["ed25519"] = "ed25519"
    nbf: Instant
    exp: Instant
    prev: Sid | None
    x: Extra | Unset = UNSET

    def __post_init__(self) -> None:
        """A person's key is never a device's key; the certificate has a life."""
        require(holds=self.ik != self.dk and self.nbf < self.exp)


class Revoke(Base, frozen=True, kw_only=True):
    """The end of a certificate's whole chain, or of an unused invitation."""

    typ: Literal["revoke"] = "revoke"
    what: RevokeWhat
    id: Sid
    why: RevokeWhy
    since: U53 | None
    x: Extra | Unset = UNSET

    def __post_init__(self) -> None:
        """Only a device's revocation reaches back."""
        require(holds=self.since is None or self.what is RevokeWhat.DEVICE)


class Pledge(Base, frozen=True, kw_only=True):
    """誓約書: of a person, or of the agency when `wid` is null."""

    typ: Literal["pledge"] = "pledge"
    aid: Aid
    wid: Wid | None
    text: Digest
    ver: Count
    until: Instant
    x: Extra | Unset = UNSET


class Release(Base, frozen=True, kw_only=True):
    """A build of the browser client that its makers stand for."""

    typ: Literal["release"] = "release"
    app: Literal["web"]
    ver: Text
    manifest: Digest
    x: Extra | Unset = UNSET


class Scope(Closed, frozen=True, kw_only=True):
    """Recipients named one by one, with the categories they may read."""

    ag: tuple[Aid, ...]
    cats: tuple[CodeText, ...]

    def __post_init__(self) -> None:
        """Both are non-empty sets."""
        require_set(self.ag)
        require_set(self.cats)
        require(holds=bool(self.ag) and bool(self.cats))


class Basis(Base, frozen=True, kw_only=True):
    """Legal basis for one subject of one case."""

    typ: Literal["basis"] = "basis"
    case: CaseId
    prev: Sid | None
    ver: Count
    kind: BasisKind
    law: CodeText
    kinds: tuple[CodeText, ...]
    sub: SubId
    subc: Digest
    scope: tuple[Scope, ...]
    purp: tuple[CodeText, ...]
    prop: Wid
    apr: Wid | None
    evc: Digest | None
    from_: Instant = msgspec.field(name="from")
    until: Instant
    rev: Instant | None
    x: Extra | Unset = UNSET

    def __post_init__(self) -> None:
        """Consent has no approver; a decision has another one and a review date."""
        require_set(self.kinds)
        require_set(self.purp)
        law = self.kind is BasisKind.LAW
        require(holds=bool(self.scope) and bool(self.kinds) and self.from_ < self.until)
        require(holds=(self.apr is not None) == law and (not law or self.rev is not None))
        require(holds=(self.prev is None) == (self.ver == 1))


class Withdraw(Base, frozen=True, kw_only=True):
    """同意の撤回, whole or by agencies and categories; it only takes away."""

    typ: Literal["withdraw"] = "withdraw"
    case: CaseId
    basis: Sid
    ag: tuple[Aid, ...] | None
    cats: tuple[CodeText, ...] | None
    x: Extra | Unset = UNSET

    def __post_init__(self) -> None:
        """Both are sets where given."""
        require_set(self.ag or ())
        require_set(self.cats or ())


class Person(Closed, frozen=True, kw_only=True):
    """A person as rosters compare her: id and identity key together."""

    wid: Wid
    ik: Key


class Handover(Base, frozen=True, kw_only=True):
    """The chair hands the room to a named successor, for a time."""

    typ: Literal["handover"] = "handover"
    case: CaseId | None
    to: Person
    from_: Instant = msgspec.field(name="from")
    until: Instant
    x: Extra | Unset = UNSET


class MemberRow(Closed, frozen=True, kw_only=True):
    """One row of a roster; `from` is the roster number of entry."""

    wid: Wid
    ik: Key
    role: RosterRole
    from_: U32 = msgspec.field(name="from")
    until: Instant | None

    def __post_init__(self) -> None:
        """Guests have an end, members do not."""
        require(holds=(self.until is not None) == (self.role is RosterRole.GUEST))

    @property
    def person(self) -> tuple[Wid, Key]:
        """Who this row is about."""
        return (self.wid, self.ik)


class Policy(Closed, frozen=True, kw_only=True):
    """Policy of a room; it never changes."""

    rot: Annotated[int, msgspec.Meta(ge=1, le=90)]
    wait: Annotated[int, msgspec.Meta(ge=24, le=72)]
    hold: CodeText | None
    keep: CodeText


class LogHead(Closed, frozen=True, kw_only=True):
    """Size and root of the newest id checkpoint the author had verified."""

    n: U53
    r: Digest


class Origin(Closed, frozen=True, kw_only=True):
    """The room that this one continues."""

    case: CaseId
    sid: Sid
    seq: U53
    fh: RowHash


FeedPoint = tuple[U53, RowHash]


class Roster(Base, frozen=True, kw_only=True):
    """Who may hold the room's keys from now on; epoch number = roster number."""

    typ: Literal["roster"] = "roster"
    case: CaseId
    n: U32
    prev: Sid | None
    nonce: Digest | Unset = UNSET
    from_: Origin | Unset = msgspec.field(name="from", default=UNSET)
    chair: Wid
    act: tuple[Wid, ...]
    mem: tuple[MemberRow, ...]
    basis: tuple[Sid, ...]
    pol: Policy
    kc: Digest
    bun: Digest
    lh: LogHead
    fd: FeedPoint
    void: tuple[Sid, ...]
    why: Why
    ref: Sid | Unset = UNSET
    x: Extra | Unset = UNSET

    def __post_init__(self) -> None:
        """Sets are sorted, the first roster alone has a nonce and no predecessor."""
        require_distinct(self.act)
        require_set([row.wid for row in self.mem])
        require_set(self.basis)
        require_set(self.void)
        first = self.n == 0
        require(holds=(self.nonce is not UNSET) == first and (self.prev is None) == first)

    @property
    def rows(self) -> dict[Wid, MemberRow]:
        """Rows by worker."""
        return {row.wid: row for row in self.mem}


class Audience(Closed, frozen=True, kw_only=True):
    """A person is in it if her wid is in `w` or her agency in `ag`."""

    ag: tuple[Aid, ...]
    w: tuple[Wid, ...]

    def __post_init__(self) -> None:
        """Both are sets, at most 64 names in all, at least one."""
        require_set(self.ag)
        require_set(self.w)
        require(holds=1 <= len(self.ag) + len(self.w) <= 64)  # noqa: PLR2004 -- section 5.10


class Sect(Base, frozen=True, kw_only=True):
    """Announces generation `g` of a document and fixes who it is for."""

    typ: Literal["sect"] = "sect"
    case: CaseId
    fd: FeedPoint
    doc: DocId
    g: Count
    cls: DocClass
    item: ItemId | None
    sub: SubId | None
    cats: tuple[CodeText, ...]
    aud: Audience | None
    cy: Bit
    dc: Digest
    x: Extra | Unset = UNSET

    def __post_init__(self) -> None:
        """Class and subject decide which other fields may be used (section 5.10)."""
        require_set(self.cats)
        whole = self.cls in {DocClass.AGENDA, DocClass.BOARD, DocClass.ITEM}
        bare = self.sub is None and not self.cats
        require(holds=not whole or (bare and self.aud is None and self.cy == 1))
        require(holds=self.cls is not DocClass.CARD or bare)
        require(holds=self.cls is not DocClass.EVIDENCE or (self.sub is not None and not self.cats))
        require(holds=self.cls is not DocClass.SECTION or bool(self.cats) == (self.sub is not None))
        require(holds=self.item is not None or self.cls is not DocClass.ITEM)


def _document_generation(pair: tuple[str | int, ...]) -> tuple[DocId, int]:
    match pair:
        case (str(doc), int(g)) if HEX_ID.fullmatch(doc) and 1 <= g <= MAX_U32:
            return DocId(Id(bytes.fromhex(doc))), g
        case _:
            raise Refused(Code.BAD_J1)


def _epoch_number(pair: tuple[str | int, ...]) -> int:
    match pair:
        case (int(n),) if 0 <= n <= MAX_U32:
            return n
        case _:
            raise Refused(Code.BAD_J1)


class Grant(Base, frozen=True, kw_only=True):
    """Keys of documents, or of epochs, sealed to one device."""

    typ: Literal["grant"] = "grant"
    case: CaseId
    fd: FeedPoint
    lh: LogHead
    n: U32
    by: Sid
    to: Sid
    eg: U32
    what: GrantWhat
    ids: tuple[tuple[str | int, ...], ...]
    ct: Blob
    x: Extra | Unset = UNSET

    def __post_init__(self) -> None:
        """`docs` names [doc, g] pairs, `epoch` names [n]; 1 to 64 of them, none twice."""
        names: tuple[object, ...] = self.docs or self.epochs
        require(holds=1 <= len(names) <= 64)  # noqa: PLR2004 -- section 5.12
        require(holds=len(set(names)) == len(self.ids))

    @property
    def docs(self) -> tuple[tuple[DocId, int], ...]:
        """Document generations whose keys this carries; empty for `epoch`."""
        if self.what is GrantWhat.EPOCH:
            return ()
        return tuple(_document_generation(pair) for pair in self.ids)

    @property
    def epochs(self) -> tuple[int, ...]:
        """Epoch numbers whose keys this carries; empty for `docs`."""
        if self.what is GrantWhat.DOCS:
            return ()
        return tuple(_epoch_number(pair) for pair in self.ids)


class Seat(Base, frozen=True, kw_only=True):
    """An invited worker's own answer."""

    typ: Literal["seat"] = "seat"
    case: CaseId
    sit: SitId
    wid: Wid
    ans: SeatAnswer
    to: Wid | None
    why: Decline | None
    x: Extra | Unset = UNSET

    def __post_init__(self) -> None:
        """Delegating names a colleague, declining a reason."""
        require(holds=(self.to is not None) == (self.ans is SeatAnswer.DELEGATE))
        require(holds=(self.why is not None) == (self.ans is SeatAnswer.DECLINE))


class Meet(Base, frozen=True, kw_only=True):
    """What a member's device holds to be true; its digits are read aloud."""

    typ: Literal["meet"] = "meet"
    case: CaseId
    ros: Sid
    seq: U53
    fh: RowHash
    idn: U53
    lh: LogHead
    x: Extra | Unset = UNSET


class Ack(Base, frozen=True, kw_only=True):
    """An acknowledgement; `act` lets acting chairs act, `bad-bundle` reports a bundle."""

    typ: Literal["ack"] = "ack"
    case: CaseId
    fd: FeedPoint
    kind: AckKind
    what: Sid | None
    n: U32 | None
    until: Instant | None
    x: Extra | Unset = UNSET

    def __post_init__(self) -> None:
        """Each kind fills exactly its own field."""
        act, bad = self.kind is AckKind.ACT, self.kind is AckKind.BAD_BUNDLE
        require(holds=(self.until is not None) == act and (self.n is not None) == bad)
        require(holds=(self.what is None) == (act or bad))


class LeafHashes(Closed, frozen=True, kw_only=True):
    """Leaf hashes of a submission's entries in both logs."""

    id: tuple[Digest, ...]
    ops: tuple[Digest, ...]


class Receipt(Base, frozen=True, kw_only=True):
    """The server's signed promise for one committed submission."""

    typ: Literal["rcpt"] = "rcpt"
    case: CaseId | None
    seq: U53 | None
    ids: tuple[Digest, ...]
    fh: RowHash | None
    idn: U53
    leaves: LeafHashes
    mmd: Literal[60] = 60
    x: Extra | Unset = UNSET


class Head(Base, frozen=True, kw_only=True):
    """The server's signed word on where a room and the identity log stand."""

    typ: Literal["head"] = "head"
    case: CaseId | None
    seq: U53 | None
    fh: RowHash | None
    idn: U53
    x: Extra | Unset = UNSET


class Join(Base, frozen=True, kw_only=True):
    """A joiner asks for her certificate, under a mac the server cannot make."""

    typ: Literal["join"] = "join"
    inv: InvId
    wid: Wid
    root: Sid
    ik: Key
    dk: Key
    ek: Blob
    caps: tuple[Cap, ...]
    x: Extra | Unset = UNSET

    def __post_init__(self) -> None:
        """Capabilities are a set."""
        require_set(self.caps)


class Link(Base, frozen=True, kw_only=True):
    """A further device asks its sibling for a certificate."""

    typ: Literal["link"] = "link"
    lid: LinkId
    wid: Wid
    dk: Key
    ek: Blob
    x: Extra | Unset = UNSET


Payload = (
    Root
    | Agency
    | Invite
    | Worker
    | Device
    | Revoke
    | Pledge
    | Release
    | Basis
    | Withdraw
    | Handover
    | Roster
    | Sect
    | Grant
    | Seat
    | Meet
    | Ack
    | Receipt
    | Head
    | Join
    | Link
)

PAYLOADS: dict[str, type[Payload]] = {
    "root": Root,
    "agency": Agency,
    "invite": Invite,
    "worker": Worker,
    "device": Device,
    "revoke": Revoke,
    "pledge": Pledge,
    "release": Release,
    "basis": Basis,
    "withdraw": Withdraw,
    "handover": Handover,
    "roster": Roster,
    "sect": Sect,
    "grant": Grant,
    "seat": Seat,
    "meet": Meet,
    "ack": Ack,
    "rcpt": Receipt,
    "head": Head,
    "join": Join,
    "link": Link,
}

LEAF_KINDS: dict[str, int] = {
    "root": 1,
    "agency": 2,
    "worker": 3,
    "device": 4,
    "devek": 5,
    "revoke": 6,
    "invite": 7,
    "pledge": 8,
    "basis": 9,
    "withdraw": 10,
    "handover": 11,
    "takeover": 12,
    "cosign": 13,
    "suspend": 14,
    "unwitnessed": 15,
    "holders": 16,
    "release": 17,
}
"""Numbers of identity-log leaves; 0 is a `beat`."""

FEED_TYPES = frozenset({"basis", "withdraw", "roster", "sect", "grant", "seat", "meet", "ack"})
"""Statement types that stand in a room's feed."""
