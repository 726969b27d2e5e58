"""A chair of the browser's client, whom people of the command line follow in every step."""

import asyncio
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from crypto import entropy
from crypto.errors import Code
from protocol.codec import b64u, from_b64u
from protocol.headers import NoteText
from protocol.ids import CaseId, DocId, Hash, Id, RowId, Sid, SitId
from protocol.ops import RoleAns
from protocol.payloads import Person
from protocol.times import DAY, HOUR
from protocol.vocabulary import Answer, Cap, SeatAnswer
from sdk import bases, enrol, seating
from sdk.contents import Identity
from sdk.council import Council
from sdk.member import Member
from sdk.vault import Vault
from tests.edges.sdk.conftest import application, cast, town
from tests.edges.sdk.stage import Cast, reach
from tests.edges.sdk.town import COSTS, PASS, Town, clock
from tests.edges.web.stage import Folder, folder_in, run
from tests.edges.web.told import agree

__all__ = ["application", "cast", "town"]

NAMES = {"csw": "csw", "elder": "elder", "recorder": "recorder", "deputy": "chair"}
"""People as the browser's side calls them, and who of the cast they are."""


async def newcomer(town: Town, folder: Folder) -> None:
    """Enrol under an invitation of the browser's registrar."""
    code = await folder.until_left("invitation")
    vault = await Vault.create(town.folder / "newcomer", PASS, entropy=entropy.system, costs=COSTS)
    async with town.http() as http:
        own = Council(http=http, clock=clock(), entropy=entropy.system, net=None)
        await enrol.ask(own, vault, ticket=enrol.read_ticket(code), passphrase=PASS)
        me = await enrol.finish(own, vault, passphrase=PASS, patience=30_000)
    vault.close()
    folder.leave("enrolled", me.wid.hex())


async def until(member: Member, holds: Callable[[], bool]) -> None:
    """Wait until something holds for somebody."""
    async with asyncio.timeout(20):
        await member.room.until(holds)


def knows(member: Member, row: RowId) -> bool:
    """Tell whether a part was offered, as far as somebody knows."""
    return row in member.room.conference.roles


def has_heard(member: Member) -> bool:
    """Tell whether somebody's device shows any digits."""
    return bool(member.spoken())


