"""The integrator: every entry once, in one tree, signed only after it was committed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from audit import checkpoint, merkle, note
from audit.integrator import BATCH, IntegrityBroken, integrate, integrate_once, sign
from audit.signer import LogSigner, State
from audit.store import AuditLog, Log
from crypto.errors import Code, Refused
from crypto.signing import SigningKey
from storage.pool import Pool
from storage.transaction import transaction
from tests.stores.world import COUNCIL, KEY, NOW, Admin, World, fill, hash32, written

ORIGIN = "council-1/ops"
NOTE_KEY = note.Signer(name=ORIGIN, key=SigningKey.from_seed(hash32("log key")))


@pytest.fixture
def signer(tmp_path: Path) -> LogSigner:
    """A signer of `ops` that has signed the empty log."""
    made = LogSigner(path=tmp_path / "signer", key=NOTE_KEY)
    made.adopt(size=0, root=merkle.EMPTY_ROOT, now_ms=0)
    return made


@pytest.fixture
async def ops(world: World) -> Log:
    """The log of entries."""
    return (await world.logs())[1]


async def hashes(world: World) -> list[bytes]:
    """All leaf hashes of `ops`, from the bytes that readers get."""
    leaves = await world.log.leaves("ops", start=0, limit=1_000_000)
    return [merkle.leaf_hash(leaf) for leaf in leaves]


async def test_entries_get_indexes_in_batches(
    world: World, ops: Log, integrator_pool: Pool, admin: Admin
) -> None:
    """Whatever the batches, the tree is that of all leaves in order, without a gap."""
    await fill(admin, 600)

    counts = [await integrate(integrator_pool, ops, now=NOW, limit=250) for _ in range(4)]

    assert counts == [250, 250, 100, 0]
    trees = await admin.fetch("SELECT size, root FROM audit.tree ORDER BY size")
    found = await hashes(world)
    assert [tree["size"] for tree in trees] == [250, 500, 600]
    for tree in trees:
        assert merkle.root(found[: tree["size"]]) == tree["root"]
    assert await admin.fetchval("SELECT count(*) FROM audit.tile") == 2


async def test_a_tree_of_three_levels_grows(
    world: World, ops: Log, integrator_pool: Pool, admin: Admin
) -> None:
    """Past 65,536 leaves the edge has tiles of tiles; resuming from it gives the same root."""
    await fill(admin, 65_536 + 300)
    while await integrate(integrator_pool, ops, now=NOW) == BATCH:
        pass
    await fill(admin, 5, start=100_000)

    await integrate(integrator_pool, ops, now=NOW)

    found = await hashes(world)
    root = await admin.fetchval("SELECT root FROM audit.tree ORDER BY size DESC LIMIT 1")
    assert (len(found), merkle.root(found)) == (65_841, root)


async def test_the_tree_is_signed_and_each_checkpoint_extends_the_last(
    world: World, ops: Log, integrator_pool: Pool, admin: Admin, signer: LogSigner
) -> None:
    """Notes open with the log's key and name the root of the served leaves."""
    for start, count in ((1, 3), (100, 297), (1000, 1)):
        await fill(admin, count, start=start)
        assert await integrate_once(integrator_pool, ops, signer=signer, now=NOW) == count

    found = await hashes(world)
    rows = await admin.fetch("SELECT size, note FROM audit.checkpoint ORDER BY size")
    opened = [checkpoint.open_signed(row["note"], [NOTE_KEY.verifier]) for row in rows]
    assert [each.size for each in opened] == [3, 300, 301]
    assert [each.root for each in opened] == [merkle.root(found[: each.size]) for each in opened]
    newest = await world.log.newest_checkpoint("ops")
    assert newest is not None
    assert (newest.size, newest.root, newest.note) == (301, opened[2].root, rows[2]["note"])


async def test_a_quiet_log_signs_nothing(
    ops: Log, integrator_pool: Pool, admin: Admin, signer: LogSigner
) -> None:
    """Neither an empty log nor one that did not grow makes a tree or a checkpoint."""
    assert await integrate_once(integrator_pool, ops, signer=signer, now=NOW) == 0
    await fill(admin, 1)
    await integrate_once(integrator_pool, ops, signer=signer, now=NOW)

    assert await integrate_once(integrator_pool, ops, signer=signer, now=NOW) == 0
    assert not await sign(integrator_pool, ops, signer=signer, now=NOW)

    assert await admin.fetchval("SELECT count(*) FROM audit.tree") == 1
    assert await admin.fetchval("SELECT count(*) FROM audit.checkpoint") == 1


