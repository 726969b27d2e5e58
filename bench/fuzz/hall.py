"""A node with a played sitting: right requests to change, and keys to sign them anew."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog
from aiohttp import web

from consent.register import load
from crypto.signing import SigningKey
from protocol.ids import CaseId
from protocol.vocabulary import AgencyKind, Cap
from protocol.wire import Post
from sdk.auditor import Auditor
from sdk.client import Client
from sdk.session import Session
from sdk.transport import Http
from server.app import create_app
from server.doors import Doors, opened
from server.logs import Logger
from server.settings import Settings
from tests.edges.live.stage import priority, section, text, unsent
from tests.edges.people import LOOSE
from tests.edges.sdk.stage import Cast, Held, hold
from tests.edges.sdk.town import make_town

_HEADERS: Final = ("Authorization", "Entaku-Net", "Entaku-Invite")
Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A request that was answered well."""

    method: str
    route: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(slots=True)
class Complaints:
    """What the node, its libraries or the loop complained of, as names of errors and places."""

    heard: list[str] = field(default_factory=list[str])

    def log(self) -> Logger:
        """A log whose critical lines are kept: nobody expected what they tell."""

        def keep(
            _logger: object, method: str, event: MutableMapping[str, Any]
        ) -> MutableMapping[str, Any]:
            if method == "critical":
                self.heard.append(f"{event.get('event')}: {event.get('trace')}"[-400:])
            raise structlog.DropEvent

        made: Logger = structlog.wrap_logger(
            structlog.PrintLogger(),
            processors=[structlog.processors.add_log_level, keep],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        )
        return made

    def of_loop(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Hear the event loop."""
        error = context.get("exception")
        self.heard.append(f"loop: {context.get('message')} {error!r}"[:400])

    @contextmanager
    def listening(self) -> Generator[None]:
        """Hear what libraries log and what the event loop complains of."""
        handler, root = _Errors(self), logging.getLogger()
        loop = asyncio.get_running_loop()
        before = loop.get_exception_handler()
        root.addHandler(handler)
        loop.set_exception_handler(self.of_loop)
        try:
            yield
        finally:
            root.removeHandler(handler)
            loop.set_exception_handler(before)

    def take(self) -> list[str]:
        """What was heard since the last time."""
        found, self.heard = self.heard, []
        return found


class _Errors(logging.Handler):
    """Errors that libraries log."""

    def __init__(self, complaints: Complaints) -> None:
        super().__init__(logging.ERROR)
        self._complaints = complaints

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        error = record.exc_info[1] if record.exc_info else None
        self._complaints.heard.append(f"{record.name}: {record.getMessage()} {error!r}"[:400])


@dataclass(slots=True, kw_only=True)
class Hall:
    """The node, who sits in it, and what was heard of it."""

    port: int
    cast: Cast
    held: Held
    seeds: list[Seed]
    posts: list[Post]
    keys: list[SigningKey]
    complaints: Complaints

    @property
    def slug(self) -> str:
        """The council's place."""
        return self.cast.town.council.http.slug

    @property
    def case(self) -> CaseId:
        """The room."""
        return self.held.case

    @property
    def auditor(self) -> Session:
        """Who may ask for entries."""
        return self.cast.clients["auditor"].session

    async def tokens(self) -> list[str]:
        """Fresh tokens of everybody."""
        for each in self.cast.clients.values():
            await each.session.login()
        sessions = [each.session for each in self.cast.clients.values()]
        return [each.council.http.token or "" for each in sessions]


def _recorder(seeds: dict[tuple[str, str], list[Seed]], *, most: int) -> Any:  # noqa: ANN401 -- a middleware
    @web.middleware
    async def record(request: web.Request, handler: Next) -> web.StreamResponse:
        resource = request.match_info.route.resource
        route = "" if resource is None else resource.canonical
        response = await handler(request)
        kept = seeds.setdefault((request.method, route), [])
        if response.status < web.HTTPBadRequest.status_code and not route.startswith("/socket.io"):
            body = await request.read() if request.method == "POST" else b""
            headers = tuple((n, request.headers[n]) for n in _HEADERS if n in request.headers)
            made = Seed(
                method=request.method,
                route=route,
                target=request.raw_path,
                headers=headers,
                body=body,
            )
            kept.append(made)
            del kept[:-most]
        return response

    return record


@asynccontextmanager
async def open_hall(dsn: str, folder: Path) -> AsyncGenerator[Hall]:
    """Start a node, play a sitting in it, and keep what was sent."""
    complaints, seeds = Complaints(), dict[tuple[str, str], list[Seed]]()
    settings = Settings(data=folder, origin="http://entaku.test", limits=LOOSE)
    app = await create_app(settings, dsn=dsn, log_to=complaints.log())
    app.middlewares.insert(0, _recorder(seeds, most=12))
    doors = Doors(bounds=LOOSE, behind_proxy=False)
    with complaints.listening():
        async with (
            opened(app, doors, host="127.0.0.1", port=0) as port,
            _played(port, folder) as (cast, held),
        ):
            yield Hall(
                port=port,
                cast=cast,
                held=held,
                posts=await _unsent(held),
                seeds=[seed for each in seeds.values() for seed in each],
                keys=_keys(cast),
                complaints=complaints,
            )


def _keys(cast: Cast) -> list[SigningKey]:
    """Root, registrars (numbered as `Town.agency` does) and devices."""
    devices = [each.session.dk for each in cast.clients.values()]
    registrars = [SigningKey.from_seed(bytes([number]) * 32) for number in (1, 2, 3, 4)]
    return [*cast.town.root, *registrars, *devices]


@asynccontextmanager
async def _played(port: int, folder: Path) -> AsyncGenerator[tuple[Cast, Held]]:
    setup = await asyncio.to_thread((folder / "keys" / "setup").read_text)
    async with Http(url=f"http://127.0.0.1:{port}", slug="minato") as http:
        town = await make_town(http, setup=setup, folder=folder / "vaults")
        register = await asyncio.to_thread(load)
        cast = Cast(town=town, register=register, clients={}, aids={})
        host = await town.agency(1, AgencyKind.CITY, [Cap.HOST, Cap.MEMBER])
        second = await town.agency(2, AgencyKind.CSW, [Cap.MEMBER])
        third = await town.agency(3, AgencyKind.ELDER, [Cap.MEMBER])
        await cast.bring("chair", host, Cap.CHAIR, Cap.MEMBER, Cap.MINUTES)
        await cast.bring("recorder", host, Cap.MEMBER, Cap.MINUTES)
        await cast.bring("csw", second, Cap.MEMBER)
        await cast.bring("elder", third, Cap.MEMBER)
        held = await hold(cast)
        await _talk(cast, held)
        watch = await town.agency(4, AgencyKind.AUDIT, [Cap.AUDIT])
        await _audit(await cast.bring("auditor", watch, Cap.AUDIT), held)
        yield cast, held
        for client in cast.clients.values():
            await client.close()


async def _talk(cast: Cast, held: Held) -> None:
    """What people do over HTTP beside the feed."""
    chair = cast.clients["chair"].session
    await held.members["chair"].share(section(held, "c1"), text("要約"))
    people = "&".join(f"w={each.session.me.wid.hex()}" for each in cast.clients.values())
    room = f"cases/{held.case.hex()}"
    asked = (
        *(f"names?{people}", f"{room}/rows?start=1", f"{room}/head", "cases", "pend", "log/id"),
        *("log/ops/checkpoint", "log/id/checkpoint", "log/id/tile/0/000.p/4"),
        *("log/id/tile/entries/000.p/4", "log/id/proof/consistency?from=2&to=5"),
    )
    for path in asked:
        await chair.council.http.text(path)
    await cast.clients["elder"].session.read(held.case, "view", [])


async def _audit(client: Client, held: Held) -> None:
    """What an auditor asks of the room, of a person, and of the council."""
    auditor, member = Auditor(client.session), held.members["elder"].room.session.me
    await auditor.ask("audit.case-timeline", "K-101")
    await auditor.ask("audit.case-timeline", held.case.hex())
    await auditor.ask("audit.person-timeline", member.wid.hex())
    await auditor.ask("audit.denied")
    await auditor.ask("audit.openings")


async def _unsent(held: Held) -> list[Post]:
    """Batches of several kinds that are right, and that nobody has sent."""
    found: list[Post] = []
    for member in held.members.values():
        found.append(await unsent(member, partial(member.act, priority(held, member))))
        shared = partial(member.share, section(held, "c1"), text("要約 二"))
        found.append(await unsent(member, shared))
    return found
