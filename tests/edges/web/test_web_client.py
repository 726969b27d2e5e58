"""The browser's client against the real node, with a registrar of the command line."""

import asyncio
from pathlib import Path

import pytest

from crypto import entropy
from protocol.ids import InvId, Sid
from protocol.times import DAY, HOUR
from protocol.vocabulary import AgencyKind, Cap, RevokeWhat, RevokeWhy
from sdk.registrar import Registrar
from sdk.session import Session
from tests.edges.sdk.conftest import application, town
from tests.edges.sdk.town import COSTS, PASS, Town, aid, clock
from tests.edges.web.stage import Folder, folder_in, run

__all__ = ["application", "town"]

CAPS = (Cap.CHAIR, Cap.MEMBER)


async def admit(registrar: Registrar, inv: InvId, folder: Folder) -> str:
    """Sign for whoever asks under an invitation; give the digits that both sides see."""
    request = await registrar.request(inv, patience=60_000)
    spoken = await folder.until_left("digits")
    assert request.digits == spoken
    now = clock().now()
    await registrar.certify(request, name="担当 花子", nbf=now.plus(-HOUR), exp=now.plus(300 * DAY))
    return spoken


async def sign_in(path: Path) -> Sid:
    """Open a vault with this side's client; give the certificate of its device."""
    session = await Session.open(path, PASS, clock=clock(), entropy=entropy.system, costs=COSTS)
    await session.login()
    device = session.me.device
    await session.close()
    return device


async def evict(town: Town, folder: Folder) -> None:
    """Sign in with the vault that was made there, then revoke its device."""
    await folder.until_left("listening")
    device = await sign_in(folder.path / "typescript")
    await town.council.sync()
    await town.registrars[aid(1)].revoke(RevokeWhat.DEVICE, device, why=RevokeWhy.LOST)
    folder.leave("revoked")


@pytest.mark.timeout(180)
async def test_people_enrol_sign_in_and_leave_with_the_browsers_client(
    town: Town, tmp_path: Path
) -> None:
    """Enrolled by this side's registrar, seen by its server, and evicted; vaults cross over."""
    host = await town.agency(1, AgencyKind.CITY, [Cap.HOST, Cap.MEMBER])
    folder = folder_in(tmp_path)
    folder.leave("python", (await town.enrol(host, "担当 太郎", CAPS)).read_bytes())
    invitation = await town.invite(host, CAPS)
    settings = {
        "ENTAKU_URL": town.url,
        "ENTAKU_SLUG": town.council.http.slug,
        "ENTAKU_LINK": invitation.link,
        "ENTAKU_CODE": invitation.code,
        "ENTAKU_FOLDER": str(folder.path),
    }
    registrar = town.registrars[aid(1)]
    await town.council.sync()

    async with asyncio.TaskGroup() as tasks:
        tests = tasks.create_task(run("people", settings))
        registering = tasks.create_task(admit(registrar, invitation.inv, folder))
        evicting = tasks.create_task(evict(town, folder))
        tests.add_done_callback(lambda _: (registering.cancel(), evicting.cancel()))

    code, said = tests.result()
    assert code == 0, said
