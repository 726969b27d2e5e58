"""What is done and shown in a room, from plain values: commands and the demo both use this."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from agenda.model import Item
from conference import model
from conference.records import Action, Owner, Priority, Role, RoleState, Sitting
from crypto.errors import Code, Refused
from protocol.headers import SumText
from protocol.ids import (
    ActId,
    DecId,
    DocId,
    ItemId,
    RowId,
    Sid,
    SitId,
    SubId,
    SumId,
    Wid,
)
from protocol.ops import (
    ActAns,
    ActHand,
    ActNew,
    ActRep,
    DecRec,
    ItemBasis,
    ItemClose,
    NextSet,
    PlannedItem,
    PrioSet,
    RoleAns,
    RoleSet,
    SeatInv,
    SitClose,
    SitConv,
    SitOpen,
)
from protocol.payloads import Audience, Sect
from protocol.room import Announced
from protocol.times import Instant
from protocol.vocabulary import (
    ActionReport,
    Answer,
    DecisionType,
    Decline,
    DocClass,
    Duty,
    ItemType,
    Outcome,
    Part,
    Provenance,
)
from sdk.documents import Plan
from sdk.member import Member, Shared
from sdk.opening import Words

T = TypeVar("T", Action, Priority, Role)

# --- sittings and items ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """An item of the agenda to be convened; `bases` names the subjects it treats."""

    no: int
    typ: ItemType
    title: str
    minutes: int
    bases: Mapping[SubId, Sid]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A sitting to be convened."""

    kind: str
    no: int
    starts: Instant
    purpose: str
    place: str
    points: Sequence[Point]


async def convene(member: Member, meeting: Meeting) -> SitId:
    """招集: make a sitting with its items."""
    sit = SitId(member.new_id())
    ids = {point.no: ItemId(member.new_id()) for point in meeting.points}
    facts = SitConv(
        sit=sit,
        kind=meeting.kind,
        no=meeting.no,
        starts=meeting.starts,
        items=tuple(_planned(point, ids[point.no]) for point in meeting.points),
    )
    items = [
        {"it": ids[point.no].hex(), "title": point.title, "min": point.minutes}
        for point in meeting.points
    ]
    words: Words = {"purpose": meeting.purpose, "place": meeting.place, "items": items}
    await member.act((facts, words))
    return sit


def _planned(point: Point, it: ItemId) -> PlannedItem:
    pairs = [ItemBasis(sub=sub, basis=sid) for sub, sid in sorted(point.bases.items())]
    return PlannedItem(it=it, no=point.no, typ=point.typ, bases=tuple(pairs))


async def invite(member: Member, sit: SitId, seats: Iterable[tuple[Wid, Duty]]) -> None:
    """出席者の選定: invite people to a sitting; late where it runs already."""
    late = member.room.conference.sittings[sit].state.value == "open"
    steps = [
        (SeatInv(sit=sit, wid=wid, duty=duty, late=1 if late else 0), dict[str, object]())
        for wid, duty in seats
    ]
    await member.act(*steps)


async def open_sitting(member: Member, sit: SitId) -> None:
    """開会."""
    await member.act((SitOpen(sit=sit), {}))


async def close_sitting(member: Member, sit: SitId) -> None:
    """閉会."""
    await member.act((SitClose(sit=sit), {"note": ""}))


def sitting(member: Member) -> Sitting:
    """The newest sitting of the room; UNKNOWN_ID without one."""
    found = sorted(member.room.conference.sittings.values(), key=lambda each: each.touched)
    if not found:
        raise Refused(Code.UNKNOWN_ID)
    running = [each for each in found if each.state.value != "closed"]
    return (running or found)[-1]


async def titles(member: Member) -> dict[str, str]:
    """Titles of the agenda by the item's id, as far as this person may read them."""
    found = member.room.state.document_of(DocClass.AGENDA)
    said = {} if found is None else await member.room.words(found.body.doc)
    convened = [words.get("items", []) for name, words in said.items() if name[:9] == "sit.conv:"]
    return {each["it"]: each["title"] for items in convened for each in items}


