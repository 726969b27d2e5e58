"""Killed without a word: what was acknowledged is there, once; what was not is sent again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crypto.errors import Code, Refused
from tests.edges.sdk.stage import Cast, hold
from tests.faults.busy import Busy, Flaws, at_work
from tests.faults.machine import Machine, people_at, running_machine

KILLS = 2
ROWS = 4


@pytest.fixture
async def machine() -> AsyncIterator[Machine]:
    """Everything on."""
    async with running_machine() as here:
        yield here


@pytest.fixture
async def cast(machine: Machine, tmp_path: Path) -> AsyncIterator[Cast]:
    """Four people."""
    async with people_at(machine.node, machine.node.url, tmp_path / "vaults") as people:
        yield people


async def test_a_server_killed_while_people_write_loses_nothing(
    cast: Cast, machine: Machine
) -> None:
    """Twice in the middle of posting; it comes back on the same port."""
    busy = Busy(cast, await hold(cast))
    async with at_work(busy):
        for _ in range(KILLS):
            await busy.tally.grows(ROWS)
            await machine.node.kill()
            await machine.node.start()
        await busy.tally.grows(ROWS)

    assert await busy.flaws(machine.admin) == Flaws()
    await busy.require_level()


async def test_a_database_killed_while_people_write_loses_nothing(
    cast: Cast, machine: Machine
) -> None:
    """Meanwhile the node stays up and says UNAVAILABLE; then it goes on by itself."""
    busy = Busy(cast, await hold(cast))
    session = cast.clients["elder"].session
    codes: list[Code] = []
    async with at_work(busy):
        await busy.tally.grows(ROWS)
        await machine.kill_postgres()
        row_id = busy.held.members["elder"].room.feed.room.records[-1].id
        try:
            await session.read(busy.held.case, "view", [row_id])
        except Refused as refusal:
            codes.append(refusal.code)
        await cast.clients["csw"].socket.close()  # leaving a room cannot be written down now
        await machine.start_postgres()
        await machine.node.until_ready()
        await busy.tally.grows(ROWS)

    assert codes == [Code.UNAVAILABLE]
    assert machine.node.process is not None
    assert machine.node.process.returncode is None
    assert await busy.flaws(machine.admin) == Flaws()
    await busy.require_level()
