"""Live sockets: with `fanout` and `lines`, the one place that knows python-socketio.

Every event carries one JSON text, every acknowledgement is one: the answer or a Failure. A
socket ends with its token unless a fresh one came, and at once when its device ends.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, cast

import socketio
from aiohttp import web
from socketio.exceptions import ConnectionRefusedError as Rejected

from crypto.errors import Code, Refused
from identity.model import Actor
from protocol import codec
from protocol.codec import PAYLOAD_LIMIT
from protocol.ids import CaseId
from protocol.wire import (
    MAX_BODY,
    Done,
    Hand,
    InRoom,
    Post,
    Read,
    Sub,
    Token,
)
from server import bodies
from server.council import Council
from server.denials import Denials
from server.errors import as_refused, failure
from server.events import UP
from server.fanout import Fanout
from server.limits import Caller, Limits, told_wait
from server.lines import Lines
from server.logs import Logger, trace
from server.metrics import Metrics
from server.ports import Clock, Rooms, Session
from server.tokens import Access, Tokens

CUT: Final = "cut"
"""Event before the server ends a socket: a Failure that says why."""

Hosted = tuple[Council, Rooms]
"""A council with its rooms."""

Find = Callable[[str], Awaitable[Hosted]]
"""Finds a council by its slug; UNKNOWN_ID."""


class _Io(Protocol):
    """What is used of python-socketio, which has no types."""

    def on(self, event: str, handler: Callable[..., Awaitable[object]], /) -> object:
        """Name who hears an event."""
        ...

    def attach(self, app: web.Application, /) -> None:
        """Serve in an application."""
        ...

    async def emit(self, event: str, data: str, /, *, to: str) -> None:
        """Send an event."""
        ...

    async def shutdown(self) -> None:
        """Stop."""
        ...


@dataclass(slots=True, kw_only=True)
class _Live:
    session: Session
    hosted: Hosted
    expires: datetime

    @property
    def caller(self) -> Caller:
        """By what its requests are counted."""
        actor, council = self.session.actor, self.hosted[0].id
        return Caller(device=actor.did, agency=self.session.aid, council=council.bytes)


class Sockets:
    """All live sockets of this node."""

    def __init__(
        self,
        *,
        tokens: Tokens,
        find: Find,
        denials: Denials,
        limits: Limits,
        clock: Clock,
        log: Logger,
        metrics: Metrics,
    ) -> None:
        self._tokens: Final = tokens
        self._find: Final = find
        self._denials: Final = denials
        self._limits: Final = limits
        self._clock: Final = clock
        self._log: Final = log
        self._metrics: Final = metrics
        self._live: Final[dict[str, _Live]] = {}
        self._stopped = False
        library: Any = socketio  # it has no types
        self._server: Final[_Io] = library.AsyncServer(
            async_mode="aiohttp",
            transports=["websocket"],
            max_http_buffer_size=MAX_BODY,
            cors_allowed_origins=[],
            logger=False,
            engineio_logger=False,
        )
        self._fanout: Final = Fanout(self._server)
        self.lines: Final = Lines(server=self._server, bounds=limits.bounds)
        self._server.on("connect", self._connect)
        self._server.on("disconnect", self._disconnect)
        for event in UP:
            self._server.on(event, self._handler(event))

    def attach(self, app: web.Application) -> None:
        """Serve `/socket.io` in an application."""
        self._server.attach(app)

    # --- sending -----------------------------------------------------------------------------

    async def emit(self, sids: Iterable[str], event: str, data: bytes) -> None:
        """Queue one JSON text for some sockets; those that are gone are passed over."""
        there = [sid for sid in sids if sid in self._live]
        if event == "push":
            self._metrics.pushes.inc(len(there))
        await self._fanout.send(there, event, data.decode())

    async def broadcast(self, council: Council, event: str, data: bytes) -> None:
        """Queue one JSON text for all sockets of a council."""
        mine = [sid for sid, each in self._live.items() if each.hosted[0] is council]
        await self.emit(mine, event, data)

    async def close(self, sid: str, code: Code) -> None:
        """Say why and end a socket; nobody waits for one that does not take its last words."""
        live = self._live.pop(sid, None)
        if live is None:
            return
        self._limits.shut(live.caller)
        told = codec.encode(failure(Refused(code))).decode()
        await self._server.emit(CUT, told, to=sid)
        await live.hosted[1].gone(live.session)
        await self.lines.end(sid)

    # --- ending ------------------------------------------------------------------------------

    async def expire(self, now: datetime) -> None:
        """End the sockets whose token has ended."""
        ended = [sid for sid, each in self._live.items() if now >= each.expires]
        await asyncio.gather(*(self.close(sid, Code.BAD_TOKEN) for sid in ended))

    async def recheck(self, council: Council) -> None:
        """End the sockets whose device, worker or agency has ended."""
        for sid, each in list(self._live.items()):
            if each.hosted[0] is council:
                try:
                    council.require_live(each.session.actor)
                except Refused as refusal:
                    await self.close(sid, refusal.code)

    async def stop(self) -> None:
        """End all sockets, once: the library cannot shut down twice."""
        await asyncio.gather(*(self.close(sid, Code.UNAVAILABLE) for sid in list(self._live)))
        await self.lines.stop()
        if not self._stopped:
            self._stopped = True
            await self._server.shutdown()

    # --- hearing -----------------------------------------------------------------------------

    async def _connect(self, sid: str, _environ: object, auth: object) -> None:
        hosted: Hosted | None = None
        try:
            slug, token = _credentials(auth)
            hosted = await self._find(slug)
            access = self._tokens.read(token, slug=slug, now=self._clock())
            signer = hosted[0].require_live(access.actor)
            session = Session(sid=sid, actor=access.actor, aid=signer.aid)
            live = _Live(session=session, hosted=hosted, expires=access.expires)
            self._limits.require(live.caller, now=self._seconds(), what="connect")
            self.lines.require(sid)
            self._limits.open(live.caller)
        except Exception as error:
            refusal = self._refusal(error, "connect")
            self._denials.count(refusal.code, None if hosted is None else hosted[0])
            told = codec.encode(failure(refusal)).decode()
            raise Rejected(told) from error
        self.lines.sign(sid)
        self._live[sid] = live

    async def _disconnect(self, sid: str, _reason: object = None) -> None:
        live = self._live.pop(sid, None)
        self.lines.unsign(sid)
        if live is not None:
            self._limits.shut(live.caller)
            await live.hosted[1].gone(live.session)

    def _handler(self, event: str) -> Callable[..., Awaitable[str]]:
        async def handle(sid: str, *data: object) -> str:
            only = data[0] if len(data) == 1 else None
            began = time.perf_counter()
            reply, code = await self._reply(event, sid, only)
            self._metrics.answered(f"socket {event}", code, time.perf_counter() - began)
            return reply.decode()

        return handle

    async def _reply(self, event: str, sid: str, data: object) -> tuple[bytes, str]:
        live, request = self._live.get(sid), None
        if live is None:
            return codec.encode(failure(Refused(Code.BAD_TOKEN))), Code.BAD_TOKEN.value
        try:
            size = len(data) if isinstance(data, str) else 0
            self._limits.require(live.caller, now=self._seconds(), what=event, size=size)
            text = _utf8(data)
            live.hosted[0].require_live(live.session.actor)
            with self._limits.under_way(live.caller.device):
                request = _read(event, text)
                return codec.encode(await self._dispatch(live, event, request)), "ok"
        except Exception as error:  # noqa: BLE001 -- no packet goes unanswered
            refusal = self._refusal(error, event)
            await self._note(live, refusal, data if request is None else request)
            return codec.encode(failure(refusal)), refusal.code.value
        finally:
            if sid not in self._live:  # it ended while it was joining: nobody listens there
                await live.hosted[1].gone(live.session)

    async def _note(self, live: _Live, refusal: Refused, asked: object) -> None:
        """Write a refusal into the log; whoever goes too fast is not read for a moment."""
        council, actor = live.hosted[0], live.session.actor
        if told_wait(refusal) is not None:
            self.lines.rest(live.session.sid)
            await self._denials.limited(council, actor, now=self._clock())
            return
        self._limits.fine(live.caller, now=self._seconds())
        case: CaseId | None = getattr(asked, "case", None) or _case_in(asked)
        await self._denials.note(council, actor, refusal.code, now=self._clock(), case=case)

    def _seconds(self) -> float:
        return self._clock().timestamp()

    async def _dispatch(self, live: _Live, event: str, request: object) -> object:
        rooms, session = live.hosted[1], live.session
        match request:
            case Post():
                return await rooms.post(session, request)
            case Read():
                return await rooms.read(session, request)
            case Sub():
                return await rooms.sub(session, request)
            case InRoom(case=case) if event == "head":
                return await rooms.head(session, case)
            case _:
                return await self._lesser(live, event, request)

    async def _lesser(self, live: _Live, event: str, request: object) -> object:
        """What is not about the feed."""
        rooms, session = live.hosted[1], live.session
        match request:
            case InRoom(case=case) if event == "unsub":
                await rooms.unsub(session, case)
                return Done()
            case Hand():
                return await rooms.hand(session, request)
            case Token():
                return self._renew(live, request)
            case _:
                raise NotImplementedError(event)

    def _renew(self, live: _Live, request: Token) -> Done:
        slug = live.hosted[0].slug
        access = self._tokens.read(request.token, slug=slug, now=self._clock())
        _require_same(access, live.session.actor)
        live.expires = access.expires
        return Done()

    def _refusal(self, error: Exception, event: str) -> Refused:
        known = as_refused(error)
        if known is None:
            self._log.critical("socket.unexpected", verb=event, trace=trace(error))
        return known or Refused(Code.UNAVAILABLE)


def _require_same(access: Access, actor: Actor) -> None:
    if access.actor.did != actor.did:
        raise Refused(Code.BAD_TOKEN)


def _credentials(auth: object) -> tuple[str, str]:
    """Take `{"slug", "token"}` apart; BAD_TOKEN for anything else."""
    if not isinstance(auth, Mapping):
        raise Refused(Code.BAD_TOKEN)
    given = cast("Mapping[str, object]", auth)
    slug, token = given.get("slug"), given.get("token")
    if not isinstance(slug, str) or not isinstance(token, str):
        raise Refused(Code.BAD_TOKEN)
    return slug, token


def _utf8(data: object) -> bytes:
    """The bytes of an event's only argument: BAD_J1 for no text, or half a surrogate pair."""
    if not isinstance(data, str):
        raise Refused(Code.BAD_J1)
    try:
        return data.encode()
    except UnicodeEncodeError as error:
        raise Refused(Code.BAD_J1) from error


def _read(event: str, data: bytes) -> object:
    """What an event asks for: OVERSIZE, BAD_J1, BAD_B64; only a batch may be large."""
    limit = MAX_BODY if event == "post" else PAYLOAD_LIMIT
    return bodies.read(data, UP[event].takes, limit=limit)


class _Cased(InRoom, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """Only the case of a request."""


def _case_in(data: object) -> CaseId | None:
    """The case in what is no request; a large one is not read for it."""
    try:
        return bodies.read(_utf8(data), _Cased, limit=PAYLOAD_LIMIT).case
    except Refused:
        return None
