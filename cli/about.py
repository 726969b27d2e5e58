"""`entaku about`: which program this is, and what it cannot do, in the product's own words."""

from importlib.metadata import metadata
from itertools import count, takewhile
from typing import Final

import click

from cli.shell import Shell
from cli.speaking import Command
from cli.texts import catalogue
from protocol.codec import b64u
from server.page import FOLDER, load

PROTOCOL: Final = "shk1"


@click.command("about", cls=Command)
@click.pass_obj
def about(shell: Shell) -> None:
    """Say version, page and residual risks."""
    program = metadata("entaku")
    version, licence = program["Version"], program["License-Expression"] or program["License"]
    page = load(FOLDER)
    digest = None if page is None else b64u(page.digest)
    facts = {"version": version, "protocol": PROTOCOL, "license": licence}
    shell.give(
        {**facts, "page": digest, "risks": [text for _, text in _risks(shell)]},
        shell.text("about.version", **facts),
        _page(shell, None if page is None else page.version, digest),
        "",
        shell.text("about.risks"),
        *(f"  {no}. {title}: {text}" for no, (title, text) in enumerate(_risks(shell), start=1)),
        "",
        shell.text("about.more"),
    )


def _page(shell: Shell, version: str | None, digest: str | None) -> str:
    if version is None:
        return shell.text("about.pageless")
    return shell.text("about.page", version=version, digest=digest)


def _risks(shell: Shell) -> list[tuple[str, str]]:
    """Title and text of each risk that stays."""
    numbers = takewhile(lambda no: f"about.risk.{no}.text" in catalogue(), count(1))
    keys = [f"about.risk.{no}" for no in numbers]
    return [(shell.text(f"{key}.title"), shell.text(f"{key}.text")) for key in keys]
