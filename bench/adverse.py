"""What enemies and accidents did not do: a section of docs/bench.md, from results that are kept."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

import msgspec

RESULTS: Final = Path(__file__).parent / "results"
RATE_BAR: Final = 1000.0  # ms
RATIO_BAR: Final = 1.5
LOOP_BAR: Final = 50.0  # ms

Judged: TypeAlias = tuple[str, str, str, bool]
"""A promise: name, measured, bar, and whether it holds."""

T = TypeVar("T")


class _Faults(msgspec.Struct, frozen=True):
    faults: int


class _Killed(msgspec.Struct, frozen=True):
    server_kills: _Faults
    database_kills: _Faults
    cuts: _Faults
    acknowledged: int
    lost: int
    duplicates: int
    gaps: int
    unmatched: int


class _Fuzzed(msgspec.Struct, frozen=True):
    inputs: int
    entries: dict[str, msgspec.Raw]
    fives: int
    unhandled: int
    hung: int


class _Ran(msgspec.Struct, frozen=True):
    runs: int
    steps: int
    violations: list[msgspec.Raw]


class _Planted(msgspec.Struct, frozen=True):
    broken: str | None = None


class _Lied(msgspec.Struct, frozen=True):
    long: _Ran
    seeded: dict[str, _Planted]


class _Waited(msgspec.Struct, frozen=True):
    p99: float


class _Rated(msgspec.Struct, frozen=True):
    reached: float
    lag: _Waited


class _Beside(msgspec.Struct, frozen=True):
    members: int
    slow: int
    flooding: int
    ratio: float
    rss_peak: float


class _Held(msgspec.Struct, frozen=True):
    body: float
    event: float


class _Mutated(msgspec.Struct, frozen=True):
    mutants: int
    survived: int
    unexplained: int = msgspec.field(name="survivors without an explanation")


class _Checked(msgspec.Struct, frozen=True):
    checks: int
    redundant: int
    unnoticed: list[str]


def _nothing(name: str, count: int) -> Judged:
    return name, str(count), "0", count == 0


def _killed(it: _Killed) -> Iterator[Judged]:
    kills = f"{it.server_kills.faults} + {it.database_kills.faults} kills, {it.cuts.faults} cuts"
    wrong = it.lost + it.duplicates + it.gaps + it.unmatched
    yield _nothing(f"{kills}: of {it.acknowledged} acknowledged, lost, twice or with a gap", wrong)


def _fuzzed(it: _Fuzzed) -> Iterator[Judged]:
    wrong = it.fives + it.unhandled + it.hung
    name = f"{it.inputs:,} inputs to {len(it.entries)} entries: 500s, unhandled, hung"
    yield _nothing(name, wrong)


def _lied(it: _Lied) -> Iterator[Judged]:
    ran = it.long
    name = f"a lying server, {ran.runs} runs, {ran.steps:,} steps: violations"
    yield _nothing(name, len(ran.violations))
    found = sum(each.broken is not None for each in it.seeded.values())
    yield "planted faults that it finds", str(found), str(len(it.seeded)), found == len(it.seeded)


def _rated(it: _Rated) -> Iterator[Judged]:
    name = f"commit to signed checkpoint at {it.reached:.0f} changes a second, p99"
    yield name, f"{it.lag.p99:.0f} ms", "<= 1 s", it.lag.p99 <= RATE_BAR


def _beside(it: _Beside) -> Iterator[Judged]:
    crowd = f"{it.slow} slow and {it.flooding} flooding clients"
    name = f"p95 of a sitting of {it.members} beside {crowd} / alone"
    yield name, f"{it.ratio:.2f}", f"<= {RATIO_BAR}", it.ratio <= RATIO_BAR


def _held(it: dict[str, _Held]) -> Iterator[Judged]:
    longest = max(max(each.body, each.event) for each in it.values())
    name = "the dearest JSON holds a node"
    yield name, f"{longest:.0f} ms", f"<= {LOOP_BAR:.0f} ms", longest <= LOOP_BAR


def _checked(it: _Checked) -> Iterator[Judged]:
    name = f"of {it.checks:,} checks switched off in turn ({it.redundant} redundant), unnoticed"
    yield _nothing(name, len(it.unnoticed))


def _mutated(it: _Mutated) -> Iterator[Judged]:
    name = f"of {it.mutants:,} small changes, {it.survived} survive; without a reason"
    yield _nothing(name, it.unexplained)


def judged(folder: Path = RESULTS) -> Iterator[Judged]:
    """What was promised, of all results that are there: name, measured, bar, whether it holds."""
    yield from _of(folder / "checks.json", _Checked, _checked)
    yield from _of(folder / "mutants.json", _Mutated, _mutated)
    yield from _of(folder / "lying.json", _Lied, _lied)
    yield from _of(folder / "fuzz.json", _Fuzzed, _fuzzed)
    yield from _of(folder / "faults.json", _Killed, _killed)
    yield from _of(folder / "hostile.json", _Beside, _beside)
    yield from _of(folder / "shapes.json", dict[str, _Held], _held)
    yield from _of(folder / "rate.json", _Rated, _rated)


def _of(path: Path, kind: type[T], judge: Callable[[T], Iterator[Judged]]) -> Iterator[Judged]:
    if path.is_file():
        yield from judge(msgspec.json.decode(path.read_bytes(), type=kind))


def section(folder: Path = RESULTS) -> Iterable[str]:
    """The section's lines."""
    yield from (
        "## In a hostile world",
        "",
        "Measured by `make mutate`, `mutants`, `lying`, `fuzz`, `faults` and `hostile`, and by",
        "`python -m bench.shapes` and `bench.rate`, each at its own time.",
        "",
        "| promised | measured | bar | |",
        "| --- | ---: | --- | --- |",
    )
    yield from (
        f"| {name} | {value} | {bar} | {'ok' if held else '**missed**'} |"
        for name, value, bar, held in judged(folder)
    )
    yield ""
