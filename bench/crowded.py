"""A full council for the page: a crowded identity log, and one room with much in it."""

import asyncio
from dataclasses import dataclass
from typing import Final

from bench.people import Town, fresh_key
from conference.records import SeatState
from crypto import entropy
from protocol.headers import SumText
from protocol.ids import ActId, Aid, CaseId, Id, ItemId, RowId, SitId, Wid
from protocol.ops import ActNew, ItemBasis, PlannedItem, PrioSet, SeatInv, SitConv, SitOpen
from protocol.payloads import Scope
from protocol.times import DAY, HOUR
from protocol.vocabulary import AgencyKind, Cap, DocClass, Duty, ItemType, Provenance, SeatAnswer
from sdk import bases, seating
from sdk.client import Client
from sdk.documents import Plan
from sdk.member import Member
from tests.browser.office import Office
from tests.browser.people import Person, join
from tests.browser.stage import Hall

CODE: Final = "K-200"
_CATS: Final = ("c1", "c2", "c6")
_LEAVES_EACH: Final = 4
_ISSUES: Final = 60
_ACTIONS: Final = 60
_BATCH: Final = 20
_ANSWERED: Final = 60  # seconds in which an answer given at a browser has come
_LOOK: Final = 0.1
_FILLER: Final = "訪問のたびに暮らしの様子と困りごとを聞き取り、次に何をするかを話し合った。"


def ending(no: int) -> str:
    """The last words of a paper, by which it is known on the screen."""
    return f"記録その{no}の終わり。"


