"""The edge itself: health, refusals, sizes, headers, rate."""

import io
import json
from datetime import timedelta

import pytest

from crypto.errors import Code
from protocol import codec
from protocol.ids import Hash, Sid
from protocol.wire import MAX_BODY, Challenge, Failure
from server.errors import STATUS, as_refused
from server.limits import Bounds, Limits
from server.service import SERVICE
from tests.edges.people import SLUG, Edge, code_of


async def test_a_new_node_is_alive_and_ready(edge: Edge) -> None:
    """Before there is any council."""
    assert (await edge.get("/healthz"))[0] == 200
    status, reply = await edge.get("/readyz")
    assert (status, json.loads(reply)) == (200, {"database": True, "logs": True})


async def test_a_log_that_contradicts_itself_makes_the_node_unready(edge: Edge) -> None:
    """Somebody has to come; entries are still taken."""
    await edge.found()
    edge.host.broken = True

    status, reply = await edge.get("/readyz")

    assert (status, json.loads(reply)["logs"]) == (503, False)


async def test_a_lost_database_makes_the_node_unready(edge: Edge) -> None:
    """Alive, but not ready, and a request is answered with its code."""
    await edge.found()
    await edge.app[SERVICE].pools.app.close()

    assert (await edge.get("/healthz"))[0] == 200
    assert (await edge.get("/readyz"))[0] == 503
    status, reply = await edge.get(f"/v1/{SLUG}/pend/AAAAAAAAAAAAAAAAAAAAAA")
    assert (status, code_of(reply)) == (503, "UNAVAILABLE")


def test_every_code_has_a_status() -> None:
    """The table is total."""
    assert set(STATUS) == set(Code)


def test_what_nobody_expected_is_no_refusal() -> None:
    """It becomes UNAVAILABLE only where it is logged."""
    assert as_refused(KeyError("x")) is None
    refusal = as_refused(TimeoutError())
    assert refusal is not None
    assert refusal.code is Code.UNAVAILABLE


async def test_every_answer_has_safe_headers(edge: Edge) -> None:
    """A refused one too."""
    for path in ("/healthz", "/v1/none/log/id", "/nowhere"):
        async with edge.client.get(path) as reply:
            assert reply.headers["X-Content-Type-Options"] == "nosniff"
            assert reply.headers["Cache-Control"] == "no-store"
            assert "Python" not in reply.headers["Server"]


@pytest.mark.parametrize("path", ["/nowhere", "/v1/none/log/id"])
async def test_an_unknown_place_is_told_in_two_languages(edge: Edge, path: str) -> None:
    """A failure has a code and a sentence in Japanese and English."""
    status, reply = await edge.get(path)
    failure = codec.decode(reply, Failure)

    assert (status, failure.code) == (404, "UNKNOWN_ID")
    assert failure.ja
    assert failure.en


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/healthz", "GET,HEAD"),
        ("PUT", "/v1/none/pend", "GET,HEAD,POST"),
        ("GET", "/v1/none/admit", "POST"),
    ],
)
async def test_a_method_that_is_not_there_is_told_from_those_that_are(
    edge: Edge, method: str, path: str, allow: str
) -> None:
    """405 with a code of its own, and the methods of the place, for programs and in words."""
    async with edge.client.request(method, path) as reply:
        failure = codec.decode(await reply.read(), Failure)

        assert (reply.status, failure.code) == (405, "UNKNOWN_TYPE")
        assert reply.headers["Allow"] == failure.facts["allow"] == allow


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "BAD_J1"),
        (b"[]", "BAD_J1"),
        (b'{"setup":"a","slug":"kita","more":1}', "BAD_J1"),
        (b'{"setup":"a","setup":"b","slug":"kita"}', "BAD_J1"),
        (b'{"setup":"a","slug":"K"}', "BAD_J1"),
        (b" " * (MAX_BODY + 1), "OVERSIZE"),
    ],
    ids=["empty", "no object", "unknown field", "twice", "bad slug", "too large"],
)
async def test_a_bad_body_is_refused(edge: Edge, body: bytes, code: str) -> None:
    """Before anything is looked at."""
    async with edge.client.post("/v1/setup/reserve", data=io.BytesIO(body)) as reply:
        assert code_of(await reply.read()) == code


async def test_requests_without_a_token_are_limited(edge: Edge) -> None:
    """Per address; whoever is refused is told how long to wait."""
    service = edge.app[SERVICE]
    minute = service.clock()
    service.clock = lambda: minute
    service.limits = Limits(Bounds(rate=2, rest_ms=1))

    replies = [await edge.client.get(f"/v1/{SLUG}/log/id") for _ in range(3)]

    assert [reply.status for reply in replies] == [404, 404, 429]
    assert replies[-1].headers["Retry-After"] == "30"
    service.clock = lambda: minute + timedelta(seconds=30)
    assert (await edge.get(f"/v1/{SLUG}/log/id"))[0] == 404


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"/v1/{SLUG}/log/id", "BAD_TOKEN"),
        ("/v1/none/log/id", "BAD_TOKEN"),
        ("/nowhere", "UNKNOWN_ID"),
    ],
)
async def test_a_token_that_is_none_is_limited_like_none(edge: Edge, path: str, code: str) -> None:
    """Whatever somebody writes there: it buys nothing at the limits."""
    await edge.found()
    service = edge.app[SERVICE]
    now = service.clock()
    service.clock = lambda: now
    service.limits = Limits(Bounds(rate=2, rest_ms=1))

    replies = [
        await edge.client.get(path, headers={"Authorization": head})
        for head in ("Bearer x", "x", "Bearer a.b.c")
    ]

    codes = [code_of(await reply.read()) for reply in replies]
    assert codes == [code, code, "RATE_LIMITED"]


async def test_an_unexpected_fault_is_answered_without_its_text(
    edge: Edge,
) -> None:
    """The client gets a code; where it happened is in the log."""

    def broken(size: int) -> bytes:
        raise KeyError(f"secret {size}")

    await edge.found()
    edge.app[SERVICE].entropy = broken

    status, reply = await edge.send(
        f"/v1/{SLUG}/auth/challenge", Challenge(device=Sid(Hash(bytes(32))))
    )

    assert (status, code_of(reply)) == (503, "UNAVAILABLE")
    assert b"secret" not in reply
