"""Entering a room for one command: which case, who is new, which seat."""

import sys
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial, update_wrapper
from typing import Any, TypeVar

import click

from cli.client import Who, find_agency, for_person, unlocked
from cli.shell import Shell
from conference.records import Owner, SeatState
from consent import register
from crypto.errors import Code, Refused
from protocol.ids import Aid, CaseId, Id, SitId, Wid
from protocol.times import DAY, Instant
from protocol.wire import CaseLine, Cases
from sdk.client import Client, Happening
from sdk.member import Member
from sdk.session import Session

T = TypeVar("T")


async def cases(session: Session) -> tuple[CaseLine, ...]:
    """The caller's rooms and invitations."""
    return (await session.council.http.get("cases", Cases)).cases


async def find_case(session: Session, name: str) -> CaseId:
    """Find a case by its code, or by its id in hexadecimal; UNKNOWN_ID."""
    for line in await cases(session):
        if name == line.code:
            return line.case
    return CaseId(ident(name))


def ident(text: str) -> Id:
    """Read 32 hexadecimal digits; UNKNOWN_ID for anything else."""
    try:
        data = bytes.fromhex(text)
    except ValueError as error:
        raise Refused(Code.UNKNOWN_ID, named=text) from error
    if len(data) != Id.SIZE:
        raise Refused(Code.UNKNOWN_ID, named=text)
    return Id(data)


def in_room(work: Callable[..., Coroutine[Any, Any, int]]) -> Callable[..., int]:
    """Make a command of what is done in one room: `CASE` first, `--yes` for who is new."""

    async def command(who: Who, case: str, *, yes: bool, **kwargs: Any) -> int:  # noqa: ANN401 -- handed on
        async with entered(who, case, yes=yes) as member:
            return await work(who, member, **kwargs)

    update_wrapper(command, work)  # brings the parameters that were declared nearer
    with_case = click.argument("case")(click.option("--yes", is_flag=True)(command))
    return for_person(with_case)


@asynccontextmanager
async def entered(who: Who, case: str, *, yes: bool) -> AsyncGenerator[Member]:
    """Join the room's live feed, in the sitting if there is a seat; leave at the end."""
    session = await unlocked(who)
    client = Client(session, register=register.load(), happened=partial(tell_dropped, who.shell))
    try:
        await client.connect()
        found = await find_case(session, case)
        member = await client.join(found)
        await client.join(found, seat_of(member))
        await _confirm(who, member, yes=yes)
        yield member
    finally:
        await client.close()


def tell_dropped(shell: Shell, happening: Happening) -> None:
    """Words that could not be sent, and are not sent any more, are not lost silently."""
    if happening.what == "dropped":
        shell.warn("room.dropped")


def seat_of(member: Member) -> SitId | None:
    """The sitting in which this person has an accepted seat now, the newest first."""
    me = member.room.session.me.wid
    sittings = member.room.conference.sittings.values()
    for sitting in sorted(sittings, key=lambda each: -each.touched):
        seat = member.room.conference.seats.get((sitting.sit, me))
        if seat is not None and seat.state is SeatState.ACCEPTED:
            return sitting.sit
    return None


async def _confirm(who: Who, member: Member, *, yes: bool) -> None:
    """Show by name who is new in the room before anything is written (section 5.13)."""
    new = member.room.newcomers()
    if not new:
        return
    names = await member.room.names()
    for each in new:
        name = names.get(each.wid, each.wid.hex())
        print(
            who.shell.text("room.new", name=name, agency=agency_name(member, each.aid)),
            file=who.shell.err,
        )
    asked = not yes and sys.stdin.isatty()
    if yes or (asked and click.confirm(who.shell.text("room.confirm"), err=True)):
        await member.room.confirm_changes()


# --- names -------------------------------------------------------------------------------------


def agency_name(member: Member, aid: Aid) -> str:
    """Name of an agency by the verified log."""
    chain = member.room.state.directory.agencies.get(aid)
    return chain.versions[-1].body.name if chain else aid.hex()[:8]


async def find_person(member: Member, name: str, *, among: Iterable[Wid] | None = None) -> Wid:
    """Find somebody of the room by name or id, or anybody of the council by id; UNKNOWN_ID."""
    workers = member.room.state.directory.workers
    if len(name) == 2 * Id.SIZE and ident(name) in workers:
        return Wid(ident(name))
    names = await member.room.names()
    wanted = set(names) if among is None else set(among)
    found = [wid for wid, full in names.items() if name in full and wid in wanted]
    if len(found) != 1:
        raise Refused(Code.UNKNOWN_ID, person=name)
    return found[0]


async def owner(member: Member, *, person: str | None, agency: str | None) -> Owner:
    """Who is meant by --person or --agency; UNKNOWN_ID for neither."""
    if person is not None:
        wid = await find_person(member, person)
        aid = member.room.state.directory.workers[wid].versions[-1].body.aid
        return Owner(ag=aid, w=wid)
    return Owner(ag=find_agency(member.room.session.council, agency or ""), w=None)


def by_prefix(found: Mapping[T, object], text: str) -> T:
    """Find an id by its first hexadecimal digits; UNKNOWN_ID unless exactly one fits."""
    fitting = [each for each in found if isinstance(each, bytes) and each.hex().startswith(text)]
    if len(fitting) != 1:
        raise Refused(Code.UNKNOWN_ID, named=text)
    return fitting[0]


def day(now: Instant, days: int) -> Instant:
    """So many days from now."""
    return now.plus(days * DAY)
