"""Changes of a room: one call, asserted against what was decided on."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from conference.live import Listener, Live
from conference.store import FOREVER, Bundle, Effect, Snapshot, Told
from crypto.errors import Code, Refused
from identity.model import Touched
from identity.store import WaitingRoom
from protocol.codec import b64u, from_b64u
from protocol.feed import feed_hash
from protocol.ids import Aid, CaseId, Did, Digest, Hash, RowHash, SitId
from storage.transaction import is_moved
from tests.stores.world import (
    AID,
    CASE,
    DID,
    FH_0,
    LATER,
    NOW,
    WID,
    Admin,
    World,
    admission,
    change,
    hash32,
    id16,
    logged,
    row,
    told,
    waiting,
    without_row_security,
    written,
)


async def test_a_room_is_made_by_the_batch_of_its_first_roster(world: World) -> None:
    """The same call makes the room and its first row."""
    seen = await world.create_room()

    assert (seen.n, seen.seq, seen.gate, seen.rev) == (0, 1, 1, 0)
    assert seen.gate_until == FOREVER
    assert [line.code for line in await world.rooms.all()] == ["K-101"]


async def test_there_is_no_snapshot_of_an_unknown_room(world: World) -> None:
    """None stands for a room that is not there."""
    assert await world.rooms.snapshot(CASE) is None


async def test_a_case_is_made_once(world: World) -> None:
    """A second first batch for a case, or for its code, changes nothing."""
    await world.create_room()
    before = Snapshot.before_first(fh=FH_0, id_rev=0, idn=0)

    with pytest.raises(Refused) as same_case:
        await world.rooms.commit(replace(change(before, row("x")), code="K-102"))
    with pytest.raises(Refused) as same_code:
        await world.rooms.commit(
            replace(change(before, row("x")), code="K-101", case=CaseId(id16("other case")))
        )

    assert [same_case.value.code, same_code.value.code] == [Code.CONFLICT, Code.CONFLICT]
    assert len(await world.rooms.all()) == 1


async def test_rows_get_numbers_and_hashes_in_order(world: World) -> None:
    """Numbers run on without a gap and each hash is the protocol's."""
    seen = await world.create_room()
    rows = [row("a"), row("b", ctr=1), row("c", ctr=2)]

    committed = await world.rooms.commit(change(seen, *rows))

    fh = seen.fh
    for place, (new, done) in enumerate(zip(rows, committed, strict=True), start=2):
        fh = feed_hash(before=fh, seq=place, row_id=new.id, sg=new.sg, idn=0)
        assert (done.seq, done.fh) == (place, fh)
    assert (await world.seen()).fh == fh


async def test_the_feed_hash_is_that_of_appendix_a2(world: World, admin: Admin) -> None:
    """Three rows with their id sizes 5, 6, 6 give the three published hashes."""

    def value(text: str) -> Hash:
        return Hash(from_b64u(text))

    published = [
        (
            5,
            "2rb0MiUWL3fA1EdS7-4v4Hp5Yqml0GJ88mvtCmkn3ls",
            "GOl680-G5o26ewMa5ksuDOi1n9_sXCeX4EL5CrwZNtk",
        ),
        (
            6,
            "RnEQ5fJj7ZuzCMffYVmkItfb8CIMONbNh4lGyV3OWyk",
            "zT2b_-zUYeVQ7l-L_S6T0yQbWb1WWtzvJtSCIzgeEeE",
        ),
        (
            6,
            "W492r0N2VETd_V3XOAD5gxIQ5lhA6ZaJBHDRg1zQge8",
            "otRRS29tJUqasIUYeHVlRYcBden5-eT7GJt2wzd6P9s",
        ),
    ]
    case = CaseId(id16("any"))
    await fake_checkpoint(admin, size=5)
    seen = Snapshot.before_first(
        fh=RowHash(value("xepg94yhlN4RVUZz8-PGuY9yD7tWSk-dU9fuEqU5Z_g")), id_rev=0, idn=5
    )

    found: list[str] = []
    for place, (idn, sid, sg) in enumerate(published):
        if place == 1:
            await fake_checkpoint(admin, size=6)
        new = replace(row(sid), id=value(sid), sg=value(sg))
        now = replace(change(replace(seen, idn=idn), new), case=case)
        now = now if place else replace(now, code="K-1", effect=Effect(n=0))
        found += [b64u(done.fh) for done in await world.rooms.commit(now)]
        seen = replace(seen, n=0)

    assert found == [
        "bjGbxIWMGsAwmYNGTbqLziNG-gOvCxGolpmmEgFQGrc",
        "ScZ4CS_VRVNwLY3GoupUUpPfNl3dai5cxPEz1rp71SY",
        "goT0x2AehO2F0QC3qhzb2tal5DSfKIG0ovxJ6GxQ7iw",
    ]


