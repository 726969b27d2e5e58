"""A thief at the database with the application's rights and crafted SQL: each attempt fails.

She has a login that may act as the application and as nobody else. What she may do all the same
(call the functions for any council, and leave an entry with each read) is in the threat model.
"""

import itertools
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, TypeAlias

import asyncpg
import pytest

from audit.entry import Kind
from conference.store import Rooms
from crypto.errors import Code, Refused
from storage.pool import Pool
from tests.stores.world import (
    CASE,
    COUNCIL,
    DID,
    NOW,
    OTHER_COUNCIL,
    Admin,
    World,
    admission,
    hash32,
    row,
    written,
)

Thief: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
_NUMBER = itertools.count()
ROOT: Final = Path(__file__).parent.parent.parent
SEALED: Final = hash32("sealed")


@pytest.fixture
async def full(world: World) -> World:
    """A council with a sealed row."""
    await world.create_room()
    await world.post(row("sealed", ctr=1, ct=b"ciphertext"))
    await world.statements.admit(admission("agency", rev=0))
    return world


@pytest.fixture
async def thief(full: World, database: str, admin: Admin) -> AsyncIterator[Thief]:
    """A connection of the thief."""
    assert full.council == COUNCIL
    name = f"thief_{os.getpid()}_{next(_NUMBER)}"
    await admin.execute(f"CREATE ROLE {name} LOGIN IN ROLE entaku_app")
    connection = await asyncpg.connect(database.replace("//postgres@", f"//{name}@"))
    yield connection
    await connection.close()
    await admin.execute(f"DROP OWNED BY {name}")
    await admin.execute(f"DROP ROLE {name}")


async def tables(admin: Admin) -> list[str]:
    """All tables of both schemas."""
    rows = await admin.fetch(
        "SELECT schemaname || '.' || tablename AS name FROM pg_tables"
        " WHERE schemaname IN ('audit', 'room') ORDER BY 1"
    )
    return [each["name"] for each in rows]


async def outcome(thief: Thief, *statements: str) -> str:
    """Run statements together and take everything back: the error's code, or empty."""
    attempt = thief.transaction()
    await attempt.start()
    try:
        for statement in statements:
            await thief.execute(statement)
    except asyncpg.PostgresError as error:
        return error.sqlstate or "?"
    finally:
        await attempt.rollback()
    return ""


PRIVILEGE: Final = "42501"


@pytest.mark.parametrize("faked", [COUNCIL, OTHER_COUNCIL], ids=["own", "another"])
async def test_no_table_opens_to_a_council_that_is_named(
    thief: Thief, admin: Admin, faked: object
) -> None:
    """Whoever sets the council of the session, or row security off, still has no right to read."""
    named = f"SELECT set_config('entaku.council', '{faked}', false)"
    closed = [each for each in await tables(admin) if each not in {"audit.log", "room.council"}]

    for table in closed:
        for verb in (
            f"SELECT * FROM {table}",  # noqa: S608 -- names
            f"SELECT count(*) FROM {table}",  # noqa: S608 -- names
            f"COPY {table} TO STDOUT",
            f"LOCK TABLE {table} IN ACCESS SHARE MODE",
            f"CREATE TEMP VIEW v AS SELECT * FROM {table}; SELECT * FROM v",  # noqa: S608 -- names
        ):
            assert await outcome(thief, named, verb) == PRIVILEGE, verb
            assert await outcome(thief, "SET row_security = off", verb) == PRIVILEGE, verb
    assert len(closed) > 15


async def test_nothing_that_was_written_is_changed(thief: Thief, admin: Admin) -> None:
    """Neither rows nor tables, triggers, policies, rules, owners."""
    for table in await tables(admin):
        column = await admin.fetchval(
            "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum = 2",
            table,
        )
        for change in (
            f"UPDATE {table} SET {column} = {column}",  # noqa: S608 -- names
            f"DELETE FROM {table}",  # noqa: S608 -- names
            f"TRUNCATE {table} CASCADE",
            f"INSERT INTO {table} DEFAULT VALUES",
            f"COPY {table} FROM STDIN",
            f"ALTER TABLE {table} DISABLE TRIGGER ALL",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} OWNER TO CURRENT_USER",
            f"CREATE POLICY mine ON {table} USING (true)",
            f"CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING",
            f"CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION audit.refuse()",
            f"DROP TABLE {table} CASCADE",
            f"GRANT SELECT ON {table} TO PUBLIC; SELECT * FROM {table} LIMIT 0",  # noqa: S608 -- names
        ):
            if table in {"audit.log", "room.council"} and change.startswith("GRANT"):
                continue  # which she may read
            assert await outcome(thief, change) == PRIVILEGE, change


