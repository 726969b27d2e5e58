"""The live socket: every payload is one JSON text, every call has one answer (section 5.24)."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, Protocol, TypeVar, cast

import aiohttp
import msgspec
import socketio
from socketio import exceptions

from crypto.errors import Code, Refused
from protocol import codec
from protocol.shapes import Closed
from protocol.wire import Failure
from sdk.patience import patiently
from sdk.transport import ANSWER_LIMIT, reading, refused

EVENTS: Final = ("push", "idhead", "notice", "gone", "head", "cut")
_PATIENCE: Final = 30

A = TypeVar("A", bound=Closed)
OnEvent = Callable[[str, str], None]
"""Takes the name of an event and its JSON text; must not block."""


class _Engine(Protocol):
    """The part of python-socketio's client that is used; it ships no types."""

    connected: bool

    def on(self, event: str, handler: Callable[..., Any]) -> None: ...

    async def connect(
        self, url: str, *, auth: dict[str, str], transports: list[str], wait_timeout: int
    ) -> None: ...

    def call(self, event: str, data: str) -> Coroutine[Any, Any, object]: ...

    async def disconnect(self) -> None: ...


class _Peek(msgspec.Struct, frozen=True):
    code: str | None = None
    ja: str | None = None


class Socket:
    """One connection; it is not mended here, but by whoever holds the session."""

    def __init__(
        self, *, url: str, slug: str, on_event: OnEvent, on_end: Callable[[], None]
    ) -> None:
        """`on_end` is called when the connection is lost or was cut."""
        self._url = url
        self._slug = slug
        # Our own, since the library leaves its session open when a connection fails.
        self._http: Final = aiohttp.ClientSession()
        engine = socketio.AsyncClient(
            reconnection=False, handle_sigint=False, http_session=self._http
        )
        self._engine = cast("_Engine", engine)
        for event in EVENTS:
            self._engine.on(event, _Handler(event, on_event))
        self._ended = asyncio.Event()
        self._on_end = on_end
        self._engine.on("disconnect", self._end)

    async def _end(self, *_: object) -> None:
        self._ended.set()
        self._on_end()
        await self._http.close()

    @property
    def is_connected(self) -> bool:
        """Tell whether calls can be made."""
        return self._engine.connected

    async def connect(self, token: str) -> None:
        """Connect with an access token; BAD_TOKEN or UNAVAILABLE."""
        auth = {"token": token, "slug": self._slug}
        try:
            await self._engine.connect(
                self._url, auth=auth, transports=["websocket"], wait_timeout=_PATIENCE
            )
        except exceptions.ConnectionError as error:
            raise Refused(Code.UNAVAILABLE, why="socket") from error
        finally:
            if not self._engine.connected:  # refused, or given up while waiting
                await self._http.close()

    async def call(self, event: str, body: Closed, kind: type[A]) -> A:
        """Send something and wait for the answer, and as long as the server tells."""
        return await patiently(lambda: self._call(event, body, kind))

    async def _call(self, event: str, body: Closed, kind: type[A]) -> A:
        text = codec.encode(body).decode()
        try:
            async with asyncio.timeout(_PATIENCE):
                answer = await self._answer(event, text)
        except (exceptions.SocketIOError, TimeoutError) as error:
            raise Refused(Code.UNAVAILABLE, why="socket") from error
        if not isinstance(answer, str):
            raise Refused(Code.UNAVAILABLE, why="answer")
        return read_answer(answer, kind)

    async def _answer(self, event: str, text: str) -> object:
        """Wait for the answer, but not on a connection that has ended: the library would."""
        answering = asyncio.create_task(self._engine.call(event, text))
        ending = asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait({answering, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done():
                raise Refused(Code.UNAVAILABLE, why="socket")
            return answering.result()
        finally:
            answering.cancel()
            ending.cancel()

    async def close(self) -> None:
        """Disconnect."""
        if self._engine.connected:
            await self._engine.disconnect()
        await self._http.close()


def read_answer(text: str, kind: type[A]) -> A:
    """Read an answer, or raise the refusal that came in its place."""
    data = text.encode(errors="surrogatepass")  # half a pair is refused as what it is
    with reading():
        seen = codec.decode(data, _Peek, limit=ANSWER_LIMIT)
        if seen.code is None or seen.ja is None:
            return codec.typed(data, kind)
        told = codec.typed(data, Failure)
    raise refused(told)


class _Handler:
    """Hands one event on; python-socketio calls it with the payload."""

    def __init__(self, event: str, on_event: OnEvent) -> None:
        self._event = event
        self._on_event = on_event

    def __call__(self, payload: object) -> None:
        if isinstance(payload, str):
            self._on_event(self._event, payload)
