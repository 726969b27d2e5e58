"""A busy sitting: people who write, read, leave and come back, and a tally of what they were told.

What somebody was told is stored must be there once, whatever was done to the machine between.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from crypto.errors import Code, Refused
from protocol.ids import Hash, RowId
from protocol.ops import PrioSet
from protocol.wire import Post, Receipted
from sdk.client import Client
from sdk.member import Member
from tests.edges.sdk.stage import Cast, Held, level
from tests.faults.machine import looking_into

AWAY: Final = frozenset({Code.UNAVAILABLE, Code.NOT_SEATED, Code.BAD_TOKEN})
"""What people are told while server, database or line are away, or their socket is not back yet."""

WRITERS: Final = ("chair", "recorder", "elder")
GUEST: Final = "csw"  # she comes and goes
_PAUSE: Final = 0.02  # seconds between two deeds of one person
_PATIENCE: Final = 60.0  # seconds in which everything is level again


@dataclass(slots=True)
class Tally:
    """What people were told."""

    acknowledged: list[Hash] = field(default_factory=list[Hash])
    rows_of: Counter[str] = field(default_factory=Counter[str])
    receipts: list[bytes] = field(default_factory=list[bytes])
    repeated: int = 0
    read: int = 0
    entered: int = 0
    refused: Counter[str] = field(default_factory=Counter[str])
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def acknowledge(self, name: str, row: Hash) -> None:
        """Note a row that its author was told is stored."""
        self.acknowledged.append(row)
        self.rows_of[name] += 1
        self.moved.set()

    async def grows(self, by: int) -> None:
        """Wait until so many more rows of each writer were acknowledged."""
        before = self.rows_of.copy()
        async with asyncio.timeout(_PATIENCE):
            while any(self.rows_of[name] < before[name] + by for name in WRITERS):
                self.moved.clear()
                await self.moved.wait()

    async def is_refused(self, count: int) -> None:
        """Wait until so many refusals were met."""
        async with asyncio.timeout(_PATIENCE):
            while self.refused.total() < count:
                self.moved.clear()
                await self.moved.wait()

    def require_away(self, refusal: Refused) -> None:
        """Count a refusal that may come while something is away; any other is an error."""
        if refusal.code not in AWAY:
            raise refusal
        self.refused[refusal.code.value] += 1
        self.moved.set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaws:
    """What is wrong between acknowledged rows and stored ones; all 0 when nothing is."""

    lost: int = 0
    duplicates: int = 0
    gaps: int = 0
    without_entry: int = 0


@dataclass(slots=True)
class Busy:
    """A sitting in which everybody is at work."""

    cast: Cast
    held: Held
    tally: Tally = field(default_factory=Tally)
    is_ending: bool = False

    async def write(self, name: str) -> None:
        """Write a row anew and anew, each time until it is acknowledged."""
        member = self.held.members[name]
        self.listen(member)
        row = RowId(member.new_id())
        while not self.is_ending:
            self.tally.acknowledge(name, await self._written(member, row))
            await asyncio.sleep(_PAUSE)

    def listen(self, member: Member) -> None:
        """Keep every receipt that a member gets."""
        deliver = member.deliver

        async def kept(post: Post) -> Receipted:
            answer = await deliver(post)
            self.tally.receipts.append(bytes(answer.rcpt))
            return answer

        member.deliver = kept  # type: ignore[method-assign]  # one instance of the test's own

    async def _written(self, member: Member, row: RowId) -> Hash:
        """Write one row, however often it takes."""
        facts = PrioSet(row=row, it=self.held.it)
        while True:
            before = member.room.chain
            try:
                return Hash((await member.act((facts, {"issue": "孤立"})))[0])
            except Refused as refusal:
                self.tally.require_away(refusal)
            await self._handed_in(member)
            after = member.room.chain
            if after is not None and after != before:
                return Hash(after.eid)
            await asyncio.sleep(_PAUSE)

    async def _handed_in(self, member: Member) -> None:
        """Send again what has no answer, until it has one."""
        while member.room.session.vault.contents.unsent:
            self.tally.repeated += 1
            try:
                await member.resume()
            except Refused as refusal:
                self.tally.require_away(refusal)
                await asyncio.sleep(_PAUSE)

    async def read(self, name: str) -> None:
        """Read the newest row by a signed request, again and again."""
        session, room = self.cast.clients[name].session, self.held.members[name].room
        while True:
            newest = room.feed.room.records[-1].id
            try:
                served = await session.read(self.held.case, "view", [newest])
            except Refused as refusal:
                self.tally.require_away(refusal)
            else:
                self.tally.read += len(served.frames)
            await asyncio.sleep(_PAUSE * 5)

    async def come_and_go(self, name: str) -> None:
        """Leave the room and enter it again."""
        client = self.cast.clients[name]
        while True:
            try:
                await client.leave(self.held.case)
            except Refused as refusal:
                self.tally.require_away(refusal)
            await asyncio.sleep(_PAUSE * 5)
            await self._enter(client)

    async def _enter(self, client: Client) -> None:
        while True:
            try:
                await client.join(self.held.case, self.held.sit)
            except Refused as refusal:
                self.tally.require_away(refusal)
                await asyncio.sleep(_PAUSE * 5)
            else:
                self.tally.entered += 1
                return

    # --- what must hold ----------------------------------------------------------------------

    async def flaws(self, dsn: str) -> Flaws:
        """Compare what was acknowledged with what stands in feed and log."""
        acknowledged = list(self.tally.acknowledged)
        async with looking_into(dsn) as admin:
            rows = await admin.fetch("SELECT seq, id, entry_id FROM room.feed ORDER BY seq")
            known = {row["id"] for row in await admin.fetch("SELECT id FROM audit.entry")}
        stored = Counter(bytes(row["id"]) for row in rows)
        return Flaws(
            lost=sum(bytes(each) not in stored for each in acknowledged),
            duplicates=len(rows) - len(stored) + len(acknowledged) - len(set(acknowledged)),
            gaps=sum(row["seq"] != place for place, row in enumerate(rows, start=1)),
            without_entry=sum(row["entry_id"] not in known for row in rows),
        )

    async def require_level(self) -> None:
        """Everybody holds the same feed, and no promise was broken."""
        members = self.held.members
        for member in members.values():
            await member.room.fetch()
        await level(members)
        assert len({member.room.state.fh for member in members.values()}) == 1
        assert all(member.room.feed.flawed == [] for member in members.values())
        assert all(member.room.halted is None for member in members.values())
        async with asyncio.timeout(_PATIENCE):
            for client in self.cast.clients.values():
                while client.session.vault.contents.receipts:
                    await client.session.redeem()
                    await asyncio.sleep(_PAUSE)


@asynccontextmanager
async def at_work(busy: Busy) -> AsyncGenerator[None]:
    """Everybody writes, reads, leaves and comes back until the block ends; rows are finished."""
    async with asyncio.TaskGroup() as writers, asyncio.TaskGroup() as others:
        for name in WRITERS:
            writers.create_task(busy.write(name))
        idle = [others.create_task(busy.come_and_go(GUEST))]
        idle += [others.create_task(busy.read(name)) for name in busy.held.members]
        try:
            yield
        finally:
            busy.is_ending = True
            for task in idle:
                task.cancel()
