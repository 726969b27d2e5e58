"""The room that every run begins with: founded, seated and opened by the real clients."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from protocol.ids import CaseId, DocId, Id, ItemId, Sid, SitId, SubId
from protocol.ops import ItemBasis, PlannedItem, SeatInv, SitConv, SitOpen
from protocol.payloads import Scope
from protocol.times import DAY, HOUR, Instant
from protocol.vocabulary import DocClass, Duty, ItemType, SeatAnswer
from sdk import bases, seating
from sdk.contents import Contents
from sdk.opening import Words
from tests.lying.clock import Timeless, wall
from tests.lying.line import Ledger, Stored
from tests.lying.people import Person
from tests.lying.server import Server
from tests.lying.town import AGENCIES, Town, found
from tests.world import aid_of

MEMBERS: Final = ("chair", "csw", "elder", "mallory", "eve")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Everything a run is restored from."""

    town: Town
    case: CaseId
    sit: SitId
    it: ItemId
    sub: SubId
    basis: Sid
    at: Instant
    leaves: tuple[bytes, ...]
    statements: tuple[bytes | None, ...]
    rows: tuple[Stored, ...]
    bundles: tuple[tuple[bytes, bytes], ...]
    ops: tuple[bytes, ...]
    contents: dict[str, Contents]


@cache
def start() -> Start:
    """Found the room once in a process."""
    loop = Timeless()
    try:
        return loop.run_until_complete(_found(loop))
    finally:
        loop.close()


async def _found(loop: Timeless) -> Start:
    town = found()
    now = wall(loop, start=town.world.t.plus(1000))
    case_owner = town.people["chair"]
    ledger = Ledger.of(town.world.leaves, town.world.bytes)
    case = CaseId(Id(bytes(16)))
    server = Server(town, case=case, now=now, ledger=ledger)
    people = {name: Person(name, staff, server, now) for name, staff in town.people.items()}
    chair = await people["chair"].start()
    assert chair.session.me.wid == case_owner.wid
    case = await seating.reserve(chair.session, "K-101")
    server.rename(case)
    subject = bases.new_subject(chair.session, name="美佐江", birth="1955-02-03")
    inner = (aid_of("A01"), aid_of("A02"), aid_of("A03"))
    outer = tuple(aid_of(name) for name in AGENCIES[3:])
    terms = bases.Terms(
        law="consent",
        kinds=["shien"],
        scope=[
            Scope(ag=tuple(sorted(inner)), cats=("c1", "c2", "c6")),
            Scope(ag=tuple(sorted(outer)), cats=("c1", "c6")),
        ],
        purp=["advice"],
        start=now().plus(-HOUR),
        until=now().plus(180 * DAY),
    )
    basis = await bases.consent(
        chair.session, case=case, subject=subject, terms=terms, evidence=None
    )
    member = chair.member(case)
    await seating.create(member, bases=[basis])
    await member.room.confirm_changes()
    sit, it = SitId(member.new_id()), ItemId(member.new_id())
    item = PlannedItem(
        it=it, no=1, typ=ItemType.DECIDE, bases=(ItemBasis(sub=subject.sub, basis=basis),)
    )
    convened = SitConv(sit=sit, kind="shien", no=1, starts=now().plus(HOUR), items=(item,))
    duties = {"chair": Duty.FACILITATOR, "csw": Duty.RECORDER}
    silent: Words = {}
    seats = [
        SeatInv(sit=sit, wid=town.people[name].wid, duty=duties.get(name, Duty.MEMBER), late=0)
        for name in MEMBERS
    ]
    await member.act((convened, {"purpose": "今後の支援"}), *[(each, silent) for each in seats])
    for name in MEMBERS:
        session = (await people[name].open()).session
        await seating.answer_seat(session, case, sit, ans=SeatAnswer.ACCEPT)
    await member.room.fetch()
    others = [seating.Row(wid=town.people[name].wid) for name in MEMBERS[1:]]
    await seating.add(member, others)
    for name in MEMBERS:
        joined = await people[name].join(case)
        await joined.room.confirm_changes()
    await member.room.fetch()
    await member.act((SitOpen(sit=sit), {}))
    await member.open_item_of(it)
    for name in MEMBERS:
        client = await people[name].open()
        await client.members[case].room.open()
        await people[name].stop(crash=False)
    line = server.lines[0]
    return Start(
        town=town,
        case=case,
        sit=sit,
        it=it,
        sub=subject.sub,
        basis=basis,
        at=now().plus(1000),
        leaves=tuple(line.ledger.leaves),
        statements=tuple(line.ledger.statements),
        rows=tuple(line.rows),
        bundles=tuple((bytes(k), v) for k, v in server.bundles.items()),
        ops=tuple(server.ops),
        contents={name: each.vault.contents for name, each in people.items()},
    )


def item_document(rows: dict[tuple[DocId, int], object], it: ItemId) -> DocId:
    """The document of an item's text."""
    for (doc, _), announced in rows.items():
        body = getattr(announced, "body", None)
        if body is not None and body.cls is DocClass.ITEM and body.item == it:
            return doc
    raise LookupError(it)
