"""A server's clock that steps: order and proofs stay, signing waits for it, nothing is lost."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from crypto.errors import Code, Refused
from protocol.vocabulary import Cap
from server.app import JOBS, create_app
from server.service import SERVICE
from server.settings import Settings
from tests.edges.people import ORIGIN, Edge, Person

STEPS = [timedelta(hours=2), timedelta(days=1)]


@pytest.fixture
async def edge(database: str, tmp_path: Path) -> AsyncIterator[Edge]:
    """A running node, and the hand that talks to it."""
    login = database.replace("//postgres@", "//entaku_node@")
    settings = Settings(data=tmp_path, origin=ORIGIN, log_level="error")
    app = await create_app(settings, dsn=login)
    async with TestClient(TestServer(app)) as client:
        yield Edge(client=client, app=app, keys=tmp_path / "keys")


@pytest.fixture
async def person(edge: Edge) -> Person:
    """Somebody who is signed in; from now on the logs are levelled only when a test says so."""
    await edge.found()
    somebody = await edge.enrol(await edge.agency(Cap.MEMBER), Cap.MEMBER)
    await edge.sign_in(somebody)
    await edge.app[JOBS].stop()
    await edge.level()
    return somebody


def step(edge: Edge, by: timedelta) -> None:
    """Let the server's clock be so far from the machine's from now on."""
    service = edge.app[SERVICE]
    read = service.clock
    service.clock = lambda: read() + by


async def signed(edge: Edge) -> tuple[int, int]:
    """Sizes of both logs as they are signed."""
    sizes: list[int] = []
    for log in edge.host.logs:
        newest = await edge.host.council.log.newest_checkpoint(log.name)
        sizes.append(0 if newest is None else newest.size)
    return sizes[0], sizes[1]


async def require_nothing_is_signed(edge: Edge) -> None:
    """The signer refuses for its clock, and neither log grows."""
    before = await signed(edge)
    with pytest.raises(Refused) as refusal:
        await edge.level()
    assert refusal.value.code is Code.CLOCK
    assert await signed(edge) == before


async def require_all_are_signed(edge: Edge, *, beyond: tuple[int, int]) -> None:
    """One entry more than `beyond` is signed, in order of time, and the council works."""
    await edge.level()
    assert await signed(edge) == (beyond[0], beyond[1] + 1)
    assert not edge.host.broken
    require_time_goes_on(edge)


def require_time_goes_on(edge: Edge) -> None:
    """Time in the log never goes back, whatever the leaves claim."""
    directory = edge.host.council.directory
    times = [directory.time(size) for size in range(1, directory.size + 1)]
    assert times == sorted(times)


@pytest.mark.parametrize("by", STEPS, ids=str)
async def test_while_a_clock_is_behind_entries_are_kept_and_signed_when_it_is_right(
    edge: Edge, person: Person, by: timedelta
) -> None:
    """The signer refuses; who signs in meanwhile is logged all the same."""
    before = await signed(edge)
    step(edge, -by)
    await edge.sign_in(person)
    await require_nothing_is_signed(edge)
    step(edge, by)
    await require_all_are_signed(edge, beyond=before)


@pytest.mark.parametrize("by", STEPS, ids=str)
async def test_after_a_clock_was_ahead_nothing_is_signed_until_its_time_has_come(
    edge: Edge, person: Person, by: timedelta
) -> None:
    """Entries wait for that long; then all of them are signed, and none is lost."""
    step(edge, by)
    await edge.sign_in(person)
    await edge.level()
    ahead = await signed(edge)
    step(edge, -by)
    await edge.sign_in(person)
    await require_nothing_is_signed(edge)
    step(edge, by)
    await require_all_are_signed(edge, beyond=ahead)
