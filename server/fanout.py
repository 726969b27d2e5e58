"""One event to many sockets, at less cost than the library's own way.

python-socketio makes a task for each receiver, and each socket waits for its next packet under
a timeout, which on Python 3.11 is a task again: half of what a push to a room costs. Here a
packet is written once and put into each socket's own queue, in order and without waiting.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Any, Final

from engineio.exceptions import SocketIsClosedError
from engineio.packet import MESSAGE
from engineio.packet import Packet as Frame
from socketio.packet import EVENT, Packet

_NAMESPACE: Final = "/"


class Fanout:
    """Sends through the sockets of one python-socketio server, which has no types."""

    def __init__(self, server: object) -> None:
        """`server` is a socketio.AsyncServer."""
        self._server: Final[Any] = server

    async def send(self, sids: Iterable[str], event: str, text: str) -> None:
        """Queue an event for some sockets; one that just closed is passed over."""
        frame: Any = Frame(MESSAGE, Packet(EVENT, data=[event, text]).encode())
        for sid in sids:
            place: str | None = self._server.manager.eio_sid_from_sid(sid, _NAMESPACE)
            with contextlib.suppress(SocketIsClosedError):
                await self._server.eio.send_packet(place, frame)

    def hasten(self, sid: str) -> None:
        """Let a socket wait for its next packet without a timeout.

        The server's own ping passes every 25 s, so it never waits longer; whether the other
        side still answers is judged where packets are put in.
        """
        place: str | None = self._server.manager.eio_sid_from_sid(sid, _NAMESPACE)
        socket: Any = self._server.eio.sockets.get(place)
        if socket is not None:
            queue: asyncio.Queue[object] = socket.queue
            socket.poll = lambda: _next(queue)


async def _next(queue: "asyncio.Queue[object]") -> list[object]:
    """Wait for a packet, and take what is there after it; nothing more once None comes."""
    packets: list[object] = []
    while not packets or not queue.empty():
        packet = await queue.get()
        queue.task_done()
        if packet is None:
            if packets:
                queue.put_nowait(None)  # these first; the end is found at the next call
            break
        packets.append(packet)
    return packets
