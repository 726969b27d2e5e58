"""Live sockets: who gets one, what is answered, and when it ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
import socketio
from socketio import exceptions as socketio_exceptions

from audit.entry import Kind, parse
from crypto.errors import Code
from protocol import codec
from protocol.ids import CaseId, Id
from protocol.vocabulary import Cap
from protocol.wire import Done, IdHead, InRoom, Token
from server.app import JOBS
from server.service import SERVICE
from tests.edges.people import SLUG, Edge, Person, code_of
from tests.edges.test_identity_admission import revocation
from tests.faults.hostile import bare

CASE = CaseId(Id(bytes(16)))


class Phone:
    """A client's socket and what it was told."""

    def __init__(self) -> None:
        library: Any = socketio
        self.io: Any = library.AsyncClient(reconnection=False)
        self.told: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self.gone = asyncio.Event()
        for event in ("cut", "idhead"):
            self.io.on(event, self._hear(event))
        self.io.on("disconnect", self._end)

    def _hear(self, event: str) -> Callable[[str], Awaitable[None]]:
        async def hear(data: str) -> None:
            await self.told.put((event, data))

        return hear

    async def _end(self, *_: object) -> None:
        self.gone.set()

    async def call(self, event: str, request: object) -> bytes:
        """Send a request and wait for its acknowledgement."""
        reply: str = await self.io.call(event, codec.encode(request).decode(), timeout=5)
        return reply.encode()

    async def hear(self, event: str) -> bytes:
        """Wait for an event; others are passed over."""
        async with asyncio.timeout(5):
            while True:
                name, data = await self.told.get()
                if name == event:
                    return data.encode()


Dial = Callable[..., Awaitable[Phone]]


@pytest.fixture
async def dial(edge: Edge) -> AsyncIterator[Dial]:
    """Opens sockets that are closed after the test."""
    async with AsyncExitStack() as stack:

        async def connect(
            token: str,
            *,
            slug: str = SLUG,
            auth: object = None,
            told: list[dict[str, str]] | None = None,
        ) -> Phone:
            phone = Phone()
            phone.io.on("connect_error", ([] if told is None else told).append)
            stack.push_async_callback(phone.io.disconnect)
            await phone.io.connect(
                str(edge.client.make_url("/")),
                auth=auth or {"token": token, "slug": slug},
                transports=["websocket"],
                wait_timeout=5,
            )
            return phone

        yield connect


async def member(edge: Edge) -> Person:
    """A signed-in person of a new council."""
    await edge.found()
    person = await edge.enrol(await edge.agency(Cap.MEMBER), Cap.MEMBER)
    await edge.sign_in(person)
    return person


async def refused(dial: Dial, token: str, **more: object) -> str:
    """The code with which a connection is refused."""
    told: list[dict[str, str]] = []
    with pytest.raises(socketio_exceptions.ConnectionError):
        await dial(token, told=told, **more)
    return code_of(told[0]["message"].encode())


async def test_a_socket_needs_a_token_of_its_council(edge: Edge, dial: Dial) -> None:
    """A Failure comes back as the message of the refusal."""
    person = await member(edge)

    assert await refused(dial, "") == "BAD_TOKEN"
    assert await refused(dial, "a.b.c") == "BAD_TOKEN"
    assert await refused(dial, person.token, slug="minami") == "UNKNOWN_ID"
    assert await refused(dial, "", auth={"token": 7, "slug": SLUG}) == "BAD_TOKEN"
    assert await refused(dial, "", auth=["kita"]) == "BAD_TOKEN"


async def test_a_refused_socket_is_counted_in_the_log_of_its_council(
    edge: Edge, dial: Dial
) -> None:
    """Nobody is named; a council that does not exist has no log."""
    await edge.found()
    await refused(dial, "a.b.c")
    await refused(dial, "a.b.c", slug="minami")

    await edge.app[JOBS].flush(edge.app[SERVICE].clock())
    await edge.level()

    leaves = await edge.host.council.log.leaves("ops", start=0, limit=100)
    sums = [leaf.d for leaf in map(parse, leaves) if leaf.k is Kind.DENIED_COUNT]
    assert sums == [Code.BAD_TOKEN]


async def test_every_verb_is_answered(edge: Edge, dial: Dial) -> None:
    """With an answer or with a Failure that is in the log."""
    person = await member(edge)
    phone = await dial(person.token)

    assert codec.decode(await phone.call("unsub", InRoom(case=CASE)), Done) == Done()
    assert code_of(await phone.call("head", InRoom(case=CASE))) == "UNKNOWN_ID"
    for verb in ("post", "read", "sub"):
        assert code_of(await phone.call(verb, Done())) == "BAD_J1"
    assert code_of((await phone.io.call("post", {"case": 1})).encode()) == "BAD_J1"
    assert code_of((await phone.io.call("post")).encode()) == "BAD_J1"


