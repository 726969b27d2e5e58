"""Clients that keep to no rule, beside people who work: they are cut, the others go on."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from audit.entry import Kind
from crypto.errors import Code
from protocol import codec
from protocol.ids import CaseId, Id
from protocol.wire import MAX_BODY, Failure, InRoom
from sdk.session import Session
from sdk.transport import Http
from server.app import create_app
from server.bodies import MOST_FRAME_MARKS, MOST_MARKS
from server.doors import opened
from server.limits import Bounds
from server.lines import Cut
from server.service import SERVICE, Service
from server.settings import Settings
from tests.edges.live.people import gather_cast
from tests.edges.live.stage import Admin, Ear, entries, priority, require_unbroken, section, text
from tests.edges.sdk.stage import Cast, Held, hold, level
from tests.edges.sdk.town import make_town
from tests.faults.hostile import PING, PONG, Bare, bare, head_of, until

SLUG = "minato"
TIGHT = Bounds(
    rate=10**6,
    device_rate=50,
    agency_rate=10**4,
    council_rate=10**4,
    device_sockets=6,
    queue_bytes=64 * 1024,
    sign_in_seconds=1,
    body_seconds=1,
    rest_ms=200,
)
NOWHERE = codec.encode(InRoom(case=CaseId(Id(bytes(16))))).decode()


@dataclass(slots=True)
class Place:
    """A node behind its doors with a sitting under way."""

    service: Service
    port: int
    cast: Cast
    held: Held

    @property
    def elder(self) -> Session:
        """Whose token the hostile clients have."""
        return self.cast.clients["elder"].session

    async def signed(self, stack: AsyncExitStack) -> Bare:
        """A bare socket of a member, signed in."""
        line = await stack.enter_async_context(bare(self.port))
        await line.upgrade()
        token = self.elder.council.http.token or ""
        assert '"sid"' in await line.sign_in(slug=SLUG, token=token)
        return line

    async def goes_on(self, times: int = 3) -> None:
        """The chair's posts are acknowledged and come to the recorder."""
        chair, recorder = self.held.members["chair"], self.held.members["recorder"]
        for _ in range(times):
            await chair.act(priority(self.held, chair))
        await level({"chair": chair, "recorder": recorder})

    @property
    def cuts(self) -> dict[Cut, int]:
        """Why lines were cut so far."""
        return dict(self.service.sockets.lines.cuts)


@asynccontextmanager
async def place_of(database: str, folder: Path, bounds: Bounds) -> AsyncGenerator[Place]:
    """A node with these limits, four people, a sitting."""
    login = database.replace("//postgres@", "//entaku_node@")
    settings = Settings(data=folder, origin="http://entaku.test", log_level="error", limits=bounds)
    app = await create_app(settings, dsn=login)
    async with AsyncExitStack() as stack:
        service = app[SERVICE]
        port = await stack.enter_async_context(opened(app, service.doors, host="127.0.0.1", port=0))
        url = f"http://127.0.0.1:{port}"
        setup = await asyncio.to_thread((folder / "keys" / "setup").read_text)
        http = await stack.enter_async_context(Http(url=url, slug=SLUG))
        town = await make_town(http, setup=setup, folder=folder / "vaults")
        cast = await gather_cast(town, {})
        for client in cast.clients.values():
            stack.push_async_callback(client.close)
        yield Place(service=service, port=port, cast=cast, held=await hold(cast))


@pytest.fixture
async def place(database: str, tmp_path: Path) -> AsyncGenerator[Place]:
    """A node with tight limits and a sitting under way."""
    async with place_of(database, tmp_path, TIGHT) as found:
        yield found


async def _listen(place: Place, line: Bare) -> None:
    """Join the room, and then read nothing more."""
    request = place.elder.sub_request(place.held.case, sit=place.held.sit, start=1)
    line.event("sub", codec.encode(request).decode(), ack=1)
    await line.hear_of("frames")
    for each in place.service.sockets.lines:
        if each.transport is not None:  # let nothing hide in the system's buffers
            own: socket.socket = each.transport.get_extra_info("socket")
            own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)


async def _share(place: Place) -> None:
    chair = place.held.members["chair"]
    await chair.share(section(place.held, "c6"), text("長" * 6000))


async def test_a_socket_that_never_reads_is_cut_and_misses_nothing(place: Place) -> None:
    """What waits for it is bounded; nobody waits for it; who comes again has every row."""
    lines = place.service.sockets.lines
    most = 0
    async with AsyncExitStack() as stack:
        await _listen(place, await place.signed(stack))
        while Cut.SLOW not in place.cuts:
            await _share(place)
            most = max(most, lines.bytes)
        await place.goes_on()

    assert most < 4 * TIGHT.queue_bytes
    await until(lambda: lines.bytes == 0)
    ear = await Ear.open(place.elder, place.held.case, sit=place.held.sit)
    await ear.reach(place.held.members["chair"].room.state.seq)
    require_unbroken(ear.frames, net=place.elder.council.net, case=place.held.case)
    await ear.close()


