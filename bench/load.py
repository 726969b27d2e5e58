"""The load: clients of one server in a process of their own, told over stdin what to measure.

    python -m bench.load floor URL
    python -m bench.load ours URL SETUP_TOKEN

Each line read is a command, each line written its answer, both JSON. Both sides are measured
by the same code; receivers only parse what every client must to know what came.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, cast

import msgspec
import socketio
import uvloop

from bench.people import SLUG, Member, Town, settle
from bench.room import PLAIN_SIZE, SENDERS, Maker, Sealed, Sender
from crypto import entropy
from protocol import codec
from protocol.ids import Blob, CaseId
from protocol.requests import sub_message
from protocol.wire import Sub
from sdk.transport import Http

_PATIENCE: Final = 60.0  # seconds for all of one run
_FRESH: Final = 300.0  # seconds for which a token of ten minutes is not renewed


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A command: `make` a room of so many members, `enter` it, measure, `leave` it."""

    do: str
    members: int = 0
    count: int = 0


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured: times in ms, rates per second."""

    acked: float = 0.0
    delivered: float = 0.0
    messages: int = 0
    last_p50: float = 0.0
    last_p95: float = 0.0
    ack_p50: float = 0.0


Heard = Callable[[str], None]


class Engine(Protocol):
    """The part of python-socketio's client that is used; it ships no types."""

    def on(self, event: str, handler: Callable[..., Any]) -> None:
        """Hear an event."""
        ...

    async def connect(
        self, url: str, *, auth: object = None, transports: list[str], wait_timeout: int
    ) -> None:
        """Connect."""
        ...

    async def call(self, event: str, data: object, *, timeout: int = 60) -> object:  # noqa: ASYNC109 -- the library's own name
        """Send and wait for the answer."""
        ...

    async def disconnect(self) -> None:
        """Go."""
        ...


def engine() -> Engine:
    """A client that does not mend its connection."""
    return cast("Engine", socketio.AsyncClient(reconnection=False, handle_sigint=False))


class Side(Protocol):
    """One of the two: how to join, prepare and send."""

    async def start(self, most: int) -> None:
        """Prepare for rooms of at most so many."""
        ...

    async def make(self, members: int) -> None:
        """Make a room of so many."""
        ...

    async def enter(self, members: int, heard: Heard) -> None:
        """Connect so many sockets to the room; `heard` is told the key of all that comes."""
        ...

    def prepare(self, count: int, senders: int = SENDERS) -> list[list[Sealed]]:
        """Make `count` messages for each of the first senders; all of them must be sent."""
        ...

    async def send(self, sender: int, message: Sealed) -> None:
        """Send and wait for the acknowledgement."""
        ...

    async def leave(self) -> None:
        """Disconnect all sockets."""
        ...


# --- the two sides -----------------------------------------------------------------------------


@dataclass(kw_only=True)
class Floor:
    """Clients of `bench.floor`."""

    url: str
    sockets: list[Engine] = field(default_factory=list[Engine])

    async def start(self, most: int) -> None:
        """Nothing to prepare."""

    async def make(self, members: int) -> None:
        """There is one room for all."""

    async def enter(self, members: int, heard: Heard) -> None:
        """Connect; the server puts everybody into one room."""

        def hear(data: dict[str, str]) -> None:
            heard(data["key"])

        for _ in range(members):
            socket = engine()
            socket.on("share", hear)
            await socket.connect(self.url, transports=["websocket"], wait_timeout=10)
            self.sockets.append(socket)

    def prepare(self, count: int, senders: int = SENDERS) -> list[list[Sealed]]:
        """Texts of 2 KiB under random keys."""
        return [
            [Sealed(key=entropy.system(16).hex(), text="") for _ in range(count)]
            for _ in range(senders)
        ]

    async def send(self, sender: int, message: Sealed) -> None:
        """Share a text."""
        data = {"key": message.key, "body": _BODY}
        answer = await self.sockets[sender].call("share", data)
        if answer != "ok":
            raise RuntimeError(answer)

    async def leave(self) -> None:
        """Disconnect."""
        for socket in self.sockets:
            await socket.disconnect()
        self.sockets.clear()


