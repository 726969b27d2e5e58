"""Rooms over HTTP: the same verbs as on the socket, for those who poll."""

from aiohttp import web

from crypto.errors import Code, Refused
from protocol import wire
from protocol.ids import CaseId
from server.http.edge import actor, answer, body, host, ident, number
from server.ports import Session

routes = web.RouteTableDef()


def _session(request: web.Request) -> Session:
    """The signed-in device, without a socket."""
    who = actor(request)
    signer = host(request).council.require_live(who)
    return Session(sid="", actor=who, aid=signer.aid)


def _case(request: web.Request) -> CaseId:
    return CaseId(ident(request.match_info["case"]))


def _require_same(request: web.Request, named: CaseId) -> None:
    if named != _case(request):
        raise Refused(Code.WRONG_PLACE)


@routes.get("/v1/{slug}/cases")
async def cases(request: web.Request) -> web.Response:
    """Rooms of the caller, and her invitations."""
    return answer(await host(request).rooms.cases(_session(request)))


@routes.post("/v1/{slug}/cases/reserve")
async def reserve(request: web.Request) -> web.Response:
    """Keep a derived case id and its public code until the first roster."""
    wanted = await body(request, wire.ReserveCase)
    return answer(await host(request).rooms.reserve(_session(request), wanted))


@routes.post("/v1/{slug}/cases/{case}/post")
async def post(request: web.Request) -> web.Response:
    """Submit a batch: all or nothing."""
    wanted = await body(request, wire.Post)
    _require_same(request, wanted.case)
    return answer(await host(request).rooms.post(_session(request), wanted))


@routes.get("/v1/{slug}/cases/{case}/rows")
async def rows(request: web.Request) -> web.Response:
    """Rows from a number on, in the caller's views, without ticketed content."""
    start = number(request, "start", 1)
    return answer(await host(request).rooms.rows(_session(request), _case(request), start=start))


@routes.post("/v1/{slug}/cases/{case}/read")
async def read(request: web.Request) -> web.Response:
    """Full rows and bundles against a signed request, logged first."""
    wanted = await body(request, wire.Read)
    _require_same(request, wanted.case)
    return answer(await host(request).rooms.read(_session(request), wanted))


@routes.get("/v1/{slug}/cases/{case}/head")
async def head(request: web.Request) -> web.Response:
    """The server's signed word on where the room stands."""
    return answer(await host(request).rooms.head(_session(request), _case(request)))
