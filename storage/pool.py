"""Pools of connections, one per database role, so that each part can do only its own work."""

from enum import StrEnum
from typing import Final, TypeAlias

import asyncpg

from storage import sql

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

_Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
_SQL = sql.load("storage")


OWNER: Final = "entaku"
SERVER: Final = "entaku_node"
"""The logins of a server of our own: who migrates, and who serves."""


class Role(StrEnum):
    """Who a connection acts as; the login role is a member of each (see migrations/)."""

    APP = "entaku_app"
    INTEGRATOR = "entaku_integrator"
    AUDITOR = "entaku_auditor"


_SETTINGS = {
    "timezone": "UTC",
    "jit": "off",
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
}


async def open_pool(dsn: str, *, role: Role, most: int = 10, least: int = 1) -> Pool:
    """Open `least` to `most` connections that act as `role`, and with nobody else's rights.

    Raises OSError or asyncpg.PostgresError when the server cannot be reached.
    """
    settings = {**_SETTINGS, "role": role.value, "application_name": role.value}
    return await asyncpg.create_pool(
        dsn,
        min_size=least,
        max_size=most,
        command_timeout=20,
        server_settings=settings,
        reset=_leave_session,
    )


async def _leave_session(_connection: _Connection) -> None:
    """Save the round trip of a reset after each use: nothing of ours outlives its transaction.

    Settings and advisory locks are the transaction's, and nobody listens, prepares or makes
    temporary tables; an open transaction was rolled back before this is called.
    """


async def ensure_database(dsn: str) -> None:
    """Make the database `entaku` of a server of our own, and its two logins.

    `entaku` owns the database and may make the roles that migrations need; `entaku_node` serves
    and may do nothing yet (see `storage.migrate.migrate`). None is a superuser, so that forced row
    security and insert-only tables hold for both. `dsn` is the superuser's.
    """
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(_SQL["create_logins"])
        if not await connection.fetchval(_SQL["database_exists"]):
            await connection.execute(_SQL["create_database"])
    finally:
        await connection.close()