async def test_an_unexpected_fault_is_answered_too(
    edge: Edge, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No packet goes unanswered, and its text stays inside."""

    async def broken(*_: object) -> None:
        raise KeyError("secret")

    person = await member(edge)
    phone = await dial(person.token)
    monkeypatch.setattr(edge.rooms, "head", broken)

    reply = await phone.call("head", InRoom(case=CASE))

    assert code_of(reply) == "UNAVAILABLE"
    assert b"secret" not in reply


async def test_a_socket_ends_with_its_token(edge: Edge, dial: Dial) -> None:
    """It is told why, and the rooms are told that it went."""
    person = await member(edge)
    phone = await dial(person.token)
    service = edge.app[SERVICE]
    later = service.clock() + timedelta(minutes=11)

    service.clock = lambda: later

    assert code_of(await phone.hear("cut")) == "BAD_TOKEN"
    async with asyncio.timeout(5):
        await phone.gone.wait()
    assert [session.actor.did for session in edge.rooms.left] == [person.did]


async def test_a_fresh_token_keeps_a_socket_alive(edge: Edge, dial: Dial) -> None:
    """Handed in on the socket itself; somebody else's does not do."""
    person = await member(edge)
    other = await edge.enrol(await edge.agency(Cap.MEMBER), Cap.MEMBER)
    await edge.sign_in(other)
    phone = await dial(person.token)
    service = edge.app[SERVICE]
    soon = service.clock() + timedelta(minutes=9)
    service.clock = lambda: soon
    await edge.sign_in(person)

    assert code_of(await phone.call("token", Token(token=other.token))) == "BAD_TOKEN"
    assert codec.decode(await phone.call("token", Token(token=person.token)), Done) == Done()

    later = soon + timedelta(minutes=5)
    service.clock = lambda: later
    await service.sockets.expire(later)
    assert not phone.gone.is_set()
    assert codec.decode(await phone.call("unsub", InRoom(case=CASE)), Done) == Done()


async def test_a_revoked_device_is_cut_within_a_second(edge: Edge, dial: Dial) -> None:
    """At the commit of its revocation, before any checkpoint; others stay."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    person = await edge.enrol(office, Cap.MEMBER)
    other = await edge.enrol(office, Cap.MEMBER)
    await edge.sign_in(person)
    await edge.sign_in(other)
    phone, stays = await dial(person.token), await dial(other.token)

    await edge.admitted(revocation(edge, person), office.registrar)

    async with asyncio.timeout(1):
        assert code_of(await phone.hear("cut")) == Code.REVOKED
        await phone.gone.wait()
    assert codec.decode(await stays.call("unsub", InRoom(case=CASE)), Done) == Done()


async def test_a_revocation_by_another_node_cuts_here(
    edge: Edge, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in the database is found without a word from the other node."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    person = await edge.enrol(office, Cap.MEMBER)
    await edge.sign_in(person)
    phone = await dial(person.token)

    async def unheard(*_: object) -> None:
        """The admitting node's own sockets are not these."""

    with monkeypatch.context() as patch:
        patch.setattr(edge.app[SERVICE].sockets, "recheck", unheard)
        await edge.admitted(revocation(edge, person), office.registrar)
    edge.host.told = (0, 0)

    assert code_of(await phone.hear("cut")) == "REVOKED"


async def test_every_socket_hears_of_a_checkpoint(edge: Edge, dial: Dial) -> None:
    """With the size of the identity log."""
    person = await member(edge)
    phone = await dial(person.token)
    before = edge.host.council.idn

    await edge.agency(Cap.MEMBER)

    assert codec.decode(await phone.hear("idhead"), IdHead).size == before + 1


async def test_a_node_ends_although_somebody_stays_on_the_line(edge: Edge, dial: Dial) -> None:
    """Signed in or not: nobody who only listens holds up the end."""
    person = await member(edge)
    phone = await dial(person.token)
    port = edge.client.make_url("/").port
    assert port is not None

    async with bare(port) as stranger:
        await stranger.upgrade()
        async with asyncio.timeout(20):
            await edge.client.server.close()

        assert code_of(await phone.hear("cut")) == "UNAVAILABLE"
        await stranger.all()


async def test_the_end_of_the_node_is_told(edge: Edge, dial: Dial) -> None:
    """Clients know that they should come again."""
    person = await member(edge)
    phone = await dial(person.token)

    await edge.app[SERVICE].sockets.stop()

    assert code_of(await phone.hear("cut")) == "UNAVAILABLE"
