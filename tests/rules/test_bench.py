"""The benchmark's own arithmetic: what counts as delivered, what a bar is, whose a sample is."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import msgspec
import pytest

from bench import adverse, browser, entry, lag, load, machine, profile, profiled, report, share
from bench.room import SENDERS, Sealed
from protocol import codec


def run(delivered: float) -> share.Run:
    """One side with this rate."""
    return share.Run(
        delivered=delivered,
        acked=delivered,
        last_p50=2.0,
        last_p95=3.0,
        ack_p50=1.5,
        server_cpu=1.0,
        database_cpu=0.5,
    )


def results(*, ours: float = 600.0, entries: float = 90.0, p99: float = 120.0) -> report.Results:
    """Results in which the floor makes 1000 messages a second."""
    waits = lag.Lag(samples=10, p50=60.0, p99=p99)
    shared = share.Shared(members=20, runs=5, messages=8, ours=run(ours), floor=run(1000.0))
    return report.Results(
        taken="2026-11-21",
        quick=False,
        seconds=100,
        machine=machine.Machine(
            processor="P",
            cores=2,
            memory_gib=8,
            kernel="Linux",
            python="3.11",
            postgres="18",
            packages={"aiohttp": "3"},
            load=0.5,
        ),
        shared=[shared],
        entries=entry.Entries(
            runs=5,
            many_with=entries,
            many_without=100.0,
            one_with=80.0,
            one_without=100.0,
            entry_alone=100.0,
            logged_read=50.0,
        ),
        idle=waits,
        loaded=waits,
        profiles=[profile.Profile(members=20, samples=10, shares={"gate": 0.25})],
    )


def missed(found: report.Results) -> list[str]:
    """Names of the bars that were missed."""
    return [name for name, _, _, held in report.judged(found) if not held]


def test_a_bar_holds_at_its_value_and_not_below() -> None:
    """Half of the floor, 0.70 with entry, a second to the checkpoint."""
    assert missed(results(ours=500.0, entries=70.0, p99=1000.0)) == []
    assert missed(results(ours=499.0)) == ["share 2 KiB with 20: ours / floor, messages/s"]
    assert missed(results(entries=69.0)) == ["change with entry / without, 64 rooms"]
    assert len(missed(results(p99=1001.0))) == 2


def test_the_page_says_what_was_measured_and_on_what() -> None:
    """Ratios, both sides, the machine, and where time goes."""
    figures = msgspec.json.decode(report.BROWSER.read_bytes(), type=browser.Figures)
    page = report.page(results(ours=400.0), figures)

    assert "## In the browser" in page
    assert "## In the browser" not in report.page(results(), None)
    assert "| share 2 KiB with 20: ours / floor, messages/s | 0.40 | >= 0.5 | **missed** |" in page
    assert "| 20 | floor | 1000 |" in page
    assert "Python 3.11, PostgreSQL 18" in page
    assert "| gate | 25.0% |" in page
    assert "MISSED" in report.table(results(ours=400.0))


def test_what_enemies_did_is_judged_from_what_is_kept(tmp_path: Path) -> None:
    """A fault that was not found, and anything that was lost, misses its bar."""
    planted = {"chain": {"broken": "I3"}, "heads": {"broken": None}}
    ran: dict[str, object] = {"runs": 2, "steps": 30, "violations": []}
    lied = msgspec.json.encode({"long": ran, "seeded": planted})
    (tmp_path / "lying.json").write_bytes(lied)
    fuzzed = {"inputs": 1000, "entries": {"a": 1}, "fives": 0, "unhandled": 0, "hung": 1}
    (tmp_path / "fuzz.json").write_bytes(msgspec.json.encode(fuzzed))

    assert list(adverse.judged(tmp_path)) == [
        ("a lying server, 2 runs, 30 steps: violations", "0", "0", True),
        ("planted faults that it finds", "1", "2", False),
        ("1,000 inputs to 1 entries: 500s, unhandled, hung", "1", "0", False),
    ]
    assert "| planted faults that it finds | 1 | 2 | **missed** |" in adverse.section(tmp_path)


def test_what_is_kept_now_holds() -> None:
    """No bar of the page is missed silently."""
    assert [name for name, *_, held in adverse.judged() if not held] == []


async def test_all_is_delivered_when_the_last_receiver_has_the_last_message() -> None:
    """Neither a stranger's message nor one receiver too few ends the wait."""
    tally = load.Tally(members=2)
    tally.expect(["a", "b"])

    for key in ("a", "a", "b", "stranger"):
        tally.heard(key)
    assert not tally.done.is_set()
    tally.heard("b")

    async with asyncio.timeout(1):
        await tally.all()


async def test_one_at_a_time_sends_everything_it_sealed() -> None:
    """A version that is sealed and not sent would leave a gap in its author's chain."""
    sent: list[tuple[int, str]] = []
    made: list[list[Sealed]] = []
    tally = load.Tally(members=1)

    def prepare(count: int, senders: int = SENDERS) -> list[list[Sealed]]:
        made.extend([Sealed(key=f"{s}/{n}", text="") for n in range(count)] for s in range(senders))
        return made

    async def send(sender: int, message: Sealed) -> None:
        sent.append((sender, message.key))
        tally.heard(message.key)

    side = cast("load.Side", SimpleNamespace(prepare=prepare, send=send))
    for count, expected in ((1, 1), (16, 16), (20, 16)):
        sent.clear()
        made.clear()
        figures = await load.latency(side, tally, count)
        assert figures.messages == len(sent) == expected
        assert sorted(key for _, key in sent) == sorted(m.key for mine in made for m in mine)


def test_a_sample_belongs_to_the_innermost_layer_known() -> None:
    """What json does for the codec is the codec's; what nobody asked for is the loop's."""
    assert profiled.layer_of(None) == profiled.LOOP

    with pytest.raises(NotImplementedError) as error:
        codec.text_of(object())

    frame = error.traceback[-1].frame.raw
    assert profiled.layer_of(frame) == "JSON and base64 (strict J1)"
