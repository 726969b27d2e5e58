"""A server that lies: it stands between page and honest server, and says what a test wants."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

_MOST: Final = 16 * 1024 * 1024
_KEPT: Final = {"content-type", "content-security-policy", "cross-origin-opener-policy"}
_PUSH: Final = '42["push",'

Sockets = web.WebSocketResponse | aiohttp.ClientWebSocketResponse
Say = Callable[[str], Awaitable[None]]


@dataclass(kw_only=True)
class Liar:
    """Passes everything on; `pushes` may change rows that come by themselves, `pages` answers."""

    server: str
    url: str = ""
    pushes: Callable[[dict[str, object]], list[str]] | None = None
    pages: Callable[[str, bytes], bytes] | None = None
    lines: list[web.WebSocketResponse] = field(default_factory=list[web.WebSocketResponse])

    async def say(self, text: str) -> None:
        """Send a frame to every page, as if the server had."""
        for line in self.lines:
            if not line.closed:
                await line.send_str(text)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Ask the honest server, and answer what this one likes."""
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._join(request)
        told = {k: v for k, v in request.headers.items() if k.lower() in _TOLD}
        async with (
            aiohttp.ClientSession(auto_decompress=True) as session,
            session.request(
                request.method,
                self.server + request.raw_path,
                headers=told,
                data=await request.read() or None,
            ) as reply,
        ):
            body = await reply.read()
            kept = {k: v for k, v in reply.headers.items() if k.lower() in _KEPT}
        if self.pages is not None:
            body = self.pages(request.path, body)
        return web.Response(status=reply.status, body=body, headers=kept)

    async def _join(self, request: web.Request) -> web.StreamResponse:
        near = web.WebSocketResponse(max_msg_size=_MOST)
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(self.server + request.raw_path, max_msg_size=_MOST) as far,
        ):
            await near.prepare(request)
            self.lines.append(near)
            ways = [
                asyncio.create_task(_pump(near, far.send_str)),
                asyncio.create_task(_pump(far, near.send_str, self._altered)),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            await near.close()
        return near

    def _altered(self, text: str) -> list[str]:
        """What the page is sent in the place of a frame of the server."""
        if self.pushes is None or not text.startswith(_PUSH):
            return [text]
        pushed: dict[str, object] = json.loads(json.loads(text[2:])[1])
        return self.pushes(pushed)


_TOLD: Final = {"authorization", "content-type", "entaku-net", "entaku-invite", "accept"}


def push(payload: object) -> str:
    """A frame of rows as the socket carries it."""
    return "42" + json.dumps(["push", json.dumps(payload, ensure_ascii=False)])


async def _pump(
    source: Sockets, send: Say, change: Callable[[str], list[str]] = lambda text: [text]
) -> None:
    async for message in source:
        if message.type is aiohttp.WSMsgType.TEXT:
            for text in change(message.data):
                await send(text)


@asynccontextmanager
async def lying(server: str) -> AsyncGenerator[Liar]:
    """Stand between pages and a server; honest until a test says otherwise."""
    liar = Liar(server=server)
    app = web.Application(client_max_size=_MOST)
    app.router.add_route("*", "/{rest:.*}", liar.answer)
    async with TestServer(app) as own:
        liar.url = str(own.make_url("")).rstrip("/")
        yield liar
