"""One room of the small council: it signs what it is asked to, and folds it as the next row."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from msgspec import Raw

from conference.content import Content, Sealed, parse_full, row_id
from conference.fold import Live, Room, fold
from consent.register import load
from crypto.errors import Code
from crypto.hashing import sha256
from crypto.sealing import OVERHEAD
from crypto.signing import SigningKey
from protocol import envelope, keys
from protocol import statement as statements
from protocol.codec import encode
from protocol.derived import case_id
from protocol.feed import Row, feed_hash
from protocol.headers import DkHeader, EvHeader, Header, NoteHeader, OpHeader, SumHeader
from protocol.ids import (
    Blob,
    CaseId,
    Did,
    Digest,
    Eid,
    Hash,
    Sid,
    SumId,
    Wid,
)
from protocol.ops import OPS, Facts
from protocol.payloads import (
    Ack,
    Audience,
    Basis,
    Grant,
    Handover,
    Meet,
    MemberRow,
    Payload,
    Person,
    Roster,
    Scope,
    Seat,
    Sect,
    Withdraw,
)
from protocol.room import RoomState
from protocol.shapes import UNSET, as_set
from protocol.statement import Statement, signature_hash
from protocol.times import DAY, Instant
from protocol.vocabulary import (
    AckKind,
    BasisKind,
    Decline,
    DocClass,
    Duty,
    GrantWhat,
    RosterRole,
    SeatAnswer,
    Why,
)
from tests.world import (
    ALL,
    MADE,
    POLICY,
    START,
    Dev,
    Staff,
    World,
    aid_of,
    doc_key,
    doc_of,
    epoch_key,
    hash32,
    id16,
    item_of,
    public,
    scope,
    sit_of,
    sub_of,
)

Fields = dict[str, Any]
AnyHeader = DkHeader | SumHeader | NoteHeader | EvHeader | OpHeader


def fields_of(place: Header) -> Fields:
    """The common fields of a header, but for its kind."""
    names = ("c", "e", "d", "g", "dev", "n", "p", "f", "t")
    return {name: getattr(place, name) for name in names}


def by_wid(rows: Iterable[MemberRow]) -> tuple[MemberRow, ...]:
    """Sort rows as rosters hold them."""
    return tuple(sorted(rows, key=lambda row: row.wid))


@dataclass(kw_only=True)
class Case:
    """One room: what its people sign next goes into the next row."""

    world: World
    creator: Staff
    label: str = "K-104"
    room: Room = field(init=False)
    nonce: Digest = field(init=False)
    case: CaseId = field(init=False)
    rows: list[tuple[Row, Content | None, str, bytes]] = field(init=False)
    counters: dict[Did, tuple[int, Eid | None]] = field(init=False)
    live: Live | None = None

    def __post_init__(self) -> None:
        """Derive the case and begin at row 0."""
        self.nonce = Digest(hash32(f"nonce of {self.label}"))
        self.case = case_id(net=self.world.net, dk=public(self.creator.dk), nonce=self.nonce)
        self.rows, self.counters = [], {}
        self.room = self.blank()

    def blank(self) -> Room:
        """An empty room of this case."""
        state = RoomState(
            net=self.world.net,
            case=self.case,
            directory=self.world.directory,
            log_root=self.world.log_root,
        )
        return Room(state=state, register=load())

    @property
    def state(self) -> RoomState:
        """The folded state."""
        return self.room.state

    # --- rows ----------------------------------------------------------------------------

    def next_row(self, content: Content, *, sg: Hash, idn: int | None = None) -> Row:
        """The row a content would get now."""
        size = self.world.size if idn is None else idn
        seq, ident = self.state.seq + 1, row_id(content)
        fh = feed_hash(before=self.state.fh, seq=seq, row_id=ident, sg=sg, idn=size)
        return Row(seq=seq, id=ident, sg=sg, idn=size, fh=fh)

    def statement_row(self, statement: Statement, *, idn: int | None = None) -> Row:
        """The row of a statement as it was signed."""
        claimed = MADE[statement.sid, tuple(h.sig for h in statement.signatures)]
        return self.next_row(statement, sg=signature_hash(claimed), idn=idn)

    def post(self, statement: Statement, *, idn: int | None = None) -> Code | None:
        """Fold a statement as the next row; its code if it is refused."""
        row = self.statement_row(statement, idn=idn)
        claimed = MADE[statement.sid, tuple(h.sig for h in statement.signatures)]
        data = statements.to_dsse(statement, claimed)
        return self.fold(row, statement, form="stm", data=data)

    def fold(self, row: Row, content: Content | None, *, form: str, data: bytes) -> Code | None:
        """Fold a row as it is."""
        self.world.tick()
        self.rows.append((row, content, form, data))
        return fold(self.room, row, content, live=self.live)

    def replay(self, views: dict[int, Content | None] | None = None) -> Room:
        """Fold all rows again into an empty room, some of them in another view."""
        room, seen = self.blank(), views or {}
        for row, content, _, _ in self.rows:
            fold(room, row, seen.get(row.seq, content))
        return room

    def sign(self, body: Payload, *signers: SigningKey) -> Statement:
        """Sign a payload."""
        return self.world.sign(body, *signers)

    # --- bases ---------------------------------------------------------------------------

    def basis_body(  # noqa: PLR0913 -- one argument for each thing a story varies
        self,
        by: Staff,
        *,
        sub: str = "mother",
        names: tuple[Scope, ...] | None = None,
        approver: Staff | None = None,
        law: str = "consent",
        prev: Statement | None = None,
        start: int = 0,
        life: int = 90 * DAY,
        review: int | None = None,
        kinds: tuple[str, ...] = ("shien",),
    ) -> Basis:
        """A basis for a subject: consent, or law with an approver."""
        base = self.world.base()
        before = prev.body if prev is not None else None
        assert before is None or isinstance(before, Basis)
        return Basis(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            case=self.case,
            prev=None if prev is None else prev.sid,
            ver=1 if before is None else before.ver + 1,
            kind=BasisKind.CONSENT if approver is None else BasisKind.LAW,
            law=law,
            kinds=as_set(kinds),
            sub=sub_of(sub),
            subc=Digest(hash32(f"subc {sub}")),
            scope=names or scope((("A01", "A02", "A03", "A05", "A06", "A11", "A12"), ALL)),
            purp=("advice",),
            prop=by.wid,
            apr=None if approver is None else approver.wid,
            evc=None,
            from_=START.plus(start),
            until=START.plus(life),
            rev=None if review is None else START.plus(review),
        )

    def basis(self, body: Basis, *signers: Staff, row: bool = True) -> Statement:
        """Log a basis and, unless told otherwise, post its row."""
        logged = self.world.log(body, *(person.dk for person in signers))
        if row:
            assert self.post(logged) is None
        return logged

    def consent(self, by: Staff | None = None, *, sub: str = "mother") -> Statement:
        """Log and post a consent that covers every agency of the stories but A09."""
        person = by or self.creator
        return self.basis(self.basis_body(person, sub=sub), person)

    def withdraw(
        self,
        basis: Statement,
        by: Staff,
        *,
        ag: tuple[str, ...] | None = None,
        cats: tuple[str, ...] | None = None,
    ) -> Code | None:
        """Withdraw: the row first, then the leaf, as one transaction writes them."""
        statement = self.sign(self.withdraw_body(basis, ag=ag, cats=cats), by.dk)
        code = self.post(statement)
        self.world.append(statement)
        return code

    def withdraw_body(
        self,
        basis: Statement,
        *,
        ag: tuple[str, ...] | None = None,
        cats: tuple[str, ...] | None = None,
    ) -> Withdraw:
        """A withdrawal by agency codes and categories."""
        base = self.world.base()
        return Withdraw(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            case=self.case,
            basis=basis.sid,
            ag=None if ag is None else as_set([aid_of(name) for name in ag]),
            cats=None if cats is None else as_set(cats),
        )

    # --- rosters -------------------------------------------------------------------------

    def row_of(
        self,
        person: Staff,
        *,
        role: RosterRole = RosterRole.MEMBER,
        n: int | None = None,
        until: Instant | None = None,
    ) -> MemberRow:
        """A roster row that enters with the next roster."""
        wid, ik = person.person
        entry = self.state.epoch + 1 if n is None else n
        return MemberRow(wid=wid, ik=ik, role=role, from_=entry, until=until)

    def create_body(
        self,
        members: Iterable[MemberRow],
        *bases: Statement,
        act: Iterable[Staff] = (),
        chair: Staff | None = None,
    ) -> Roster:
        """The first roster."""
        base = self.world.base()
        return Roster(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            case=self.case,
            n=0,
            prev=None,
            nonce=self.nonce,
            chair=(chair or self.creator).wid,
            act=tuple(person.wid for person in act),
            mem=by_wid(members),
            basis=as_set([basis.sid for basis in bases]),
            pol=POLICY,
            kc=keys.epoch_commitment(epoch_key(self.case, 0), case=self.case, n=0),
            bun=Digest(hash32("bundle 0")),
            lh=self.world.head(),
            fd=self.state.head,
            void=(),
            why=Why.CREATE,
        )

    def next_body(
        self,
        why: Why,
        *,
        mem: Iterable[MemberRow] | None = None,
        basis: Iterable[Sid] | None = None,
        act: Iterable[Wid] | None = None,
        chair: Wid | None = None,
        ref: Sid | None = None,
        lh: int | None = None,
    ) -> Roster:
        """The next roster: as the one before, but for what is given."""
        base, entry = self.world.base(), self.state.current
        assert entry is not None
        before, n = entry.body, entry.body.n + 1
        return Roster(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            case=self.case,
            n=n,
            prev=entry.sid,
            chair=before.chair if chair is None else chair,
            act=before.act if act is None else tuple(act),
            mem=before.mem if mem is None else by_wid(mem),
            basis=before.basis if basis is None else as_set(list(basis)),
            pol=before.pol,
            kc=keys.epoch_commitment(epoch_key(self.case, n), case=self.case, n=n),
            bun=Digest(hash32(f"bundle {n}")),
            lh=self.world.head(lh),
            fd=self.state.head,
            void=(),
            why=why,
            ref=UNSET if ref is None else ref,
        )

    def roster(self, body: Roster, by: Staff | SigningKey) -> Code | None:
        """Post a roster."""
        return self.post(self.sign(body, by.dk if isinstance(by, Staff) else by))

    def create(
        self, *members: Staff, bases: Iterable[Statement] = (), act: Iterable[Staff] = ()
    ) -> Code | None:
        """Create the room of the creator and these members."""
        rows = [self.row_of(person, n=0) for person in (self.creator, *members)]
        return self.roster(self.create_body(rows, *bases, act=act), self.creator)

    def add(self, *rows: MemberRow, by: Staff | None = None) -> Code | None:
        """Add rows by the chair."""
        body = self.next_body(Why.ADD, mem=(*self.state.roster.mem, *rows))
        return self.roster(body, by or self.creator)

    def without(self, *people: Staff) -> list[MemberRow]:
        """The rows but for some people's."""
        gone = {person.wid for person in people}
        return [row for row in self.state.roster.mem if row.wid not in gone]

    def rotate(self, by: Staff, *without: Staff) -> Code | None:
        """Rotate, leaving out whoever is to be pruned."""
        mem = self.without(*without)
        names = {row.wid for row in mem}
        act = [wid for wid in self.state.roster.act if wid in names]
        return self.roster(self.next_body(Why.ROTATE, mem=mem, act=act), by)

    def handover(
        self,
        by: Staff,
        to: Staff,
        *,
        case: CaseId | None = None,
        start: int = 0,
        life: int = 30 * DAY,
        code: Code | None = None,
    ) -> Statement:
        """Log a handover of the chair."""
        base, (wid, ik) = self.world.base(), to.person
        body = Handover(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            case=self.case if case is None else case,
            to=Person(wid=wid, ik=ik),
            from_=START.plus(start),
            until=START.plus(life),
        )
        return self.world.log(body, by.dk, code=code)

    # --- seats, acks, meets --------------------------------------------------------------

    def seat_body(
        self,
        person: Staff,
        *,
        sit: str = "1",
        ans: SeatAnswer = SeatAnswer.ACCEPT,
        to: Staff | None = None,
        why: Decline | None = None,
    ) -> Seat:
        """An answer to an invitation."""
        base = self.world.base()
        return Seat(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            case=self.case,
            sit=sit_of(sit),
            wid=person.wid,
            ans=ans,
            to=None if to is None else to.wid,
            why=why,
        )

    def invite(
        self, person: Staff, *, duty: Duty = Duty.MEMBER, sit: str = "1", late: int = 0
    ) -> Code | None:
        """Invite somebody by the chair."""
        return self.op(
            "seat.inv", self.creator, sit=sit_of(sit), wid=person.wid, duty=duty, late=late
        )

    def seat(self, person: Staff, *, sit: str = "1") -> Code | None:
        """Accept a seat."""
        return self.post(self.sign(self.seat_body(person, sit=sit), person.dk))

    def ack_body(
        self,
        kind: AckKind = AckKind.ACT,
        *,
        until: Instant | None = None,
        n: int | None = None,
        what: Sid | None = None,
    ) -> Ack:
        """An acknowledgement."""
        base = self.world.base()
        return Ack(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            case=self.case,
            fd=self.state.head,
            kind=kind,
            what=what,
            n=n,
            until=until,
        )

    def ack(self, by: Staff, until: Instant) -> Code | None:
        """Let acting chairs act."""
        return self.post(self.sign(self.ack_body(until=until), by.dk))

    def meet_body(self, *, seq: int | None = None, idn: int | None = None) -> Meet:
        """What everybody should see at a row, the last one by default."""
        base = self.world.base()
        at = self.state.seq if seq is None else seq
        held = [entry.sid for entry in self.state.rosters if entry.seq <= at]
        return Meet(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            case=self.case,
            ros=held[-1],
            seq=at,
            fh=self.state.fhs[at],
            idn=self.state.idns[at] if idn is None else idn,
            lh=self.world.head(),
        )

    # --- documents -----------------------------------------------------------------------

    def sect_body(  # noqa: PLR0913 -- one argument for each field of a sect
        self,
        name: str,
        cls: DocClass,
        *,
        g: int = 1,
        item: str | None = None,
        sub: str | None = None,
        cats: tuple[str, ...] = (),
        ag: tuple[str, ...] = (),
        w: tuple[Staff, ...] = (),
        cy: int = 1,
    ) -> Sect:
        """Announce a document generation; no audience given means everyone."""
        base, doc = self.world.base(), doc_of(name)
        few = (
            Audience(ag=as_set([aid_of(a) for a in ag]), w=as_set([p.wid for p in w]))
            if (ag or w)
            else None
        )
        return Sect(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            case=self.case,
            fd=self.state.head,
            doc=doc,
            g=g,
            cls=cls,
            item=None if item is None else item_of(item),
            sub=None if sub is None else sub_of(sub),
            cats=as_set(cats),
            aud=few,
            cy=cy,
            dc=keys.doc_commitment(doc_key(doc, g), case=self.case, doc=doc, g=g),
        )

    def sect(self, body: Sect, by: Staff) -> Code | None:
        """Post a sect."""
        return self.post(self.sign(body, by.dk))

    def announce(
        self,
        name: str,
        cls: DocClass,
        by: Staff,
        *,
        g: int = 1,
        item: str | None = None,
        sub: str | None = None,
        cats: tuple[str, ...] = (),
    ) -> None:
        """Announce a whole-roster document with its key."""
        body = self.sect_body(name, cls, g=g, item=item, sub=sub, cats=cats)
        assert self.sect(body, by) is None
        assert self.dk(name, by, g=g) is None

    def grant_body(
        self,
        by: Staff,
        to: Sid,
        *docs: tuple[str, int],
        epochs: tuple[int, ...] = (),
        eg: int = 0,
    ) -> Grant:
        """A grant of documents by name, or of epochs."""
        base, n = self.world.base(), self.state.epoch
        ids: tuple[tuple[str | int, ...], ...] = tuple((doc_of(d).hex(), g) for d, g in docs)
        ids = tuple((e,) for e in epochs) or ids
        return Grant(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            case=self.case,
            fd=self.state.head,
            lh=self.world.head(),
            n=n,
            by=by.dev.sid,
            to=to,
            eg=eg,
            what=GrantWhat.EPOCH if epochs else GrantWhat.DOCS,
            ids=ids,
            ct=Blob(bytes(OVERHEAD + 32 * len(ids))),
        )

    def grant(self, by: Staff, to: Sid, *docs: tuple[str, int]) -> Code | None:
        """Grant documents."""
        return self.post(self.sign(self.grant_body(by, to, *docs), by.dk))

    # --- content -------------------------------------------------------------------------

    def place(self, name: str, by: Staff, *, g: int = 1, dev: Dev | None = None) -> Header:
        """The fields every header begins with, at the author's own place in her chain."""
        device = dev or by.dev
        last, eid = self.counters.get(device.did, (0, None))
        return Header(
            c=self.case,
            e=max(self.state.epoch, 0),
            k="",
            d=doc_of(name),
            g=g,
            dev=device.sid,
            n=last + 1,
            p=eid,
            f=self.state.head,
            t=self.world.t,
        )

    def seal(self, header: AnyHeader, dk: SigningKey) -> Sealed:
        """Seal something under the key that a header asks for."""
        if isinstance(header, DkHeader):
            key = keys.wrap_key(epoch_key(self.case, header.e), case=self.case, n=header.e)
        else:
            found = doc_key(header.d, header.g)
            key = keys.body_key(found, case=self.case, doc=header.d, g=header.g)
        wire = envelope.seal(
            key=key,
            header=encode(header),
            plaintext=self.words(header),
            nonce=sha256(b"nonce" + header.dev + bytes([header.n]))[:24],
            signer=dk,
        )
        content = parse_full("env", wire)
        assert isinstance(content, Sealed)
        return content

    def words(self, header: AnyHeader) -> bytes:  # noqa: ARG002 -- a room with words asks it
        """What is sealed: nothing worth reading here."""
        return b"{}"

    def put(
        self,
        header: AnyHeader,
        by: Staff,
        *,
        dev: Dev | None = None,
        idn: int | None = None,
    ) -> Code | None:
        """Seal, sign and post; an accepted envelope moves its author's chain."""
        device = dev or by.dev
        sealed = self.seal(header, device.dk)
        sg = Hash(sealed.env.sg(device.dk.public))
        row = self.next_row(sealed, sg=sg, idn=idn)
        code = self.fold(row, sealed, form="env", data=sealed.env.wire())
        if code is None:
            self.counters[device.did] = (header.n, Eid(sealed.eid))
        return code

    def dk(self, name: str, by: Staff, *, g: int = 1) -> Code | None:
        """Post a document key under the epoch key."""
        return self.put(DkHeader(**fields_of(self.place(name, by, g=g))), by)

    def op(
        self, op: str, by: Staff, *, doc: str = "agenda", g: int | None = None, **facts: object
    ) -> Code | None:
        """Post an operation with its facts."""
        newest = self.state.newest.get(doc_of(doc), 1) if g is None else g
        make = cast("Callable[..., Facts]", OPS[op])
        place = fields_of(self.place(doc, by, g=newest))
        header = OpHeader(**place, op=op, m=Raw(encode(make(**facts))))
        return self.put(header, by)

    def note(self, name: str, by: Staff, *, g: int = 1, item: str | None = None) -> Code | None:
        """Post a note."""
        place = fields_of(self.place(name, by, g=g))
        header = NoteHeader(**place, item=None if item is None else item_of(item))
        return self.put(header, by)

    def summary(
        self,
        name: str,
        by: Staff,
        *,
        g: int = 1,
        ver: int = 1,
        pv: Eid | None = None,
    ) -> Code | None:
        """Post a version of a section; the summary's id follows from the document's name."""
        place = fields_of(self.place(name, by, g=g))
        sm = SumId(id16(f"summary {name}"))
        return self.put(SumHeader(**place, sm=sm, ver=ver, pv=pv), by)

    def evidence(self, name: str, by: Staff, *, sub: str = "mother", g: int = 1) -> Code | None:
        """Post evidence."""
        return self.put(EvHeader(**fields_of(self.place(name, by, g=g)), sub=sub_of(sub)), by)
