"""Founding, inviting, joining and signing in with the real client against the real node."""

from crypto import entropy
from protocol.vocabulary import AgencyKind, Cap
from sdk.session import Session
from tests.edges.sdk.town import COSTS, PASS, Town, clock


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
