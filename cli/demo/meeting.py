"""What people do in a sitting: orders in JSON, deeds of the SDK, results in JSON."""

from dataclasses import asdict

from cli import deeds
from cli.demo.lines import Json
from cli.demo.player import Player
from cli.demo.verbs import Verbs, case_of, ident, member_of, owner_of, statement, verbs_of
from crypto.errors import Code, Refused
from protocol.codec import b64u
from protocol.headers import SumText
from protocol.ids import ActId, DocId, Hash, RowId, SitId, SubId, Wid
from protocol.times import DAY, HOUR, Instant
from protocol.vocabulary import (
    DecisionType,
    Decline,
    Duty,
    ItemType,
    Outcome,
    Part,
    Provenance,
    SeatAnswer,
)
from sdk import seating
from sdk.member import Member

VERBS: Verbs = {}
_verb = verbs_of(VERBS)


# --- the sitting -------------------------------------------------------------------------------


@_verb
async def convene(
    player: Player, *, case: str, meeting: Json, bases: dict[str, str], subs: dict[str, str]
) -> str:
    """招集."""
    pairs = {SubId(ident(subs[key])): statement(bases[key]) for key in bases}
    points = [
        deeds.Point(
            no=each["no"],
            typ=ItemType(each["typ"]),
            title=each["title"],
            minutes=each["minutes"],
            bases={} if each["typ"] == ItemType.FORM else pairs,
        )
        for each in meeting["items"]
    ]
    planned = deeds.Meeting(
        kind=meeting["kind"],
        no=meeting["number"],
        starts=player.clock.now().plus(HOUR),
        purpose=meeting["purpose"],
        place=meeting["place"],
        points=points,
    )
    return (await deeds.convene(await member_of(player, case), planned)).hex()


@_verb
async def invite_seats(player: Player, *, case: str, sit: str, seats: list[Json]) -> None:
    """出席者の選定."""
    wanted = [(Wid(ident(each["wid"])), Duty(each["duty"])) for each in seats]
    await deeds.invite(await member_of(player, case), SitId(ident(sit)), wanted)


@_verb
async def accept(player: Player, *, case: str, sit: str) -> None:
    """Accept the seat; whoever is not yet in the room sees nothing of it."""
    await seating.answer_seat(
        player.session, case_of(case), SitId(ident(sit)), ans=SeatAnswer.ACCEPT
    )


@_verb
async def enter(player: Player, *, case: str, sit: str) -> dict[str, Json]:
    """Join the live feed in the sitting."""
    await player.session.sync()
    member = await player.client.join(case_of(case), SitId(ident(sit)))
    player.joined.add(case)
    return {"seq": member.room.state.seq, "fh": member.room.state.fh.hex()}


@_verb
async def open_sitting(player: Player, *, case: str, sit: str) -> None:
    """開会."""
    await deeds.open_sitting(await member_of(player, case), SitId(ident(sit)))


@_verb
async def close_sitting(player: Player, *, case: str, sit: str) -> None:
    """閉会."""
    await deeds.close_sitting(await member_of(player, case), SitId(ident(sit)))


@_verb
async def open_item(player: Player, *, case: str, no: int) -> None:
    """Open an item, after the one before it."""
    await deeds.open_item(await member_of(player, case), no)


@_verb
async def close_item(player: Player, *, case: str, no: int, out: str) -> None:
    """Close an item with its outcome."""
    await deeds.close_item(await member_of(player, case), no, Outcome(out))


@_verb
async def next_date(player: Player, *, case: str, sit: str, days: int, place: str) -> None:
    """次回."""
    at = Instant(player.clock.now().plus(days * DAY))
    await deeds.next_date(await member_of(player, case), SitId(ident(sit)), at, place)


@_verb
async def meet(player: Player, *, case: str) -> dict[str, str]:
    """Post the meeting statement and read its digits aloud."""
    spoken = await (await member_of(player, case)).read_aloud()
    return {"sid": b64u(spoken.sid), "digits": spoken.digits}


@_verb
async def heard(player: Player, *, case: str, sid: str) -> str:
    """The digits that one's own screen shows for a meeting statement."""
    member = await member_of(player, case)

    def shown() -> str:
        found = (each.digits for each in member.spoken() if b64u(each.sid) == sid)
        return next(found, "")

    await member.room.until(lambda: bool(shown()))
    return shown()


# --- sections ----------------------------------------------------------------------------------


@_verb
async def share(
    player: Player,
    *,
    case: str,
    title: str,
    text: str,
    prov: str,
    sub: str,
    cats: list[str],
) -> dict[str, Json]:
    """Share a section with everyone the basis allows."""
    member = await member_of(player, case)
    words = SumText(prov=Provenance(prov), hid=False, title=title, text=text)
    shared = await deeds.share(member, words, sub=SubId(ident(sub)), cats=cats)
    who = deeds.readers(member, shared.doc)
    return {
        "doc": shared.doc.hex(),
        "eid": member.room.state.versions[shared.sm].eid.hex(),
        "readers": [wid.hex() for wid in who],
    }


