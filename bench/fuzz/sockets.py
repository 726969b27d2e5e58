"""Packets over real sockets: every event with changed payloads, and raw frames of any kind."""

import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import msgspec

from bench.fuzz.hall import Hall
from bench.fuzz.parsers import fitting
from bench.fuzz.requests import Source
from bench.fuzz.tally import Book, within
from crypto.errors import Code, Refused
from protocol import codec
from protocol.wire import MAX_BODY, Failure, Hand, InRoom, Token
from sdk.transport import ANSWER_LIMIT
from server.events import UP
from tests.vectors.mutations import bytewise, compact, jsonwise

Json = Any
_TEXT: Final = aiohttp.WSMsgType.TEXT
_ENDED: Final = frozenset(
    {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING}
    | {aiohttp.WSMsgType.ERROR}
)
_LANES: Final = 3
_LOGIN: Final = 4000
_RAW: Final = (
    *("", "0", "1", "2", "3", "4", "5", "6", "7", "9", "40", "41", "42", "43", "44", "45", "46"),
    *('42["post"', '42["post"]', "42[]", "42{}", "42null", '42[["post"],"x"]', '42[{"a":1}]'),
    *('42["post","{}","{}"]', '42["connect"]', '42["disconnect","x"]', '42["__x","{}"]', "42/x,[]"),
    *('451-["post",{"_placeholder":true,"num":0}]', '459999999999-["x"]', "45-", '43["x"]'),
    *("42999999999999999999999[]", "4" * 3000, '42["post","\\ud800"]', '421["head","\\ud800"]'),
    *('40/other,{"token":"x"}', "41/other,", '40{"slug":1,"token":[]}', "2probe", "3probe", "\0"),
    '42["post",' + "[" * 900 + "]" * 900 + "]",
    '461-1["x"]',
)


class Ended(Exception):
    """The node ended the socket."""


@dataclass(slots=True)
class Talk:
    """One signed-in socket."""

    hall: Hall
    http: aiohttp.ClientSession
    socket: aiohttp.ClientWebSocketResponse | None = field(default=None)
    number: int = 0

    async def open(self, token: str) -> None:
        """Connect and sign in. Raises Ended."""
        url = f"http://127.0.0.1:{self.hall.port}/socket.io/?EIO=4&transport=websocket"
        self.socket = await self.http.ws_connect(url, max_msg_size=ANSWER_LIMIT)
        await self.send("40" + json.dumps({"slug": self.hall.slug, "token": token}))
        while not (await self.heard()).startswith("40"):
            pass

    async def send(self, frame: str | bytes) -> None:
        """Send one frame."""
        if self.socket is None or self.socket.closed:
            raise Ended
        try:
            await (
                self.socket.send_str(frame)
                if isinstance(frame, str)
                else self.socket.send_bytes(frame)
            )
        except ConnectionError as error:
            raise Ended from error

    async def heard(self) -> str:
        """The next packet; pings are answered meanwhile. Raises Ended."""
        while self.socket is not None:
            message = await self.socket.receive()
            if message.type in _ENDED:
                break
            text = str(message.data) if message.type is _TEXT else ""
            if text != "2":
                return text
            await self.send("3")
        raise Ended

    async def call(self, event: str, *arguments: object) -> str:
        """Send an event; the argument of its acknowledgement."""
        self.number += 1
        await self.send(f"42{self.number}" + json.dumps([event, *arguments]))
        while True:
            text = await self.heard()
            if text.startswith(f"43{self.number}["):
                return str(json.loads(text.removeprefix(f"43{self.number}"))[0])

    async def close(self) -> None:
        """Let go."""
        if self.socket is not None:
            await self.socket.close()
            self.socket = None


# ---------------------------------------------------------------- what is sent


@dataclass(slots=True)
class Speaker:
    """Makes arguments of events and raw frames."""

    hall: Hall
    rng: random.Random
    tokens: Sequence[str]
    source: Source = field(init=False)

    def __post_init__(self) -> None:
        """Borrow the requests of HTTP."""
        self.source = Source(self.hall, self.rng, self.tokens)

    def right(self, event: str) -> bytes:
        """What fits an event."""
        rng, case = self.rng, self.hall.case
        match event:
            case "post":
                return codec.encode(rng.choice(self.hall.posts))
            case "sub":
                return self.source.sub()
            case "read":
                session = rng.choice(list(self.hall.cast.clients.values())).session
                return codec.encode(session.read_request(case, "view", []))
            case "hand":
                return codec.encode(Hand(case=case, up=rng.randrange(2)))
            case "token":
                return codec.encode(Token(token=rng.choice(self.tokens)))
            case _:
                return codec.encode(InRoom(case=case))

    def argument(self, event: str) -> object:
        """A text that is a little wrong, or no text at all."""
        rng, right = self.rng, self.right(event)
        match rng.randrange(12):
            case 0:
                return right.decode()
            case 1:
                return rng.choice((None, 1, [], {}, True, "", {"a": right.decode()}, "\ud800"))
            case 2:
                return bytewise(right, rng).decode("utf-8", "surrogateescape")
            case 3 if event == "post":
                return self.source.resigned(right).decode("utf-8", "surrogatepass")
            case _:
                return self._text(event, right)

    def _text(self, event: str, right: bytes) -> str:
        """A text that is a little wrong, or fits its struct alone, or is very long."""
        match self.rng.randrange(9):
            case 0:
                return compact(fitting(UP[event].takes)(self.rng))
            case 1:
                return "x" * self.rng.choice((70_000, MAX_BODY - 100))
            case _:
                return jsonwise(json.loads(right), self.rng).decode("utf-8", "surrogatepass")

    def frame(self) -> str | bytes:
        """A frame of any kind."""
        rng = self.rng
        if not rng.randrange(3):
            return rng.choice(_RAW)
        event = rng.choice(sorted(UP))
        whole = f'42{rng.randrange(9)}["{event}",{json.dumps(self.right(event).decode())}]'
        changed = bytewise(whole.encode(), rng)
        return changed if not rng.randrange(6) else changed.decode("utf-8", "replace")


