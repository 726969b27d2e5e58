"""No entry, no ciphertext: the ways around the ticket, each of them closed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import LiteralString

import asyncpg
import pytest

from audit.entry import Kind
from audit.store import Asked, AuditLog
from conference.store import Body, Bundle, Effect, Rooms, Snapshot
from crypto.errors import Code, Refused
from protocol.ids import CaseId, Did, Digest, Hash, Id, Nonce
from storage.pool import Pool
from tests.stores.world import (
    AID,
    CASE,
    COUNCIL,
    DID,
    FH_0,
    KEY,
    NOW,
    OTHER_DID,
    Admin,
    World,
    change,
    hash32,
    id16,
    row,
    without_row_security,
    written,
)

SEALED = hash32("sealed")


@pytest.fixture
async def room(world: World) -> World:
    """A room with one sealed row."""
    await world.create_room()
    await world.post(row("sealed", ctr=1, ct=b"ciphertext"), row("other", ctr=2, ct=b"other"))
    return world


async def denied(world: World, ticket: int) -> Code:
    """Try to read with a ticket, and answer why it was refused."""
    with pytest.raises(Refused) as refusal:
        await world.rooms.read(ticket=ticket, did=DID, now=NOW)
    return refusal.value.code


async def test_a_committed_entry_opens_what_it_names(room: World) -> None:
    """The device gets the objects of the entry, and no others."""
    ticket = await room.ask_to_read(SEALED)

    bodies = await room.rooms.read(ticket=ticket, did=DID, now=NOW)

    assert bodies == [Body(id=SEALED, bare=b"bare sealed", ct=b"ciphertext")]


async def test_the_entry_of_a_change_is_the_ticket_of_its_push(room: World) -> None:
    """A second node fetches what was pushed, by the gate after the batch."""
    roster = replace(
        change(await room.seen(), row("roster 1", ct=b"x")), effect=Effect(moves_gate=True)
    )

    [committed] = await room.rooms.commit(roster)

    bodies = await room.rooms.read(ticket=committed.entry, did=DID, now=NOW)
    assert [body.ct for body in bodies] == [b"x"]


async def test_an_entry_names_its_devices(room: World) -> None:
    """Another device cannot use the entry, although it is committed."""
    ticket = await room.ask_to_read(SEALED, did=OTHER_DID)

    assert await denied(room, ticket) == Code.FORBIDDEN


async def test_half_of_two_neighbouring_ids_is_no_device(room: World) -> None:
    """Devices are compared at their places in the list, not anywhere in it."""
    pair = id16("a"), id16("b")
    entry = written("read", kind=Kind.READ, bound=(SEALED,), to=pair)
    ticket = await room.log.note(entry, key_id=CASE, gate=(await room.seen()).gate)
    straddling = Did(Id((b"".join(sorted(pair)))[8:24]))

    with pytest.raises(Refused) as refusal:
        await room.rooms.read(ticket=ticket, did=straddling, now=NOW)

    assert refusal.value.code == Code.FORBIDDEN


async def test_an_entry_that_does_not_exist_opens_nothing(room: World) -> None:
    """A number that nobody was given is no ticket."""
    assert await denied(room, 999_999) == Code.FORBIDDEN


async def test_a_refusal_opens_nothing(room: World) -> None:
    """The entry of a refused read is no ticket for it."""
    entry = written("refused", kind=Kind.READ, bound=(SEALED,), reason=Code.NOT_MEMBER)
    ticket = await room.log.note(entry, key_id=CASE, gate=(await room.seen()).gate)

    assert await denied(room, ticket) == Code.FORBIDDEN


async def test_an_entry_without_a_case_opens_nothing(room: World) -> None:
    """An entry of no room has no gate that could have stood."""
    entry = written("no case", kind=Kind.READ, bound=(SEALED,), case=None)
    ticket = await room.log.note(entry, key_id=KEY)

    with pytest.raises(asyncpg.SerializationError):
        await room.rooms.read(ticket=ticket, did=DID, now=NOW)


async def test_the_transaction_that_logs_cannot_read(room: World, app_pool: Pool) -> None:
    """Plain or behind a savepoint: the entry must be another transaction's."""
    gate = (await room.seen()).gate
    entry = written("read", kind=Kind.READ, bound=(SEALED,))
    async with app_pool.acquire() as connection, connection.transaction():
        log = AuditLog(connection, council=COUNCIL)
        async with connection.transaction():
            ticket = await log.note(entry, key_id=CASE, gate=gate)

        with pytest.raises(Refused) as refusal:
            async with connection.transaction():
                await Rooms(connection, council=COUNCIL).read(ticket=ticket, did=DID, now=NOW)

    assert refusal.value.code == Code.FORBIDDEN


async def test_an_entry_rolled_back_opens_nothing(room: World, app_pool: Pool) -> None:
    """Who logs, notes the number and rolls back has no ticket."""
    gate = (await room.seen()).gate
    entry = written("read", kind=Kind.READ, bound=(SEALED,))
    async with app_pool.acquire() as connection:
        attempt = connection.transaction()
        await attempt.start()
        ticket = await AuditLog(connection, council=COUNCIL).note(entry, key_id=CASE, gate=gate)
        await attempt.rollback()

    assert await denied(room, ticket) == Code.FORBIDDEN


