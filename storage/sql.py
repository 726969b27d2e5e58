"""Named statements: SQL lives in `queries.sql` beside the store that uses it.

A statement begins with a line `-- name: lock_item` and ends where the next one begins.
"""

import re
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any, LiteralString

_NAME = re.compile(r"^--[ ]name:[ ](\S+)$", re.MULTILINE)
_WORD = re.compile(r"[a-z][a-z0-9_]*")


class BadStatements(Exception):
    """A file of statements is unusable: `reason` is `name`, `duplicate`, `empty` or `stray`."""

    def __init__(self, reason: str, name: str) -> None:
        super().__init__(reason, name)
        self.reason = reason
        self.name = name


def load(package: str, file: str = "queries.sql") -> Mapping[str, LiteralString]:
    """Read a package's statements by name; raises BadStatements, FileNotFoundError."""
    text = (files(package) / file).read_text(encoding="utf-8")
    # The one place where text becomes a literal (through Any, since only one of our two type
    # checkers knows the difference): these files ship with the program.
    statements: Any = parse(text)
    return MappingProxyType(statements)


def parse(text: str) -> dict[str, str]:
    """Cut a file into its statements; raises BadStatements."""
    head, *rest = _NAME.split(text)
    if _code(head):
        raise BadStatements("stray", head.strip())
    found: dict[str, str] = {}
    for name, body in zip(rest[::2], rest[1::2], strict=True):
        if not _WORD.fullmatch(name):
            raise BadStatements("name", name)
        if name in found:
            raise BadStatements("duplicate", name)
        if not _code(body):
            raise BadStatements("empty", name)
        found[name] = body.strip()
    return found


def _code(text: str) -> bool:
    """Answer whether anything but comments and blank lines is there."""
    return any(line.strip() and not line.lstrip().startswith("--") for line in text.splitlines())
