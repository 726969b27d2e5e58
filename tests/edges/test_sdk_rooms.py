"""A whole sitting with real clients against the real node: founded, seated, shared, decided."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from consent.register import Register, load
from crypto import entropy
from crypto.errors import Code, Refused
from protocol.headers import SumText
from protocol.ids import Aid, CaseId, ItemId, Sid, SitId
from protocol.ops import ItemBasis, PlannedItem, SeatInv, SitConv, SitOpen
from protocol.payloads import Scope
from protocol.times import DAY, HOUR
from protocol.vocabulary import (
    AgencyKind,
    Cap,
    DocClass,
    Duty,
    ItemType,
    Provenance,
    SeatAnswer,
)
from sdk import bases, seating
from sdk.client import Client
from sdk.documents import Plan
from sdk.member import Member
from sdk.pledge import pledge
from sdk.session import Session
from sdk.transport import Http
from server.app import create_app
from server.settings import Settings
from tests.edges.people import ORIGIN, Edge
from tests.edges.sdk_people import COSTS, PASS, PLEDGE, Town, clock, make_town


@pytest.fixture
async def application(database: str, tmp_path: Path) -> web.Application:
    """A wired node with its real rooms."""
    login = database.replace("//postgres@", "//entaku@")
    settings = Settings(data=tmp_path, origin=ORIGIN, log_level="error")
    return await create_app(settings, dsn=login)


@pytest.fixture
async def town(edge: Edge, tmp_path: Path) -> AsyncIterator[Town]:
    """A council that was just founded."""
    url = str(edge.client.make_url("")).rstrip("/")
    setup = await asyncio.to_thread((edge.keys / "setup").read_text)
    async with Http(url=url, slug="minato") as http:
        yield await make_town(http, setup=setup, folder=tmp_path / "vaults")


@dataclass(slots=True)
class Cast:
    """People with open clients."""

    town: Town
    register: Register
    clients: dict[str, Client]
    aids: dict[str, Aid]

    async def bring(self, name: str, agency: Aid, *caps: Cap) -> Client:
        """Enrol, pledge and connect somebody."""
        path = await self.town.enrol(agency, name, caps)
        session = await Session.open(path, PASS, clock=clock(), entropy=entropy.system, costs=COSTS)
        client = Client(session, register=self.register)
        await client.connect()
        await pledge(session, PLEDGE, ver=1, until=session.council.iat().plus(200 * DAY))
        self.clients[name] = client
        self.aids[name] = agency
        return client


@pytest.fixture
async def cast(town: Town) -> AsyncIterator[Cast]:
    """Four people of three agencies: chair and recorder, A02, A03."""
    host = await town.agency(1, AgencyKind.CITY, [Cap.HOST, Cap.MEMBER])
    second = await town.agency(2, AgencyKind.CSW, [Cap.MEMBER])
    third = await town.agency(3, AgencyKind.ELDER, [Cap.MEMBER])
    people = Cast(town=town, register=await asyncio.to_thread(load), clients={}, aids={})
    await people.bring("chair", host, Cap.CHAIR, Cap.MEMBER, Cap.MINUTES)
    await people.bring("recorder", host, Cap.MEMBER, Cap.MINUTES)
    await people.bring("csw", second, Cap.MEMBER)
    await people.bring("elder", third, Cap.MEMBER)
    yield people
    for client in people.clients.values():
        await client.close()


@dataclass(slots=True)
class Held:
    """A sitting under way."""

    case: CaseId
    sit: SitId
    it: ItemId
    subject: bases.Subject
    basis: Sid
    members: dict[str, Member]


async def hold(cast: Cast) -> Held:
    """Found a room, seat everybody, open the sitting and its only item."""
    chair = cast.clients["chair"]
    case = await seating.reserve(chair.session, "K-101")
    subject = bases.new_subject(chair.session, name="美佐江", birth="1955-02-03")
    now = chair.session.council.iat()
    every, health = ["c1", "c2", "c6"], ["c1", "c6"]
    scope = [
        Scope(ag=tuple(sorted({cast.aids["chair"], cast.aids["elder"]})), cats=tuple(every)),
        Scope(ag=(cast.aids["csw"],), cats=tuple(health)),
    ]
    terms = bases.Terms(
        law="consent",
        kinds=["shien"],
        scope=scope,
        purp=["advice"],
        start=now.plus(-HOUR),
        until=now.plus(180 * DAY),
    )
    basis = await bases.consent(
        chair.session, case=case, subject=subject, terms=terms, evidence=None
    )
    member = chair.member(case)
    recorder = cast.clients["recorder"].session.me.wid
    await seating.create(member, bases=[basis], staff=[recorder])
    await member.room.confirm_changes()
    await chair.join(case)
    sit, it = SitId(member.new_id()), ItemId(member.new_id())
    item = PlannedItem(
        it=it, no=1, typ=ItemType.DECIDE, bases=(ItemBasis(sub=subject.sub, basis=basis),)
    )
    convened = SitConv(sit=sit, kind="shien", no=1, starts=now.plus(HOUR), items=(item,))
    duties = {"chair": Duty.FACILITATOR, "recorder": Duty.RECORDER}
    invitations = [
        SeatInv(sit=sit, wid=each.session.me.wid, duty=duties.get(name, Duty.MEMBER), late=0)
        for name, each in cast.clients.items()
    ]
    await member.act((convened, {"purpose": "今後の支援"}), *[(i, {}) for i in invitations])
    for each in cast.clients.values():
        await seating.answer_seat(each.session, case, sit, ans=SeatAnswer.ACCEPT)
    await member.room.fetch()
    others = [cast.clients[name].session.me.wid for name in ("csw", "elder")]
    await seating.add(member, [seating.Row(wid=wid) for wid in others])
    members = {}
    for name, each in cast.clients.items():
        members[name] = await each.join(case, sit)
        await members[name].room.confirm_changes()
    await member.act((SitOpen(sit=sit), {}))
    await member.open_item_of(it)
    return Held(case=case, sit=sit, it=it, subject=subject, basis=basis, members=members)


async def level(members: dict[str, Member], *names: str) -> None:
    """Wait until everybody holds the row that the first one holds."""
    seq = max(member.room.state.seq for member in members.values())
    for name in names or members:
        room = members[name].room
        async with asyncio.timeout(10):
            await room.until(lambda room=room: room.state.seq >= seq)


async def test_a_section_for_few_is_read_by_them_and_by_nobody_else(cast: Cast) -> None:
    """Health goes to the agencies whose consent covers it; the others know that it exists."""
    held = await hold(cast)
    elder, csw = held.members["elder"], held.members["csw"]
    plan = Plan(cls=DocClass.SECTION, item=held.it, sub=held.subject.sub, cats=("c2",))
    text = SumText(prov=Provenance.SELF, hid=False, title="健康", text="夜眠れない")

    shared = await elder.share(plan, text)
    await level(held.members)
    chair_reads = await held.members["chair"].room.read(shared.doc)
    csw_reads = await csw.room.read(shared.doc)

    assert list(chair_reads.values()) == [text]
    assert csw_reads == {}
    assert shared.audience is not None
    assert cast.aids["csw"] not in shared.audience.ag
    assert all(member.room.feed.flawed == [] for member in held.members.values())


async def test_a_withdrawal_cuts_one_agency_and_the_others_go_on(cast: Cast) -> None:
    """The agency loses the room; a roster follows by itself; what follows is closed to it."""
    held = await hold(cast)
    elder, csw, chair = (held.members[n] for n in ("elder", "csw", "chair"))

    await chair.withdraw(held.basis, agencies={cast.aids["csw"]}, cats=None)
    async with asyncio.timeout(10):
        while csw.room.gone is None or elder.room.is_stale() or elder.room.state.epoch < 2:
            await asyncio.sleep(0.02)
    text = SumText(prov=Provenance.AGENCY, hid=False, title="所見", text="訪問を続ける")
    plan = Plan(cls=DocClass.SECTION, item=held.it, sub=held.subject.sub, cats=("c6",))
    shared = await elder.share(plan, text)
    await level(held.members, "chair", "elder")

    assert csw.room.gone == Code.BASIS_WITHDRAWN
    assert list((await chair.room.read(shared.doc)).values()) == [text]
    with pytest.raises(Refused) as refusal:
        await csw.room.fetch()
    assert refusal.value.code in {Code.MEMBER_ENDED, Code.BASIS_WITHDRAWN}
