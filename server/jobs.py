"""What nobody asks for: integrating the logs, beats, limits in time, ending old sockets."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from audit.integrator import BATCH, IntegrityBroken, integrate_once
from audit.store import Log
from protocol import codec
from protocol.leaf import beat
from protocol.times import HOUR, Instant
from protocol.wire import IdHead
from server.logs import trace
from server.service import Host, Service

_POLL: Final = 0.1  # seconds between two looks at the logs without a hint
_GAP: Final = 0.01  # and at least between two
_TICK: Final = 0.5
_FLUSH_TICKS: Final = 120
_PAUSE: Final = 1.0


class Jobs:
    """The jobs of one node."""

    def __init__(self, service: Service) -> None:
        self._service: Final = service
        self._tasks: Final[list[asyncio.Task[None]]] = []

    def start(self) -> None:
        """Begin; councils that are hosted later get their jobs then."""
        self._service.opened = self._begin
        for host in self._service.hosts.values():
            self._begin(host)
        self._spawn("tick", self._tick)

    async def stop(self) -> None:
        """Cancel everything and wait for it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, host: Host) -> None:
        slug = host.council.slug
        self._spawn(f"integrate {slug}", lambda: self._integrate(host))
        self._spawn(f"limits {slug}", lambda: self._limits(host))

    def _spawn(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        self._tasks.append(asyncio.create_task(self._forever(name, work), name=name))

    async def _forever(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Work again after a failure: the database may be away for a while."""
        while True:
            try:
                await work()
            except IntegrityBroken as broken:
                self._service.log.critical("log.broken", origin=broken.origin, what=broken.what)
                return
            except Exception as error:  # noqa: BLE001 -- one failed round must not end the job
                self._service.log.warning("job.failed", job=name, trace=trace(error))
                await asyncio.sleep(_PAUSE)

    def _mark(self, job: str, host: Host | None = None) -> None:
        council = "" if host is None else host.council.slug
        self._service.rounds.mark(job, council, self._service.clock())

    # --- the logs ----------------------------------------------------------------------------

    async def _integrate(self, host: Host) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_POLL):
                    await host.wake.wait()
            host.wake.clear()
            await self.level(host)
            self._mark("integrate", host)
            await asyncio.sleep(_GAP)

    async def level(self, host: Host) -> None:
        """Integrate what is new in both logs, and take in what that makes known."""
        try:
            async with host.levelling:
                done = [await self._batch(host, log) for log in host.logs]
        except IntegrityBroken:
            host.broken = True
            raise
        if max(done) == BATCH:
            host.wake.set()  # there may be more
        await self.take_in(host)

    async def _batch(self, host: Host, log: Log) -> int:
        return await integrate_once(
            self._service.pools.integrator,
            log,
            signer=host.council.keys.signers[log.name],
            now=self._service.clock(),
        )

    async def take_in(self, host: Host) -> None:
        """Bring the directory level; end who was ended, tell who listens."""
        await host.council.sync()
        before, host.told = host.told, (host.council.rev, host.council.idn)
        if host.told == before:
            return
        await self._service.sockets.recheck(host.council)
        await host.rooms.identity_moved()
        if host.told[1] != before[1]:
            head = codec.encode(IdHead(size=host.council.idn))
            await self._service.sockets.broadcast(host.council, "idhead", head)

    # --- time --------------------------------------------------------------------------------

    async def _limits(self, host: Host) -> None:
        """Beat when an instant passes or the log is silent; let rooms end what ended."""
        while True:
            now = self._service.clock()
            if _beat_is_due(host, now):
                await host.council.log.beat(beat(Instant.of(now)).encode())
                host.wake.set()
                await self.level(host)
            due = await host.rooms.due(now)
            self._mark("limits", host)
            await asyncio.sleep(_until(due, now))

    async def _tick(self) -> None:
        """Look after sockets and councils; write the sums of refusals each minute."""
        ticks = 0
        while True:
            await asyncio.sleep(_TICK)
            now = self._service.clock()
            await self._service.sockets.expire(now)
            await self._service.refresh()
            self._mark("tick")
            ticks += 1
            if ticks % _FLUSH_TICKS == 0:
                await self.flush(now)

    async def flush(self, now: datetime) -> None:
        """Write the sums of refusals into the log of each council."""
        for host in list(self._service.hosts.values()):
            await self._service.denials.flush(host.council, now=now)


def _beat_is_due(host: Host, now: datetime) -> bool:
    directory = host.council.directory
    if directory.net is None:
        return False  # leaf 0 is the root
    latest, instant = directory.time(directory.size), Instant.of(now)
    end = host.council.next_end(latest)
    return instant - latest > HOUR or (end is not None and end <= instant)


def _until(due: datetime | None, now: datetime) -> float:
    if due is None:
        return _TICK
    return min(_TICK, max(_GAP, (due - now).total_seconds()))