class Company:
    """The others of the room, each step when the chair has done hers."""

    def __init__(self, cast: Cast, folder: Folder) -> None:
        """Begin before there is a room."""
        self.cast = cast
        self.folder = folder
        self.members: dict[str, Member] = {}

    async def run(self) -> None:
        """Follow the chair through everything."""
        await self.tell_who()
        await self.come_in()
        await self.agree_at("opened")
        await self.agree_at("shared")
        await self.accept()
        for stage in ("decided", "resent", "rotated"):
            await self.agree_at(stage)
        await self.lose("csw")
        await self.agree_at("withdrawn")
        await self.advise()
        await self.agree_at("advised")
        await self.hand_back()
        await self.agree_at("handed")
        await self.hear_digits()
        for stage in ("spoken", "narrowed", "closed"):
            await self.agree_at(stage)

    async def tell_who(self) -> None:
        """Say who there is."""
        told = {
            name: {
                "wid": self.me(name).wid.hex(),
                "ik": b64u(self.me(name).ik),
                "aid": self.me(name).aid.hex(),
            }
            for name in NAMES
        }
        self.folder.leave("people", json.dumps(told))

    def me(self, name: str) -> Identity:
        """Who somebody is."""
        return self.cast.clients[NAMES[name]].session.me

    async def come_in(self) -> None:
        """Accept the seats, join, and see who the others are."""
        case, sit = await self.place()
        self.folder.leave("asked")
        await self.folder.until_left("refused")
        for name in NAMES:
            session = self.cast.clients[NAMES[name]].session
            await seating.answer_seat(session, case, sit, ans=SeatAnswer.ACCEPT)
        self.folder.leave("seated")
        await self.folder.until_left("added")
        for name in NAMES:
            member = await self.cast.clients[NAMES[name]].join(case, sit)
            await member.room.confirm_changes()
            self.members[name] = member
        self.folder.leave("in")

    async def place(self) -> tuple[CaseId, SitId]:
        """Learn which room and sitting."""
        case, sit = (await self.folder.until_left("case")).split()
        return CaseId(Id(bytes.fromhex(case))), SitId(Id(bytes.fromhex(sit)))

    async def agree_at(self, stage: str) -> None:
        """Everybody who is in the room holds what the chair holds."""
        theirs = json.loads(await self.folder.until_left(f"told-{stage}"))
        counts: list[int] = []
        for member in self.members.values():
            await reach(member, theirs["state"]["place"][0])
            await member.room.open_keys()
            counts.append(await agree(member, theirs))
        assert all(counts)
        self.folder.leave(f"agreed-{stage}")

    async def accept(self) -> None:
        """Take the parts that were offered to elder."""
        roles = json.loads(await self.folder.until_left("offered"))
        elder = self.members["elder"]
        for part in ("main", "key"):
            row = RowId(Id(bytes.fromhex(roles[part])))
            await until(elder, partial(knows, elder, row))
            await elder.act((RoleAns(row=row, ans=Answer.ACCEPT, why=None), {}))

    async def lose(self, name: str) -> None:
        """Somebody's agency is withdrawn from."""
        left = self.members.pop(name)
        await until(left, lambda: left.room.gone is not None)
        assert left.room.gone == Code.BASIS_WITHDRAWN

    async def advise(self) -> None:
        """The recorder is a guest now, with one card."""
        doc = DocId(Id(bytes.fromhex(await self.folder.until_left("card"))))
        self.members.pop("recorder")
        guest = await self.cast.clients["recorder"].open(self.members["elder"].room.case)
        assert len(await guest.room.read(doc)) == 1
        await guest.note(doc, NoteText(text="受診を勧める", fact=False))
        self.folder.leave("advised")

    async def hand_back(self) -> None:
        """The deputy takes the chair, and lets it be taken back."""
        deputy = self.members["deputy"]
        paper = Sid(Hash(from_b64u(await self.folder.until_left("paper"))))
        await deputy.room.session.sync()
        await deputy.room.complete()
        before = deputy.room.roster
        await seating.take_chair(deputy, paper)
        now = deputy.room.session.council.iat()
        row = before.rows[before.chair]
        back = await bases.hand_over(
            deputy.room.session,
            case=deputy.room.case,
            to=Person(wid=row.wid, ik=row.ik),
            start=now.plus(-HOUR),
            until=now.plus(DAY),
        )
        self.folder.leave("paper-back", b64u(back))

    async def hear_digits(self) -> None:
        """Everybody's device shows the digits that the chair reads aloud."""
        digits = await self.folder.until_left("spoken")
        for member in self.members.values():
            await until(member, partial(has_heard, member))
            assert [each.digits for each in member.spoken()] == [digits]


@pytest.mark.timeout(240)
async def test_a_chair_with_the_browsers_client_holds_a_sitting(cast: Cast, tmp_path: Path) -> None:
    """Everything she signs and seals is taken by the server, and the others hold the same."""
    folder = folder_in(tmp_path)
    town, host = cast.town, cast.aids["chair"]
    vault = await town.enrol(host, "議長", (Cap.CHAIR, Cap.MEMBER, Cap.MINUTES))
    folder.leave("vault", await asyncio.to_thread(vault.read_bytes))
    settings = {
        "ENTAKU_URL": town.url,
        "ENTAKU_SLUG": town.council.http.slug,
        "ENTAKU_FOLDER": str(folder.path),
    }

    async with asyncio.TaskGroup() as tasks:
        tests = tasks.create_task(run("chair", settings))
        enrolling = tasks.create_task(newcomer(town, folder))
        following = tasks.create_task(Company(cast, folder).run())
        tests.add_done_callback(lambda _: (enrolling.cancel(), following.cancel()))

    code, said = tests.result()
    assert code == 0, said
    assert not following.cancelled()
