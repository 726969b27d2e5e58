"""Logins of the database: what one may become decides what a thief of it may do."""

from dataclasses import dataclass
from typing import TypeAlias

import asyncpg

from storage import sql

_Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
_SQL = sql.load("storage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Who connected, whatever role acts now."""

    name: str
    is_super: bool
    """Whether neither rights nor row security hold for it."""

    may_own: bool
    """Whether it may change the shape of the database, or give itself the right to."""


async def who(connection: _Connection) -> Login:
    """Ask who this connection logged in as."""
    row = await connection.fetchrow(_SQL["login"])
    assert row is not None  # noqa: S101 -- who is connected is there
    return Login(name=row["name"], is_super=row["super"], may_own=row["owns"])


async def who_at(dsn: str) -> Login:
    """Ask who an address logs in as; raises OSError, asyncpg.PostgresError."""
    connection = await asyncpg.connect(dsn)
    try:
        return await who(connection)
    finally:
        await connection.close()


async def admit(connection: _Connection, name: str) -> None:
    """Give a login the roles that serve, unless it has them."""
    grant = await connection.fetchval(_SQL["admit_login"], name)
    if grant is not None:
        await connection.execute(grant)
