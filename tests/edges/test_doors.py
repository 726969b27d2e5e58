"""Connections: how many, and how long one may take to ask something."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from server.doors import Doors, opened
from server.limits import Bounds
from tests.faults.hostile import bare, until

HELLO = b"GET / HTTP/1.1\r\nHost: a\r\n"


async def hello(_request: web.Request) -> web.Response:
    """Answer."""
    return web.Response(text="hello")


@asynccontextmanager
async def house(bounds: Bounds, *, behind_proxy: bool = False) -> AsyncGenerator[tuple[Doors, int]]:
    """A small application behind doors."""
    app, doors = web.Application(), Doors(bounds=bounds, behind_proxy=behind_proxy)
    app.router.add_get("/", hello)
    async with opened(app, doors, host="127.0.0.1", port=0) as port:
        yield doors, port


async def answers(port: int) -> bool:
    """Whether somebody else is served."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/") as reply,
    ):
        return await reply.text() == "hello"


async def test_headers_that_do_not_come_end_the_connection() -> None:
    """The first of a connection and the next ones; others are served meanwhile."""
    async with house(Bounds(idle_seconds=1)) as (doors, port):
        async with bare(port) as silent, bare(port) as slow, bare(port) as second:
            slow.say(HELLO)
            second.say(HELLO + b"\r\n")
            await second.reader.readuntil(b"hello")
            second.say(HELLO)
            assert await answers(port)

            assert await silent.all() == b""
            assert await slow.all() == b""
            assert await second.all() == b""
        await until(lambda: len(doors) == 0)
        assert await answers(port)


async def test_an_address_has_only_so_many_connections() -> None:
    """One more is closed unread; those that are there go on, and one that ends makes room."""
    async with house(Bounds(address_connections=2)) as (doors, port):
        async with bare(port) as first, bare(port), bare(port) as third:
            assert await third.all() == b""
            assert doors.turned_away["address"] == 1
            first.say(HELLO + b"Connection: close\r\n\r\n")
            assert (await first.all()).endswith(b"hello")
        await until(lambda: len(doors) == 0)
        assert await answers(port)


async def test_a_node_has_only_so_many_connections() -> None:
    """Behind a proxy too, where addresses are not counted."""
    few = Bounds(connections=2, address_connections=1)
    async with (
        house(few, behind_proxy=True) as (doors, port),
        bare(port),
        bare(port),
        bare(port) as third,
    ):
        assert await third.all() == b""
        assert doors.turned_away == {"node": 1}
        assert len(doors) == 2
