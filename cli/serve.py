"""`entaku serve` and `entaku demo`."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

import click

from cli.demo import director
from cli.exits import Exit
from cli.shell import Shell
from cli.speaking import Command
from server.__main__ import main as run_server

OURS = frozenset({"LANG", "VAULT", "PASSPHRASE", "PASSPHRASE_FILE", "URL", "COUNCIL"})
"""Settings of the command line, which are none of the server's."""


def ours_left_out(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what the server would take for misspelt settings."""
    ours = {f"ENTAKU_{name}" for name in OURS}
    return {name: value for name, value in environment.items() if name not in ours}


@click.command("serve", cls=Command)
@click.option("--host")
@click.option("--port", type=click.IntRange(1, 65535))
@click.option("--data", type=click.Path(file_okay=False, path_type=Path))
def serve(host: str | None, port: int | None, data: Path | None) -> int:
    """Run a server until SIGTERM or Ctrl-C; settings come from the environment."""
    environment = ours_left_out(os.environ)
    given = {"HOST": host, "PORT": port, "DATA": data}
    environment |= {f"ENTAKU_{n}": str(value) for n, value in given.items() if value is not None}
    return run_server(environment)


@click.command("demo", cls=Command)
@click.option("--once", is_flag=True)
@click.option("--port", type=click.IntRange(1, 65535))
@click.pass_obj
def demo(shell: Shell, *, once: bool, port: int | None) -> Exit:
    """Play the story between real processes."""
    return asyncio.run(director.run(shell, once=once, port=port))
