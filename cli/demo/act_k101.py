"""Acts two to five: the conference on K-101, from its bases to its end."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import to_builtins

from cli.demo.lines import Json
from cli.demo.play import Play, gather
from cli.demo.story import Action, Case, Section, month_day
from crypto.errors import Code
from protocol.vocabulary import BasisKind, Duty

DECIDING = 7
PRIORITIES = 6
PRESENTING = 3


async def prepare(play: Play) -> None:
    """A room on two bases, and the seats of one sitting."""
    case = play.story.k101
    play.teller.act("act.seats", code=case.code)
    await seat_everybody(play, case, await found_room(play, case))


async def found_room(play: Play, case: Case) -> str:
    """Log the bases, then found the room on them; its first roster is the chair's own staff."""
    room: str = await play.ask(case.chair, "reserve", code=case.code)
    play.facts[case.code] = room
    await _bases(play, case, room)
    acts = [play.wids[case.deputy]] if case.deputy else []
    staff = [play.wids[case.recorder], *acts]
    bases = list(play.facts[f"{case.code}.bases"].values())
    made = await play.ask(case.chair, "create", case=room, acts=acts, staff=staff, bases=bases)
    play.teller.tell("seats.room", code=case.code, seq=made["seq"])
    return room


async def seat_everybody(play: Play, case: Case, room: str) -> None:
    """Convene, invite, and bring into the roster whoever accepted and may have a key."""
    await _convene(play, case, room)
    await _lapsed_pledge(play, case, room)
    await _admit(play, case, room)


async def _bases(play: Play, case: Case, room: str) -> None:
    bases = dict[str, str]()
    subs = dict[str, str]()
    for subject in case.subjects:
        args = {"case": room, "subject": to_builtins(subject), "aids": play.aids}
        law = subject.basis is BasisKind.LAW
        if law and subject.approver:
            made = await play.ask(
                subject.by, "propose", **args, approver=play.wids[subject.approver]
            )
            await play.ask(subject.approver, "approve_basis", sid=made["basis"])
        else:
            made = await play.ask(subject.by, "consent", **args)
        bases[subject.key], subs[subject.key] = made["basis"], made["sub"]
        who = play.name(subject.by)
        by = play.name(subject.approver) if subject.approver else ""
        key = "seats.law" if law else "seats.consent"
        play.teller.tell(key, label=subject.label, who=who, by=by)
    play.facts[f"{case.code}.bases"] = bases
    play.facts[f"{case.code}.subs"] = subs


async def _convene(play: Play, case: Case, room: str) -> None:
    sitting = await play.ask(
        case.chair,
        "convene",
        case=room,
        meeting=to_builtins(case),
        bases=play.facts[f"{case.code}.bases"],
        subs=play.facts[f"{case.code}.subs"],
    )
    play.facts[f"{case.code}.sit"] = sitting
    duties = {key: _duty(case, key) for key in case.people()}
    seats = [{"wid": play.wids[key], "duty": duty.value} for key, duty in duties.items()]
    await play.ask(case.chair, "invite_seats", case=room, sit=sitting, seats=seats)
    play.teller.tell("seats.invited", people=play.family(*case.people()), no=case.number)
    await gather(play.ask(key, "accept", case=room, sit=sitting) for key in case.people())


def _duty(case: Case, key: str) -> Duty:
    duties = {
        case.deputy: Duty.FACILITATOR,
        case.recorder: Duty.RECORDER,
        case.presenter: Duty.PRESENTER,
        case.guest: Duty.ADVISER,
    }
    return duties.get(key, Duty.MEMBER)


async def _lapsed_pledge(play: Play, case: Case, room: str) -> None:
    """Nobody gets a key without a live 誓約書; it is signed anew, and then she does."""
    for key in [key for key in case.members if play.person(key).pledge < 0]:
        play.teller.tell("seats.try", who=play.name(case.chair), whom=play.name(key))
        await play.refused(
            case.chair, "admit", Code.PLEDGE_EXPIRED, case=room, members=[play.wids[key]]
        )
        await play.ask(key, "own_pledge", days=168)
        play.teller.tell("seats.signed", who=play.name(key))


