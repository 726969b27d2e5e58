"""The contracts as a running node serves them, and that they leave no route out."""

import json
import re
from base64 import b64encode

from aiohttp import web

from crypto.hashing import sha256
from server.events import UP
from server.http.openapi import template
from server.http.table import CONTRACTS
from tests.edges.people import Edge
from tools.make_contracts import documents


def _routes(app: web.Application) -> set[tuple[str, str]]:
    """Every route of an application by method and path, but for the socket and its HEADs."""
    found = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None
    }
    return {(m, p) for m, p in found if m != "HEAD" and not p.startswith("/socket.io")}


async def test_every_route_has_its_contract(edge: Edge) -> None:
    """A new endpoint without a row fails here."""
    said = {(each.method, template(each.path)) for each in CONTRACTS}
    assert {(method, template(path)) for method, path in _routes(edge.app)} == said


async def test_the_contracts_are_served_as_committed(edge: Edge) -> None:
    """The same bytes."""
    for name, text in documents().items():
        assert await edge.get(f"/v1/{name}") == (200, text)


async def test_the_page_of_the_contracts_has_no_script(edge: Edge) -> None:
    """Plain tables; its only style is the one that its policy names by hash."""
    async with edge.client.get("/v1/docs") as reply:
        text = await reply.text()
        policy = reply.headers["Content-Security-Policy"]

    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert f"'sha256-{b64encode(sha256(style.encode())).decode()}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "<script" not in text
    assert "style=" not in text


async def test_the_page_names_every_route_and_event(edge: Edge) -> None:
    """Japanese first, English beneath."""
    _, body = await edge.get("/v1/docs")
    text = body.decode()

    assert 'lang="ja"' in text
    assert [c.path for c in CONTRACTS if f"{c.method} {template(c.path)}" not in text] == []
    assert [c.path for c in CONTRACTS if c.ja not in text] == []
    assert [name for name in UP if f"<code>{name}</code>" not in text] == []


async def test_the_document_tells_of_no_place(edge: Edge) -> None:
    """It is the same on every node."""
    _, body = await edge.get("/v1/openapi.json")
    assert json.loads(body)["servers"] == [{"url": "/"}]
