"""A real node with its real rooms, and people who hold real clients."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from consent.register import load
from protocol.ids import InvId
from protocol.vocabulary import AgencyKind, Cap
from sdk.transport import Http
from server.app import create_app
from server.settings import Settings
from tests.edges.people import LOOSE, ORIGIN, Edge
from tests.edges.sdk.stage import Cast
from tests.edges.sdk.town import Town, make_town


@pytest.fixture
async def application(database: str, tmp_path: Path) -> web.Application:
    """A wired node with its real rooms."""
    login = database.replace("//postgres@", "//entaku_node@")
    settings = Settings(data=tmp_path, origin=ORIGIN, log_level="error", limits=LOOSE)
    return await create_app(settings, dsn=login)


@pytest.fixture
async def town(edge: Edge, tmp_path: Path) -> AsyncIterator[Town]:
    """A council that was just founded."""
    url = str(edge.client.make_url("")).rstrip("/")
    setup = await asyncio.to_thread((edge.keys / "setup").read_text)
    async with Http(url=url, slug="minato") as http:
        yield await make_town(http, setup=setup, folder=tmp_path / "vaults")


def quick_digits(*, inv: InvId, **_keys: bytes) -> str:
    """Digits without their cost; that they are the same on both sides is tested elsewhere."""
    return inv.hex()[:12]


@pytest.fixture
async def cast(town: Town, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Cast]:
    """Four people of three agencies: chair and recorder, A02, A03."""
    for module in ("sdk.enrol", "sdk.registrar"):
        monkeypatch.setattr(f"{module}.enrolment_digits", quick_digits)
    host, second, third = await asyncio.gather(
        town.agency(1, AgencyKind.CITY, [Cap.HOST, Cap.MEMBER]),
        town.agency(2, AgencyKind.CSW, [Cap.MEMBER]),
        town.agency(3, AgencyKind.ELDER, [Cap.MEMBER]),
    )
    people = Cast(town=town, register=await asyncio.to_thread(load), clients={}, aids={})
    await asyncio.gather(
        people.bring("chair", host, Cap.CHAIR, Cap.MEMBER, Cap.MINUTES),
        people.bring("recorder", host, Cap.MEMBER, Cap.MINUTES),
        people.bring("csw", second, Cap.MEMBER),
        people.bring("elder", third, Cap.MEMBER),
    )
    yield people
    await asyncio.gather(*(client.close() for client in people.clients.values()))
