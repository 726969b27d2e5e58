"""Who came late, is a guest, or was shut out: with every byte of the server, nothing more."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from audit.entry import Kind
from conference.actions import handovers
from crypto.errors import Code, Refused
from protocol.headers import NoteText
from protocol.ids import ActId, Hash
from protocol.ops import ActAns, ActNew, SeatEnded, SeatInv
from protocol.payloads import Audience
from protocol.times import HOUR
from protocol.vocabulary import Answer, Cap, DocClass, Duty, RosterRole, SeatAnswer, SeatEnd
from protocol.wire import Post
from sdk import seating
from sdk.documents import Plan
from sdk.member import Member
from tests.edges.live.attack import Loot
from tests.edges.live.conftest import Ears
from tests.edges.live.stage import Admin, Ear, entries, priority, sealed, section, send, text
from tests.edges.sdk.stage import Cast, Held, hold, level, reach


def words_of(member: Member, *generations: tuple[bytes, int]) -> set[Hash]:
    """Valid rows with words in some document generations."""
    records = member.room.feed.room.records
    kinds = {"op", "sum", "note", "ev"}
    return {r.id for r in records if r.kind in kinds and r.generation in generations and not r.code}


async def test_a_latecomer_opens_what_was_carried_or_granted_and_nothing_else(
    cast: Cast, admin: Admin
) -> None:
    """T10, I6: every key she has or finds is tried on every byte that the server holds."""
    held = await hold(cast)
    chair, elder = held.members["chair"], held.members["elder"]
    await chair.share(section(held, "c6"), text("前の資料"))
    carried = await chair.share(section(held, "c6", carried=True), text("引き継ぐ資料"))
    granted = await elder.share(section(held, "c2"), text("健康"))
    await elder.share(section(held, "c2"), text("渡さない健康"))
    await level(held.members)
    late = await cast.bring("late", cast.aids["elder"], Cap.MEMBER)
    wid = late.session.me.wid
    await chair.act((SeatInv(sit=held.sit, wid=wid, duty=Duty.MEMBER, late=1), {}))
    await seating.answer_seat(late.session, held.case, held.sit, ans=SeatAnswer.ACCEPT)
    await chair.room.fetch()

    await seating.add(chair, [seating.Row(wid=wid)], carried=[carried.doc])
    await level(held.members)
    await elder.room.open_keys()
    await elder.room.confirm_changes()
    await elder.grant(wid, (granted.doc, 1))
    newcomer = await late.join(held.case, held.sit)
    await level(held.members)
    loot = await Loot.of(admin, chair)

    newest = [chair.room.state.document_of(cls) for cls in (DocClass.AGENDA, DocClass.BOARD)]
    fresh = [(each.body.doc, each.body.g) for each in newest if each is not None]
    assert len(fresh) == 2
    allowed = words_of(chair, *fresh, (carried.doc, 1), (granted.doc, 1))
    assert loot.opened_by(newcomer) == allowed
    assert set(await newcomer.room.read()) == allowed
    assert loot.opened_by(newcomer) < loot.opened_by(chair)


async def test_a_guest_opens_her_card_and_nothing_else(cast: Cast, admin: Admin) -> None:
    """She was away when it was granted; later rows of the room stay closed as well."""
    held = await hold(cast)
    chair = held.members["chair"]
    guest = await cast.bring("guest", cast.aids["csw"], Cap.MEMBER)
    wid, me = guest.session.me.wid, chair.room.session.me.wid
    until = chair.room.session.council.iat().plus(HOUR)
    await seating.add(chair, [seating.Row(wid=wid, role=RosterRole.GUEST, until=until)])
    card = await chair.share(
        Plan(cls=DocClass.CARD),
        text("七十代"),
        audience=Audience(ag=(), w=tuple(sorted({wid, me}))),
    )

    adviser = await guest.join(held.case)
    await adviser.room.confirm_changes()
    await adviser.note(card.doc, NoteText(text="受診を勧める", fact=False))
    await reach(chair, adviser.room.state.seq)
    await chair.share(section(held, "c6"), text("訪問する"))
    await chair.act(priority(held, chair))
    await reach(adviser, chair.room.state.seq)
    loot = await Loot.of(admin, chair)

    allowed = words_of(chair, (card.doc, 1))
    assert len(allowed) == 2
    assert loot.opened_by(adviser) == allowed
    assert set(await adviser.room.read()) == allowed


async def test_a_withdrawal_during_a_sitting_shuts_one_agency_out(
    cast: Cast, ears: Ears, admin: Admin, record_property: Callable[[str, object], None]
) -> None:
    """Flow 15.5: cut in less than two seconds, refused and logged; the others go on."""
    held = await hold(cast)
    chair, elder, csw = (held.members[name] for name in ("chair", "elder", "csw"))
    act = ActId(chair.new_id())
    owner = csw.room.session.me.wid
    new = ActNew(
        act=act, it=held.it, ag=cast.aids["csw"], w=owner, due="2030-01-31", from_=None, ext=0
    )
    await chair.act((new, {"text": "訪問する"}))
    await reach(csw, chair.room.state.seq)
    await csw.act((ActAns(act=act, ans=Answer.ACCEPT, why=None), {}))
    await level(held.members)
    ear = await ears.open(csw.room.session, held.case, sit=held.sit)
    unsent = await sealed(held, csw)
    epoch, last = chair.room.state.epoch, ear.frames[-1].seq

    started = time.monotonic()
    await chair.withdraw(held.basis, agencies={cast.aids["csw"]}, cats=None)
    await ear.is_cut()
    cut = time.monotonic() - started
    async with asyncio.timeout(5):
        await elder.room.until(lambda: elder.room.state.epoch == epoch + 1)
    moved = time.monotonic() - started
    await elder.share(section(held, "c6"), text("訪問を続ける"))
    await level(held.members, "chair", "recorder", "elder")
    codes = [await refused(held, csw, verb, unsent) for verb in ("rows", "read", "sub", "post")]
    loot = await Loot.of(admin, chair)

    record_property("cut_ms", round(cut * 1000))
    record_property("next_epoch_ms", round(moved * 1000))
    assert ear.gone is not None
    assert ear.gone.code == Code.BASIS_WITHDRAWN
    assert max(frame.seq for frame in ear.frames) <= last  # not even the withdrawal
    assert set(codes[:3]) <= {Code.MEMBER_ENDED, Code.BASIS_WITHDRAWN}
    assert codes[3] is Code.WRONG_EPOCH  # her row was sealed before
    logged = [
        e["result"]
        for e in await entries(admin, Kind.DENIED)
        if e["did"] == csw.room.session.me.did
    ]
    assert logged[-4:] == codes
    after = {r.id for r in chair.room.feed.room.records if r.epoch == epoch + 1}
    assert loot.opened_by(chair) & after
    assert loot.opened_by(csw) & after == set()
    shut_out = [did for e in await entries(admin, Kind.EVICT) for did in e["objects"]]
    assert shut_out == [csw.room.session.me.did]
    conference = chair.room.conference
    assert handovers(conference, chair.room.members()) == (act,)


async def refused(held: Held, member: Member, verb: str, post: Post) -> Code:
    """The code with which a verb is refused."""
    known = member.room.feed.room.records[-1].id
    tries: dict[str, Callable[[], Awaitable[object]]] = {
        "rows": member.room.fetch,
        "read": lambda: member.room.session.read(held.case, "view", [known]),
        "sub": lambda: joined(held, member),
        "post": lambda: send(member, post),
    }
    with pytest.raises(Refused) as refusal:
        await tries[verb]()
    return refusal.value.code


async def joined(held: Held, member: Member) -> None:
    """Join on a socket of one's own."""
    ear = Ear(member.room.session)
    await ear.connect()
    try:
        await ear.join(held.case, sit=held.sit, start=1)
    finally:
        await ear.close()


