"""A raw socket that keeps what it was sent, and what stands in the database behind a room."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, TypeAlias

import asyncpg

from audit.entry import Kind
from crypto.errors import Code, Refused
from protocol import codec
from protocol.derived import feed_start
from protocol.feed import feed_hash
from protocol.headers import SumText
from protocol.ids import CaseId, Hash, NetId, RowHash, RowId, SitId
from protocol.ops import Facts, PrioSet
from protocol.vocabulary import DocClass, Provenance
from protocol.wire import Frame, Gone, Notice, Post, Push, Receipted, Subbed
from sdk.documents import Plan
from sdk.member import Member
from sdk.opening import Words
from sdk.session import Session
from sdk.socket import Socket
from sdk.transport import ANSWER_LIMIT
from tests.edges.sdk.stage import Held

Admin: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
_COUNT = {
    "feed": "SELECT count(*) FROM room.feed",
    "body": "SELECT count(*) FROM room.body",
    "blob": "SELECT count(*) FROM room.blob",
    "room": "SELECT count(*) FROM room.room",
    "statement": "SELECT count(*) FROM room.statement",
}
_ENTRIES = """
  SELECT e.id, f.did, f.case_id, f.result, f.to_dids, f.bound, f.objects
    FROM audit.entry e JOIN audit.fact f ON f.entry_id = e.id WHERE e.kind = $1 ORDER BY e.id
"""


@dataclass(slots=True)
class Ear:
    """One socket of a device: every frame in the order in which it came."""

    session: Session
    socket: Socket | None = None
    frames: list[Frame] = field(default_factory=list[Frame])
    notices: list[Notice] = field(default_factory=list[Notice])
    gone: Gone | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    at: list[float] = field(default_factory=list[float])

    @classmethod
    async def open(
        cls, session: Session, case: CaseId, *, sit: SitId | None = None, start: int = 1
    ) -> Self:
        """Connect and join a room from a row on."""
        ear = cls(session)
        await ear.connect()
        await ear.join(case, sit=sit, start=start)
        return ear

    async def connect(self) -> None:
        """Connect with the token of the session."""
        http = self.session.council.http
        self.socket = Socket(url=http.url, slug=http.slug, on_event=self._hear, on_end=self._end)
        await self.socket.connect(http.token or "")

    async def join(self, case: CaseId, *, sit: SitId | None = None, start: int) -> Subbed:
        """Join a room; its frames come first."""
        assert self.socket is not None
        request = self.session.sub_request(case, sit=sit, start=start)
        answer = await self.socket.call("sub", request, Subbed)
        self.frames[:0] = answer.frames
        self.heard.set()
        return answer

    def _hear(self, event: str, text: str) -> None:
        data = text.encode()
        if event == "push":
            self.frames.extend(codec.decode(data, Push, limit=ANSWER_LIMIT).frames)
            self.at.append(asyncio.get_running_loop().time())
        elif event == "gone":
            self.gone = codec.decode(data, Gone)
        elif event == "notice":
            self.notices.append(codec.decode(data, Notice))
        self.heard.set()

    def _end(self) -> None:
        self.ended.set()
        self.heard.set()

    async def reach(self, seq: int) -> None:
        """Wait until a row has come."""
        await self.until(lambda: bool(self.frames) and self.frames[-1].seq >= seq)

    async def until(self, holds: Callable[[], bool], *, patience: float = 10) -> None:
        """Wait until something holds, looking again after every event."""
        async with asyncio.timeout(patience):
            while not holds():
                self.heard.clear()
                await self.heard.wait()

    async def is_cut(self, *, patience: float = 2) -> None:
        """Wait until this socket has to leave the room."""
        await self.until(lambda: self.gone is not None, patience=patience)

    def view(self, row_id: Hash) -> Frame:
        """The frame of a row."""
        return next(frame for frame in self.frames if frame.id == row_id)

    async def close(self) -> None:
        """Disconnect."""
        if self.socket is not None:
            await self.socket.close()


def require_unbroken(frames: Sequence[Frame], *, net: NetId, case: CaseId, start: int = 1) -> None:
    """Demand that rows came once each, in order, each continuing the hash of the one before."""
    assert [frame.seq for frame in frames] == list(range(start, start + len(frames)))
    fh = feed_start(net=net, case=case) if start == 1 else None
    for frame in frames:
        if fh is not None:
            fh = feed_hash(before=fh, seq=frame.seq, row_id=frame.id, sg=frame.sg, idn=frame.idn)
            assert fh == frame.fh
        fh = RowHash(frame.fh)


def priority(held: Held, member: Member) -> tuple[Facts, Words]:
    """Something small to write: a row of the priority board."""
    return PrioSet(row=RowId(member.new_id()), it=held.it), {"issue": "孤立"}


def section(held: Held, *cats: str, carried: bool = False) -> Plan:
    """A section about the subject of the open item."""
    return Plan(
        cls=DocClass.SECTION, item=held.it, sub=held.subject.sub, cats=cats, carried=carried
    )


def text(words: str) -> SumText:
    """A summary."""
    return SumText(prov=Provenance.AGENCY, hid=False, title="所見", text=words)


def record(member: Member) -> list[Post]:
    """Keep every batch that a member sends from now on."""
    sent, deliver = list[Post](), member.deliver

    async def recorded(post: Post) -> Receipted:
        sent.append(post)
        return await deliver(post)

    member.deliver = recorded  # type: ignore[method-assign]  # one instance of the test's own
    return sent


async def sealed(held: Held, member: Member) -> Post:
    """A batch that a member sealed and signed and that nobody has seen yet."""
    return await unsent(member, lambda: member.act(priority(held, member)))


async def unsent(member: Member, deed: Callable[[], Awaitable[object]]) -> Post:
    """The batch of a member's deed, kept back."""
    kept, deliver = list[Post](), member.deliver

    async def keep(post: Post) -> Receipted:
        kept.append(post)
        raise Refused(Code.FORBIDDEN)

    member.deliver = keep  # type: ignore[method-assign]  # one instance of the test's own
    with contextlib.suppress(Refused):
        await deed()
    member.deliver = deliver  # type: ignore[method-assign]  # one instance of the test's own
    return kept[0]


async def send(member: Member, post: Post) -> Receipted:
    """Submit a batch as it is, once."""
    http = member.room.session.council.http
    return await http.post_once(f"cases/{post.case.hex()}/post", post, Receipted)


async def counts(admin: Admin) -> Mapping[str, int]:
    """How many rows each table of content has."""
    found = {table: await admin.fetchval(_COUNT[table]) for table in _COUNT}
    return {table: int(count) for table, count in found.items()}


async def entries(admin: Admin, kind: Kind) -> list[asyncpg.Record]:
    """The plain facts of all entries of a kind, oldest first."""
    return await admin.fetch(_ENTRIES, kind.value)
