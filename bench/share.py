"""Sharing a section of 2 KiB with everybody in the room: ours and the floor, in turn."""

import statistics
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from bench.load import Figures
from bench.processes import Running, free_port, postgres_seconds, running, until_listening
from bench.room import SENDERS

WARM_UP: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much to measure: runs of `flood` messages a sender, then `latency` single ones."""

    members: int
    runs: int
    flood: int
    latency: int


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One side's medians; times in ms, processor time in ms for one message to all."""

    delivered: float
    acked: float
    last_p50: float
    last_p95: float
    ack_p50: float
    server_cpu: float
    database_cpu: float


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides at one number of members."""

    members: int
    runs: int
    messages: int
    ours: Run
    floor: Run

    @property
    def ratio(self) -> float:
        """Our messages a second, delivered to all, over the floor's."""
        return self.ours.delivered / self.floor.delivered


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A server and its load."""

    server: Running
    load: Running

    def pause(self) -> None:
        """Take both off the processor."""
        self.load.pause()
        self.server.pause()

    def resume(self) -> None:
        """Let both go on."""
        self.server.resume()
        self.load.resume()


@asynccontextmanager
async def floor(dsn: str) -> AsyncGenerator[Pair]:
    """The bare server with its load."""
    port = free_port()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(running(["-m", "bench.floor", str(port), dsn]))
        await server.line()
        url = f"http://127.0.0.1:{port}"
        load = await stack.enter_async_context(running(["-m", "bench.load", "floor", url]))
        yield Pair(server=server, load=load)


@asynccontextmanager
async def ours(
    dsn: str, folder: Path, *, most: int, server: Sequence[str] = ("-m", "server")
) -> AsyncGenerator[Pair]:
    """Our server, as it is started in production, with its load; `most` people are enrolled."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        "ENTAKU_DATA": str(folder),
        "ENTAKU_DATABASE_URL": dsn,
        "ENTAKU_PORT": str(port),
        "ENTAKU_RATE": "1000000",  # enrolling a hundred people takes more requests than usual
        "ENTAKU_AGENCY_RATE": "1000000",  # all senders are of one; a device keeps its usual limit
        "ENTAKU_COUNCIL_RATE": "1000000",
        "ENTAKU_LOG_LEVEL": "warning",
    }
    async with AsyncExitStack() as stack:
        process = await stack.enter_async_context(running(server, environment=environment))
        await until_listening(port)
        setup = (folder / "keys" / "setup").read_text(encoding="utf-8")
        arguments = ["-m", "bench.load", "ours", url, setup]
        load = await stack.enter_async_context(running(arguments))
        await load.ask("start", members=most)
        yield Pair(server=process, load=load)


async def compare(
    mine: Pair, bare: Pair, plan: Plan, *, postmaster: int, tell: Callable[[str], None]
) -> Shared:
    """Measure both in turn, the one that waits off the processor; medians of all runs."""
    found: dict[str, list[Run]] = {"ours": [], "floor": []}
    pairs = {"ours": mine, "floor": bare}
    for name, pair in pairs.items():
        pair.resume()
        await pair.load.ask("make", members=plan.members)
        pair.pause()
        tell(f"{name}: a room of {plan.members}")
    for _ in range(plan.runs):
        for name, pair in pairs.items():
            found[name].append(await _turn(pair, plan, postmaster))
            tell(f"{name}: {found[name][-1].delivered:.0f}/s")
    return Shared(
        members=plan.members,
        runs=plan.runs,
        messages=plan.flood * SENDERS,
        ours=_median(found["ours"]),
        floor=_median(found["floor"]),
    )


async def _turn(pair: Pair, plan: Plan, postmaster: int) -> Run:
    """One run; while it waits, a side has no sockets whose heartbeat it could miss."""
    pair.resume()
    await pair.load.ask("enter", members=plan.members)
    await _flood(pair, WARM_UP, postmaster)
    run = await _run(pair, plan, postmaster)
    await pair.load.ask("leave")
    pair.pause()
    return run


async def _flood(pair: Pair, count: int, postmaster: int) -> tuple[Figures, float, float]:
    await pair.load.ask("prepare", count=count)
    server, database = pair.server.cpu(), postgres_seconds(postmaster)
    figures = await pair.load.ask("flood")
    served, stored = pair.server.cpu() - server, postgres_seconds(postmaster) - database
    each = 1000 / figures.messages
    return figures, served * each, stored * each


async def _run(pair: Pair, plan: Plan, postmaster: int) -> Run:
    flood, server, database = await _flood(pair, plan.flood, postmaster)
    single = await pair.load.ask("latency", count=plan.latency)
    return Run(
        delivered=flood.delivered,
        acked=flood.acked,
        last_p50=single.last_p50,
        last_p95=single.last_p95,
        ack_p50=single.ack_p50,
        server_cpu=server,
        database_cpu=database,
    )


def _median(runs: Sequence[Run]) -> Run:
    names = Run.__struct_fields__
    return Run(**{name: statistics.median(getattr(r, name) for r in runs) for name in names})
