"""Councils, their statements in one order, what waits for them, and nonces of sign-in."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from crypto.errors import Code, Refused
from crypto.hashing import sha256
from identity import store as identity_store
from identity.model import Beside, Touched
from identity.store import Challenges, WaitingRoom
from protocol.ids import CaseId, Digest, Hash, Key, Sid
from protocol.statement import Signature
from tests.stores.world import (
    CASE,
    COUNCIL,
    LATER,
    NOW,
    OTHER_COUNCIL,
    Admin,
    World,
    admission,
    hash32,
    id16,
    logged,
    waiting,
)


async def test_a_council_is_reserved_with_two_logs(world: World) -> None:
    """Slug, revision and both logs are there, and other councils are listed too."""
    [council] = await identity_store.councils(world.pool)
    logs = await world.logs()

    assert (council.id, council.slug, council.rev) == (COUNCIL, "council-1", 0)
    assert [log.name for log in logs] == ["id", "ops"]
    assert [log.origin for log in logs] == ["council-1/id", "council-1/ops"]
    assert logs[0].vkeys == ("vkey of id",)


async def test_a_council_is_reserved_once(world: World) -> None:
    """Neither the id nor an origin can be taken again."""
    with pytest.raises(Refused) as again:
        await world.reserve()

    assert again.value.code == Code.CONFLICT


async def test_statements_are_read_in_the_order_of_admission(world: World) -> None:
    """Each gets the next revision and comes back as it went in."""
    for place, name in enumerate(["a", "b", "c"]):
        await world.statements.admit(replace(admission(name, rev=place), case=CASE))

    stored = await world.statements.after(1, limit=1)

    assert await world.statements.rev() == 3
    [only] = stored
    expected = logged("b")
    assert (only.rev, only.sid, only.typ, only.payload) == (2, expected.sid, "agency", b'{"b":1}')
    assert (only.leaf, only.case, only.at) == (expected.leaf, CASE, NOW)
    assert only.signatures == expected.signatures


async def test_signatures_come_back_by_key(world: World) -> None:
    """The order of keys is that of the hash over signatures."""
    pks = sorted((Key(hash32(f"pk {i}")) for i in range(5)), reverse=True)
    signed = tuple(Signature(pk=pk, sig=bytes([i]) * 64) for i, pk in enumerate(pks))
    statement = replace(logged("many"), signatures=signed)

    await world.statements.admit(replace(admission("many", rev=0), statement=statement))

    [stored] = await world.statements.after(0)
    assert stored.signatures == tuple(sorted(signed))


async def test_a_statement_decided_on_older_ones_is_decided_again(world: World) -> None:
    """Of two admissions decided on the same state, one must look again."""
    outcomes = await asyncio.gather(
        world.statements.admit(admission("a", rev=0)),
        world.statements.admit(admission("b", rev=0)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in outcomes) == ["NoneType", "SerializationError"]
    assert len(await world.statements.after(0)) == 1


async def test_a_statement_is_admitted_once(world: World) -> None:
    """The same statement again is told apart, so that it can be answered again."""
    await world.statements.admit(admission("a", rev=0))

    with pytest.raises(Refused) as again:
        await world.statements.admit(admission("a", rev=1))

    assert again.value.code == Code.REPLAY
    assert await world.statements.rev() == 1


async def test_a_statement_has_one_successor(world: World) -> None:
    """The second statement with the same predecessor is a fork."""
    first = Sid(hash32("a"))
    await world.statements.admit(admission("a", rev=0))
    await world.statements.admit(admission("b", rev=1, prev=first))

    with pytest.raises(Refused) as fork:
        await world.statements.admit(admission("c", rev=2, prev=first))

    assert fork.value.code == Code.CHAIN_FORK


async def test_a_council_has_one_first_root(world: World) -> None:
    """A second root without predecessor is refused; a successor is not."""
    await world.statements.admit(admission("root 0", rev=0, typ="root"))

    with pytest.raises(Refused) as second:
        await world.statements.admit(admission("root x", rev=1, typ="root"))
    await world.statements.admit(admission("root 1", rev=1, typ="root", prev=Sid(hash32("root 0"))))

    assert second.value.code == Code.CONFLICT


async def test_what_travels_beside_a_statement_is_kept(world: World) -> None:
    """Sealing keys come back by hash, names by certificate."""
    ek = bytes(1216)
    ekh = Digest(Hash(sha256(ek)))
    device, worker = admission("device", rev=0), admission("worker", rev=1)
    salt = hash32("salt")

    await world.statements.admit(replace(device, beside=Beside(ekh=ekh, ek=ek)))
    await world.statements.admit(replace(worker, beside=Beside(name="佐藤 花子", salt=salt)))

    assert await world.statements.sealing_keys([ekh, Digest(hash32("x"))]) == {ekh: ek}
    sid = Sid(hash32("worker"))
    assert await world.statements.names([sid]) == {sid: ("佐藤 花子", salt)}


async def test_a_sealing_key_must_fit_its_hash(world: World) -> None:
    """Bytes under another hash are not stored, nor is their statement."""
    wrong = Beside(ekh=Digest(hash32("another")), ek=bytes(1216))

    with pytest.raises(asyncpg.CheckViolationError):
        await world.statements.admit(replace(admission("device", rev=0), beside=wrong))

    assert await world.statements.after(0) == []


async def test_an_admission_moves_the_gates_it_touches(world: World) -> None:
    """The rooms it names, no others; a new limit is set where one is given."""
    seen = await world.create_room()
    elsewhere = Touched(case=CaseId(id16("no room here")))

    await world.statements.admit(
        replace(admission("revoke", rev=0), touched=[Touched(case=CASE), elsewhere])
    )
    first = await world.seen()
    await world.statements.admit(
        replace(admission("pledge", rev=1), touched=[Touched(case=CASE, gate_until=LATER)])
    )
    second = await world.seen()
    await world.statements.admit(admission("agency", rev=2))

    assert (first.gate, first.gate_until) == (seen.gate + 1, seen.gate_until)
    assert (second.gate, second.gate_until) == (seen.gate + 2, LATER)
    assert (await world.seen()).gate == second.gate


async def test_statements_of_another_council_stay_there(world: World, other_world: World) -> None:
    """Each council has its own order and its own rooms."""
    seen = await world.create_room()

    await other_world.statements.admit(replace(admission("a", rev=0), touched=[Touched(case=CASE)]))

    assert await world.statements.after(0) == []
    assert await world.statements.rev() == 0
    assert (await world.seen()).gate == seen.gate


async def test_what_waits_comes_back_as_it_was(world: World) -> None:
    """With its signatures in their order."""
    room = WaitingRoom(world.pool, council=COUNCIL)
    first, second = (Signature(pk=Key(hash32(f"{i}")), sig=bytes([i]) * 64) for i in range(2))

    await room.pend(waiting("a", first, second), now=NOW)

    assert await room.all(now=NOW) == [waiting("a", first, second)]


async def test_one_thing_waits_under_a_key(world: World) -> None:
    """A second one is refused until the time of the first has passed."""
    room = WaitingRoom(world.pool, council=COUNCIL)
    await room.pend(waiting("a"), now=NOW)

    with pytest.raises(Refused) as taken:
        await room.pend(waiting("a"), now=NOW)
    assert taken.value.code == Code.CONFLICT

    assert await room.all(now=LATER) == []
    await room.pend(replace(waiting("a"), until=LATER + timedelta(hours=1)), now=LATER)
    assert len(await room.all(now=LATER)) == 1


async def test_an_answer_takes_the_place_of_what_it_answers(world: World) -> None:
    """Only of the type that it answers, and under its own key."""
    room = WaitingRoom(world.pool, council=COUNCIL)
    offer, beside = (replace(waiting(name), typ="offer") for name in ("a", "b"))
    await room.pend(offer, now=NOW)
    await room.pend(beside, now=NOW)

    await room.pend(replace(waiting("a"), typ="link"), now=NOW, answers="offer")
    with pytest.raises(Refused) as second:
        await room.pend(replace(waiting("a"), typ="link"), now=NOW, answers="offer")

    assert second.value.code == Code.CONFLICT
    kept = sorted(await room.all(now=NOW), key=lambda each: each.payload)
    assert [(each.payload, each.typ) for each in kept] == [(b"a", "link"), (b"b", "offer")]


async def test_an_answer_that_cannot_be_kept_leaves_what_it_answers(world: World) -> None:
    """Both happen in one statement, or neither."""
    room = WaitingRoom(world.pool, council=COUNCIL)
    offer = replace(waiting("a"), typ="offer")
    await room.pend(offer, now=NOW)
    many = [Signature(pk=Key(hash32(f"{i}")), sig=bytes(64)) for i in range(17)]

    with pytest.raises(asyncpg.CheckViolationError):
        await room.pend(replace(waiting("a", *many), typ="link"), now=NOW, answers="offer")

    assert await room.all(now=NOW) == [offer]


async def test_what_is_admitted_waits_no_longer(world: World) -> None:
    """The admission clears the keys it names, and only those."""
    room = WaitingRoom(world.pool, council=COUNCIL)
    for name in ("a", "join", "b"):
        await room.pend(waiting(name), now=NOW)

    await world.statements.admit(replace(admission("a", rev=0), done=[hash32("a"), hash32("join")]))

    assert [each.payload for each in await room.all(now=NOW)] == [b"b"]


async def test_a_room_ends_the_reservation_of_its_case(world: World) -> None:
    """A reserved case id waits until the first roster comes."""
    room = WaitingRoom(world.pool, council=COUNCIL)
    await room.pend(replace(waiting("case"), key=CASE, typ="case"), now=NOW)

    await world.create_room()

    assert await room.all(now=NOW) == []


async def test_a_nonce_is_taken_once(world: World) -> None:
    """The first taker in time has it; a stranger's or a late nonce is nothing."""
    challenges = Challenges(world.pool, council=COUNCIL)
    nonce, late = hash32("nonce"), hash32("late")
    await challenges.issue(nonce, until=LATER, now=NOW)
    await challenges.issue(late, until=LATER, now=NOW)

    elsewhere = await Challenges(world.pool, council=OTHER_COUNCIL).take(nonce, now=NOW)
    taken = [await challenges.take(nonce, now=NOW) for _ in range(2)]

    assert not elsewhere
    assert taken == [True, False]
    assert not await challenges.take(late, now=LATER)
    assert not await challenges.take(hash32("unknown"), now=NOW)


async def test_old_nonces_are_swept_when_new_ones_come(world: World, admin: Admin) -> None:
    """Nobody can fill the table by asking."""
    challenges = Challenges(world.pool, council=COUNCIL)
    await challenges.issue(hash32("old"), until=LATER, now=NOW)

    await challenges.issue(hash32("new"), until=LATER + timedelta(hours=1), now=LATER)

    assert await admin.fetchval("SELECT count(*) FROM room.challenge") == 1