async def _admit(play: Play, case: Case, room: str) -> None:
    members = [play.wids[key] for key in case.members]
    guests = [play.wids[case.guest]] if case.guest else []
    made = await play.ask(case.chair, "admit", case=room, members=members, guests=guests)
    play.teller.tell("seats.admitted", people=play.family(*case.members), n=made["n"])
    if case.guest and case.card:
        await play.ask(
            case.chair,
            "card",
            case=room,
            wid=play.wids[case.guest],
            title=case.card.title,
            text=case.card.text,
        )


# --- the sitting opens -------------------------------------------------------------------------


async def open_room(play: Play) -> None:
    """Everybody comes in; each reads what the basis gives, and nothing else."""
    case = play.story.k101
    room = play.facts[case.code]
    play.teller.act("act.open", code=case.code)
    sitting = play.facts[f"{case.code}.sit"]
    seen = await gather(play.ask(key, "enter", case=room, sit=sitting) for key in case.people())
    play.expect(
        "open.entered",
        holds=len({view["fh"] for view in seen}) == 1,
        people=len(seen),
        seq=seen[0]["seq"],
    )
    await play.ask(case.chair, "open_sitting", case=room, sit=sitting)
    await read_aloud(play, case, room, readers=(case.chair, case.members[0]))
    await open_item(play, case, PRESENTING)
    await share(play, case, room)
    await _health(play, case, room)
    await _guest(play, case, room)


async def open_item(play: Play, case: Case, number: int) -> None:
    """Open an item, closing the one before it."""
    room = play.facts[case.code]
    title = next(each.title for each in case.items if each.no == number)
    await play.ask(case.deputy or case.chair, "open_item", case=room, no=number)
    play.teller.tell("open.item", no=number, title=title)


async def read_aloud(play: Play, case: Case, room: str, *, readers: tuple[str, ...]) -> None:
    """Two people read the meeting code aloud; everybody compares."""
    for reader in readers:
        digits = await play.ask(reader, "meet", case=room)
        heard = await gather(
            play.ask(key, "heard", case=room, sid=digits["sid"])
            for key in case.people()
            if key not in {reader, case.guest}
        )
        same = all(other == digits["digits"] for other in heard)
        play.expect(
            "open.code", holds=same, who=play.name(reader), digits=digits["digits"], n=len(heard)
        )


async def share(play: Play, case: Case, room: str) -> None:
    """Authors share the sections of the one-page summary."""
    subs = play.facts[f"{case.code}.subs"]
    for section in case.sections:
        shared = await play.ask(
            section.by,
            "share",
            case=room,
            title=section.title,
            text=section.text,
            prov=section.prov.value,
            sub=subs[section.subject],
            cats=list(section.cats),
        )
        play.facts[f"{case.code}.section.{section.key}"] = shared["doc"]
        play.facts[f"{case.code}.sum.{section.key}"] = shared["eid"]
        readers = {play.wids[key] for key in _readers(play, case, section)}
        key = "open.shared" if section.to is None else "open.shared-few"
        play.expect(
            key,
            holds=set(shared["readers"]) == readers,
            who=play.name(section.by),
            title=section.title,
            readers=play.family(*_readers(play, case, section)),
        )


def _readers(play: Play, case: Case, section: Section) -> list[str]:
    members = [key for key in case.people() if key != case.guest]
    if section.to is None:
        return members
    return [key for key in members if play.person(key).agency in section.to]


