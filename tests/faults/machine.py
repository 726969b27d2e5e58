"""A PostgreSQL of its own, for people's data, a node on it, and people who work there."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import asyncpg

from protocol.ids import InvId
from sdk.transport import Http
from storage import embedded
from storage.pool import OWNER, SERVER, ensure_database
from tests.edges.live.people import gather_cast
from tests.edges.sdk.stage import Cast
from tests.edges.sdk.town import make_town
from tests.faults.processes import Node

Admin: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@dataclass(slots=True)
class Machine:
    """A PostgreSQL of its own, for people's data, and a node on it."""

    folder: Path
    postgres: embedded.Server
    node: Node

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


@asynccontextmanager
async def running_machine(place: Path | None = None) -> AsyncGenerator[Machine]:
    """Everything on, in `place` or else a folder that is gone afterwards.

    That one is not pytest's, which is closed to PostgreSQL's user.
    """
    folder = place or Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="entaku-fault-"))
    try:
        async with _running_in(folder) as here:
            yield here
    finally:
        if place is None:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


@asynccontextmanager
async def _running_in(folder: Path) -> AsyncGenerator[Machine]:
    postgres = await asyncio.to_thread(embedded.start, folder / "postgres")
    await ensure_database(postgres.dsn())
    node = Node(
        name="one",
        data=folder / "data",
        log=folder / "one.log",
        database=postgres.dsn("entaku", user=SERVER),
        owner=postgres.dsn("entaku", user=OWNER),
        origin="http://entaku.test",
    )
    here = Machine(folder, postgres, node)
    try:
        await node.start()
        yield here
    finally:
        await node.kill()
        await asyncio.to_thread(here.postgres.stop)


@asynccontextmanager
async def people_at(node: Node, url: str, vaults: Path) -> AsyncGenerator[Cast]:
    """Four people with open clients, who reach the node at `url`."""
    setup = await asyncio.to_thread((node.data / "keys" / "setup").read_text)
    async with Http(url=url, slug="minato") as http:
        town = await make_town(http, setup=setup, folder=vaults)
        people = await gather_cast(town, {})
        try:
            yield people
        finally:
            for client in people.clients.values():
                await client.close()


@asynccontextmanager
async def looking_into(dsn: str) -> AsyncGenerator[Admin]:
    """A superuser's connection."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


def quick_digits(*, inv: InvId, **_keys: bytes) -> str:
    """Digits without their cost; that they are the same on both sides is tested elsewhere."""
    return inv.hex()[:12]
