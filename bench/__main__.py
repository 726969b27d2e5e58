"""Measure everything: `python -m bench`, in a minute with `--quick`."""

import argparse
import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg

from bench import browser, entry, hostile, lag, machine, profile, report, share
from bench.entry import Entries
from bench.lag import Lag
from bench.profile import Profile
from bench.report import Results
from bench.share import Plan, Shared
from storage import embedded
from storage.pool import ensure_database


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured."""

    plans: tuple[Plan, ...]
    entry_runs: int
    entry_count: int
    idle: int
    profile: int


FULL: Final = Size(
    plans=(
        Plan(members=20, runs=5, flood=120, latency=64),
        Plan(members=100, runs=5, flood=40, latency=32),
    ),
    entry_runs=5,
    entry_count=150,
    idle=60,
    profile=60,
)
QUICK: Final = Size(
    plans=(Plan(members=20, runs=2, flood=30, latency=16),),
    entry_runs=1,
    entry_count=60,
    idle=12,
    profile=30,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One run over one PostgreSQL of its own."""

    server: embedded.Server
    folder: Path
    size: Size
    began: float

    def tell(self, what: str) -> None:
        """Say how far it is."""
        print(f"{time.monotonic() - self.began:6.1f} s  {what}", file=sys.stderr, flush=True)

    async def database(self, name: str) -> str:
        """Make a database for our server; its address."""
        connection = await asyncpg.connect(self.server.dsn())
        await connection.execute(f"CREATE DATABASE {name} OWNER entaku TEMPLATE template0")
        await connection.close()
        return self.server.dsn(name, user="entaku")

    async def sharing(self) -> tuple[list[Shared], Lag, Lag]:
        """Share at every size beside the floor; then watch checkpoints on the last room."""
        most = max(plan.members for plan in self.size.plans)
        dsn = await self.database("ours")
        bare_dsn = await self.database("floor")
        async with (
            share.floor(bare_dsn) as bare,
            share.ours(dsn, self.folder / "ours", most=most) as mine,
        ):
            shared = [
                await share.compare(mine, bare, plan, postmaster=self.server.pid, tell=self.tell)
                for plan in self.size.plans
            ]
            bare.pause()
            mine.resume()
            return shared, *await self._lags(mine)

    async def _lags(self, mine: share.Pair) -> tuple[Lag, Lag]:
        connection = await asyncpg.connect(self.server.dsn("ours"))
        await mine.load.ask("enter", members=self.size.plans[-1].members)
        idle = await lag.idle(mine, connection, self.size.idle)
        loaded = await lag.loaded(mine, connection)
        await connection.close()
        self.tell("checkpoints")
        return idle, loaded

    async def profiles(self) -> list[Profile]:
        """Profile one server for each size."""
        found: list[Profile] = []
        for plan in self.size.plans:
            dsn = await self.database(f"profile{plan.members}")
            folder = self.folder / f"profile{plan.members}"
            count = self.size.profile * 20 // plan.members + 1
            found.append(await profile.measure(dsn, folder, members=plan.members, count=count))
            self.tell(f"profile at {plan.members}")
        return found

    async def entries(self) -> Entries:
        """What an entry costs."""
        admin, login = self.server.dsn("DATABASE"), self.server.dsn("DATABASE", user="entaku")
        size = self.size
        found = await entry.measure(admin, login, runs=size.entry_runs, count=size.entry_count)
        self.tell("entries")
        return found


async def run(size: Size, *, quick: bool) -> Results:
    """Measure all of it in a folder that is gone afterwards."""
    began = time.monotonic()
    before = machine.describe()
    with tempfile.TemporaryDirectory(prefix="entaku-bench-") as name:
        folder = Path(name)
        with embedded.start(folder / "postgres") as server:
            await ensure_database(server.dsn())
            bench = Bench(server=server, folder=folder, size=size, began=began)
            shared, idle, loaded = await bench.sharing()
            entries = await bench.entries()
            profiles = await bench.profiles()
    return Results(
        taken=datetime.now(UTC).strftime("%Y-%m-%d"),
        quick=quick,
        seconds=round(time.monotonic() - began),
        machine=before,
        shared=shared,
        entries=entries,
        idle=idle,
        loaded=loaded,
        profiles=profiles,
    )


async def run_browser(size: browser.Size) -> browser.Figures:
    """Measure the page in a folder that is gone afterwards."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="entaku-bench-") as name:
        folder = Path(name)
        with embedded.start(folder / "postgres") as server:
            await ensure_database(server.dsn())
            bench = Bench(server=server, folder=folder, size=QUICK, began=began)
            for each in browser.DATABASES:
                await bench.database(each)
            return await browser.measure(server, folder, size, bench.tell)


def _page(*, quick: bool) -> int:
    figures = asyncio.run(run_browser(browser.QUICK if quick else browser.Size()))
    if not quick:
        report.save_browser(figures)
    print(report.rows(browser.judged(figures)))
    return 0 if all(held for *_, held in browser.judged(figures)) else 1


def main() -> int:
    """Measure, tell, save; 1 when a bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure speed.")
    parser.add_argument("--quick", action="store_true", help="a minute; docs/bench.md stays")
    parser.add_argument("--browser", action="store_true", help="the page in a Chromium instead")
    parser.add_argument("--hostile", action="store_true", help="beside hostile clients instead")
    parser.add_argument("--page", action="store_true", help="only write docs/bench.md anew")
    chosen = parser.parse_args()
    quick: bool = chosen.quick
    if chosen.page:
        report.copy()
        return 0
    if chosen.hostile:
        return hostile.main(["--quick"] if quick else [])
    if chosen.browser:
        return _page(quick=quick)
    results = asyncio.run(run(QUICK if quick else FULL, quick=quick))
    report.save(results)
    print(report.table(results))
    return 0 if all(held for *_, held in report.judged(results)) else 1


if __name__ == "__main__":
    sys.exit(main())