async def _health(play: Play, case: Case, room: str) -> None:
    """The health section: two agencies read it, the others are told why they do not."""
    section = next(each for each in case.sections if each.to is not None)
    doc = play.facts[f"{case.code}.section.{section.key}"]
    readers = _readers(play, case, section)
    for key in case.people():
        if key in readers:
            said = await play.ask(key, "read_section", case=room, doc=doc)
            play.teller.quote(play.name(key), f"【{said['title']}】{said['text']}")
            if said["text"] != section.text:
                play.deviate(f"{key}.read_section", said["text"])
        elif key != case.guest:
            await play.refused(key, "read_section", Code.CATEGORY_NOT_COVERED, case=room, doc=doc)


async def _guest(play: Play, case: Case, room: str) -> None:
    """The adviser sees the stage-1 card, and none of the sections."""
    if case.guest is None or case.card is None:
        return
    seen = await play.ask(case.guest, "read_all", case=room)
    for each in seen:
        play.teller.quote(play.name(case.guest), f"【{each['title']}】{each['text']}")
    only = [each["text"] for each in seen] == [case.card.text]
    play.expect("open.card-only", holds=only, who=play.name(case.guest))
    eid = play.facts[f"{case.code}.sum.{case.sections[0].key}"]
    await play.refused(
        case.guest,
        "ask_for",
        *(Code.RECIPIENT_NOT_COVERED, Code.FORBIDDEN, Code.ANON_ONLY),
        case=room,
        eid=eid,
    )


# --- boards ------------------------------------------------------------------------------------


async def boards(play: Play) -> None:
    """Priorities, parts, the refused close, the decision, actions, the next date, the end."""
    case = play.story.k101
    room = play.facts[case.code]
    play.teller.act("act.boards", code=case.code)
    await open_item(play, case, PRIORITIES)
    for row in case.priorities:
        words = {"rank": row.rank, "level": row.level, "issue": row.issue, "reason": row.reason}
        await play.ask(row.by, "priority", case=room, no=PRIORITIES, words=words)
        play.teller.quote(
            play.name(row.by), f"{row.rank}. {row.issue}(緊急度 {row.level}) ― {row.reason}"
        )
    await open_item(play, case, DECIDING)
    await offer_parts(play, case, room, number=DECIDING)
    await _declined(play, case, room)
    await put_on_record(play, case, room, number=DECIDING)
    await give_actions(play, case, room, number=DECIDING)
    await finish(play, case, room, number=DECIDING)
    await accept_next_day(play)


async def offer_parts(play: Play, case: Case, room: str, *, number: int) -> None:
    """Offer the four parts of the role board, and let the interim accept."""
    lead = case.lead
    rows: dict[str, dict[str, Json]] = {
        "main": {"part": "main", "aid": play.aids[lead.main], "wid": None},
        "key": {"part": "key", "aid": play.aid(lead.key), "wid": play.wids[lead.key]},
        "deputy": {"part": "deputy", "aid": play.aid(lead.deputy), "wid": play.wids[lead.deputy]},
        "interim": {
            "part": "interim",
            "aid": play.aid(lead.interim),
            "wid": play.wids[lead.interim],
        },
    }
    for name, row in rows.items():
        made = await play.ask(case.chair, "part", case=room, no=number, **row)
        play.facts[f"{case.code}.row.{name}"] = made
    for who, name in ((lead.interim, "interim"), (lead.deputy, "deputy")):
        await play.ask(who, "answer_part", case=room, row=play.facts[f"{case.code}.row.{name}"])
    play.teller.tell(
        "boards.parts",
        main=play.story.agency(lead.main).name,
        key=play.family(lead.key),
        deputy=play.family(lead.deputy),
        interim=play.family(lead.interim),
    )


