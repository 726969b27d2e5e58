"""All of it, in the order in which one thing needs the other."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
import asyncpg

from server.announce import answers
from server.doctor import database, logs, place
from server.doctor.finding import Finding, bad, look
from server.ports import Clock
from server.settings import Settings
from storage import embedded
from storage.embedded import CannotStart
from storage.pool import SERVER, Role, open_pool

_DATABASE: Final = "entaku"
_PATIENCE: Final = 5.0  # seconds
_UNREACHABLE: Final = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


async def examine(settings: Settings, *, clock: Clock) -> list[Finding]:
    """Look at this machine, the database, Redis, and the service itself."""
    found = await asyncio.to_thread(place.examine, settings)
    found += await _database(settings, clock)
    found += [await _redis(settings), await _service(settings)]
    return found


async def _database(settings: Settings, clock: Clock) -> list[Finding]:
    try:
        async with _address(settings) as dsn:
            if dsn is None:
                return [look("database", "none")]
            return await _looked_at(settings, dsn, clock)
    except CannotStart as error:
        return [bad("database", "stopped", why=error.trouble.value)]
    except _UNREACHABLE:
        return [bad("database", "away")]


@asynccontextmanager
async def _address(settings: Settings) -> AsyncGenerator[str | None]:
    """Where the database is; a PostgreSQL of our own that does not run is run meanwhile."""
    folder = settings.data / "postgres"
    if settings.database_url is not None:
        yield settings.database_url
    elif not await asyncio.to_thread((folder / "cluster").exists):
        yield None
    elif dsn := await asyncio.to_thread(embedded.running, folder, _DATABASE, user=SERVER):
        yield dsn
    else:
        server = await asyncio.to_thread(embedded.start, folder)
        try:
            yield server.dsn(_DATABASE, user=SERVER)
        finally:
            await asyncio.to_thread(server.stop)


async def _looked_at(settings: Settings, dsn: str, clock: Clock) -> list[Finding]:
    connection = await asyncpg.connect(dsn, timeout=_PATIENCE)
    try:
        found = await database.examine(connection, clock=clock)
    finally:
        await connection.close()
    if any(each.check == "schema" and each.state != "ok" for each in found):
        return found  # its logs are looked at when it has the shape that is known here
    pool = await open_pool(dsn, role=Role.APP, most=1)
    try:
        return found + await logs.examine(pool, keys=settings.data / "keys", clock=clock)
    finally:
        await pool.close()


async def _redis(settings: Settings) -> Finding:
    if settings.redis_url is None:
        return Finding(check="redis", state="none")
    if not await answers(settings.redis_url, patience=_PATIENCE):
        return bad("redis", "away")
    return Finding(check="redis")


async def _service(settings: Settings) -> Finding:
    """Ask the node that these settings would start, as a proxy does."""
    url = f"http://{settings.host}:{settings.port}/readyz"
    patience = aiohttp.ClientTimeout(total=_PATIENCE)
    try:
        async with aiohttp.ClientSession(timeout=patience) as session, session.get(url) as reply:
            is_ready = reply.ok
    except (aiohttp.ClientError, TimeoutError):
        return look("service", "away", port=settings.port)
    if not is_ready:
        return bad("service", "unready", port=settings.port)
    return Finding(check="service", facts={"port": settings.port})
