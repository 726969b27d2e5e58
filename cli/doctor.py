"""`entaku doctor`: what is wrong with an installation, and what to do about it."""

import asyncio
import os
from pathlib import Path
from typing import Final

import click

from cli.exits import Exit
from cli.failures import Stop
from cli.serve import ours_left_out
from cli.shell import Shell
from cli.speaking import Command
from server import settings as settings_module
from server.app import system_clock
from server.doctor.examine import examine
from server.doctor.finding import Finding, Grade, worst
from server.settings import BadSetting
from server.troubles import tell

_MARKS: Final = {Grade.OK: "✓", Grade.LOOK: "△", Grade.BAD: "✗"}


@click.command("doctor", cls=Command)
@click.option("--data", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def doctor(shell: Shell, data: Path | None) -> Exit:
    """Look at everything; changes nothing."""
    environment = ours_left_out(os.environ)
    if data is not None:
        environment["ENTAKU_DATA"] = str(data)
    try:
        settings = settings_module.read(environment)
    except BadSetting as error:
        ja, en = tell(error, port=0) or ("", "")
        why = ja if shell.lang == "ja" else en
        raise Stop("doctor.setting", exit=Exit.CANNOT_START, why=why) from error
    found = asyncio.run(examine(settings, clock=system_clock))
    for each in found:
        _show(shell, each)
    grade = worst(found)
    shell.give({"grade": grade.value}, shell.text(f"doctor.end.{grade.value}"))
    return Exit.DEVIATION if grade is Grade.BAD else Exit.OK


def _show(shell: Shell, each: Finding) -> None:
    record = {"check": each.check, "state": each.state, "grade": each.grade.value}
    facts = {name: str(fact) for name, fact in each.facts.items()}
    sentence = shell.text(f"doctor.{each.check}.{each.state}", **facts)
    shell.give({**record, "facts": facts}, f"{_MARKS[each.grade]} {sentence}")