_BODY: Final = entropy.system(PLAIN_SIZE)


class _Row(msgspec.Struct, frozen=True):
    id: str


class _Pushed(msgspec.Struct, frozen=True):
    frames: list[_Row]


_PUSHED: Final = msgspec.json.Decoder(_Pushed)


@dataclass(kw_only=True)
class Ours:
    """Clients of Entaku: enrolled people with signed subscriptions."""

    url: str
    setup: str
    town: Town | None = None
    people: list[Member] = field(default_factory=list[Member])
    senders: list[Sender] = field(default_factory=list[Sender])
    sockets: list[Engine] = field(default_factory=list[Engine])
    rooms: int = 0
    fresh_until: float = 0.0

    async def start(self, most: int) -> None:
        """Found a council and enrol everybody."""
        http = await Http(url=self.url, slug=SLUG).__aenter__()
        self.town = await settle(http, setup=self.setup)
        self.people = await self.town.enrol(most)
        self.fresh_until = time.monotonic() + _FRESH

    async def make(self, members: int) -> None:
        """Make a room of so many people, with a section for each sender."""
        assert self.town is not None  # noqa: S101 -- started before
        self.rooms += 1
        people = self.people[:members]
        maker = Maker(town=self.town, members=people, code=f"K-{100 + self.rooms}")
        self.senders = await maker.make(min(SENDERS, members))

    async def enter(self, members: int, heard: Heard) -> None:
        """Let all of its people listen to the room, under tokens that last."""
        await self._renew()

        def hear(text: str) -> None:
            for row in _PUSHED.decode(text).frames:
                heard(row.id)

        for member in self.people[:members]:
            self.sockets.append(await self._listen(self.senders[0].case, member, hear))

    async def _renew(self) -> None:
        """Sign everybody in again when her token is half used up."""
        assert self.town is not None  # noqa: S101 -- started before
        if time.monotonic() < self.fresh_until:
            return
        self.fresh_until = time.monotonic() + _FRESH
        for member in self.people:
            await self.town.sign_in(member)

    async def _listen(self, case: CaseId, member: Member, hear: Callable[[str], None]) -> Engine:
        socket = engine()
        socket.on("push", hear)
        await socket.connect(
            self.url,
            auth={"slug": SLUG, "token": member.token},
            transports=["websocket"],
            wait_timeout=10,
        )
        answer = await socket.call("sub", self._sub(case, member))
        _require_answer(answer, "frames")
        return socket

    def _sub(self, case: CaseId, member: Member) -> str:
        assert self.town is not None  # noqa: S101 -- started before
        council = self.town.council
        nonce, time = council.nonce(), council.clock.seconds()
        message = sub_message(
            net=council.net,
            origin=council.root().origin,
            case=case,
            sit=None,
            start=2**32,
            nonce=nonce,
            time=time,
            device=member.certificate,
        )
        sig = Blob(member.dk.sign(message))
        request = Sub(case=case, sit=None, start=2**32, nonce=Blob(nonce), time=time, sig=sig)
        return codec.encode(request).decode()

    def prepare(self, count: int, senders: int = SENDERS) -> list[list[Sealed]]:
        """Seal and sign the next versions of each sender's section."""
        return [sender.seal(count) for sender in self.senders[:senders]]

    async def send(self, sender: int, message: Sealed) -> None:
        """Post a version."""
        answer = await self.sockets[sender].call("post", message.text)
        _require_answer(answer, "rcpt")

    async def leave(self) -> None:
        """Disconnect."""
        for socket in self.sockets:
            await socket.disconnect()
        self.sockets.clear()


