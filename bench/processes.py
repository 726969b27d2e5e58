"""Processes to be measured: started, asked, stopped, and what processor time they took."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import msgspec

from bench.load import Ask, Figures

_TICK: Final = 1.0 / os.sysconf("SC_CLK_TCK")
_START: Final = 30.0  # seconds


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_seconds(pid: int) -> float:
    """Processor time of a process with all its threads, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK


def postgres_seconds(postmaster: int) -> float:
    """Processor time of PostgreSQL with all that run under it now."""
    total = cpu_seconds(postmaster)
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(fields[1]) == postmaster:
                total += (int(fields[11]) + int(fields[12])) * _TICK
    return total


@dataclass(kw_only=True)
class Running:
    """A Python process that reads lines and writes lines."""

    process: asyncio.subprocess.Process

    @classmethod
    async def start(
        cls, arguments: Sequence[str], *, environment: Mapping[str, str] | None = None
    ) -> Self:
        """Start `python …` in this environment."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, **(environment or {})},
        )
        return cls(process=process)

    @property
    def pid(self) -> int:
        """Its number."""
        return self.process.pid

    def cpu(self) -> float:
        """Processor time so far, in seconds."""
        return cpu_seconds(self.pid)

    async def line(self) -> bytes:
        """Read one line; RuntimeError when it ended instead."""
        assert self.process.stdout is not None  # noqa: S101 -- a pipe was asked for
        line = await self.process.stdout.readline()
        if not line:
            raise RuntimeError(await self.process.wait())
        return line

    async def ask(self, do: str, *, members: int = 0, count: int = 0) -> Figures:
        """Have a load process do something."""
        assert self.process.stdin is not None  # noqa: S101 -- a pipe was asked for
        ask = Ask(do=do, members=members, count=count)
        self.process.stdin.write(msgspec.json.encode(ask) + b"\n")
        await self.process.stdin.drain()
        return msgspec.json.decode(await self.line(), type=Figures)

    def pause(self) -> None:
        """Take it off the processor while the other side is measured."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    async def stop(self) -> None:
        """End it."""
        if self.process.returncode is None:
            self.resume()
            self.process.terminate()
            await self.process.wait()


@asynccontextmanager
async def running(
    arguments: Sequence[str], *, environment: Mapping[str, str] | None = None
) -> AsyncGenerator[Running]:
    """Run a process until the block ends."""
    started = await Running.start(arguments, environment=environment)
    try:
        yield started
    finally:
        await started.stop()


async def until_listening(port: int) -> None:
    """Wait until somebody listens on a port; TimeoutError after half a minute."""
    async with asyncio.timeout(_START):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                await writer.wait_closed()
                return
