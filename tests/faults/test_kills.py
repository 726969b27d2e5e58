"""Killed without a word: what was acknowledged is there, once; what was not is sent again."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest

from crypto.errors import Code, Refused
from protocol.ids import Hash
from sdk.member import Member
from sdk.transport import Http
from storage import embedded
from storage.pool import ensure_database
from tests.edges.live.people import gather_cast
from tests.edges.live.stage import priority
from tests.edges.sdk.stage import Cast, Held, hold
from tests.edges.sdk.town import make_town
from tests.faults.processes import Node

Admin: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
ROWS = 20
KILLS = 2


@dataclass(slots=True)
class Machine:
    """A PostgreSQL of its own, for people's data, and a node on it."""

    folder: Path
    postgres: embedded.Server
    node: Node

    @property
    def dsn(self) -> str:
        """The database, as its login."""
        return self.postgres.dsn("entaku", user="entaku")

    @property
    def admin(self) -> str:
        """The database, as the superuser."""
        return self.postgres.dsn("entaku")

    async def kill_postgres(self) -> None:
        """End it as a power cut would."""
        note = self.folder / "postgres" / "cluster" / "postmaster.pid"
        os.kill(int((await asyncio.to_thread(note.read_text)).split()[0]), signal.SIGKILL)
        await asyncio.to_thread(self.postgres.wait, seconds=10)
        await asyncio.to_thread(self.postgres.stop)

    async def start_postgres(self) -> None:
        """Start it again on the same folder."""
        self.postgres = await asyncio.to_thread(embedded.start, self.folder / "postgres")


@pytest.fixture
async def machine() -> AsyncIterator[Machine]:
    """Everything on; its folder is not pytest's, which is closed to PostgreSQL's user."""
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="entaku-fault-"))
    postgres = await asyncio.to_thread(embedded.start, folder / "postgres")
    await ensure_database(postgres.dsn())
    node = Node(
        name="one",
        data=folder / "data",
        log=folder / "one.log",
        database=postgres.dsn("entaku", user="entaku"),
        origin="http://entaku.test",
    )
    await node.start()
    here = Machine(folder, postgres, node)
    yield here
    await node.kill()
    await asyncio.to_thread(here.postgres.stop)
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


@pytest.fixture
async def cast(machine: Machine, tmp_path: Path) -> AsyncIterator[Cast]:
    """Four people."""
    setup = await asyncio.to_thread((machine.node.data / "keys" / "setup").read_text)
    async with Http(url=machine.node.url, slug="minato") as http:
        town = await make_town(http, setup=setup, folder=tmp_path / "vaults")
        people = await gather_cast(town, {})
        yield people
        for client in people.clients.values():
            await client.close()


@asynccontextmanager
async def looking_into(machine: Machine) -> AsyncGenerator[Admin]:
    """A superuser's connection."""
    connection = await asyncpg.connect(machine.admin)
    try:
        yield connection
    finally:
        await connection.close()


# ---------------------------------------------------------------- writing all the time


async def write(held: Held, member: Member) -> list[Hash]:
    """Write rows one after another, each until it is acknowledged; their ids."""
    return [await written(held, member) for _ in range(ROWS)]


async def written(held: Held, member: Member) -> Hash:
    """Write one row, however often it takes."""
    while True:
        before = member.room.chain
        try:
            return Hash((await member.act(priority(held, member)))[0])
        except Refused as refusal:
            # NOT_SEATED: her socket is not back yet, so to the server she is not in the sitting.
            if refusal.code not in {Code.UNAVAILABLE, Code.NOT_SEATED}:
                raise
        await handed_in(member)
        after = member.room.chain
        if after is not None and after != before:
            return Hash(after.eid)
        await asyncio.sleep(0.05)


async def handed_in(member: Member) -> None:
    """Send again what has no answer, until it has one."""
    while member.room.session.vault.contents.unsent:
        try:
            await member.resume()
        except Refused as refusal:
            if refusal.code is not Code.UNAVAILABLE:
                raise
            await asyncio.sleep(0.05)


async def all_write(held: Held, disturb: Callable[[], Awaitable[None]]) -> list[Hash]:
    """Everybody writes while something is done to the machine; all ids, acknowledged."""
    writing = [asyncio.create_task(write(held, member)) for member in held.members.values()]
    await disturb()
    return [row_id for mine in await asyncio.gather(*writing) for row_id in mine]


async def require_once(machine: Machine, ids: list[Hash]) -> None:
    """Each acknowledged row stands in the feed once, in an unbroken line, with its entry."""
    async with looking_into(machine) as admin:
        rows = await admin.fetch("SELECT seq, id, entry_id FROM room.feed ORDER BY seq")
        known = {row["id"] for row in await admin.fetch("SELECT id FROM audit.entry")}
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    stored = [bytes(row["id"]) for row in rows]
    assert len(set(ids)) == len(ids) == ROWS * 4
    assert all(stored.count(bytes(each)) == 1 for each in ids)
    assert {row["entry_id"] for row in rows} <= known


async def require_level(cast: Cast, held: Held) -> None:
    """Everybody holds the same feed, and no promise was broken."""
    for member in held.members.values():
        await member.room.fetch()
    assert len({member.room.state.fh for member in held.members.values()}) == 1
    assert all(member.room.feed.flawed == [] for member in held.members.values())
    async with asyncio.timeout(10):
        for client in cast.clients.values():
            while client.session.vault.contents.receipts:
                await client.session.redeem()
                await asyncio.sleep(0.05)


async def test_a_server_killed_while_people_write_loses_nothing(
    cast: Cast, machine: Machine
) -> None:
    """Twice in the middle of posting; it comes back on the same port."""
    held = await hold(cast)

    async def kill() -> None:
        for _ in range(KILLS):
            await asyncio.sleep(0.25)
            await machine.node.kill()
            await machine.node.start()

    ids = await all_write(held, kill)

    await require_once(machine, ids)
    await require_level(cast, held)


async def test_a_database_killed_while_people_write_loses_nothing(
    cast: Cast, machine: Machine
) -> None:
    """Meanwhile the node stays up and says UNAVAILABLE; then it goes on by itself."""
    held = await hold(cast)
    session = cast.clients["elder"].session
    codes: list[Code] = []

    async def kill() -> None:
        await asyncio.sleep(0.25)
        await machine.kill_postgres()
        row_id = held.members["elder"].room.feed.room.records[-1].id
        try:
            await session.read(held.case, "view", [row_id])
        except Refused as refusal:
            codes.append(refusal.code)
        await cast.clients["csw"].socket.close()  # leaving a room cannot be written down now
        await machine.start_postgres()
        await machine.node.until_ready()

    ids = await all_write(held, kill)

    assert codes == [Code.UNAVAILABLE]
    assert machine.node.process is not None
    assert machine.node.process.returncode is None
    await require_once(machine, ids)
    await require_level(cast, held)
