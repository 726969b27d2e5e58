"""A sitting of twelve alone, and beside two hundred slow and two hundred flooding clients.

    python -m bench.hostile [--quick]

Server, members and hostile clients are processes of their own and share this machine's
processors. The hostile clients with tokens are of another agency of the same council. Rounds
without and with them take turns on one server, under its usual limits but for ENTAKU_RATE, which
stays at its default too once everybody is enrolled from another address.
"""

import argparse
import asyncio
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
import uvloop

from bench import machine as machines
from bench.attack import FLOODING, OFFERED, SLOW, Sent
from bench.load import Figures, Ours, obey
from bench.people import neighbours
from bench.processes import Running, free_port, running, until_listening
from storage import embedded
from storage.pool import ensure_database

FILE: Final = Path(__file__).parent / "results" / "hostile.json"
MEMBERS: Final = 12
BAR: Final = 1.5
ROUNDS: Final = 15
"""Of each kind: rounds of the same kind differ by a factor of two on shared processors."""

STRANGERS: Final = 20
"""Devices of the hostile agency: eight sockets each are more than are used."""

_WARM_UP: Final = 6.0  # seconds, in which the hostile clients use up what they may do at once
_MIB: Final = 1024


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """One round: times in ms from sending to the last recipient, processor seconds a second."""

    hostile: bool
    p50: float
    p95: float
    ack_p50: float
    server: float
    attackers: float
    rss_mib: float


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """All rounds, and what the hostile clients did."""

    taken: str
    seconds: int
    machine: machines.Machine
    members: int
    slow: int
    flooding: int
    offered: int
    quiet_p95: float
    hostile_p95: float
    ratio: float
    rss_before: float
    rss_after: float
    rss_peak: float
    packets: int
    connections: int
    refused: int
    rounds: list[Round]


@dataclass(kw_only=True)
class Crowd(Ours):
    """The members of the sitting, who also enrol the hostile ones and leave their tokens."""

    tokens: Path

    async def start(self, most: int) -> None:
        """Enrol both."""
        await super().start(most)
        assert self.town is not None  # noqa: S101 -- started before
        others = await neighbours(self.town.council, self.town.root)
        found = await others.enrol(STRANGERS)
        self.tokens.write_text("\n".join(each.token for each in found), encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The three processes."""

    server: Running
    load: Running
    attack: Running

    async def tell(self, command: str) -> Sent:
        """Begin or end the attack."""
        assert self.attack.process.stdin is not None  # noqa: S101 -- a pipe was asked for
        self.attack.process.stdin.write(command.encode() + b"\n")
        await self.attack.process.stdin.drain()
        return msgspec.json.decode(await self.attack.line(), type=Sent)

    def memory(self, name: str = "VmRSS") -> float:
        """Memory of the server in MiB: now, or with VmHWM at most so far."""
        text = Path(f"/proc/{self.server.pid}/status").read_text(encoding="utf-8")
        found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
        return round(int(found[1]) / _MIB, 1) if found else 0.0

    async def round(self, count: int, *, hostile: bool) -> Round:
        """Measure single messages, one after the other."""
        began, server, attackers = time.monotonic(), self.server.cpu(), self.attack.cpu()
        found: Figures = await self.load.ask("latency", count=count)
        seconds = time.monotonic() - began
        return Round(
            hostile=hostile,
            p50=found.last_p50,
            p95=found.last_p95,
            ack_p50=found.ack_p50,
            server=round((self.server.cpu() - server) / seconds, 2),
            attackers=round((self.attack.cpu() - attackers) / seconds, 2),
            rss_mib=self.memory(),
        )


async def _field(stack: AsyncExitStack, folder: Path, dsn: str) -> Field:
    port, tokens = free_port(), folder / "tokens"
    environment = {
        "ENTAKU_DATA": str(folder / "data"),
        "ENTAKU_DATABASE_URL": dsn,
        "ENTAKU_PORT": str(port),
        "ENTAKU_LOG_LEVEL": "warning",
        "ENTAKU_BODY_SECONDS": "20",
    }
    server = await stack.enter_async_context(running(["-m", "server"], environment=environment))
    await until_listening(port)
    setup = (folder / "data" / "keys" / "setup").read_text(encoding="utf-8")
    url = f"http://127.0.0.1:{port}"
    load = await stack.enter_async_context(
        running(["-m", "bench.hostile", "--clients", url, setup, str(tokens)])
    )
    await load.ask("start", members=MEMBERS)
    await load.ask("make", members=MEMBERS)
    await load.ask("enter", members=MEMBERS)
    attack = await stack.enter_async_context(
        running(["-m", "bench.attack", str(port), str(tokens)])
    )
    return Field(server=server, load=load, attack=attack)


async def measure(*, rounds: int, count: int) -> Results:
    """Take turns: a round alone, a round beside the attack."""
    began, machine = time.monotonic(), machines.describe()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="entaku-hostile-")))
        postgres = stack.enter_context(embedded.start(folder / "postgres"))
        await ensure_database(postgres.dsn())
        field = await _field(stack, folder, postgres.dsn("entaku", user="entaku"))
        await field.round(count, hostile=False)  # nobody's figures: everything warms up
        before, found, sent = (
            field.memory(),
            list[Round](),
            Sent(packets=0, connections=0, refused=0),
        )
        for _ in range(rounds):
            found.append(await field.round(count, hostile=False))
            await field.tell("begin")
            await asyncio.sleep(_WARM_UP)
            found.append(await field.round(count, hostile=True))
            sent = await field.tell("end")
            await asyncio.sleep(_WARM_UP)
            print(found[-2:], file=sys.stderr, flush=True)
        quiet, hostile = (
            statistics.median(each.p95 for each in found if each.hostile is which)
            for which in (False, True)
        )
        return Results(
            taken=datetime.now(UTC).strftime("%Y-%m-%d"),
            seconds=round(time.monotonic() - began),
            machine=machine,
            members=MEMBERS,
            slow=sum(SLOW.values()),
            flooding=sum(FLOODING.values()),
            offered=OFFERED,
            quiet_p95=quiet,
            hostile_p95=hostile,
            ratio=round(hostile / quiet, 2),
            rss_before=before,
            rss_after=field.memory(),
            rss_peak=field.memory("VmHWM"),
            packets=sent.packets,
            connections=sent.connections,
            refused=sent.refused,
            rounds=found,
        )


def main(arguments: Sequence[str]) -> int:
    """Measure, tell, save; 1 when the bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.hostile", description="Measure.")
    parser.add_argument("--quick", action="store_true", help="one round; nothing is saved")
    parser.add_argument("--clients", nargs=3, help="be the members: url, setup token, file")
    chosen = parser.parse_args(arguments)
    clients: list[str] | None = chosen.clients
    if clients is not None:
        url, setup, tokens = clients
        uvloop.run(obey(Crowd(url=url, setup=setup, tokens=Path(tokens))))
        return 0
    quick: bool = chosen.quick
    found = asyncio.run(measure(rounds=1 if quick else ROUNDS, count=64 if quick else 160))
    if not quick:
        FILE.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    print(
        f"p95 of {found.members}: alone {found.quiet_p95:.1f} ms, beside {found.slow} slow and "
        f"{found.flooding} flooding {found.hostile_p95:.1f} ms: {found.ratio:.2f} (<= {BAR}); "
        f"memory {found.rss_before:.0f}, {found.rss_after:.0f}, at most {found.rss_peak:.0f} MiB"
    )
    return 0 if found.ratio <= BAR else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