async def test_two_integrators_take_turns(
    world: World, ops: Log, integrator_pool: Pool, admin: Admin
) -> None:
    """Who finds the log locked does nothing; together they take every entry once."""
    await fill(admin, 500)

    counts = await asyncio.gather(
        *(integrate(integrator_pool, ops, now=NOW, limit=100) for _ in range(8))
    )
    while done := await integrate(integrator_pool, ops, now=NOW):
        counts.append(done)

    assert sum(counts) == 500
    assert len(set(await hashes(world))) == 500


async def test_a_locked_log_is_left_alone(
    ops: Log, integrator_pool: Pool, admin: Admin, signer: LogSigner
) -> None:
    """While another holds the lock nothing is integrated and nothing signed."""
    await fill(admin, 2)
    await integrate(integrator_pool, ops, now=NOW, limit=1)
    async with admin.transaction():
        await admin.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('entaku/log', $1))", ops.id
        )

        assert await integrate(integrator_pool, ops, now=NOW) == 0
        assert not await sign(integrator_pool, ops, signer=signer, now=NOW)

    assert await integrate(integrator_pool, ops, now=NOW) == 1


async def test_without_the_lock_the_primary_key_is_the_fence(
    world: World, ops: Log, integrator_pool: Pool, admin: Admin
) -> None:
    """Beside somebody who works without the lock, the slower stores nothing."""
    await fill(admin, 300)

    async with admin.transaction():
        await admin.execute(
            "INSERT INTO audit.leaf SELECT log_id, 0, id, leaf_hash FROM audit.entry ORDER BY id"
            " LIMIT 1"
        )
        await admin.execute(
            "INSERT INTO audit.tree SELECT log_id, 1, leaf_hash, now() FROM audit.leaf"
        )
        slower = asyncio.create_task(integrate(integrator_pool, ops, now=NOW))
        while not await admin.fetchval(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        ):
            assert not slower.done()

    assert await slower == 0
    assert await integrate(integrator_pool, ops, now=NOW) == 299
    assert len(set(await hashes(world))) == 300


async def test_a_late_commit_is_not_skipped(
    world: World, ops: Log, integrator_pool: Pool, app_pool: Pool
) -> None:
    """An entry with a smaller number that commits later gets the next index."""
    early, late = written("numbered first"), written("numbered second")
    async with transaction(app_pool) as connection:
        first = await AuditLog(connection, council=COUNCIL).note(early, key_id=KEY)
        second = await world.log.note(late, key_id=KEY)

        assert first < second
        assert await integrate(integrator_pool, ops, now=NOW) == 1
        assert await integrate(integrator_pool, ops, now=NOW) == 0

    assert await integrate(integrator_pool, ops, now=NOW) == 1
    assert await world.log.leaves("ops", start=0, limit=9) == [late.leaf, early.leaf]


async def test_what_rolled_back_leaves_no_gap(
    world: World, ops: Log, integrator_pool: Pool, app_pool: Pool
) -> None:
    """A number that was given out and never committed is nobody's index."""
    await world.log.note(written("a"), key_id=KEY)
    async with app_pool.acquire() as connection:
        attempt = connection.transaction()
        await attempt.start()
        await AuditLog(connection, council=COUNCIL).note(written("b"), key_id=KEY)
        await attempt.rollback()
    await world.log.note(written("c"), key_id=KEY)

    assert await integrate(integrator_pool, ops, now=NOW) == 2
    assert len(await world.log.leaves("ops", start=0, limit=9)) == 2


