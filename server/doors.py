"""The node's listening socket: how many connections, how long one may take to ask something."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, cast

from aiohttp import web

from crypto.errors import Code, Refused
from protocol import codec
from server.errors import STATUS, failure
from server.limits import Bounds, Held
from server.logs import trace

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Server": "entaku",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer, unless the page has its own."""

_ALL: Final = ""
_LINGER: Final = 2.0
"""Seconds in which the rest of a refused body is read and thrown away."""


@dataclass(slots=True, kw_only=True)
class Doors:
    """Counts connections; one too many is closed before a byte of it is read."""

    bounds: Bounds
    behind_proxy: bool
    turned_away: Counter[str] = field(default_factory=Counter[str])
    """How often a limit closed a connection at once."""

    _held: Held[str] = field(default_factory=Held[str])

    def __len__(self) -> int:
        return self._held[_ALL]

    def enter(self, address: str) -> bool:
        """Count a connection, unless there are too many of them, or too many of its address.

        Behind a proxy all have the same address, and the proxy limits them.
        """
        if self._held[_ALL] >= self.bounds.connections:
            self.turned_away["node"] += 1
            return False
        if not self.behind_proxy and self._held[address] >= self.bounds.address_connections:
            self.turned_away["address"] += 1
            return False
        self._held.enter(_ALL)
        self._held.enter(address)
        return True

    def leave(self, address: str) -> None:
        """Count a connection no more."""
        self._held.leave(_ALL)
        self._held.leave(address)


class _Door(web.RequestHandler):
    """One connection; its headers, first and later ones, come within the keep-alive time."""

    __slots__ = ("_address", "_doors")

    def __init__(self, server: web.Server, doors: Doors) -> None:
        """`server` handles what is asked."""
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=doors.bounds.idle_seconds,
            lingering_time=_LINGER,
            access_log=None,  # type: ignore[arg-type]  # as AppRunner hands it on
        )
        self._doors: Final = doors
        self._address: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, or close at once."""
        peer = cast("tuple[str, int] | None", transport.get_extra_info("peername"))
        address = peer[0] if peer else "?"
        if self._doors.enter(address):
            self._address = address
            super().connection_made(transport)
        elif isinstance(transport, asyncio.Transport):
            transport.abort()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what no handler saw; it is neither quoted nor logged, tokens may stand in it."""
        if request.writer.output_size > 0:
            raise ConnectionError(message)
        # A header that is no text fails in the library while it writes its own refusal.
        theirs = status < HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(exc, UnicodeError)
        if exc is not None and not theirs:
            self.logger.error("unexpected: %s", trace(exc))
        code = Code.BAD_J1 if theirs else Code.UNAVAILABLE
        response = web.Response(
            body=codec.encode(failure(Refused(code))),
            status=STATUS[code],
            content_type="application/json",
            headers=HEADERS,
        )
        response.force_close()
        return response

    def log_exception(self, *_args: object, **kwargs: object) -> None:
        """Name what failed while nobody waited for it; its text may quote the request."""
        error = kwargs.get("exc_info")
        if isinstance(error, BaseException) and not isinstance(error, web.RequestPayloadError):
            self.logger.error("unexpected: %s", trace(error))

    def connection_lost(self, exc: BaseException | None) -> None:
        """End; nothing began at a connection that was closed at once."""
        if self._address is not None:
            self._doors.leave(self._address)
            self._address = None
            super().connection_lost(exc)


@asynccontextmanager
async def opened(
    app: web.Application, doors: Doors, *, host: str, port: int
) -> AsyncGenerator[int]:
    """Serve a node until the block ends; the port, which 0 leaves to the system. OSError."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    try:
        await runner.setup()
        server = runner.server
        assert server is not None  # noqa: S101 -- it was set up
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(lambda: _Door(server, doors), host, port)
        try:
            yield listening.sockets[0].getsockname()[1]
        finally:
            listening.close()
    finally:
        await runner.cleanup()
