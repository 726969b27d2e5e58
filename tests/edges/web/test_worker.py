"""The worker of the browser's page, as its screens meet it, among people of the command line."""

import asyncio
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


@pytest.mark.timeout(240)
async def test_the_worker_serves_a_member_and_a_chair(cast: Cast, tmp_path: Path) -> None:
    """Its topics show what the others do; its commands do what theirs do; refusals are codes."""
    folder = folder_in(tmp_path)
    town = cast.town
    member = await town.invite(cast.aids["csw"], [Cap.MEMBER])
    chair = await town.invite(cast.aids["chair"], [Cap.CHAIR, Cap.MEMBER, Cap.MINUTES])
    settings = {
        "ENTAKU_URL": town.url,
        "ENTAKU_SLUG": town.council.http.slug,
        "ENTAKU_CODE": member.code,
        "ENTAKU_LINK": chair.link,
        "ENTAKU_STRANGE": Secret(bytes(range(16))).code(),
        "ENTAKU_FOLDER": str(folder.path),
    }
    await town.council.sync()
    held = await hold(cast)

    async with asyncio.TaskGroup() as tasks:
        tests = tasks.create_task(run("worker", settings))
        helpers = [
            tasks.create_task(admit(town.registrars[aid(2)], member.inv, "担当 花子")),
            tasks.create_task(admit(town.registrars[aid(1)], chair.inv, "座長 一郎")),
            tasks.create_task(Play(cast, held, folder).run()),
        ]
        tests.add_done_callback(lambda _: [helper.cancel() for helper in helpers])

    code, said = tests.result()
    assert code == 0, said
