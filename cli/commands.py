"""The tree of commands, in the order in which a person meets them."""

import click

from cli import audit
from cli.shell import Shell
from cli.speaking import Group


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
def root() -> None:
    """Entaku; the help a person reads is in the catalogue."""


root.add_command(audit.group)

__all__ = ["Shell", "root"]
