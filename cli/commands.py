"""The tree of commands, in the order in which a person meets them; each is imported when called."""

from typing import Final

import click

from cli.speaking import Group

TREE: Final = {
    "serve": "cli.serve:serve",
    "doctor": "cli.doctor:doctor",
    "demo": "cli.serve:demo",
    "ui": "cli.ui:ui",
    "council": "cli.council:group",
    "invite": "cli.people:invite",
    "join": "cli.people:join",
    "device": "cli.people:device",
    "consent": "cli.consent:group",
    "case": "cli.case:group",
    "sitting": "cli.sitting:group",
    "summary": "cli.summary:group",
    "board": "cli.board:group",
    "action": "cli.action:group",
    "audit": "cli.audit:group",
    "about": "cli.about:about",
}


@click.group(
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"]},
    lazy=TREE,
)
def root() -> None:
    """Entaku; the help a person reads is in the catalogue."""
