"""Results as a table for the terminal, as JSON, and as the page docs/bench.md."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from bench.entry import Entries
from bench.lag import Lag
from bench.machine import Machine
from bench.profile import Profile
from bench.share import Run, Shared

ROOT: Final = Path(__file__).parents[1]
LATEST: Final = Path(__file__).parent / "results" / "latest.json"
PAGE: Final = ROOT / "docs" / "bench.md"

SHARE_BAR: Final = 0.5
ENTRY_BAR: Final = 0.70
READ_BAR: Final = 0.4
LAG_BAR: Final = 1000.0  # ms


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of one run of the benchmark."""

    taken: str
    quick: bool
    seconds: int
    machine: Machine
    shared: list[Shared]
    entries: Entries
    idle: Lag
    loaded: Lag
    profiles: list[Profile]


def judged(results: Results) -> list[tuple[str, str, str, bool]]:
    """What is promised: name, measured, bar, and whether it holds."""
    lines = [
        (
            f"share 2 KiB with {each.members}: ours / floor, messages/s",
            f"{each.ratio:.2f}",
            f">= {SHARE_BAR}",
            each.ratio >= SHARE_BAR,
        )
        for each in results.shared
    ]
    entries = results.entries
    for name, value in (("64 rooms", entries.many), ("one room", entries.one)):
        held = value >= ENTRY_BAR
        lines.append(
            (f"change with entry / without, {name}", f"{value:.2f}", f">= {ENTRY_BAR:.2f}", held)
        )
    read = entries.read
    lines.append(("logged read / entry alone", f"{read:.2f}", f">= {READ_BAR}", read >= READ_BAR))
    for name, lag in (("idle", results.idle), ("under load", results.loaded)):
        held = lag.p99 <= LAG_BAR
        lines.append(
            (f"commit to signed checkpoint, {name}, p99", f"{lag.p99:.0f} ms", "<= 1 s", held)
        )
    return lines


def table(results: Results) -> str:
    """The terminal's table."""
    rows = [
        f"{name:<52} {value:>9}  {bar:<8} {'ok' if held else 'MISSED'}"
        for name, value, bar, held in judged(results)
    ]
    return "\n".join([*rows, "", *_plain_runs(results.shared), "", *_plain_profiles(results)])


def _plain_runs(shared: Iterable[Shared]) -> Iterable[str]:
    yield f"{'':<12}{'msg/s':>8}{'acked/s':>9}{'last p50':>10}{'p95':>8}{'CPU':>8}{'db CPU':>8}"
    for each in shared:
        for name, run in (("ours", each.ours), ("floor", each.floor)):
            yield (
                f"{name:<6}{each.members:>4}  {run.delivered:>8.0f}{run.acked:>9.0f}"
                f"{run.last_p50:>10.1f}{run.last_p95:>8.1f}"
                f"{run.server_cpu:>8.2f}{run.database_cpu:>8.2f}"
            )


def _plain_profiles(results: Results) -> Iterable[str]:
    for profile in results.profiles:
        yield f"server's processor time at {profile.members} members"
        for name, share in profile.shares.items():
            yield f"  {share:>6.1%}  {name}"


# --- the page ----------------------------------------------------------------------------------


def page(results: Results) -> str:
    """The page with all figures."""
    parts = (_head(results), _sharing(results), _costs(results))
    return "\n".join(line for part in parts for line in part)


def _head(results: Results) -> Iterable[str]:
    machine = results.machine
    yield from (
        "# Speed",
        "",
        "Written by `make bench`; do not edit. Ratios are what counts: both sides were measured in",
        "turn in the same minutes, with the load on the same cores. The *floor* is a bare server",
        "on the same parts (`bench/floor.py`): it stores two rows and passes the message on,",
        "without sign-in, check, gate or proof. Ours has all of that on; there is no switch.",
        "",
        f"Taken {results.taken} in {results.seconds} s: {machine.processor},",
        f"{machine.cores} cores, {machine.memory_gib} GiB, {machine.kernel},",
        f"Python {machine.python}, PostgreSQL {machine.postgres} (fsync on),",
        ", ".join(f"{name} {version}" for name, version in machine.packages.items()) + ".",
        f"Load average before: {machine.load}.",
        "",
        "| promised | measured | bar | |",
        "| --- | ---: | --- | --- |",
        *(f"| {n} | {v} | {b} | {'ok' if h else '**missed**'} |" for n, v, b, h in judged(results)),
        "",
    )


