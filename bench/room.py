"""A room for measuring: everybody in the roster, one section for each sender."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.people import Member, Town, local
from crypto import aead, entropy
from protocol import bundle, codec, envelope, keys
from protocol.derived import case_id, feed_start
from protocol.headers import DkHeader, DkText, SumHeader, SumText
from protocol.ids import Blob, CaseId, Digest, DocId, Eid, Hash, Id, SubId, SumId
from protocol.leaf import Leaf
from protocol.payloads import (
    Basis,
    FeedPoint,
    MemberRow,
    Policy,
    Receipt,
    Roster,
    Scope,
    Sect,
)
from protocol.shapes import as_set
from protocol.statement import Statement, compose, parse, sign, to_dsse
from protocol.times import DAY, MINUTE
from protocol.vocabulary import BasisKind, DocClass, Provenance, RosterRole, Why
from protocol.wire import Done, Post, Receipted, ReserveCase, RowIn
from sdk.admin import public

SENDERS: Final = 8
PLAIN_SIZE: Final = 2048
_CATEGORIES: Final = ("c1", "c2", "c3", "c4", "c5", "c6")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A version ready to be posted: its id as frames name it, and the JSON text to send."""

    key: str
    text: str


@dataclass(kw_only=True)
class Sender:
    """A member with her own section; versions are sealed ahead, since their chain is known."""

    member: Member
    case: CaseId
    doc: DocId
    doc_key: bytes
    sm: SumId
    place: FeedPoint
    n: int
    eid: Eid
    ver: int = 0
    pv: Eid | None = None

    def seal(self, count: int) -> list[Sealed]:
        """Seal and sign the next versions of 2 KiB each."""
        return [self._next() for _ in range(count)]

    def _next(self) -> Sealed:
        header = SumHeader(
            c=self.case,
            e=0,
            d=self.doc,
            g=1,
            dev=self.member.certificate,
            n=self.n + 1,
            p=self.eid,
            f=self.place,
            t=local(),
            sm=self.sm,
            ver=self.ver + 1,
            pv=self.pv,
        )
        wire = envelope.seal(
            key=keys.body_key(self.doc_key, case=self.case, doc=self.doc, g=1),
            header=codec.encode(header),
            plaintext=_words(),
            nonce=entropy.system(aead.NONCE_SIZE),
            signer=self.member.dk,
        )
        eid = Eid(Hash(envelope.parse(wire).eid))
        self.n, self.ver, self.eid, self.pv = self.n + 1, self.ver + 1, eid, eid
        rows = (RowIn(form="env", bytes=Blob(wire)),)
        text = codec.encode(Post(case=self.case, rows=rows, bundles=())).decode()
        return Sealed(key=codec.b64u(eid), text=text)


def _words() -> bytes:
    """A plaintext of exactly 2 KiB."""
    empty = SumText(prov=Provenance.AGENCY, hid=False, title="測定", text="")
    fill = PLAIN_SIZE - len(codec.encode(empty))
    text = entropy.system(fill).hex()[:fill]
    return codec.encode(SumText(prov=Provenance.AGENCY, hid=False, title="測定", text=text))


# --- making a room -----------------------------------------------------------------------------


