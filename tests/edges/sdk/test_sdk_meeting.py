"""What happens in a sitting: boards, decisions, digits read aloud, latecomers, guests."""

import asyncio

import pytest

from crypto.errors import Code, Refused
from protocol.headers import NoteText, SumText
from protocol.ids import ActId, DecId, RowId
from protocol.ops import (
    ActNew,
    DecRec,
    ItemClose,
    NextSet,
    PrioSet,
    RoleAns,
    RoleSet,
    SeatInv,
    SitClose,
)
from protocol.payloads import Audience
from protocol.times import DAY, HOUR
from protocol.vocabulary import (
    Answer,
    Cap,
    DecisionType,
    DocClass,
    Duty,
    Outcome,
    Part,
    Provenance,
    RosterRole,
    SeatAnswer,
)
from sdk import seating
from sdk.documents import Plan
from tests.edges.sdk.stage import Cast, Held, hold, level, reach


def role(held: Held, cast: Cast, part: Part, name: str) -> RoleSet:
    """A part for one person of the cast."""
    owner = cast.clients[name].session.me.wid
    row = RowId(held.members["chair"].new_id())
    return RoleSet(row=row, part=part, ag=cast.aids[name], w=owner, it=held.it)


async def accept(held: Held, name: str, offered: RoleSet) -> None:
    """Accept a part as the person it was offered to."""
    member = held.members[name]
    await reach(member, held.members["chair"].room.state.seq)
    await member.act((RoleAns(row=offered.row, ans=Answer.ACCEPT, why=None), {}))


async def test_a_sitting_is_decided_and_closed_only_when_the_board_is_whole(cast: Cast) -> None:
    """The client refuses a close that breaks the invariant before anything is sent."""
    held = await hold(cast)
    chair, elder = held.members["chair"], held.members["elder"]
    main, key, deputy = (
        role(held, cast, part, name)
        for part, name in ((Part.MAIN, "elder"), (Part.KEY, "elder"), (Part.DEPUTY, "csw"))
    )
    close = ItemClose(it=held.it, out=Outcome.DECIDED)
    await chair.act((PrioSet(row=RowId(chair.new_id()), it=held.it), {"issue": "孤立"}))
    await chair.act(*[(offered, {"text": "担当"}) for offered in (main, key, deputy)])
    before = chair.room.state.seq

    with pytest.raises(Refused) as broken:
        await chair.act((close, {"summary": "まとめ"}))
    await accept(held, "elder", main)
    await accept(held, "elder", key)
    await reach(chair, elder.room.state.seq)
    due = "2030-01-31"
    action = ActNew(
        act=ActId(chair.new_id()),
        it=held.it,
        ag=cast.aids["csw"],
        w=None,
        due=due,
        from_=None,
        ext=0,
    )
    decision = DecRec(dec=DecId(chair.new_id()), it=held.it, typ=DecisionType.DECISION)
    await chair.act((action, {"text": "訪問する"}), (decision, {"text": "見守りを始める"}))
    later = chair.room.session.council.iat().plus(30 * DAY)
    await chair.act((NextSet(sit=held.sit, at=later), {"place": "市役所"}))
    await chair.act((close, {"summary": "まとめ"}))
    await chair.act((SitClose(sit=held.sit), {"note": "散会"}))
    await level(held.members)

    assert broken.value.code is Code.INVARIANT
    assert chair.room.state.seq > before
    board = {each.room.conference.items[held.it].out for each in held.members.values()}
    assert board == {Outcome.DECIDED}
    doc = chair.room.state.document_of(DocClass.BOARD)
    assert doc is not None
    assert await elder.room.words(doc.body.doc) == await chair.room.words(doc.body.doc)
    assert f"act.new:{action.act.hex()}" in await elder.room.words(doc.body.doc)


async def test_digits_read_aloud_are_the_same_for_everybody(cast: Cast) -> None:
    """Two people read; every device shows the digits of a statement that it agrees with."""
    held = await hold(cast)

    first = await held.members["chair"].read_aloud()
    await level(held.members)
    second = await held.members["csw"].read_aloud()
    await level(held.members)

    shown = [member.spoken() for member in held.members.values()]
    assert all(spoken == (first, second) for spoken in shown)