def item(member: Member, no: int) -> Item:
    """The item with a number in the newest sitting; UNKNOWN_ID."""
    sit = sitting(member).sit
    for each in member.items().values():
        if each.sit == sit and each.no == no:
            return each
    raise Refused(Code.UNKNOWN_ID, item=no)


async def open_item(member: Member, no: int) -> None:
    """Open an item; the one that is open is carried over first."""
    wanted = item(member, no)
    for each in member.items().values():
        if each.sit == wanted.sit and each.is_open:
            await close_item(member, each.no, Outcome.NONE)
    await member.open_item_of(wanted.it)


async def close_item(member: Member, no: int, out: Outcome) -> None:
    """Close an item; INVARIANT while a decided one has nobody in charge."""
    await member.act((ItemClose(it=item(member, no).it, out=out), {"summary": ""}))


async def next_date(member: Member, sit: SitId, at: Instant | None, place: str) -> None:
    """次回."""
    await member.act((NextSet(sit=sit, at=at), {"place": place, "note": ""}))


# --- sections ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section as one person finds it: its words, or the reason why they are closed to her."""

    doc: DocId
    sm: SumId
    ver: int
    cls: DocClass
    sub: SubId | None
    cats: tuple[str, ...]
    author: Wid
    text: SumText | None
    code: Code | None


async def share(
    member: Member,
    text: SumText,
    *,
    sub: SubId | None,
    cats: Sequence[str],
    item_no: int | None = None,
) -> Shared:
    """Share a section with everyone the basis allows."""
    it = None if item_no is None else item(member, item_no).it
    return await member.share(Plan(cls=DocClass.SECTION, item=it, sub=sub, cats=tuple(cats)), text)


async def card(member: Member, guest: Wid, *, title: str, text: str) -> Shared:
    """Write the stage-1 card for one guest."""
    me = member.room.session.me.wid
    plan = Plan(cls=DocClass.CARD)
    words = SumText(prov=Provenance.AGENCY, hid=False, title=title, text=text)
    audience = Audience(ag=(), w=tuple(sorted({me, guest})))
    return await member.share(plan, words, audience=audience)


async def sections(member: Member) -> list[Section]:
    """Every section of the room in the order in which they were shared."""
    room = member.room
    await room.read()
    found = [_section(member, sm) for sm in room.state.versions]
    return sorted(found, key=lambda each: room.state.documents[each.doc, 1].seq)


def _section(member: Member, sm: SumId) -> Section:
    room = member.room
    version = room.state.versions[sm]
    announced = room.state.documents[version.generation]
    text = room.texts.get(version.eid)
    return Section(
        doc=version.generation[0],
        sm=sm,
        ver=version.ver,
        cls=DocClass(announced.body.cls),
        sub=announced.body.sub,
        cats=announced.body.cats,
        author=version.author.wid,
        text=text if isinstance(text, SumText) else None,
        code=refusal(member, announced.body),
    )


def refusal(member: Member, section: Sect) -> Code | None:
    """Why this person may not read a section; None when she may."""
    room, me = member.room, member.room.session.me
    gate = room.feed.room.willing(room.session.council.clock.now())
    return gate.may_read((me.wid, me.ik), section)


def readers(member: Member, doc: DocId) -> list[Wid]:
    """Members who may read a document."""
    room = member.room
    announced: Announced = room.state.latest(doc)
    gate = room.feed.room.willing(room.session.council.clock.now())
    rows = room.state.members()
    return [row.wid for row in rows if gate.may_read(row.person, announced.body) is None]


# --- boards ------------------------------------------------------------------------------------