ELSEWHERE: Final = (
    "SET ROLE entaku_room_owner",
    "SET ROLE entaku_audit_owner",
    "SET ROLE entaku_integrator",
    "SET ROLE entaku_auditor",
    "SET ROLE entaku",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "SET session_replication_role = replica",
    "ALTER ROLE entaku_app SUPERUSER",
    "ALTER ROLE entaku_app BYPASSRLS",
    "CREATE ROLE another",
    "GRANT entaku_room_owner TO CURRENT_USER",
    "ALTER DATABASE postgres SET row_security = off",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION audit.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION room.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION audit.here() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
    "ALTER FUNCTION audit.here() SET search_path = pg_temp",
    "DROP FUNCTION audit.require_ticket",
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "COPY (SELECT 1) TO '/tmp/entaku-thief'",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(lo_from_bytea(0, 'x'), '/tmp/entaku-thief')",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_largeobject",
    "SELECT pg_create_physical_replication_slot('mine')",
    "SELECT pg_reload_conf()",
    "CHECKPOINT",
)


async def test_the_application_s_role_leads_to_no_other(thief: Thief) -> None:
    """No other role, no file, no program, nothing of the server."""
    allowed = {each: await outcome(thief, each) for each in ELSEWHERE}

    assert {each for each, code in allowed.items() if code != PRIVILEGE} == set()


async def test_the_login_of_the_log_s_writer_is_not_hers(thief: Thief, admin: Admin) -> None:
    """She cannot end another's session, nor read what it says."""
    other = await admin.fetchval("SELECT pg_backend_pid()")

    assert await outcome(thief, f"SELECT pg_terminate_backend({other})") == PRIVILEGE
    said = await thief.fetchval("SELECT query FROM pg_stat_activity WHERE pid = $1", other)
    assert said in {None, "<insufficient privilege>"}


# ---------------------------------------------------------------- through the doors


READ: Final = "SELECT * FROM room.read($1, $2, $3, $4)"


async def refused(thief: Thief, *arguments: object) -> str:
    """The error of a read, which must fail."""
    with pytest.raises(asyncpg.PostgresError) as error:
        await thief.fetch(READ, *arguments)
    return error.value.sqlstate or "?"


async def test_ciphertext_needs_a_ticket_whatever_the_arguments(thief: Thief, full: World) -> None:
    """Nulls, empty ids, other councils and devices, numbers that nobody was given."""
    ticket = await full.ask_to_read(SEALED)

    for council, entry, did in (
        (COUNCIL, None, DID),
        (COUNCIL, ticket, None),
        (COUNCIL, ticket, b""),
        (COUNCIL, ticket, DID[:8]),
        (COUNCIL, ticket, DID + DID),
        (COUNCIL, -1, DID),
        (COUNCIL, ticket + 1, DID),
        (None, ticket, DID),
        (OTHER_COUNCIL, ticket, DID),
    ):
        assert await refused(thief, council, entry, did, NOW) == PRIVILEGE
    assert len(await thief.fetch(READ, COUNCIL, ticket, DID, NOW)) == 1


async def test_a_ticket_that_names_another_councils_room_opens_nothing(
    thief: Thief, full: World, other_world: World
) -> None:
    """An entry of one's own council about a room of the other."""
    entry = written("foreign", kind=Kind.READ, bound=(SEALED,))
    ticket = await other_world.log.note(entry, key_id=CASE, gate=(await full.seen()).gate)

    assert await refused(thief, OTHER_COUNCIL, ticket, DID, NOW) == "40001"


async def test_a_forged_ticket_leaves_its_entry(thief: Thief, full: World, admin: Admin) -> None:
    """What a thief of the role reads, the log tells: there is no ticket that is not committed."""
    count = "SELECT count(*) FROM audit.entry"
    before = await admin.fetchval(count)
    async with thief.transaction():
        mine = World(thief)
        ticket = await mine.ask_to_read(SEALED)
        with pytest.raises(Refused) as refusal:
            async with thief.transaction():
                await Rooms(thief, council=COUNCIL).read(ticket=ticket, did=DID, now=NOW)
    assert refusal.value.code is Code.FORBIDDEN

    assert len(await thief.fetch(READ, COUNCIL, ticket, DID, NOW)) == 1
    assert await admin.fetchval(count) == before + 1
    assert full.council == COUNCIL


async def test_other_names_in_front_of_ours_change_nothing(thief: Thief, full: World) -> None:
    """Functions, operators and tables of the same names in a temporary schema that comes first."""
    await full.ask_to_read(SEALED, name="another's")
    for statement in (
        "CREATE FUNCTION pg_temp.pg_xact_status(xid8) RETURNS text RETURN 'committed'",
        "CREATE FUNCTION pg_temp.octet_length(bytea) RETURNS int LANGUAGE sql AS 'SELECT 0'",
        "CREATE FUNCTION pg_temp.yes(bytea, bytea) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "CREATE OPERATOR pg_temp.= (LEFTARG = bytea, RIGHTARG = bytea, FUNCTION = pg_temp.yes)",
        "CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT $1 $$",
        "CREATE TEMP TABLE fact (entry_id bigint)",
        "CREATE TEMP TABLE room (case_id bytea)",
        "CREATE TEMP TABLE entry (id bigint)",
        "SET search_path = pg_temp, pg_catalog",
    ):
        await thief.execute(statement)

    async with thief.transaction():
        mine = World(thief)
        own = await mine.ask_to_read(SEALED, name="mine")
        with pytest.raises(Refused):
            async with thief.transaction():
                await Rooms(thief, council=COUNCIL).read(ticket=own, did=DID, now=NOW)
    assert await refused(thief, COUNCIL, own, hash32("nobody")[:16], NOW) == PRIVILEGE
    head = (await full.seen()).fh
    await mine.post(row("under other names", ctr=2, ct=b"x"))
    assert len((await full.seen()).fh) == 32
    assert (await full.seen()).fh != head


