"""Faults during a busy sitting: `python -m bench.faults --kills 50 --cuts 200`.

The server and PostgreSQL are ended by SIGKILL and started again as a supervisor would, lines are
cut in the middle of requests, responses and frames, or go silent. After each fault every row that
somebody was told is stored must be there once, in an unbroken line; and both logs, as they are
served, must verify by our own code and by golang.org/x/mod/sumdb, and extend those of before.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from audit import export
from audit.merkle import leaf_hash
from audit.store import AuditLog, Log, logs
from audit.verify import verify_folder
from bench import machine as machines
from protocol.payloads import Receipt
from protocol.statement import parse
from tests.edges.sdk.stage import hold
from tests.faults.busy import Busy, Flaws, at_work
from tests.faults.machine import Machine, looking_into, people_at, running_machine
from tests.faults.proxy import Proxy, Way, proxied

FILE: Final = Path(__file__).parent / "results" / "faults.json"
_VERIFY_EVERY: Final = 10  # cuts; after a kill both logs are verified each time
_ROWS: Final = 3  # of each writer, acknowledged between two faults
_PAGE: Final = 4096
_PATIENCE: Final = 60.0  # seconds


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """Times in ms from a fault until each writer's next row was acknowledged."""

    faults: int
    p50: float
    p95: float
    most: float


