"""`entaku audit verify`: an export from its files alone, or the whole database behind a server."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import click

from audit.inspection import Finding
from audit.inspector import Inspected, inspect_at
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
@click.argument("folder", type=FOLDER, required=False)
@click.option("--vkey", multiple=True, metavar="KEY|FILE")
@click.option("--old", type=FILE, multiple=True, metavar="FILE")
@click.option("--database", metavar="URL|FILE")
@click.option("--restored", is_flag=True)
@click.pass_obj
def verify(
    shell: Shell,
    folder: Path | None,
    vkey: Sequence[str],
    old: Sequence[Path],
    database: str | None,
    *,
    restored: bool,
) -> int:
    """Verify an export from its files alone, or every audit table of a database."""
    if (folder is None) == (database is None):
        raise click.UsageError("FOLDER | --database")
    if database is not None:
        return _inspect(shell, database, [_text(each) for each in vkey], old, restored=restored)
    if folder is None or max(len(vkey), len(old)) > 1:
        raise click.UsageError("FOLDER: one --vkey, one --old")
    return _verify(shell, folder, next(iter(vkey), None), next(iter(old), None))


def _verify(shell: Shell, folder: Path, vkey: str | None, old: Path | None) -> int:
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


def _text(given: str) -> str:
    """What was given: a text, or the file that holds it."""
    path = Path(given)
    return path.read_text(encoding="utf-8").strip() if path.is_file() else given


def _inspect(
    shell: Shell, database: str, vkeys: Sequence[str], olds: Sequence[Path], *, restored: bool
) -> int:
    marks = [old.read_bytes() for old in olds]
    try:
        inspected = asyncio.run(
            inspect_at(_text(database), vkeys=vkeys, old=marks, is_restored=restored)
        )
    except Refused as refusal:
        shell.refuse(refusal)
        return Exit.UNVERIFIED
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise Stop("audit.no-database", exit=Exit.UNREACHABLE) from error
    _tell(shell, inspected)
    if not vkeys and not shell.as_json:
        shell.say("audit.database-key")
    return Exit.UNVERIFIED if inspected.flaws else Exit.OK


def _tell(shell: Shell, inspected: Inspected) -> None:
    record = {
        "sizes": inspected.sizes,
        "flaws": [_finding(each) for each in inspected.flaws],
        "remarks": [_finding(each) for each in inspected.findings if not each.is_flaw],
    }
    sizes = "、".join(f"{origin} {size}" for origin, size in inspected.sizes.items())
    key = "audit.database-flawed" if inspected.flaws else "audit.database-verified"
    findings = [_line(shell, each) for each in inspected.findings]
    shell.give(record, shell.text(key, flaws=len(inspected.flaws), sizes=sizes), *findings)


def _finding(found: Finding) -> dict[str, object]:
    return {
        "log": found.log,
        "table": found.table,
        "column": found.column,
        "place": found.place,
        "why": found.why,
    }


def _line(shell: Shell, found: Finding) -> str:
    why = text_or(f"finding.{found.why}", shell.lang, found.why)
    column = f".{found.column}" if found.column else ""
    mark = "×" if found.is_flaw else "・"
    place = f" [{found.place}]" if found.place else ""
    return f"  {mark} {found.log or '―'} audit.{found.table}{column}{place} {why}"


def _key(folder: Path, given: str | None) -> tuple[str, bool]:
    """The verifier key: given as text or file, else the export's own, which proves less."""
    path = folder / "vkey" if given is None else Path(given)
    if given is not None and not _is_file(path):
        return given, False
    try:
        return path.read_text(encoding="ascii").strip(), given is None
    except (OSError, UnicodeDecodeError) as error:
        raise Stop("audit.no-key", exit=Exit.USAGE, path=path) from error


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a key is longer than some names of files may be
        return False


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
