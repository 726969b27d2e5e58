"""`entaku audit verify`: what anybody can verify offline, from files alone."""

from pathlib import Path

import click

from audit.verify import Report, verify_folder
from cli.exits import Exit
from cli.failures import Stop
from cli.shell import Shell
from cli.speaking import Command
from cli.texts import text_or
from crypto.errors import Refused

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("verify", cls=Command)
@click.argument("folder", type=FOLDER)
@click.option("--vkey", metavar="KEY|FILE")
@click.option("--old", type=FILE, metavar="FILE")
@click.pass_obj
def verify(shell: Shell, folder: Path, vkey: str | None, old: Path | None) -> int:
    """Verify an export from its files alone."""
    key, is_own = _key(folder, vkey)
    try:
        report = verify_folder(folder, vkey=key, old=old.read_bytes() if old else None)
    except Refused as refusal:
        shell.refuse(refusal)
        return Exit.UNVERIFIED
    shell.give(_record(folder, report), *_lines(shell, folder, report))
    if is_own and not shell.as_json:
        shell.say("audit.own-key")
    return Exit.OK


def _key(folder: Path, given: str | None) -> tuple[str, bool]:
    """The verifier key: given as text or file, else the export's own, which proves less."""
    path = folder / "vkey" if given is None else Path(given)
    if given is not None and not path.is_file():
        return given, False
    try:
        return path.read_text(encoding="ascii").strip(), given is None
    except (OSError, UnicodeDecodeError) as error:
        raise Stop("audit.no-key", exit=Exit.USAGE, path=path) from error


def _record(folder: Path, report: Report) -> dict[str, object]:
    return {
        "folder": str(folder),
        "origin": report.checkpoint.origin,
        "size": report.checkpoint.size,
        "root": report.checkpoint.root.hex(),
        "early": report.early_size,
        "old": report.old_size,
        "kinds": report.kinds,
        "openings": report.openings,
        "statements": report.statements,
    }


def _lines(shell: Shell, folder: Path, report: Report) -> list[str]:
    signed = report.checkpoint
    lines = [
        shell.text("audit.verified", folder=folder, origin=signed.origin, size=signed.size),
        shell.text("audit.root", root=signed.root.hex()),
    ]
    if report.early_size is not None:
        lines.append(shell.text("audit.early", size=report.early_size))
    if report.old_size is not None:
        lines.append(shell.text("audit.old", size=report.old_size))
    for kind, count in sorted(report.kinds.items(), key=lambda pair: (-pair[1], pair[0])):
        label = text_or(f"entry.{kind}", shell.lang, kind)
        lines.append(f"  {count:>6}  {label}")
    return lines
