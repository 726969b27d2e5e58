"""Two hundred slow and two hundred flooding clients in one process, until stdin ends.

    python -m bench.attack PORT FILE_OF_TOKENS

Each line read is a command: `begin`, `end`; each line written says how much was sent so far. All
flooding clients together offer at most `OFFERED` packets or requests a second; one that the
server does not read waits, as TCP has it, and one that is cut comes again after a second.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
import uvloop

from tests.faults.hostile import Bare, bare

SLUG: Final = "bench"
SLOW: Final = {"headers": 50, "bodies": 50, "silent": 50, "deaf": 50}
FLOODING: Final = {"commands": 104, "strangers": 48, "requests": 48}
OFFERED: Final = 2000
_PAUSE: Final = 1.0  # seconds before who was cut off comes again
_NOWHERE: Final = json.dumps({"case": "0" * 32})
_HEAD: Final = b"GET /v1/bench/log/id/checkpoint HTTP/1.1\r\nHost: a\r\n"
_POST: Final = b"POST /v1/bench/admit HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What the hostile clients did so far."""

    packets: int
    connections: int
    refused: int


@dataclass(slots=True, kw_only=True)
class Attack:
    """All hostile clients; one behaviour of each kind."""

    port: int
    tokens: list[str]
    packets: int = 0
    connections: int = 0
    refused: int = 0
    tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    def begin(self, only: str = "") -> None:
        """Let them loose, all or one kind."""
        kinds: dict[str, Callable[[Bare, int], Awaitable[None]]] = {
            "headers": self._headers,
            "bodies": self._bodies,
            "silent": self._silent,
            "deaf": self._deaf,
            "commands": self._commands,
            "strangers": self._strangers,
            "requests": self._requests,
        }
        chosen = SLOW | FLOODING
        for name, count in ({only: chosen[only]} if only else chosen).items():
            for number in range(count):
                self.tasks.append(asyncio.create_task(self._again(kinds[name], number)))

    async def end(self) -> None:
        """Call them all back."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks.clear()

    async def _again(self, kind: Callable[[Bare, int], Awaitable[None]], number: int) -> None:
        while True:
            with contextlib.suppress(OSError, EOFError, TimeoutError, AssertionError):
                self.connections += 1
                async with bare(self.port) as line:
                    await kind(line, number)
            await asyncio.sleep(_PAUSE)

    async def _paced(self, line: Bare) -> None:
        """Count a packet; wait for the share of the offered rate, and for the other side."""
        self.packets += 1
        await line.writer.drain()
        await asyncio.sleep(sum(FLOODING.values()) / OFFERED)

    # --- slow --------------------------------------------------------------------------------

    async def _headers(self, line: Bare, _number: int) -> None:
        line.say(_HEAD)
        await self._drip(line, b"X-A: b\r\n")

    async def _bodies(self, line: Bare, _number: int) -> None:
        line.say(_POST)
        await self._drip(line, b" ")

    async def _drip(self, line: Bare, piece: bytes) -> None:
        while not line.reader.at_eof():
            line.say(piece)
            await line.writer.drain()
            await asyncio.sleep(1)

    async def _silent(self, line: Bare, _number: int) -> None:
        await line.upgrade()
        await line.reader.read()

    async def _deaf(self, line: Bare, number: int) -> None:
        """Signed in; asks, and never reads an answer."""
        await self._sign_in(line, number)
        while not line.writer.transport.is_closing():
            line.event("head", _NOWHERE, ack=1)
            await line.writer.drain()
            await asyncio.sleep(1)

    # --- flooding ----------------------------------------------------------------------------

    async def _sign_in(self, line: Bare, number: int) -> None:
        await line.upgrade()
        told = await line.sign_in(slug=SLUG, token=self.tokens[number % len(self.tokens)])
        if '"sid"' not in told:
            self.refused += 1
            raise EOFError

    async def _commands(self, line: Bare, number: int) -> None:
        await self._sign_in(line, number)
        reading = asyncio.create_task(self._listen(line))
        try:
            while not reading.done():
                line.event("head", _NOWHERE, ack=1)
                await self._paced(line)
        finally:
            reading.cancel()

    async def _listen(self, line: Bare) -> None:
        while data := await line.reader.read(65536):
            self.refused += data.count(b"RATE_LIMITED")

    async def _strangers(self, line: Bare, _number: int) -> None:
        await line.upgrade()
        while not line.writer.transport.is_closing():
            line.frame("3")
            await self._paced(line)

    async def _requests(self, line: Bare, _number: int) -> None:
        reading = asyncio.create_task(self._listen(line))
        try:
            while not reading.done():
                line.say(_HEAD + b"\r\n")
                await self._paced(line)
        finally:
            reading.cancel()


async def main(port: int, tokens: list[str]) -> None:
    """Read commands until the end of stdin."""
    attack = Attack(port=port, tokens=tokens)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        word, _, only = line.strip().partition(" ")
        if word == "begin":
            attack.begin(only)
        else:
            await attack.end()
        sent = Sent(packets=attack.packets, connections=attack.connections, refused=attack.refused)
        print(msgspec.json.encode(sent).decode(), flush=True)
    await attack.end()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="utf-8").split()))
