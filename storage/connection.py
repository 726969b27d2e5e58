"""The narrow face of asyncpg that stores see: statements are literals, values are arguments.

`LiteralString` is enforced by basedpyright: text put together at run time does not pass.
"""

from collections.abc import Sequence
from typing import Any, LiteralString, Protocol


class Row(Protocol):
    """One row; columns by name."""

    def __getitem__(self, name: str, /) -> Any:  # noqa: ANN401 -- the store gives it its type
        """Read one column."""
        ...


class Connection(Protocol):
    """One connection, inside or outside a transaction."""

    async def execute(self, query: LiteralString, /, *arguments: object) -> str:
        """Run a statement that returns no rows."""
        ...

    async def fetch(self, query: LiteralString, /, *arguments: object) -> Sequence[Row]:
        """Read all rows."""
        ...

    async def fetchrow(self, query: LiteralString, /, *arguments: object) -> Row | None:
        """Read the first row, or None."""
        ...

    async def fetchval(self, query: LiteralString, /, *arguments: object) -> Any:  # noqa: ANN401 -- as Row
        """Read the first column of the first row, or None."""
        ...
