"""A member of the browser's client writes in a room that a chair of the command line leads."""

import asyncio
import json
from pathlib import Path

import pytest

from protocol.ids import ActId, Id, RowId, Wid
from protocol.ops import ActNew, RoleSet, SeatInv
from protocol.vocabulary import Cap, Duty, Part
from sdk import seating
from tests.edges.sdk.conftest import application, cast, town
from tests.edges.sdk.stage import Cast, Held, hold, reach
from tests.edges.web.stage import Folder, folder_in, run
from tests.edges.web.told import agree

__all__ = ["application", "cast", "town"]


class Company:
    """The others of the room, each step when the browser's member has done hers."""

    def __init__(self, cast: Cast, held: Held, folder: Folder) -> None:
        """Begin with a sitting under way."""
        self.cast = cast
        self.held = held
        self.folder = folder
        self.chair = held.members["chair"]

    async def run(self) -> None:
        """Let everything happen."""
        wid = await self.seat()
        await self.agree_at("in")
        await self.agree_at("shared")
        await self.offer(wid)
        await self.agree_at("answered")
        await self.read_aloud()
        await self.agree_at("spoken")
        await self.agree_at("linked")
        await self.folder.until_left("withdraw")
        agencies = {self.cast.aids["csw"]}
        await self.chair.withdraw(self.held.basis, agencies=agencies, cats=None)
        del self.held.members["csw"]
        await self.agree_at("mended")

    async def seat(self) -> Wid:
        """Invite her, and bring her into the room."""
        held = self.held
        wid = Wid(Id(bytes.fromhex(await self.folder.until_left("ready"))))
        await self.chair.act((SeatInv(sit=held.sit, wid=wid, duty=Duty.MEMBER, late=1), {}))
        place: dict[str, Id] = {
            "case": held.case,
            "sit": held.sit,
            "it": held.it,
            "sub": held.subject.sub,
        }
        place["chair"] = self.chair.room.session.me.wid
        self.folder.leave("place", json.dumps({name: one.hex() for name, one in place.items()}))
        await self.folder.until_left("accepted")
        await self.chair.room.fetch()
        await seating.add(self.chair, [seating.Row(wid=wid)])
        for member in held.members.values():
            await reach(member, self.chair.room.state.seq)
            await member.room.confirm_changes()
        self.folder.leave("added")
        return wid

    async def offer(self, wid: Wid) -> None:
        """Offer her a part and an action."""
        agency, it = self.cast.aids["elder"], self.held.it
        part = RoleSet(row=RowId(self.chair.new_id()), part=Part.MAIN, ag=agency, w=wid, it=it)
        act = ActId(self.chair.new_id())
        action = ActNew(act=act, it=it, ag=agency, w=wid, due="2030-01-31", from_=None, ext=0)
        await self.chair.act((part, {"text": "主担当"}), (action, {"text": "訪問する"}))
        self.folder.leave("offered")

    async def read_aloud(self) -> None:
        """Hear her digits, then read other ones to her."""
        digits = await self.folder.until_left("spoken")
        async with asyncio.timeout(20):
            await self.chair.room.until(lambda: bool(self.chair.spoken()))
        assert [each.digits for each in self.chair.spoken()] == [digits]
        await self.chair.read_aloud()

    async def agree_at(self, stage: str) -> None:
        """Everybody in the room holds what she holds; her new device is confirmed too."""
        theirs = json.loads(await self.folder.until_left(f"told-{stage}"))
        counts: list[int] = []
        for member in self.held.members.values():
            await reach(member, theirs["state"]["place"][0])
            await member.room.open_keys()
            await member.room.confirm_changes()
            counts.append(await agree(member, theirs))
        assert all(counts)
        self.folder.leave(f"agreed-{stage}")


@pytest.mark.timeout(240)
async def test_a_member_with_the_browsers_client_writes_with_the_others(
    cast: Cast, tmp_path: Path
) -> None:
    """What she seals for few and for all is read by those it is for, and the room stays one."""
    folder = folder_in(tmp_path)
    town = cast.town
    vault = await town.enrol(cast.aids["elder"], "担当 花子", [Cap.MEMBER])
    folder.leave("vault", await asyncio.to_thread(vault.read_bytes))
    settings = {
        "ENTAKU_URL": town.url,
        "ENTAKU_SLUG": town.council.http.slug,
        "ENTAKU_FOLDER": str(folder.path),
    }
    held = await hold(cast)

    async with asyncio.TaskGroup() as tasks:
        tests = tasks.create_task(run("writer", settings))
        following = tasks.create_task(Company(cast, held, folder).run())
        tests.add_done_callback(lambda _: following.cancel())

    code, said = tests.result()
    assert code == 0, said
    assert not following.cancelled()
