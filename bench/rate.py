"""From commit to signed checkpoint at a steady rate: `python -m bench.rate --rate 300`.

Eight people of a room of twenty post so many sections a second together, whatever the server does;
watchers take the newest entry again and again and wait until a checkpoint covers it.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import asyncpg
import msgspec

from bench import lag, machine
from bench.lag import Lag
from bench.load import Ask, Figures, Load, Ours
from bench.processes import Running, free_port, running, until_listening
from bench.room import SENDERS, Sealed
from storage import embedded
from storage.pool import ensure_database

FILE: Final = Path(__file__).parent / "results" / "rate.json"
BAR: Final = 1000.0  # ms, p99
_MEMBERS: Final = 20
_WATCHERS: Final = 8


class Steady(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for, what was reached, and the times in ms."""

    machine: machine.Machine
    asked: int
    reached: float
    lag: Lag


# --- the load, in a process of its own ---------------------------------------------------------


async def steady(load: Load, rate: int) -> Figures:
    """Send what was prepared, each message in its own moment or at once when that has passed."""
    load.tally.expect([message.key for mine in load.texts for message in mine])
    began = time.perf_counter()

    async def sender(place: int, messages: list[Sealed]) -> None:
        for number, message in enumerate(messages):
            due = began + (number * SENDERS + place) / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await load.side.send(place, message)

    await asyncio.gather(*(sender(place, mine) for place, mine in enumerate(load.texts)))
    total = sum(len(mine) for mine in load.texts)
    acked = total / (time.perf_counter() - began)
    await load.tally.all()
    return Figures(messages=total, acked=acked)


async def obey(url: str, setup: str) -> None:
    """Do what stdin says; `flood` with members is that many messages a second."""
    load, loop = Load(side=Ours(url=url, setup=setup)), asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        ask = msgspec.json.decode(line, type=Ask)
        figures = await (steady(load, ask.members) if ask.do == "flood" else load.do(ask))
        sys.stdout.write(msgspec.json.encode(figures).decode() + "\n")
        sys.stdout.flush()


# --- the run -----------------------------------------------------------------------------------


async def measure(*, rate: int, seconds: int) -> Steady:
    """Start PostgreSQL, a server and the load, and watch."""
    where = machine.describe()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="entaku-bench-")))
        server = stack.enter_context(await asyncio.to_thread(embedded.start, folder / "postgres"))
        await ensure_database(server.dsn())
        load = await _load(stack, server.dsn("entaku", user="entaku"), folder / "node")
        await load.ask("start", members=_MEMBERS)
        await load.ask("make", members=_MEMBERS)
        await load.ask("enter", members=_MEMBERS)
        await load.ask("prepare", count=rate * seconds // SENDERS)
        run = asyncio.create_task(load.ask("flood", members=rate))
        watchers = [_watch(server.dsn("entaku"), run) for _ in range(_WATCHERS)]
        found = [each for mine in await asyncio.gather(*watchers) for each in mine]
        figures = await run
    return Steady(machine=where, asked=rate, reached=figures.acked, lag=lag.of(found))


async def _load(stack: AsyncExitStack, dsn: str, folder: Path) -> Running:
    port = free_port()
    environment = {
        "ENTAKU_DATA": str(folder),
        "ENTAKU_DATABASE_URL": dsn,
        "ENTAKU_PORT": str(port),
        "ENTAKU_RATE": "1000000",
        "ENTAKU_AGENCY_RATE": "1000000",  # all senders are of one; a device keeps its usual limit
        "ENTAKU_COUNCIL_RATE": "1000000",
        "ENTAKU_LOG_LEVEL": "warning",
    }
    await stack.enter_async_context(running(["-m", "server"], environment=environment))
    await until_listening(port)
    setup = await asyncio.to_thread((folder / "keys" / "setup").read_text)
    arguments = ["-m", "bench.rate", "--load", f"http://127.0.0.1:{port}", "--setup", setup]
    return await stack.enter_async_context(running(arguments))


async def _watch(dsn: str, run: asyncio.Task[Figures]) -> list[float]:
    connection, found = await asyncpg.connect(dsn), list[float]()
    while not run.done():
        found.append(await lag.newest(connection))
    await connection.close()
    return found


def main() -> int:
    """Measure, print, save; 1 when the bar was missed or the rate not reached."""
    parser = argparse.ArgumentParser(prog="python -m bench.rate", description="Checkpoints.")
    parser.add_argument("--rate", type=int, default=300, help="changes a second")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--load", default="", help=argparse.SUPPRESS)
    parser.add_argument("--setup", default="", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.load:
        asyncio.run(obey(chosen.load, chosen.setup))
        return 0
    found = asyncio.run(measure(rate=chosen.rate, seconds=chosen.seconds))
    text = msgspec.json.format(msgspec.json.encode(found), indent=2)
    FILE.write_bytes(text + b"\n")
    print(text.decode())
    return int(found.lag.p99 > BAR or found.reached < 0.95 * found.asked)


if __name__ == "__main__":
    sys.exit(main())
