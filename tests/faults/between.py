"""What stands between two ends: every line in a task of its own, which ends with it."""

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass, field


@dataclass(slots=True)
class Between(ABC):
    """Accepts lines; whoever inherits starts the server and passes on."""

    _tasks: set[asyncio.Task[None]] = field(init=False, default_factory=set[asyncio.Task[None]])
    _server: asyncio.Server | None = field(init=False, default=None)

    @abstractmethod
    async def start(self) -> None:
        """Listen."""

    @abstractmethod
    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect one line to the other end, until either end is cut."""

    async def stop(self) -> None:
        """Listen no more, and cut what is left."""
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._pass_on(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
