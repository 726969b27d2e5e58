"""A small run of `python -m bench.fuzz` over real sockets, and what the large one found."""

import gzip
import json

import aiohttp
import pytest

from bench.fuzz import served, sockets
from bench.fuzz.hall import Hall
from bench.fuzz.requests import Request
from bench.fuzz.sockets import Ended, Talk
from bench.fuzz.tally import Book
from protocol import codec
from protocol.wire import Failure, Headed, InRoom

INPUTS = 250


async def test_requests_are_refused_cleanly(hall: Hall) -> None:
    """By the codes that the contract has for the route, whatever is sent."""
    book = Book()
    await served.fuzz(hall, book, inputs=INPUTS, seed=4)

    assert book.bugs == []
    assert book.inputs == INPUTS


async def test_packets_are_refused_cleanly(hall: Hall) -> None:
    """Every event is acknowledged; what is no packet ends its own line."""
    book = Book()
    await sockets.fuzz(hall, book, inputs=INPUTS, seed=4)

    assert book.bugs == []
    assert book.inputs == INPUTS


# ---------------------------------------------------------------- what it found over HTTP


async def _code(
    hall: Hall, target: str, *headers: tuple[str, str], method: str = "GET", body: bytes = b""
) -> tuple[int, str]:
    """The status and code of one request's refusal; `ok` for another answer."""
    request = Request(route="", method=method, target=target, headers=headers, body=body)
    line = served.Line(hall.port)
    reply = await line.ask(request)
    await line.close()
    assert reply is not None
    assert hall.complaints.take() == []
    return reply.status, codec.decode(reply.body, Failure).code if reply.status > 399 else "ok"


async def _a_token_that_is_no_text_is_a_bad_token(hall: Hall) -> None:
    """Bytes that are no UTF-8, and a header nested deeper than Python can read."""
    deep = codec.b64u(b"[" * 5000)
    for token in ("\xff\xfe", "a.b.\xe9", f"{deep}.e30.AA"):
        assert await _code(
            hall, f"/v1/{hall.slug}/cases", ("Authorization", f"Bearer {token}")
        ) == (401, "BAD_TOKEN")


async def _a_tile_name_of_thousands_of_digits_is_unknown(hall: Hall) -> None:
    """Neither Python nor the database is asked to read it."""
    net = ("Entaku-Net", codec.b64u(hall.cast.town.council.net))
    for place in ("x001/" * 1500 + "000", "x999/" * 6 + "999", "x999/" * 4 + "999"):
        for kind in ("0", "entries"):
            target = f"/v1/{hall.slug}/log/id/tile/{kind}/{place}"
            assert await _code(hall, target, net) == (404, "UNKNOWN_ID")


async def _a_number_that_no_struct_could_answer_is_refused(hall: Hall) -> None:
    """JSON of the profile has none above 2**53 - 1."""
    net = ("Entaku-Net", codec.b64u(hall.cast.town.council.net))
    target = f"/v1/{hall.slug}/log/id?start="

    assert await _code(hall, f"{target}{2**53 - 1}", net) == (200, "ok")
    assert await _code(hall, f"{target}{2**53}", net) == (400, "BAD_J1")


async def _an_id_has_one_spelling(hall: Hall) -> None:
    """Thirty-two lower-case digits."""
    bearer = ("Authorization", f"Bearer {(await hall.tokens())[0]}")
    for spelt in ("F" * 32, "%20" + "0" * 31, "0%20" * 16):
        target = f"/v1/{hall.slug}/cases/{spelt}/head"
        assert await _code(hall, target, bearer) == (400, "BAD_LENGTH")


async def _a_report_that_is_no_utf8_is_refused(hall: Hall) -> None:
    """The library says so by another error than for bad JSON."""
    for body in (b'{"csp-report":{"effective-directive":"\xff"}}', b'{"a":' * 3000):
        assert await _code(hall, "/v1/reports", method="POST", body=body) == (400, "BAD_J1")


