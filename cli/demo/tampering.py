"""What somebody with all powers over the database can do, and what comes of it.

The copy is made from the dump; what the demo leaves behind stays as it was.
"""

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from audit import tiles
from cli.demo.stage import DATABASE, run_tool
from storage import embedded, sql

COPY: Final = "entaku_tampered"
_SQL: Final = sql.load("cli.demo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of `ops`: its number in the database, and its index in the log."""

    id: int
    index: int


class Tamperer:
    """A superuser of the copy, with the triggers switched off."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection: Final = connection

    async def pick(self, kind: str) -> Entry:
        """Choose the newest entry of a kind."""
        row = await self._connection.fetchrow(_SQL["pick"], kind)
        assert row is not None  # noqa: S101 -- the story made one
        return Entry(id=row["id"], index=row["idx"])

    async def alter(self, entry: Entry) -> None:
        """Make a refusal look like something that was allowed."""
        await self._connection.execute(_SQL["alter"], entry.id)

    async def erase(self, entry: Entry) -> None:
        """Delete an entry, as if it had never been."""
        await self._connection.execute(_SQL["erase"], entry.id)

    async def export(self, honest: Path, folder: Path, *, size: int) -> None:
        """Export what the database holds now beside the honest tiles and checkpoints."""
        rows = await self._connection.fetch(_SQL["leaves"], size)
        leaves = [bytes(row["leaf"]) for row in rows]
        shutil.copytree(honest, folder)
        (folder / "openings.jsonl").unlink()
        for index in range(-(-size // tiles.WIDTH)):
            place = tiles.tile_at(level=0, index=index, size=size)
            part = leaves[index * tiles.WIDTH : index * tiles.WIDTH + place.width]
            (folder / place.entries_path).write_bytes(tiles.encode_bundle(part))


async def ciphertexts(database: embedded.Server, case: bytes) -> list[tuple[int, str]]:
    """Take every ciphertext of a room, by row, in hexadecimal."""
    connection = await asyncpg.connect(database.dsn(DATABASE))
    try:
        rows = await connection.fetch(_SQL["ciphertexts"], case)
    finally:
        await connection.close()
    return [(row["seq"], bytes(row["ct"]).hex()) for row in rows]


@asynccontextmanager
async def copied(database: embedded.Server, dump: Path) -> AsyncGenerator[Tamperer]:
    """Make the copy, hand over all powers on it, and drop it at the end."""
    await run_tool("createdb", "--maintenance-db", database.dsn(), COPY)
    try:
        await run_tool("psql", "--quiet", "--no-psqlrc", "--file", str(dump), database.dsn(COPY))
        connection = await asyncpg.connect(database.dsn(COPY))
        try:
            await connection.execute(_SQL["triggers_off"])
            yield Tamperer(connection)
        finally:
            await connection.close()
    finally:
        await run_tool("dropdb", "--maintenance-db", database.dsn(), COPY)
