"""A node with its real rooms whose clock can be moved, and a cast of real clients."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from consent.register import load
from protocol.ids import CaseId, SitId
from protocol.vocabulary import AgencyKind, Cap
from sdk.session import Session
from sdk.transport import Http
from server.app import create_app, system_clock
from server.settings import Settings
from tests.edges.live.stage import Ear
from tests.edges.people import LOOSE, ORIGIN, Edge
from tests.edges.sdk.stage import Cast
from tests.edges.sdk.town import Town, make_town


@dataclass(slots=True)
class MovableClock:
    """The node's clock: the machine's, moved on by the test."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        """Read the clock."""
        return system_clock() + self.ahead


@pytest.fixture
def moved() -> MovableClock:
    """The clock of the node."""
    return MovableClock()


@pytest.fixture
async def application(database: str, tmp_path: Path, moved: MovableClock) -> web.Application:
    """A wired node with its real rooms."""
    login = database.replace("//postgres@", "//entaku_node@")
    settings = Settings(data=tmp_path, origin=ORIGIN, log_level="error", limits=LOOSE)
    return await create_app(settings, dsn=login, clock=moved)


@pytest.fixture
async def town(edge: Edge, tmp_path: Path) -> AsyncIterator[Town]:
    """A council that was just founded."""
    url = str(edge.client.make_url("")).rstrip("/")
    setup = await asyncio.to_thread((edge.keys / "setup").read_text)
    async with Http(url=url, slug="minato") as http:
        yield await make_town(http, setup=setup, folder=tmp_path / "vaults")


@pytest.fixture
async def cast(town: Town) -> AsyncIterator[Cast]:
    """Four people of three agencies: chair and recorder, A02, A03."""
    host = await town.agency(1, AgencyKind.CITY, [Cap.HOST, Cap.MEMBER])
    second = await town.agency(2, AgencyKind.CSW, [Cap.MEMBER])
    third = await town.agency(3, AgencyKind.ELDER, [Cap.MEMBER])
    people = Cast(town=town, register=await asyncio.to_thread(load), clients={}, aids={})
    await people.bring("chair", host, Cap.CHAIR, Cap.MEMBER, Cap.MINUTES)
    await people.bring("recorder", host, Cap.MEMBER, Cap.MINUTES)
    await people.bring("csw", second, Cap.MEMBER)
    await people.bring("elder", third, Cap.MEMBER)
    yield people
    for client in people.clients.values():
        await client.close()


@dataclass(slots=True)
class Ears:
    """Opens raw sockets that are closed after the test."""

    stack: AsyncExitStack

    async def open(
        self, session: Session, case: CaseId, *, sit: SitId | None = None, start: int = 1
    ) -> Ear:
        """Open one."""
        ear = await Ear.open(session, case, sit=sit, start=start)
        self.stack.push_async_callback(ear.close)
        return ear


@pytest.fixture
async def ears() -> AsyncIterator[Ears]:
    """Opens raw sockets."""
    async with AsyncExitStack() as stack:
        yield Ears(stack)