async def test_a_category_that_is_withdrawn_is_closed_to_all(cast: Cast, ears: Ears) -> None:
    """Nobody loses the room; the section takes no further version under any key."""
    held = await hold(cast)
    chair, elder = held.members["chair"], held.members["elder"]
    shared = await elder.share(section(held, "c2"), text("夜眠れない"))
    await level(held.members)
    ear = await ears.open(elder.room.session, held.case, sit=held.sit)

    await chair.withdraw(held.basis, agencies=None, cats={"c2"})
    await level(held.members)
    with pytest.raises(Refused) as revised:
        await elder.revise(shared.sm, text("よく眠れる"))
    record = next(r for r in elder.room.feed.room.records if r.kind == "sum")
    with pytest.raises(Refused) as read:
        await elder.room.session.read(held.case, "view", [record.id])
    await elder.share(section(held, "c6"), text("訪問を続ける"))
    await ear.reach(elder.room.state.seq)

    assert revised.value.code is not Code.STALE
    assert read.value.code in {Code.BASIS_WITHDRAWN, Code.CATEGORY_NOT_COVERED}
    assert ear.gone is None
    assert len(elder.room.roster.mem) == 4


async def test_a_whole_withdrawal_shuts_everybody_out(cast: Cast, ears: Ears, admin: Admin) -> None:
    """All sockets are cut, no word is stored any more."""
    held = await hold(cast)
    chair = held.members["chair"]
    heard = [await ears.open(c.session, held.case, sit=held.sit) for c in cast.clients.values()]
    unsent = await sealed(held, held.members["elder"])

    await chair.withdraw(held.basis, agencies=None, cats=None)
    for ear in heard:
        await ear.is_cut()
    with pytest.raises(Refused) as refusal:
        await send(held.members["elder"], unsent)

    assert {ear.gone.code for ear in heard if ear.gone} == {Code.BASIS_WITHDRAWN}
    assert refusal.value.code in {Code.STALE, Code.BASIS_WITHDRAWN, Code.NO_BASIS}
    assert (
        await admin.fetchval("SELECT kind FROM room.feed ORDER BY seq DESC LIMIT 1") == "withdraw"
    )


async def test_who_leaves_her_seat_leaves_the_sitting_and_stays_in_the_room(
    cast: Cast, ears: Ears
) -> None:
    """The end of a seat cuts the sockets in the sitting; outside she still listens."""
    held = await hold(cast)
    chair, session = held.members["chair"], cast.clients["csw"].session
    inside = await ears.open(session, held.case, sit=held.sit)
    outside = await ears.open(session, held.case)

    ended = SeatEnded(sit=held.sit, wid=session.me.wid, why=SeatEnd.EVICTED)
    await chair.act((ended, {}))
    await inside.is_cut(patience=1)
    await chair.act(priority(held, chair))
    await outside.reach(chair.room.state.seq)

    assert inside.gone is not None
    assert inside.gone.code == Code.NOT_SEATED
    assert outside.gone is None
    with pytest.raises(Refused) as refusal:
        await inside.join(held.case, sit=held.sit, start=1)
    assert refusal.value.code is Code.NOT_SEATED