async def crowd(office: Office, leaves: int) -> None:
    """Grow the identity log to a size, by people of one more agency as enrolment makes them."""
    aid = Aid(Id(entropy.system(Id.SIZE)))
    town = Town(council=office.council, aid=aid, registrar=fresh_key())
    await town.register(office.root)
    await town.crowd(-(-(leaves - office.council.log.size) // _LEAVES_EACH))


@dataclass(kw_only=True)
class Crowded:
    """A room under way: its chair by the SDK, one of its people at a browser."""

    office: Office
    chair: Client
    person: Person
    wid: Wid
    member: Member
    it: ItemId
    plan: Plan
    shared: int = 0

    @property
    def case(self) -> CaseId:
        """The room."""
        return self.member.room.case

    @property
    def events(self) -> int:
        """Rows of its feed."""
        return self.member.room.state.seq

    async def share(self, count: int) -> None:
        """Share sections of half a page each."""
        for _ in range(count):
            text = _FILLER * 10 + ending(self.shared)
            words = SumText(
                prov=Provenance.AGENCY, hid=False, title=f"記録{self.shared}", text=text
            )
            await self.member.share(self.plan, words)
            self.shared += 1

    async def fill(self, events: int) -> None:
        """Fill the feed: issues, actions, and new versions of papers."""
        for each in range(0, _ISSUES, _BATCH):
            await self.member.act(*[self._issue(each + no) for no in range(_BATCH)])
        for each in range(0, _ACTIONS, _BATCH):
            await self.member.act(*[self._action(each + no) for no in range(_BATCH)])
        papers = list(self.member.room.state.versions)
        for no in range(max(0, events - self.events)):
            text = _FILLER * 10 + ending(no % len(papers))
            words = SumText(prov=Provenance.AGENCY, hid=False, title=f"改版{no}", text=text)
            await self.member.revise(papers[no % len(papers)], words)

    def _issue(self, no: int) -> tuple[PrioSet, dict[str, str]]:
        row = RowId(self.member.new_id())
        return PrioSet(row=row, it=self.it), {"issue": f"課題{no}"}

    def _action(self, no: int) -> tuple[ActNew, dict[str, str]]:
        act, ag = ActId(self.member.new_id()), self.chair.session.me.aid
        facts = ActNew(act=act, it=self.it, ag=ag, w=None, due="2030-01-31", from_=None, ext=0)
        return facts, {"text": f"対応{no}"}


async def gather(hall: Hall, office: Office, people: int) -> Crowded:
    """Twelve people, or so many, of three agencies in a room with an open item."""
    host = await office.agency(1, "水瀬市 福祉部 地域共生課", AgencyKind.CITY, Cap.HOST, Cap.MEMBER)
    second = await office.agency(2, "水瀬市社会福祉協議会", AgencyKind.CSW, Cap.MEMBER)
    third = await office.agency(5, "水瀬市保健所 保健予防課", AgencyKind.HEALTH, Cap.MEMBER)
    chair = await office.bring(host, "高瀬 律子", Cap.CHAIR, Cap.MEMBER, Cap.MINUTES)
    others = [
        await office.bring((host, second, third)[no % 3], f"参加者 {no}", Cap.MEMBER, Cap.MINUTES)
        for no in range(people - 2)
    ]
    await office.council.sync()
    before = set(office.council.log.directory.workers)
    person = await join(hall, office, third, "新田 果歩", Cap.MEMBER)
    await office.council.sync()
    await chair.session.sync()
    (wid,) = set(office.council.log.directory.workers) - before
    wids = [each.session.me.wid for each in others]
    return await _room(office, (chair, others), person, (wid, wids))


async def _until_accepted(member: Member, sit: SitId, wid: Wid) -> None:
    """Follow the room until an answer given at a browser is in it."""
    async with asyncio.timeout(_ANSWERED):
        await member.room.fetch()
        while member.room.conference.seats[sit, wid].state is not SeatState.ACCEPTED:
            await asyncio.sleep(_LOOK)
            await member.room.fetch()


async def _room(
    office: Office,
    clients: tuple[Client, list[Client]],
    person: Person,
    wids: tuple[Wid, list[Wid]],
) -> Crowded:
    (chair, others), (wid, rest) = clients, wids
    case = await seating.reserve(chair.session, CODE)
    subject = bases.new_subject(chair.session, name="美佐江", birth="1955-02-03")
    now = chair.session.council.iat()
    agencies = {chair.session.me.aid, *(each.session.me.aid for each in others)}
    terms = bases.Terms(
        law="consent",
        kinds=["shien"],
        scope=[Scope(ag=tuple(sorted(agencies)), cats=_CATS)],
        purp=["advice"],
        start=now.plus(-HOUR),
        until=now.plus(180 * DAY),
    )
    basis = await bases.consent(
        chair.session, case=case, subject=subject, terms=terms, evidence=None
    )
    founding = chair.member(case)
    await seating.create(founding, bases=[basis])
    await founding.room.confirm_changes()
    member = await chair.join(case)
    sit, it = SitId(member.new_id()), ItemId(member.new_id())
    about = (ItemBasis(sub=subject.sub, basis=basis),)
    item = PlannedItem(it=it, no=1, typ=ItemType.DECIDE, bases=about)
    convened = SitConv(sit=sit, kind="shien", no=1, starts=now.plus(HOUR), items=(item,))
    duties = {chair.session.me.wid: Duty.FACILITATOR, rest[0]: Duty.RECORDER}
    invited = [
        SeatInv(sit=sit, wid=one, duty=duties.get(one, Duty.MEMBER), late=0)
        for one in (chair.session.me.wid, *rest, wid)
    ]
    words: dict[str, str] = {}
    await member.act((convened, {"purpose": "今後の支援"}), *[(one, words) for one in invited])
    for each in (chair, *others):
        await seating.answer_seat(each.session, case, sit, ans=SeatAnswer.ACCEPT)
    await person.button(f"出席する（{CODE}）").click(timeout=40_000)
    await _until_accepted(member, sit, wid)
    await seating.add(member, [seating.Row(wid=one) for one in (*rest, wid)])
    member = await chair.join(case, sit)
    await member.room.confirm_changes()
    recorder = await others[0].join(case, sit)
    await recorder.room.confirm_changes()
    await member.act((SitOpen(sit=sit), {}))
    await member.open_item_of(it)
    for name in [name for name, each in office.clients.items() if each is not chair]:
        await office.clients.pop(name).close()  # each would follow the log while it grows
    plan = Plan(cls=DocClass.SECTION, item=it, sub=subject.sub, cats=("c6",))
    return Crowded(
        office=office, chair=chair, person=person, wid=wid, member=member, it=it, plan=plan
    )
