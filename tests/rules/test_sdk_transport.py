"""What a client makes of answers: refusals, told waits, and what it cannot read."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from crypto.errors import Code, Refused
from protocol import codec
from protocol.wire import Done
from sdk.patience import LONGEST, TRIES, told_wait
from sdk.socket import read_answer
from sdk.transport import ATTEMPTS, Http
from server.errors import failure
from server.limits import busy

Answer = Callable[[int], web.Response]


@asynccontextmanager
async def serving(answer: Answer) -> AsyncGenerator[tuple[Http, list[bytes]]]:
    """A client of a server that answers the n-th request as told; what it was sent."""
    sent: list[bytes] = []

    async def handle(request: web.Request) -> web.Response:
        sent.append(await request.read())
        return answer(len(sent))

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    async with TestServer(app) as server, Http(url=str(server.make_url("")), slug="a") as http:
        yield http, sent


def told(refusal: Refused, status: int) -> web.Response:
    """A refusal as the edge answers it."""
    return web.Response(body=codec.encode(failure(refusal)), status=status)


def done() -> web.Response:
    """An empty answer."""
    return web.Response(body=codec.encode(Done()))


def quick() -> Refused:
    """Too fast, for a millisecond."""
    return busy(0.001, "device")


async def code_of(call: Awaitable[object]) -> tuple[Code, object]:
    """How a call is refused, and why."""
    with pytest.raises(Refused) as refused:
        await call
    return refused.value.code, refused.value.facts.get("why")


async def test_a_told_wait_is_kept_and_the_same_bytes_go_again() -> None:
    """Even what uses a nonce up: a limit has judged nothing."""
    async with serving(lambda n: told(quick(), 429) if n < 3 else done()) as (http, sent):
        assert await http.post_once("x", Done(), Done) == Done()
        assert sent == [b"{}"] * 3


async def test_who_is_told_to_wait_for_ever_knows_nothing() -> None:
    """An attempt before may have been stored: what was sealed is kept."""
    async with serving(lambda _: told(quick(), 429)) as (http, sent):
        assert await code_of(http.post_once("x", Done(), Done)) == (Code.UNAVAILABLE, "busy")
        assert len(sent) == TRIES


async def test_a_rule_that_limits_is_a_definite_refusal() -> None:
    """It tells no time to wait."""
    async with serving(lambda _: told(Refused(Code.RATE_LIMITED), 429)) as (http, sent):
        assert await code_of(http.post("x", Done(), Done)) == (Code.RATE_LIMITED, None)
        assert len(sent) == 1


@pytest.mark.parametrize("text", [b"", b"<html>", b'{"other":1}', b"\xff", b"[]"])
async def test_an_answer_that_cannot_be_read_is_no_refusal(text: bytes) -> None:
    """Nobody knows whether it was stored."""
    async with serving(lambda _: web.Response(body=text)) as (http, sent):
        assert await code_of(http.post_once("x", Done(), Done)) == (Code.UNAVAILABLE, "answer")
        assert await code_of(http.get("x", Done)) == (Code.UNAVAILABLE, "answer")
        assert len(sent) == 2


async def test_what_is_not_known_is_asked_again() -> None:
    """A proxy's page among the answers."""
    async with serving(
        lambda n: web.Response(body=b"<html>", status=502) if n < ATTEMPTS else done()
    ) as (http, sent):
        assert await http.post("x", Done(), Done) == Done()
        assert len(sent) == ATTEMPTS


@pytest.mark.parametrize("text", ["", "no", '{"other":1}', '{"code":1}', "\ud800"])
def test_an_answer_on_the_socket_that_cannot_be_read_is_no_refusal(text: str) -> None:
    """As over HTTP."""
    with pytest.raises(Refused) as refused:
        read_answer(text, Done)

    assert refused.value.code is Code.UNAVAILABLE


def test_nobody_is_made_to_wait_for_an_hour() -> None:
    """A told time is bounded on both sides."""
    assert told_wait(busy(3600, "device")) == LONGEST
    assert told_wait(busy(0, "device")) == 1
    assert told_wait(Refused(Code.RATE_LIMITED, wait="soon")) is None
