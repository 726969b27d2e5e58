"""OpenAPI 3.1 of the service, written from the contracts beside the handlers."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from itertools import groupby
from typing import Final

import msgspec

from crypto.errors import Code
from protocol.ids import Blob, CaseId
from protocol.payloads import PAYLOADS
from protocol.wire import MAX_BODY, Failure, Slug
from server.errors import STATUS
from server.http.contract import Access, Contract, Media, Query, Shape
from server.http.schemas import Json, components, inline

VERSION: Final = "1"
_PARAMETER: Final = re.compile(r"\{(\w+)[^}]*\}")
_JSON: Final = "application/json"

_PLACES: Final[Mapping[str, tuple[Json, str]]] = {
    "slug": (inline(Slug), "協議会の名 / the council's place on this server"),
    "case": (inline(CaseId), "会議室のID / the id of a room"),
    "key": (inline(Blob), "預けたときのID / the id under which something waits"),
    "log": ({"enum": ["id", "ops"]}, "記録簿 / one of the two logs"),
    "place": ({"type": "string"}, "斜線を含む残りの道 / the rest of the path, slashes included"),
    "name": ({"type": "string"}, "ファイルの名 / the name of a file"),
}
_SECURITY: Final[Mapping[Access, list[dict[str, list[str]]]]] = {
    Access.NOTHING: [],
    Access.SETUP: [],
    Access.SIGNATURE: [],
    Access.KNOWING: [],
    Access.LOG: [{"token": []}, {"invitation": []}, {"fingerprint": []}],
    Access.TOKEN: [{"token": []}],
    Access.SIGNED_REQUEST: [{"token": []}],
}
ACCESS: Final[Mapping[Access, tuple[str, str]]] = {
    Access.NOTHING: ("不要", "nothing"),
    Access.SETUP: ("設定トークン", "the one-time setup token in the body"),
    Access.SIGNATURE: ("本文の署名", "the signatures in the body"),
    Access.KNOWING: ("推測できないIDを知ること", "knowing an id that nobody can guess"),
    Access.LOG: ("トークン、招待、指紋のいずれか", "a token, a live invitation or the fingerprint"),
    Access.TOKEN: ("トークン", "an access token"),
    Access.SIGNED_REQUEST: ("トークンと求めへの署名", "a token, and a signature over the request"),
}
"""What a caller must show, in both languages."""

_SCHEMES: Final[Json] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "サインインで得る。10分有効 / given at sign-in, for ten minutes",
    },
    "invitation": {
        "type": "apiKey",
        "in": "header",
        "name": "Entaku-Invite",
        "description": "有効な招待のID（16進） / the id of a live invitation, in hex",
    },
    "fingerprint": {
        "type": "apiKey",
        "in": "header",
        "name": "Entaku-Net",
        "description": "協議会の指紋（base64url） / the council's fingerprint",
    },
}
_LINKS: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    "get-cases": {
        "get-cases-by-case-rows": {"case": "$response.body#/cases/0/case"},
        "get-cases-by-case-head": {"case": "$response.body#/cases/0/case"},
    },
    "get-log-id": {
        "get-log-by-log-proof-consistency": {"from": "$request.query.start"},
    },
    "get-names": {"get-names": {"w": "$response.body#/names/0/wid"}},
}
"""By operation and where it leads: parameters of the next one, the council aside."""

_DESCRIPTION: Final = f"""\
本文はすべてJSONで、未知の項目、重複、小数、2⁵³以上の数、6段を超える入れ子、{MAX_BODY}バイトを超えるものは拒みます。
拒むときは `Failure` を返します。`code` は変わらない理由コード、文は日本語と英語です。
文書（`statement`）の中身は `x-entaku-statements` にあります。

