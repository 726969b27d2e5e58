"""Rooms of a council that has none: a miniature of what the server asks of them."""

# ruff: noqa: ARG002 -- what has no rooms needs no arguments

from collections.abc import Sequence
from datetime import datetime

from crypto.errors import Code, Refused
from identity.model import Touched
from protocol.ids import CaseId, Wid
from protocol.payloads import Payload
from protocol.wire import (
    Cases,
    Done,
    Hand,
    Headed,
    Post,
    Read,
    Receipted,
    ReserveCase,
    Rows,
    Served,
    Sub,
    Subbed,
)
from server.council import Council
from server.ports import Announcement, Session
from server.service import Parts


class EmptyRooms:
    """Knows nobody and refuses everything; remembers what it was told."""

    def __init__(self, council: Council, parts: Parts) -> None:
        self.council = council
        self.parts = parts
        self.left: list[Session] = []
        self.heard: list[Announcement] = []
        self.seen: set[tuple[Wid, CaseId]] = set()
        self.together: set[frozenset[Wid]] = set()

    async def sub(self, session: Session, request: Sub) -> Subbed:
        """Refused."""
        raise Refused(Code.UNKNOWN_ID)

    async def unsub(self, session: Session, case: CaseId) -> None:
        """Nothing to leave."""

    async def post(self, session: Session, request: Post) -> Receipted:
        """Refused."""
        raise Refused(Code.UNKNOWN_ID)

    async def read(self, session: Session, request: Read) -> Served:
        """Refused."""
        raise Refused(Code.UNKNOWN_ID)

    async def head(self, session: Session, case: CaseId) -> Headed:
        """Refused."""
        raise Refused(Code.UNKNOWN_ID)

    async def hand(self, session: Session, request: Hand) -> Done:
        """Refused."""
        raise Refused(Code.NOT_SEATED)

    async def gone(self, session: Session) -> None:
        """Remembered."""
        self.left.append(session)

    async def may_see_case(self, wid: Wid, case: CaseId) -> bool:
        """As arranged."""
        return (wid, case) in self.seen

    async def shares_room(self, one: Wid, other: Wid) -> bool:
        """As arranged."""
        return frozenset((one, other)) in self.together

    async def touched(self, body: Payload) -> Sequence[Touched]:
        """No room."""
        return ()

    async def identity_moved(self) -> None:
        """Nothing to judge."""

    async def due(self, now: datetime) -> datetime | None:
        """Nothing ends."""
        return None

    async def announced(self, announcement: Announcement) -> None:
        """Remembered."""
        self.heard.append(announcement)

    async def cases(self, session: Session) -> Cases:
        """None."""
        return Cases(cases=())

    async def reserve(self, session: Session, request: ReserveCase) -> Done:
        """Refused."""
        raise Refused(Code.FORBIDDEN)

    async def rows(self, session: Session, case: CaseId, *, start: int) -> Rows:
        """Refused."""
        raise Refused(Code.UNKNOWN_ID)

    async def case_by_code(self, code: str) -> CaseId | None:
        """No case."""
        return None
