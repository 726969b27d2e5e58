"""A server that goes away in the middle: nobody is told that nothing, or something, was stored."""

import asyncio

import asyncpg
import pytest

from crypto.errors import Code, Refused
from storage.failures import refusals
from storage.pool import Role, open_pool
from tests.stores.world import Admin, World, change, row


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InternalClientError("cannot switch to state 15"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.DiskFullError("could not extend file"),
        asyncpg.AdminShutdownError("terminating connection"),
        ConnectionRefusedError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_lost_server_is_unavailable(error: Exception) -> None:
    """Also by the error of asyncpg that is in neither of its families."""
    with pytest.raises(Refused) as refusal, refusals({}):
        raise error

    assert refusal.value.code == Code.UNAVAILABLE
    assert refusal.value.__cause__ is error


def test_what_moved_is_decided_again_and_not_refused() -> None:
    """Serialization failures pass through to whoever decides."""
    with pytest.raises(asyncpg.SerializationError), refusals({}):
        raise asyncpg.SerializationError


async def test_a_connection_cut_under_a_change_is_told_as_unknown(
    world: World, database: str, admin: Admin
) -> None:
    """The change waits for a lock while its connection is ended; it was not stored."""
    seen = await world.create_room()
    async with await open_pool(database, role=Role.APP, most=1) as pool:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1"
        pid = await pool.fetchval("SELECT pg_backend_pid()")
        async with admin.transaction():
            await admin.execute("LOCK room.room IN ACCESS EXCLUSIVE MODE")
            attempt = asyncio.create_task(World(pool).rooms.commit(change(seen, row("a"))))
            while not await admin.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'",
                pid,
            ):
                assert not attempt.done()
            await admin.execute(cut, pid)
            with pytest.raises(Refused) as refusal:
                await attempt

    assert refusal.value.code == Code.UNAVAILABLE
    assert await world.seen() == seen