async def _arrived(member: Member, doc: DocId) -> None:
    await member.room.until(lambda: doc in member.room.state.newest)


@_verb
async def read_section(player: Player, *, case: str, doc: str) -> dict[str, str]:
    """Read one section; where one's own client says no, the server is asked all the same."""
    member = await member_of(player, case)
    wanted = DocId(ident(doc))
    await _arrived(member, wanted)
    found = next(each for each in await deeds.sections(member) if each.doc == wanted)
    if found.text is not None:
        return {"title": found.text.title, "text": found.text.text}
    await ask_for(player, case=case, eid=member.room.state.versions[found.sm].eid.hex())
    raise Refused(Code.BAD_DOC_KEY)


@_verb
async def ask_for(player: Player, *, case: str, eid: str) -> None:
    """Ask the server for a row whatever one's own client thinks of it."""
    await player.session.read(case_of(case), "view", [Hash(bytes.fromhex(eid))])


@_verb
async def read_all(player: Player, *, case: str) -> list[dict[str, str]]:
    """Everything this person can open."""
    found = await deeds.sections(await member_of(player, case))
    return [
        {"title": each.text.title, "text": each.text.text}
        for each in found
        if each.text is not None
    ]


# --- boards ------------------------------------------------------------------------------------


@_verb
async def priority(player: Player, *, case: str, no: int, words: Json) -> str:
    """Put an issue on the priority board."""
    return (await deeds.priority(await member_of(player, case), no, words)).hex()


@_verb
async def part(
    player: Player,
    *,
    case: str,
    no: int,
    part: str,
    aid: str,
    wid: str | None,
    row: str | None = None,
) -> str:
    """Offer a part."""
    member = await member_of(player, case)
    held = None if row is None else RowId(ident(row))
    made = await deeds.offer_part(member, no, Part(part), owner_of(aid, wid), row=held)
    return made.hex()


@_verb
async def answer_part(
    player: Player, *, case: str, row: str, why: str | None = None, reason: str = ""
) -> None:
    """Accept a part, or decline it with a reason."""
    member = await member_of(player, case)
    wanted = RowId(ident(row))
    await member.room.until(lambda: wanted in member.room.conference.roles)
    await deeds.answer_part(member, wanted, None if why is None else Decline(why), reason)


@_verb
async def action(player: Player, *, case: str, no: int, task: Json) -> str:
    """Record an action."""
    made = deeds.Task(
        owner=owner_of(task["aid"], task["wid"]),
        due=task["due"],
        text=task["text"],
        report=task["report"],
        outside=task["outside"],
    )
    return (await deeds.new_action(await member_of(player, case), made, no=no)).hex()


@_verb
async def answer_action(player: Player, *, case: str, act: str) -> None:
    """Accept an action."""
    member = await member_of(player, case)
    wanted = ActId(ident(act))
    await member.room.until(lambda: wanted in member.room.conference.actions)
    await deeds.answer_action(member, wanted, None, "")


@_verb
async def hand_action(player: Player, *, case: str, act: str, aid: str, wid: str) -> None:
    """Offer an action to a new owner."""
    member = await member_of(player, case)
    await deeds.hand_action(member, ActId(ident(act)), owner_of(aid, wid), "")


@_verb
async def decide(player: Player, *, case: str, no: int, typ: str, text: str) -> None:
    """Record a decision, a 留保, or what was left open."""
    await deeds.decide(await member_of(player, case), no, DecisionType(typ), text)


@_verb
async def counts(player: Player, *, case: str) -> dict[str, int]:
    """Live rows of the role board by part."""
    found = (await deeds.board(await member_of(player, case))).counts
    return asdict(found)


@_verb
async def board(player: Player, *, case: str, seq: int | None = None) -> dict[str, Json]:
    """What this person's screen shows of the boards, once it has come as far as `seq`."""
    member = await member_of(player, case)
    await member.room.until(lambda: member.room.state.seq >= (seq or 0))
    found = await deeds.board(member)
    return {
        "priorities": found.priorities,
        "roles": [
            [role.part.value, role.owner.ag.hex(), role.state.value, words]
            for role, words in found.roles
        ],
        "actions": [
            [action.owner.ag.hex(), action.state.value, action.due, words]
            for action, words in found.actions
        ],
        "interim": None if found.interim is None else found.interim.owner.ag.hex(),
    }


@_verb
async def handovers(player: Player, *, case: str) -> list[str]:
    """Actions that have lost their owner."""
    found = await deeds.board(await member_of(player, case))
    return [act.hex() for act in found.handovers]