async def test_a_latecomer_reads_what_was_carried_and_nothing_else(cast: Cast) -> None:
    """Snapshots of agenda and board, and one document by choice; the rest stays closed."""
    held = await hold(cast)
    chair = held.members["chair"]
    plan = Plan(cls=DocClass.SECTION, item=held.it, sub=held.subject.sub, cats=("c6",))
    kept = SumText(prov=Provenance.AGENCY, hid=False, title="経過", text="以前の経過")
    shown = SumText(prov=Provenance.PLAN, hid=False, title="方針", text="これからの方針")
    closed = await chair.share(plan, kept)
    carried = await chair.share(
        Plan(cls=plan.cls, item=plan.item, sub=plan.sub, cats=plan.cats, carried=True), shown
    )
    late = await cast.bring("late", cast.aids["elder"], Cap.MEMBER)
    wid = late.session.me.wid
    await chair.act((SeatInv(sit=held.sit, wid=wid, duty=Duty.MEMBER, late=1), {}))
    await seating.answer_seat(late.session, held.case, held.sit, ans=SeatAnswer.ACCEPT)
    await chair.room.fetch()

    await seating.add(chair, [seating.Row(wid=wid)], carried=[carried.doc])
    newcomer = await late.join(held.case, held.sit)
    agenda = newcomer.room.state.document_of(DocClass.AGENDA)
    assert agenda is not None
    words = await newcomer.room.words(agenda.body.doc)

    assert {"purpose": "今後の支援"} in words.values()
    assert list((await newcomer.room.read(carried.doc)).values()) == [shown]
    assert await newcomer.room.read(closed.doc) == {}
    assert newcomer.room.feed.flawed == []


async def test_a_guest_sees_the_card_that_was_granted_to_her(cast: Cast) -> None:
    """An adviser without a basis gets one document, and no key of the room."""
    held = await hold(cast)
    chair = held.members["chair"]
    guest = await cast.bring("guest", cast.aids["csw"], Cap.MEMBER)
    wid = guest.session.me.wid
    until = chair.room.session.council.iat().plus(HOUR)
    await seating.add(chair, [seating.Row(wid=wid, role=RosterRole.GUEST, until=until)])
    card = SumText(prov=Provenance.ASSESSMENT, hid=False, title="事例", text="七十代の女性")

    shared = await chair.share(
        Plan(cls=DocClass.CARD),
        card,
        audience=Audience(ag=(), w=tuple(sorted({wid, chair.room.session.me.wid}))),
    )
    adviser = await guest.open(held.case)

    assert list((await adviser.room.read(shared.doc)).values()) == [card]
    assert adviser.room.epochs == {}
    await adviser.room.confirm_changes()
    await adviser.note(shared.doc, NoteText(text="受診を勧める", fact=False))
    await reach(chair, adviser.room.state.seq)
    assert len(await chair.room.read(shared.doc)) == 2
    await level(held.members)
    assert all(member.room.feed.flawed == [] for member in held.members.values())


async def test_a_section_is_revised_by_its_own_agency(cast: Cast) -> None:
    """A second version follows the first for its readers; another agency may not write it."""
    held = await hold(cast)
    elder, csw = held.members["elder"], held.members["csw"]
    plan = Plan(cls=DocClass.SECTION, item=held.it, sub=held.subject.sub, cats=("c6",))
    first = SumText(prov=Provenance.AGENCY, hid=False, title="所見", text="一")
    second = SumText(prov=Provenance.AGENCY, hid=False, title="所見", text="二")
    shared = await elder.share(plan, first)
    await level(held.members)

    await elder.revise(shared.sm, second)
    await level(held.members)
    with pytest.raises(Refused) as foreign:
        await csw.revise(shared.sm, second)

    assert list((await csw.room.read(shared.doc)).values()) == [first, second]
    assert foreign.value.code is Code.FORBIDDEN


async def test_words_with_a_my_number_are_never_sealed(cast: Cast) -> None:
    """The refusal comes before anything leaves this device; the room stays as it was."""
    held = await hold(cast)
    chair = held.members["chair"]
    before = chair.room.state.seq
    plan = Plan(cls=DocClass.SECTION, item=held.it, sub=held.subject.sub, cats=("c6",))
    text = SumText(prov=Provenance.SELF, hid=False, title="番号", text="1234-5678-9018")

    with pytest.raises(Refused) as refusal:
        await chair.share(plan, text)

    assert refusal.value.code is Code.FORBIDDEN
    await asyncio.sleep(0)
    assert chair.room.state.seq == before
