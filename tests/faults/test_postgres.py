"""A PostgreSQL of our own that is killed while it works."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from storage import embedded


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that PostgreSQL's user may enter."""
    parent = Path(tempfile.mkdtemp(prefix="entaku-fault-"))
    yield parent / "postgres"
    shutil.rmtree(parent)


async def test_it_starts_again_while_its_last_processes_still_die(folder: Path) -> None:
    """A query that was running holds the shared memory for a moment: that is waited for."""
    server = await asyncio.to_thread(embedded.start, folder)
    note = await asyncio.to_thread((folder / "cluster" / "postmaster.pid").read_text)
    connections = [await asyncpg.connect(server.dsn()) for _ in range(4)]
    busy = [
        asyncio.create_task(each.fetch("SELECT sum(i) FROM generate_series(1, 1500000) AS i"))
        for each in connections
    ]
    await asyncio.sleep(0.1)
    os.kill(int(note.split()[0]), signal.SIGKILL)
    await asyncio.to_thread(server.wait, seconds=10)
    await asyncio.to_thread(server.stop)

    again = await asyncio.to_thread(embedded.start, folder)

    assert again.is_running()
    await asyncio.gather(*busy, return_exceptions=True)
    await asyncio.to_thread(again.stop)
