"""What every handler needs: bodies in, answers out, who asks."""

import asyncio
import re
from typing import Final, TypeVar

from aiohttp import web

from crypto.errors import Code, Refused
from identity.model import Actor
from protocol import codec
from protocol.ids import Hash, Id
from protocol.shapes import HEX_ID, MAX_INT
from server import bodies
from server.bodies import SMALL_BODY
from server.service import ACTOR, HOST, SERVICE, Host, Service

T = TypeVar("T")
_NUMBER: Final = re.compile(r"[0-9]{1,16}")


async def body(request: web.Request, kind: type[T], *, limit: int = SMALL_BODY) -> T:
    """Read the body strictly: OVERSIZE, BAD_J1, BAD_B64, UNAVAILABLE when it does not come."""
    async with asyncio.timeout(service(request).limits.bounds.body_seconds):
        data = await request.read()
    return bodies.read(data, kind, limit=limit)


def answer(value: object, *, status: int = 200) -> web.Response:
    """Answer a struct of `protocol.wire`."""
    return web.Response(body=codec.encode(value), status=status, content_type="application/json")


def service(request: web.Request) -> Service:
    """This node."""
    return request.app[SERVICE]


def host(request: web.Request) -> Host:
    """The council that the path names."""
    return request[HOST]


def actor(request: web.Request) -> Actor:
    """The signed-in device; BAD_TOKEN without one."""
    found: Actor | None = request.get(ACTOR)
    if found is None:
        raise Refused(Code.BAD_TOKEN)
    return found


def number(request: web.Request, name: str, default: int | None = None) -> int:
    """Read a number of the query: BAD_J1 for anything else."""
    text = request.query.get(name, "" if default is None else str(default))
    found = int(text) if _NUMBER.fullmatch(text) else MAX_INT + 1
    if found > MAX_INT:
        raise Refused(Code.BAD_J1, field=name)
    return found


def hashed(text: str) -> Hash:
    """Read 32 bytes in base64url: BAD_B64, BAD_LENGTH."""
    return Hash(_sized(codec.from_b64u(text), Hash.SIZE))


def ident(text: str) -> Id:
    """Read 16 bytes in lower-case hex, as ids are written everywhere: BAD_LENGTH."""
    if HEX_ID.fullmatch(text) is None:
        raise Refused(Code.BAD_LENGTH)
    return Id(bytes.fromhex(text))


def _sized(data: bytes, size: int) -> bytes:
    if len(data) != size:
        raise Refused(Code.BAD_LENGTH)
    return data
