"""What stands around the tables: rights, triggers, row security. Every attack here must fail."""

import asyncpg
import pytest

from audit.integrator import integrate
from conference.live import Listener, Live
from identity.store import WaitingRoom
from protocol.ids import Id
from storage.pool import Pool
from tests.stores.world import (
    CASE,
    COUNCIL,
    DID,
    NOW,
    WID,
    Admin,
    World,
    admission,
    id16,
    row,
    waiting,
)

SEALED = {"room.body", "room.blob", "audit.fact", "audit.entry", "audit.case_key"}
WORKED_ON = {
    "audit.cursor",
    "room.council",
    "room.room",
    "room.pending",
    "room.live",
    "room.challenge",
}
ERASABLE = {"audit.fact", "audit.case_key", "room.name"}


async def tables(admin: Admin) -> set[str]:
    """All tables of both schemas."""
    rows = await admin.fetch(
        "SELECT schemaname || '.' || tablename AS name FROM pg_tables"
        " WHERE schemaname IN ('audit', 'room')"
    )
    return {each["name"] for each in rows}


@pytest.fixture
async def full(world: World, integrator_pool: Pool) -> World:
    """A council with something in its tables."""
    await world.create_room()
    await world.post(row("a", ctr=1, ct=b"sealed"))
    await world.statements.admit(admission("agency", rev=0))
    await WaitingRoom(world.pool, council=COUNCIL).pend(waiting("w"), now=NOW)
    await world.log.keep_key(CASE, b"wrapped")
    listener = Listener(sub=id16("s"), case=CASE, sit=None, did=DID, wid=WID, node="n")
    await Live(world.pool, council=COUNCIL).listen(listener, now=NOW)
    for log in await world.logs():
        await integrate(integrator_pool, log, now=NOW)
    return world


async def as_role(admin: Admin, role: str, statement: str) -> None:
    """Run one statement as a role that has entered the council, and take everything back."""
    attempt = admin.transaction()
    await attempt.start()
    try:
        await admin.execute(f"SET LOCAL ROLE {role}")
        await admin.execute("SELECT set_config('entaku.council', $1, true)", str(COUNCIL))
        await admin.execute(statement)
    finally:
        await attempt.rollback()


async def is_refused(admin: Admin, role: str, statement: str) -> bool:
    """Answer whether a statement fails for want of a right."""
    try:
        await as_role(admin, role, statement)
    except asyncpg.InsufficientPrivilegeError:
        return True
    return False


async def test_the_application_reads_lists_of_councils_and_nothing_else(
    full: World, admin: Admin
) -> None:
    """Of all tables it can select from two, and change none."""
    found = {"read": set[str](), "written": set[str]()}
    for table in await tables(admin):
        if not await is_refused(admin, "entaku_app", f"SELECT FROM {table}"):
            found["read"].add(table)
        for change in (f"DELETE FROM {table}", f"INSERT INTO {table} DEFAULT VALUES"):  # noqa: S608 -- names
            if not await is_refused(admin, "entaku_app", change):
                found["written"].add(table)

    assert full.council == COUNCIL
    assert found == {"read": {"audit.log", "room.council"}, "written": set()}


@pytest.mark.parametrize("role", ["entaku_app", "entaku_integrator", "entaku_auditor"])
async def test_no_role_reads_what_is_sealed(full: World, admin: Admin, role: str) -> None:
    """Ciphertext and facts leave through functions alone; the integrator sees leaves."""
    allowed = {"audit.entry"} if role == "entaku_integrator" else set[str]()

    readable = {
        table
        for table in SEALED
        if not await is_refused(admin, role, f"SELECT * FROM {table}")  # noqa: S608 -- names
    }

    assert full.council == COUNCIL
    assert readable == allowed


@pytest.mark.parametrize(
    "call",
    [
        "SELECT audit.append('00000000-0000-0000-0000-000000000001', 'id', 'x', 'x')",
        "SELECT audit.open_logs(NULL, '', '{}', '', '{}')",
        "SELECT audit.require_ticket(NULL, 1, '')",
        "SELECT audit.query(NULL, 1, '', NULL, NULL, NULL, NULL, NULL, 0, 9)",
        "SELECT room.put_statement(NULL, 1, NULL, '', '', '', '', '', '')",
        "SELECT room.move_council(NULL, 1, 1)",
    ],
)
async def test_the_application_cannot_call_inner_functions(admin: Admin, call: str) -> None:
    """It has the doors, not what is behind them."""
    assert await is_refused(admin, "entaku_app", call)


async def test_nobody_else_may_call_anything(admin: Admin) -> None:
    """PUBLIC has no right to any function of ours."""
    public = await admin.fetch(
        "SELECT p.oid::regprocedure::text FROM pg_proc p, aclexplode(p.proacl) a"
        " WHERE p.pronamespace IN ('audit'::regnamespace, 'room'::regnamespace) AND a.grantee = 0"
    )
    defaulted = await admin.fetchval(
        "SELECT count(*) FROM pg_proc WHERE proacl IS NULL"
        " AND pronamespace IN ('audit'::regnamespace, 'room'::regnamespace)"
    )

    assert (public, defaulted) == ([], 0)


