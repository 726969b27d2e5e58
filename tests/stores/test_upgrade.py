"""A database of an earlier version goes on: what it held is there, and its logs still verify."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import asyncpg
import pytest

from audit.inspector import inspect_at
from storage.migrate import MIGRATIONS, CannotMigrate, Mismatch, migrate
from tests.faults.tampered import IDENT, OPS, VKEYS, append, build, signers_in

FILES = sorted(MIGRATIONS.glob("*.sql"))
FIRST = 5
"""Before this many migrations there are no functions to write with."""


class _Cluster(Protocol):
    def dsn(self, database: str = ..., *, user: str = ...) -> str:
        """The address of one database."""
        ...


@pytest.fixture
async def fresh(cluster: _Cluster) -> AsyncIterator[str]:
    """A superuser's address of a database that no migration has touched."""
    name = f"test_{os.getpid()}_upgrade"
    admin = await asyncpg.connect(cluster.dsn())
    await admin.execute(f"CREATE DATABASE {name} OWNER entaku TEMPLATE template0")
    yield cluster.dsn(name)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


def earlier(folder: Path, count: int) -> Path:
    """The migrations that an earlier version had."""
    folder.mkdir()
    for file in FILES[:count]:
        shutil.copy(file, folder)
    return folder


@pytest.mark.parametrize("count", range(FIRST, len(FILES)))
async def test_an_earlier_database_is_brought_to_the_end(
    fresh: str, tmp_path: Path, count: int
) -> None:
    """Both logs are kept whole, extend their checkpoints of before, and grow on."""
    login = fresh.replace("//postgres@", "//entaku@")
    signers = await asyncio.to_thread(signers_in, tmp_path)
    before = await asyncio.to_thread(earlier, tmp_path / "migrations", count)
    await migrate(login, folder=before)
    await build(fresh, signers)
    admin = await asyncpg.connect(fresh)
    old = [row["note"] for row in await admin.fetch("SELECT note FROM audit.checkpoint")]
    rows = await admin.fetch("SELECT id, leaf FROM audit.entry ORDER BY id")

    applied = await migrate(login)
    await append(fresh, signers, range(520, 540))

    kept = await admin.fetch("SELECT id, leaf FROM audit.entry ORDER BY id")
    await admin.close()
    inspected = await inspect_at(fresh, vkeys=VKEYS, old=old)
    assert applied == [file.name for file in FILES[count:]]
    assert kept[: len(rows)] == rows
    assert inspected.findings == ()
    assert inspected.sizes == {IDENT: 540, OPS: 540}
    with pytest.raises(CannotMigrate) as refusal:  # the program of before does not go on alone
        await migrate(login, folder=before)
    assert refusal.value.mismatch is Mismatch.NEWER
