"""From commit to signed checkpoint: how long an entry waits for its proof."""

import asyncio
import random
from typing import Final, TypeAlias

import asyncpg
import msgspec

from bench.share import Pair

_LOOK: Final = 0.004  # seconds
_PATIENCE: Final = 10.0
_FLOOD: Final = 40  # messages of each sender

_NEWEST: Final = """
  SELECT max(e.id) FROM audit.entry e JOIN audit.log l ON l.log_id = e.log_id WHERE l.name = 'ops'
"""
_COVERED: Final = """
  SELECT extract(epoch FROM clock_timestamp() - e.at)::float8
    FROM audit.entry e JOIN audit.leaf f ON f.entry_id = e.id
   WHERE e.id = $1 AND EXISTS (
         SELECT FROM audit.checkpoint c WHERE c.log_id = f.log_id AND c.size > f.idx)
"""

Database: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Lag(msgspec.Struct, frozen=True, kw_only=True):
    """Times in ms from an entry's commit until its checkpoint can be read."""

    samples: int
    p50: float
    p99: float


async def idle(pair: Pair, connection: Database, count: int) -> Lag:
    """One change at a time, with pauses between."""
    found: list[float] = []
    for _ in range(count):
        await asyncio.sleep(random.uniform(0.05, 0.25))  # noqa: S311 -- not to beat in step
        await pair.load.ask("latency", count=1)
        found.append(await _wait(connection, await connection.fetchval(_NEWEST)))
    return of(found)


async def loaded(pair: Pair, connection: Database) -> Lag:
    """While eight senders post as fast as they can."""
    found: list[float] = []
    await pair.load.ask("prepare", count=_FLOOD)
    flood = asyncio.create_task(pair.load.ask("flood"))
    while not flood.done():
        found.append(await _wait(connection, await connection.fetchval(_NEWEST)))
        await asyncio.sleep(_LOOK)
    await flood
    return of(found)


async def newest(connection: Database) -> float:
    """Wait until the entry that is the newest now is under a checkpoint; ms since its commit."""
    return await _wait(connection, await connection.fetchval(_NEWEST))


async def _wait(connection: Database, entry: int) -> float:
    async with asyncio.timeout(_PATIENCE):
        while True:
            lag: float | None = await connection.fetchval(_COVERED, entry)
            if lag is not None:
                return lag * 1000
            await asyncio.sleep(_LOOK)


def of(found: list[float]) -> Lag:
    """Put times in ms in order."""
    ordered = sorted(found)
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.99)]
    return Lag(samples=len(ordered), p50=at[0], p99=at[1])
