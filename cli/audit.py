"""`entaku audit`: verifying offline, asking as an auditor, taking both logs away."""

import click

from cli.speaking import Group


@click.group(
    "audit",
    cls=Group,
    lazy={
        "verify": "cli.verify:verify",
        "evidence": "cli.evidence:evidence",
        "query": "cli.auditing:query",
        "denied": "cli.auditing:denied",
        "export": "cli.auditing:export",
        "about": "cli.auditing:about",
    },
)
def group() -> None:
    """Verify, query and export the log."""
