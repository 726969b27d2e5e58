"""What a client does when something is missing, new, lost, or not true."""

import asyncio

import pytest
from msgspec.structs import replace

from crypto import entropy
from crypto.errors import Code, Refused
from protocol.headers import SumText
from protocol.ids import Digest, DocId, Hash, RowId
from protocol.ops import Facts, PrioSet, SeatInv
from protocol.payloads import Head, LeafHashes, Person, Receipt
from protocol.statement import Statement, compose, sign, to_dsse
from protocol.times import DAY, HOUR
from protocol.vocabulary import Cap, DocClass, Duty, Provenance, SeatAnswer
from protocol.wire import Post, Receipted
from sdk import bases, link, seating
from sdk.client import Client
from sdk.council import Council
from sdk.documents import Plan
from sdk.member import Member
from sdk.opening import Words
from sdk.receipts import GRACE
from sdk.session import Session
from sdk.vault import Vault
from sdk.words import Said
from server.service import SERVICE
from tests.edges.live.stage import section, text
from tests.edges.people import Edge
from tests.edges.sdk.stage import Cast, Held, hold, level, reach
from tests.edges.sdk.town import COSTS, PASS, clock


def priority(held: Held, member: Member) -> tuple[Facts, Words]:
    """Something small to write."""
    return PrioSet(row=RowId(member.new_id()), it=held.it), {"issue": "孤立"}


async def test_nobody_writes_before_seeing_who_is_new(cast: Cast) -> None:
    """Devices are shown by name and confirmed; then writing goes on."""
    held = await hold(cast)
    chair = held.members["chair"]
    vault = chair.room.session.vault
    unseen = replace(vault.contents.room(held.case), known=())
    await vault.update(lambda c: c.with_room(unseen))

    with pytest.raises(Refused) as refusal:
        await chair.act(priority(held, chair))
    seen = await chair.room.confirm_changes()
    await chair.act(priority(held, chair))

    names = await chair.room.names()
    assert refusal.value.code is Code.UNSEEN_CHANGE
    assert {names[each.wid] for each in seen} == {"recorder", "csw", "elder"}


async def test_another_member_mends_the_room_when_the_chair_is_away(cast: Cast) -> None:
    """The roster that follows a withdrawal needs no authority: its contents are computed."""
    held = await hold(cast)
    await cast.clients.pop("chair").close()
    recorder, elder = held.members["recorder"], held.members["elder"]

    await recorder.withdraw(held.basis, agencies={cast.aids["csw"]}, cats=None)
    async with asyncio.timeout(10):
        await elder.room.until(lambda: elder.room.state.epoch == 2 and not elder.room.is_stale())
    await elder.act(priority(held, elder))

    roster = elder.room.roster
    assert roster.why == "rotate"
    assert cast.clients["csw"].session.me.wid not in roster.rows
    assert elder.room.conference.prio


async def test_a_handover_lets_the_successor_take_the_chair(cast: Cast) -> None:
    """The chair signs who may follow; the successor's roster names herself."""
    held = await hold(cast)
    deputy = await cast.bring("deputy", cast.aids["chair"], Cap.CHAIR, Cap.MEMBER)
    chair, me = held.members["chair"], deputy.session.me
    now = chair.room.session.council.iat()

    paper = await bases.hand_over(
        chair.room.session,
        case=held.case,
        to=Person(wid=me.wid, ik=me.ik),
        start=now.plus(-HOUR),
        until=now.plus(DAY),
    )
    successor = await add_staff(held, deputy)
    await successor.room.complete()
    await seating.take_chair(successor, paper)
    await level({"chair": chair, "deputy": successor})

    assert chair.room.roster.chair == me.wid
    assert chair.room.feed.flawed == []


async def add_staff(held: Held, newcomer: Client) -> Member:
    """Seat somebody late, and bring her into the roster."""
    chair, wid = held.members["chair"], newcomer.session.me.wid
    await chair.act((SeatInv(sit=held.sit, wid=wid, duty=Duty.MEMBER, late=1), {}))
    await seating.answer_seat(newcomer.session, held.case, held.sit, ans=SeatAnswer.ACCEPT)
    await chair.room.fetch()
    await seating.add(chair, [seating.Row(wid=wid)])
    member = await newcomer.join(held.case, held.sit)
    await member.room.confirm_changes()
    return member


async def test_a_second_device_is_vouched_for_and_opens_what_the_first_one_can(cast: Cast) -> None:
    """Code, confirmation, certificate; then grants of epochs and documents from a sibling."""
    held = await hold(cast)
    elder = held.members["elder"]
    plan = Plan(cls=DocClass.SECTION, item=held.it, sub=held.subject.sub, cats=("c2",))
    text = SumText(prov=Provenance.SELF, hid=False, title="健康", text="夜眠れない")
    shared = await elder.share(plan, text)

    second = await linked(cast, elder.room.session)
    device = second.session.me.device
    await elder.room.session.sync()
    await elder.grant_sibling(device)
    member = await second.open(held.case)

    assert list((await member.room.read(shared.doc)).values()) == [text]
    assert member.room.epochs == elder.room.epochs
    await second.close()


