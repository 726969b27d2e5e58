"""`entaku board`: priorities, parts, decisions."""

import click

from cli import deeds
from cli.client import Who
from cli.exits import Exit
from cli.rooms import agency_name, by_prefix, in_room, owner
from cli.speaking import Command, Group
from conference.records import Owner
from protocol.vocabulary import DecisionType, Decline, Part
from sdk.member import Member

WHY = click.Choice([why.value for why in Decline])


@click.group("board", cls=Group)
def group() -> None:
    """Boards."""


def shown_owner(member: Member, held: Owner, names: dict[str, str]) -> str:
    """Agency, and the person of it if one is named."""
    agency = agency_name(member, held.ag)
    return agency if held.w is None else f"{agency} {names.get(held.w.hex(), '')}"


async def names_of(member: Member) -> dict[str, str]:
    """Names of everybody in the room, by id."""
    return {wid.hex(): name for wid, name in (await member.room.names()).items()}


@group.command("show", cls=Command)
@in_room
async def show(who: Who, member: Member) -> int:
    """Show the boards as everybody in the room sees them."""
    shell, board, names = who.shell, await deeds.board(member), await names_of(member)
    for words in board.priorities:
        rank, issue, reason = (words.get(name, "") for name in ("rank", "issue", "reason"))
        shell.give({"priority": words}, f"{rank}. {issue} ― {reason}")
    for role, words in board.roles:
        part = shell.text(f"part.{role.part.value}")
        state = shell.text(f"role.{role.state.value}")
        whom = shown_owner(member, role.owner, names)
        record = {
            "row": role.row.hex(),
            "part": role.part.value,
            "agency": role.owner.ag.hex(),
            "person": role.owner.w.hex() if role.owner.w else None,
            "state": role.state.value,
            "words": words,
        }
        shell.give(record, f"{role.row.hex()[:8]}  {part}:{whom} {state}")
    counts = board.counts
    if not counts.ok:
        shell.give(
            {"main": counts.main, "key": counts.key, "deputy": counts.deputy},
            shell.text("board.open", main=counts.main, key=counts.key, deputy=counts.deputy),
        )
    return Exit.OK


@group.command("priority", cls=Command)
@in_room
@click.argument("no", type=click.IntRange(1))
@click.option("--rank", type=click.IntRange(1), required=True)
@click.option("--level", default="")
@click.option("--issue", required=True)
@click.option("--reason", default="")
async def priority(
    who: Who, member: Member, *, no: int, rank: int, level: str, issue: str, reason: str
) -> int:
    """Put an issue on the priority board."""
    words = {"rank": rank, "level": level, "issue": issue, "reason": reason}
    row = await deeds.priority(member, no, words)
    who.shell.give({"row": row.hex()}, who.shell.text("board.put"))
    return Exit.OK


@group.command("part", cls=Command)
@in_room
@click.argument("no", type=click.IntRange(1))
@click.argument("part", type=click.Choice([part.value for part in Part]))
@click.option("--person")
@click.option("--agency")
async def offer_part(
    who: Who, member: Member, *, no: int, part: str, person: str | None, agency: str | None
) -> int:
    """Offer a part to a person or an agency."""
    held = await owner(member, person=person, agency=agency)
    row = await deeds.offer_part(member, no, Part(part), held)
    who.shell.give({"row": row.hex()}, who.shell.text("board.offered", row=row.hex()[:8]))
    return Exit.OK


@group.command("answer", cls=Command)
@in_room
@click.argument("row")
@click.option("--decline", type=WHY)
@click.option("--reason", default="")
async def answer(who: Who, member: Member, *, row: str, decline: str | None, reason: str) -> int:
    """Accept a part, or decline it with a reason."""
    wanted = by_prefix(member.room.conference.roles, row)
    await deeds.answer_part(member, wanted, None if decline is None else Decline(decline), reason)
    who.shell.say("board.answered")
    return Exit.OK


@group.command("decide", cls=Command)
@in_room
@click.argument("no", type=click.IntRange(1))
@click.argument("words")
@click.option(
    "--type", "typ", type=click.Choice([t.value for t in DecisionType]), default="decision"
)
async def decide(who: Who, member: Member, *, no: int, words: str, typ: str) -> int:
    """Record a decision, a 留保, or what was not decided."""
    made = await deeds.decide(member, no, DecisionType(typ), words)
    who.shell.give({"decision": made.hex()}, who.shell.text("board.decided"))
    return Exit.OK
