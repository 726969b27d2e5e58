"""`entaku case`: rooms of cases and who is in them."""

from collections.abc import Sequence

import click

from cli.client import Who, for_person, signed_in
from cli.exits import Exit
from cli.rooms import agency_name, cases, day, find_case, find_person, ident, in_room
from cli.speaking import Command, Group
from consent import register
from protocol.codec import from_b64u
from protocol.ids import Hash, Sid, Wid
from protocol.vocabulary import RosterRole
from sdk import seating
from sdk.client import Client
from sdk.member import Member
from sdk.seating import Row

GUEST_DAYS = 1


@click.group("case", cls=Group)
def group() -> None:
    """Rooms of cases."""


@group.command("list", cls=Command)
@for_person
async def list_cases(who: Who) -> int:
    """List one's own rooms and invitations."""
    shell = who.shell
    async with signed_in(who) as session:
        for line in await cases(session):
            state = "locked" if line.locked else "member" if line.member else "invited"
            record = {
                "case": line.case.hex(),
                "code": line.code,
                "state": state,
                "reason": line.locked,
                "roster": line.n,
                "rows": line.seq,
                "sittings": [
                    {"sit": each.sit.hex(), "kind": each.kind, "state": each.state}
                    for each in line.invitations
                ],
            }
            label = shell.text(f"case.{state}")
            shell.give(record, f"{line.code:<8} {label} {line.locked}  {line.case.hex()}")
    return Exit.OK


@group.command("reserve", cls=Command)
@for_person
@click.argument("code")
async def reserve(who: Who, code: str) -> int:
    """Reserve the id of a new case, so that bases can name it."""
    async with signed_in(who) as session:
        case = await seating.reserve(session, code)
    who.shell.give(
        {"case": case.hex(), "code": code},
        who.shell.text("case.reserved", code=code, case=case.hex()),
    )
    return Exit.OK


@group.command("create", cls=Command)
@for_person
@click.argument("case")
@click.option("--basis", "bases", multiple=True, required=True)
@click.option("--staff", multiple=True)
@click.option("--act", "acts", multiple=True)
async def create(
    who: Who, case: str, bases: Sequence[str], staff: Sequence[str], acts: Sequence[str]
) -> int:
    """Found the room of a reserved case on its bases."""
    async with signed_in(who) as session:
        client = Client(session, register=register.load())
        member = client.member(await find_case(session, case))
        act = [Wid(ident(each)) for each in acts]
        await seating.create(
            member,
            bases=[sid(each) for each in bases],
            staff=[*(Wid(ident(each)) for each in staff), *act],
            act=act,
        )
        seq = member.room.state.seq
    who.shell.give({"case": case, "rows": seq}, who.shell.text("case.created", rows=seq))
    return Exit.OK


def sid(text: str) -> Sid:
    """Read the id of a statement; BAD_B64, BAD_LENGTH."""
    return Sid(Hash(from_b64u(text)))


@group.command("show", cls=Command)
@in_room
async def show(who: Who, member: Member) -> int:
    """Show who is in a room, and on which roster."""
    room, shell = member.room, who.shell
    names = await room.names()
    shell.give(
        {"roster": room.state.epoch, "rows": room.state.seq, "fh": room.state.fh.hex()},
        shell.text("case.head", n=room.state.epoch, rows=room.state.seq),
    )
    for row in room.roster.mem:
        aid = room.state.directory.workers[row.wid].versions[-1].body.aid
        agency, name = agency_name(member, aid), names.get(row.wid, "")
        chair = row.wid == room.roster.chair
        record = {
            "wid": row.wid.hex(),
            "name": name,
            "agency": agency,
            "role": row.role.value,
            "chair": chair,
            "live": row.wid in room.live,
        }
        mark = shell.text("case.chair") if chair else shell.text(f"case.role.{row.role.value}")
        shell.give(record, f"  {row.wid.hex()[:8]}  {name}({agency}) {mark}")
    return Exit.OK


@group.command("add", cls=Command)
@in_room
@click.argument("people", nargs=-1, required=True)
@click.option("--guest", is_flag=True)
@click.option("--days", type=click.IntRange(1, 90), default=GUEST_DAYS)
async def add(who: Who, member: Member, *, people: Sequence[str], guest: bool, days: int) -> int:
    """Bring people who accepted a seat into the roster."""
    now = member.room.session.council.clock.now()
    wids = [await find_person(member, each) for each in people]
    role = RosterRole.GUEST if guest else RosterRole.MEMBER
    until = day(now, days) if guest else None
    await seating.add(member, [Row(wid=wid, role=role, until=until) for wid in wids])
    n = member.room.state.epoch
    who.shell.give({"roster": n}, who.shell.text("case.added", n=n))
    return Exit.OK


@group.command("remove", cls=Command)
@in_room
@click.argument("people", nargs=-1, required=True)
async def remove(who: Who, member: Member, *, people: Sequence[str]) -> int:
    """Take people out of the roster; the key is replaced."""
    await seating.remove(member, [await find_person(member, each) for each in people])
    n = member.room.state.epoch
    who.shell.give({"roster": n}, who.shell.text("case.removed", n=n))
    return Exit.OK