async def linked(cast: Cast, old: Session) -> Client:
    """Bring a second device in through a code shown by the first."""
    offered = await link.offer(old)
    vault = await Vault.create(
        cast.town.folder / "second", PASS, entropy=entropy.system, costs=COSTS
    )
    http = await cast.town.http().__aenter__()
    council = Council(http=http, clock=clock(), entropy=entropy.system, net=None)
    linking = await link.ask(council, vault, secret=offered.secret)
    await link.approve(old, offered, passphrase=PASS, patience=0)
    await link.finish(council, vault, linking=linking, patience=0)
    session = Session(vault=vault, council=council)
    await session.login()
    return Client(session, register=cast.register)


async def test_what_was_sealed_is_sent_again_byte_for_byte(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that got lost leaves one row, and the author's chain goes on."""
    held = await hold(cast)
    elder = held.members["elder"]
    send, sent = elder.deliver, list[Post]()

    async def lose(post: Post) -> Receipted:
        await send(post)
        sent.append(post)
        raise Refused(Code.UNAVAILABLE)

    monkeypatch.setattr(elder, "deliver", lose)
    with pytest.raises(Refused):
        await elder.act(priority(held, elder))
    kept = elder.room.session.vault.contents.unsent
    monkeypatch.undo()
    await elder.act(priority(held, elder))

    assert len(kept) == len(sent) == 1
    assert elder.room.session.vault.contents.unsent == ()
    assert len(elder.room.conference.prio) == 2
    assert elder.room.feed.flawed == []


async def test_the_key_of_a_section_is_not_lost_with_the_answer(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The author of a section for few gets its key from nobody else."""
    held = await hold(cast)
    elder = held.members["elder"]
    send = elder.deliver

    async def lose(post: Post) -> Receipted:
        await send(post)
        raise Refused(Code.UNAVAILABLE)

    monkeypatch.setattr(elder, "deliver", lose)
    with pytest.raises(Refused):
        await elder.share(section(held, "c2"), text("夜眠れない"))
    monkeypatch.undo()
    await elder.resume()
    await elder.room.keep_pins()
    [found] = [one for one in elder.room.state.documents if one[0] in docs_of(elder)]

    kept = elder.room.session.vault.contents.room(held.case)
    assert found in {(one.doc, one.g) for one in kept.docs}
    assert text("夜眠れない") in (await elder.room.read(found[0])).values()


def docs_of(member: Member) -> set[DocId]:
    """Sections for few."""
    documents = member.room.state.documents.values()
    return {each.body.doc for each in documents if each.body.aud is not None}


async def test_keys_of_rows_that_never_stood_are_forgotten(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A definite refusal leaves the pins and the other keys as they are."""
    held = await hold(cast)
    elder = held.members["elder"]
    await elder.room.open_keys()
    await elder.room.keep_pins()
    before = elder.room.session.vault.contents.room(held.case)

    async def refuse(_post: Post) -> Receipted:
        raise Refused(Code.FORBIDDEN)

    monkeypatch.setattr(elder, "deliver", refuse)
    with pytest.raises(Refused):
        await elder.share(section(held, "c2"), text("夜眠れない"))

    assert elder.room.session.vault.contents.room(held.case) == before
    assert {(one.doc, one.g) for one in before.docs} == set(elder.room.docs)


async def test_a_refused_batch_leaves_neither_rows_nor_numbers_behind(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a definite refusal the same number is sealed anew."""
    held = await hold(cast)
    elder = held.members["elder"]
    before = elder.room.chain

    async def refuse(_post: Post) -> Receipted:
        raise Refused(Code.CONFLICT)

    monkeypatch.setattr(elder, "deliver", refuse)
    with pytest.raises(Refused):
        await elder.act(priority(held, elder))
    monkeypatch.undo()

    assert elder.room.chain == before
    assert elder.room.session.vault.contents.unsent == ()
    await elder.act(priority(held, elder))
    assert len(elder.room.conference.prio) == 1


@pytest.mark.parametrize(
    ("code", "stops"),
    [(Code.EQUIVOCATION, True), (Code.ROLLBACK, True), (Code.UNAVAILABLE, False)],
)
async def test_an_identity_log_in_two_forms_stops_all_writing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, code: Code, *, stops: bool
) -> None:
    """Until this program ends; a server that is away for a moment stops nothing."""
    held = await hold(cast)
    elder = held.members["elder"]

    async def forked() -> bool:
        raise Refused(code)

    monkeypatch.setattr(elder.room.session.council, "sync", forked)
    with pytest.raises(Refused):
        await elder.room.session.sync()
    monkeypatch.undo()

    if not stops:
        await elder.act(priority(held, elder))
        return
    with pytest.raises(Refused, match=code):
        await elder.act(priority(held, elder))


def by_server(edge: Edge, forged: Statement) -> bytes:
    """Sign with the server's own key: what a dishonest one could do."""
    return to_dsse(forged, [sign(forged, edge.app[SERVICE].custody.srv)])


async def test_a_lost_connection_comes_back_and_misses_nothing(cast: Cast) -> None:
    """The client signs in again, joins from its last row on, and is level with the others."""
    held = await hold(cast)
    chair, elder = held.members["chair"], held.members["elder"]

    await cast.clients["elder"].socket.close()
    await chair.act(priority(held, chair))
    await chair.act(priority(held, chair))
    await reach(elder, chair.room.state.seq)
    await elder.act(priority(held, elder))
    await level(held.members)

    assert len(chair.room.conference.prio) == 3
    assert elder.room.gone is None


async def test_two_heads_that_contradict_each_other_halt_the_room(cast: Cast, edge: Edge) -> None:
    """Both signed words are kept as evidence; nothing is written any more, reading goes on."""
    held = await hold(cast)
    elder = held.members["elder"]
    state, council = elder.room.state, elder.room.session.council
    other = state.fhs[state.seq - 1]
    forged = compose(
        Head(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            case=held.case,
            seq=state.seq,
            fh=other,
            idn=state.idn,
        )
    )
    raw = by_server(edge, forged)

    with pytest.raises(Refused) as found:
        await elder.room.hear_head(raw)
    with pytest.raises(Refused) as halted:
        await elder.act(priority(held, elder))

    evidence = elder.room.session.vault.contents.evidence
    assert found.value.code is halted.value.code is Code.EQUIVOCATION
    assert raw in {evidence[0].first, evidence[0].second}
    agenda = state.document_of(DocClass.AGENDA)
    assert agenda is not None
    assert await elder.room.words(agenda.body.doc)


async def test_a_snapshot_that_leaves_something_out_is_shown(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody who read the generation before compares; an honest one differs in nothing."""
    held = await hold(cast)
    chair, elder = held.members["chair"], held.members["elder"]
    await chair.act(priority(held, chair))
    await level(held.members)
    await seating.remove(chair, [cast.clients["csw"].session.me.wid])
    await level({"chair": chair, "elder": elder})
    for announced in list(elder.room.state.newest):
        await elder.room.words(announced)
    honest = set(elder.room.differences)

    async def nothing(_docs: list[DocId]) -> dict[DocId, Said]:
        return {}

    monkeypatch.setattr(chair, "words_of", nothing)
    await seating.remove(chair, [cast.clients["recorder"].session.me.wid])
    await level({"chair": chair, "elder": elder})
    for announced in list(elder.room.state.newest):
        await elder.room.words(announced)

    assert honest == set()
    assert elder.room.differences


async def test_receipts_are_redeemed_in_both_logs(cast: Cast, edge: Edge) -> None:
    """Every promise of the server is looked up; one that is overdue is told."""
    held = await hold(cast)
    session = held.members["chair"].room.session
    assert session.vault.contents.receipts

    async with asyncio.timeout(10):
        while session.vault.contents.receipts:
            await session.redeem()

    promise = session.vault.contents.ops
    assert promise is not None
    assert promise.n > 0
    await session.keep_receipt(empty_promise(edge, held, session))
    late = replace(session.vault.contents.receipts[0], at=session.council.iat() - GRACE - 1)
    await session.vault.update(lambda c: replace(c, receipts=(late,)))
    with pytest.raises(Refused) as broken:
        await session.redeem()
    assert broken.value.code is Code.NOT_LOGGED


def empty_promise(edge: Edge, held: Held, session: Session) -> bytes:
    """A receipt for a row that never came into any log."""
    council, nowhere = session.council, Digest(Hash(b"nowhere".ljust(32)))
    forged = compose(
        Receipt(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            case=held.case,
            seq=None,
            ids=(nowhere,),
            fh=None,
            idn=council.log.size,
            leaves=LeafHashes(id=(), ops=(nowhere,)),
        )
    )
    return by_server(edge, forged)


async def test_a_token_that_ended_is_not_in_the_way_of_the_next(cast: Cast) -> None:
    """A machine that slept for longer than a token lasts signs in again."""
    session = cast.clients["elder"].session
    session.council.http.token = "a token that ended"

    await session.login()

    assert session.council.http.token != "a token that ended"
