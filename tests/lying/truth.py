"""What really happened, told by those who did it, and what must hold whatever a server says.

Nothing here asks the code under test for a verdict: it compares ids, hashes, texts and keys.
The names I1 to I6 are those of the plan of tests; `Broken` says which one fell.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from audit.merkle import leaf_hash
from conference.content import Content, Sealed, parse_full, row_id
from conference.fold import Record
from crypto.errors import Code
from protocol.basis import device_of
from protocol.headers import DkHeader, DkText, Header, SumHeader
from protocol.ids import CaseId, Did, Hash, Wid
from protocol.payloads import Ack, FeedPoint, Grant, LogHead, Meet, Roster, Sect
from protocol.statement import Statement
from protocol.wire import Post
from sdk.contents import Contents, RoomKeys
from sdk.opening import Text, open_text
from sdk.room import Room
from tests.lying.knowledge import Knower
from tests.lying.people import Person

HONEST: Final = ("chair", "csw", "elder", "late")
WATCHED: Final[tuple[str, ...]] = ("eve", "mallory", "stranger", "late", "server")
FEW: Final = frozenset({"eve", "mallory", "late", "stranger", "server"})


class Broken(AssertionError):
    """An invariant fell."""


def require(rule: str, *, holds: bool, **facts: object) -> None:
    """Demand something."""
    if not holds:
        raise Broken(f"{rule}: " + ", ".join(f"{k}={v}" for k, v in facts.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Somebody lost her place by a leaf of the log, or by a row of the feed."""

    name: str
    leaf: bytes | None = None
    row: Hash | None = None


