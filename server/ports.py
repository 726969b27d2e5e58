"""What the parts of the server ask of each other, as far as they must not know each other."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from crypto.errors import Code
from identity.model import Actor, Touched
from protocol import wire
from protocol.ids import Aid, CaseId, Did, Wid
from protocol.payloads import Payload
from protocol.shapes import U53, Bit, Closed
from protocol.wire import Headed, Post, Read, Receipted, Served, Sub, Subbed

Clock = Callable[[], datetime]
"""The time now, aware."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One socket of a signed-in device."""

    sid: str
    actor: Actor
    aid: Aid


class Named(Closed, frozen=True, kw_only=True):
    """An entry that is the ticket of a push, and the devices it names."""

    entry: U53
    to: tuple[Did, ...]


class Announcement(Closed, frozen=True, kw_only=True):
    """What one node tells the others of a council: ids and numbers, never content.

    `kind`: `id` (statements or a checkpoint are new), `feed` (rows up to `seq`; `entries` name
    devices that may fetch, `evicted` those whose end is in the log), `gate`, `seat` (presence),
    `hand` (`wid` asks to speak, or with `up` 0 no longer), or `resync` (words may have been lost:
    look at everything).
    """

    kind: str
    case: CaseId | None = None
    seq: U53 | None = None
    entries: tuple[Named, ...] = ()
    evicted: tuple[Did, ...] = ()
    wid: Wid | None = None
    up: Bit = 0


class Emitter(Protocol):
    """Sends to live sockets of this node."""

    async def emit(self, sids: Iterable[str], event: str, data: bytes) -> None:
        """Queue one JSON text for some sockets; those that are gone are passed over."""
        ...

    async def close(self, sid: str, code: Code) -> None:
        """Say why and end a socket."""
        ...


class Announcer(Protocol):
    """Tells the other nodes something about one council; nothing of it may fail a request."""

    def publish(self, announcement: Announcement) -> None:
        """Queue a word for the other nodes."""
        ...


class Rooms(Protocol):
    """The rooms of one council on this node."""

    async def sub(self, session: Session, request: Sub) -> Subbed:
        """Join a live feed."""
        ...

    async def unsub(self, session: Session, case: CaseId) -> None:
        """Leave a live feed."""
        ...

    async def post(self, session: Session, request: Post, /) -> Receipted:
        """Commit a batch."""
        ...

    async def read(self, session: Session, request: Read) -> Served:
        """Serve content against a ticket."""
        ...

    async def head(self, session: Session, case: CaseId) -> Headed:
        """Sign where a room stands."""
        ...

    async def hand(self, session: Session, request: wire.Hand) -> wire.Done:
        """Ask to speak in a sitting, or no longer."""
        ...

    async def gone(self, session: Session) -> None:
        """Forget a socket."""
        ...

    async def may_see_case(self, wid: Wid, case: CaseId) -> bool:
        """Tell whether a person may see the statements of a case."""
        ...

    async def shares_room(self, one: Wid, other: Wid) -> bool:
        """Tell whether one may know the other from a room."""
        ...

    async def touched(self, body: Payload) -> Sequence[Touched]:
        """The rooms whose members a new statement of the `id` log concerns."""
        ...

    async def identity_moved(self) -> None:
        """The directory grew or somebody was ended: judge the rooms anew."""
        ...

    async def due(self, now: datetime) -> datetime | None:
        """End what ended by time; answer the next instant at which something will."""
        ...

    async def announced(self, announcement: Announcement, /) -> None:
        """Hear the word of another node."""
        ...

    async def cases(self, session: Session) -> wire.Cases:
        """List the caller's rooms and invitations."""
        ...

    async def reserve(self, session: Session, request: wire.ReserveCase) -> wire.Done:
        """Keep a case id and code until the first roster."""
        ...

    async def rows(self, session: Session, case: CaseId, *, start: int) -> wire.Rows:
        """Rows in the caller's views, without ticketed content."""
        ...

    async def case_by_code(self, code: str) -> CaseId | None:
        """Find a case by its public code."""
        ...
