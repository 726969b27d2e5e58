"""The page over HTTP, and what browsers report about it; `entaku ui` has the same routes."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
from aiohttp import web

from crypto.errors import Code, Refused
from protocol.shapes import Closed
from server.http.contract import Access, Handler, Media, Routes
from server.http.edge import answer
from server.page import INDEX, File, Page

PAGE: Final = web.AppKey("PAGE", Page)


@dataclass(frozen=True, slots=True)
class Reports:
    """Reports by directive since the process began; nothing else of a report is kept."""

    counts: Counter[str] = field(default_factory=Counter[str])


BLOCKED: Final = web.AppKey("BLOCKED", Reports)

_LARGEST_REPORT: Final = 16 * 1024
_PATIENCE: Final = 20  # seconds
_DIRECTIVES: Final = frozenset(
    {"connect-src", "default-src", "font-src", "img-src", "script-src", "script-src-elem"}
    | {"script-src-attr", "style-src", "style-src-attr", "style-src-elem", "worker-src"}
    | {"trusted-types", "require-trusted-types-for", "base-uri", "form-action", "integrity"}
)

routes = Routes()


class Blocked(Closed, frozen=True, kw_only=True):
    """How often browsers reported that a policy blocked something, by directive."""

    blocked: dict[str, int]


def _page(path: str) -> Callable[[Handler], Handler]:
    return routes.get(
        path,
        ja="画面そのもの",
        access=Access.NOTHING,
        gives=Media(kind="text/html"),
        refuses={Code.UNKNOWN_ID},
        also={304: None},
    )


def offer(app: web.Application, page: Page | None) -> None:
    """Serve a page in an application; without one every address of it is UNKNOWN_ID."""
    if page is not None:
        app[PAGE] = page
    app[BLOCKED] = Reports()
    app.add_routes(routes)


@_page("/")
@_page("/join")
@_page("/app")
@_page("/app/{place:.*}")
async def index(request: web.Request) -> web.Response:
    """The page itself, the same for every place in it."""
    return _send(request, _find(request, INDEX))


@routes.get(
    "/assets/{name}",
    ja="画面の部品。内容が変われば名前も変わる",
    access=Access.NOTHING,
    gives=Media(kind="*/*"),
    refuses={Code.UNKNOWN_ID},
    also={304: None},
)
async def asset(request: web.Request) -> web.Response:
    """A part of the page; its name changes with its bytes."""
    return _send(request, _find(request, f"assets/{request.match_info['name']}"))


@routes.get(
    "/{name:[a-z]+[.][a-z]+}",
    ja="画面に添えるファイル（一覧表、印）",
    access=Access.NOTHING,
    gives=Media(kind="*/*"),
    refuses={Code.UNKNOWN_ID},
    also={304: None},
)
async def file(request: web.Request) -> web.Response:
    """A file beside the page: its manifest, its icon."""
    return _send(request, _find(request, request.match_info["name"]))


def _find(request: web.Request, path: str) -> File:
    page = request.app.get(PAGE)
    found = None if page is None else page.files.get(path)
    if found is None:
        raise Refused(Code.UNKNOWN_ID)
    return found


def _send(request: web.Request, found: File) -> web.Response:
    headers = {**found.headers, "ETag": found.etag}
    if request.headers.get("If-None-Match") == found.etag:
        return web.Response(status=304, headers=headers)
    body = found.body
    if found.zipped is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        body, headers["Content-Encoding"] = found.zipped, "gzip"
    text = found.kind.startswith("text/")
    charset = "utf-8" if text else None
    return web.Response(body=body, headers=headers, content_type=found.kind, charset=charset)


# ---------------------------------------------------------------- reports


class _Old(msgspec.Struct, frozen=True):
    """What is read of a report to `report-uri`."""

    effective: str = msgspec.field(default="", name="effective-directive")
    violated: str = msgspec.field(default="", name="violated-directive")


class _Body(msgspec.Struct, frozen=True):
    """What is read of the body of a report to `report-to`."""

    effective: str = msgspec.field(default="", name="effectiveDirective")


class _Report(msgspec.Struct, frozen=True):
    """What is read of a report of either form."""

    type: str = ""
    body: _Body = _Body()
    old: _Old = msgspec.field(default=_Old(), name="csp-report")


@routes.post(
    "/v1/reports",
    ja="ブラウザの報告を、指示の名ごとに数える。報告の中身は残さない",
    access=Access.NOTHING,
    takes=Media(kind="application/reports+json"),
    gives=None,
)
async def report(request: web.Request) -> web.Response:
    """Count what a browser reports, by directive; its addresses and samples are not kept."""
    if (request.content_length or 0) > _LARGEST_REPORT:
        raise Refused(Code.OVERSIZE)
    async with asyncio.timeout(_PATIENCE):
        body = await request.content.read(_LARGEST_REPORT + 1)
    if len(body) > _LARGEST_REPORT:
        raise Refused(Code.OVERSIZE)
    request.app[BLOCKED].counts.update(_directives(body))
    return web.Response(status=204)


@routes.get(
    "/v1/reports",
    ja="プロセスが始まってから遮られた回数",
    access=Access.NOTHING,
    gives=Blocked,
)
async def reported(request: web.Request) -> web.Response:
    """Say how often something was blocked since this process began."""
    return answer(Blocked(blocked=dict(request.app[BLOCKED].counts)))


_REPORT: Final = msgspec.json.Decoder[list[_Report] | _Report](list[_Report] | _Report)


def _directives(body: bytes) -> Iterator[str]:
    """One name of a closed list for each report in a body of either form; BAD_J1."""
    try:
        told: Sequence[_Report] | _Report = _REPORT.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(Code.BAD_J1) from error
    for each in [told] if isinstance(told, _Report) else told:
        name = "integrity" if each.type == "integrity-violation" else _name(each)
        yield name if name in _DIRECTIVES else "other"


def _name(report: _Report) -> str:
    old = report.old
    return report.body.effective or old.effective or old.violated
