"""Two logins: one owns and migrates, one serves and can become no owner."""

import itertools
import os
from collections.abc import AsyncIterator
from typing import TypeAlias

import asyncpg
import pytest

from storage.login import who_at
from storage.migrate import CannotMigrate, Mismatch, bring_up, migrate
from storage.pool import OWNER, SERVER, Role, open_pool
from tests.conftest import Cluster

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


async def test_an_empty_database_waits_for_its_owner(cluster: Cluster, admin: _Connection) -> None:
    """The login that serves makes no tables there."""
    name = f"test_{os.getpid()}_unmade_{next(_NUMBER)}"
    await admin.execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE template0")

    with pytest.raises(CannotMigrate):
        await migrate(cluster.dsn(name, user=SERVER))
    done, _ = await bring_up(cluster.dsn(name, user=SERVER), owner=cluster.dsn(name, user=OWNER))

    assert done
    assert await migrate(cluster.dsn(name, user=SERVER)) == []
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