async def test_writers_and_integrators_at_once_lose_nothing(
    world: World, ops: Log, integrator_pool: Pool, app_pool: Pool
) -> None:
    """Forty writers, some slow, some failing, beside a running integrator."""

    async def write(place: int) -> None:
        async with transaction(app_pool) as connection:
            await AuditLog(connection, council=COUNCIL).note(written(f"{place}"), key_id=KEY)
            for _ in range(place % 4):
                await connection.fetchval("SELECT 1")
            if place % 10 == 0:
                raise ZeroDivisionError

    writing = asyncio.gather(*(write(place) for place in range(40)), return_exceptions=True)
    done = 0
    while not writing.done():
        done += await integrate(integrator_pool, ops, now=NOW)
    await writing
    done += await integrate(integrator_pool, ops, now=NOW)

    leaves = await world.log.leaves("ops", start=0, limit=99)
    expected = {written(f"{place}").leaf for place in range(40) if place % 10}
    assert (done, len(leaves), set(leaves)) == (36, 36, expected)


async def test_logs_do_not_mix(world: World, other_world: World, integrator_pool: Pool) -> None:
    """Each log takes its own entries, whatever else is new."""
    await world.log.note(written("a"), key_id=KEY)
    await world.log.beat(b"SHL1")
    await other_world.log.note(written("b"), key_id=KEY)

    counts = [
        await integrate(integrator_pool, log, now=NOW)
        for log in [*await world.logs(), *await other_world.logs()]
    ]

    assert counts == [1, 1, 0, 1]


@pytest.mark.parametrize(
    ("sysid", "found"), [("0", 1), ("system_identifier", 0)], ids=["restored", "the same cluster"]
)
async def test_the_cursor_of_another_cluster_is_not_believed(
    ops: Log, integrator_pool: Pool, admin: Admin, sysid: str, found: int
) -> None:
    """After a restore transaction numbers start anew; an old cursor would skip all that is new."""
    await admin.execute(
        "INSERT INTO audit.cursor SELECT $1, '9000000000'::xid8, "  # noqa: S608 -- words of this test
        f"{sysid} FROM pg_control_system()",
        ops.id,
    )
    await fill(admin, 1)

    assert await integrate(integrator_pool, ops, now=NOW) == found


TAMPERINGS = {
    "a leaf deleted": "DELETE FROM audit.leaf WHERE idx = 599",
    "a leaf changed": "UPDATE audit.leaf SET leaf_hash = sha256('x') WHERE idx = 599",
    "two leaves swapped": "UPDATE audit.leaf a SET leaf_hash = b.leaf_hash FROM audit.leaf b"
    " WHERE (a.idx, b.idx) IN ((598, 600), (600, 598))",
    "a leaf added": "INSERT INTO audit.leaf VALUES (LOG, 601, -1, sha256('x'))",
    "a tile's root changed": "UPDATE audit.tile SET root = sha256('x') WHERE n = 0",
    "a tile deleted": "DELETE FROM audit.tile WHERE n = 1",
    "the root changed": "UPDATE audit.tree SET root = sha256('x') WHERE size = 601",
    "the tree cut": "DELETE FROM audit.tree WHERE size = 601",
    "bytes and hash apart": "ALTER TABLE audit.entry ALTER leaf_hash DROP EXPRESSION;"
    " UPDATE audit.entry SET leaf = 'x' WHERE id = (SELECT max(id) FROM audit.entry)",
}


@pytest.mark.parametrize("tampering", TAMPERINGS.values(), ids=TAMPERINGS.keys())
async def test_a_tampered_edge_is_fatal(
    ops: Log, integrator_pool: Pool, admin: Admin, tampering: str
) -> None:
    """A superuser with triggers switched off is noticed before anything is built on the change."""
    await fill(admin, 600)
    await integrate(integrator_pool, ops, now=NOW)
    await fill(admin, 1, start=1000)
    await integrate(integrator_pool, ops, now=NOW)
    await fill(admin, 1, start=2000)
    for table in ("entry", "leaf", "tile", "tree"):
        await admin.execute(f"ALTER TABLE audit.{table} DISABLE TRIGGER no_change")
    await admin.execute(tampering.replace("LOG", str(ops.id)))
    before = await admin.fetchval("SELECT count(*) FROM audit.tree")

    with pytest.raises(IntegrityBroken) as broken:
        await integrate(integrator_pool, ops, now=NOW)

    assert broken.value.origin == ORIGIN
    assert broken.value.what in {"edge", "root", "leaf"}
    assert await admin.fetchval("SELECT count(*) FROM audit.tree") == before