async def fake_checkpoint(admin: Admin, *, size: int) -> None:
    """Put a checkpoint of `id` there, which only its size matters of."""
    await admin.execute(
        "INSERT INTO audit.tree SELECT log_id, $1, $2, now() FROM audit.log WHERE name = 'id'",
        size,
        bytes(32),
    )
    await admin.execute(
        "INSERT INTO audit.checkpoint SELECT log_id, size, $2, at FROM audit.tree WHERE size = $1",
        size,
        b"note",
    )


MOVED: dict[str, Callable[[Snapshot], Snapshot]] = {
    "gate behind": lambda seen: replace(seen, gate=0),
    "gate ahead": lambda seen: replace(seen, gate=2),
    "epoch": lambda seen: replace(seen, n=1),
    "state": lambda seen: replace(seen, rev=1),
    "statements": lambda seen: replace(seen, id_rev=1),
    "checkpoint": lambda seen: replace(seen, idn=1),
}


@pytest.mark.parametrize("moved", MOVED.values(), ids=MOVED.keys())
async def test_a_change_decided_on_another_state_is_decided_again(
    world: World, moved: Callable[[Snapshot], Snapshot]
) -> None:
    """Whatever the decision stood on must hold at the commit; else nothing is stored."""
    seen = await world.create_room()

    with pytest.raises(asyncpg.SerializationError) as refusal:
        await world.rooms.commit(replace(change(moved(seen), row("late")), heeds_state=True))

    assert is_moved(refusal.value)
    assert await world.seen() == seen
    assert len(await world.rooms.rows(CASE, after=0)) == 1


async def test_the_state_matters_only_to_those_who_heed_it(world: World) -> None:
    """Content goes through although an operation changed the state meanwhile."""
    seen = await world.create_room()
    await world.rooms.commit(replace(change(seen, row("op")), effect=Effect(moves_state=True)))

    committed = await world.rooms.commit(change(seen, row("note")))

    assert [each.seq for each in committed] == [3]


async def test_nothing_is_committed_past_the_limit_of_a_room(world: World) -> None:
    """At the very instant at which something ends, the decision is void."""
    seen = await world.create_room()
    await world.rooms.commit(replace(change(seen, row("a")), effect=Effect(gate_until=LATER)))

    await world.rooms.commit(change(seen, row("b"), at=LATER - timedelta(microseconds=1)))
    with pytest.raises(asyncpg.SerializationError):
        await world.rooms.commit(change(seen, row("c"), at=LATER))

    assert (await world.seen()).seq == 3


async def test_a_limit_that_passed_moves_the_gate_once(world: World) -> None:
    """Of two nodes that wake up, one moves the gate and sets the next limit."""
    seen = await world.create_room()

    moved = [await world.rooms.move_gate(CASE, gate=seen.gate, until=LATER) for _ in range(2)]

    assert moved == [True, False]
    assert (await world.seen()).gate_until == LATER
    assert (await world.seen()).gate == seen.gate + 1


async def test_a_change_moves_what_it_says(world: World) -> None:
    """Gate, state, epoch and limit move together with the rows."""
    seen = await world.create_room()
    effect = Effect(moves_gate=True, moves_state=True, n=1, gate_until=LATER)

    await world.rooms.commit(replace(change(seen, row("roster 1")), effect=effect))

    now = await world.seen()
    assert (now.gate, now.rev, now.n) == (seen.gate + 1, seen.rev + 1, 1)
    assert now.gate_until == LATER


async def test_writers_at_once_leave_no_gap(world: World) -> None:
    """Eight writers in one room: numbers without a gap, hashes in one chain."""
    seen = await world.create_room()
    writers = [world.rooms.commit(change(seen, row(f"w{i}", ctr=i))) for i in range(8)]

    await asyncio.gather(*writers)

    fh = FH_0
    for place, found in enumerate(await world.rooms.rows(CASE, after=0), start=1):
        fh = feed_hash(before=fh, seq=place, row_id=found.id, sg=found.sg, idn=found.idn)
        assert (found.seq, found.fh) == (place, fh)
    assert (await world.seen()).seq == 9


