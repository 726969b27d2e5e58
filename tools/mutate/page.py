"""docs/rules.md."""


def write() -> None:
    """Write the page."""