async def _a_body_that_is_not_encoded_as_it_says_is_refused(hall: Hall) -> None:
    """Garbage; and what unpacks to more than a body may hold."""
    target, gz = f"/v1/{hall.slug}/auth/challenge", ("Content-Encoding", "gzip")
    bomb = gzip.compress(bytes(64 * 1024 * 1024))

    assert await _code(hall, target, gz, method="POST", body=b"x") == (400, "BAD_J1")
    assert await _code(hall, "/healthz", gz, body=b"x") == (200, "ok")
    assert await _code(hall, target, gz, method="POST", body=bomb) == (413, "OVERSIZE")


async def _what_is_no_http_is_refused_like_everything_else(hall: Hall) -> None:
    """With a code, without quoting what was sent, and without a line in the log."""
    assert await _code(hall, "/healthz", ("Authorization", "a\x00b")) == (400, "BAD_J1")
    assert await _code(hall, "/nowhere", ("Expect", "\x80")) == (400, "BAD_J1")
    assert await _code(hall, "/healthz", ("Expect", "\x80")) == (200, "ok")


async def test_requests_that_once_failed_are_refused(hall: Hall) -> None:
    """Each of them was answered with 500 or 503, or left a traceback, until it was found."""
    for refuse in (
        _a_token_that_is_no_text_is_a_bad_token,
        _a_tile_name_of_thousands_of_digits_is_unknown,
        _a_number_that_no_struct_could_answer_is_refused,
        _an_id_has_one_spelling,
        _a_report_that_is_no_utf8_is_refused,
        _a_body_that_is_not_encoded_as_it_says_is_refused,
        _what_is_no_http_is_refused_like_everything_else,
    ):
        await refuse(hall)


# ---------------------------------------------------------------- what it found on sockets


async def _signed_in(hall: Hall, http: aiohttp.ClientSession) -> Talk:
    talk = Talk(hall, http)
    await talk.open((await hall.tokens())[0])
    return talk


async def _head(talk: Talk) -> str:
    return await talk.call("head", codec.encode(InRoom(case=talk.hall.case)).decode())


async def _an_event_has_one_text(hall: Hall, http: aiohttp.ClientSession) -> None:
    """Half a surrogate pair is none; the socket lives on."""
    talk = await _signed_in(hall, http)
    wrong: list[tuple[object, ...]] = [(), ("{}", "{}"), ("\ud800",), (None,), (1,)]
    for arguments in wrong:
        told = codec.decode((await talk.call("post", *arguments)).encode(), Failure)
        assert told.code == "BAD_J1"
    assert codec.decode((await _head(talk)).encode(), Headed).head
    await talk.close()


async def _the_librarys_own_words_are_no_events(hall: Hall, http: aiohttp.ClientSession) -> None:
    """A client can neither sign in again nor sign out behind the node's back."""
    auth = {"slug": hall.slug, "token": (await hall.tokens())[1]}
    talk = await _signed_in(hall, http)
    for name in ("connect", "disconnect"):
        await talk.send("42" + json.dumps([name, {}, auth]))
        assert codec.decode((await _head(talk)).encode(), Headed).head
    await talk.close()


_NO_PACKETS = ("", "9", "x", "2x", '42[["post"],"x"]', "42[]", "4[" + "[" * 3000, b"4", "bAAAA")


async def _what_is_no_packet_ends_its_line(hall: Hall, http: aiohttp.ClientSession) -> None:
    """At once, and with nothing left behind."""
    for frame in _NO_PACKETS:
        talk = await _signed_in(hall, http)
        await talk.send(frame)
        with pytest.raises(Ended):
            await _head(talk)
        await talk.close()


async def test_packets_that_once_failed_are_refused(hall: Hall) -> None:
    """Each of them left a traceback, or a line half open, until it was found."""
    async with aiohttp.ClientSession() as http:
        for refuse in (
            _an_event_has_one_text,
            _the_librarys_own_words_are_no_events,
            _what_is_no_packet_ends_its_line,
        ):
            await refuse(hall, http)

    assert hall.complaints.take() == []
