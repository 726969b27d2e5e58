"""One room's feed as this client folds it: every row judged, every signed word compared."""

from dataclasses import dataclass
from typing import Final

from conference import content as contents
from conference.content import Content, Sealed
from conference.fold import Record, Room, fold
from consent.register import Register
from crypto.errors import Code, Refused
from protocol.directory import Directory
from protocol.feed import Row
from protocol.ids import CaseId, Digest, Hash, NetId, RowHash
from protocol.payloads import Head
from protocol.room import RoomState
from protocol.statement import Statement
from protocol.wire import Frame
from sdk.idlog import IdLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A head or receipt of the server about this room, with its signed bytes."""

    seq: int
    fh: RowHash
    idn: int
    raw: bytes


class Feed:
    """Rows up to `state.seq`, the room they make, and what the server said of it."""

    def __init__(self, *, net: NetId, case: CaseId, log: IdLog, register: Register) -> None:
        """Begin before the first row."""
        self._log: Final = log
        self.room: Final = Room(
            state=RoomState(net=net, case=case, directory=log.directory, log_root=self._log_root),
            register=register,
        )
        self.contents: Final[dict[Hash, Content]] = {}
        self.heard: list[Heard] = []
        self.evidence: tuple[bytes, bytes] | None = None

    def _log_root(self, n: int) -> Digest | None:
        return self._log.log_root(n)

    @property
    def state(self) -> RoomState:
        """The room's state."""
        return self.room.state

    @property
    def flawed(self) -> list[Record]:
        """Rows that broke a rule: kept, skipped and shown."""
        return [record for record in self.room.records if record.code is not None]

    def follow(self, directory: Directory) -> None:
        """Judge by a directory that was made anew from the same leaves."""
        self.state.directory = directory

    # --- rows --------------------------------------------------------------------------------

    def take(self, frame: Frame) -> Code | None:
        """Take the next row, or fuller bytes of one that was taken before.

        Raises:
            Refused: EQUIVOCATION when it contradicts what I hold or what the server signed;
                CHAIN_GAP when a row before it is missing.
        """
        if frame.seq <= self.state.seq:
            return self._again(frame)
        if frame.seq != self.state.seq + 1:
            raise Refused(Code.CHAIN_GAP, seq=frame.seq)
        row = Row(seq=frame.seq, id=frame.id, sg=frame.sg, idn=frame.idn, fh=frame.fh)
        self._require_after_heads(row)
        content, missed = _content(frame), self.room.misses_roster
        code = fold(self.room, row, content)
        if content is not None:
            self.contents[row.id] = content
        if code is Code.EQUIVOCATION or self.room.misses_roster is not missed:
            # Its author names a past that is not mine, or an epoch that I was not shown.
            newest = self.heard[-1].raw if self.heard else b""
            self.evidence = (newest, bytes(frame.bytes or b""))
        self._require_heads(row)
        return code

    def _again(self, frame: Frame) -> Code | None:
        if self.state.fhs[frame.seq] != frame.fh or self.state.ids.get(frame.id) != frame.seq:
            raise Refused(Code.EQUIVOCATION, seq=frame.seq)
        content = _content(frame)
        held = self.contents.get(frame.id)
        if isinstance(content, Sealed) and content.env.ct is not None and held is not None:
            self.contents[frame.id] = content
        return None

    def _require_after_heads(self, row: Row) -> None:
        """No row after a head may name a smaller log than the head did."""
        for heard in self.heard:
            if row.seq > heard.seq and row.idn < heard.idn:
                raise Refused(Code.EQUIVOCATION, seq=row.seq, why="idn")

    # --- heads and receipts ------------------------------------------------------------------

    def hear(self, *, seq: int, fh: RowHash, idn: int, raw: bytes) -> None:
        """Compare a signed word of the server with my rows and with its earlier words.

        Raises EQUIVOCATION; `evidence` then holds two signed things that cannot both be true.
        """
        new = Heard(seq=seq, fh=fh, idn=idn, raw=raw)
        for old in self.heard:
            if _contradict(old, new):
                self.evidence = (old.raw, raw)
                raise Refused(Code.EQUIVOCATION, seq=seq)
        self.heard = [*[old for old in self.heard if old.seq > self.state.seq - 2], new][-8:]
        if seq <= self.state.seq:
            self._require_heads(None)

    def hear_head(self, head: Head, raw: bytes) -> None:
        """Compare a head of this room."""
        if head.seq is None or head.fh is None:
            raise Refused(Code.BAD_J1)
        self.hear(seq=head.seq, fh=head.fh, idn=head.idn, raw=raw)

    def _require_heads(self, row: Row | None) -> None:
        for heard in self.heard:
            reached = heard.seq <= self.state.seq and (row is None or heard.seq == row.seq)
            if reached and self.state.fhs[heard.seq] != heard.fh:
                self.evidence = (heard.raw, b"" if row is None else row.id)
                raise Refused(Code.EQUIVOCATION, seq=heard.seq)

    # --- looking up --------------------------------------------------------------------------

    def sealed(self, row_id: Hash) -> Sealed | None:
        """The envelope behind an id; None for a statement or a row without bytes."""
        content = self.contents.get(row_id)
        return content if isinstance(content, Sealed) else None

    def statement(self, row_id: Hash) -> Statement | None:
        """The statement behind an id."""
        content = self.contents.get(row_id)
        return content if isinstance(content, Statement) else None


def _contradict(one: Heard, other: Heard) -> bool:
    """Two rows at one place, or a log that shrank while the feed grew."""
    if one.seq == other.seq:
        return one.fh != other.fh
    first, then = sorted((one, other), key=lambda heard: heard.seq)
    return first.idn > then.idn


def _content(frame: Frame) -> Content | None:
    """What a newer version wrote is kept by its place alone: counted, and it authorises nothing."""
    if frame.bytes is None:
        return None
    parse = contents.parse_full if frame.view == "full" else contents.parse_bare
    try:
        parsed = parse(frame.form, frame.bytes)
    except Refused as refusal:
        if refusal.code is not Code.UNKNOWN_TYPE:
            raise
        return None
    contents.require_id(parsed, frame.id)
    return parsed
