"""Every request of every caller, over HTTP and on sockets, and how it was answered."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

import aiohttp
import msgspec
from socketio import exceptions

from protocol import codec
from protocol.wire import Failure, SignIn
from server.errors import STATUS
from server.service import SERVICE
from tests.edges.rights.asking import Ask
from tests.edges.rights.asks import ASKS
from tests.edges.rights.callers import Caller, caller, names
from tests.edges.rights.town import HERE, Place
from tests.edges.test_sockets import Phone

Cells = dict[tuple[str, str], dict[str, str]]
"""By endpoint and name of what is asked: the answer to each caller."""


class _Peek(msgspec.Struct, frozen=True):
    code: str | None = None
    ja: str | None = None


async def try_all(place: Place) -> Cells:
    """Ask everything as everybody; endpoints in the order of the table."""
    cells: Cells = {(ask.at, ask.name): {} for ask in ASKS}
    for name in names(place):
        async with line(place, caller(place, name, best="chair")) as held:
            for ask in ASKS:
                who = caller(place, name, best=ask.best)
                spoken = ask.at.startswith("socket ")
                answered = await (
                    _call(place, ask, who, held) if spoken else _send(place, ask, who)
                )
                cells[ask.at, ask.name][name] = answered
    return cells


# ---------------------------------------------------------------- HTTP


async def _send(place: Place, ask: Ask, who: Caller) -> str:
    sent = ask.make(place, who.who)
    if isinstance(sent.body, SignIn):
        service = place.edge.app[SERVICE]
        now = service.clock()
        challenges = service.hosts[HERE].council.challenges
        await challenges.issue(sent.body.nonce, until=now.replace(year=now.year + 1), now=now)
    headers = dict(sent.headers or {})
    if who.token:
        headers["Authorization"] = f"Bearer {who.token}"
    data = None if sent.body is None else codec.encode(sent.body)
    method = ask.at.split(" ", 1)[0]
    async with place.edge.client.request(method, sent.to, data=data, headers=headers) as reply:
        body = await reply.read()
        return _told(place, ask, body, status=reply.status)


def _told(place: Place, ask: Ask, body: bytes, *, status: int | None) -> str:
    """The code of a refusal under its own status, or what the answer says."""
    code = _code(body)
    if code:
        assert status in {None, _status(code)}, (ask.at, ask.name, status, code)
        return code
    assert status in {None, 200, 204}, (ask.at, ask.name, status, body)
    return ask.say(place, body)


def _status(code: str) -> int:
    return next(status for known, status in STATUS.items() if known.value == code)


def _code(body: bytes) -> str:
    try:
        found = msgspec.json.decode(body, type=_Peek)
    except msgspec.DecodeError:
        return ""  # a page, a file of a log
    if found.code is None or found.ja is None:
        return ""
    return codec.decode(body, Failure).code


# ---------------------------------------------------------------- sockets


@asynccontextmanager
async def line(place: Place, who: Caller) -> AsyncGenerator[Phone | str]:
    """A socket of the caller, or why she gets none."""
    phone, told = Phone(), list[Mapping[str, str]]()
    phone.io.on("connect_error", told.append)
    url = str(place.edge.client.make_url("/"))
    auth = {"slug": HERE, "token": who.token}
    async with aiohttp.ClientSession() as session:  # the library leaves its own open
        phone.io.eio.http, phone.io.eio.external_http = session, True
        try:
            await phone.io.connect(url, auth=auth, transports=["websocket"], wait_timeout=30)
        except exceptions.ConnectionError:
            yield _code(told[0]["message"].encode())
            return
        try:
            yield phone
        finally:
            await phone.io.disconnect()


async def _call(place: Place, ask: Ask, who: Caller, held: Phone | str) -> str:
    if isinstance(held, str):
        return held
    sent = ask.make(place, who.who)
    async with asyncio.timeout(30):
        reply = await held.call(sent.to, sent.body)
    return _told(place, ask, reply, status=None)