async def test_functions_with_their_owners_rights_fix_the_search_path(admin: Admin) -> None:
    """Nobody can put a function of the same name before ours."""
    loose = await admin.fetch(
        "SELECT p.oid::regprocedure::text FROM pg_proc p"
        " WHERE p.pronamespace IN ('audit'::regnamespace, 'room'::regnamespace) AND p.prosecdef"
        " AND NOT coalesce(p.proconfig @> '{\"search_path=pg_catalog, pg_temp\"}', false)"
    )

    assert loose == []


async def test_all_rows_are_kept_apart_by_council(admin: Admin) -> None:
    """Row security is on and forced on every table."""
    unforced = await admin.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r'"
        " AND NOT (relrowsecurity AND relforcerowsecurity)"
        " AND relnamespace IN ('audit'::regnamespace, 'room'::regnamespace)"
    )

    assert unforced == []


@pytest.mark.parametrize("owner", ["entaku_audit_owner", "entaku_room_owner"])
async def test_without_a_council_an_owner_sees_nothing(
    full: World, admin: Admin, owner: str
) -> None:
    """What was not entered is empty, but for the lists of councils and logs."""
    schema = owner.split("_")[1]
    seen = dict[str, int]()
    await admin.execute(f"SET ROLE {owner}")
    for table in await tables(admin):
        if table.startswith(schema):
            seen[table] = await admin.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 -- names

    assert full.council == COUNCIL
    assert {table for table, count in seen.items() if count} == {
        "audit": {"audit.log"},
        "room": {"room.council"},
    }[schema]


async def test_a_row_of_another_council_cannot_be_written(full: World, admin: Admin) -> None:
    """Row security checks what is written, too."""
    await admin.execute("SET ROLE entaku_room_owner")
    await admin.execute("SELECT set_config('entaku.council', $1, false)", str(COUNCIL))

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await admin.execute(
            "INSERT INTO room.council (council_id, slug) VALUES (gen_random_uuid(), 'x')"
        )
    assert full.council == COUNCIL


@pytest.mark.parametrize("mode", ["origin", "replica"])
async def test_what_is_written_stays_even_for_a_superuser(
    full: World, admin: Admin, mode: str
) -> None:
    """UPDATE, DELETE and TRUNCATE are refused, also where replication switches triggers off."""
    await admin.execute(f"SET session_replication_role = {mode}")
    kept = await tables(admin) - WORKED_ON

    for table in sorted(kept):
        rows = await admin.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 -- names
        column = "leaf" if table == "audit.entry" else await any_column(admin, table)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await admin.execute(f"TRUNCATE {table} CASCADE")
        if rows:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await admin.execute(f"UPDATE {table} SET {column} = {column}")  # noqa: S608 -- names
        if rows and table not in ERASABLE:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await admin.execute(f"DELETE FROM {table}")  # noqa: S608 -- names

    assert full.council == COUNCIL
    assert len(kept) >= 15


async def any_column(admin: Admin, table: str) -> str:
    """Name the last column that may be written."""
    name: str = await admin.fetchval(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0"
        " AND attidentity = '' AND attgenerated = '' ORDER BY attnum DESC LIMIT 1",
        table,
    )
    return name


async def test_every_table_has_its_ring(admin: Admin) -> None:
    """No table is without triggers but those that are worked on; they fire always."""
    rows = await admin.fetch(
        "SELECT t.tgrelid::regclass::text AS name, t.tgname, t.tgenabled FROM pg_trigger t"
        " WHERE t.tgname IN ('no_change', 'no_truncate')"
    )

    assert {each["tgenabled"] for each in rows} == {b"A"}
    for trigger in ("no_change", "no_truncate"):
        guarded = {each["name"] for each in rows if each["tgname"] == trigger}
        assert guarded == await tables(admin) - WORKED_ON


async def test_an_entry_is_flushed_whatever_the_session_says(world: World, app_pool: Pool) -> None:
    """Who inserts an entry gets a commit that waits for the disk."""
    async with app_pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL synchronous_commit = off")
        await connection.execute("SELECT audit.beat($1, $2)", world.council, b"leaf")

        assert await connection.fetchval("SHOW synchronous_commit") == "on"


async def test_a_stored_hash_is_that_of_the_stored_bytes(world: World, admin: Admin) -> None:
    """The column is computed: nobody can write another value into it."""
    await world.log.beat(b"leaf")

    with pytest.raises(asyncpg.GeneratedAlwaysError):
        await admin.execute(
            "INSERT INTO audit.entry (council_id, log_id, kind, leaf, leaf_hash)"
            " SELECT council_id, log_id, kind, leaf, leaf_hash FROM audit.entry"
        )


async def test_an_entry_has_one_index(full: World, admin: Admin) -> None:
    """Two leaves for one entry are refused, whatever their indexes."""
    assert full.council == COUNCIL
    with pytest.raises(asyncpg.UniqueViolationError):
        await admin.execute(
            "INSERT INTO audit.leaf SELECT log_id, idx + 1000, entry_id, leaf_hash FROM audit.leaf"
        )


async def test_ids_have_their_length(world: World) -> None:
    """Bytes of another length are no id."""
    live = Live(world.pool, council=COUNCIL)
    short = Listener(sub=Id(b"short"), case=CASE, sit=None, did=DID, wid=WID, node="n")

    with pytest.raises(asyncpg.CheckViolationError):
        await live.listen(short, now=NOW)
