"""Fuzz every entry point: `python -m bench.fuzz --inputs 1000000`.

Most inputs go to parsers in this process, a tenth over real HTTP and some over real sockets. A
node is made anew for every twenty thousand, since changed statements that are signed anew may
end the people who sit in it. Exits with 1 when a bug was found.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import asyncpg
import msgspec

from bench import machine
from bench.fuzz import served, sockets
from bench.fuzz.files import Desk
from bench.fuzz.hall import Hall, open_hall
from bench.fuzz.parsers import Entry, entries
from bench.fuzz.tally import Book, Bug, Tally
from storage import embedded
from storage.migrate import migrate
from storage.pool import ensure_database

_RESULTS: Final = Path(__file__).parents[1] / "results"
_ROUND: Final = 20_000
"""Inputs to one node."""

_FILES: Final = 50
_OVER_HTTP: Final = 10
_OVER_SOCKETS: Final = 50
"""One in so many inputs."""

_TOLD: Final = 50_000

Fuzz = Callable[[Hall, Book, int, int], Coroutine[Any, Any, None]]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One run."""

    taken: str
    seed: int
    seconds: int
    machine: machine.Machine
    inputs: int
    fives: int
    unhandled: int
    hung: int
    entries: dict[str, Tally]
    bugs: list[Bug]


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


# ---------------------------------------------------------------- in this process


def parsed(book: Book, *, inputs: int, seed: int) -> None:
    """Ask every parser its share."""
    rng = random.Random(seed)  # noqa: S311 -- the same inputs every time
    with tempfile.TemporaryDirectory(prefix="entaku-fuzz-") as folder:
        files, parsers = Desk(Path(folder)).entries(), entries()
        weights = list(accumulate(each.weight for each in parsers))
        for number in range(inputs):
            each = _chosen(rng, files, parsers, weights)
            book.judge(each.name, each.ask, each.make(rng), each.clean)
            if number and not number % _TOLD:
                _say(f"  {number} of {inputs} in process, {len(book.bugs)} bugs")


def _chosen(
    rng: random.Random, files: list[Entry], parsers: list[Entry], weights: list[int]
) -> Entry:
    """A parser, or more seldom something that reads files, which costs a hundred times as much."""
    if not rng.randrange(_FILES):
        return rng.choice(files)
    return rng.choices(parsers, cum_weights=weights)[0]


# ---------------------------------------------------------------- over real sockets


async def _http(hall: Hall, book: Book, inputs: int, seed: int) -> None:
    await served.fuzz(hall, book, inputs=inputs, seed=seed)


async def _sockets(hall: Hall, book: Book, inputs: int, seed: int) -> None:
    await sockets.fuzz(hall, book, inputs=inputs, seed=seed)


async def over_the_wire(book: Book, *, http: int, packets: int, seed: int) -> None:
    """Ask nodes, each over a database of its own."""
    rounds: list[tuple[Fuzz, int]] = [
        (ask, min(_ROUND, count - done))
        for ask, count in ((_http, http), (_sockets, packets))
        for done in range(0, count, _ROUND)
    ]
    with (
        tempfile.TemporaryDirectory(prefix="entaku-fuzz-") as name,
        embedded.start(Path(name) / "postgres") as server,
    ):
        await ensure_database(server.dsn())
        for number, (ask, count) in enumerate(rounds):
            folder = Path(name) / f"node{number}"
            await _round(book, server, folder, ask, count, seed + number)
            _say(f"  {count} over the wire, {len(book.bugs)} bugs")


async def _round(
    book: Book, server: embedded.Server, folder: Path, ask: Fuzz, count: int, seed: int
) -> None:
    connection = await asyncpg.connect(server.dsn())
    await connection.execute(f"CREATE DATABASE {folder.name} OWNER entaku TEMPLATE template0")
    await connection.close()
    dsn = server.dsn(folder.name, user="entaku")
    await migrate(dsn)
    async with open_hall(dsn, folder) as hall:
        await ask(hall, book, count, seed)


# ---------------------------------------------------------------- the program


def _row(name: str, tally: Tally) -> str:
    verdicts = sorted(tally.verdicts.items(), key=lambda pair: -pair[1])
    shown = " ".join(f"{code}:{count}" for code, count in verdicts[:8])
    numbers = f"{tally.inputs:>8} {tally.fives:>4} {tally.unhandled:>4} {tally.hung:>4}"
    return f"{name:<46} {numbers}  {shown}"


def _table(found: Found) -> str:
    head = f"{'entry point':<46} {'inputs':>8} {'500':>4} {'unh.':>4} {'hung':>4}  verdicts"
    rows = [_row(name, tally) for name, tally in sorted(found.entries.items())]
    total = (
        f"{len(rows)} entry points, {found.inputs} inputs in {found.seconds} s: 500s {found.fives},"
        f" unhandled {found.unhandled}, hung {found.hung}, kinds of bugs {len(found.bugs)}"
    )
    bugs = [f"BUG {b.entry} | {b.where} | {b.verdict} | {b.data[:200]!r}" for b in found.bugs]
    return "\n".join([head, *rows, *bugs, total])


def _counts(chosen: argparse.Namespace) -> tuple[int, int, int]:
    """Inputs in process, over HTTP, over sockets."""
    whole: int = chosen.inputs
    http = whole // _OVER_HTTP if chosen.http is None else int(chosen.http)
    packets = whole // _OVER_SOCKETS if chosen.packets is None else int(chosen.packets)
    return max(0, whole - http - packets), http, packets


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz, tell, save; 1 when a bug was found."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description="Find bugs.")
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--http", type=int, help="how many of them over HTTP; a tenth")
    parser.add_argument("--packets", type=int, help="how many over sockets; one in fifty")
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--save", action="store_true", help="write bench/results/fuzz.json")
    chosen = parser.parse_args(arguments)
    seed: int = chosen.seed
    in_process, http, packets = _counts(chosen)
    book, began, before = Book(), time.monotonic(), machine.describe()
    parsed(book, inputs=in_process, seed=seed)
    if http + packets:
        asyncio.run(over_the_wire(book, http=http, packets=packets, seed=seed))
    tallies = book.tallies.values()
    found = Found(
        taken=datetime.now(UTC).strftime("%Y-%m-%d"),
        seed=seed,
        seconds=round(time.monotonic() - began),
        machine=before,
        inputs=book.inputs,
        fives=sum(each.fives for each in tallies),
        unhandled=sum(each.unhandled for each in tallies),
        hung=sum(each.hung for each in tallies),
        entries=book.tallies,
        bugs=book.bugs,
    )
    print(_table(found))
    if chosen.save:
        text = msgspec.json.format(msgspec.json.encode(found), indent=1)
        (_RESULTS / "fuzz.json").write_bytes(text + b"\n")
    return 1 if found.bugs else 0


if __name__ == "__main__":
    sys.exit(main())
