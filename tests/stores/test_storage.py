"""Statements, migrations, pools and transactions under the stores."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from storage import sql
from storage.migrate import CannotMigrate, Mismatch, migrate, read
from storage.pool import Pool, Role, ensure_database, open_pool
from storage.transaction import is_moved, transaction
from tests.conftest import Cluster

# Roles belong to the whole server, so tests that run side by side must agree on them.
_ROLES = """
DO $$ BEGIN CREATE ROLE entaku_app;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
"""


# ---------------------------------------------------------------- statements


def test_statements_are_found_by_name() -> None:
    """A statement is the text between its name and the next one, its comments kept."""
    found = sql.parse("-- head\n\n-- name: one\nSELECT 1;\n-- name: two\n-- why\nSELECT\n  2;\n\n")

    assert found == {"one": "SELECT 1;", "two": "-- why\nSELECT\n  2;"}


@pytest.mark.parametrize(
    ("text", "reason", "name"),
    [
        ("-- name: a\nSELECT 1;\n-- name: a\nSELECT 2;", "duplicate", "a"),
        ("-- name: a\n-- nothing\n", "empty", "a"),
        ("-- name: Bad-name\nSELECT 1;", "name", "Bad-name"),
        ("SELECT 1;\n-- name: a\nSELECT 1;", "stray", "SELECT 1;"),
    ],
)
def test_a_file_with_an_unclear_statement_is_refused(text: str, reason: str, name: str) -> None:
    """A name used twice, misspelt or empty, or a statement without name, stops the start."""
    with pytest.raises(sql.BadStatements) as refusal:
        sql.parse(text)

    assert (refusal.value.reason, refusal.value.name) == (reason, name)


def test_a_package_s_statements_cannot_be_changed() -> None:
    """What is loaded once is the same for everybody."""
    loaded = sql.load("storage")

    assert "read_history" in loaded
    assert not hasattr(loaded, "__setitem__")


# ---------------------------------------------------------------- migrations


def _write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name.removeprefix('m')}.sql").write_text(text)
    return folder


@pytest.fixture
async def empty(database: str) -> str:
    """A database that no migration has touched."""
    connection = await asyncpg.connect(database)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()
    return database


async def test_migrations_run_once_in_order(empty: str, tmp_path: Path) -> None:
    """Each file runs once; the next run applies what was added since."""
    _write(tmp_path, m0001_a="CREATE TABLE t (a int)", m0002_b="ALTER TABLE t ADD b int")
    assert await migrate(empty, folder=tmp_path) == ["0001_a.sql", "0002_b.sql"]
    _write(tmp_path, m0003_c="ALTER TABLE t ADD c int")

    assert await migrate(empty, folder=tmp_path) == ["0003_c.sql"]
    assert await migrate(empty, folder=tmp_path) == []


async def test_a_failed_migration_leaves_nothing(empty: str, tmp_path: Path) -> None:
    """The second statement fails: the first one is undone and the file is not recorded."""
    _write(tmp_path, m0001_a="CREATE TABLE t (a int); SELECT 1/0")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty, folder=tmp_path)
    _write(tmp_path, m0001_a="CREATE TABLE t (a int)")

    assert await migrate(empty, folder=tmp_path) == ["0001_a.sql"]


async def test_a_role_set_by_a_migration_ends_with_it(empty: str, tmp_path: Path) -> None:
    """The history is written as the login role whatever a file left set."""
    _write(tmp_path, m0001_a=_ROLES + "SET ROLE entaku_app", m0002_b="CREATE TABLE t (a int)")

    assert len(await migrate(empty, folder=tmp_path)) == 2


async def test_an_edited_migration_is_refused(empty: str, tmp_path: Path) -> None:
    """What was applied must still be what the file says."""
    await migrate(empty, folder=_write(tmp_path, m0001_a="SELECT 1"))

    with pytest.raises(CannotMigrate) as refusal:
        await migrate(empty, folder=_write(tmp_path, m0001_a="SELECT 2"))

    assert (refusal.value.mismatch, refusal.value.name) == (Mismatch.CHANGED, "0001_a.sql")


async def test_a_newer_database_is_refused(empty: str, tmp_path: Path) -> None:
    """An old program does not touch what a newer one made."""
    await migrate(empty, folder=_write(tmp_path, m0001_a="SELECT 1", m0002_b="SELECT 2"))
    (tmp_path / "0002_b.sql").unlink()

    with pytest.raises(CannotMigrate) as refusal:
        await migrate(empty, folder=tmp_path)

    assert (refusal.value.mismatch, refusal.value.name) == (Mismatch.NEWER, "0002_b.sql")


@pytest.mark.parametrize(
    ("files", "mismatch"),
    [
        ({"m0002_b": ""}, Mismatch.GAP),
        ({"m0001_a": "", "m0001_b": ""}, Mismatch.GAP),
        ({"m0001_a": "", "m0003_b": ""}, Mismatch.GAP),
        ({"mfirst": ""}, Mismatch.BAD_NAME),
    ],
)
def test_misnumbered_files_are_refused(
    tmp_path: Path, files: dict[str, str], mismatch: Mismatch
) -> None:
    """A missing, doubled or misspelt number is found before the database is touched."""
    with pytest.raises(CannotMigrate) as refusal:
        read(_write(tmp_path, **files))

    assert refusal.value.mismatch is mismatch


# ---------------------------------------------------------------- pools, transactions


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    """Connections as the application, to a database with one table for it."""
    connection = await asyncpg.connect(database)
    await connection.execute(_ROLES)
    await connection.execute("CREATE TABLE t (a int PRIMARY KEY); GRANT ALL ON t TO entaku_app")
    await connection.close()
    async with await open_pool(database, role=Role.APP, most=2) as opened:
        yield opened


async def test_a_connection_keeps_its_role_after_it_was_returned(pool: Pool) -> None:
    """The second user of a connection has the application's rights, not the login's."""
    for _ in range(2):
        async with pool.acquire() as connection:
            assert await connection.fetchval("SELECT current_user") == "entaku_app"


async def test_an_exception_undoes_the_transaction(pool: Pool) -> None:
    """Nothing of a block that failed is stored."""
    with pytest.raises(ZeroDivisionError):
        await _insert_and_fail(pool)

    async with transaction(pool) as connection:
        assert await connection.fetchval("SELECT count(*) FROM t") == 0


async def _insert_and_fail(pool: Pool) -> None:
    async with transaction(pool) as connection:
        await connection.execute("INSERT INTO t VALUES ($1)", 1)
        raise ZeroDivisionError


async def test_a_finished_block_is_committed(pool: Pool) -> None:
    """What a block stored is there for everybody afterwards."""
    async with transaction(pool) as connection:
        await connection.execute("INSERT INTO t VALUES ($1)", 1)

    async with transaction(pool) as connection:
        assert await connection.fetchval("SELECT count(*) FROM t") == 1


async def test_only_a_moved_state_asks_for_a_new_decision(pool: Pool) -> None:
    """40001 means decide again; a broken constraint does not."""
    async with transaction(pool) as connection:
        with pytest.raises(asyncpg.SerializationError) as moved:
            await connection.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")
    async with transaction(pool) as connection:
        await connection.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(asyncpg.UniqueViolationError) as taken:
        async with transaction(pool) as connection:
            await connection.execute("INSERT INTO t VALUES (1)")

    assert is_moved(moved.value)
    assert not is_moved(taken.value)


async def test_our_database_belongs_to_a_login_without_special_powers(cluster: Cluster) -> None:
    """Made once however often it is asked for; its login bypasses neither rights nor rows."""
    await ensure_database(cluster.dsn())
    await ensure_database(cluster.dsn())

    connection = await asyncpg.connect(cluster.dsn("entaku", user="entaku"))
    login = await connection.fetchrow(
        "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )
    await connection.close()
    assert login is not None
    assert tuple(login) == (False, False, True)
