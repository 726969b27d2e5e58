"""Results as a table for the terminal, as JSON, and as the page docs/bench.md."""

from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Final

import msgspec

from bench import adverse, browser
from bench.adverse import Judged
from bench.browser import Figures, Frames
from bench.entry import Entries
from bench.lag import Lag
from bench.machine import Machine
from bench.profile import Profile
from bench.share import Run, Shared

ROOT: Final = Path(__file__).parents[1]
BROWSER: Final = Path(__file__).parent / "results" / "browser.json"
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


def judged(results: Results) -> list[Judged]:
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


def rows(lines: Iterable[Judged]) -> str:
    """Promises for the terminal."""
    return "\n".join(
        f"{name:<52} {value:>9}  {bar:<8} {'ok' if held else 'MISSED'}"
        for name, value, bar, held in lines
    )


def table(results: Results) -> str:
    """The terminal's table."""
    told = rows(judged(results))
    return "\n".join([told, "", *_plain_runs(results.shared), "", *_plain_profiles(results)])


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


def page(results: Results, figures: Figures | None) -> str:
    """The page with all figures; the browser's are taken on their own."""
    shown = [] if figures is None else [_in_browser(figures)]
    parts = (_head(results), _sharing(results), _costs(results), *shown, adverse.section())
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
        *_promises(judged(results)),
        "",
    )


def _promises(lines: Iterable[Judged]) -> Iterable[str]:
    return (f"| {n} | {v} | {b} | {'ok' if h else '**missed**'} |" for n, v, b, h in lines)


def _in_browser(figures: Figures) -> Iterable[str]:
    size = figures.size
    yield from (
        "## In the browser",
        "",
        f"Written by `make bench ARGS=--browser` on {figures.taken}: Chromium {figures.chromium}",
        "without a screen, server and PostgreSQL on the same cores.",
        f"Load average before: {figures.machine.load}.",
        "",
        "| promised | measured | bar | |",
        "| --- | ---: | --- | --- |",
        *_promises(browser.judged(figures)),
        "",
        "Joining is the time from the press on 開く in a page just loaded until all",
        f"{size.sections} papers stand on the screen, less Argon2id (what a wrong passphrase",
        "takes). In ms:",
        "",
        "| | p50 | slowest | samples |",
        "| --- | ---: | ---: | ---: |",
        _spread("from 開く to every paper, Argon2id included", figures.unlock),
        _spread(f"the same, {figures.grown} feed events", figures.unlock_grown),
        _spread("Argon2id", figures.argon2),
        _spread("from the link at home", figures.enter),
        _spread("the same, the first time", [figures.first_visit]),
        _spread("section to the other screen", figures.shared),
        "",
        f"Frames with {figures.grown} feed events, in ms:",
        f"scrolling {_frames(figures.scrolling)},",
        f"typing {_frames(figures.typing)}.",
        "",
    )


def _frames(each: Frames) -> str:
    return f"p50 {each.p50:.1f}, p99 {each.p99:.1f}, longest {each.longest:.1f} ({each.count})"


def _spread(name: str, values: list[float]) -> str:
    return f"| {name} | {median(values):.0f} | {max(values):.0f} | {len(values)} |"


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
    _write(LATEST, results)
    if not results.quick:
        PAGE.write_text(page(results, _kept()), encoding="utf-8")


def save_browser(figures: Figures) -> None:
    """Write the browser's JSON, and its part of the page beside the latest full run."""
    _write(BROWSER, figures)
    results = msgspec.json.decode(LATEST.read_bytes(), type=Results)
    if not results.quick:
        PAGE.write_text(page(results, figures), encoding="utf-8")


def copy() -> None:
    """Write the page anew from the results that are kept."""
    results = msgspec.json.decode(LATEST.read_bytes(), type=Results)
    PAGE.write_text(page(results, _kept()), encoding="utf-8")


def _kept() -> Figures | None:
    return msgspec.json.decode(BROWSER.read_bytes(), type=Figures) if BROWSER.is_file() else None


def _write(path: Path, what: msgspec.Struct) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(what), indent=1) + b"\n")