def _require_answer(answer: object, name: str) -> None:
    if not isinstance(answer, str) or f'"{name}":' not in answer:
        raise RuntimeError(answer)


# --- measuring ---------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Tally:
    """Counts down the deliveries of each message; done when none is missing."""

    members: int
    left: dict[str, int] = field(default_factory=dict[str, int])
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def expect(self, keys: Sequence[str]) -> None:
        """Wait for these from now on."""
        self.left.update(dict.fromkeys(keys, self.members))
        self.done.clear()

    def heard(self, key: str) -> None:
        """Count one delivery."""
        left = self.left.get(key, 0) - 1
        if left > 0:
            self.left[key] = left
            return
        self.left.pop(key, None)
        if not self.left:
            self.done.set()

    async def all(self) -> None:
        """Wait until everything was delivered to everybody."""
        async with asyncio.timeout(_PATIENCE):
            await self.done.wait()


async def latency(side: Side, tally: Tally, count: int) -> Figures:
    """Send one at a time: from sending to the acknowledgement and to the last recipient."""
    acks, lasts = list[float](), list[float]()
    senders = min(count, SENDERS)
    texts = side.prepare(count // senders, senders)
    for place in range(count // senders * senders):
        sender = place % senders
        message = texts[sender][place // senders]
        tally.expect([message.key])
        began = time.perf_counter()
        await side.send(sender, message)
        acks.append(time.perf_counter() - began)
        await tally.all()
        lasts.append(time.perf_counter() - began)
    return Figures(
        messages=len(lasts),
        ack_p50=_quantile(acks, 0.5),
        last_p50=_quantile(lasts, 0.5),
        last_p95=_quantile(lasts, 0.95),
    )


async def flood(side: Side, tally: Tally, texts: list[list[Sealed]]) -> Figures:
    """Eight senders, each sending as soon as her last was acknowledged."""
    tally.expect([message.key for mine in texts for message in mine])
    total = sum(len(mine) for mine in texts)

    async def sender(place: int) -> None:
        for message in texts[place]:
            await side.send(place, message)

    began = time.perf_counter()
    await asyncio.gather(*(sender(place) for place in range(len(texts))))
    acked = time.perf_counter() - began
    await tally.all()
    delivered = time.perf_counter() - began
    return Figures(messages=total, acked=total / acked, delivered=total / delivered)


def _quantile(times: Sequence[float], share: float) -> float:
    return sorted(times)[int(len(times) * share)] * 1000


# --- commands ----------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Load:
    """Does what it is told."""

    side: Side
    tally: Tally = field(default_factory=lambda: Tally(members=0))
    texts: list[list[Sealed]] = field(default_factory=list[list[Sealed]])

    def _heard(self, key: str) -> None:
        """Count in whatever room is measured now."""
        self.tally.heard(key)

    async def do(self, ask: Ask) -> Figures:
        """Do one command."""
        match ask.do:
            case "start":
                await self.side.start(ask.members)
            case "make":
                await self.side.make(ask.members)
            case "enter":
                self.tally = Tally(members=ask.members)
                await self.side.enter(ask.members, self._heard)
            case "latency":
                return await latency(self.side, self.tally, ask.count)
            case "prepare":
                self.texts = self.side.prepare(ask.count)
            case "flood":
                return await flood(self.side, self.tally, self.texts)
            case _:
                await self.side.leave()
        return Figures()


async def main(arguments: Sequence[str]) -> None:
    """Measure one of the two sides."""
    side: Side = Floor(url=arguments[1])
    if arguments[0] == "ours":
        side = Ours(url=arguments[1], setup=arguments[2])
    await obey(side)


async def obey(side: Side) -> None:
    """Read commands until the end of stdin."""
    load = Load(side=side)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        figures = await load.do(msgspec.json.decode(line, type=Ask))
        print(msgspec.json.encode(figures).decode(), flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1:]))
