"""A room on one node or client: what its rows said, and what the gate answers now."""

from dataclasses import dataclass, field, replace

from conference import gate as gates
from conference.gate import Gate
from conference.records import Conference
from consent.register import Register
from crypto.errors import Code
from protocol.ids import Did, Hash, Sid, Wid
from protocol.room import Generation, RoomState
from protocol.times import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What only the server knows when a row is submitted; time in ms."""

    now: Instant
    author: Did
    present: frozenset[Wid]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a view needs to know of a row: who may be given its bytes."""

    seq: int
    id: Hash
    kind: str
    code: Code | None = None
    epoch: int = -1
    generation: Generation | None = None
    author: Did | None = None
    to: Did | None = None
    basis: Sid | None = None


@dataclass(slots=True)
class Room:
    """State of the protocol and of the conference, with a record for each row."""

    state: RoomState
    register: Register
    conference: Conference = field(default_factory=Conference)
    records: list[Record] = field(default_factory=list[Record])
    has_gaps: bool = False  # some rows came without bytes, so author chains may jump
    misses_roster: bool = False  # one of those rows is a roster, which nobody may keep from me
    _valid: Gate | None = None
    _willing: Gate | None = None

    def fork(self) -> "Room":
        """Copy far enough to try a batch on."""
        return replace(self, state=self.state.fork(), records=list(self.records))

    def heed_epoch(self, n: int) -> None:
        """Take note of an epoch (roster number) that somebody signed a row in.

        Where every row came whole such a row is just wrong; else its roster is among the others.
        """
        if self.has_gaps and n > self.state.epoch:
            self.misses_roster = True

    def valid(self) -> Gate:
        """The gate at the point of the row that is judged: the same for everybody, for ever."""
        n = self.state.at
        self._valid = self._opened(self._valid, n=n, now=self.state.directory.time(n), seen=None)
        return self._valid

    def willing(self, now: Instant) -> Gate:
        """The gate for serving and writing now, by everything that is known."""
        directory = self.state.directory
        seen = frozenset(directory.seen_ended)
        self._willing = self._opened(self._willing, n=directory.size, now=now, seen=seen)
        return self._willing

    def _opened(
        self, held: Gate | None, *, n: int, now: Instant, seen: frozenset[int] | None
    ) -> Gate:
        """Keep a gate while neither the room, nor the log, nor time has moved its answers."""
        mark = (n, self.state.gate, seen)
        same = held is not None and (held.n, held.mark, held.seen) == mark
        if held is None or not same or not held.now <= now < held.until:
            return gates.open_gate(self.state, self.register, n=n, now=now, seen=seen)
        # A fork that has not moved keeps what is known.
        return held if held.room is self.state else replace(held, room=self.state)

    def gates(self, live: Live | None) -> tuple[Gate, ...]:
        """Every gate that must allow: validity always, and willingness for who submits now."""
        return (self.valid(),) if live is None else (self.valid(), self.willing(live.now))
