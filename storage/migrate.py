"""Bring a database to the version this program knows; nothing else ever changes its shape.

Files `migrations/NNNN_name.sql` are numbered 0001, 0002, … without a gap. Each runs in its own
transaction together with the row that records it, so a failed one leaves nothing behind.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

import asyncpg

from storage import sql
from storage.login import Login, admit, who, who_at

MIGRATIONS = Path(__file__).parents[1] / "migrations"
"""The folder in the source tree; the program runs from it, in the container too."""

_Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
_SQL = sql.load("storage")
_FILE = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


class Mismatch(StrEnum):
    """Why files and database do not fit."""

    BAD_NAME = "BAD_NAME"  # a file that is not called NNNN_name.sql
    GAP = "GAP"  # a number is missing or used twice
    CHANGED = "CHANGED"  # an applied file was edited afterwards
    NEWER = "NEWER"  # the database was migrated by a newer program
    LOGIN = "LOGIN"  # something is missing, and this login may not change it


class CannotMigrate(Exception):
    """Files and database do not fit; the database is as it was."""

    def __init__(self, mismatch: Mismatch, name: str) -> None:
        super().__init__(mismatch.value, name)
        self.mismatch = mismatch
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One file: its number, its name, its text."""

    version: int
    name: str
    text: str

    @property
    def digest(self) -> bytes:
        """SHA-256 of the text, 32 bytes."""
        return sha256(self.text.encode()).digest()


def read(folder: Path) -> Sequence[Migration]:
    """Read all migrations in order; raises CannotMigrate(BAD_NAME | GAP)."""
    found = [_parse(path) for path in sorted(folder.glob("*.sql"))]
    for expected, migration in enumerate(found, start=1):
        if migration.version != expected:
            raise CannotMigrate(Mismatch.GAP, migration.name)
    return found


async def migrate(
    dsn: str, *, folder: Path = MIGRATIONS, serving: str | None = None
) -> Sequence[str]:
    """Apply what is missing and name it; raises CannotMigrate, asyncpg.PostgresError.

    The login `serving` then gets the roles that serve. A login that only serves changes nothing:
    CannotMigrate(LOGIN) where something is missing. Programs that start together wait for each
    other at an advisory lock.
    """
    migrations = await asyncio.to_thread(read, folder)
    connection = await asyncpg.connect(dsn)
    try:
        login = await who(connection)
        if not login.may_own:
            return await _unneeded(connection, migrations, login)
        missing = await _brought_up(connection, migrations)
        if serving is not None:
            await admit(connection, serving)
        return [migration.name for migration in missing]
    finally:
        await connection.close()


async def bring_up(dsn: str, *, owner: str | None) -> tuple[Sequence[str], Login]:
    """Migrate, as the login of a second address where there is one; name it and who serves.

    Raises as `migrate`.
    """
    login = await who_at(dsn)
    serving = None if owner is None else login.name
    return await migrate(owner or dsn, serving=serving), login


async def _brought_up(
    connection: _Connection, migrations: Sequence[Migration]
) -> Sequence[Migration]:
    await connection.execute(_SQL["lock_migrations"])
    await connection.execute(_SQL["create_history"])
    missing = migrations[await _applied(connection, migrations) :]
    for migration in missing:
        await _apply(connection, migration)
    return missing


async def _unneeded(
    connection: _Connection, migrations: Sequence[Migration], login: Login
) -> Sequence[str]:
    """Nothing, for a login that could not change it anyway; CannotMigrate where all is not done."""
    try:
        is_done = await _applied(connection, migrations) == len(migrations)
    except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
        is_done = False
    if not is_done:
        raise CannotMigrate(Mismatch.LOGIN, login.name)
    return []


async def pending(connection: _Connection, *, folder: Path = MIGRATIONS) -> Sequence[str]:
    """Name what `migrate` would apply to a database that has a history; raises CannotMigrate."""
    migrations = await asyncio.to_thread(read, folder)
    applied = await _applied(connection, migrations)
    return [migration.name for migration in migrations[applied:]]


def _parse(path: Path) -> Migration:
    match = _FILE.fullmatch(path.name)
    if match is None:
        raise CannotMigrate(Mismatch.BAD_NAME, path.name)
    return Migration(version=int(match[1]), name=path.name, text=path.read_text(encoding="utf-8"))


async def _applied(connection: _Connection, migrations: Sequence[Migration]) -> int:
    """Count what was applied, after checking that it is what the files say."""
    rows = await connection.fetch(_SQL["read_history"])
    if len(rows) > len(migrations):
        raise CannotMigrate(Mismatch.NEWER, rows[-1]["name"])
    for row, migration in zip(rows, migrations, strict=False):
        if row["digest"] != migration.digest:
            raise CannotMigrate(Mismatch.CHANGED, migration.name)
    return len(rows)


async def _apply(connection: _Connection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(migration.text)
        await connection.execute(_SQL["reset_role"])
        await connection.execute(
            _SQL["record_migration"], migration.version, migration.name, migration.digest
        )
