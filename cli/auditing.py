"""What an auditor asks and takes away; every answer is checked against the log."""

from collections.abc import Sequence
from pathlib import Path

import click

from cli.client import Who, for_person, signed_in
from cli.exits import Exit
from cli.shell import Shell
from cli.speaking import Command
from cli.texts import text_or
from protocol.codec import b64u
from sdk.auditor import Auditor, Line
from sdk.session import Session

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("query", cls=Command)
@for_person
@click.argument("code")
@click.option("--since", default="")
@click.option("--until", default="")
async def query(who: Who, code: str, since: str, until: str) -> int:
    """List the entries of a case, opened and verified."""
    async with signed_in(who) as session:
        auditor = Auditor(session)
        lines = await auditor.ask("audit.case-timeline", code, since, until)
        _show(who.shell, auditor, lines)
    return Exit.OK


@click.command("denied", cls=Command)
@for_person
@click.option("--since", default="")
@click.option("--until", default="")
async def denied(who: Who, since: str, until: str) -> int:
    """List what was refused."""
    async with signed_in(who) as session:
        auditor = Auditor(session)
        _show(who.shell, auditor, await auditor.ask("audit.denied", since, until))
    return Exit.OK


def _show(shell: Shell, auditor: Auditor, lines: Sequence[Line]) -> None:
    for line in lines:
        owners = {auditor.owner_of(did) for did in line.to} - {None}
        agency = auditor.agency_of(line.actor) if line.actor else None
        kind = text_or(f"entry.{line.kind}", shell.lang, line.kind)
        record = {
            "index": line.index,
            "at": line.at.text(),
            "kind": line.kind,
            "reason": line.reason,
            "actor": line.actor.hex() if line.actor else None,
            "agency": agency[1] if agency else None,
            "to": sorted(wid.hex() for wid in owners if wid is not None),
            "basis": b64u(line.basis) if line.basis else None,
            "purpose": line.purpose,
        }
        given = shell.text("audit.given", people=len(owners)) if owners else ""
        by = agency[1] if agency else ""
        shell.give(
            record, f"#{line.index:<6} {shell.when(line.at)}  {kind} {line.reason} {by} {given}"
        )
    if not shell.as_json:
        shell.say("audit.answered", entries=len(lines))


@click.command("export", cls=Command)
@for_person
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--code", "codes", multiple=True)
async def export(who: Who, folder: Path, codes: Sequence[str]) -> int:
    """Write both logs as folders that verify without the server."""
    async with signed_in(who) as session:
        auditor = Auditor(session)
        lines = {
            line.index: line
            for code in codes
            for line in await auditor.ask("audit.case-timeline", code)
        }
        sizes = {
            "id": await auditor.export_id(folder / "id"),
            "ops": await auditor.export_ops(folder / "ops", lines=list(lines.values())),
        }
    who.shell.give(
        {"folder": str(folder), **sizes}, who.shell.text("audit.exported", folder=folder, **sizes)
    )
    return Exit.OK


@click.command("about", cls=Command)
@for_person
async def about(who: Who) -> int:
    """Show what the logs are, who signs them, and keep this moment's checkpoints."""
    async with signed_in(who) as session:
        logs, witnesses = await _about(session), len(session.council.root().wit)
    shell = who.shell
    lines = [shell.text("audit.log", log=name, **facts) for name, facts in logs.items()]
    if not witnesses:
        lines.append(shell.text("council.unwitnessed"))
    shell.give({**logs, "witnesses": witnesses}, *lines)
    return Exit.OK


async def _about(session: Session) -> dict[str, dict[str, object]]:
    ident, ops = await Auditor(session).checkpoints()
    root = session.council.root()
    return {
        "id": {"vkey": root.logs.id.vkeys[0], **_signed(ident)},
        "ops": {"vkey": root.logs.ops.vkeys[0], **_signed(ops)},
    }


def _signed(note: bytes) -> dict[str, object]:
    origin, size, root = note.decode().splitlines()[:3]
    return {"origin": origin, "size": int(size), "root": root, "checkpoint": note.decode()}
