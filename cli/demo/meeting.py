"""What people do in the rooms: orders in JSON, deeds of the SDK, results in JSON."""

from dataclasses import asdict
from typing import Final

from cli import deeds
from cli.demo.lines import Json
from cli.demo.player import Player, Verb
from conference import content
from conference.records import Owner
from crypto.errors import Code, Refused
from protocol import envelope
from protocol.codec import b64u
from protocol.headers import SumText
from protocol.ids import ActId, Aid, CaseId, DocId, Hash, Id, RowId, Sid, SitId, SubId, Wid
from protocol.keys import body_key, wrap_key
from protocol.payloads import Scope
from protocol.shapes import as_set
from protocol.times import DAY, HOUR, Instant
from protocol.vocabulary import (
    DecisionType,
    Decline,
    Duty,
    ItemType,
    Outcome,
    Part,
    Provenance,
    RosterRole,
    SeatAnswer,
)
from sdk import bases, seating
from sdk.member import Member
from sdk.room import Room
from sdk.seating import Row

PURPOSES: Final = ("advice", "coordination")
_GUEST: Final = DAY
VERBS: dict[str, Verb] = {}


def _verb(work: Verb) -> Verb:
    VERBS[work.__name__] = work
    return work


def _id(text: str) -> Id:
    return Id(bytes.fromhex(text))


def _sid(text: str) -> Sid:
    return Sid(Hash(bytes.fromhex(text)))


def _case(text: str) -> CaseId:
    return CaseId(_id(text))


def _owner(aid: str, wid: str | None) -> Owner:
    return Owner(ag=Aid(_id(aid)), w=None if wid is None else Wid(_id(wid)))


async def _member(player: Player, case: str) -> Member:
    """The room, live since `enter`; before that its rows are fetched for each deed."""
    member = player.client.member(_case(case))
    if case not in player.joined:
        await member.room.open()
    await member.room.confirm_changes()
    return member


# --- bases and rooms ---------------------------------------------------------------------------


@_verb
async def reserve(player: Player, *, code: str) -> str:
    """Reserve a case id under a public code."""
    return (await seating.reserve(player.session, code)).hex()


@_verb
async def consent(
    player: Player, *, case: str, subject: Json, aids: dict[str, str]
) -> dict[str, str]:
    """Log a consent that this person took."""
    named = bases.new_subject(player.session, name=subject["name"], birth=subject["birth"])
    evidence = bases.new_evidence(player.session, dict(subject["evidence"]))
    sid = await bases.consent(
        player.session,
        case=_case(case),
        subject=named,
        terms=_terms(player, subject, aids),
        evidence=evidence,
    )
    return {"basis": sid.hex(), "sub": named.sub.hex()}


@_verb
async def propose(
    player: Player, *, case: str, subject: Json, aids: dict[str, str], approver: str
) -> dict[str, str]:
    """Propose a statutory decision to somebody else."""
    named = bases.new_subject(player.session, name=subject["name"], birth=subject["birth"])
    sid = await bases.propose(
        player.session,
        case=_case(case),
        subject=named,
        terms=_terms(player, subject, aids),
        approver=Wid(_id(approver)),
    )
    return {"basis": sid.hex(), "sub": named.sub.hex()}


def _terms(player: Player, subject: Json, aids: dict[str, str]) -> bases.Terms:
    now = player.clock.now()
    days = {name: subject[name] for name in ("from", "until", "review")}
    scope = [
        Scope(
            ag=as_set([Aid(_id(aids[code])) for code in pair["agencies"]]),
            cats=as_set(pair["cats"]),
        )
        for pair in subject["scope"]
    ]
    return bases.Terms(
        law=subject["law"],
        kinds=subject["kinds"],
        scope=scope,
        purp=PURPOSES,
        start=now.plus(days["from"] * DAY),
        until=now.plus(days["until"] * DAY),
        rev=None if days["review"] is None else now.plus(days["review"] * DAY),
    )


@_verb
async def approve_basis(player: Player, *, sid: str) -> None:
    """Read a decision that waits for one's own signature, and sign it."""
    waiting = await bases.waiting(player.session)
    found = [each for each in waiting if each.sid.hex() == sid]
    if not found:
        raise Refused(Code.UNKNOWN_ID)
    await bases.approve(player.session, found[0])


@_verb
async def create(
    player: Player, *, case: str, staff: list[str], acts: list[str], bases: list[str]
) -> dict[str, int]:
    """Found the room on its bases."""
    member = player.client.member(_case(case))
    await seating.create(
        member,
        bases=[_sid(each) for each in bases],
        staff=[Wid(_id(each)) for each in staff],
        act=[Wid(_id(each)) for each in acts],
    )
    return {"seq": member.room.state.seq}


