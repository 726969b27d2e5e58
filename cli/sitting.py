"""`entaku sitting`: convening, seats, items, the meeting code, watching live."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import click

from agenda.model import Item
from cli import deeds
from cli.client import Who, for_person, signed_in
from cli.exits import Exit
from cli.rooms import agency_name, cases, find_person, in_room
from cli.shell import JST
from cli.speaking import Command, Group
from conference.records import HeldSeat
from crypto.errors import Code, Refused
from protocol.times import Instant
from protocol.vocabulary import Decline, Duty, ItemType, Outcome, SeatAnswer
from sdk import seating
from sdk.member import Member
from sdk.room import Room

MINUTES = 10
WHEN = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


@click.group("sitting", cls=Group)
def group() -> None:
    """Sittings."""


def instant(moment: datetime) -> Instant:
    """A time as people in Japan type it."""
    return Instant.of(moment.replace(tzinfo=UTC)).plus(-JST)


@group.command("convene", cls=Command)
@in_room
@click.option("--kind", required=True)
@click.option("--no", type=click.IntRange(1), required=True)
@click.option("--starts", type=WHEN, required=True)
@click.option("--purpose", required=True)
@click.option("--place", default="")
@click.option("--item", "items", multiple=True, required=True)
async def convene(
    who: Who,
    member: Member,
    *,
    kind: str,
    no: int,
    starts: datetime,
    purpose: str,
    place: str,
    items: Sequence[str],
) -> int:
    """Convene a sitting; items are `form:TITLE`, `talk:TITLE` or `decide:TITLE`."""
    state = member.room.state
    bases = {state.basis_of(sid).sub: sid for sid in member.room.roster.basis}
    points: list[deeds.Point] = []
    for number, each in enumerate(items, start=1):
        name, _, title = each.partition(":")
        if name not in set(ItemType):
            raise Refused(Code.UNKNOWN_ID, item=each)
        typ = ItemType(name)
        used = {} if typ is ItemType.FORM else bases
        points.append(deeds.Point(no=number, typ=typ, title=title, minutes=MINUTES, bases=used))
    meeting = deeds.Meeting(
        kind=kind, no=no, starts=instant(starts), purpose=purpose, place=place, points=points
    )
    sit = await deeds.convene(member, meeting)
    who.shell.give({"sit": sit.hex()}, who.shell.text("sitting.convened", no=no))
    return Exit.OK


@group.command("invite", cls=Command)
@in_room
@click.argument("people", nargs=-1, required=True)
@click.option("--duty", type=click.Choice([duty.value for duty in Duty]), default=Duty.MEMBER)
async def invite(who: Who, member: Member, *, people: Sequence[str], duty: str) -> int:
    """Invite people to the newest sitting."""
    sit = deeds.sitting(member).sit
    wids = [await find_person(member, each) for each in people]
    await deeds.invite(member, sit, [(wid, Duty(duty)) for wid in wids])
    who.shell.say("sitting.invited", people=len(wids))
    return Exit.OK


@group.command("answer", cls=Command)
@for_person
@click.argument("case")
@click.option("--decline", type=click.Choice([why.value for why in Decline]))
async def answer(who: Who, case: str, decline: str | None) -> int:
    """Accept a seat, or decline it with a reason."""
    async with signed_in(who) as session:
        for line in await cases(session):
            open_ones = [each for each in line.invitations if each.state == "invited"]
            if case not in {line.code, line.case.hex()} or not open_ones:
                continue
            why = None if decline is None else Decline(decline)
            ans = SeatAnswer.ACCEPT if why is None else SeatAnswer.DECLINE
            await seating.answer_seat(session, line.case, open_ones[-1].sit, ans=ans, why=why)
            who.shell.say("sitting.answered")
            return Exit.OK
    raise Refused(Code.NOT_SEATED)


@group.command("show", cls=Command)
@in_room
async def show(who: Who, member: Member) -> int:
    """Show the newest sitting: its items and its seats."""
    shell, sitting = who.shell, deeds.sitting(member)
    shell.give(
        {"sit": sitting.sit.hex(), "no": sitting.no, "state": sitting.state.value},
        shell.text(
            "sitting.head",
            no=sitting.no,
            starts=shell.when(sitting.starts),
            state=shell.text(f"sitting.state.{sitting.state.value}"),
        ),
    )
    titles = await deeds.titles(member)
    for item in sorted(member.items().values(), key=lambda each: each.no):
        if item.sit == sitting.sit:
            _give_item(who, item, titles.get(item.it.hex(), ""))
    names = await member.room.names()
    for seat in member.room.conference.seats.values():
        if seat.sit == sitting.sit:
            _give_seat(who, member, seat, names.get(seat.wid, seat.wid.hex()[:8]))
    return Exit.OK


def _give_item(who: Who, item: Item, title: str) -> None:
    out = item.out.value if item.out else ""
    record = {
        "no": item.no,
        "typ": item.typ.value,
        "title": title,
        "state": item.state.value,
        "out": out,
    }
    state = who.shell.text(f"sitting.state.{item.state.value}")
    who.shell.give(record, f"  {item.no:>2}  {title}  {state} {out}")


def _give_seat(who: Who, member: Member, seat: HeldSeat, name: str) -> None:
    aid = member.room.state.directory.workers[seat.wid].versions[-1].body.aid
    live = seat.wid in member.room.live
    record = {
        "wid": seat.wid.hex(),
        "name": name,
        "duty": seat.duty.value,
        "state": seat.state.value,
        "live": live,
    }
    state = who.shell.text(f"sitting.seat.{seat.state.value}")
    here = who.shell.text("sitting.here") if live else ""
    who.shell.give(record, f"      {name}({agency_name(member, aid)}) {state} {here}")


@group.command("open", cls=Command)
@in_room
async def open_sitting(who: Who, member: Member) -> int:
    """Open the newest sitting; a recorder must be in the room."""
    await deeds.open_sitting(member, deeds.sitting(member).sit)
    who.shell.say("sitting.opened")
    return Exit.OK


@group.command("item", cls=Command)
@in_room
@click.argument("no", type=click.IntRange(1))
@click.option("--close", type=click.Choice([out.value for out in Outcome]))
async def item(who: Who, member: Member, *, no: int, close: str | None) -> int:
    """Open an item, or close it with its outcome."""
    if close is None:
        await deeds.open_item(member, no)
    else:
        await deeds.close_item(member, no, Outcome(close))
    who.shell.say("sitting.item.opened" if close is None else "sitting.item.closed", no=no)
    return Exit.OK


@group.command("next", cls=Command)
@in_room
@click.option("--at", type=WHEN)
@click.option("--place", default="")
async def next_date(who: Who, member: Member, *, at: datetime | None, place: str) -> int:
    """Set the next date; without one, none is needed."""
    when = None if at is None else instant(at)
    await deeds.next_date(member, deeds.sitting(member).sit, when, place)
    who.shell.say("sitting.next.set", at=who.shell.when(when))
    return Exit.OK


@group.command("close", cls=Command)
@in_room
async def close(who: Who, member: Member) -> int:
    """Close the sitting."""
    await deeds.close_sitting(member, deeds.sitting(member).sit)
    who.shell.say("sitting.closed")
    return Exit.OK


@group.command("code", cls=Command)
@in_room
async def code(who: Who, member: Member) -> int:
    """Post the meeting code, and show what others have read aloud."""
    spoken = await member.read_aloud()
    names = await member.room.names()
    for each in member.spoken():
        name = names.get(each.wid, each.wid.hex()[:8])
        who.shell.give(
            {"wid": each.wid.hex(), "digits": each.digits, "mine": each.sid == spoken.sid},
            f"{each.digits}  {name}",
        )
    return Exit.OK


@group.command("watch", cls=Command)
@in_room
async def watch(who: Who, member: Member) -> int:
    """Stay in the room and show what happens, until Ctrl-C."""
    room, shown = member.room, 0
    who.shell.say("sitting.watching")
    while not _gone(room):
        records = room.feed.room.records
        for record in records[shown:]:
            facts = {"seq": record.seq, "kind": record.kind, "code": record.code}
            who.shell.give(facts, f"  {record.seq:>5}  {record.kind} {record.code or ''}")
        shown = len(records)
        await room.until(partial(_moved, room, shown))
    raise Refused(Code(_gone(room)))


def _gone(room: Room) -> str:
    """The reason why the server took us out; empty while we are in."""
    return room.gone or ""


def _moved(room: Room, seen: int) -> bool:
    return bool(_gone(room)) or room.state.seq > seen