async def test_leaves_without_a_tree_are_fatal(
    ops: Log, integrator_pool: Pool, admin: Admin
) -> None:
    """A log whose trees were all removed does not begin anew over its leaves."""
    await fill(admin, 2)
    await integrate(integrator_pool, ops, now=NOW, limit=1)
    await admin.execute("ALTER TABLE audit.tree DISABLE TRIGGER no_change; DELETE FROM audit.tree")

    with pytest.raises(IntegrityBroken):
        await integrate(integrator_pool, ops, now=NOW)

    assert await admin.fetchval("SELECT count(*) FROM audit.leaf") == 1


# ---------------------------------------------------------------- the signer


@dataclass
class Crashing:
    """A signer whose answer is lost: it remembers what it signed, the database does not."""

    real: LogSigner
    signed: list[int] = field(default_factory=list)

    def state(self) -> State:
        """Pass on."""
        return self.real.state()

    def sign(self, *, size: int, root: bytes, proof: Sequence[bytes], now_ms: int) -> bytes:
        """Sign, remember, and fail."""
        self.real.sign(size=size, root=root, proof=proof, now_ms=now_ms)
        self.signed.append(size)
        raise OSError


@pytest.mark.parametrize("more", [0, 20], ids=["the same tree", "a grown tree"])
async def test_a_signature_lost_on_its_way_is_made_again(
    world: World, ops: Log, integrator_pool: Pool, admin: Admin, signer: LogSigner, more: int
) -> None:
    """The signer is ahead of the checkpoints; the proof starts where the signer is."""
    await fill(admin, 10)
    crashing = Crashing(signer)
    with pytest.raises(OSError):  # noqa: PT011 -- it is ours
        await integrate_once(integrator_pool, ops, signer=crashing, now=NOW)
    assert crashing.signed == [10]
    assert await world.log.newest_checkpoint("ops") is None
    await fill(admin, more, start=1000)

    await integrate_once(integrator_pool, ops, signer=signer, now=NOW)

    newest = await world.log.newest_checkpoint("ops")
    assert newest is not None
    assert newest.size == 10 + more


@pytest.mark.parametrize("again", [4, 10, 12], ids=["smaller", "as large", "larger"])
async def test_a_restored_database_does_not_become_a_second_history(
    ops: Log, integrator_pool: Pool, admin: Admin, signer: LogSigner, again: int
) -> None:
    """Other entries in place of signed ones: the signer's memory says no, at any size."""
    await fill(admin, 10)
    await integrate_once(integrator_pool, ops, signer=signer, now=NOW)
    for table in ("checkpoint", "tree", "leaf", "entry"):
        await admin.execute(f"ALTER TABLE audit.{table} DISABLE TRIGGER no_change")
        await admin.execute(f"DELETE FROM audit.{table}")  # noqa: S608 -- names of this test

    await fill(admin, again, start=5000)

    with pytest.raises(IntegrityBroken) as broken:
        await integrate_once(integrator_pool, ops, signer=signer, now=NOW)
    assert broken.value.what in {"BAD_PROOF", "EQUIVOCATION"}
    assert await admin.fetchval("SELECT count(*) FROM audit.checkpoint") == 0


async def test_a_signer_without_memory_signs_nothing(
    ops: Log, integrator_pool: Pool, admin: Admin, tmp_path: Path
) -> None:
    """The tree is stored and waits; nobody starts a new history by losing a file."""
    forgetful = LogSigner(path=tmp_path / "lost", key=NOTE_KEY)
    await fill(admin, 1)

    with pytest.raises(Refused) as refusal:
        await integrate_once(integrator_pool, ops, signer=forgetful, now=NOW)

    assert refusal.value.code == Code.UNAVAILABLE
    assert await admin.fetchval("SELECT count(*) FROM audit.tree") == 1
    assert await admin.fetchval("SELECT count(*) FROM audit.checkpoint") == 0


async def test_a_clock_that_went_back_is_told_apart(
    ops: Log, integrator_pool: Pool, admin: Admin, signer: LogSigner
) -> None:
    """Nothing is broken then: it is refused, not declared fatal."""
    await fill(admin, 1)
    await integrate_once(integrator_pool, ops, signer=signer, now=NOW)
    await fill(admin, 1, start=5)

    with pytest.raises(Refused) as refusal:
        await integrate_once(integrator_pool, ops, signer=signer, now=NOW - timedelta(seconds=6))

    assert refusal.value.code == Code.CLOCK
