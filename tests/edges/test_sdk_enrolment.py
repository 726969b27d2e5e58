"""Founding, inviting, joining and signing in with the real client against the real node."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crypto import entropy
from protocol.vocabulary import AgencyKind, Cap
from sdk.session import Session
from sdk.transport import Http
from tests.edges.people import Edge
from tests.edges.sdk_people import COSTS, PASS, Town, clock, make_town


@pytest.fixture
async def town(edge: Edge, tmp_path: Path) -> AsyncIterator[Town]:
    """A council that was just founded."""
    url = str(edge.client.make_url("")).rstrip("/")
    setup = (edge.keys / "setup").read_text()
    async with Http(url=url, slug="minato") as http:
        yield await make_town(http, setup=setup, folder=tmp_path / "vaults")


async def test_an_invited_person_enrols_and_signs_in(town: Town) -> None:
    """From a typed code to an access token; her leaves are exactly those she made."""
    host = await town.agency(1, AgencyKind.CITY, [Cap.HOST, Cap.MEMBER])
    path = await town.enrol(host, "担当 花子", [Cap.CHAIR, Cap.MEMBER])

    session = await Session.open(path, PASS, clock=clock(), entropy=entropy.system, costs=COSTS)
    await session.login()

    assert session.council.http.token is not None
    assert session.signer().aid == host
    assert session.me.name == "担当 花子"
    await session.close()
