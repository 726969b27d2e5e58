"""`entaku ui`: the local page, joined to one server and closed to everybody else."""

import asyncio
import io
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from cli import ui
from cli.exits import Exit
from cli.loopback import loopback
from cli.main import run
from server.page import load
from tests.edges.http.test_page import FILES, build
from tests.edges.people import code_of
from tests.faults.processes import Node, free_port, launch

Client = TestClient[web.Request, web.Application]
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def server(database: str, tmp_path: Path) -> AsyncIterator[Node]:
    """A real server process, elsewhere."""
    node = Node(
        name="far",
        data=tmp_path / "data",
        log=tmp_path / "server.log",
        database=database.replace("//postgres@", "//entaku_node@"),
        origin="https://far.example",
    )
    await node.start()
    yield node
    await node.stop()


async def _open(folder: Path, server: str) -> Client:
    page = await asyncio.to_thread(lambda: load(build(folder)))
    assert page is not None
    port = free_port()
    app = loopback(page, server=server, port=port)
    return TestClient(TestServer(app, host="127.0.0.1", port=port))


@pytest.fixture
async def near(server: Node, tmp_path: Path) -> AsyncIterator[Client]:
    """The page on this machine, joined to that server."""
    async with await _open(tmp_path / "dist", server.url) as client:
        yield client


async def test_the_page_is_the_local_one_under_the_same_fence(near: Client) -> None:
    """Whatever page the server would send is never asked for."""
    async with near.get("/app/case") as reply:
        assert await reply.read() == FILES["index.html"]
        assert "connect-src 'self'" in reply.headers["Content-Security-Policy"]
        assert reply.headers["Cross-Origin-Embedder-Policy"] == "require-corp"


async def test_requests_are_passed_on_and_answered(near: Client) -> None:
    """With query, body and status; what comes back may not be kept or run."""
    async with near.get("/v1/minato/log/id?start=0") as reply:
        assert (reply.status, code_of(await reply.read())) == (404, "UNKNOWN_ID")
        assert reply.headers["Content-Type"].startswith("application/json")
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'")
    async with near.post("/v1/setup/reserve", data=b'{"setup":"a"}', headers=JSON) as reply:
        assert (reply.status, code_of(await reply.read())) == (400, "BAD_J1")


async def test_a_token_is_passed_on_and_a_cookie_is_not(tmp_path: Path) -> None:
    """Only what the page itself says reaches the server."""
    heard = list[web.Request]()

    async def hear(request: web.Request) -> web.Response:
        heard.append(request)
        return web.Response(headers={"Set-Cookie": "a=b", "X-Other": "c"})

    far = web.Application()
    far.router.add_get("/v1/x/log/id", hear)
    async with TestServer(far) as server:
        url = str(server.make_url("")).rstrip("/")
        async with await _open(tmp_path / "dist", url) as near:
            sent = {"Authorization": "Bearer t", "Cookie": "c=d", "X-Forwarded-For": "1.2.3.4"}
            async with near.get("/v1/x/log/id", headers=sent) as reply:
                assert "Set-Cookie" not in reply.headers
                assert "X-Other" not in reply.headers

    assert heard[0].headers["Authorization"] == "Bearer t"
    assert not {"Cookie", "X-Forwarded-For", "Origin", "Referer"} & set(heard[0].headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost"},
        {"Host": "127.0.0.1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
    ],
    ids=str,
)
async def test_other_names_and_other_pages_are_refused(
    near: Client, headers: dict[str, str]
) -> None:
    """A name that was bound to this machine, or a page that asks behind a person's back."""
    for path in ("/", "/v1/minato/log/id", "/socket.io/?EIO=4&transport=websocket"):
        async with near.get(path, headers=headers) as reply:
            assert (reply.status, code_of(await reply.read())) == (403, "FORBIDDEN")


async def test_a_person_may_follow_a_link_to_the_page(near: Client) -> None:
    """An invitation in a mail opened in the browser."""
    strange = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    async with near.get("/join", headers=strange) as reply:
        assert reply.status == 200
    async with near.post("/v1/setup/reserve", data=b"{}", headers=strange) as reply:
        assert reply.status == 403


async def test_the_socket_is_joined_both_ways(near: Client, server: Node) -> None:
    """The server's greeting comes through, and its answer to ours; its end is ours."""
    async with near.ws_connect("/socket.io/?EIO=4&transport=websocket") as socket:
        assert (await socket.receive_str()).startswith("0{")
        await socket.send_str('40{"slug":"none","token":"none"}')
        assert (await socket.receive_str()).startswith("44{")
        await server.kill()
        assert (await socket.receive(timeout=10)).type in {
            aiohttp.WSMsgType.CLOSE,
            aiohttp.WSMsgType.CLOSED,
        }


async def test_a_plain_request_is_no_socket(near: Client) -> None:
    """Long polling is not offered."""
    async with near.get("/socket.io/?EIO=4&transport=polling") as reply:
        assert code_of(await reply.read()) == "UNKNOWN_ID"


async def test_a_server_that_is_away_is_told_by_its_code(near: Client, server: Node) -> None:
    """The page knows the word and keeps what was written."""
    await server.kill()
    async with near.get("/v1/minato/log/id") as reply:
        assert (reply.status, code_of(await reply.read())) == (503, "UNAVAILABLE")
    async with near.get("/socket.io/", headers={"Connection": "Upgrade"}) as reply:
        assert reply.status in {404, 503}


async def test_a_body_that_is_too_large_does_not_travel(near: Client) -> None:
    """The server's limit holds here already."""
    async with near.post("/v1/a/pend", data=io.BytesIO(bytes(5 * 2**20)), headers=JSON) as reply:
        assert code_of(await reply.read()) == "OVERSIZE"


async def test_the_command_says_where_and_ends_in_order(server: Node, tmp_path: Path) -> None:
    """A port that is free now, one line of JSON, the built page, and no word at the end."""
    log = tmp_path / "ui.log"
    command = [sys.executable, "-m", "cli.main", "ui", "--server", server.url, "--port", "0"]
    process = await launch(*command, "--json", log=log, environment={})
    try:
        async with asyncio.timeout(20):
            while not (said := await asyncio.to_thread(log.read_text)):  # noqa: ASYNC110 -- a process
                await asyncio.sleep(0.05)
        told = json.loads(said)
        async with aiohttp.ClientSession() as session, session.get(told["url"]) as reply:
            assert b"<title>" in await reply.read()
    finally:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == Exit.OK
    assert told["server"] == server.url
    assert len((await asyncio.to_thread(log.read_text)).splitlines()) == 1


@pytest.mark.parametrize(
    "server", ["http://far.example", "https://FAR.example", "far.example", "https://a.example/x"]
)
def test_a_server_is_named_by_its_https_address(server: str) -> None:
    """A misspelt or open one is refused before anything is opened."""
    assert run(["ui", "--server", server], {}) is Exit.USAGE


def test_a_taken_port_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """With what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code = run(["ui", "--server", "https://far.example", "--port", str(port)], {})

    assert code is Exit.CANNOT_START
    assert str(port) in capsys.readouterr().err


@pytest.mark.parametrize("damaged", [False, True])
def test_without_a_page_it_says_how_to_build_one(
    damaged: bool,  # noqa: FBT001 -- a parameter
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Missing or damaged, it is never served."""
    if damaged:
        (tmp_path / "manifest.json").write_text("{}")
    monkeypatch.setattr(ui, "FOLDER", tmp_path)

    assert run(["ui", "--server", "https://far.example", "--port", "0"], {}) is Exit.CANNOT_START
    assert "make web" in capsys.readouterr().err
