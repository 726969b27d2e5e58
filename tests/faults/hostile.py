"""Bare connections for clients that keep to no rule: half requests, frames by hand, no reading."""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

PATIENCE = 30
"""Seconds for what must happen, however busy the machine is."""

_SMALL = 8 * 1024
_MASK = b"\0\0\0\0"  # a mask that changes nothing: it is there for proxies, and needs no secret
_TEXT, _BINARY = 0x81, 0x82
PING, PONG = 0x89, 0x8A
_SHORT, _MIDDLE = 126, 65536


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something that no event tells."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 -- counters of the server have no events
            await asyncio.sleep(0.01)


@dataclass(slots=True)
class Bare:
    """One TCP connection with small buffers: what is not read waits at the other side."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def say(self, data: bytes) -> None:
        """Send, and do not wait."""
        self.writer.write(data)

    async def all(self) -> bytes:
        """What comes until the other side closes."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""

    def is_broken(self) -> bool:
        """Whether the other side closed, found out by saying more, without reading."""
        self.say(b"\r\n")
        return self.writer.transport.is_closing()

    async def upgrade(self) -> None:
        """Become a WebSocket of the server's engine, before any sign-in."""
        self.say(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\n"
            b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: " + base64.b64encode(bytes(16)) + b"\r\n\r\n"
        )
        async with asyncio.timeout(PATIENCE):
            assert (await self.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        assert (await self.hear()).startswith("0")

    async def sign_in(self, *, slug: str, token: str) -> str:
        """Show a token; what is answered."""
        self.frame("40" + json.dumps({"slug": slug, "token": token}))
        return await self.hear()

    def frame(self, text: str | bytes) -> None:
        """Send one frame."""
        data, kind = (text.encode(), _TEXT) if isinstance(text, str) else (text, _BINARY)
        self.say(head_of(len(data), kind) + _MASK + data)

    def sign(self, kind: int) -> None:
        """Send an empty sign of life, beneath the server's protocol."""
        self.say(head_of(0, kind) + _MASK)

    def event(self, name: str, text: str, *, ack: int | None = None) -> None:
        """Send one event of the server's protocol, or one that wants to be answered."""
        self.frame(f"42{'' if ack is None else ack}" + json.dumps([name, text]))

    async def hear(self) -> str:
        """Wait for the next frame of a text."""
        async with asyncio.timeout(PATIENCE):
            _, size = await self.reader.readexactly(2)
            if size == _SHORT:
                size = int.from_bytes(await self.reader.readexactly(2))
            elif size > _SHORT:
                size = int.from_bytes(await self.reader.readexactly(8))
            return (await self.reader.readexactly(size)).decode()

    async def hear_of(self, word: str) -> str:
        """Wait for a frame that holds a word."""
        while word not in (found := await self.hear()):
            pass
        return found


def head_of(size: int, kind: int = _TEXT) -> bytes:
    """The head of a masked frame that claims a size."""
    if size < _SHORT:
        return bytes([kind, 0x80 | size])
    if size < _MIDDLE:
        return bytes([kind, 0x80 | _SHORT]) + size.to_bytes(2)
    return bytes([kind, 0xFF]) + size.to_bytes(8)


@asynccontextmanager
async def bare(port: int) -> AsyncGenerator[Bare]:
    """Connect to a port of this machine; closed afterwards without a word."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL)
    line.settimeout(0)
    await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=line, limit=_SMALL)
    try:
        yield Bare(reader, writer)
    finally:
        writer.transport.abort()
