"""Reserving a council with the one-time setup token."""

from aiohttp import web

from crypto.errors import Code
from protocol.wire import LogInfo, Reserve, Reserved
from server.http.contract import Access, Routes
from server.http.edge import answer, body, service

routes = Routes()


@routes.post(
    "/v1/setup/reserve",
    ja="一度だけ使える設定トークンで協議会を予約する。答えは最初の文書が名指すべきもの",
    access=Access.SETUP,
    takes=Reserve,
    gives=Reserved,
    refuses={Code.FORBIDDEN, Code.CONFLICT},
)
async def reserve(request: web.Request) -> web.Response:
    """Make a council: the answer is what its root must name."""
    own = await service(request).reserve(await body(request, Reserve))
    return answer(
        Reserved(
            origin=own.origin,
            srv=own.srv,
            id=LogInfo(origin=own.logs.id_origin, vkey=own.logs.id_vkeys[0]),
            ops=LogInfo(origin=own.logs.ops_origin, vkey=own.logs.ops_vkeys[0]),
        )
    )
