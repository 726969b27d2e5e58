"""A line between clients and a node that can be cut: in the middle of anything, or half-open.

A cut is armed and strikes the next piece that fits: a random part of that piece still goes
through, then both ends are reset. Half-open means that the node's end is gone at once while the
client's end stays silent for a while, as behind a router that forgot the connection.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tests.faults.between import Between

_PIECE: Final = 65536
_SILENCE: Final = 1.5  # seconds for which a half-open line says nothing


class Way(StrEnum):
    """Where a line is cut."""

    REQUEST = "mid-request"
    RESPONSE = "mid-response"
    FRAME_UP = "mid-frame up"
    FRAME_DOWN = "mid-frame down"
    HALF_OPEN = "half-open"


_UP: Final = frozenset({Way.REQUEST, Way.FRAME_UP, Way.HALF_OPEN})
_FRAMES: Final = frozenset({Way.FRAME_UP, Way.FRAME_DOWN})


@dataclass(slots=True)
class _Armed:
    way: Way
    struck: asyncio.Event = field(default_factory=asyncio.Event)

    def fits(self, *, up: bool, upgraded: bool) -> bool:
        """Answer whether a piece is what this cut waits for; half-open takes either kind."""
        if up != (self.way in _UP):
            return False
        return self.way is Way.HALF_OPEN or upgraded == (self.way in _FRAMES)


@dataclass(slots=True, eq=False)
class _Line:
    """One connection and its other half."""

    client: asyncio.StreamWriter
    node: asyncio.StreamWriter
    upgraded: bool = False

    def reset(self) -> None:
        """Cut both ends without a farewell."""
        self.node.transport.abort()
        self.client.transport.abort()


@dataclass(slots=True, kw_only=True)
class Proxy(Between):
    """Listens on a port of its own and passes everything on to a node."""

    target: int
    draw: random.Random
    port: int = 0
    cuts: int = 0
    _armed: _Armed | None = None

    @property
    def url(self) -> str:
        """Where clients find the node."""
        return f"http://127.0.0.1:{self.port}"

    async def cut(self, way: Way, *, patience: float = 30) -> None:
        """Cut the next line that does what `way` says; TimeoutError when none does."""
        armed = self._armed = _Armed(way)
        try:
            async with asyncio.timeout(patience):
                await armed.struck.wait()
        finally:
            self._armed = None
        self.cuts += 1

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, out = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:  # the node is being killed
            writer.transport.abort()
            return
        line = _Line(writer, out)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(line, reader, out, up=True))
                both.create_task(self._pump(line, there, writer, up=False))
        finally:
            line.reset()

    async def _pump(
        self,
        line: _Line,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        *,
        up: bool,
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(_PIECE):
                if up and b"\r\nUpgrade: websocket" in piece:
                    line.upgraded = True
                armed = self._armed
                if armed is not None and armed.fits(up=up, upgraded=line.upgraded):
                    self._armed = None
                    await self._strike(armed, line, sink, piece)
                    return
                sink.write(piece)
                await sink.drain()
        line.reset()  # an end of one direction ends the other: nobody here half-closes

    async def _strike(
        self, armed: _Armed, line: _Line, sink: asyncio.StreamWriter, piece: bytes
    ) -> None:
        sink.write(piece[: self.draw.randrange(len(piece) + 1)])
        with contextlib.suppress(OSError):
            await sink.drain()
        armed.struck.set()
        if armed.way is Way.HALF_OPEN:
            line.node.transport.abort()
            await asyncio.sleep(_SILENCE)
        line.reset()


@asynccontextmanager
async def proxied(port: int, *, draw: random.Random) -> AsyncGenerator[Proxy]:
    """A proxy before a node's port."""
    proxy = Proxy(target=port, draw=draw)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