@dataclass(slots=True, kw_only=True)
class Truth:
    """Words as their authors sealed them, and who had been sent away when they did."""

    case: CaseId
    names: dict[Wid, str]
    dids: dict[Did, str]
    knowers: dict[str, Knower]
    signed: dict[str, set[Hash]]
    texts: dict[Hash, Text] = field(default_factory=dict[Hash, Text])
    barred: dict[Hash, set[str]] = field(default_factory=dict[Hash, set[str]])
    ends: list[End] = field(default_factory=list[End])
    parents: dict[Hash, Hash] = field(default_factory=dict[Hash, Hash])
    rows: dict[Hash, Hash] = field(default_factory=dict[Hash, Hash])
    old: set[Hash] = field(default_factory=set[Hash])  # rows of before the run
    admitted: set[str] = field(default_factory=set[str])
    for_few: bool = False

    # --- what is told ------------------------------------------------------------------------

    def sealed(self, person: Person, post: Post) -> None:
        """Somebody keeps what she sealed, before it is sent."""
        honest = person.name in HONEST or (person.name == "eve" and not self.is_out("eve"))
        room = person.room(self.case)
        contents = [parse_full(row.form, row.bytes) for row in post.rows]
        self.signed.setdefault(person.name, set()).update(row_id(each) for each in contents)
        if honest and room is not None:
            self._sealed(room, contents)

    def posted(self, name: str, post: Post) -> None:
        """Bytes have come to the server, and so to everybody who helps it."""
        ids = {row_id(parse_full(row.form, row.bytes)) for row in post.rows}
        self.signed.setdefault(name, set()).update(ids)
        for knower in self.knowers.values():
            knower.learn(post)

    def _sealed(self, room: Room, contents: Iterable[Content]) -> None:
        inside = {row.wid for row in room.roster.mem} if room.state.current else set[Wid]()
        for each in contents:
            if isinstance(each, Statement):
                if isinstance(each.body, Roster):
                    inside = {row.wid for row in each.body.mem}
                continue
            header = each.header
            if isinstance(header, DkHeader):
                continue
            if each.eid not in self.barred:
                few = self.for_few and isinstance(header, SumHeader)
                self.barred[each.eid] = self._barred(room, inside) | (FEW if few else set())
                self.texts[each.eid] = open_text(each, room.docs[header.d, header.g])

    def _barred(self, room: Room, inside: set[Wid]) -> set[str]:
        out = {name for name in WATCHED if name in {"stranger", "server"}}
        out |= {name for wid, name in self.names.items() if wid not in inside}
        out |= {end.name for end in self.ends if self._saw(room, end)}
        return out & set(WATCHED)

    def _saw(self, room: Room, end: End) -> bool:
        if end.leaf is not None and room.session.council.log.holds(end.leaf):
            return True
        return end.row is not None and end.row in room.feed.contents

    def is_out(self, name: str) -> bool:
        """Tell whether somebody was sent away at all."""
        return any(end.name == name for end in self.ends)

    # --- what must hold ------------------------------------------------------------------------

    def check(self, people: Iterable[Person]) -> None:
        """Look at everybody's real client and at everybody's real keys."""
        for person in people:
            if person.name not in HONEST:
                continue
            self._check_pins(person.vault.saved)
            room = person.room(self.case)
            if room is not None:
                self._check_room(person, room)
        self._check_closed()

    def _check_closed(self) -> None:
        """I1, I3, I6: nobody opens what its author, by all she had seen, kept from them."""
        for eid, names in self.barred.items():
            for name in names:
                opened = eid in self.knowers[name].opened
                require("I3 closed to whoever was sent away", holds=not opened, who=name)

    def _check_pins(self, saved: list[Contents]) -> None:
        """Pins never go back, nor to another history; each pair is looked at once."""
        for before, after in pairwise(saved):
            self._check_room_pin(before.room(self.case), after.room(self.case))
            old, new = before.id, after.id
            if old is not None and new is not None:
                shrunk = new.n < old.n or (new.n == old.n and new.r != old.r)
                require("pin of the log goes forward", holds=not shrunk, was=old.n, now=new.n)
            if before.ops is not None and after.ops is not None:
                require("pin of ops goes forward", holds=after.ops.n >= before.ops.n)
        del saved[:-1]

    def _check_room_pin(self, old: RoomKeys, new: RoomKeys) -> None:
        forward = (new.seq, new.n) >= (old.seq, old.n) and new.seq >= old.seq
        require("pin of the room goes forward", holds=forward, was=old.seq, now=new.seq)
        if old.fh is not None and new.fh is not None and new.fh in self.parents:
            known = Hash(old.fh) in set(self._before(Hash(new.fh)))
            require("pin of the room keeps its history", holds=known, was=old.seq, now=new.seq)

    def _before(self, fh: Hash) -> Iterator[Hash]:
        at: Hash | None = fh
        while at is not None:
            yield at
            at = self.parents.get(at)

    def _check_room(self, person: Person, room: Room) -> None:
        names = self._check_records(person, room)
        if room.halted is None:
            self._check_heads(room)
            self._check_history(room)
        for eid, text in room.texts.items():
            if eid in self.texts:
                require("I4 words as their author wrote them", holds=self.texts[eid] == text)
            elif eid in names and eid not in self.old and not isinstance(text, DkText):
                honest = names[eid] in HONEST
                require("I4 words of their author", holds=not honest, author=names[eid])

    def _check_records(self, person: Person, room: Room) -> dict[Hash, str]:
        """I4, I2: whoever is shown as author signed it, once, in her order, on my history."""
        seen, last = set[Hash](), dict[str, tuple[int, Hash | None]]()
        authors = dict[Hash, str]()
        for record in room.feed.room.records:
            if record.code is Code.EQUIVOCATION:
                require(
                    "I2 a row of another history halts",
                    holds=room.halted is not None,
                    who=person.name,
                    seq=record.seq,
                )
            self._check_epoch(room, record, who=person.name)
            if record.code is not None or record.author is None:
                continue
            name = self.dids.get(record.author, "nobody")
            authors[record.id] = name
            require("I4 once", holds=record.id not in seen, seq=record.seq, author=name)
            seen.add(record.id)
            mine = name not in HONEST or record.id in self.signed.get(name, ())
            require("I4 signed by its author", holds=mine, seq=record.seq, author=name)
            self._check_standing(room, record, name)
            content = room.feed.contents.get(record.id)
            if content is not None:
                self._check_place(room, record.seq, content)
            if isinstance(content, Sealed):
                header = content.header
                follows = (header.n, header.p) == last.get(name, (1, None))
                gaps = room.feed.room.has_gaps
                require("I4 in order", holds=follows or gaps, seq=record.seq, author=name)
                last[name] = (header.n + 1, content.eid)
        return authors

    def _check_standing(self, room: Room, record: Record, name: str) -> None:
        """Nobody speaks after her end."""
        row = room.state.idns[record.seq]
        places = room.session.council.log.leaves
        for end in self.ends:
            if end.name != name or end.leaf is None:
                continue
            held = [i for i, h in enumerate(room_hashes(room)) if h == end.leaf]
            after = bool(held) and held[0] < row <= len(places)
            require("I3 nothing signed after a revocation", holds=not after, author=name)
        if record.kind in {"note", "sum", "dk", "op", "ev"}:
            entry = [each for each in room.state.rosters if each.seq <= record.seq][-1]
            inside = any(self.names.get(r.wid) == name for r in entry.body.mem)
            require("I4 written by a member", holds=inside, author=name, seq=record.seq)

    def _check_epoch(self, room: Room, record: Record, *, who: str) -> None:
        """I2: an honest member's row under a roster that I was not shown halts."""
        content = room.feed.contents.get(record.id)
        if room.halted is not None or not isinstance(content, Sealed):
            return
        name = self.dids.get(device_of(room.state.directory, content.header.dev))
        if name in HONEST and record.id in self.signed.get(name, ()):
            held = [each.body.n for each in room.state.rosters if each.seq <= record.seq]
            known = content.header.e in held
            require("I2 no roster is kept back", holds=known, who=who, seq=record.seq)

    def _check_place(self, room: Room, seq: int, content: Content) -> None:
        """I2: what an accepted row names as past is my past."""
        point, head = _named(content)
        if room.halted is None and point is not None:
            same = point[0] < seq and room.state.fhs[point[0]] == point[1]
            require("I2 one history behind an accepted row", holds=same, at=point[0])
        if head is not None and room.halted is None:
            same = room.state.log_root(head.n) == head.r
            require("I2 one log behind an accepted row", holds=same, at=head.n)

    def _check_heads(self, room: Room) -> None:
        """Two words of the server that cannot both be true halt the room."""
        heard = [(each.seq, each.fh) for each in room.feed.heard]
        for seq, fh in heard:
            if seq <= room.state.seq:
                require("heads agree with rows", holds=room.state.fhs[seq] == fh, seq=seq)
            require("heads agree", holds=all(f == fh for s, f in heard if s == seq), seq=seq)

    def _check_history(self, room: Room) -> None:
        """One hash, one row; and rosters bring in nobody whom the chair did not bring in."""
        for seq, fh in enumerate(room.state.fhs[1:], start=1):
            row = self.rows.get(Hash(fh))
            held = row is None or room.state.ids.get(row) == seq or self._is_again(room, row)
            require("I2 one row behind one hash", holds=held, seq=seq)
        for before, after in pairwise(room.state.rosters):
            old = {self.names.get(row.wid, "nobody") for row in before.body.mem}
            new = {self.names.get(row.wid, "nobody") for row in after.body.mem}
            require("I1 nobody is brought in by others", holds=new - old <= self.admitted)
            author = self.dids.get(after.signer.did)
            if author not in HONEST:
                lost = {name for name in old - new if not self.is_out(name)}
                require("I1 nobody is thrown out by others", holds=not lost, lost=lost)

    def _is_again(self, room: Room, row: Hash) -> bool:
        return row in room.state.ids  # a replayed row is counted at its last place


def room_hashes(room: Room) -> list[bytes]:
    """Leaf hashes of the log that a room is judged by."""
    return [leaf_hash(leaf) for leaf in room.session.council.log.leaves]


def _named(content: Content) -> tuple[FeedPoint | None, LogHead | None]:
    """The row and the log head that a signed thing names as past."""
    if isinstance(content, Sealed):
        header: Header = content.header
        return header.f, None
    match content.body:
        case Roster() | Grant():
            return content.body.fd, content.body.lh
        case Sect() | Ack():
            return content.body.fd, None
        case Meet():
            return (content.body.seq, content.body.fh), content.body.lh
        case _:
            return None, None