async def test_two_rosters_at_once_give_one(world: World) -> None:
    """The loser of a race for one epoch must decide again."""
    seen = await world.create_room()
    roster = Effect(moves_gate=True, n=1)
    racers = [replace(change(seen, row(f"roster by {i}")), effect=roster) for i in range(2)]

    outcomes = await asyncio.gather(*map(world.rooms.commit, racers), return_exceptions=True)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["SerializationError", "list"]


async def test_a_row_counts_once(world: World) -> None:
    """The same id again is told apart from every other refusal, so it can be answered again."""
    seen = await world.create_room()
    await world.rooms.commit(change(seen, row("a", ctr=1)))

    with pytest.raises(Refused) as again:
        await world.rooms.commit(
            replace(change(seen, row("a", ctr=2)), entries=[told(written("another entry"))])
        )

    assert again.value.code == Code.REPLAY
    [known] = await world.rooms.committed(CASE, [hash32("a"), hash32("unknown")])
    assert (known.seq, known.did, known.idn, known.at, known.id_leaf) == (2, DID, 0, NOW, None)


async def test_a_number_of_an_authors_chain_is_used_once(world: World) -> None:
    """A second envelope with the same number is a fork of its author's chain."""
    seen = await world.create_room()
    await world.rooms.commit(change(seen, row("a", ctr=1)))

    with pytest.raises(Refused) as fork:
        await world.rooms.commit(change(seen, row("b", ctr=1)))

    assert fork.value.code == Code.CHAIN_FORK


async def test_a_slot_is_taken_once(world: World) -> None:
    """The same version of a section by two hands is a conflict."""
    seen = await world.create_room()
    slot = Digest(hash32("section s, version 1"))
    await world.rooms.commit(change(seen, replace(row("a", ctr=1), slot=slot)))

    with pytest.raises(Refused) as taken:
        await world.rooms.commit(change(seen, replace(row("b", ctr=2), slot=slot)))

    assert taken.value.code == Code.CONFLICT


async def test_a_refused_batch_leaves_no_entry(world: World, admin: Admin) -> None:
    """Entries, bodies and rows are stored together or not at all."""
    seen = await world.create_room()

    with pytest.raises(asyncpg.SerializationError):
        await world.rooms.commit(change(replace(seen, gate=7), row("a"), row("b")))

    assert await admin.fetchval("SELECT count(*) FROM audit.entry") == 1
    assert await admin.fetchval("SELECT count(*) FROM room.body") == 1


async def test_a_withdrawal_stands_in_log_and_feed(world: World) -> None:
    """One call writes the leaf of `id`, the statement and the row."""
    seen = await world.create_room()
    withdraw = logged("withdraw", typ="withdraw")
    new = replace(row("withdraw"), kind="withdraw")

    await world.rooms.commit(
        replace(change(seen, new), logged=[withdraw], effect=Effect(moves_gate=True))
    )

    [stored] = await world.statements.after(0)
    assert (stored.sid, stored.case, stored.leaf) == (withdraw.sid, CASE, withdraw.leaf)
    assert stored.signatures == withdraw.signatures
    [known] = await world.rooms.committed(CASE, [new.id])
    assert known.id_leaf is not None
    assert (await world.seen()).id_rev == seen.id_rev + 1


async def test_a_statement_that_waited_waits_no_longer(world: World) -> None:
    """A basis that lacked a signature leaves the waiting area when its batch is committed."""
    seen = await world.create_room()
    room = WaitingRoom(world.pool, council=world.council)
    for name in ("basis", "another"):
        await room.pend(waiting(name), now=NOW)

    await world.rooms.commit(
        replace(change(seen, row("basis")), logged=[logged("basis", typ="basis")])
    )

    assert [each.payload for each in await room.all(now=NOW)] == [b"another"]


async def test_a_withdrawal_decided_on_other_statements_is_decided_again(world: World) -> None:
    """A batch that adds statements asserts the revision as well."""
    seen = await world.create_room()
    stale = replace(seen, id_rev=seen.id_rev + 1)

    with pytest.raises(asyncpg.SerializationError):
        await world.rooms.commit(
            replace(change(stale, row("withdraw")), logged=[logged("withdraw", typ="withdraw")])
        )

    assert await world.statements.after(0) == []