async def _declined(play: Play, case: Case, room: str) -> None:
    """Declining needs a reason; then nobody is in charge, and the item cannot close."""
    lead = case.lead
    rows = {name: play.facts[f"{case.code}.row.{name}"] for name in ("main", "key")}
    for row in rows.values():
        await play.ask(
            lead.key,
            "answer_part",
            case=room,
            row=row,
            why=lead.decline,
            reason=lead.decline_reason,
        )
    play.teller.quote(play.name(lead.key), f"辞退(手が足りない):{lead.decline_reason}")
    await play.refused(
        case.chair, "close_item", Code.INVARIANT, case=room, no=DECIDING, out="decided"
    )
    counts = await play.ask(case.chair, "counts", case=room)
    play.expect(
        "boards.nobody",
        holds=(counts["main"], counts["key"], counts["interim"]) == (0, 0, 1),
        interim=play.family(lead.interim),
    )
    for name, row in rows.items():
        whom = play.wids[lead.key] if name == "key" else None
        again = {"part": name, "aid": play.aids[lead.main], "wid": whom, "row": row}
        await play.ask(case.chair, "part", case=room, no=DECIDING, **again)
    play.teller.tell("boards.again", key=play.name(lead.key), interim=play.family(lead.interim))


async def put_on_record(play: Play, case: Case, room: str, *, number: int) -> None:
    """The decision, a 留保, and what was not decided."""
    said = [("decision", case.decision, case.recorder)]
    if case.reserve is not None:
        said.append(("reserve", case.reserve, case.reserve.by or case.recorder))
    if case.undecided is not None:
        said.append(("none", case.undecided, case.recorder))
    for typ, words, by in said:
        await play.ask(by, "decide", case=room, no=number, typ=typ, text=words.text)
        label = {"decision": "決定", "reserve": "留保", "none": "決めなかったこと"}[typ]
        play.teller.quote(play.name(by), f"〔{label}〕{words.text}")


async def give_actions(play: Play, case: Case, room: str, *, number: int) -> None:
    """Actions with owner and due date; the owners accept."""
    for index, action in enumerate(case.actions):
        made = await play.ask(
            case.recorder, "action", case=room, no=number, task=_action(play, action)
        )
        play.facts[f"{case.code}.action.{index}"] = made
        if action.owner is not None:
            await play.ask(action.owner, "answer_action", case=room, act=made)
    inside = sum(action.owner is not None for action in case.actions)
    play.expect(
        "boards.actions", holds=inside > 0, accepted=inside, asked=len(case.actions) - inside
    )


def _action(play: Play, action: Action) -> dict[str, Json]:
    due = None if action.due is None else play.today + timedelta(days=action.due)
    agency = action.agency or play.person(action.owner or "").agency
    return {
        "aid": play.aids[agency],
        "wid": None if action.owner is None else play.wids[action.owner],
        "due": None if due is None else due.isoformat(),
        "outside": action.owner is None,
        "text": action.text,
        "report": action.report,
    }


async def finish(
    play: Play, case: Case, room: str, *, number: int, left: Sequence[str] = ()
) -> None:
    """Next date, then item and sitting close; everybody who stayed sees the same boards."""
    sitting = play.facts[f"{case.code}.sit"]
    await play.ask(
        case.recorder,
        "next_date",
        case=room,
        sit=sitting,
        days=case.next_in,
        place=case.next_place,
    )
    await play.ask(case.chair, "close_item", case=room, no=number, out="decided")
    await play.ask(case.chair, "close_sitting", case=room, sit=sitting)
    stay = [key for key in case.people() if key not in {case.guest, *left}]
    seen = await gather(play.ask(key, "board", case=room) for key in stay)
    play.expect(
        "boards.closed",
        holds=all(board == seen[0] for board in seen),
        code=case.code,
        people=len(stay),
        next=month_day(play.today + timedelta(days=case.next_in)),
    )


async def accept_next_day(play: Play) -> None:
    """On the day after the care manager accepts, and the interim is released by computation."""
    case = play.story.k101
    room = play.facts[case.code]
    for name in ("main", "key"):
        row = play.facts[f"{case.code}.row.{name}"]
        await play.ask(case.lead.key, "answer_part", case=room, row=row)
    board = await play.ask(case.chair, "board", case=room)
    play.expect(
        "boards.accepted",
        holds=board["interim"] is None,
        key=play.name(case.lead.key),
        interim=play.family(case.lead.interim),
    )
