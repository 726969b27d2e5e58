"""People in a room: a cast of clients, a sitting under way, and waiting for rows."""

import asyncio
from dataclasses import dataclass

from consent.register import Register
from crypto import entropy
from protocol.ids import Aid, CaseId, ItemId, Sid, SitId
from protocol.ops import ItemBasis, PlannedItem, SeatInv, SitConv, SitOpen
from protocol.payloads import Scope
from protocol.times import DAY, HOUR
from protocol.vocabulary import Cap, Duty, ItemType, SeatAnswer
from sdk import bases, seating
from sdk.client import Client
from sdk.member import Member
from sdk.opening import Words
from sdk.pledge import pledge
from sdk.session import Session
from tests.edges.sdk.town import COSTS, PASS, PLEDGE, Town, clock

NO_WORDS: Words = {}


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
    await member.act(
        (convened, {"purpose": "今後の支援"}), *[(each, NO_WORDS) for each in invitations]
    )
    for each in cast.clients.values():
        await seating.answer_seat(each.session, case, sit, ans=SeatAnswer.ACCEPT)
    await member.room.fetch()
    others = [cast.clients[name].session.me.wid for name in ("csw", "elder")]
    await seating.add(member, [seating.Row(wid=wid) for wid in others])
    members: dict[str, Member] = {}
    for name, each in cast.clients.items():
        members[name] = await each.join(case, sit)
        await members[name].room.confirm_changes()
    await member.act((SitOpen(sit=sit), {}))
    await member.open_item_of(it)
    await level(members)
    return Held(case=case, sit=sit, it=it, subject=subject, basis=basis, members=members)


async def level(members: dict[str, Member], *names: str) -> None:
    """Wait until everybody holds the row that the furthest one holds."""
    seq = max(member.room.state.seq for member in members.values())
    for name in names or members:
        await reach(members[name], seq)


async def reach(member: Member, seq: int) -> None:
    """Wait until somebody holds a row."""
    async with asyncio.timeout(10):
        await member.room.until(lambda: member.room.state.seq >= seq)