Bodies are JSON of the profile J1: no unknown or doubled keys, no fractions, no number of 2⁵³ or
more, at most six levels, at most {MAX_BODY} bytes. A refusal is a `Failure`: a stable `code`, and a
sentence in both languages. What the DSSE bytes of a `statement` hold is in `x-entaku-statements`.
"""


def document(contracts: Iterable[Contract]) -> Json:
    """The whole document; the same contracts give the same document."""
    ordered = sorted(contracts, key=lambda each: (template(each.path), each.method))
    paths = groupby(ordered, key=lambda each: template(each.path))
    statements = {typ: inline(kind) for typ, kind in PAYLOADS.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "円卓 Entaku",
            "version": VERSION,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": {path: _methods(each) for path, each in paths},
        "components": {
            "schemas": components([Failure, *_structs(ordered), *PAYLOADS.values()]),
            "securitySchemes": _SCHEMES,
        },
        "x-entaku-statements": statements,
    }


def template(path: str) -> str:
    """A path as OpenAPI writes it, without the patterns of its parameters."""
    return _PARAMETER.sub(r"{\1}", path)


def _structs(contracts: Iterable[Contract]) -> Iterable[type[msgspec.Struct]]:
    for each in contracts:
        for shape in (each.takes, *each.gives.values()):
            if isinstance(shape, type):
                yield shape


def _methods(contracts: Iterable[Contract]) -> Json:
    return {each.method.lower(): _operation(each) for each in contracts}


def _operation(contract: Contract) -> Json:
    made: Json = {
        "operationId": operation_id(contract),
        "summary": contract.ja,
        "description": contract.en,
        "tags": [contract.handler.__module__.rpartition(".")[2]],
        "security": _SECURITY[contract.access],
        "x-entaku-access": contract.access.value,
        "parameters": [
            *[_place(name) for name in _PARAMETER.findall(contract.path)],
            *[_query(each) for each in contract.query],
        ],
        "responses": _responses(contract),
    }
    if contract.takes is not None:
        made["requestBody"] = {"required": True, "content": _content(contract.takes)}
    return made


def operation_id(contract: Contract) -> str:
    """A name for generated clients: the method and the fixed parts of the path."""
    named = re.sub(
        r"\{(\w+)[^/]*", r"by-\1", contract.path.replace("/v1/", "/").replace("/{slug}/", "/")
    )
    parts = re.findall(r"[a-z0-9]+", named) or ["index"]
    return "-".join([contract.method.lower(), *parts])


def _place(name: str) -> Json:
    schema, words = _PLACES[name]
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": words}


def _query(query: Query) -> Json:
    one = inline(query.kind)
    schema = {"type": "array", "items": one, "maxItems": 200} if query.many else one
    return {"name": query.name, "in": "query", "required": query.required, "schema": schema}


def _responses(contract: Contract) -> Json:
    given = {str(status): _answer(status, shape) for status, shape in contract.gives.items()}
    refused = {
        str(status): _refusal(sorted(codes), contract.gives.get(status))
        for status, codes in _by_status(contract.refuses).items()
    }
    links = _LINKS.get(operation_id(contract))
    if links is not None:
        given["200"]["links"] = {name: _link(name, given) for name, given in links.items()}
    return dict(sorted({**given, **refused}.items()))


def _link(name: str, parameters: Mapping[str, str]) -> Json:
    known = {"slug": "$request.path.slug", **parameters}
    return {"operationId": name, "parameters": known}


def _by_status(codes: Iterable[Code]) -> dict[int, list[Code]]:
    ordered = sorted(codes, key=STATUS.__getitem__)
    return {status: list(each) for status, each in groupby(ordered, key=STATUS.__getitem__)}


def _answer(status: int, shape: Shape) -> Json:
    made: Json = {"description": HTTPStatus(status).phrase}
    if shape is not None:
        made["content"] = _content(shape)
    return made


def _refusal(codes: list[Code], other: Shape) -> Json:
    """A Failure with one of some codes, or another answer with the same status."""
    named: Json = {"properties": {"code": {"enum": [code.value for code in codes]}}}
    schema: Json = {"allOf": [inline(Failure), named]}
    if isinstance(other, type):
        schema = {"anyOf": [inline(other), schema]}
    words = " ".join(code.value for code in codes)
    return {"description": words, "content": {_JSON: {"schema": schema}}}


def _content(shape: type[msgspec.Struct] | Media) -> Json:
    if isinstance(shape, Media):
        return {shape.kind: {}}
    return {_JSON: {"schema": inline(shape)}}