async def test_rows_are_read_without_ciphertext(world: World) -> None:
    """The bare rows tell all but what takes a ticket."""
    await world.create_room()
    await world.post(row("a", ctr=1, ct=b"sealed"), row("b", ctr=2))

    found = await world.rooms.rows(CASE, after=1, limit=1)

    [only] = found
    assert (only.seq, only.id, only.form, only.kind, only.did) == (2, hash32("a"), "env", "op", DID)
    assert only.bare == b"bare a"
    assert b"sealed" not in repr(only).encode()


async def test_each_entry_keeps_its_own_facts(world: World, admin: Admin) -> None:
    """Objects, devices and ids of several entries in one batch are not mixed up."""
    seen = await world.create_room()
    other = (Did(id16("another device")), Aid(id16("another agency")))
    entries = [
        told(written("first", bound=(hash32("a"),), to=(DID,))),
        Told(
            written=written("second", bound=(hash32("b"), hash32("c")), to=(id16("y"), id16("x"))),
            did=other[0],
            aid=other[1],
        ),
    ]
    rows = [row("a"), row("b", entry=1), row("c", entry=1)]

    done = await world.rooms.commit(replace(change(seen, *rows), entries=entries))

    assert done[1].entry == done[2].entry != done[0].entry
    facts = await admin.fetch("SELECT * FROM audit.fact ORDER BY entry_id DESC LIMIT 2")
    assert [fact["objects"] for fact in facts] == [[b"first", b"second object"]] * 2
    assert (facts[0]["did"], facts[0]["aid"]) == other
    assert (facts[1]["did"], facts[1]["aid"]) == (DID, AID)
    assert facts[0]["bound"] == hash32("b") + hash32("c")
    assert facts[0]["to_dids"] == b"".join(sorted([id16("x"), id16("y")]))
    assert (facts[1]["wid"], facts[1]["aid"], facts[1]["key_id"]) == (WID, AID, CASE)


async def test_bundles_are_kept_by_hash_and_read_by_ticket(world: World) -> None:
    """A bundle that came with a roster opens for a device that the entry names."""
    seen = await world.create_room()
    bundle = Bundle(hash=Digest(hash32("bundle")), data=b"bundle bytes")
    await world.rooms.commit(replace(change(seen, row("roster 1")), bundles=[bundle]))

    ticket = await world.ask_to_read(hash32("bundle"))

    [body] = await world.rooms.read(ticket=ticket, did=DID, now=NOW)
    assert (body.id, body.bare, body.ct) == (hash32("bundle"), b"", b"bundle bytes")


async def test_listeners_are_known_to_all_nodes(world: World) -> None:
    """A subscription is seen until it ends, its node restarts, or it falls silent."""
    live = Live(world.pool, council=world.council)
    subs = [
        Listener(
            sub=id16(f"sub {i}"),
            case=CASE,
            did=DID,
            wid=WID,
            sit=SitId(id16("sitting")) if i else None,
            node=f"node {i % 2}",
        )
        for i in range(4)
    ]
    for sub in [*subs, subs[0]]:
        await live.listen(sub, now=NOW)
    assert {sub.sub for sub in await live.of(CASE)} == {sub.sub for sub in subs}
    assert subs[1] in await live.of(CASE)

    await live.unlisten([subs[3].sub])
    await live.forget(node="node 0", before=NOW)
    assert await live.of(CASE) == [subs[1]]

    await live.forget(node="node 9", before=LATER)
    assert await live.of(CASE) == []


@pytest.mark.parametrize("ring", [True, False], ids=["row security", "without it"])
async def test_councils_do_not_see_each_others_rooms(
    world: World, other_world: World, admin: Admin, *, ring: bool
) -> None:
    """The same question in another council's name finds nothing, with either fence alone."""
    seen = await world.create_room()
    if not ring:
        await without_row_security(admin)

    assert await other_world.rooms.all() == []
    assert await other_world.rooms.rows(CASE, after=0) == []
    assert await other_world.rooms.snapshot(CASE) is None
    assert await other_world.rooms.committed(CASE, [hash32("roster 0")]) == []
    assert not await other_world.rooms.move_gate(CASE, gate=seen.gate, until=LATER)
    with pytest.raises(asyncpg.SerializationError):
        await other_world.rooms.commit(change(seen, row("a")))
    await other_world.statements.admit(replace(admission("a", rev=0), touched=[Touched(case=CASE)]))
    assert await world.seen() == seen