async def priority(member: Member, no: int, words: Words, row: RowId | None = None) -> RowId:
    """Put an issue on the priority board, with rank, level and reason."""
    wanted = row or RowId(member.new_id())
    await member.act((PrioSet(row=wanted, it=item(member, no).it), words))
    return wanted


async def offer_part(
    member: Member,
    no: int,
    part: Part,
    owner: Owner,
    *,
    row: RowId | None = None,
    text: str = "",
) -> RowId:
    """Offer a part to an agency or to one person of it."""
    wanted = row or RowId(member.new_id())
    it = item(member, no).it
    facts = RoleSet(row=wanted, part=part, ag=owner.ag, w=owner.w, it=it)
    await member.act((facts, {"text": text}))
    return wanted


async def answer_part(member: Member, row: RowId, why: Decline | None, reason: str) -> None:
    """Accept an offered part, or decline it with a reason."""
    ans = Answer.ACCEPT if why is None else Answer.DECLINE
    await member.act((RoleAns(row=row, ans=ans, why=why), {"reason": reason}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """対応事項 as it is typed; `outside` is for agencies that are not in the room."""

    owner: Owner
    due: str | None
    text: str
    report: str
    outside: bool = False


async def new_action(member: Member, task: Task, *, no: int | None) -> ActId:
    """Record an action with owner and due date."""
    act = ActId(member.new_id())
    facts = ActNew(
        act=act,
        it=None if no is None else item(member, no).it,
        ag=task.owner.ag,
        w=task.owner.w,
        due=task.due,
        from_=None,
        ext=1 if task.outside else 0,
    )
    await member.act((facts, {"text": task.text, "cat": "", "rep": task.report}))
    return act


async def answer_action(member: Member, act: ActId, why: Decline | None, reason: str) -> None:
    """Accept an action, or decline it with a reason."""
    ans = Answer.ACCEPT if why is None else Answer.DECLINE
    await member.act((ActAns(act=act, ans=ans, why=why), {"reason": reason}))


async def report(member: Member, act: ActId, st: ActionReport, text: str) -> None:
    """Report on one's own action."""
    await member.act((ActRep(act=act, st=st), {"text": text}))


async def hand_action(member: Member, act: ActId, owner: Owner, reason: str) -> None:
    """引継ぎ: offer an action to a new owner."""
    await member.act((ActHand(act=act, ag=owner.ag, w=owner.w), {"reason": reason}))


async def decide(member: Member, no: int, typ: DecisionType, text: str) -> DecId:
    """Record a decision, a 留保, or that nothing was decided."""
    dec = DecId(member.new_id())
    await member.act((DecRec(dec=dec, it=item(member, no).it, typ=typ), {"text": text}))
    return dec


# --- what stands on the boards -----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Facts with their words, in the order of the rows."""

    priorities: list[Words]
    roles: list[tuple[Role, Words]]
    actions: list[tuple[Action, Words]]
    interim: Role | None
    counts: model.Counts
    handovers: tuple[ActId, ...]


async def board(member: Member) -> Board:
    """What the boards say now, for everybody of the room."""
    room = member.room
    found = room.state.document_of(DocClass.BOARD)
    said = {} if found is None else await room.words(found.body.doc)
    conference, members = room.conference, room.members()
    live = [row for row in conference.prio.values() if not row.deleted]
    roles = [each for each in conference.roles.values() if each.state is not RoleState.DELETED]
    return Board(
        priorities=[said.get(f"prio.set:{each.row.hex()}", {}) for each in _in_order(live)],
        roles=[(each, said.get(f"role.set:{each.row.hex()}", {})) for each in _in_order(roles)],
        actions=[
            (each, said.get(f"act.new:{each.act.hex()}", {}))
            for each in _in_order(conference.actions.values())
        ],
        interim=model.interim_in_charge(conference, members),
        counts=model.invariant(conference, members),
        handovers=model.handovers(conference, members),
    )


def _in_order(rows: Iterable[T]) -> list[T]:
    return sorted(rows, key=lambda each: each.touched)
