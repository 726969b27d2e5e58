"""Everything is wired here, by hand: settings in, a running application out."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from consent.register import load
from crypto import entropy as entropies
from crypto.entropy import Entropy
from protocol.wire import MAX_BODY
from server.announce import OneNode, OverRedis, Wire
from server.council import Council
from server.custody import Custody
from server.denials import Denials
from server.doors import Doors
from server.http import docs, page
from server.http.middleware import edge
from server.http.table import CONTRACTS, PLAIN
from server.jobs import Jobs
from server.limits import Limits
from server.live import live_rooms
from server.logs import Logger, open_log
from server.page import Page
from server.page import load as load_page
from server.ports import Clock, Rooms
from server.service import SERVICE, Parts, Pools, RoomsFactory, Service
from server.settings import Settings
from server.tokens import Tokens
from storage.pool import Role, open_pool

JOBS: Final = web.AppKey("JOBS", Jobs)
_CONNECTIONS: Final = 16


def system_clock() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


async def create_app(
    settings: Settings,
    *,
    dsn: str,
    rooms: RoomsFactory | None = None,
    clock: Clock = system_clock,
    entropy: Entropy = entropies.system,
    log_to: Logger | None = None,
) -> web.Application:
    """Wire one node over a migrated database; it works from its startup to its cleanup.

    Raises OSError, asyncpg.PostgresError or DamagedPage when folder, database or page cannot be
    used.
    """
    logger = log_to or open_log(level=settings.log_level, node=settings.node)
    custody = await asyncio.to_thread(Custody.open, settings.data / "keys", entropy=entropy)
    pools = Pools(
        app=await open_pool(dsn, role=Role.APP, most=_CONNECTIONS),
        integrator=await open_pool(dsn, role=Role.INTEGRATOR, most=2),
        auditor=await open_pool(dsn, role=Role.AUDITOR, most=2),
    )
    service = Service(
        settings=settings,
        clock=clock,
        entropy=entropy,
        log=logger,
        pools=pools,
        custody=custody,
        tokens=Tokens(custody.token_seed, issuer=settings.origin),
        denials=Denials(log=logger, pool=pools.app),
        limits=Limits(settings.limits),
        doors=Doors(bounds=settings.limits, behind_proxy=settings.behind_proxy),
        wire=_wire(settings, logger),
        rooms=await asyncio.to_thread(_live, settings) if rooms is None else rooms,
    )
    found = await asyncio.to_thread(load_page, settings.web)
    if found is None:
        logger.warning("page.missing", folder=str(settings.web))
    return _application(service, found)


def _live(settings: Settings) -> RoomsFactory:
    """Rooms as they are in production; tests of the edge may hand in others."""
    register = load()

    def build(council: Council, parts: Parts) -> Rooms:
        return live_rooms(council, parts, node=settings.node, register=register)

    return build


def _wire(settings: Settings, logger: Logger) -> Wire:
    if settings.redis_url is None:
        return OneNode()
    return OverRedis(settings.redis_url, node=settings.node, log=logger)


def _application(service: Service, found: Page | None) -> web.Application:
    app = web.Application(middlewares=[edge], client_max_size=MAX_BODY)
    app[SERVICE] = service
    app[JOBS] = Jobs(service)
    for routes in PLAIN:
        app.add_routes(routes)
    docs.offer(app, CONTRACTS)
    page.offer(app, found)
    service.sockets.attach(app)
    app.on_shutdown.append(_end_sockets)
    app.cleanup_ctx.append(_running)
    return app


async def _end_sockets(app: web.Application) -> None:
    """Before the end: else it would wait a minute for sockets that last as long as they like."""
    await app[SERVICE].sockets.stop()


async def _running(app: web.Application) -> AsyncGenerator[None]:
    """Begin work at startup; at the end let go in the opposite order."""
    service, jobs = app[SERVICE], app[JOBS]
    async with contextlib.AsyncExitStack() as stack:
        for pool in (service.pools.app, service.pools.integrator, service.pools.auditor):
            stack.push_async_callback(pool.close)
        await service.refresh()
        service.wire.listen(service.heard)
        await service.wire.start()
        stack.push_async_callback(service.wire.stop)
        jobs.start()
        stack.push_async_callback(jobs.stop)
        stack.push_async_callback(service.sockets.stop)
        yield
