"""One transaction on one connection."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import asyncpg

from storage.connection import Connection
from storage.pool import Pool

_MOVED = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncGenerator[Connection]:
    """Begin, and commit when the block ends; any exception rolls everything back.

    When the commit itself fails the outcome is unknown: the connection was lost before or
    after the server stored it. Retrying is safe only for what carries its own identity.
    """
    async with pool.acquire() as connection, connection.transaction():
        yield connection


def is_moved(error: BaseException) -> bool:
    """Answer whether the state moved under a decision (40001, 40P01): load and decide again."""
    return isinstance(error, _MOVED)