def _sharing(results: Results) -> Iterable[str]:
    yield from (
        "## Sharing a section of 2 KiB",
        "",
        "Eight senders; a message counts when all members have it. Times in ms; CPU is the",
        "server process's own time for one message to everybody, in ms, then PostgreSQL's.",
        f"Medians of {results.shared[0].runs} runs a side.",
        "",
        "| members | side | msg/s | acked/s | last p50 | last p95 | ack p50 | CPU | PostgreSQL |",
        "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *_page_runs(results.shared),
        "",
        "Each of our messages was parsed and scanned (strict J1), its device, signature, place,",
        "chain, rights and gate judged, a log entry with all receivers written in the same",
        "transaction, and a receipt signed.",
        "",
        "## Where the server's time goes",
        "",
        "Samples of processor time, each counted to the innermost layer that it belongs to.",
        "",
        *_page_profiles(results.profiles),
        "",
    )


def _costs(results: Results) -> Iterable[str]:
    entries, idle, loaded = results.entries, results.idle, results.loaded
    rows = (
        ("change, 64 rooms", entries.many_with, entries.many_without, entries.many),
        ("change, one room", entries.one_with, entries.one_without, entries.one),
    )
    yield from (
        "## What the log costs",
        "",
        f"At the stores, eight connections, medians of {entries.runs} runs; per second.",
        "",
        "| | with entry | without | ratio |",
        "| --- | ---: | ---: | ---: |",
        *(f"| {name} | {a:.0f} | {b:.0f} | {ratio:.2f} |" for name, a, b, ratio in rows),
        "",
        f"An entry alone {entries.entry_alone:.0f}, a read by ticket {entries.logged_read:.0f}:",
        f"ratio {entries.read:.2f}.",
        "",
        "From commit to a signed checkpoint:",
        f"idle p50 {idle.p50:.0f} ms, p99 {idle.p99:.0f} ms ({idle.samples} samples),",
        f"under load p50 {loaded.p50:.0f} ms, p99 {loaded.p99:.0f} ms ({loaded.samples} samples).",
        "",
    )


def _page_runs(shared: Iterable[Shared]) -> Iterable[str]:
    for each in shared:
        for name, run in (("ours", each.ours), ("floor", each.floor)):
            yield f"| {each.members} | {name} | {_cells(run)} |"


def _cells(run: Run) -> str:
    times = (run.last_p50, run.last_p95, run.ack_p50, run.server_cpu, run.database_cpu)
    return " | ".join([f"{run.delivered:.0f}", f"{run.acked:.0f}", *(f"{t:.1f}" for t in times)])


def _page_profiles(profiles: list[Profile]) -> Iterable[str]:
    names = list(dict.fromkeys(name for profile in profiles for name in profile.shares))
    yield "| layer | " + " | ".join(f"{profile.members} members" for profile in profiles) + " |"
    yield "| --- |" + " ---: |" * len(profiles)
    for name in names:
        shares = " | ".join(f"{profile.shares.get(name, 0.0):.1%}" for profile in profiles)
        yield f"| {name} | {shares} |"


def save(results: Results) -> None:
    """Write the JSON, and the page unless the run was a quick one."""
    LATEST.parent.mkdir(exist_ok=True)
    pretty = msgspec.json.format(msgspec.json.encode(results), indent=1)
    LATEST.write_bytes(pretty + b"\n")
    if not results.quick:
        PAGE.write_text(page(results), encoding="utf-8")
