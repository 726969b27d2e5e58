"""What one socket may hold, send and omit before it is cut; beneath python-socketio, with `fanout`.

A line that is cut is closed on the spot, with all that waited for it: whoever comes again asks
for what she missed, so nothing is lost, and nobody else waits for her.
"""

import asyncio
import functools
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from engineio.exceptions import SocketIsClosedError

from crypto.errors import Code, Refused
from server.bodies import is_crowded
from server.events import UP
from server.frames import WebSocket
from server.limits import SECOND, Allowance, Bounds, Buckets, Rest

FAREWELL: Final = 2.0
"""Seconds for a line to take the last words and close by itself."""

_UNSIGNED_FRAMES: Final = 8
_FRAMES: Final = 4
"""Frames a second for each unit of a device's rate: heartbeats and answers are frames too."""

_FRAME: Final = 16 * 1024
"""Bytes for which a frame counts as one more."""

_WITH_BYTES: Final = ("5", "6")
"""Kinds of socket.io packets to which frames of bytes belong; nothing of ours is sent as bytes."""

_HONEST: Final = re.compile(r"[12356]\Z|[23]probe\Z|4[0-6]")
"""What Engine.IO's clients send: signs of life, and messages of Socket.IO."""

_EMPTY: Final = 100  # bytes of a packet without a text of its own


class Cut(StrEnum):
    """Why a line was cut."""

    SLOW = "slow"
    FULL = "full"
    UNSIGNED = "unsigned"
    GARBAGE = "garbage"


def _size(packet: Any) -> int:  # noqa: ANN401 -- the library has no types
    data: object = packet.data
    return len(data) if isinstance(data, str | bytes) else _EMPTY


class Outbox(asyncio.Queue[Any]):
    """Packets that wait for a line, counted with those that are being written."""

    def __init__(self, lines: "Lines") -> None:
        """Put in by the library, taken out by `take`; None is the end."""
        super().__init__()
        self.packets = 0
        self.bytes = 0
        self.is_dead = False
        self.on_over: Callable[[], None] = lambda: None
        self._lines: Final = lines
        self._written = (0, 0)

    def _put(self, item: Any) -> None:  # noqa: ANN401 -- as the base class has it
        if self.is_dead and item is not None:
            return
        over = self._is_over()
        super()._put(item)
        if item is not None:
            self._count(1, _size(item))
        if over:
            self.on_over()

    def _is_over(self) -> bool:
        bounds = self._lines.bounds
        return self.bytes > bounds.queue_bytes or self.packets > bounds.queue_packets

    def _count(self, packets: int, size: int) -> None:
        self.packets += packets
        self.bytes += size
        self._lines.count(packets, size)

    async def take(self) -> list[object]:
        """Wait for a packet, and take what is there after it; nothing more once None comes.

        No timeout, which on Python 3.11 is a task for each packet: the server's own ping passes
        every 25 s, and whether the other side answers is judged where packets are put in.
        """
        self._settle()
        packets: list[object] = []
        while not packets or not self.empty():
            packet = await self.get()
            self.task_done()
            if packet is None:
                if packets:
                    self.put_nowait(None)  # these first; the end is found at the next call
                break
            packets.append(packet)
            self._written = (len(packets), self._written[1] + _size(packet))
        return packets

    def _settle(self) -> None:
        """What was taken before is written by now."""
        (packets, size), self._written = self._written, (0, 0)
        self._count(-packets, -size)

    def drop(self) -> None:
        """Hold nothing any more, and take nothing more in but the end."""
        self.is_dead = True
        while not self.empty():
            self.get_nowait()
            self.task_done()
        self._written = (0, 0)
        self._count(-self.packets, -self.bytes)
        self.put_nowait(None)


@dataclass(slots=True, eq=False, kw_only=True)
class Line:
    """One connection, before any sign-in."""

    eio: str
    outbox: Outbox
    transport: asyncio.Transport | None
    is_signed: bool = False
    frames: int = 0
    rest: Rest = field(default_factory=Rest)


