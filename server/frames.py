"""Frames of a WebSocket as python-engineio's driver has them, but signs of life are told as well.

The library's own driver answers pings by itself, without end and uncounted, and lets the other
side send two megabytes in two kilobytes by compressing them.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from aiohttp import WSMessage, WSMsgType, web

_SIGNS: Final = frozenset({WSMsgType.PING, WSMsgType.PONG})
Paced = Callable[[int], Awaitable[None]]
"""Told of the bytes of a sign of life before it is answered; may wait, or raise to end the line."""


async def _at_once(_size: int) -> None:
    """Until somebody says how fast a line may go."""


class WebSocket:
    """One WebSocket, for `engineio.AsyncServer`."""

    def __init__(
        self,
        handler: Callable[["WebSocket"], Awaitable[None]],
        server: Any,  # noqa: ANN401 -- the library has no types
    ) -> None:
        """`handler` is the library's, and lasts as long as the line."""
        self.on_sign: Paced = _at_once
        self._handler: Final = handler
        self._frames: Final = web.WebSocketResponse(
            max_msg_size=server.max_http_buffer_size, autoping=False, compress=False
        )

    async def __call__(self, environ: Mapping[str, Any]) -> web.WebSocketResponse:
        """Answer the upgrade and stay until the line ends."""
        await self._frames.prepare(environ["aiohttp.request"])
        await self._handler(self)
        return self._frames

    async def close(self) -> None:
        """Say goodbye."""
        await self._frames.close()

    async def send(self, message: str) -> None:
        """Send a text; nothing of ours is bytes."""
        await self._frames.send_str(message)

    async def wait(self) -> str | bytes:
        """The next frame with something in it; OSError at the end."""
        while (message := await self._frames.receive()).type in _SIGNS:
            await self._answer(message)
        if not isinstance(message.data, str | bytes):
            raise OSError
        return message.data

    async def _answer(self, sign: WSMessage) -> None:
        await self.on_sign(len(sign.data))
        if sign.type is WSMsgType.PING:
            await self._frames.pong(sign.data)