class Faults(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of one run; what was lost, doubled, missing or unmatched must be 0."""

    taken: str
    seconds: int
    machine: machines.Machine
    server_kills: Recovery
    database_kills: Recovery
    cuts: Recovery
    cut_ways: dict[str, int]
    acknowledged: int
    repeated: int
    read: int
    entered: int
    refused: dict[str, int]
    receipts: int
    lost: int
    duplicates: int
    gaps: int
    unmatched: int
    log_sizes: dict[str, int]
    verified: int
    verified_independently: int


@dataclass(slots=True)
class Run:
    """One run: a machine, a sitting at work, and what was found so far."""

    machine: Machine
    busy: Busy
    folder: Path
    draw: random.Random
    began: float = field(default_factory=time.monotonic)
    old: dict[str, Path] = field(default_factory=dict[str, Path])
    leaves: dict[str, set[bytes]] = field(default_factory=dict[str, set[bytes]])
    flaws: list[Flaws] = field(default_factory=list[Flaws])
    verified: int = 0
    independent: int = 0

    def tell(self, what: str) -> None:
        """Say how far it is."""
        print(f"{time.monotonic() - self.began:6.1f} s  {what}", file=sys.stderr, flush=True)

    async def suffer(self, name: str, fault: Callable[[], Awaitable[None]]) -> float:
        """Wait until people are at work, do something bad, and wait for the next row."""
        tally = self.busy.tally
        await tally.grows(_ROWS)
        await asyncio.sleep(self.draw.uniform(0, 0.1))  # not always right after an answer
        began = time.monotonic()
        await fault()
        await tally.grows(1)
        took = (time.monotonic() - began) * 1000
        self.flaws.append(await self.busy.flaws(self.machine.admin))
        self.tell(f"{name}: {len(tally.acknowledged)} rows, back after {took:.0f} ms")
        return took

    async def suffer_and_verify(self, name: str, fault: Callable[[], Awaitable[None]]) -> float:
        """Do something bad, and verify both logs."""
        took = await self.suffer(name, fault)
        await self.verify()
        return took

    async def kill_server(self) -> None:
        """End the node and start it again."""
        await self.machine.node.kill()
        await self.machine.node.start()

    async def kill_database(self) -> None:
        """End PostgreSQL and start it again; the node stays."""
        await self.machine.kill_postgres()
        await self.machine.start_postgres()

    # --- the logs ----------------------------------------------------------------------------

    async def verify(self) -> None:
        """Take both logs away as they are served, and verify them twice."""
        async with looking_into(self.machine.admin) as admin:
            found = [
                (log, await _leaves(AuditLog(admin, council=log.council), log))
                for log in await logs(admin)
            ]
        for log, (leaves, note) in found:
            await asyncio.to_thread(self._verify, log, leaves, note)

    def _verify(self, log: Log, leaves: list[bytes], note: bytes) -> None:
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            folder = Path(name) / log.name
            export.write_folder(folder, leaves=leaves, checkpoint=note, vkey=log.vkeys[0])
            old = self.old.get(log.name)
            verify_folder(folder, vkey=log.vkeys[0], old=old.read_bytes() if old else None)
            self.verified += 1
            _independent(folder, log.vkeys[0], old)
            self.independent += 1
            hashes = {leaf_hash(leaf) for leaf in leaves}
        self.leaves[log.name] = hashes
        self.old[log.name] = self.folder / f"{log.name}.checkpoint"
        self.old[log.name].write_bytes(note)

    @property
    def sizes(self) -> dict[str, int]:
        """How many leaves each log has."""
        return {name: len(found) for name, found in self.leaves.items()}

    async def level(self) -> None:
        """Verify once more when everything that was promised is under a checkpoint."""
        async with asyncio.timeout(_PATIENCE):
            await self.verify()
            while self.unmatched():
                await asyncio.sleep(0.2)
                await self.verify()

    def unmatched(self) -> int:
        """Count the receipts that name a leaf which is in neither log."""
        missing = 0
        for raw in self.busy.tally.receipts:
            receipt = parse(raw).body
            if not isinstance(receipt, Receipt):
                raise TypeError(receipt)
            missing += not (
                self.leaves["id"].issuperset(receipt.leaves.id)
                and self.leaves["ops"].issuperset(receipt.leaves.ops)
            )
        return missing


async def _leaves(log: AuditLog, of: Log) -> tuple[list[bytes], bytes]:
    newest = await log.newest_checkpoint(of.name)
    if newest is None:
        raise RuntimeError(of.origin)
    leaves: list[bytes] = []
    while len(leaves) < newest.size:
        page = min(_PAGE, newest.size - len(leaves))
        leaves += await log.leaves(of.name, start=len(leaves), limit=page)
    return leaves, newest.note


def _independent(folder: Path, vkey: str, old: Path | None) -> None:
    """Verify by x/mod/sumdb (tools/independent); SystemExit with its words when it refuses."""
    command = [sys.executable, "-m", "tools.independent.run", str(folder), vkey]
    said = subprocess.run(  # noqa: S603 -- a fixed program
        [*command, *([] if old is None else [str(old)])],
        check=False,
        capture_output=True,
        text=True,
    )
    if said.returncode != 0:
        raise SystemExit(said.stdout + said.stderr)


# --- the whole run -----------------------------------------------------------------------------


async def measure(*, kills: int, cuts: int, seed: int) -> Faults:
    """Do all of it on a machine that is gone afterwards."""
    draw, where, began = random.Random(seed), machines.describe(), time.monotonic()  # noqa: S311 -- when and where a fault strikes
    ways = [list(Way)[place % len(Way)] for place in range(cuts)]
    async with (
        running_machine() as machine,
        proxied(machine.node.port, draw=draw) as proxy,
        people_at(machine.node, proxy.url, machine.folder / "vaults") as cast,
    ):
        busy = Busy(cast, await hold(cast))
        run = Run(machine, busy, machine.folder, draw)
        async with at_work(busy):
            server = [await run.suffer_and_verify("server", run.kill_server) for _ in range(kills)]
            database = [
                await run.suffer_and_verify("database", run.kill_database) for _ in range(kills)
            ]
            cut = [await _cut(run, proxy, place, way) for place, way in enumerate(ways)]
        run.flaws.append(await busy.flaws(machine.admin))
        await busy.require_level()
        await run.level()
    return _faults(run, where, time.monotonic() - began, (server, database, cut), ways)


async def _cut(run: Run, proxy: Proxy, place: int, way: Way) -> float:
    took = await run.suffer(way.value, lambda: proxy.cut(way))
    if place % _VERIFY_EVERY == 0:
        await run.verify()
    return took


def _faults(
    run: Run,
    where: machines.Machine,
    seconds: float,
    took: tuple[list[float], list[float], list[float]],
    ways: list[Way],
) -> Faults:
    tally, flaws = run.busy.tally, run.flaws
    return Faults(
        taken=datetime.now(UTC).strftime("%Y-%m-%d"),
        seconds=round(seconds),
        machine=where,
        server_kills=_recovery(took[0]),
        database_kills=_recovery(took[1]),
        cuts=_recovery(took[2]),
        cut_ways=dict(Counter(way.value for way in ways)),
        acknowledged=len(tally.acknowledged),
        repeated=tally.repeated,
        read=tally.read,
        entered=tally.entered,
        refused=dict(tally.refused),
        receipts=len(tally.receipts),
        lost=max(each.lost for each in flaws),
        duplicates=max(each.duplicates for each in flaws),
        gaps=max(each.gaps + each.without_entry for each in flaws),
        unmatched=run.unmatched(),
        log_sizes=run.sizes,
        verified=run.verified,
        verified_independently=run.independent,
    )


def _recovery(took: list[float]) -> Recovery:
    ordered = sorted(took) or [0.0]
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95)]
    return Recovery(faults=len(took), p50=round(at[0]), p95=round(at[1]), most=round(ordered[-1]))


def main() -> int:
    """Run, print, save; 1 when anything was lost, doubled, missing or unmatched."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description="Faults.")
    parser.add_argument("--kills", type=int, default=50, help="of the server, and of PostgreSQL")
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=4)
    chosen = parser.parse_args()
    figures = asyncio.run(measure(kills=chosen.kills, cuts=chosen.cuts, seed=chosen.seed))
    text = msgspec.json.format(msgspec.json.encode(figures), indent=2)
    FILE.write_bytes(text + b"\n")
    print(text.decode())
    return int(any((figures.lost, figures.duplicates, figures.gaps, figures.unmatched)))


if __name__ == "__main__":
    sys.exit(main())
