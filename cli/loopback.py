"""The page from this machine: what `entaku ui` serves on 127.0.0.1.

The page is the local build; only `/v1/` and `/socket.io/` are passed on, to one server. The page
thus talks to its own origin alone, and nothing that the server sends is ever run. Requests under
another name (DNS rebinding) or from another page are refused before anything else.
"""

import asyncio
import io
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final

import aiohttp
from aiohttp import web

from crypto.errors import Code, Refused
from protocol.wire import MAX_BODY
from server.errors import STATUS, failure
from server.http.edge import answer
from server.http.page import offer
from server.page import Page

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HERE: Final = "127.0.0.1"
_PATIENCE: Final = aiohttp.ClientTimeout(total=60, connect=10)
_BEAT: Final = 25.0
"""Seconds between signs of life to the server, so that a dead line is noticed."""

_TOLD: Final = ("Accept", "Authorization", "Content-Type", "Entaku-Invite", "Entaku-Net")
_FENCE: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_OWN: Final = web.AppKey("OWN", str)
_SERVER: Final = web.AppKey("SERVER", str)
_OUT: Final = web.AppKey("OUT", aiohttp.ClientSession)

routes = web.RouteTableDef()


def loopback(page: Page, *, server: str, port: int) -> web.Application:
    """Wire the page to one server; `port` is where it will listen."""
    app = web.Application(middlewares=[guard], client_max_size=MAX_BODY)
    app[_OWN] = f"{HERE}:{port}"
    app[_SERVER] = server
    offer(app, page)
    app.add_routes(routes)
    app.cleanup_ctx.append(_connected)
    return app


async def _connected(app: web.Application) -> AsyncGenerator[None]:
    """Hold connections to the server; offices reach it through the proxy of their environment."""
    async with aiohttp.ClientSession(timeout=_PATIENCE, trust_env=True) as session:
        app[_OUT] = session
        yield


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse other names and other pages; answer a refusal as the server would."""
    try:
        _require_own(request)
        response = await handler(request)
    except Refused as refusal:
        response = _refuse(refusal.code)
    except web.HTTPClientError as error:
        large = isinstance(error, web.HTTPRequestEntityTooLarge)
        response = _refuse(Code.OVERSIZE if large else Code.UNKNOWN_ID)
    except (aiohttp.ClientError, TimeoutError):
        response = _refuse(Code.UNAVAILABLE)
    if not response.prepared:
        for name, value in _FENCE.items():
            response.headers.setdefault(name, value)
    return response


def _require_own(request: web.Request) -> None:
    own = request.app[_OWN]
    if request.headers.get("Host") != own or _is_foreign(request, own):
        raise Refused(Code.FORBIDDEN)


def _is_foreign(request: web.Request, own: str) -> bool:
    """Whether another page asks; a person who follows a link to the page itself is no stranger."""
    origin = request.headers.get("Origin", f"http://{own}")
    strange = request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}
    visit = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    return origin != f"http://{own}" or (strange and not visit)


def _refuse(code: Code) -> web.Response:
    return answer(failure(Refused(code)), status=STATUS[code])


@routes.route("*", "/v1/{rest:.+}")
async def pass_on(request: web.Request) -> web.Response:
    """Ask the server, without anything that this machine's browser adds."""
    told = {name: request.headers[name] for name in _TOLD if name in request.headers}
    body = await request.read()
    asked = request.app[_OUT].request(
        request.method,
        request.app[_SERVER] + request.raw_path,
        headers=told,
        data=io.BytesIO(body) if body else None,
        allow_redirects=False,
    )
    async with asked as reply:
        kind = reply.headers.get("Content-Type", "application/octet-stream")
        answered = await reply.read()
        return web.Response(status=reply.status, body=answered, headers={"Content-Type": kind})


@routes.get("/socket.io/")
async def join(request: web.Request) -> web.StreamResponse:
    """Join the page's socket with one of the server's until either ends."""
    near = web.WebSocketResponse(max_msg_size=MAX_BODY)
    if not near.can_prepare(request):
        raise Refused(Code.UNKNOWN_ID)
    address = request.app[_SERVER] + request.raw_path
    async with request.app[_OUT].ws_connect(address, max_msg_size=MAX_BODY, heartbeat=_BEAT) as far:
        await near.prepare(request)
        ways = [asyncio.create_task(_pump(near, far)), asyncio.create_task(_pump(far, near))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            await near.close()
    return near


_Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


async def _pump(source: _Socket, target: _Socket) -> None:
    async for message in source:
        if message.type is aiohttp.WSMsgType.TEXT:
            await target.send_str(message.data)
        elif message.type is aiohttp.WSMsgType.BINARY:
            await target.send_bytes(message.data)
