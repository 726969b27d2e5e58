"""Run one node until it is told to end: `python -m server`, and what `entaku serve` calls."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import asyncpg
from aiohttp import web

from server import settings as settings_module
from server.app import create_app
from server.doors import opened
from server.logs import Logger, open_log
from server.page import DamagedPage
from server.scrape import offered
from server.service import SERVICE
from server.settings import BadSetting, Settings
from server.troubles import tell
from storage import embedded
from storage.embedded import CannotStart
from storage.migrate import CannotMigrate, bring_up
from storage.pool import OWNER, SERVER, ensure_database

DATABASE: Final = "entaku"
OK: Final = 0
BAD_SETTING: Final = 2
CANNOT_START: Final = 5

_EXPECTED = (
    DamagedPage,
    CannotStart,
    CannotMigrate,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
)


def main(environment: Mapping[str, str] | None = None) -> int:
    """Run with settings from the environment; answers the exit code."""
    try:
        settings = settings_module.read(os.environ if environment is None else environment)
    except BadSetting as error:
        _complain(error, port=0)
        return BAD_SETTING
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(serve(settings))
    except _EXPECTED as error:
        _complain(error, port=settings.port)
        return CANNOT_START
    return OK


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop  # noqa: PLC0415 -- it is there on some platforms only
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


def _complain(error: Exception, *, port: int) -> None:
    said = tell(error, port=port)
    if said is None:
        raise error
    sys.stderr.write("\n".join(said) + "\n")


async def serve(settings: Settings, *, ended: asyncio.Event | None = None) -> None:
    """Serve until SIGTERM or SIGINT, or until `ended` is set; then finish what was begun.

    Raises CannotStart, CannotMigrate, asyncpg.PostgresError, OSError when it cannot start.
    """
    log = open_log(level=settings.log_level, node=settings.node)
    end = ended or _until_signal()
    async with AsyncExitStack() as stack:
        dsn, owner = await stack.enter_async_context(_database(settings))
        await _bring_up(dsn, owner, log)
        app = await create_app(settings, dsn=dsn, log_to=log)
        doors = app[SERVICE].doors
        await stack.enter_async_context(opened(app, doors, host=settings.host, port=settings.port))
        if settings.metrics_listen is not None:
            at, own = settings.metrics_listen
            await stack.enter_async_context(offered(app[SERVICE], host=at, port=own))
        await _say_ready(app, log)
        await end.wait()
        log.info("ending")


def _until_signal() -> asyncio.Event:
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end.set)
    return end


@asynccontextmanager
async def _database(settings: Settings) -> AsyncGenerator[tuple[str, str | None]]:
    """Addresses of the database of the settings, or of one of our own: to serve, to migrate."""
    if settings.database_url is not None:
        yield settings.database_url, settings.migrate_url
        return
    server = await asyncio.to_thread(embedded.start, settings.data / "postgres")
    try:
        await ensure_database(server.dsn())
        yield server.dsn(DATABASE, user=SERVER), server.dsn(DATABASE, user=OWNER)
    finally:
        await asyncio.to_thread(server.stop)


async def _bring_up(dsn: str, owner: str | None, log: Logger) -> None:
    """Migrate before serving; say so if the login that serves could."""
    done, login = await bring_up(dsn, owner=owner)
    for name in done:
        log.info("migrated", name=name)
    if login.may_own:
        log.warning("database.owner", login=login.name)


async def _say_ready(app: web.Application, log: Logger) -> None:
    service = app[SERVICE]
    setup = service.custody.setup_file
    waiting = await asyncio.to_thread(setup.exists)
    log.info(
        "ready",
        origin=service.settings.origin,
        councils=len(service.hosts),
        setup_token=str(setup) if waiting else None,
    )


if __name__ == "__main__":
    sys.exit(main())
