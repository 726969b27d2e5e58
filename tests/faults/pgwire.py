"""A line to PostgreSQL that is lost at one statement: before it came there, or after it was done.

Messages of PostgreSQL's protocol 3.0 are read one by one, so that the statement is known by its
text: from Parse and Bind where it is prepared, from Query where it is not.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from tests.faults.between import Between

_NAME: Final = ".s.PGSQL.5432"
_HEAD: Final = 5


class Lost(StrEnum):
    """When the line is lost."""

    BEFORE = "not persisted"
    AFTER = "persisted"


@dataclass(slots=True)
class _Armed:
    text: str
    lost: Lost
    struck: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True, eq=False)
class _Line:
    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    texts: dict[bytes, str] = field(default_factory=dict[bytes, str])
    ending: _Armed | None = None

    def reset(self) -> None:
        self.client.transport.abort()
        self.server.transport.abort()


@dataclass(slots=True)
class Wire(Between):
    """Listens on a socket in `folder`, passes on to the one in `target`."""

    folder: Path
    target: Path
    seen: Counter[str] = field(default_factory=Counter[str])
    _armed: dict[str, _Armed] = field(default_factory=dict[str, _Armed])

    def arm(self, text: str, lost: Lost) -> asyncio.Event:
        """Lose the next line that carries a statement; the event tells that it happened."""
        armed = self._armed[text] = _Armed(text, lost)
        return armed.struck

    def disarm(self) -> None:
        """Lose nothing more."""
        self._armed.clear()

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_unix_server(self._accept, self.folder / _NAME)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, out = await asyncio.open_unix_connection(self.target / _NAME)
        line = _Line(writer, out)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._up(line, reader))
                both.create_task(self._down(line, there))
        finally:
            line.reset()

    async def _up(self, line: _Line, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            size = await reader.readexactly(4)  # the first message has no letter
            rest = await reader.readexactly(int.from_bytes(size, "big") - 4)
            line.server.write(size + rest)
            while True:
                message = await _message(reader)
                text = _text(line, message)
                if text is not None and self._strikes(line, text):
                    return line.reset()
                line.server.write(message)
                await line.server.drain()
        return line.reset()

    def _strikes(self, line: _Line, text: str) -> bool:
        """Judge a statement that is about to be run; True: it shall never come there."""
        self.seen[text] += 1
        armed = self._armed.pop(text, None)
        if armed is None:
            return False
        if armed.lost is Lost.BEFORE:
            armed.struck.set()
            return True
        line.ending = armed
        return False

    async def _down(self, line: _Line, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                message = await _message(reader)
                if line.ending is None:
                    line.client.write(message)
                    await line.client.drain()
                elif message[:1] == b"Z":  # ready for the next: what was asked is done
                    line.ending.struck.set()
                    break
        line.reset()


async def _message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(_HEAD)
    return head + await reader.readexactly(int.from_bytes(head[1:], "big") - 4)


def _text(line: _Line, message: bytes) -> str | None:
    """The statement that a message runs; those that prepare one are remembered."""
    kind, words = message[:1], message[_HEAD:].split(b"\0", 2)
    if kind == b"P":
        line.texts[words[0]] = words[1].decode()
    if kind == b"B":
        return line.texts.get(words[1])
    return words[0].decode() if kind == b"Q" else None


@asynccontextmanager
async def wired(folder: Path, target: Path) -> AsyncGenerator[Wire]:
    """A socket in a new folder before the one of a real server."""
    wire = Wire(folder, target)
    await wire.start()
    try:
        yield wire
    finally:
        await wire.stop()