# ---------------------------------------------------------------- judging


async def fuzz(hall: Hall, book: Book, *, inputs: int, seed: int) -> None:
    """Send so many packets over a few sockets at once."""
    tokens = await hall.tokens()
    shares = [inputs // _LANES + (lane < inputs % _LANES) for lane in range(_LANES)]
    async with aiohttp.ClientSession() as http:
        lanes = [
            _lane(hall, http, book, tokens, share, seed * 100 + n) for n, share in enumerate(shares)
        ]
        await asyncio.gather(*lanes)


async def _lane(
    hall: Hall, http: aiohttp.ClientSession, book: Book, tokens: list[str], count: int, seed: int
) -> None:
    rng = random.Random(seed)  # noqa: S311 -- the same packets every time
    speaker, talk = Speaker(hall, rng, tokens), Talk(hall, http)
    for number in range(count):
        if number and not number % _LOGIN:
            tokens[:] = await hall.tokens()
        if talk.socket is None or talk.socket.closed:
            await talk.open(rng.choice(tokens))
        if rng.randrange(4):
            event = rng.choice(sorted(UP))
            await _say(book, talk, event, speaker.argument(event))
        else:
            await _frame(book, talk, speaker.frame())
    await talk.close()


async def _say(book: Book, talk: Talk, event: str, argument: object) -> None:
    """Send an event; it must be acknowledged by its answer or a Failure."""
    entry, shown = f"socket {event}", repr(argument).encode("utf-8", "backslashreplace")
    tally = book.tally(entry)
    try:
        verdict = judged(event, await within(talk.call(event, argument)))
    except TimeoutError:
        verdict = "hung"
        tally.hung += 1
        await talk.close()
    except Ended:
        verdict = "cut"
        await talk.close()
    if verdict.startswith("!") or verdict in {"hung", "cut"}:
        tally.unhandled += verdict != "hung"
        book.bug(entry, verdict, where=event, data=shown)
    tally.count(verdict)
    _complaints(book, talk, entry, shown)


def judged(event: str, answer: str) -> str:
    """`ok`, or the code of a Failure; with `!` what is neither."""
    try:
        told = codec.decode(answer.encode(), Failure, limit=ANSWER_LIMIT)
    except Refused:
        return _answer(event, answer)
    known = told.code in {code.value for code in Code}
    return told.code if known and told.code != Code.UNAVAILABLE else f"!{told.code}"


def _answer(event: str, answer: str) -> str:
    try:
        codec.decode(answer.encode(), UP[event].gives, limit=ANSWER_LIMIT)
    except (Refused, msgspec.DecodeError):
        return "!answer"
    return "ok"


async def _frame(book: Book, talk: Talk, frame: str | bytes) -> None:
    """Send any frame; then the socket works as before, or was ended at once."""
    entry, tally = "socket frame", book.tally("socket frame")
    shown = frame if isinstance(frame, bytes) else frame.encode("utf-8", "backslashreplace")
    asked = codec.encode(InRoom(case=talk.hall.case)).decode()
    try:
        await talk.send(frame)
        verdict = judged("head", await within(talk.call("head", asked)))
    except TimeoutError:
        verdict = "left" if shown.startswith(b"41") else "hung"  # it signed out by itself
        if verdict == "hung":
            tally.hung += 1
            book.bug(entry, "hung", where="frame", data=shown)
        await talk.close()
    except Ended:
        verdict = "cut"
        await talk.close()
    tally.count("kept" if verdict not in {"cut", "hung", "left"} else verdict)
    _complaints(book, talk, entry, shown)


def _complaints(book: Book, talk: Talk, entry: str, shown: bytes) -> None:
    for complaint in talk.hall.complaints.take():
        book.tally(entry).unhandled += 1
        book.bug(entry, complaint, where="log", data=shown)
