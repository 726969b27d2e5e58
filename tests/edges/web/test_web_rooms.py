"""A member of the browser's client in a sitting that people of the command line hold."""

import asyncio
import json
from pathlib import Path

import msgspec
import pytest

from protocol.headers import SumText
from protocol.ids import Id, InvId, Wid
from protocol.ops import SeatInv
from protocol.payloads import Audience
from protocol.times import DAY, HOUR
from protocol.vocabulary import Cap, DocClass, Duty, Provenance
from sdk import seating
from sdk.documents import Plan
from sdk.member import Member, Shared
from sdk.registrar import Registrar
from tests.edges.sdk.conftest import application, cast, town
from tests.edges.sdk.stage import Cast, Held, hold, reach
from tests.edges.sdk.town import aid, clock
from tests.edges.web.stage import Folder, folder_in, run

__all__ = ["application", "cast", "town"]


async def admit(registrar: Registrar, inv: InvId) -> None:
    """Sign for whoever asks under an invitation."""
    request = await registrar.request(inv, patience=60_000)
    now = clock().now()
    await registrar.certify(request, name="担当 花子", nbf=now.plus(-HOUR), exp=now.plus(300 * DAY))


class Play:
    """What the others do, each step when the browser's client has done hers."""

    def __init__(self, cast: Cast, held: Held, folder: Folder) -> None:
        """Begin with a sitting under way."""
        self.cast = cast
        self.held = held
        self.folder = folder
        self.chair, self.elder = held.members["chair"], held.members["elder"]

    async def share(self, title: str, cat: str, audience: Audience | None = None) -> Shared:
        """Share a section about the subject."""
        held = self.held
        cats = (cat,)
        plan = Plan(
            cls=DocClass.SECTION, item=held.it, sub=held.subject.sub, cats=cats, carried=True
        )
        text = SumText(prov=Provenance.SELF, hid=False, title=title, text=f"{title}のこと")
        return await self.elder.share(plan, text, audience=audience)

    async def run(self) -> None:
        """Let everything happen."""
        both = Audience(ag=tuple(sorted((self.cast.aids["csw"], self.cast.aids["elder"]))), w=())
        early = await self.share("前から", "c1")
        few = await self.share("少しの人に", "c6", both)
        wid = await self.seat()
        self.folder.leave("added", json.dumps({"early": early.doc.hex(), "few": few.doc.hex()}))
        await self.folder.until_left("joined")
        await self.go_on()
        await self.give(wid, early, few)
        await self.folder.until_left("cut")
        await self.share("留守の間に", "c1")
        self.folder.leave("while-away")
        await self.compare(json.loads(await self.folder.until_left("read")))
        await self.chair.withdraw(self.held.basis, agencies={self.cast.aids["csw"]}, cats=None)

    async def seat(self) -> Wid:
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
        return wid

    async def go_on(self) -> None:
        """Share something that she may read, and something that she may not."""
        open_, health = await self.share("様子", "c1"), await self.share("健康", "c2")
        docs = {"open": open_.doc.hex(), "health": health.doc.hex()}
        self.folder.leave("shared", json.dumps(docs))

    async def give(self, wid: Wid, early: Shared, few: Shared) -> None:
        """Give her what was shared before she came."""
        await self.folder.until_left("seen")
        await reach(self.chair, self.elder.room.state.seq)
        await self.chair.carry(early.doc)
        await reach(self.elder, self.chair.room.state.seq)
        await self.elder.grant(wid, (few.doc, 1))
        self.folder.leave("given")

    async def compare(self, theirs: dict[str, dict[str, object]]) -> None:
        """Her colleague of the command line reads the same words in the same rows."""
        colleague: Member = self.held.members["csw"]
        await reach(colleague, self.elder.room.state.seq)
        words = await colleague.room.read()
        read = {row.hex(): msgspec.to_builtins(text) for row, text in words.items()}
        assert theirs["texts"]
        assert {row: read.get(row) for row in theirs["texts"]} == theirs["texts"]
        assert theirs["state"] == {
            "seq": colleague.room.state.seq,
            "fh": colleague.room.state.fh.hex(),
            "epoch": colleague.room.state.epoch,
        }


@pytest.mark.timeout(180)
async def test_a_member_with_the_browsers_client_sits_with_the_others(
    cast: Cast, tmp_path: Path
) -> None:
    """She reads what she may, sees it live, comes back level, and leaves with the code."""
    folder = folder_in(tmp_path)
    town, agency = cast.town, cast.aids["csw"]
    invitation = await town.invite(agency, [Cap.MEMBER])
    settings = {
        "ENTAKU_URL": town.url,
        "ENTAKU_SLUG": town.council.http.slug,
        "ENTAKU_CODE": invitation.code,
        "ENTAKU_FOLDER": str(folder.path),
    }
    await town.council.sync()
    held = await hold(cast)

    async with asyncio.TaskGroup() as tasks:
        tests = tasks.create_task(run("rooms", settings))
        admitting = tasks.create_task(admit(town.registrars[aid(2)], invitation.inv))
        playing = tasks.create_task(Play(cast, held, folder).run())
        tests.add_done_callback(lambda _: (admitting.cancel(), playing.cancel()))

    code, said = tests.result()
    assert code == 0, said
    assert playing.done()
    assert not playing.cancelled()
