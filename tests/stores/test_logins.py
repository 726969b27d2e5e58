"""Two logins: one owns and migrates, one serves and can become no owner."""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator
from typing import TypeAlias

import asyncpg
import pytest

from storage.login import who_at
from storage.migrate import MIGRATIONS, CannotMigrate, Mismatch, bring_up, migrate
from storage.pool import OWNER, SERVER, Role, open_pool
from tests.conftest import Cluster
from tools import migrate as tool

_Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
_NUMBER = itertools.count()

DEEDS = (
    "SET ROLE entaku_audit_owner",
    "SET ROLE entaku_room_owner",
    "SET ROLE entaku",
    "SET SESSION AUTHORIZATION entaku",
    "GRANT entaku_room_owner TO CURRENT_USER",
    "GRANT entaku_app TO entaku_audit_owner",
    "ALTER TABLE audit.entry DISABLE TRIGGER ALL",
    "ALTER TABLE room.feed DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE room.body OWNER TO CURRENT_USER",
    "DROP TABLE audit.checkpoint",
    "DROP SCHEMA room CASCADE",
    "DELETE FROM public.entaku_migration",
    "CREATE TABLE public.mine (a int)",
    "CREATE SCHEMA mine",
    "CREATE ROLE mine",
    "ALTER ROLE CURRENT_USER CREATEROLE",
)


def serving(dsn: str) -> str:
    """The address of the login that serves."""
    return dsn.replace("//postgres@", f"//{SERVER}@")


def owning(dsn: str) -> str:
    """The address of the login that migrates."""
    return dsn.replace("//postgres@", f"//{OWNER}@")


@pytest.fixture
async def newcomer(cluster: Cluster, admin: _Connection) -> AsyncIterator[str]:
    """A login that an operator has just made, with no rights at all."""
    name = f"newcomer_{os.getpid()}_{next(_NUMBER)}"
    await admin.execute(f"CREATE ROLE {name} LOGIN")
    yield cluster.dsn(await admin.fetchval("SELECT current_database()"), user=name)
    await admin.execute(f"DROP ROLE {name}")


async def test_the_login_that_serves_becomes_no_owner_and_changes_no_shape(database: str) -> None:
    """Each way is refused, and nothing in between is tried: one attempt, one transaction."""
    connection = await asyncpg.connect(serving(database))
    codes = dict[str, str | None]()
    for deed in DEEDS:
        with pytest.raises(asyncpg.PostgresError) as refused:
            await connection.execute(deed)
        codes[deed] = refused.value.sqlstate
    await connection.close()

    assert codes == dict.fromkeys(DEEDS, "42501")


async def test_who_may_own_is_told_apart(database: str, newcomer: str) -> None:
    """As PostgreSQL knows it, not by name."""
    logins = [await who_at(each) for each in (database, owning(database), serving(database))]

    assert [(each.is_super, each.may_own) for each in logins] == [
        (True, True),
        (False, True),
        (False, False),
    ]
    assert not (await who_at(newcomer)).may_own


@pytest.mark.parametrize(
    "right",
    ["GRANT entaku_audit_owner TO {}", "GRANT entaku_room_owner TO {}", "ALTER ROLE {} CREATEROLE"],
)
async def test_a_way_to_an_owner_is_seen(admin: _Connection, newcomer: str, right: str) -> None:
    """Membership of one owner is enough, and so is the right to make roles."""
    name = (await who_at(newcomer)).name
    await admin.execute(right.format(name))

    assert (await who_at(newcomer)).may_own


async def test_the_right_to_make_schemas_is_seen(admin: _Connection, newcomer: str) -> None:
    """Whoever owns the database has it."""
    name = (await who_at(newcomer)).name
    database = await admin.fetchval("SELECT current_database()")
    await admin.execute(f"GRANT CREATE ON DATABASE {database} TO {name}")

    assert (await who_at(newcomer)).may_own
    await admin.execute(f"REVOKE CREATE ON DATABASE {database} FROM {name}")


async def test_the_login_that_serves_migrates_nothing(database: str, admin: _Connection) -> None:
    """It starts where nothing is missing; otherwise it is told who does that."""
    assert await migrate(serving(database)) == []
    await admin.execute("DELETE FROM public.entaku_migration WHERE version > 6")

    with pytest.raises(CannotMigrate) as refused:
        await migrate(serving(database))

    assert (refused.value.mismatch, refused.value.name) == (Mismatch.LOGIN, SERVER)
    assert await admin.fetchval("SELECT max(version) FROM public.entaku_migration") == 6


async def test_migrating_gives_a_new_login_the_roles_that_serve(
    database: str, newcomer: str
) -> None:
    """Before, it cannot even see what is missing; afterwards each pool opens; twice is no harm."""
    with pytest.raises(CannotMigrate) as refused:
        await bring_up(newcomer, owner=None)

    for _ in range(2):
        done, login = await bring_up(newcomer, owner=owning(database))
        assert (list(done), login.may_own) == ([], False)

    assert refused.value.mismatch is Mismatch.LOGIN
    assert await migrate(newcomer) == []
    for role in Role:
        async with await open_pool(newcomer, role=role, most=1) as pool:
            assert await pool.fetchval("SELECT current_user") == role.value


@pytest.fixture
async def unmade(cluster: Cluster) -> AsyncIterator[str]:
    """A superuser's address of a database that no migration has touched."""
    name = f"test_{os.getpid()}_unmade_{next(_NUMBER)}"
    superuser = await asyncpg.connect(cluster.dsn())
    await superuser.execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE template0")
    yield cluster.dsn(name)
    await superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await superuser.close()


async def test_an_empty_database_waits_for_its_owner(unmade: str) -> None:
    """The login that serves makes no tables there."""
    with pytest.raises(CannotMigrate):
        await migrate(serving(unmade))
    done, _ = await bring_up(serving(unmade), owner=owning(unmade))

    assert done
    assert await migrate(serving(unmade)) == []


async def test_the_tool_takes_both_addresses(
    unmade: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the one that serves alone, it refuses in a sentence of each language."""
    monkeypatch.delenv("ENTAKU_DATABASE_URL", raising=False)
    assert await asyncio.to_thread(tool.main) == tool.BAD_SETTING
    monkeypatch.setenv("ENTAKU_DATABASE_URL", unmade.replace("//postgres@", "//nobody@"))
    assert await asyncio.to_thread(tool.main) == tool.CANNOT_MIGRATE
    monkeypatch.setenv("ENTAKU_DATABASE_URL", serving(unmade))
    capsys.readouterr()
    assert await asyncio.to_thread(tool.main) == tool.CANNOT_MIGRATE
    said = capsys.readouterr().out.splitlines()
    monkeypatch.setenv("ENTAKU_MIGRATE_URL", owning(unmade))
    assert await asyncio.to_thread(tool.main) == tool.OK
    done = capsys.readouterr().out.splitlines()
    assert await asyncio.to_thread(tool.main) == tool.OK

    assert [SERVER in line for line in said] == [True, True]
    assert done == [file.name for file in sorted(MIGRATIONS.glob("*.sql"))]
    assert capsys.readouterr().out == ""
