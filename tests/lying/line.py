"""One history as a server tells it: an identity log and a room's feed. A fork makes a second."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from audit import checkpoint as checkpoints
from audit import merkle, note
from conference.content import Content, Sealed, parse_full, row_id
from conference.fold import Room, fold
from conference.room import Live
from conference.usecases import Batch, plan
from consent.register import load
from crypto.hashing import sha256
from protocol import replica
from protocol.basis import device_of
from protocol.directory import Directory
from protocol.feed import Row, feed_hash
from protocol.ids import CaseId, Did, Digest, Hash, Key, NetId
from protocol.leaf import Leaf, beat, leaf_for
from protocol.payloads import Basis, Withdraw
from protocol.room import RoomState
from protocol.statement import Statement, match, parse, signature_hash
from tests.lying.town import ID_ORIGIN, log_signer

REGISTER: Final = load()


class Ledger:
    """The identity log of one history."""

    def __init__(self) -> None:
        """Begin empty."""
        self.directory: Final = Directory()
        self.leaves: Final[list[bytes]] = []
        self.statements: Final[list[bytes | None]] = []
        self.hashes: Final[list[bytes]] = []

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self.leaves)

    def put(self, leaf: bytes, raw: bytes | None) -> None:
        """Append a leaf with what stands behind it."""
        self.leaves.append(leaf)
        self.statements.append(raw)
        self.hashes.append(merkle.leaf_hash(leaf))
        replica.append(self.directory, Leaf.parse(leaf), None if raw is None else parse(raw))

    def add(self, raw: bytes, *, t: int) -> bytes:
        """Log a statement with all its signatures; give the leaf's hash."""
        statement = parse(raw)
        keys = [*self.directory.by_dk, *self._other_keys()]
        sg = signature_hash(match(statement, keys))
        leaf = leaf_for(statement.body, sid=statement.sid, sg=sg, t=t)
        self.put(leaf.encode(), raw)
        return self.hashes[-1]

    def _other_keys(self) -> list[Key]:
        agencies = self.directory.agencies.values()
        return [key for chain in agencies for cert in chain.versions for key in cert.body.keys]

    def beat(self, t: int) -> None:
        """Say that time passed."""
        self.put(beat(t).encode(), None)

    def log_root(self, n: int) -> Digest | None:
        """Root over the first leaves."""
        return Digest(Hash(merkle.root(self.hashes[:n]))) if n <= self.size else None

    def checkpoint(self, size: int) -> str:
        """A signed checkpoint over the first leaves."""
        made = checkpoints.Checkpoint(
            origin=ID_ORIGIN, size=size, root=merkle.root(self.hashes[:size])
        )
        return note.sign(made.text, log_signer(ID_ORIGIN)).decode()

    @classmethod
    def of(cls, leaves: Sequence[bytes], statements: Sequence[bytes | None]) -> Self:
        """Make one from leaves."""
        made = cls()
        for leaf, raw in zip(leaves, statements, strict=True):
            made.put(leaf, raw)
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A row with its bytes."""

    row: Row
    form: str
    data: bytes


@dataclass(slots=True, kw_only=True)
class Line:
    """A history; `room` is folded as an honest reader would."""

    net: NetId
    case: CaseId
    ledger: Ledger
    rows: list[Stored] = field(default_factory=list[Stored])
    room: Room = field(init=False)

    def __post_init__(self) -> None:
        """Begin before the first row."""
        state = RoomState(
            net=self.net,
            case=self.case,
            directory=self.ledger.directory,
            log_root=self.ledger.log_root,
        )
        self.room = Room(state=state, register=REGISTER)

    def fork(self, *, rows: int, leaves: int) -> "Line":
        """A second history with the same beginning."""
        kept = self.rows[:rows]
        size = max([leaves, *(each.row.idn for each in kept)])
        ledger = Ledger.of(self.ledger.leaves[:size], self.ledger.statements[:size])
        made = Line(net=self.net, case=self.case, ledger=ledger)
        for each in kept:
            made.put(each)
        return made

    def put(self, stored: Stored) -> None:
        """Take a row as it is."""
        fold(self.room, stored.row, parse_full(stored.form, stored.data))
        self.rows.append(stored)

    # --- as an honest server ---------------------------------------------------------------

    def commit(self, batch: Batch, *, live: Live) -> tuple[list[Stored], list[bytes]]:
        """Judge a batch as the real server does; give its rows and new leaves of the log."""
        made = plan(self.room, batch, live=live, idn=self.ledger.size, devices=frozenset())
        new = [Stored(row=each.row, form=each.form, data=each.data) for each in made.rows]
        self.room = made.room
        self.rows += new
        return new, [
            self.ledger.add(each.data, t=live.now)
            for each in made.rows
            if isinstance(each.content, Statement) and isinstance(each.content.body, Withdraw)
        ]

    # --- as a liar -------------------------------------------------------------------------

    def force(self, form: str, data: bytes, *, idn: int | None = None) -> Stored:
        """Commit a row without judging it."""
        content = parse_full(form, data)
        state = self.room.state
        size = self.ledger.size if idn is None else idn
        seq, sg = state.seq + 1, self._sg(content)
        ident = row_id(content)
        fh = feed_hash(before=state.fh, seq=seq, row_id=ident, sg=sg, idn=size)
        row = Row(seq=seq, id=ident, sg=sg, idn=size, fh=fh)
        stored = Stored(row=row, form=form, data=data)
        self.put(stored)
        return stored

    def _sg(self, content: Content) -> Hash:
        directory = self.ledger.directory
        if isinstance(content, Sealed):
            if content.header.dev not in directory.chains:
                return Hash(sha256(content.env.sig))
            did = device_of(directory, content.header.dev)
            return Hash(content.env.sg(directory.devices[did].versions[0].body.dk))
        logged = directory.logged.get(content.sid)
        if logged is not None and isinstance(content.body, Basis):
            return signature_hash(logged.signatures)
        keys = directory.device_keys(each.keyid for each in content.signatures)
        return signature_hash(match(content, keys)[:1])

    def fh(self, seq: int) -> Hash:
        """Hash of the feed up to a row."""
        return Hash(self.room.state.fhs[seq])

    def idn(self, seq: int) -> int:
        """Log size that a row names."""
        return self.room.state.idns[seq]

    def members(self) -> set[Did]:
        """Devices of everybody in the roster."""
        owned = self.ledger.directory.owned
        return {did for row in self.room.state.roster.mem for did in owned.get(row.wid, ())}