@_verb
async def admit(
    player: Player, *, case: str, members: list[str], guests: list[str] | None = None
) -> dict[str, int]:
    """Bring people into the roster; guests have an end."""
    member = await _member(player, case)
    until = player.clock.now().plus(_GUEST)
    rows = [Row(wid=Wid(_id(each))) for each in members]
    rows += [Row(wid=Wid(_id(each)), role=RosterRole.GUEST, until=until) for each in guests or ()]
    await seating.add(member, rows)
    return {"n": member.room.state.epoch}


@_verb
async def card(player: Player, *, case: str, wid: str, title: str, text: str) -> None:
    """Write the stage-1 card for a guest."""
    await deeds.card(await _member(player, case), Wid(_id(wid)), title=title, text=text)


# --- the sitting -------------------------------------------------------------------------------


@_verb
async def convene(
    player: Player, *, case: str, meeting: Json, bases: dict[str, str], subs: dict[str, str]
) -> str:
    """招集."""
    pairs = {SubId(_id(subs[key])): _sid(bases[key]) for key in bases}
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
    return (await deeds.convene(await _member(player, case), planned)).hex()


@_verb
async def invite_seats(player: Player, *, case: str, sit: str, seats: list[Json]) -> None:
    """出席者の選定."""
    wanted = [(Wid(_id(each["wid"])), Duty(each["duty"])) for each in seats]
    await deeds.invite(await _member(player, case), SitId(_id(sit)), wanted)


@_verb
async def accept(player: Player, *, case: str, sit: str) -> None:
    """Accept the seat; whoever is not yet in the room sees nothing of it."""
    await seating.answer_seat(player.session, _case(case), SitId(_id(sit)), ans=SeatAnswer.ACCEPT)


@_verb
async def enter(player: Player, *, case: str, sit: str) -> dict[str, Json]:
    """Join the live feed in the sitting."""
    await player.session.sync()
    member = await player.client.join(_case(case), SitId(_id(sit)))
    player.joined.add(case)
    return {"seq": member.room.state.seq, "fh": member.room.state.fh.hex()}


@_verb
async def open_sitting(player: Player, *, case: str, sit: str) -> None:
    """開会."""
    await deeds.open_sitting(await _member(player, case), SitId(_id(sit)))


@_verb
async def close_sitting(player: Player, *, case: str, sit: str) -> None:
    """閉会."""
    await deeds.close_sitting(await _member(player, case), SitId(_id(sit)))


@_verb
async def open_item(player: Player, *, case: str, no: int) -> None:
    """Open an item, after the one before it."""
    await deeds.open_item(await _member(player, case), no)


@_verb
async def close_item(player: Player, *, case: str, no: int, out: str) -> None:
    """Close an item with its outcome."""
    await deeds.close_item(await _member(player, case), no, Outcome(out))


@_verb
async def next_date(player: Player, *, case: str, sit: str, days: int, place: str) -> None:
    """次回."""
    at = Instant(player.clock.now().plus(days * DAY))
    await deeds.next_date(await _member(player, case), SitId(_id(sit)), at, place)


@_verb
async def meet(player: Player, *, case: str) -> dict[str, str]:
    """Post the meeting statement and read its digits aloud."""
    spoken = await (await _member(player, case)).read_aloud()
    return {"sid": b64u(spoken.sid), "digits": spoken.digits}


@_verb
async def heard(player: Player, *, case: str, sid: str) -> str:
    """The digits that one's own screen shows for a meeting statement."""
    member = await _member(player, case)

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
    member = await _member(player, case)
    words = SumText(prov=Provenance(prov), hid=False, title=title, text=text)
    shared = await deeds.share(member, words, sub=SubId(_id(sub)), cats=cats)
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
    member = await _member(player, case)
    wanted = DocId(_id(doc))
    await _arrived(member, wanted)
    found = next(each for each in await deeds.sections(member) if each.doc == wanted)
    if found.text is not None:
        return {"title": found.text.title, "text": found.text.text}
    await ask_for(player, case=case, eid=member.room.state.versions[found.sm].eid.hex())
    raise Refused(Code.BAD_DOC_KEY)


@_verb
async def ask_for(player: Player, *, case: str, eid: str) -> None:
    """Ask the server for a row whatever one's own client thinks of it."""
    await player.session.read(_case(case), "view", [Hash(bytes.fromhex(eid))])


@_verb
async def read_all(player: Player, *, case: str) -> list[dict[str, str]]:
    """Everything this person can open."""
    found = await deeds.sections(await _member(player, case))
    return [
        {"title": each.text.title, "text": each.text.text}
        for each in found
        if each.text is not None
    ]


# --- boards ------------------------------------------------------------------------------------


