"""HTTP to one council: structs out, structs in, refusals as `Refused` (section 5.24).

Every request may be sent again: ids make them idempotent. Those with a nonce are not: the
caller makes a new one.
"""

import asyncio
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self, TypeVar

import aiohttp

from crypto.errors import Code, Refused
from protocol import codec
from protocol.shapes import Closed
from protocol.wire import Done, Failure
from sdk.patience import patiently

ANSWER_LIMIT: Final = 16 * 1024 * 1024
ATTEMPTS: Final = 5
FIRST_WAIT: Final = 0.1  # seconds, doubled each time

_CODES: Final = {code.value: code for code in Code}
_CLIENT_ERRORS: Final = 400
_TIMEOUT: Final = aiohttp.ClientTimeout(total=30)

A = TypeVar("A", bound=Closed)


def refused(failure: Failure) -> Refused:
    """Turn an answered failure into the refusal that the server raised."""
    code = _CODES.get(failure.code)
    if code is None:  # a newer server's
        return Refused(Code.UNAVAILABLE, unknown=failure.code)
    facts = {name: fact for name, fact in failure.facts.items() if name != "code"}
    return Refused(code, **facts)


@contextmanager
def reading() -> Generator[None]:
    """Read an answer; UNAVAILABLE when it cannot be read, since what it would say is not known."""
    try:
        yield
    except Refused as refusal:
        raise Refused(Code.UNAVAILABLE, why="answer", found=refusal.code.value) from refusal


def answered(data: bytes, kind: type[A]) -> A:
    """Read one answer; UNAVAILABLE when it cannot be read."""
    with reading():
        return codec.decode(data, kind, limit=ANSWER_LIMIT)


Query = Mapping[str, str] | Sequence[tuple[str, str]]
"""Parameters of a question; as pairs where one is repeated."""


class Http:
    """Requests to one council of one server; `token` is sent once there is one."""

    def __init__(self, *, url: str, slug: str) -> None:
        """`url` is scheme, host and port."""
        self.url: Final = url.rstrip("/")
        self.slug: Final = slug
        self.token: str | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open connections lazily."""
        self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close all connections."""
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(
        self,
        path: str,
        kind: type[A],
        *,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> A:
        """Ask for something."""
        return answered(await self._send("GET", self._path(path), None, query, headers), kind)

    async def text(self, path: str, *, headers: Mapping[str, str] | None = None) -> bytes:
        """Ask for a file of a log: a checkpoint, a tile."""
        return await self._send("GET", self._path(path), None, None, headers)

    async def post(self, path: str, body: Closed, kind: type[A]) -> A:
        """Send something to the council."""
        return await self.post_root(self._path(path), body, kind)

    async def post_once(self, path: str, body: Closed, kind: type[A]) -> A:
        """Send something that must not be sent twice, since it uses a nonce up."""
        data = codec.encode(body)
        sent = self._path(path)
        return answered(await patiently(lambda: self._once("POST", sent, data, None, None)), kind)

    async def post_root(self, path: str, body: Closed, kind: type[A]) -> A:
        """Send something to the server itself."""
        return answered(await self._send("POST", path, codec.encode(body), None, None), kind)

    async def done(self, path: str, body: Closed) -> None:
        """Send something whose answer is empty."""
        await self.post(path, body, Done)

    def _path(self, path: str) -> str:
        return f"/v1/{self.slug}/{path}"

    async def _send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        query: Query | None,
        headers: Mapping[str, str] | None,
    ) -> bytes:
        wait = FIRST_WAIT
        for _ in range(ATTEMPTS - 1):
            try:
                return await patiently(lambda: self._once(method, path, body, query, headers))
            except Refused as refusal:
                if refusal.code is not Code.UNAVAILABLE:
                    raise
            await asyncio.sleep(wait)
            wait *= 2
        return await patiently(lambda: self._once(method, path, body, query, headers))

    async def _once(
        self,
        method: str,
        path: str,
        body: bytes | None,
        query: Query | None,
        headers: Mapping[str, str] | None,
    ) -> bytes:
        if self._session is None:
            raise Refused(Code.UNAVAILABLE, why="closed")
        sent = {"Content-Type": "application/json", **(headers or {})}
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        try:
            async with self._session.request(
                method, self.url + path, data=body, params=query, headers=sent
            ) as answer:
                data = await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Refused(Code.UNAVAILABLE, why="network") from error
        if status >= _CLIENT_ERRORS:
            raise _failure(data, status)
        return data


def _failure(data: bytes, status: int) -> Refused:
    try:
        return refused(codec.decode(data, Failure, limit=ANSWER_LIMIT))
    except Refused:
        return Refused(Code.UNAVAILABLE, status=status)  # a proxy's page, not our server's word
