"""The worker of the browser's page, as its screens meet it, among people of the command line."""

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path

import pytest

from crypto.errors import Code, Refused
from protocol.headers import SumText
from protocol.ids import Id, InvId, LinkId, Wid
from protocol.invitation import Secret
from protocol.ops import SeatInv
from protocol.times import DAY, HOUR
from protocol.vocabulary import AgencyKind, Cap, DocClass, Duty, Provenance
from protocol.wire import Wanted, Where
from sdk import seating
from sdk.documents import Plan
from sdk.registrar import Registrar
from tests.edges.sdk.conftest import application, cast, town
from tests.edges.sdk.stage import Cast, Held, hold, reach
from tests.edges.sdk.town import Town, aid, clock
from tests.edges.web.stage import Folder, folder_in, run

__all__ = ["application", "cast", "town"]


async def admit(registrar: Registrar, inv: InvId, name: str) -> None:
    """Sign for whoever asks under an invitation."""
    request = await registrar.request(inv, patience=120_000)
    now = clock().now()
    await registrar.certify(request, name=name, nbf=now.plus(-HOUR), exp=now.plus(300 * DAY))


class Play:
    """What the others do, each step when the page has come so far."""

    def __init__(self, cast: Cast, held: Held, folder: Folder) -> None:
        """Begin with a sitting under way."""
        self.cast = cast
        self.held = held
        self.folder = folder
        self.chair, self.elder = held.members["chair"], held.members["elder"]

    async def share(self, title: str, cat: str) -> None:
        """Share a section about the subject."""
        held = self.held
        plan = Plan(cls=DocClass.SECTION, item=held.it, sub=held.subject.sub, cats=(cat,))
        text = SumText(prov=Provenance.SELF, hid=False, title=title, text=f"{title}のこと")
        await self.elder.share(plan, text)

    async def run(self) -> None:
        """Let everything happen."""
        await self.seat()
        await self.folder.until_left("joined")
        await self.share("様子", "c1")
        await self.share("健康", "c2")
        await self.folder.until_left("back")
        await self.elder.room.fetch()
        await self.share("留守の間に", "c1")
        await self.folder.until_left("read")
        await reach(self.chair, self.elder.room.state.seq)
        await self.chair.withdraw(self.held.basis, agencies={self.cast.aids["csw"]}, cats=None)

    async def seat(self) -> None:
        """Invite her, and bring her into the room."""
        sit = self.held.sit
        wid = Wid(Id(bytes.fromhex(await self.folder.until_left("ready"))))
        await self.chair.act((SeatInv(sit=sit, wid=wid, duty=Duty.MEMBER, late=1), {}))
        self.folder.leave("case", f"{self.held.case.hex()} {sit.hex()}")
        await self.folder.until_left("accepted")
        await self.chair.room.fetch()
        await seating.add(self.chair, [seating.Row(wid=wid)])
        for member in self.held.members.values():
            await reach(member, self.chair.room.state.seq)
            await member.room.confirm_changes()
        self.folder.leave("added")


async def test_a_council_is_found_by_what_somebody_was_handed(town: Town) -> None:
    """An invitation leads to its council; nothing else tells what is hosted here."""
    agency = await town.agency(1, AgencyKind.CITY, [Cap.HOST, Cap.MEMBER])
    invitation = await town.invite(agency, [Cap.MEMBER])
    http = town.council.http

    found = await http.post_root("/v1/where", Wanted(inv=invitation.inv, lid=None), Where)

    assert found.slug == http.slug
    for wanted in (
        Wanted(inv=InvId(Id(bytes(16))), lid=None),
        Wanted(inv=None, lid=LinkId(Id(bytes(16)))),
        Wanted(inv=None, lid=None),
    ):
        with pytest.raises(Refused) as refused:
            await http.post_root("/v1/where", wanted, Where)
        assert refused.value.code is Code.UNKNOWN_ID


def settings_of(cast: Cast, folder: Folder, **texts: str) -> dict[str, str]:
    """What the other side is told."""
    where = {"ENTAKU_URL": cast.town.url, "ENTAKU_FOLDER": str(folder.path)}
    return where | {f"ENTAKU_{name.upper()}": text for name, text in texts.items()}


@pytest.mark.timeout(180)
async def test_the_worker_serves_a_member(cast: Cast, tmp_path: Path) -> None:
    """Its topics show what the others do; its commands do what theirs do; refusals are codes."""
    folder, town = folder_in(tmp_path), cast.town
    invitation = await town.invite(cast.aids["csw"], [Cap.MEMBER])
    settings = settings_of(
        cast, folder, code=invitation.code, strange=Secret(bytes(range(16))).code()
    )
    await town.council.sync()
    held = await hold(cast)
    helpers = [
        admit(town.registrars[aid(2)], invitation.inv, "担当 花子"),
        Play(cast, held, folder).run(),
    ]

    code, said = await beside(run("worker", settings), helpers)

    assert code == 0, said


@pytest.mark.timeout(180)
async def test_the_worker_serves_a_chair_an_approver_and_an_auditor(
    cast: Cast, tmp_path: Path
) -> None:
    """Rooms are founded on a consent and on a decision, a sitting is held, logs are verified."""
    folder, town = folder_in(tmp_path), cast.town
    watch = await town.agency(9, AgencyKind.AUDIT, [Cap.AUDIT])
    chair = await town.invite(cast.aids["chair"], [Cap.CHAIR, Cap.MEMBER, Cap.MINUTES])
    approver = await town.invite(cast.aids["chair"], [Cap.CHAIR, Cap.MEMBER])
    auditor = await town.invite(watch, [Cap.AUDIT])
    settings = settings_of(
        cast, folder, link=chair.link, approver=approver.code, auditor=auditor.code
    )
    await town.council.sync()
    host, audit = town.registrars[aid(1)], town.registrars[aid(9)]
    helpers = [
        admit(host, chair.inv, "座長 一郎"),
        admit(host, approver.inv, "承認 二郎"),
        admit(audit, auditor.inv, "監査 三郎"),
    ]

    code, said = await beside(run("worker_chair", settings), helpers)

    assert code == 0, said


async def beside(
    tests: Coroutine[None, None, tuple[int | None, str]],
    helpers: Sequence[Coroutine[None, None, None]],
) -> tuple[int | None, str]:
    """Let people of this side do their part until the other side's tests are over."""
    async with asyncio.TaskGroup() as tasks:
        verdict = tasks.create_task(tests)
        others = [tasks.create_task(helper) for helper in helpers]
        verdict.add_done_callback(lambda _: [other.cancel() for other in others])
    return verdict.result()
