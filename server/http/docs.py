"""The contracts over HTTP: two documents for machines, one page for people.

The page is plain tables: no script, nothing from elsewhere, its few styles named by their hash.
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Final

import msgspec
from aiohttp import web

from crypto.hashing import sha256
from server.events import DOWN, UP
from server.http import asyncapi, openapi
from server.http.contract import Access, Contract, Media, Routes, Shape
from server.http.schemas import Json

routes = Routes()
_STYLE: Final = (
    "body{font:16px/1.6 sans-serif;max-width:80rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "th,td{border:1px solid #999;padding:.3rem .5rem;text-align:left;vertical-align:top}"
    "code{overflow-wrap:anywhere}small{color:#555}"
)
_FENCE: Final = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(sha256(_STYLE.encode())).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """The contracts as they are sent."""

    openapi: bytes
    asyncapi: bytes
    page: bytes


DOCUMENTS: Final = web.AppKey("DOCUMENTS", Documents)


def offer(app: web.Application, contracts: Sequence[Contract]) -> None:
    """Serve the contracts of an application."""
    app[DOCUMENTS] = Documents(
        openapi=written(openapi.document(contracts)),
        asyncapi=written(asyncapi.document()),
        page=page(contracts).encode(),
    )
    app.add_routes(routes)


def written(document: Json) -> bytes:
    """A document as it is sent and committed."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json")


@routes.get(
    "/v1/openapi.json",
    ja="この文書: HTTPの取り決め（OpenAPI 3.1）",
    access=Access.NOTHING,
    gives=Media(kind="application/json"),
)
async def http_contract(request: web.Request) -> web.Response:
    """This document: the contract of HTTP, as OpenAPI 3.1."""
    return _json(request.app[DOCUMENTS].openapi)


@routes.get(
    "/v1/asyncapi.json",
    ja="ソケットの取り決め（AsyncAPI 3.0）",
    access=Access.NOTHING,
    gives=Media(kind="application/json"),
)
async def socket_contract(request: web.Request) -> web.Response:
    """The contract of the socket, as AsyncAPI 3.0."""
    return _json(request.app[DOCUMENTS].asyncapi)


@routes.get(
    "/v1/docs",
    ja="取り決めを人が読むための頁",
    access=Access.NOTHING,
    gives=Media(kind="text/html"),
)
async def people_page(request: web.Request) -> web.Response:
    """The contracts as a page for people."""
    return web.Response(
        body=request.app[DOCUMENTS].page,
        content_type="text/html",
        charset="utf-8",
        headers={"Content-Security-Policy": _FENCE},
    )


# ---------------------------------------------------------------- the page


def page(contracts: Iterable[Contract]) -> str:
    """The page: routes by module, then the events of the socket."""
    ordered = sorted(contracts, key=lambda each: (_module(each), each.path, each.method))
    http = [
        _table(name, _HTTP, [_route(each) for each in found])
        for name, found in groupby(ordered, key=_module)
    ]
    ups = [(_code(n), _words(u.ja, u.en), _shape(u.takes), _shape(u.gives)) for n, u in UP.items()]
    downs = [(_code(name), _words(d.ja, d.en), _shape(d.gives)) for name, d in DOWN.items()]
    return "\n".join(
        [
            '<!doctype html><html lang="ja"><head><meta charset="utf-8">',
            f"<title>円卓の取り決め</title><style>{_STYLE}</style></head><body>",
            "<h1>円卓の取り決め <small>Entaku: contracts of the edges</small></h1>",
            '<p>機械のための文書 / for machines: <a href="/v1/openapi.json">OpenAPI 3.1</a>, ',
            '<a href="/v1/asyncapi.json">AsyncAPI 3.0</a></p>',
            "<h2>HTTP</h2>",
            *http,
            "<h2>ソケット <small>socket</small></h2>",
            _table("送る / up", _UP, ups),
            _table("受け取る / down", _DOWN, downs),
            "</body></html>\n",
        ]
    )


_HTTP: Final = (
    *("要求 / request", "働き / what it does", "資格 / authority"),
    *("本文 / body", "答え / answer", "拒否 / refusals"),
)
_UP: Final = (
    "イベント / event",
    "働き / what it does",
    "引数 / argument",
    "返事 / acknowledgement",
)
_DOWN: Final = ("イベント / event", "働き / what it does", "引数 / argument")


def _module(contract: Contract) -> str:
    return contract.handler.__module__.rpartition(".")[2]


def _route(contract: Contract) -> tuple[str, ...]:
    query = ", ".join(each.name for each in contract.query)
    place = openapi.template(contract.path) + (f" ? {query}" if query else "")
    answers = {_shape(shape): None for shape in contract.gives.values()}
    return (
        _code(f"{contract.method} {place}"),
        _words(contract.ja, contract.en),
        _words(*openapi.ACCESS[contract.access]),
        _shape(contract.takes),
        " ".join(answers),
        f"<small>{' '.join(sorted(code.value for code in contract.refuses))}</small>",
    )


def _table(name: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(each)}</th>" for each in heads)
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<h3>{escape(name)}</h3>\n<table><tr>{head}</tr>\n{body}\n</table>"


def _words(ja: str, en: str) -> str:
    return f'{escape(ja)}<br><small lang="en">{escape(en)}</small>'


def _shape(shape: Shape) -> str:
    match shape:
        case None:
            return "—"
        case Media():
            return _code(shape.kind)
        case _:
            return _code(shape.__name__)


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"
