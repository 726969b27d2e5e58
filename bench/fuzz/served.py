"""Requests over a local socket to a real node, and what becomes of each."""

import asyncio
import contextlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from bench.fuzz.hall import Hall
from bench.fuzz.requests import Request, Source
from bench.fuzz.tally import Book, within
from crypto.errors import Code, Refused
from protocol import codec
from protocol.wire import Failure
from server.errors import STATUS
from server.http.contract import Contract
from server.http.openapi import template
from server.http.table import CONTRACTS

_BY_ROUTE: Final[Mapping[str, Contract]] = {
    f"{each.method} {template(each.path)}": each for each in CONTRACTS
}
_SERVER_ERRORS: Final = 500
_CLIENT_ERRORS: Final = 400
_BY_HTTP: Final = frozenset({400, 417})
"""What the library itself may answer to what is no HTTP, or expects something of a stray path."""

_LANES: Final = 4
_LOGIN: Final = 4000
"""Requests of a lane after which everybody signs in again: tokens live ten minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer."""

    status: int
    body: bytes
    closes: bool


@dataclass(slots=True)
class Line:
    """A connection that is opened again when the node ended it."""

    port: int
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = field(default=None)

    async def ask(self, request: Request) -> Reply | None:
        """Send one request; None when the connection ended instead. Raises TimeoutError."""
        was_open = self.streams is not None
        try:
            return await within(self._ask(request))
        except (ConnectionError, asyncio.IncompleteReadError):
            await self.close()
            # A connection that was left open may be closed by either side at any time.
            return await self.ask(request) if was_open else None
        except TimeoutError:
            await self.close()
            raise

    async def _ask(self, request: Request) -> Reply:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        reader, writer = self.streams
        writer.write(request.written(self.port))
        await writer.drain()
        reply = await _read(reader, has_body=request.method != "HEAD")
        if reply.closes or not request.is_framed:
            await self.close()
        return reply

    async def close(self) -> None:
        """Let go."""
        if self.streams is not None:
            self.streams[1].close()
            with contextlib.suppress(ConnectionError, TimeoutError):
                await self.streams[1].wait_closed()
            self.streams = None


async def _read(reader: asyncio.StreamReader, *, has_body: bool) -> Reply:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
    status = int(first.split()[1])
    if status == 100:  # noqa: PLR2004 -- the answer itself follows
        return await _read(reader, has_body=has_body)
    size = int(headers.get("content-length", "0")) if has_body else 0
    body = await reader.readexactly(size)
    return Reply(status=status, body=body, closes=headers.get("connection") == "close")


async def fuzz(hall: Hall, book: Book, *, inputs: int, seed: int) -> None:
    """Send so many requests over a few connections at once."""
    shares = [inputs // _LANES + (lane < inputs % _LANES) for lane in range(_LANES)]
    tokens = await hall.tokens()
    lanes = [_lane(hall, book, tokens, share, seed * 100 + n) for n, share in enumerate(shares)]
    await asyncio.gather(*lanes)


async def _lane(hall: Hall, book: Book, tokens: list[str], count: int, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 -- the same requests every time
    source, line = Source(hall, rng, tokens), Line(hall.port)
    for number in range(count):
        if number and not number % _LOGIN:
            with contextlib.suppress(Refused):  # a changed statement may have ended somebody
                tokens[:] = await hall.tokens()
        await ask(hall, book, line, source.draw())
    await line.close()


async def ask(hall: Hall, book: Book, line: Line, request: Request) -> None:
    """Send one request and judge its answer."""
    entry = f"http {request.route}"
    tally = book.tally(entry)
    shown = request.written(hall.port)
    try:
        reply = await line.ask(request)
    except TimeoutError:
        tally.count("hung" if request.is_framed else "waits for more")
        if request.is_framed:
            tally.hung += 1
            book.bug(entry, "hung", where=request.route, data=shown)
        return
    verdict = "closed" if reply is None else judged(request, reply)
    if verdict.startswith("!") or (verdict == "closed" and request.is_framed):
        book.bug(entry, verdict, where=request.route, data=shown)
        tally.unhandled += 1
    if reply is not None and reply.status >= _SERVER_ERRORS and verdict.startswith("!"):
        tally.fives += 1
    tally.count(verdict)
    for complaint in hall.complaints.take():
        tally.unhandled += 1
        book.bug(entry, complaint, where="log", data=shown)


def judged(request: Request, reply: Reply) -> str:
    """`ok`, the code of a refusal that the contract has; with `!` what no contract allows."""
    if reply.status < _CLIENT_ERRORS:
        return "ok"
    if request.method == "HEAD":
        return f"{'!' if reply.status >= _SERVER_ERRORS else ''}{reply.status}"
    try:
        told = codec.decode(reply.body, Failure)
        code = Code(told.code)
    except (Refused, ValueError):
        return f"{'' if reply.status in _BY_HTTP else '!'}{reply.status} without a code"
    return _checked(request, reply, code)


def _checked(request: Request, reply: Reply, code: Code) -> str:
    if code is Code.UNAVAILABLE or reply.status >= _SERVER_ERRORS:
        return f"!{reply.status} {code.value}"
    # No such route, method or size; or what is no HTTP.
    no_method = (reply.status, code) == (HTTPStatus.METHOD_NOT_ALLOWED, Code.UNKNOWN_TYPE)
    no_place = code in {Code.UNKNOWN_ID, Code.OVERSIZE}
    by_library = no_place or no_method or not request.is_framed
    if STATUS[code] != reply.status and not by_library:
        return f"!{reply.status} for {code.value}"
    contract = _BY_ROUTE.get(request.route)
    same_route = contract is not None and request.method == contract.method
    if same_route and contract is not None and code not in contract.refuses and not by_library:
        return f"!undeclared {code.value}"
    return code.value
