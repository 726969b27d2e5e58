"""A node over a database of its own, as its clients meet it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from server.app import create_app
from server.settings import Settings
from tests.edges.people import LOOSE, ORIGIN, Edge
from tests.edges.rooms import EmptyRooms


@pytest.fixture
async def application(database: str, tmp_path: Path) -> web.Application:
    """A wired node; its rooms are empty."""
    login = database.replace("//postgres@", "//entaku_node@")
    settings = Settings(data=tmp_path, origin=ORIGIN, log_level="error", limits=LOOSE)
    return await create_app(settings, dsn=login, rooms=EmptyRooms)


@pytest.fixture
async def edge(application: web.Application, tmp_path: Path) -> AsyncIterator[Edge]:
    """A running node, and the hand that talks to it."""
    async with TestClient(TestServer(application)) as client:
        yield Edge(client=client, app=application, keys=tmp_path / "keys")
