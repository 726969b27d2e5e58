"""Words between nodes: ids and numbers over Redis, or nothing when there is one node."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

from crypto.errors import Refused
from protocol import codec
from protocol.ids import ZERO_ID, Id
from protocol.shapes import Closed
from server.logs import Logger, trace
from server.ports import Announcement

_CHANNEL: Final = "entaku"
_QUEUE: Final = 10_000
_PAUSE: Final = 0.5  # seconds before connecting again
_LIMIT: Final = 64 * 1024

Handler = Callable[[Id, Announcement], Awaitable[None]]
"""Hears a word about a council (its id as bytes); `ZERO_ID` is about all of them."""

RESYNC: Final = Announcement(kind="resync")
"""Words may have been lost while there was no connection."""


class Wire(Protocol):
    """The way to the other nodes."""

    def send(self, council: Id, word: Announcement) -> None:
        """Queue a word about a council; when it cannot be sent it is lost."""
        ...

    def listen(self, handler: Handler) -> None:
        """Name who hears."""
        ...

    async def start(self) -> None:
        """Connect, and stay connected."""
        ...

    async def stop(self) -> None:
        """Disconnect."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilAnnouncer:
    """Tells the other nodes about one council."""

    council: Id
    wire: Wire

    def publish(self, announcement: Announcement) -> None:
        """Queue a word for the other nodes."""
        self.wire.send(self.council, announcement)


class _Envelope(Closed, frozen=True, kw_only=True):
    node: str
    council: Id
    word: Announcement


class OneNode:
    """There is nobody to tell."""

    def send(self, council: Id, word: Announcement) -> None:
        """Nobody hears it."""

    def listen(self, handler: Handler) -> None:
        """Nobody will speak."""

    async def start(self) -> None:
        """Nothing to connect to."""

    async def stop(self) -> None:
        """Nothing to disconnect from."""


class _Channel(Protocol):
    async def subscribe(self, name: str, /) -> None: ...

    def listen(self) -> AsyncIterator[Mapping[str, object]]: ...


class _Redis(Protocol):
    """What is used of the Redis client."""

    async def publish(self, channel: str, message: bytes, /) -> int: ...

    def pubsub(self) -> AbstractAsyncContextManager[_Channel]: ...

    async def ping(self) -> bool: ...

    async def aclose(self) -> None: ...


def _client(url: str) -> _Redis:
    library: Any = Redis  # its methods have no complete types
    client: _Redis = library.from_url(url, driver_info=None)  # nothing about us
    return client


async def answers(url: str, *, patience: float) -> bool:
    """Tell whether Redis is there and lets us in; `patience` in seconds."""
    client = _client(url)
    try:
        async with asyncio.timeout(patience):
            return await client.ping()
    except (RedisError, OSError):
        return False
    finally:
        await client.aclose()


class OverRedis:
    """Publishes and hears on one channel; own words are not heard.

    A word that cannot be sent is lost, and so are words while disconnected: pollers find what
    was meant, and `RESYNC` is heard after each new connection.
    """

    def __init__(self, url: str, *, node: str, log: Logger) -> None:
        self._redis: Final[_Redis] = _client(url)
        self._node: Final = node
        self._log: Final = log
        self._words: Final[asyncio.Queue[_Envelope]] = asyncio.Queue(_QUEUE)
        self._handler: Handler | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def send(self, council: Id, word: Announcement) -> None:
        """Queue a word; when the queue is full it is lost."""
        with contextlib.suppress(asyncio.QueueFull):
            self._words.put_nowait(_Envelope(node=self._node, council=council, word=word))

    def listen(self, handler: Handler) -> None:
        """Name who hears."""
        self._handler = handler

    async def start(self) -> None:
        """Begin to speak and to hear; a Redis that is away is waited for."""
        self._tasks = [
            asyncio.create_task(self._forever(self._speak), name="announce"),
            asyncio.create_task(self._forever(self._hear), name="hear"),
        ]

    async def stop(self) -> None:
        """End both."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.aclose()

    async def _forever(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except (RedisError, OSError) as error:
                self._log.warning("redis.lost", error=type(error).__name__)
            except Exception as error:  # noqa: BLE001 -- one bad word must not end the hearing
                self._log.critical("redis.unexpected", trace=trace(error))
            await asyncio.sleep(_PAUSE)

    async def _speak(self) -> None:
        while True:
            word = await self._words.get()
            await self._redis.publish(_CHANNEL, codec.encode(word))

    async def _hear(self) -> None:
        async with self._redis.pubsub() as channel:
            await channel.subscribe(_CHANNEL)
            await self._tell(ZERO_ID, RESYNC)
            async for message in channel.listen():
                data = message["data"]
                if isinstance(data, bytes):  # a number tells of the subscription itself
                    await self._heard(data)

    async def _heard(self, data: bytes) -> None:
        try:
            envelope = codec.decode(data, _Envelope, limit=_LIMIT)
        except Refused as refusal:
            self._log.warning("redis.word", code=refusal.code.value)
            return
        if envelope.node != self._node:
            await self._tell(envelope.council, envelope.word)

    async def _tell(self, council: Id, word: Announcement) -> None:
        if self._handler is not None:
            await self._handler(council, word)
