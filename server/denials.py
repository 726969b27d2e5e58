"""Refusals in the log: each one with a valid token, sums per minute of those without.

A sum stands in the log of the council that was called; what belongs to none is a figure only. So
nobody without a token can flood the log by being refused. Nor can a device that goes too fast:
it is named once a minute, and the rest is in the sums.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from audit.entry import Entry, Kind
from audit.store import Asked
from conference.store import Rooms
from crypto.errors import Code, Refused
from identity.model import Actor
from protocol.ids import CaseId
from protocol.times import Instant
from server.council import Council
from server.limits import Allowance, Buckets
from server.logs import Logger
from storage.pool import Pool

_TURNS: Final = 2
"""Entries of refusals that are written at once: who is refused waits, who is right does not."""

_ONCE_A_MINUTE: Final = Allowance(rate=1 / 60, burst=1)


@dataclass(slots=True, kw_only=True)
class Denials:
    """Notes refusals of all councils of this node."""

    log: Logger
    pool: Pool
    seen: Counter[Code] = field(default_factory=Counter[Code])
    """All refusals since the start."""

    _sums: dict[UUID, Counter[Code]] = field(default_factory=dict[UUID, Counter[Code]])
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_TURNS))
    _fast: Buckets[bytes] = field(default_factory=lambda: Buckets[bytes](_ONCE_A_MINUTE))

    async def limited(self, council: Council, actor: Actor, *, now: datetime) -> None:
        """Note that a device went too fast: an entry a minute, and a sum."""
        seconds, code = now.timestamp(), Code.RATE_LIMITED
        if self._fast.wait(actor.did, now=seconds) > 0:
            self.count(code, council)
            return
        self._fast.take(actor.did, now=seconds)
        await self.note(council, actor, code, now=now, case=None)

    async def note(
        self, council: Council, actor: Actor, code: Code, *, now: datetime, case: CaseId | None
    ) -> None:
        """Write the entry of one refusal; that it cannot be written never changes the answer."""
        self.seen[code] += 1
        try:
            async with self._turns:
                entry = Entry(
                    kind=Kind.DENIED,
                    at_ms=Instant.of(now),
                    id=council.entries.new_id(),
                    actor=actor.wid,
                    case=await self._known(council, case),
                    reason=code,
                )
                await council.entries.note(entry, asked=Asked(did=actor.did))
        except (Refused, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            self.log.warning("denied.unlogged", code=code.value, error=type(error).__name__)

    def count(self, code: Code, council: Council | None) -> None:
        """Count a refusal without an entry of its own, for the council that it belongs to."""
        self.seen[code] += 1
        if council is not None:
            self._sums.setdefault(council.id, Counter())[code] += 1

    async def flush(self, council: Council, *, now: datetime) -> None:
        """Write one entry per code counted since the last time, with the sum as its object."""
        for code, times in self._sums.pop(council.id, Counter[Code]()).items():
            entry = Entry(
                kind=Kind.DENIED_COUNT,
                at_ms=Instant.of(now),
                id=council.entries.new_id(),
                objects=(str(times).encode(),),
                reason=code,
            )
            await council.entries.note(entry)

    async def _known(self, council: Council, case: CaseId | None) -> CaseId | None:
        """A case of this council, or None: nobody makes audit keys by naming cases."""
        if case is None:
            return None
        found = await Rooms(self.pool, council=council.id).snapshot(case)
        return None if found is None else case