async def test_an_entry_not_yet_committed_opens_nothing(room: World, app_pool: Pool) -> None:
    """While the logging transaction is open, another one cannot read on it."""
    gate = (await room.seen()).gate
    entry = written("read", kind=Kind.READ, bound=(SEALED,))
    async with app_pool.acquire() as connection, connection.transaction():
        ticket = await AuditLog(connection, council=COUNCIL).note(entry, key_id=CASE, gate=gate)

        assert await denied(room, ticket) == Code.FORBIDDEN


async def test_a_ticket_dies_with_the_gate(room: World) -> None:
    """Whatever could have changed the answer since ends every outstanding ticket."""
    ticket = await room.ask_to_read(SEALED)
    await room.rooms.commit(
        replace(change(await room.seen(), row("withdraw")), effect=Effect(moves_gate=True))
    )

    with pytest.raises(asyncpg.SerializationError):
        await room.rooms.read(ticket=ticket, did=DID, now=NOW)


async def test_a_ticket_dies_at_the_limit_of_the_room(room: World, admin: Admin) -> None:
    """No job has to wake up for that."""
    until: datetime = await admin.fetchval("SELECT clock_timestamp() + interval '1 hour'")
    await room.rooms.move_gate(CASE, gate=(await room.seen()).gate, until=until)
    ticket = await room.ask_to_read(SEALED)

    just_before = until - timedelta(microseconds=1)
    assert len(await room.rooms.read(ticket=ticket, did=DID, now=just_before)) == 1
    with pytest.raises(asyncpg.SerializationError):
        await room.rooms.read(ticket=ticket, did=DID, now=until)


@pytest.mark.parametrize("said", ["now() - interval '1 year'", "'-infinity'", "NULL"])
async def test_who_asks_cannot_turn_the_clock_back(
    room: World, app_pool: Pool, admin: Admin, said: LiteralString
) -> None:
    """The limit has passed by the database's clock, whatever time the call names."""
    past = await admin.fetchval("SELECT clock_timestamp() - interval '1 second'")
    await room.rooms.move_gate(CASE, gate=(await room.seen()).gate, until=past)
    ticket = await room.ask_to_read(SEALED)

    with pytest.raises(asyncpg.SerializationError):
        await app_pool.fetch(f"SELECT * FROM room.read($1, $2, $3, {said})", COUNCIL, ticket, DID)  # noqa: S608 -- times


async def test_a_ticket_lasts_thirty_seconds(room: World, admin: Admin) -> None:
    """By the database's clock, which the application cannot set."""
    fresh = await room.ask_to_read(SEALED, name="fresh")
    await admin.execute("ALTER TABLE audit.entry DISABLE TRIGGER no_change")
    age = "UPDATE audit.entry SET at = clock_timestamp() - $2::interval WHERE id = $1"

    await admin.execute(age, fresh, timedelta(seconds=25))
    assert len(await room.rooms.read(ticket=fresh, did=DID, now=NOW)) == 1
    await admin.execute(age, fresh, timedelta(seconds=31))
    assert await denied(room, fresh) == Code.FORBIDDEN


@pytest.mark.parametrize("ring", [True, False], ids=["row security", "without it"])
async def test_another_councils_ticket_opens_nothing(
    room: World, other_world: World, admin: Admin, *, ring: bool
) -> None:
    """An entry is a ticket in its own council, with either fence alone."""
    ticket = await room.ask_to_read(SEALED)
    if not ring:
        await without_row_security(admin)

    assert await denied(other_world, ticket) == Code.FORBIDDEN


async def test_a_ticket_opens_only_its_own_case(room: World) -> None:
    """Rows and bundles of another room stay closed although the entry names their ids."""
    case = CaseId(id16("another case"))
    fresh = Snapshot.before_first(fh=FH_0, id_rev=0, idn=0)
    first = replace(change(fresh, row("elsewhere", ct=b"x")), case=case, code="K-102")
    bundle = Bundle(hash=Digest(hash32("bundle")), data=b"x")
    await room.rooms.commit(replace(first, bundles=[bundle]))

    ticket = await room.ask_to_read(hash32("elsewhere"), hash32("bundle"))

    assert await room.rooms.read(ticket=ticket, did=DID, now=NOW) == []


async def test_a_signed_request_counts_once(room: World) -> None:
    """The same nonce of one device is a replay; another device may draw the same."""
    nonce = Nonce(id16("nonce"))

    async def ask(asked: Asked, name: str) -> int:
        entry = written(name, kind=Kind.READ, bound=(Hash(SEALED),))
        return await room.log.note(entry, key_id=CASE, asked=asked, gate=1)

    mine = Asked(did=DID, aid=AID, request=b"signed", nonce=nonce)
    await ask(mine, "once")
    await ask(replace(mine, did=OTHER_DID), "another device")
    with pytest.raises(Refused) as replay:
        await ask(mine, "twice")

    assert replay.value.code == Code.REPLAY
