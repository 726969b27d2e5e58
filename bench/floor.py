"""The floor: a bare server that stores a shared text with one audit row and passes it on.

No sign-in, no check, no gate, no proof. It is what anybody would write first on the same
parts (aiohttp, python-socketio, asyncpg, uvloop), and what ours is compared with.

    python -m bench.floor PORT DSN
"""

import asyncio
import sys
from collections.abc import Callable
from typing import Any, Final, Protocol, cast

import asyncpg
import socketio
import uvloop
from aiohttp import web

_TABLES: Final = """
  CREATE TABLE IF NOT EXISTS shared (id bigserial PRIMARY KEY, body bytea NOT NULL);
  CREATE TABLE IF NOT EXISTS audited (id bigserial PRIMARY KEY, event jsonb NOT NULL);
"""
_SHARE: Final = "INSERT INTO shared (body) VALUES ($1)"
_AUDIT: Final = "INSERT INTO audited (event) VALUES ($1)"
_EVENT: Final = '{"did": "share"}'
_CONNECTIONS: Final = 8


class _Engine(Protocol):
    """The part of python-socketio's server that is used; it ships no types."""

    def on(self, event: str, handler: Callable[..., Any]) -> None: ...

    def attach(self, app: web.Application) -> None: ...

    async def enter_room(self, sid: str, room: str) -> None: ...

    async def emit(self, event: str, data: object, *, room: str) -> None: ...


def _engine() -> _Engine:
    engine = socketio.AsyncServer(async_mode="aiohttp", transports=["websocket"])
    return cast("_Engine", engine)


async def serve(port: int, dsn: str) -> None:
    """Serve until killed; says `up` when it does."""
    pool = await asyncpg.create_pool(dsn, min_size=_CONNECTIONS, max_size=_CONNECTIONS)
    await pool.execute(_TABLES)
    server = _engine()

    async def connect(sid: str, _environ: object, _auth: object) -> None:
        await server.enter_room(sid, "room")

    async def share(_sid: str, data: dict[str, object]) -> str:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(_SHARE, data["body"])
            await connection.execute(_AUDIT, _EVENT)
        await server.emit("share", data, room="room")
        return "ok"

    server.on("connect", connect)
    server.on("share", share)
    app = web.Application()
    server.attach(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("up", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), sys.argv[2]))
