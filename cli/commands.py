"""The tree of commands, in the order in which a person meets them."""

import click

from cli import audit, council, people, serve
from cli.speaking import Group


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
def root() -> None:
    """Entaku; the help a person reads is in the catalogue."""


for command in (
    serve.serve,
    serve.demo,
    council.group,
    people.invite,
    people.join,
    people.device,
    audit.group,
):
    root.add_command(command)
