"""`entaku action`: 対応事項 with owner and due date."""

import click

from cli import deeds
from cli.board import WHY, names_of, shown_owner
from cli.client import Who
from cli.exits import Exit
from cli.rooms import by_prefix, in_room, owner
from cli.speaking import Command, Group
from protocol.vocabulary import ActionReport, Decline
from sdk.member import Member


@click.group("action", cls=Group)
def group() -> None:
    """Actions."""


@group.command("list", cls=Command)
@in_room
async def list_actions(who: Who, member: Member) -> int:
    """List actions with owner, due date and state."""
    shell, board, names = who.shell, await deeds.board(member), await names_of(member)
    for action, words in board.actions:
        orphaned = action.act in board.handovers
        record = {
            "act": action.act.hex(),
            "agency": action.owner.ag.hex(),
            "person": action.owner.w.hex() if action.owner.w else None,
            "due": action.due,
            "state": action.state.value,
            "handover": orphaned,
            "words": words,
        }
        state = shell.text("action.orphaned" if orphaned else f"action.{action.state.value}")
        whom = shown_owner(member, action.owner, names)
        shell.give(
            record,
            f"{action.act.hex()[:8]}  {action.due or '――――――――――'}  {state}  {whom}",
            f"          {words.get('text', '')}",
        )
    return Exit.OK


@group.command("new", cls=Command)
@in_room
@click.argument("words")
@click.option("--person")
@click.option("--agency")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--item", "no", type=click.IntRange(1))
@click.option("--outside", is_flag=True)
async def new(
    who: Who,
    member: Member,
    *,
    words: str,
    person: str | None,
    agency: str | None,
    due: object,
    no: int | None,
    outside: bool,
) -> int:
    """Record an action for a person or an agency."""
    task = deeds.Task(
        owner=await owner(member, person=person, agency=agency),
        due=None if due is None else str(due)[:10],
        text=words,
        report="",
        outside=outside,
    )
    act = await deeds.new_action(member, task, no=no)
    who.shell.give({"act": act.hex()}, who.shell.text("action.made", act=act.hex()[:8]))
    return Exit.OK


@group.command("answer", cls=Command)
@in_room
@click.argument("act")
@click.option("--decline", type=WHY)
@click.option("--reason", default="")
async def answer(who: Who, member: Member, *, act: str, decline: str | None, reason: str) -> int:
    """Accept an action, or decline it with a reason."""
    wanted = by_prefix(member.room.conference.actions, act)
    why = None if decline is None else Decline(decline)
    await deeds.answer_action(member, wanted, why, reason)
    who.shell.say("board.answered")
    return Exit.OK


@group.command("report", cls=Command)
@in_room
@click.argument("act")
@click.argument("state", type=click.Choice([st.value for st in ActionReport]))
@click.option("--text", default="")
async def report(who: Who, member: Member, *, act: str, state: str, text: str) -> int:
    """Report on one's own action."""
    wanted = by_prefix(member.room.conference.actions, act)
    await deeds.report(member, wanted, ActionReport(state), text)
    who.shell.say("action.reported")
    return Exit.OK


@group.command("hand", cls=Command)
@in_room
@click.argument("act")
@click.option("--person")
@click.option("--agency")
@click.option("--reason", default="")
async def hand(
    who: Who,
    member: Member,
    *,
    act: str,
    person: str | None,
    agency: str | None,
    reason: str,
) -> int:
    """Offer an action to a new owner."""
    wanted = by_prefix(member.room.conference.actions, act)
    held = await owner(member, person=person, agency=agency)
    await deeds.hand_action(member, wanted, held, reason)
    who.shell.say("action.handed")
    return Exit.OK
