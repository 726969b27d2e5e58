"""A node with its real rooms whose clock can be moved, and a town with somebody in every part."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from protocol import statement
from protocol.ids import Blob, InvId
from protocol.wire import Pend
from sdk.transport import Http
from server.app import create_app
from server.limits import Bounds
from server.settings import Settings
from tests.edges.http.test_page import build
from tests.edges.people import ORIGIN, Edge
from tests.edges.rights.deeds import decision
from tests.edges.rights.town import HERE, Place, settle
from tests.edges.sdk.town import make_town

MANY = 1_000_000
PATIENT = Bounds(rate=MANY, device_rate=MANY, agency_rate=MANY, council_rate=MANY, at_once=MANY)


@pytest.fixture
async def application(database: str, tmp_path: Path) -> web.Application:
    """A wired node with its real rooms, for as many callers as a test needs."""
    login = database.replace("//postgres@", "//entaku_node@")
    folder = build(tmp_path / "dist")
    settings = Settings(data=tmp_path, origin=ORIGIN, log_level="error", limits=PATIENT, web=folder)
    return await create_app(settings, dsn=login)


def quick_digits(*, inv: InvId, **_keys: bytes) -> str:
    """Digits without their cost."""
    return inv.hex()[:12]


@pytest.fixture
async def place(
    edge: Edge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Place]:
    """The town, settled."""
    for module in ("sdk.enrol", "sdk.registrar"):
        monkeypatch.setattr(f"{module}.enrolment_digits", quick_digits)
    url = str(edge.client.make_url("")).rstrip("/")
    setup = await asyncio.to_thread((edge.keys / "setup").read_text)
    async with Http(url=url, slug=HERE) as http:
        town = await make_town(http, setup=setup, folder=tmp_path / "vaults")
        settled = await settle(edge, town)
        waits = decision(settled, settled.people["member"])
        begun = statement.parse(waits)
        await http.done("pend", Pend(key=Blob(begun.sid), statement=waits))
        yield replace(settled, begun=begun.sid)