@_verb
async def priority(player: Player, *, case: str, no: int, words: Json) -> str:
    """Put an issue on the priority board."""
    return (await deeds.priority(await _member(player, case), no, words)).hex()


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
    member = await _member(player, case)
    held = None if row is None else RowId(_id(row))
    made = await deeds.offer_part(member, no, Part(part), _owner(aid, wid), row=held)
    return made.hex()


@_verb
async def answer_part(
    player: Player, *, case: str, row: str, why: str | None = None, reason: str = ""
) -> None:
    """Accept a part, or decline it with a reason."""
    member = await _member(player, case)
    wanted = RowId(_id(row))
    await member.room.until(lambda: wanted in member.room.conference.roles)
    await deeds.answer_part(member, wanted, None if why is None else Decline(why), reason)


@_verb
async def action(player: Player, *, case: str, no: int, task: Json) -> str:
    """Record an action."""
    made = deeds.Task(
        owner=_owner(task["aid"], task["wid"]),
        due=task["due"],
        text=task["text"],
        report=task["report"],
        outside=task["outside"],
    )
    return (await deeds.new_action(await _member(player, case), made, no=no)).hex()


@_verb
async def answer_action(player: Player, *, case: str, act: str) -> None:
    """Accept an action."""
    member = await _member(player, case)
    wanted = ActId(_id(act))
    await member.room.until(lambda: wanted in member.room.conference.actions)
    await deeds.answer_action(member, wanted, None, "")


@_verb
async def hand_action(player: Player, *, case: str, act: str, aid: str, wid: str) -> None:
    """Offer an action to a new owner."""
    member = await _member(player, case)
    await deeds.hand_action(member, ActId(_id(act)), _owner(aid, wid), "")


@_verb
async def decide(player: Player, *, case: str, no: int, typ: str, text: str) -> None:
    """Record a decision, a 留保, or what was left open."""
    await deeds.decide(await _member(player, case), no, DecisionType(typ), text)


@_verb
async def counts(player: Player, *, case: str) -> dict[str, int]:
    """Live rows of the role board by part."""
    found = (await deeds.board(await _member(player, case))).counts
    return asdict(found)


@_verb
async def board(player: Player, *, case: str, seq: int | None = None) -> dict[str, Json]:
    """What this person's screen shows of the boards, once it has come as far as `seq`."""
    member = await _member(player, case)
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
    found = await deeds.board(await _member(player, case))
    return [act.hex() for act in found.handovers]


# --- withdrawal --------------------------------------------------------------------------------


@_verb
async def standing(player: Player, *, case: str) -> dict[str, Json]:
    """Where this person's room stands."""
    room = (await _member(player, case)).room
    return {
        "epoch": room.state.epoch,
        "seq": room.state.seq,
        "members": [row.wid.hex() for row in room.roster.mem],
        "has_key": room.state.epoch in room.epochs,
    }


@_verb
async def withdraw(player: Player, *, case: str, basis: str, agencies: list[str]) -> None:
    """Record a withdrawal of consent for some agencies."""
    member = await _member(player, case)
    named = {Aid(_id(each)) for each in agencies}
    await member.withdraw(_sid(basis), agencies=named, cats=None)


@_verb
async def until_epoch(player: Player, *, case: str, epoch: int) -> dict[str, Json]:
    """Wait for a new key, and tell where the room stands then."""
    room = player.client.member(_case(case)).room
    await room.until(lambda: room.state.epoch >= epoch)
    await room.open_keys()
    found: dict[str, Json] = await standing(player, case=case)
    return found


@_verb
async def read_now(player: Player, *, case: str) -> None:
    """Ask the server for content, as somebody who may have left."""
    room = player.client.member(_case(case)).room
    newest = [each.eid for each in room.state.versions.values()]
    await player.session.read(room.case, "view", [Hash(each) for each in newest[:1]])


@_verb
async def try_keys(player: Player, *, case: str, rows: list[tuple[int, str]]) -> dict[str, int]:
    """Try every key one ever held on every ciphertext, as if the operator had handed them over."""
    room = player.client.member(_case(case)).room
    found = {"before": 0, "after": 0, "later": 0}
    for seq, data in rows:
        sealed = content.parse_full("env", bytes.fromhex(data))
        later = seq > room.state.seq
        found["later"] += later
        if isinstance(sealed, content.Sealed) and _opens(room, sealed):
            found["after" if later else "before"] += 1
    return found


def _opens(room: Room, sealed: content.Sealed) -> bool:
    header = sealed.header
    keys = [body_key(each, case=header.c, doc=header.d, g=header.g) for each in room.docs.values()]
    keys += [wrap_key(each, case=header.c, n=header.e) for each in room.epochs.values()]
    return any(_fits(sealed, key) for key in keys)


def _fits(sealed: content.Sealed, key: bytes) -> bool:
    try:
        envelope.open_(sealed.env, key=key)
    except Refused:
        return False
    return True
