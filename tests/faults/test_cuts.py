"""Lines that are cut in the middle of anything: nothing acknowledged is lost or stored twice."""

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.edges.sdk.stage import hold
from tests.faults.busy import Busy, Flaws, at_work
from tests.faults.machine import Machine, people_at, running_machine
from tests.faults.proxy import Way, proxied

ROWS = 2


@pytest.fixture
async def machine() -> AsyncIterator[Machine]:
    """Everything on."""
    async with running_machine() as here:
        yield here


async def test_cut_lines_lose_and_repeat_nothing(machine: Machine, tmp_path: Path) -> None:
    """Each way twice, while people write, read, leave and come back through the proxy."""
    draw = random.Random(4)  # noqa: S311 -- where a line is cut, and the same in every run
    async with (
        proxied(machine.node.port, draw=draw) as proxy,
        people_at(machine.node, proxy.url, tmp_path / "vaults") as cast,
    ):
        busy = Busy(cast, await hold(cast))
        async with at_work(busy):
            for way in [*Way, *Way]:
                await proxy.cut(way)
                await busy.tally.grows(ROWS)

        assert await busy.flaws(machine.admin) == Flaws()
        await busy.require_level()

    assert proxy.cuts == 2 * len(Way)