async def test_a_flood_of_commands_gets_its_code_and_one_entry(place: Place, admin: Admin) -> None:
    """It is told how long to wait; it is not read meanwhile; others are answered."""
    before = len(await entries(admin, Kind.DENIED))
    async with AsyncExitStack() as stack:
        line = await place.signed(stack)
        for number in range(2000):
            line.event("head", NOWHERE, ack=number)
        told = (await line.hear_of("RATE_LIMITED")).replace("\\", "")
        await place.goes_on()
        await until(lambda: place.service.denials.seen[Code.RATE_LIMITED] > 1)

    assert '"limit":"device"' in told or '"limit":"at_once"' in told
    assert '"wait":' in told
    found = (await entries(admin, Kind.DENIED))[before:]
    codes = [row["result"] for row in found]
    assert codes.count("RATE_LIMITED") <= 1
    assert len(codes) < 100


async def test_ten_thousand_tiny_frames_wait_at_their_sender(place: Place) -> None:
    """The server reads on at its own pace and holds nothing of the rest; a device has its share."""
    lines = place.service.sockets.lines
    async with AsyncExitStack() as stack:
        line = await place.signed(stack)
        for _ in range(10_000):
            line.frame("3")
        await place.goes_on()
        assert lines.packets < 100
        assert place.cuts == {}
        await _crowd(place, stack)
    await place.goes_on()


async def test_signs_of_life_are_counted_as_frames(place: Place) -> None:
    """A stranger's line is cut for them; a member's are read and answered at its pace only."""
    lines, clock = place.service.sockets.lines, asyncio.get_running_loop().time
    async with AsyncExitStack() as stack:
        stranger = await stack.enter_async_context(bare(place.port))
        await stranger.upgrade()
        for _ in range(10):
            stranger.sign(PING)
            stranger.sign(PONG)
        assert bytes([PONG, 0]) in await stranger.all()
        assert place.cuts == {Cut.UNSIGNED: 1}

        before, began = {each.eio for each in lines}, clock()
        line = await place.signed(stack)
        (mine,) = (each for each in lines if each.eio not in before)
        for _ in range(10_000):
            line.sign(PING)
            line.sign(PONG)
        await until(lambda: mine.frames > 100)
        await place.goes_on()
        frames_a_second = 4 * TIGHT.device_rate
        assert mine.frames <= frames_a_second * (4 + clock() - began) + 1


async def test_crowded_json_is_not_read(place: Place) -> None:
    """Refused with its code where it can be answered; a frame of nothing else ends its line."""
    crowd = '{"a":[' + "0," * MOST_MARKS + "0]}"
    async with AsyncExitStack() as stack:
        line = await place.signed(stack)
        line.event("post", crowd, ack=7)
        assert "OVERSIZE" in await line.hear_of("437")
        assert place.cuts == {}
        line.frame("42" + json.dumps(["post", [0] * MOST_FRAME_MARKS]))
        await line.all()
        assert place.cuts == {Cut.GARBAGE: 1}

        asker = await stack.enter_async_context(bare(place.port))
        head = f"POST /v1/{SLUG}/admit HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        asker.say(f"{head}Content-Length: {len(crowd)}\r\n\r\n{crowd}".encode())
        assert failure_of(await asker.all()) == "OVERSIZE"
        await place.goes_on()


async def _crowd(place: Place, stack: AsyncExitStack) -> None:
    """So many sockets of one device: one more is told to wait, one that goes makes room."""
    mine = [await place.signed(stack) for _ in range(TIGHT.device_sockets - 2)]
    further = await stack.enter_async_context(bare(place.port))
    await further.upgrade()
    told = await further.sign_in(slug=SLUG, token=place.elder.council.http.token or "")
    assert "RATE_LIMITED" in told
    assert "device_sockets" in told
    before = place.service.limits.sockets
    mine[0].frame("1")
    await until(lambda: place.service.limits.sockets == before - 1)
    await place.signed(stack)


async def test_what_is_no_packet_ends_its_line(place: Place) -> None:
    """Garbage, bytes, a frame that is too large, a stranger who only listens."""
    async with AsyncExitStack() as stack:
        for garbage in ("4", "49", "42[", "451-[]", b"\0\1"):
            line = await place.signed(stack)
            line.frame(garbage)
            await line.all()
        assert place.cuts == {Cut.GARBAGE: 5}

        large = await place.signed(stack)
        large.say(head_of(MAX_BODY + 1))
        await large.all()
        stranger = await stack.enter_async_context(bare(place.port))
        await stranger.upgrade()
        await stranger.all()
        talker = await stack.enter_async_context(bare(place.port))
        await talker.upgrade()
        for _ in range(20):
            talker.frame("3")
        await talker.all()
        await place.goes_on()

    assert place.cuts == {Cut.GARBAGE: 5, Cut.UNSIGNED: 2}
    await _bodies(place)


async def _bodies(place: Place) -> None:
    """A body that does not come, one that is too large, answers that nobody takes."""
    head = f"POST /v1/{SLUG}/admit HTTP/1.1\r\nHost: a\r\nContent-Length: "
    async with bare(place.port) as slow, bare(place.port) as large, bare(place.port) as deaf:
        slow.say(head.encode() + b"100\r\n\r\n{")
        large.say(head.encode() + f"{MAX_BODY + 1}\r\n\r\n".encode())
        deaf.say(b"GET /v1/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n" * 200)
        await place.goes_on()

        assert failure_of(await slow.all()) == "UNAVAILABLE"
        assert failure_of(await large.all()) == "OVERSIZE"
        await until(deaf.is_broken)


def failure_of(answer: bytes) -> str:
    """The code in an answer over HTTP."""
    return codec.decode(answer.partition(b"\r\n\r\n")[2], Failure).code
