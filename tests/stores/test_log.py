"""The log as its readers see it: leaves, tiles, proofs, keys, and the auditor's question."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from audit import merkle, tiles
from audit.entry import Kind
from audit.integrator import integrate
from audit.model import Filter, Found
from audit.store import Asked, AuditLog
from crypto.errors import Code, Refused
from protocol.ids import CaseId, Did, Wid
from protocol.times import Instant
from storage.pool import Pool
from tests.stores.world import (
    AID,
    CASE,
    COUNCIL,
    DID,
    KEY,
    NOW,
    OTHER_DID,
    WID,
    Admin,
    World,
    fill,
    id16,
    row,
    written,
)


async def integrate_all(world: World, pool: Pool) -> None:
    """Bring both logs of a council up to date, unsigned."""
    for log in await world.logs():
        await integrate(pool, log, now=NOW)


async def note(world: World, name: str, *, case: CaseId | None = CASE, did: Did = DID) -> bytes:
    """Store one entry, and answer its leaf."""
    entry = written(name, case=case)
    await world.log.note(entry, key_id=case or KEY, asked=Asked(did=did, aid=AID))
    return entry.leaf


async def test_an_entry_keeps_its_facts(
    world: World, auditor_pool: Pool, integrator_pool: Pool
) -> None:
    """What a leaf commits to, and the request that led to it, come back to the auditor."""
    entry = written("login", kind=Kind.LOGIN, case=None, reason=Code.EXPIRED)
    await world.log.note(
        entry, key_id=KEY, asked=Asked(did=DID, aid=AID, request=b"signed", nonce=None)
    )
    await integrate_all(world, integrator_pool)

    [found] = await asked(world, auditor_pool, Filter())

    assert (found.index, found.kind, found.leaf) == (0, "auth.login", entry.leaf)
    assert found.opened is not None
    opened = found.opened
    assert (opened.did, opened.wid, opened.aid, opened.case) == (DID, WID, AID, None)
    assert (opened.objects, opened.to) == ((b"first", b"second object"), (DID,))
    assert (opened.result, opened.request, opened.key_ct) == ("EXPIRED", b"signed", entry.key_ct)
    assert (opened.basis, opened.purpose, opened.key_id, opened.wrapped) == (None, None, KEY, None)


async def asked(world: World, pool: Pool, wanted: Filter, *, limit: int = 100) -> list[Found]:
    """Ask as an auditor, with the entry that this takes."""
    log = AuditLog(pool, council=world.council)
    ticket = await ticket_for(log, *said(wanted))
    return await log.query(wanted, ticket=ticket, did=DID, limit=limit)


async def ticket_for(log: AuditLog, purpose: str, *params: str, kind: Kind = Kind.QUERY) -> int:
    """The entry of a question."""
    objects = tuple(text.encode() for text in params)
    entry = written("query", kind=kind, case=None, purpose=purpose, objects=objects)
    return await log.note(entry, key_id=KEY)


def said(wanted: Filter) -> tuple[str, ...]:
    """The question that a filter stands for: its purpose and its parameters."""
    times = [
        "" if each is None else Instant.of(each).text() for each in (wanted.since, wanted.until)
    ]
    if wanted.case is not None:
        return ("audit.case-timeline", wanted.case.hex(), *times)
    if wanted.wid is not None:
        return ("audit.person-timeline", wanted.wid.hex(), *times)
    return ("audit.openings", *times)


async def test_an_auditor_finds_by_case_person_and_time(
    world: World, auditor_pool: Pool, integrator_pool: Pool
) -> None:
    """Each filter narrows; none is everything, by index."""
    leaves = [await note(world, name) for name in ("a", "b")]
    leaves += [await note(world, "c", case=None)]
    await integrate_all(world, integrator_pool)

    async def found(wanted: Filter, limit: int = 100) -> list[bytes]:
        return [each.leaf for each in await asked(world, auditor_pool, wanted, limit=limit)]

    now: datetime = await auditor_pool.fetchval("SELECT date_trunc('second', now())")
    hour = timedelta(hours=1)
    assert await found(Filter()) == leaves
    assert await found(Filter(), limit=2) == leaves[:2]
    assert await found(Filter(case=CASE)) == leaves[:2]
    assert await found(Filter(case=CaseId(id16("other")))) == []
    assert await found(Filter(wid=WID)) == leaves
    assert await found(Filter(wid=Wid(id16("other")))) == []
    assert await found(Filter(since=now - hour, until=now + hour)) == leaves
    assert await found(Filter(since=now + hour)) == []
    assert await found(Filter(until=now - hour)) == []


async def test_an_auditor_reads_on_from_an_index(
    world: World, auditor_pool: Pool, integrator_pool: Pool
) -> None:
    """A long answer comes in pages."""
    leaves = [await note(world, name) for name in ("a", "b", "c")]
    await integrate_all(world, integrator_pool)
    log = AuditLog(auditor_pool, council=COUNCIL)
    ticket = await ticket_for(log, "audit.openings")

    page = await log.query(Filter(), ticket=ticket, did=DID, after=0)

    assert [each.leaf for each in page] == leaves[1:]


@pytest.mark.parametrize("kind", [Kind.QUERY, Kind.READ])
async def test_an_auditor_asks_in_the_log_first(
    world: World, auditor_pool: Pool, kind: Kind
) -> None:
    """Without an entry of kind audit.query for this very device there is no answer."""
    log = AuditLog(auditor_pool, council=world.council)
    ticket = await ticket_for(log, "audit.openings", kind=kind)
    asker = DID if kind is Kind.READ else OTHER_DID

    with pytest.raises(Refused) as refusal:
        await log.query(Filter(), ticket=ticket, did=asker)

    assert refusal.value.code == Code.FORBIDDEN


SINCE, UNTIL = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
TIMED = Filter(since=Instant.parse(SINCE).moment(), until=Instant.parse(UNTIL).moment())
ANY = Filter()


@pytest.mark.parametrize(
    ("purpose", "params", "wanted", "after"),
    [
        ("audit.openings", (), Filter(case=CASE), -1),
        ("audit.openings", (), Filter(wid=WID), -1),
        ("audit.denied", (), Filter(wid=WID), -1),
        ("audit.openings", (SINCE, UNTIL), ANY, -1),
        ("audit.openings", (SINCE, UNTIL), replace(TIMED, since=None), -1),
        ("audit.openings", (SINCE, UNTIL), replace(TIMED, until=None), -1),
        ("audit.openings", ("", "", "7"), ANY, 6),
        ("audit.person-timeline", (WID.hex(), "", "", "7"), Filter(wid=WID), 6),
        ("audit.person-timeline", (WID.hex(),), Filter(wid=Wid(id16("other"))), -1),
        ("audit.person-timeline", (WID.hex(),), ANY, -1),
        ("audit.person-timeline", (WID.hex(),), Filter(wid=WID, case=CASE), -1),
        ("audit.person-timeline", ("K-101",), Filter(wid=WID), -1),
        ("audit.case-timeline", (CASE.hex(),), Filter(case=CaseId(id16("other"))), -1),
        ("audit.case-timeline", (CASE.hex(),), ANY, -1),
        ("audit.case-timeline", (CASE.hex(),), Filter(case=CASE, wid=WID), -1),
        ("audit.case-timeline", ("K-101",), ANY, -1),
        ("audit.openings", ("yesterday",), ANY, -1),
        ("audit.everything", (), ANY, -1),
    ],
)
async def test_a_ticket_is_for_the_question_that_was_asked(
    world: World,
    auditor_pool: Pool,
    purpose: str,
    params: tuple[str, ...],
    wanted: Filter,
    after: int,
) -> None:
    """For another subject, another time, an earlier place or no question of ours: FORBIDDEN."""
    log = AuditLog(auditor_pool, council=world.council)
    ticket = await ticket_for(log, purpose, *params)

    with pytest.raises(Refused) as refusal:
        await log.query(wanted, ticket=ticket, did=DID, after=after)

    assert refusal.value.code == Code.FORBIDDEN


async def test_who_asks_for_refusals_gets_nothing_else(
    world: World, auditor_pool: Pool, integrator_pool: Pool
) -> None:
    """And a later page of the same answer, against the same ticket."""
    refused = written("refused", reason=Code.EXPIRED)
    for name in ("a", "b"):
        await note(world, name)
    await world.log.note(refused, key_id=CASE, asked=Asked(did=DID, aid=AID))
    await integrate_all(world, integrator_pool)
    log = AuditLog(auditor_pool, council=world.council)
    ticket = await ticket_for(log, "audit.denied", "", "", "0")

    for after in (0, 1):
        [found] = await log.query(Filter(), ticket=ticket, did=DID, after=after)
        assert found.leaf == refused.leaf


async def test_erased_facts_leave_the_leaf(
    world: World,
    auditor_pool: Pool,
    integrator_pool: Pool,
    admin: Admin,
) -> None:
    """After erasure the entry is still there, and nothing opens it."""
    leaf = await note(world, "a")
    await integrate_all(world, integrator_pool)

    await admin.execute("DELETE FROM audit.fact; DELETE FROM audit.case_key")

    [found] = await asked(world, auditor_pool, Filter())
    assert (found.leaf, found.opened) == (leaf, None)


async def test_the_first_key_of_a_case_counts(
    world: World, auditor_pool: Pool, integrator_pool: Pool
) -> None:
    """Two nodes that make one agree on the first; the auditor gets it with each entry."""
    kept = [await world.log.keep_key(CASE, wrapped) for wrapped in (b"first", b"second")]
    await note(world, "a")
    await integrate_all(world, integrator_pool)

    [found] = await asked(world, auditor_pool, Filter(case=CASE))

    assert kept == [b"first", b"first"]
    assert found.opened is not None
    assert found.opened.wrapped == b"first"


async def test_a_beat_is_a_leaf_of_id(world: World, integrator_pool: Pool) -> None:
    """It stands in the identity log and belongs to no statement."""
    await world.log.beat(b"SHL1 beat")
    await integrate_all(world, integrator_pool)

    assert await world.log.leaves("id", start=0, limit=9) == [b"SHL1 beat"]
    assert await world.log.leaves("ops", start=0, limit=9) == []
    assert await world.statements.rev() == 0


async def test_leaves_are_read_from_an_index(world: World, integrator_pool: Pool) -> None:
    """In order, as many as asked for."""
    leaves = [await note(world, f"{place}") for place in range(5)]
    await integrate_all(world, integrator_pool)

    assert await world.log.leaves("ops", start=1, limit=3) == leaves[1:4]


async def test_a_leaf_is_found_by_its_hash(world: World, integrator_pool: Pool) -> None:
    """Once it is in the tree, and only in its own log."""
    leaves = [await note(world, name) for name in ("a", "b")]
    before = await world.log.find_leaf("ops", merkle.leaf_hash(leaves[1]))
    await integrate_all(world, integrator_pool)

    assert before is None
    assert await world.log.find_leaf("ops", merkle.leaf_hash(leaves[1])) == 1
    assert await world.log.find_leaf("id", merkle.leaf_hash(leaves[1])) is None


async def test_tiles_are_those_of_the_tree(
    world: World, integrator_pool: Pool, admin: Admin
) -> None:
    """Full and partial tiles of every level equal those computed from all leaves."""
    size = 600
    await fill(admin, size)
    await integrate_all(world, integrator_pool)
    leaves = await world.log.leaves("ops", start=0, limit=size)
    edge, full = tiles.Edge().append([merkle.leaf_hash(leaf) for leaf in leaves])

    expected = {tile.id: tile.data for tile in [*full, *edge.partial()]}

    assert set(expected) == set(tiles.tiles_of(size))
    for tile, data in expected.items():
        assert await world.log.tile("ops", tile) == data
    assert await world.log.tile("ops", tiles.TileId(level=0, index=9)) == b""


async def test_there_is_no_checkpoint_of_an_empty_log(world: World) -> None:
    """None stands for a log in which nothing was signed."""
    assert await world.log.newest_checkpoint("ops") is None


async def test_councils_do_not_see_each_others_logs(
    world: World, other_world: World, integrator_pool: Pool, auditor_pool: Pool
) -> None:
    """Leaves, tiles and facts are those of one council."""
    await note(world, "a")
    await world.create_room()
    await world.post(row("b"))
    for each in (world, other_world):
        await integrate_all(each, integrator_pool)

    assert await other_world.log.leaves("ops", start=0, limit=9) == []
    assert await other_world.log.tile("ops", tiles.TileId(level=0, index=0)) == b""
    assert await asked(other_world, auditor_pool, Filter()) == []
    assert len(await asked(world, auditor_pool, Filter())) == 3
