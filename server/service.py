"""A node's parts under one name, and the councils it hosts."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import asyncpg
from aiohttp import web

from audit.store import Log, logs
from crypto.entropy import Entropy
from crypto.errors import Code, Refused
from identity import model, store
from identity.model import Actor, Own
from protocol.ids import Id
from protocol.times import Instant
from protocol.wire import Reserve
from server.announce import CouncilAnnouncer, Wire
from server.council import Council
from server.custody import Custody
from server.denials import Denials
from server.doors import Doors
from server.limits import Limits
from server.logs import Logger
from server.metrics import Metrics, Rounds
from server.ports import Announcement, Announcer, Clock, Emitter, Rooms
from server.settings import Settings
from server.sockets import Hosted, Sockets
from server.tokens import Tokens
from storage.pool import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pools:
    """Connections by what they may do."""

    app: Pool
    integrator: Pool
    auditor: Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the rooms of a council are built from."""

    pool: Pool
    emitter: Emitter
    announcer: Announcer
    clock: Clock
    entropy: Entropy
    hint: Callable[[], None]
    """Say that a statement waits for its checkpoint; entries are looked for ten times a second."""
    log: Logger
    metrics: Metrics


RoomsFactory = Callable[[Council, Parts], Rooms]


@dataclass(slots=True, kw_only=True)
class Host:
    """One council on this node: its replica, its rooms, and its two logs."""

    council: Council
    rooms: Rooms
    logs: list[Log]
    announcer: Announcer
    wake: asyncio.Event
    """Set when the integrator has something to do."""

    levelling: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while this node integrates."""

    told: tuple[int, int] = (0, 0)
    """Statements and checkpoint that listeners were told of."""

    broken: bool = False
    """Whether a log contradicts itself: nothing more is signed."""


@dataclass(slots=True, kw_only=True)
class Service:
    """One node."""

    settings: Settings
    clock: Clock
    entropy: Entropy
    log: Logger
    pools: Pools
    custody: Custody
    tokens: Tokens
    denials: Denials
    limits: Limits
    doors: Doors
    wire: Wire
    rooms: RoomsFactory
    metrics: Metrics = field(default_factory=Metrics)
    rounds: Rounds = field(default_factory=Rounds)
    hosts: dict[str, Host] = field(default_factory=dict[str, Host])
    opened: Callable[[Host], None] = field(default=lambda _: None)
    """Called for each council that this node begins to host."""

    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    _sockets: Sockets | None = None

    @property
    def sockets(self) -> Sockets:
        """The live sockets."""
        if self._sockets is None:
            self._sockets = Sockets(
                tokens=self.tokens,
                find=self.hosted,
                denials=self.denials,
                limits=self.limits,
                clock=self.clock,
                log=self.log,
                metrics=self.metrics,
            )
        return self._sockets

    async def host(self, slug: str) -> Host:
        """Find a council, one that another node reserved a moment ago included; UNKNOWN_ID."""
        if slug not in self.hosts:
            await self.refresh()
        if slug not in self.hosts:
            raise Refused(Code.UNKNOWN_ID)
        return self.hosts[slug]

    async def hosted(self, slug: str) -> Hosted:
        """Find a council with its rooms, for the sockets."""
        host = await self.host(slug)
        return host.council, host.rooms

    async def refresh(self) -> None:
        """Host every council of the database."""
        async with self._opening:
            missing = [
                row for row in await store.councils(self.pools.app) if row.slug not in self.hosts
            ]
            known = await logs(self.pools.app) if missing else []
            for row in missing:
                mine = [log for log in known if log.council == row.id]
                self.hosts[row.slug] = host = await self._open(row, mine)
                self.opened(host)

    async def _open(self, row: model.Council, mine: list[Log]) -> Host:
        names = {log.name: log.origin for log in mine}
        keys = await asyncio.to_thread(self.custody.logs, row.id, names=(names["id"], names["ops"]))
        council = Council(
            row,
            pool=self.pools.app,
            keys=keys,
            srv=self.custody.srv,
            origin=self.settings.origin,
            wrapping=self.custody.wrapping,
            entropy=self.entropy,
        )
        await council.sync()
        wake = asyncio.Event()
        announcer = CouncilAnnouncer(council=Id(row.id.bytes), wire=self.wire)
        parts = Parts(
            pool=self.pools.app,
            emitter=self.sockets,
            announcer=announcer,
            clock=self.clock,
            entropy=self.entropy,
            hint=wake.set,
            log=self.log,
            metrics=self.metrics,
        )
        return Host(
            council=council,
            rooms=self.rooms(council, parts),
            logs=mine,
            announcer=announcer,
            wake=wake,
        )

    async def reserve(self, request: Reserve) -> Own:
        """Make a council with its two logs; FORBIDDEN without the setup token, CONFLICT."""
        await asyncio.to_thread(self.custody.claim_setup, request.setup)
        try:
            return await self._reserve(request.slug)
        except BaseException:
            await asyncio.to_thread(self.custody.return_setup)
            raise

    async def _reserve(self, slug: str) -> Own:
        council = UUID(bytes=self.entropy(Id.SIZE))
        base = self.settings.origin.partition("://")[2]
        keys = await asyncio.to_thread(
            self.custody.make_logs,
            council,
            names=(f"{base}/{slug}/id", f"{base}/{slug}/ops"),
            entropy=self.entropy,
            now_ms=Instant.of(self.clock()),
        )
        await store.reserve(self.pools.app, council=council, slug=slug, origins=keys.origins)
        host = await self.host(slug)
        return host.council.own

    async def reaches_database(self) -> bool:
        """Tell whether the database answers."""
        try:
            await store.councils(self.pools.app)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            return False
        return True

    async def heard(self, council: Id, word: Announcement) -> None:
        """Pass on the word of another node."""
        for host in list(self.hosts.values()):
            if word.kind == "resync" or host.council.id.bytes == council:
                host.wake.set()
                await host.rooms.announced(word)


SERVICE: Final = web.AppKey("SERVICE", Service)
HOST: Final = web.RequestKey("HOST", Host)
ACTOR: Final = web.RequestKey("ACTOR", Actor)
