"""The page as the server delivers it: whole, fenced, and nothing beside it."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from crypto.hashing import sha256
from protocol.codec import b64u
from server import page as pages
from server.app import create_app
from server.http.page import BLOCKED
from server.page import DamagedPage, load
from server.settings import Settings
from tests.edges.people import ORIGIN, code_of
from tests.edges.rooms import EmptyRooms

Client = TestClient[web.Request, web.Application]

FILES = {
    "index.html": b"<!doctype html><title>x</title>" + b" " * 400,
    "assets/page-0a1b.js": b"export const a = 1;\n" * 40,
    "assets/style-0c.css": b"p{}",
    "favicon.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
}


def build(folder: Path, files: Mapping[str, bytes] = FILES) -> Path:
    """Lay out a build as `make web` does."""
    for path, body in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(body)
    named = {path: b64u(sha256(body)) for path, body in files.items()}
    (folder / "manifest.json").write_text(json.dumps({"version": "1.2.3", "files": named}))
    return folder


@pytest.fixture
async def client(database: str, tmp_path: Path) -> AsyncIterator[Client]:
    """A node that serves a page."""
    folder = build(tmp_path / "dist")
    (tmp_path / "dist" / "secret.json").write_text("{}")
    login = database.replace("//postgres@", "//entaku_node@")
    settings = Settings(data=tmp_path, origin=ORIGIN, log_level="error", web=folder)
    app = await create_app(settings, dsn=login, rooms=EmptyRooms)
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.mark.parametrize("place", ["/", "/join", "/app", "/app/case/K-101?x=1"])
async def test_every_place_in_the_page_is_the_page(client: Client, place: str) -> None:
    """Under all its fences, and asked for again each time."""
    async with client.get(place) as reply:
        assert await reply.read() == FILES["index.html"]
        headers = reply.headers

    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Cache-Control"] == "no-cache"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["Integrity-Policy"].startswith("blocked-destinations=(script)")
    assert "Set-Cookie" not in headers


async def test_the_policy_has_one_exception(client: Client) -> None:
    """WebAssembly may be compiled; no inline, no eval, no other origin, no wildcard."""
    async with client.get("/") as reply:
        text = reply.headers["Content-Security-Policy"]
    policy = {part.split()[0]: part.split()[1:] for part in text.split(";")}

    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'", "'wasm-unsafe-eval'"]
    for name in ("connect-src", "style-src", "img-src", "font-src", "worker-src"):
        assert policy[name] == ["'self'"]
    for name in ("base-uri", "form-action", "frame-ancestors"):
        assert policy[name] == ["'none'"]
    assert policy["require-trusted-types-for"] == ["'script'"]
    assert policy["trusted-types"] == ["entaku-worker"]
    assert policy["report-uri"] == ["/v1/reports"]


async def test_parts_are_kept_for_ever_and_may_start_nothing(client: Client) -> None:
    """Their names change with their bytes; a worker among them has no policy of its own."""
    async with client.get("/assets/page-0a1b.js") as reply:
        assert await reply.read() == FILES["assets/page-0a1b.js"]
        assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert reply.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert "trusted-types 'none'" in reply.headers["Content-Security-Policy"]
        assert reply.headers["Cross-Origin-Embedder-Policy"] == "require-corp"


async def test_bodies_are_compressed_for_those_who_take_it(client: Client) -> None:
    """And sent plain to the others, with the same tag."""
    bodies = list[bytes]()
    tags = set[str]()
    for accepted in ("gzip, br", "identity"):
        asked = client.session.request(
            "GET",
            client.make_url("/assets/page-0a1b.js"),
            headers={"Accept-Encoding": accepted},
            auto_decompress=False,
        )
        async with asked as reply:
            bodies.append(await reply.read())
            tags.add(reply.headers["ETag"])

    assert gzip.decompress(bodies[0]) == bodies[1] == FILES["assets/page-0a1b.js"]
    assert len(tags) == 1


async def test_an_unchanged_page_is_not_sent_again(client: Client) -> None:
    """The tag is the hash of the bytes."""
    async with client.get("/") as reply:
        tag = reply.headers["ETag"]
    async with client.get("/", headers={"If-None-Match": tag}) as reply:
        assert (reply.status, await reply.read()) == (304, b"")
        assert "Content-Security-Policy" in reply.headers


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../manifest.json",
        "/assets/..%2fmanifest.json",
        "/assets/..%2f..%2f..%2fetc%2fpasswd",
        "/assets/%2e%2e/%2e%2e/pyproject.toml",
        "/assets/%00",
        "/assets//etc/passwd",
        "/..%5cmanifest.json",
        "/secret.json",
        "/index.html/..",
        "/assets/page-0a1b.js/",
        "/assets",
    ],
)
async def test_nothing_else_is_reachable(client: Client, path: str) -> None:
    """Only what the manifest names is in memory; sent as it stands, since clients tidy paths."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()

    assert (head.split()[1], code_of(body)) == (b"404", "UNKNOWN_ID")