@dataclass(kw_only=True)
class Maker:
    """Makes one room over HTTP; `place` is the last row it knows of."""

    town: Town
    members: Sequence[Member]
    code: str

    def __post_init__(self) -> None:
        """Derive the case from its creator."""
        creator = self.members[0]
        self.nonce = Digest(Hash(entropy.system(Hash.SIZE)))
        self.net = self.town.council.net
        self.case = case_id(net=self.net, dk=public(creator.dk), nonce=self.nonce)
        self.sub = SubId(Id(entropy.system(Id.SIZE)))
        self.epoch_key = entropy.system(Hash.SIZE)
        self.place: FeedPoint | None = None

    async def make(self, senders: int = SENDERS) -> list[Sender]:
        """Reserve, log the basis, seat everybody, and announce a section for each sender."""
        await self._reserve()
        basis = await self._basis()
        await self._create(basis)
        return [await self._section(member) for member in self.members[:senders]]

    async def _as(self, member: Member, rows: Sequence[RowIn], *bundles: bytes) -> None:
        http = self.town.council.http
        http.token = member.token
        post = Post(case=self.case, rows=tuple(rows), bundles=tuple(Blob(b) for b in bundles))
        answer = await http.post(f"cases/{self.case.hex()}/post", post, Receipted)
        http.token = None
        body = parse(answer.rcpt).body
        assert isinstance(body, Receipt)  # noqa: S101 -- what every post is answered with
        assert body.seq is not None  # noqa: S101 -- rows have a place
        assert body.fh is not None  # noqa: S101 -- and a hash
        self.place = (body.seq, body.fh)

    async def _reserve(self) -> None:
        http = self.town.council.http
        http.token = self.members[0].token
        await http.post("cases/reserve", ReserveCase(case=self.case, code=self.code), Done)
        http.token = None

    async def _basis(self) -> Statement:
        council, creator = self.town.council, self.members[0]
        scope = Scope(ag=(self.town.aid,), cats=as_set(_CATEGORIES))
        body = Basis(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            case=self.case,
            prev=None,
            ver=1,
            kind=BasisKind.CONSENT,
            law="consent",
            kinds=("shien",),
            sub=self.sub,
            subc=Digest(Hash(entropy.system(Hash.SIZE))),
            scope=(scope,),
            purp=("advice",),
            prop=creator.wid,
            apr=None,
            evc=None,
            from_=council.iat().plus(-MINUTE),
            until=council.iat().plus(90 * DAY),
            rev=None,
        )
        made = await self.town.admit(body, creator.dk)
        await self._until_logged(made)
        return made

    async def _until_logged(self, made: Statement) -> None:
        """Wait for the leaf; the statement itself is shown to people of the case alone."""
        log = self.town.council.log
        while all(Leaf.parse(raw).sid != made.sid for raw in reversed(log.leaves)):
            await asyncio.sleep(0.05)
            await self.town.council.sync()

    def _head(self) -> FeedPoint:
        if self.place is not None:
            return self.place
        return (0, feed_start(net=self.net, case=self.case))

    def _signed(self, statement: Statement, member: Member) -> RowIn:
        return RowIn(form="stm", bytes=Blob(to_dsse(statement, [sign(statement, member.dk)])))

    async def _create(self, basis: Statement) -> None:
        creator = self.members[0]
        data = self._bundle()
        roster = compose(self._roster(basis, data))
        rows = [self._signed(basis, creator), self._signed(roster, creator)]
        await self._as(creator, rows, data)

    def _bundle(self) -> bytes:
        epoch = bundle.Epoch(net=self.net, case=self.case, n=0, prev=None)
        entries = [
            bundle.seal_epoch_key(
                self.epoch_key, epoch=epoch, sid=each.certificate, eg=0, ek=each.ek.public
            )
            for each in self.members
        ]
        return bundle.encode(case=self.case, n=0, entries=entries)

    def _roster(self, basis: Statement, data: bytes) -> Roster:
        council, creator = self.town.council, self.members[0]
        rows = [
            MemberRow(wid=m.wid, ik=public(m.ik), role=RosterRole.MEMBER, from_=0, until=None)
            for m in self.members
        ]
        return Roster(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            case=self.case,
            n=0,
            prev=None,
            nonce=self.nonce,
            chair=creator.wid,
            act=(),
            mem=tuple(sorted(rows, key=lambda row: row.wid)),
            basis=(basis.sid,),
            pol=Policy(rot=30, wait=48, hold=None, keep="case-5y"),
            kc=keys.epoch_commitment(self.epoch_key, case=self.case, n=0),
            bun=bundle.bundle_hash(data),
            lh=council.log.head(),
            fd=self._head(),
            void=(),
            why=Why.CREATE,
        )

    async def _section(self, member: Member) -> Sender:
        doc, doc_key = DocId(Id(entropy.system(Id.SIZE))), entropy.system(Hash.SIZE)
        sect = compose(self._sect(doc, doc_key))
        wire = self._document_key(member, doc, doc_key)
        rows = [self._signed(sect, member), RowIn(form="env", bytes=Blob(wire))]
        await self._as(member, rows)
        return Sender(
            member=member,
            case=self.case,
            doc=doc,
            doc_key=doc_key,
            sm=SumId(Id(entropy.system(Id.SIZE))),
            place=self._head(),
            n=1,
            eid=Eid(Hash(envelope.parse(wire).eid)),
        )

    def _sect(self, doc: DocId, doc_key: bytes) -> Sect:
        council = self.town.council
        return Sect(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            case=self.case,
            fd=self._head(),
            doc=doc,
            g=1,
            cls=DocClass.SECTION,
            item=None,
            sub=self.sub,
            cats=("c1",),
            aud=None,
            cy=1,
            dc=keys.doc_commitment(doc_key, case=self.case, doc=doc, g=1),
        )

    def _document_key(self, member: Member, doc: DocId, doc_key: bytes) -> bytes:
        header = DkHeader(
            c=self.case,
            e=0,
            d=doc,
            g=1,
            dev=member.certificate,
            n=1,
            p=None,
            f=self._head(),
            t=local(),
        )
        return envelope.seal(
            key=keys.wrap_key(self.epoch_key, case=self.case, n=0),
            header=codec.encode(header),
            plaintext=codec.encode(DkText(doc=doc, g=1, D=Hash(doc_key))),
            nonce=entropy.system(aead.NONCE_SIZE),
            signer=member.dk,
        )