async def test_the_log_takes_no_word_of_the_application_about_its_tree(thief: Thief) -> None:
    """Leaves, tiles, trees, checkpoints and the auditor's answers are not its business."""
    for statement in (
        "INSERT INTO audit.leaf VALUES (1, 0, 1, sha256(''))",
        "INSERT INTO audit.checkpoint VALUES (1, 1, '', now())",
        "INSERT INTO audit.tree VALUES (1, 1, sha256(''), now())",
        "SELECT * FROM audit.query(NULL, 1, '', NULL, NULL, NULL, NULL, NULL, 0, 9)",
        "SELECT audit.append(NULL, 'id', 'x', 'x')",
        "SELECT audit.enter(gen_random_uuid())",
        "SELECT audit.require_ticket(NULL, 1, '')",
    ):
        assert await outcome(thief, statement) == PRIVILEGE, statement


# ---------------------------------------------------------------- sessions are pooled

_STATE = re.compile(
    r"^\s*SET\s+(?!LOCAL\b)(?:SESSION\s+)?\w+(?:\.\w+)?\s*(?:=|\bTO\b)"
    r"|set_config\s*\([^()]*,\s*false\s*\)"
    r"|\bpg_(?:try_)?advisory_lock(?:_shared)?\s*\("
    r"|\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:LOCAL\s+|GLOBAL\s+)?TEMP"
    r"|^\s*(?:LISTEN|UNLISTEN|NOTIFY|PREPARE|DISCARD|DECLARE\s+\w+\s+CURSOR\s+WITH\s+HOLD)\b"
    r"|\bpg_notify\s*\(|\badd_listener\b",
    re.IGNORECASE | re.MULTILINE,
)
_ALONE = {"storage/queries.sql": {"pg_advisory_lock("}}
"""The migrating program has a connection of its own, which it closes."""


def _said(path: Path) -> set[str]:
    text = (
        re.sub(r"--.*", "", path.read_text("utf-8")) if path.suffix == ".sql" else path.read_text()
    )
    return {found.strip() for found in _STATE.findall(text)}


def test_no_statement_of_ours_outlives_its_transaction() -> None:
    """Nobody sets a session, locks for it, listens, or makes temporary tables."""
    packages = ["audit", "conference", "consent", "identity", "server", "storage"]
    files = [
        p for each in packages for p in (ROOT / each).rglob("*") if p.suffix in {".sql", ".py"}
    ]
    files += list((ROOT / "migrations").glob("*.sql"))

    said = {str(path.relative_to(ROOT)): _said(path) for path in files}

    assert {path: words for path, words in said.items() if words} == _ALONE
    assert len(files) > 50


@pytest.mark.parametrize(
    "statement",
    [
        "SET row_security = off",
        "SET SESSION timezone TO 'UTC'",
        "SELECT set_config('entaku.council', $1, false)",
        "SELECT pg_advisory_lock(1)",
        "CREATE TEMP TABLE t (x int)",
        "LISTEN words",
        "SELECT pg_notify('words', '')",
    ],
)
def test_what_is_looked_for_is_found(statement: str) -> None:
    """The search above finds each kind; what ends with its transaction is none."""
    assert _STATE.search(statement)
    for fine in ("SET LOCAL lock_timeout = '5s'", "SELECT pg_try_advisory_xact_lock(1)"):
        assert not _STATE.search(fine)
    assert not _STATE.search("SELECT set_config('entaku.council', p_council::text, true)")


async def test_a_connection_comes_back_as_it_was_lent(full: World, app_pool: Pool) -> None:
    """No council, setting, lock, table or listener is left for the next user."""
    state = (
        "SELECT coalesce(nullif(current_setting('entaku.council', true), ''), '') AS council,"
        " (SELECT count(*) FROM pg_locks"
        "   WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks,"
        " pg_my_temp_schema()::text AS temp, current_user::text AS role,"
        " (SELECT string_agg(name || setting, ',' ORDER BY name) FROM pg_settings"
        "   WHERE source = 'session') AS settings,"
        " (SELECT count(*) FROM pg_listening_channels()) AS heard"
    )
    async with app_pool.acquire() as connection:
        before = await connection.fetchrow(state)
        mine = World(connection)
        await mine.post(row("one", ctr=2, ct=b"x"))
        ticket = await mine.ask_to_read(SEALED)
        await mine.rooms.read(ticket=ticket, did=DID, now=NOW)
        await mine.log.beat(b"leaf")

        assert await connection.fetchrow(state) == before
        assert before is not None
        assert before["council"] == ""
    assert full.council == COUNCIL
