"""Is the process alive, and can it do its work."""

from aiohttp import web

from protocol.shapes import Closed
from server.http.contract import Access, Media, Routes
from server.http.edge import answer, service

routes = Routes()


class Ready(Closed, frozen=True, kw_only=True):
    """What readiness was judged by; every part must be true."""

    database: bool
    logs: bool


@routes.get(
    "/healthz",
    ja="プロセスが動いている",
    access=Access.NOTHING,
    gives=Media(kind="text/plain"),
)
async def healthz(_request: web.Request) -> web.Response:
    """Alive."""
    return web.Response(text="ok\n")


@routes.get(
    "/readyz",
    ja="データベースが応え、どの記録簿にも矛盾がない。そうでなければ503",
    access=Access.NOTHING,
    gives=Ready,
    also={503: Ready},
)
async def readyz(request: web.Request) -> web.Response:
    """Ready: the database answers, and no log contradicts itself. Else 503."""
    node = service(request)
    ready = Ready(
        database=await node.reaches_database(),
        logs=not any(host.broken for host in node.hosts.values()),
    )
    return answer(ready, status=200 if ready.database and ready.logs else 503)
