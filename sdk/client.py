"""A live client: one socket, every room kept level, a stale room mended, tokens renewed (5.24)."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from consent.register import Register
from crypto.errors import Code, Refused
from protocol import codec
from protocol.ids import CaseId, Id, SitId, Wid
from protocol.shapes import Closed
from protocol.statement import parse
from protocol.times import SECOND
from protocol.wire import (
    Done,
    Failure,
    Gone,
    Headed,
    IdHead,
    InRoom,
    Notice,
    Push,
    Subbed,
    Token,
)
from sdk.member import Member
from sdk.room import Room
from sdk.session import Session
from sdk.socket import Socket
from sdk.transport import ANSWER_LIMIT

_AHEAD: Final = 60 * SECOND
_REDEEM: Final = 5.0
A = TypeVar("A", bound=Closed)
_WAITS: Final = (0.1, 0.3, 1.0, 3.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that nobody here asked for: rows, a presence, an end, a trouble."""

    what: str
    case: CaseId | None = None
    code: str = ""
    wid: Wid | None = None


class Client:
    """A signed-in device that listens."""

    def __init__(
        self,
        session: Session,
        *,
        register: Register,
        happened: Callable[[Happening], None] = lambda _: None,
    ) -> None:
        """`happened` is told of everything that comes by itself; it must not block."""
        self.session: Final = session
        self.members: Final[dict[CaseId, Member]] = {}
        self._register: Final = register
        self._happened: Final = happened
        self._sits: Final[dict[CaseId, SitId | None]] = {}
        self._events: Final[asyncio.Queue[tuple[str, str]]] = asyncio.Queue()
        self._tasks: Final[set[asyncio.Task[None]]] = set()
        self._mending: Final[set[CaseId]] = set()
        self._reported: Final[set[tuple[CaseId, int]]] = set()
        self._lost: Final = asyncio.Event()
        self._socket: Socket | None = None

    # --- rooms -------------------------------------------------------------------------------

    def member(self, case: CaseId) -> Member:
        """The room of a case, as far as it was opened; it may not exist yet."""
        if case not in self.members:
            room = Room(self.session, case, register=self._register)
            member = self.members[case] = Member(room)
            member.on_dropped = lambda: self._happened(Happening(what="dropped", case=case))
        return self.members[case]

    async def open(self, case: CaseId) -> Member:
        """Bring a room's rows and keys up to date."""
        member = self.member(case)
        await member.room.open()
        return member

    # --- the socket --------------------------------------------------------------------------

    async def connect(self) -> None:
        """Sign in and listen; lost connections are mended until `close`."""
        await self.session.login()
        await self._connect()
        for work in (self._consume(), self._renew(), self._reconnect(), self._redeem()):
            self._spawn(work)

    async def _connect(self) -> None:
        http = self.session.council.http
        socket = Socket(url=http.url, slug=http.slug, on_event=self._queue, on_end=self._lost.set)
        self._lost.clear()
        await socket.connect(http.token or "")
        self._socket = socket

    def _queue(self, event: str, text: str) -> None:
        self._events.put_nowait((event, text))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop listening, drop keys and connections."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._keep_pins()
        if self._socket is not None:
            await self._socket.close()
        await self.session.close()

    @property
    def socket(self) -> Socket:
        """The live socket; UNAVAILABLE without one."""
        if self._socket is None:
            raise Refused(Code.UNAVAILABLE)
        return self._socket

    # --- listening ---------------------------------------------------------------------------

    async def join(self, case: CaseId, sit: SitId | None = None) -> Member:
        """Listen to a room from my last row on, in a sitting or outside."""
        member = self.member(case)
        room = member.room
        await room.complete()
        request = self.session.sub_request(case, sit=sit, start=room.state.seq + 1)
        answer = await self.socket.call("sub", request, Subbed)
        self._sits[case] = sit
        room.gone = None
        room.live.clear()
        room.live.update(answer.live)
        await room.take(answer.frames)
        await room.hear_head(answer.head)
        await room.open()
        await member.resume()
        return member

    async def leave(self, case: CaseId) -> None:
        """Stop listening to a room."""
        self._sits.pop(case, None)
        await self.socket.call("unsub", InRoom(case=case), Done)

    # --- what comes by itself ----------------------------------------------------------------

    async def _consume(self) -> None:
        while True:
            event, text = await self._events.get()
            try:
                await self._hear(event, text.encode(errors="surrogatepass"))
            except Refused as refusal:
                self._happened(Happening(what="trouble", code=refusal.code.value))

    async def _hear(self, event: str, data: bytes) -> None:
        match event:
            case "push":
                await self._pushed(_read(data, Push))
            case "idhead":
                _read(data, IdHead)
                await self._log_grew()
            case "notice":
                self._noticed(_read(data, Notice))
            case "gone":
                await self._left(_read(data, Gone))
            case "head":
                await self._headed(_read(data, Headed))
            case _:
                failure = _read(data, Failure)
                self._happened(Happening(what="cut", code=failure.code))

    async def _pushed(self, push: Push) -> None:
        member = self.members.get(push.case)
        if member is None or push.case not in self._sits:
            return
        room = member.room
        if push.frames and push.frames[0].seq > room.state.seq + 1:
            await room.fetch()
        await room.take(push.frames)
        await room.open_keys()
        room.open_pushed(push.frames)
        self._happened(Happening(what="rows", case=push.case))
        self._report_if_bad(member)
        self._mend_if_stale(member)

    async def _headed(self, headed: Headed) -> None:
        head = parse(headed.head)
        case: CaseId | None = getattr(head.body, "case", None)
        member = self.members.get(case) if case is not None else None
        if member is None:
            return
        await member.room.hear_head(headed.head)
        if max(heard.seq for heard in member.room.feed.heard) > member.room.state.seq:
            await member.room.fetch()
            await member.room.open_keys()

    async def _log_grew(self) -> None:
        await self.session.sync()
        for member in list(self.members.values()):
            if member.room.case in self._sits:
                await member.room.complete()
                self._mend_if_stale(member)

    def _noticed(self, notice: Notice) -> None:
        member, wid = self.members.get(notice.case), notice.facts.get("wid")
        if member is not None and notice.code == "presence" and isinstance(wid, str):
            person = Wid(Id(bytes.fromhex(wid)))
            if notice.facts.get("what") == "enter":
                member.room.live.add(person)
            else:
                member.room.live.discard(person)
            self._happened(
                Happening(
                    what="presence",
                    case=notice.case,
                    code=str(notice.facts.get("what")),
                    wid=person,
                )
            )
            return
        self._happened(Happening(what="notice", case=notice.case, code=notice.code))

    async def _left(self, gone: Gone) -> None:
        member = self.members.get(gone.case)
        self._sits.pop(gone.case, None)
        if member is not None:
            await member.room.leave(gone.code)
        self._happened(Happening(what="gone", case=gone.case, code=gone.code))

    def _report_if_bad(self, member: Member) -> None:
        """Say once that the newest bundle did not open; another member then rotates."""
        room, n = member.room, member.room.state.epoch
        if n in room.bad_epochs and (room.case, n) not in self._reported:
            self._reported.add((room.case, n))
            self._happened(Happening(what="trouble", case=room.case, code=Code.BAD_BUNDLE.value))
            self._spawn(self._report(member, n))

    async def _report(self, member: Member, n: int) -> None:
        with suppress(Refused):  # a nuisance report: without it the room is as it was
            await member.report_bundle(n)

    # --- mending -----------------------------------------------------------------------------

    def _mend_if_stale(self, member: Member) -> None:
        case = member.room.case
        if case in self._mending or case not in self._sits or not member.room.is_stale():
            return
        self._mending.add(case)
        self._spawn(self._mend(member))

    async def _mend(self, member: Member) -> None:
        case = member.room.case
        try:
            await member.mend()
            self._happened(Happening(what="mended", case=case))
        except Refused as refusal:
            self._happened(Happening(what="trouble", case=case, code=refusal.code.value))
        finally:
            self._mending.discard(case)

    # --- staying connected -------------------------------------------------------------------

    async def _renew(self) -> None:
        while True:
            left = self.session.expires - self.session.council.clock.now() - _AHEAD
            await asyncio.sleep(max(left, SECOND) / SECOND)
            with suppress(Refused):
                await self.session.login()
                token = Token(token=self.session.council.http.token or "")
                await self.socket.call("token", token, Done)

    async def _reconnect(self) -> None:
        while True:
            await self._lost.wait()
            self._happened(Happening(what="lost"))
            for wait in (*_WAITS, *[_WAITS[-1]] * 100):
                await asyncio.sleep(wait)
                if await self._again():
                    break

    async def _again(self) -> bool:
        try:
            await self.session.login()
            await self._connect()
            for case, sit in list(self._sits.items()):
                await self.join(case, sit)
        except Refused as refusal:
            self._happened(Happening(what="trouble", code=refusal.code.value))
            return False
        self._happened(Happening(what="back"))
        return True

    async def _keep_pins(self) -> None:
        for member in list(self.members.values()):
            await member.room.keep_pins()

    async def _redeem(self) -> None:
        """Hold the server to its receipts; a broken promise halts every room."""
        while True:
            await asyncio.sleep(_REDEEM)
            try:
                await self._keep_pins()
                await self.session.redeem()
            except Refused as refusal:
                if refusal.code is Code.NOT_LOGGED:
                    for member in self.members.values():
                        member.room.halted = refusal.code
                self._happened(Happening(what="trouble", code=refusal.code.value))


def _read(data: bytes, kind: type[A]) -> A:
    return codec.decode(data, kind, limit=ANSWER_LIMIT)
