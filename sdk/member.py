"""What a member does in a room: meet, share, note, decide, withdraw (flows 15.2 to 15.6)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agenda.model import Item
from conference.actions import ActionFacts
from conference.board import BoardFacts
from crypto.errors import Code, Refused
from crypto.hashing import digits12
from protocol.certificates import Cert
from protocol.headers import EvText, NoteText, SumText
from protocol.ids import (
    Aid,
    DocId,
    Eid,
    Id,
    ItemId,
    Sid,
    SitId,
    SubId,
    SumId,
    Wid,
)
from protocol.may_write import Writing
from protocol.ops import DecRec, Facts, ItemOpen
from protocol.payloads import Ack, Audience, Device, Meet, Seat, Withdraw
from protocol.room import Generation
from protocol.shapes import as_set
from protocol.times import Instant
from protocol.vocabulary import AckKind, Decline, DocClass, SeatAnswer
from sdk import documents as docs
from sdk.documents import Plan
from sdk.draft import Draft
from sdk.opening import Words
from sdk.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A section as it was shared: its document, its summary, and who may read it."""

    doc: DocId
    sm: SumId
    audience: Audience | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Digits that a person reads aloud; her statement was compared in full with my room."""

    wid: Wid
    sid: Sid
    digits: str


class Member(Writer):
    """A person at work in one room."""

    def new_id(self) -> Id:
        """Draw the id of a sitting, item, row, action or decision."""
        return Id(self.room.session.council.entropy(Id.SIZE))

    # --- operations --------------------------------------------------------------------------

    async def act(self, *steps: tuple[Facts, Words]) -> tuple[Eid, ...]:
        """Do one or several things at once: facts in clear and signed, words sealed."""

        async def build(draft: Draft) -> tuple[Eid, ...]:
            made: list[Eid] = []
            for facts, words in steps:
                generation = await self.current(draft, _place(draft, facts))
                made.append(docs.operate(draft, generation, facts, words))
            return tuple(made)

        return await self.submit(build)

    async def open_item_of(self, it: ItemId) -> Eid:
        """Open an agenda item; the document for its text is made if there is none."""

        async def build(draft: Draft) -> Eid:
            if _find(draft, DocClass.ITEM, it) is None:
                await docs.announce(draft, Plan(cls=DocClass.ITEM, item=it, carried=True))
            facts = ItemOpen(it=it)
            generation = await self.current(draft, _place(draft, facts))
            return docs.operate(draft, generation, facts, {})

        return await self.submit(build)

    def items(self) -> Mapping[ItemId, Item]:
        """Agenda items as the signed headers have them."""
        return self.room.conference.items

    # --- documents ---------------------------------------------------------------------------

    async def share(self, plan: Plan, text: SumText, *, audience: Audience | None = None) -> Shared:
        """Share a section: with `audience`, else with everyone whom the gate lets read it."""
        sm = SumId(self.new_id())

        async def build(draft: Draft) -> Shared:
            chosen = audience or docs.audience_for(draft, plan)
            doc = await docs.announce(draft, replace(plan, aud=chosen))
            docs.summarise(draft, (doc, 1), sm, text)
            return Shared(doc=doc, sm=sm, audience=chosen)

        return await self.submit(build, writing=Writing.SHARE)

    async def revise(self, sm: SumId, text: SumText) -> Eid:
        """Write the next version of a section; under a fresh key where somebody lost it."""

        async def build(draft: Draft) -> Eid:
            newest = draft.state.versions.get(sm)
            if newest is None:
                raise Refused(Code.UNKNOWN_ID)
            generation = await self.current(draft, newest.generation[0])
            return docs.summarise(draft, generation, sm, text)

        return await self.submit(build)

    async def note(self, doc: DocId, text: NoteText) -> Eid:
        """Remark on a document, or in an item's text."""

        async def build(draft: Draft) -> Eid:
            return docs.remark(draft, await self.current(draft, doc), text)

        return await self.submit(build)

    async def testify(self, sub: SubId, text: EvText, *, readers: Audience | None) -> DocId:
        """Seal what opens a subject's commitments, for chair and act or for `readers`."""
        plan = Plan(cls=DocClass.EVIDENCE, sub=sub, aud=readers)

        async def build(draft: Draft) -> DocId:
            doc = await docs.announce(draft, plan)
            docs.testify(draft, (doc, 1), sub, text)
            return doc

        return await self.submit(build, writing=Writing.SHARE)

    async def carry(self, *wanted: DocId) -> None:
        """Put keys of whole documents under the current epoch, for those who came later."""

        async def build(draft: Draft) -> None:
            for doc in wanted:
                docs.issue(draft, draft.newest(doc))

        await self.submit(build, writing=Writing.SHARE)

    async def grant(self, wid: Wid, *generations: Generation) -> None:
        """Pass keys of documents to somebody of their audience."""

        async def build(draft: Draft) -> None:
            await docs.grant_person(draft, wid, generations)

        await self.submit(build, writing=Writing.SHARE)

    async def grant_sibling(self, device: Sid) -> None:
        """Pass all I hold in this room to another device of my own."""

        async def build(draft: Draft) -> None:
            cert = self._sibling(device)
            row = draft.state.roster.rows[draft.session.me.wid]
            epochs = {n: key for n, key in draft.epochs.items() if n >= row.from_}
            await docs.grant_sibling(draft, cert, epochs)
            granted = [
                generation
                for generation in draft.docs
                if draft.state.documents[generation].body.aud is not None
            ]
            if granted:
                await docs.grant_person(draft, draft.session.me.wid, granted)

        await self.submit(build, writing=Writing.SHARE)

    def _sibling(self, sid: Sid) -> Cert[Device]:
        session = self.room.session
        me = (session.me.wid, session.me.ik)
        found = self.room.state.directory.devices_of(me, session.council.log.size)
        cert = next((each for each in found if each.sid == sid), None)
        if cert is None:
            raise Refused(Code.UNKNOWN_ID)
        return cert

    # --- statements --------------------------------------------------------------------------

    async def answer(
        self,
        sit: SitId,
        *,
        ans: SeatAnswer,
        to: Wid | None = None,
        why: Decline | None = None,
    ) -> Sid:
        """Answer an invitation as somebody who is in the room already."""

        async def build(draft: Draft) -> Sid:
            council = draft.session.council
            body = Seat(
                net=council.net,
                nce=council.nonce(),
                iat=council.iat(),
                case=self.room.case,
                sit=sit,
                wid=draft.session.me.wid,
                ans=ans,
                to=to,
                why=why,
            )
            return draft.statement(body).sid

        return await self.submit(build, writing=Writing.FREE)

    async def withdraw(
        self, basis: Sid, *, agencies: set[Aid] | None, cats: set[str] | None
    ) -> Sid:
        """Record a withdrawal, whole or by agencies and categories; it only takes away."""

        async def build(draft: Draft) -> Sid:
            council = draft.session.council
            body = Withdraw(
                net=council.net,
                nce=council.nonce(),
                iat=council.iat(),
                case=self.room.case,
                basis=basis,
                ag=None if agencies is None else as_set(agencies),
                cats=None if cats is None else as_set(cats),
            )
            return draft.statement(body).sid

        return await self.submit(build, writing=Writing.FREE)

    async def let_act(self, until: Instant) -> Sid:
        """Let the acting chairs act until an instant; only the chair's own word counts."""
        return await self._ack(AckKind.ACT, until=until)

    async def report_bundle(self, n: int) -> Sid:
        """Say that the bundle of an epoch did not open; another member then rotates."""
        return await self._ack(AckKind.BAD_BUNDLE, n=n)

    async def _ack(
        self, kind: AckKind, *, until: Instant | None = None, n: int | None = None
    ) -> Sid:
        async def build(draft: Draft) -> Sid:
            council = draft.session.council
            body = Ack(
                net=council.net,
                nce=council.nonce(),
                iat=council.iat(),
                case=self.room.case,
                fd=draft.base,
                kind=kind,
                what=None,
                n=n,
                until=until,
            )
            return draft.statement(body).sid

        return await self.submit(build, writing=Writing.FREE)

    # --- the meeting code --------------------------------------------------------------------

    async def read_aloud(self) -> Spoken:
        """Post what this device holds to be true; its digits are read to the others."""

        async def build(draft: Draft) -> Sid:
            council, state = draft.session.council, self.room.state
            current = state.current
            if current is None:
                raise Refused(Code.WRONG_PLACE)
            body = Meet(
                net=council.net,
                nce=council.nonce(),
                iat=council.iat(),
                case=self.room.case,
                ros=current.sid,
                seq=state.seq,
                fh=state.fh,
                idn=state.idn,
                lh=council.log.head(),
            )
            return draft.statement(body).sid

        sid = await self.submit(build, writing=Writing.FREE)
        return Spoken(wid=self.room.session.me.wid, sid=sid, digits=digits12(sid))

    def spoken(self) -> tuple[Spoken, ...]:
        """Digits of every `meet` that agrees in full with my own room."""
        owners = self.room.state.directory.devices
        return tuple(
            Spoken(
                wid=owners[record.author].versions[0].body.wid,
                sid=Sid(record.id),
                digits=digits12(record.id),
            )
            for record in self.room.feed.room.records
            if record.kind == "meet" and record.code is None and record.author is not None
        )


def _find(draft: Draft, cls: DocClass, item: ItemId | None) -> DocId | None:
    found = (
        doc
        for (doc, g), announced in draft.state.documents.items()
        if g == 1 and announced.body.cls is cls and announced.body.item == item
    )
    return next(found, None)


def _place(draft: Draft, facts: Facts) -> DocId:
    """The document that an operation belongs to."""
    board = isinstance(facts, BoardFacts | ActionFacts)
    doc = _find(draft, DocClass.BOARD if board else DocClass.AGENDA, None)
    if isinstance(facts, DecRec):
        doc = _find(draft, DocClass.ITEM, facts.it)
    if doc is None:
        raise Refused(Code.UNKNOWN_ID)
    return doc