async def test_the_manifest_is_served_as_it_was_built(client: Client, tmp_path: Path) -> None:
    """Its hash is what a release names."""
    async with client.get("/manifest.json") as reply:
        body = await reply.read()
    page = await asyncio.to_thread(load, tmp_path / "dist")

    assert page is not None
    assert page.digest == sha256(body)
    assert page.version == "1.2.3"


# ---------------------------------------------------------------- reports


async def _report(client: Client, told: object) -> int:
    body = json.dumps(told).encode()
    kind = {"Content-Type": "application/reports+json"}
    async with client.post(pages.REPORTS, data=body, headers=kind) as reply:
        return reply.status


async def test_reports_are_counted_without_what_they_tell(client: Client) -> None:
    """Either form; a directive nobody knows is `other`, so that the table is bounded."""
    fresh = {"body": {"effectiveDirective": "style-src-attr", "sample": "秘密"}}
    told: list[object] = [
        {"csp-report": {"violated-directive": "img-src", "blocked-uri": "https://a.example/秘密"}},
        [fresh, {"type": "integrity-violation", "body": {"documentURL": "x"}}, fresh],
        [{"type": "csp-violation", "body": {"effectiveDirective": "made-up"}}],
    ]
    assert [await _report(client, each) for each in told] == [204] * 3

    async with client.get(pages.REPORTS) as reply:
        counts = json.loads(await reply.read())["blocked"]
    assert counts == {"img-src": 1, "style-src-attr": 2, "integrity": 1, "other": 1}


@pytest.mark.parametrize("told", ["x" * 20_000, 7, [[]], {"body": 3}, [{"body": None}]])
async def test_a_bad_report_counts_nothing(client: Client, told: object) -> None:
    """Too long, or no report."""
    status = await _report(client, told)

    assert status in {400, 413}
    assert client.app is not None
    assert not client.app[BLOCKED].counts


async def test_a_long_report_without_a_length_is_cut(client: Client) -> None:
    """Whoever streams is not read on."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b" " * 1024

    async with client.post(pages.REPORTS, data=endless()) as reply:
        assert (reply.status, code_of(await reply.read())) == (413, "OVERSIZE")


# ---------------------------------------------------------------- builds


def test_without_a_build_there_is_no_page(tmp_path: Path) -> None:
    """The server works as before."""
    assert load(tmp_path) is None


@pytest.mark.parametrize(
    "files",
    [
        {"assets/a.js": b"x"},
        {"index.html": b"x", "assets/a.exe": b"x"},
        {"index.html": b"x", "../outside.js": b"x"},
    ],
    ids=["no page", "unknown ending", "outside"],
)
def test_a_build_that_is_none_is_refused(tmp_path: Path, files: dict[str, bytes]) -> None:
    """Whatever its manifest says."""
    with pytest.raises(DamagedPage):
        load(build(tmp_path / "dist", files))


@pytest.mark.parametrize("damage", [b"", None])
def test_a_changed_or_missing_file_is_noticed(tmp_path: Path, damage: bytes | None) -> None:
    """Before anything is served."""
    folder = build(tmp_path / "dist")
    victim = folder / "assets" / "page-0a1b.js"
    victim.unlink() if damage is None else victim.write_bytes(damage)

    with pytest.raises(DamagedPage):
        load(folder)


def test_a_manifest_that_is_none_is_noticed(tmp_path: Path) -> None:
    """Not JSON, or more than it should say."""
    for text in ("", "{}", '{"version":"1","files":{},"more":1}'):
        (tmp_path / "manifest.json").write_text(text)
        with pytest.raises(DamagedPage):
            load(tmp_path)
