"""Rooms over HTTP: the same verbs as on the socket, for those who poll."""

from typing import Final

from aiohttp import web

from crypto.errors import Code, Refused
from protocol import wire
from protocol.ids import CaseId
from protocol.shapes import U53
from server.http.contract import BYTES, NUMBERS, SIGNED, SUBMISSION, Access, Query, Routes
from server.http.edge import actor, answer, body, host, ident, number
from server.ports import Session

routes = Routes()

_STANDING: Final = frozenset(
    {Code.FORBIDDEN, Code.NOT_MEMBER, Code.MEMBER_ENDED, Code.AUDITOR_NO_CONTENT}
    | {Code.PLEDGE_MISSING, Code.PLEDGE_EXPIRED, Code.KIND_EXCLUDED, Code.ANON_ONLY}
    | {Code.NO_BASIS, Code.BASIS_NOT_YET, Code.BASIS_EXPIRED, Code.REVIEW_OVERDUE}
    | {Code.BASIS_WITHDRAWN, Code.RECIPIENT_NOT_COVERED, Code.MEETING_NOT_COVERED}
)
"""Why somebody may not be in a room."""


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


@routes.get(
    "/v1/{slug}/cases",
    ja="呼び出した人の会議室と招集の一覧",
    access=Access.TOKEN,
    gives=wire.Cases,
)
async def cases(request: web.Request) -> web.Response:
    """Rooms of the caller, and her invitations."""
    return answer(await host(request).rooms.cases(_session(request)))


@routes.post(
    "/v1/{slug}/cases/reserve",
    ja="最初の名簿までの間、会議室のIDと番号を押さえる",
    access=Access.TOKEN,
    takes=wire.ReserveCase,
    gives=wire.Done,
    refuses={Code.FORBIDDEN, Code.CONFLICT},
)
async def reserve(request: web.Request) -> web.Response:
    """Keep a derived case id and its public code until the first roster."""
    wanted = await body(request, wire.ReserveCase)
    return answer(await host(request).rooms.reserve(_session(request), wanted))


@routes.post(
    "/v1/{slug}/cases/{case}/post",
    ja="まとめて提出する。すべて入るか、何も入らないか",
    access=Access.TOKEN,
    takes=wire.Post,
    gives=wire.Receipted,
    refuses=SUBMISSION,
)
async def post(request: web.Request) -> web.Response:
    """Submit a batch: all or nothing."""
    wanted = await body(request, wire.Post, limit=wire.MAX_BODY)
    _require_same(request, wanted.case)
    return answer(await host(request).rooms.post(_session(request), wanted))


@routes.get(
    "/v1/{slug}/cases/{case}/rows",
    ja="ある番号からの行。呼び出した人に許された姿で、記録が要る内容は含まない",
    access=Access.TOKEN,
    gives=wire.Rows,
    refuses=BYTES | NUMBERS | _STANDING,
    query=(Query(name="start", kind=U53),),
)
async def rows(request: web.Request) -> web.Response:
    """Rows from a number on, in the caller's views, without ticketed content."""
    start = number(request, "start", 1)
    return answer(await host(request).rooms.rows(_session(request), _case(request), start=start))


@routes.post(
    "/v1/{slug}/cases/{case}/read",
    ja="署名つきの求めに応じて内容を渡す。閲覧が先に記録される",
    access=Access.SIGNED_REQUEST,
    takes=wire.Read,
    gives=wire.Served,
    refuses=SUBMISSION | SIGNED,
)
async def read(request: web.Request) -> web.Response:
    """Full rows and bundles against a signed request, logged first."""
    wanted = await body(request, wire.Read)
    _require_same(request, wanted.case)
    return answer(await host(request).rooms.read(_session(request), wanted))


@routes.get(
    "/v1/{slug}/cases/{case}/head",
    ja="会議室がどこまで進んだかを示す、サーバーの署名つきの言葉",
    access=Access.TOKEN,
    gives=wire.Headed,
    refuses=BYTES | _STANDING,
)
async def head(request: web.Request) -> web.Response:
    """The server's signed word on where the room stands."""
    return answer(await host(request).rooms.head(_session(request), _case(request)))
