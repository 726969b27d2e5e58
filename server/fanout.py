"""One event to many sockets, at less cost than the library's own way.

python-socketio makes a task for each receiver. Here a packet is written once and put into each
socket's own queue, in order and without waiting; what a queue may hold is `lines`' affair.
"""

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
