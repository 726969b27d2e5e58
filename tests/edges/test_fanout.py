"""One event to many sockets: once written, in order, past those that have gone."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import socketio
from aiohttp import web
from aiohttp.test_utils import TestServer

from server.fanout import Fanout
from server.limits import Bounds
from server.lines import Lines


class Room:
    """A bare server with its sockets, as the library makes them."""

    def __init__(self) -> None:
        library: Any = socketio
        self.io: Any = library.AsyncServer(async_mode="aiohttp", transports=["websocket"])
        self.fanout = Fanout(self.io)
        self.lines = Lines(server=self.io, bounds=Bounds())
        self.sids: list[str] = []
        self.io.on("connect", self._connect)
        self.app = web.Application()
        self.io.attach(self.app)

    async def _connect(self, sid: str, _environ: object, _auth: object = None) -> None:
        self.lines.sign(sid)
        self.sids.append(sid)


class Ear:
    """A client and what it heard."""

    def __init__(self) -> None:
        library: Any = socketio
        self.io: Any = library.AsyncClient(reconnection=False)
        self.heard: list[str] = []
        self.gone = asyncio.Event()
        self.full = asyncio.Event()
        self.wanted = 0
        self.io.on("word", self._hear)
        self.io.on("disconnect", self._end)

    async def _hear(self, text: str) -> None:
        self.heard.append(text)
        if len(self.heard) >= self.wanted:
            self.full.set()

    async def _end(self, *_: object) -> None:
        self.gone.set()


@pytest.fixture
async def room() -> Room:
    """A server without anybody."""
    return Room()


@pytest.fixture
async def ears(room: Room) -> AsyncIterator[list[Ear]]:
    """Three connected clients."""
    async with TestServer(room.app) as server:
        listening = [Ear() for _ in range(3)]
        for ear in listening:
            await ear.io.connect(str(server.make_url("/")), transports=["websocket"])
        yield listening
        for ear in listening:
            await ear.io.disconnect()
        await room.io.shutdown()


async def test_everybody_hears_all_words_in_order(room: Room, ears: list[Ear]) -> None:
    """Each socket's own queue keeps the order, however many words wait in it."""
    words = [f"語{n}" for n in range(50)]
    for ear in ears:
        ear.wanted = len(words)

    for word in words:
        await room.fanout.send(room.sids, "word", word)

    async with asyncio.timeout(5):
        await asyncio.gather(*(ear.full.wait() for ear in ears))
    assert [ear.heard for ear in ears] == [words] * len(ears)


async def test_a_socket_that_went_takes_nothing_from_the_others(
    room: Room, ears: list[Ear]
) -> None:
    """Neither one that is unknown by now nor one that just closed stops the rest."""
    await room.io.disconnect(room.sids[0])
    async with asyncio.timeout(5):
        await ears[0].gone.wait()
    for ear in ears[1:]:
        ear.wanted = 1

    await room.fanout.send(room.sids, "word", "still here")

    async with asyncio.timeout(5):
        await asyncio.gather(*(ear.full.wait() for ear in ears[1:]))
    assert [ear.heard for ear in ears] == [[], ["still here"], ["still here"]]


async def test_what_was_said_before_the_end_is_still_heard(room: Room, ears: list[Ear]) -> None:
    """A socket is closed after its queue, not before."""
    ears[1].wanted = 2

    await room.fanout.send([room.sids[1]], "word", "one")
    await room.fanout.send([room.sids[1]], "word", "two")
    await room.io.disconnect(room.sids[1])

    async with asyncio.timeout(5):
        await asyncio.gather(ears[1].full.wait(), ears[1].gone.wait())
    assert ears[1].heard == ["one", "two"]
