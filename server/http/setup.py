"""Reserving a council with the one-time setup token."""

from aiohttp import web

from protocol.wire import LogInfo, Reserve, Reserved
from server.http.edge import answer, body, service

routes = web.RouteTableDef()


@routes.post("/v1/setup/reserve")
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