@dataclass(slots=True, kw_only=True)
class Lines:
    """All lines of one python-socketio server, which has no types."""

    server: Any
    bounds: Bounds
    cuts: Counter[Cut] = field(default_factory=Counter[Cut])
    packets: int = 0
    bytes: int = 0
    """What waits for all lines."""

    _lines: dict[str, Line] = field(default_factory=dict[str, Line])
    _frames: Buckets[str] = field(init=False)
    _abroad: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    _ending: set[Line] = field(default_factory=set[Line])
    """Lines that have heard their last words and should close by themselves."""

    def __post_init__(self) -> None:
        """Stand between the library's engine and what hears it."""
        self._frames = Buckets(Allowance.of(self.bounds.device_rate * _FRAMES))
        engine = self.server.eio
        engine._async = {**engine._async, "websocket": WebSocket}  # noqa: SLF001 -- it has no other place for a driver
        self.server._handle_event = self._named(self.server._handle_event)  # noqa: SLF001 -- nothing public sees an event's name first
        engine.create_queue = lambda: Outbox(self)
        for event, wrapped in (
            ("connect", self._connected),
            ("message", self._heard),
            ("disconnect", self._ended),
        ):
            engine.on(event, wrapped(engine.handlers[event]))

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines.values())

    # --- what the library tells ----------------------------------------------------------------

    def _connected(self, inner: Callable[..., Awaitable[object]]) -> Callable[..., object]:
        async def connected(eio: str, environ: dict[str, Any]) -> object:
            answer = await inner(eio, environ)
            socket = self.server.eio.sockets[eio]
            line = Line(
                eio=eio, outbox=socket.queue, transport=environ["aiohttp.request"].transport
            )
            self._lines[eio] = line
            line.outbox.on_over = lambda: self.cut(line, Cut.SLOW)
            socket.poll = line.outbox.take
            socket.receive = self._paced(line, socket.receive)
            socket._websocket_handler = self._framed(line, socket._websocket_handler)  # noqa: SLF001 -- its decoder throws
            self._await_sign_in(line)
            return answer

        return connected

    def _heard(self, inner: Callable[..., Awaitable[object]]) -> Callable[..., object]:
        async def heard(eio: str, data: object) -> None:
            line = self._lines.get(eio)
            try:
                if isinstance(data, str) and not (data.startswith(_WITH_BYTES) or is_crowded(data)):
                    await inner(eio, data)
                    return
            except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
                pass  # the library's parser on what is no packet
            if line is not None:
                self.cut(line, Cut.GARBAGE)

        return heard

    def _ended(self, inner: Callable[..., Awaitable[object]]) -> Callable[..., object]:
        async def ended(eio: str, reason: object = None) -> object:
            line = self._lines.pop(eio, None)
            if line is not None:  # it may be one that never reads, and waits for ever
                self._ending.add(line)
                asyncio.get_running_loop().call_later(FAREWELL, self._hang_up, line)
            return await inner(eio, reason)

        return ended

    def _framed(self, line: Line, inner: Callable[[Any], Awaitable[object]]) -> object:
        """End a line at a frame that the library cannot decode: it would leave it half open."""

        async def handle(web_socket: Any) -> object:  # noqa: ANN401 -- the library has no types
            read: Callable[[], Awaitable[object]] = web_socket.wait

            async def wait() -> object:
                frame = await read()
                if frame is None or (isinstance(frame, str) and _HONEST.match(frame)):
                    return frame
                self.cut(line, Cut.GARBAGE)
                return None  # as if the other side had closed

            web_socket.wait = wait
            web_socket.on_sign = functools.partial(self._pace, line)
            return await inner(web_socket)

        return handle

    def _named(self, inner: Callable[..., Awaitable[None]]) -> object:
        """Let only named events through: `connect` and `disconnect` are the library's own words."""

        async def handle(
            eio: str, namespace: str | None, number: object, data: list[object]
        ) -> None:
            if not isinstance(data[0], str):
                raise TypeError(data)
            if data[0] in UP:
                await inner(eio, namespace, number, data)

        return handle

    def _paced(self, line: Line, inner: Callable[[Any], Awaitable[None]]) -> object:
        """Let a packet in at the line's pace."""

        async def receive(packet: Any) -> None:  # noqa: ANN401 -- the library has no types
            await self._pace(line, _size(packet))
            await inner(packet)

        return receive

    async def _pace(self, line: Line, size: int) -> None:
        """Read a line no faster than its device may go; what is not read waits at the sender.

        Raises SocketIsClosedError when nothing more of it is worth reading.
        """
        cost, clock = 1 + size // _FRAME, asyncio.get_running_loop().time
        wait = max(line.rest.until - clock(), self._frames.wait(line.eio, now=clock(), cost=cost))
        if wait > 0:
            await asyncio.sleep(wait)
        line.frames += 1
        if not line.is_signed and line.frames > _UNSIGNED_FRAMES:
            self.cut(line, Cut.UNSIGNED)
        if line.transport is None or line.transport.is_closing() or line.outbox.is_dead:
            raise SocketIsClosedError  # what it sent before is not worth the time
        self._frames.take(line.eio, now=clock(), cost=cost)

    # --- what is done to a line ------------------------------------------------------------------

    def _await_sign_in(self, line: Line) -> None:
        """Cut a line that carries no signed-in socket after a while."""

        def look() -> None:
            if not line.is_signed:
                self.cut(line, Cut.UNSIGNED)

        asyncio.get_running_loop().call_later(self.bounds.sign_in_seconds, look)

    def require(self, sid: str) -> None:
        """Refuse a socket whose line went while it signed in; UNAVAILABLE."""
        if self._of(sid) is None:
            raise Refused(Code.UNAVAILABLE)

    def sign(self, sid: str) -> None:
        """A socket of this line showed a token."""
        line = self._of(sid)
        if line is not None:
            line.is_signed = True

    def unsign(self, sid: str) -> None:
        """The socket of this line went, and left the line open."""
        line = self._of(sid)
        if line is not None and line.is_signed:
            line.is_signed, line.frames = False, 0
            self._await_sign_in(line)

    def rest(self, sid: str) -> None:
        """Read nothing more of a line for a moment: it goes too fast."""
        line = self._of(sid)
        if line is not None:
            line.rest.begin(asyncio.get_running_loop().time(), self.bounds.rest_ms / SECOND)

    def count(self, packets: int, size: int) -> None:
        """Count what waits in all; above the limit the line with most of it is cut."""
        self.packets += packets
        self.bytes += size
        if size > 0 and self.bytes > self.bounds.node_queue_bytes and self._lines:
            self.cut(max(self._lines.values(), key=lambda line: line.outbox.bytes), Cut.FULL)

    def cut(self, line: Line, why: Cut) -> None:
        """Close a line with all that waits for it, when whoever put something in is done."""
        if self._lines.pop(line.eio, None) is None:
            return
        self.cuts[why] += 1
        line.outbox.is_dead = True
        asyncio.get_running_loop().call_soon(self._hang_up, line)

    def _hang_up(self, line: Line) -> None:
        self._ending.discard(line)
        line.outbox.drop()
        if line.transport is not None:
            line.transport.abort()

    async def end(self, sid: str) -> None:
        """Close the line of a socket after its last words; at once when it does not take them."""
        line = self._of(sid)
        await self.server.disconnect(sid)
        if line is not None:
            task = asyncio.create_task(self._close(line))
            self._abroad.add(task)
            task.add_done_callback(self._abroad.discard)

    async def _close(self, line: Line) -> None:
        try:
            async with asyncio.timeout(FAREWELL):
                await self.server.eio.disconnect(line.eio)
        except TimeoutError:
            self._hang_up(line)

    async def stop(self) -> None:
        """Close all lines; those that ended in order once their last words are written."""
        await asyncio.gather(*self._abroad)
        for line in self._ending:
            if line.transport is not None:
                line.transport.close()
        for line in list(self._lines.values()):
            self._hang_up(line)

    def _of(self, sid: str) -> Line | None:
        place: str | None = self.server.manager.eio_sid_from_sid(sid, "/")
        return None if place is None else self._lines.get(place)
