"""A server in memory below the client's seam: honest until a lie is set for somebody.

It holds what a real one holds: every byte, its own signing keys, no key of a person. Rows
are judged by the real server's `plan`.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from audit import checkpoint as checkpoints
from audit import merkle, note
from conference.fold import Live
from conference.usecases import parse_batch
from conference.visibility import view_of
from crypto.errors import Code, Refused
from crypto.hashing import sha256
from protocol import codec, envelope
from protocol.ids import Blob, CaseId, Digest, Hash, Id, NetId, Nonce, RowHash, Wid
from protocol.payloads import Head, LeafHashes, Payload, Receipt
from protocol.shapes import Closed
from protocol.statement import compose, sign, to_dsse
from protocol.times import Instant
from protocol.wire import (
    Admit,
    BlobOut,
    Challenge,
    Challenged,
    Done,
    Frame,
    Headed,
    IdHead,
    LogPage,
    NameRow,
    Names,
    Post,
    Proof,
    Push,
    Read,
    Receipted,
    Rows,
    SealingKeys,
    Served,
    SignedIn,
    Sub,
    Subbed,
)
from sdk.transport import Query
from tests.lying.clock import Drawn
from tests.lying.line import Ledger, Line, Stored
from tests.lying.town import OPS_ORIGIN, Town, log_signer, salt_of, sealing_key
from tests.world import signing_key

LIMIT: Final = 16 * 1024 * 1024
Bend = Callable[[Closed], Closed]
"""Turns an honest answer into a lie."""


@dataclass(slots=True)
class Mood:
    """What is held ready for one person."""

    line: int = 0
    rows: int | None = None  # shows no row beyond
    leaves: int | None = None  # shows no leaf beyond
    deaf: int = 0  # so many requests do not arrive
    mute: int = 0  # so many arrive, and their answers do not
    bends: dict[type[Closed], Bend] = field(default_factory=dict[type[Closed], Bend])
    queue: deque[tuple[str, bytes]] = field(default_factory=deque[tuple[str, bytes]])


class Server:
    """Histories, people's moods, and the routes that a client uses."""

    def __init__(
        self, town: Town, *, case: CaseId, now: Callable[[], Instant], ledger: Ledger
    ) -> None:
        """Begin with one history."""
        self.town: Final = town
        self.net: Final = NetId(town.world.net)
        self.case = case
        self.now: Final = now
        self.lines: Final = [Line(net=self.net, case=case, ledger=ledger)]
        self.moods: Final = {name: Mood() for name in town.people}
        self.bundles: Final[dict[Digest, bytes]] = {}
        self.ops: Final[list[bytes]] = []
        self.listening: Final[set[str]] = set()
        self.draw: Final = Drawn("server")
        self.srv: Final = signing_key("srv")
        self.posted: Callable[[str, Post], None] = lambda _name, _post: None
        self._given: Final[dict[tuple[int, tuple[Hash, ...]], Receipted]] = {}
        self._eks: Final = {
            Digest(Hash(sha256(ek))): ek for name in town.people if (ek := sealing_key(name).public)
        }

    def rename(self, case: CaseId) -> None:
        """Serve another case: its id is known only once its founder has drawn it."""
        self.case = case
        self.lines[:] = [Line(net=self.net, case=case, ledger=self.lines[0].ledger)]

    # --- signed words ----------------------------------------------------------------------

    def signed(self, body: Payload) -> Blob:
        """Sign something as the server."""
        made = compose(body)
        return Blob(to_dsse(made, [sign(made, self.srv)]))

    def head(self, line: Line, seq: int, *, fh: Hash | None = None, idn: int | None = None) -> Blob:
        """A signed head; honest unless told otherwise."""
        return self.signed(
            Head(
                net=self.net,
                nce=Nonce(Id(self.draw(16))),
                iat=self.now(),
                case=self.case,
                seq=seq,
                fh=RowHash(fh or line.fh(seq)),
                idn=line.ledger.size if idn is None else idn,
            )
        )

    def _receipt(
        self, line: Line, ids: Sequence[Hash], leaves: Sequence[bytes], *, room: bool
    ) -> Receipted:
        entry = self._entry()
        state = line.room.state
        body = Receipt(
            net=self.net,
            nce=Nonce(Id(self.draw(16))),
            iat=self.now(),
            case=self.case if room else None,
            seq=state.seq if room else None,
            ids=tuple(Digest(each) for each in ids),
            fh=state.fh if room else None,
            idn=line.ledger.size - len(leaves) if room else line.ledger.size,
            leaves=LeafHashes(
                id=tuple(Digest(Hash(each)) for each in leaves), ops=(Digest(Hash(entry)),)
            ),
        )
        return Receipted(rcpt=self.signed(body))

    def _entry(self) -> bytes:
        self.ops.append(merkle.leaf_hash(self.draw(32)))
        return self.ops[-1]

    # --- who sees what -----------------------------------------------------------------------

    def line(self, name: str) -> Line:
        """The history told to somebody."""
        return self.lines[self.moods[name].line]

    def seen(self, name: str) -> int:
        """The last row shown to somebody."""
        line, mood = self.line(name), self.moods[name]
        return len(line.rows) if mood.rows is None else min(mood.rows, len(line.rows))

    def frame(self, name: str, stored: Stored, *, pushed: bool) -> Frame:
        """A row in the view that its reader may have."""
        line, did = self.line(name), self.town.people[name].dev.did
        record = line.room.records[stored.row.seq - 1]
        view = view_of(line.room, line.room.willing(self.now()), record, did)
        full = framed(stored)
        if view == "skel":
            return replace(full, view="skel", bytes=None)
        if stored.form == "stm" or (view == "full" and pushed):
            return full
        return bare(full)

    def tell(self, line: Line, stored: Sequence[Stored]) -> None:
        """Queue a push for everybody of a history."""
        members = line.members()
        for name in sorted(self.listening):
            mine = self.line(name) is line and self.moods[name].rows is None
            if mine and self.town.people[name].dev.did in members:
                frames = tuple(self.frame(name, each, pushed=True) for each in stored)
                push = Push(case=self.case, frames=frames)
                self.moods[name].queue.append(("push", codec.encode(push)))

    def tell_log(self, line: Line) -> None:
        """Queue the news that the identity log grew."""
        for name in sorted(self.listening):
            if self.line(name) is line:
                news = codec.encode(IdHead(size=line.ledger.size))
                self.moods[name].queue.append(("idhead", news))

    def push_head(self, name: str, raw: Blob) -> None:
        """Queue a head for somebody."""
        self.moods[name].queue.append(("head", codec.encode(Headed(head=raw))))

    # --- routes ------------------------------------------------------------------------------

    def answer(self, name: str, path: str, body: bytes | None, query: Query | None) -> bytes:
        """Answer one request of one person."""
        mood = self.moods[name]
        if mood.deaf:
            mood.deaf -= 1
            raise Refused(Code.UNAVAILABLE, why="network")
        answer = self._route(name, path.removeprefix("/v1/town/"), body or b"", dict(query or {}))
        if mood.mute:
            mood.mute -= 1
            raise Refused(Code.UNAVAILABLE, why="network")
        if isinstance(answer, bytes):
            return answer
        return self._said(name, answer)

    def _said(self, name: str, answer: Closed) -> bytes:
        """An answer as it leaves: bent once, if a lie was waiting for it."""
        bend = self.moods[name].bends.pop(type(answer), None)
        return codec.encode(answer if bend is None else bend(answer))

    def _route(self, name: str, path: str, body: bytes, query: Mapping[str, str]) -> Closed | bytes:
        match path.split("/"):
            case ["auth", *rest]:
                return self._sign_in(name) if not rest else self._challenge(body)
            case ["log", "id"]:
                return self._page(name, int(query["start"]), int(query["limit"]))
            case ["log", "ops", *rest]:
                return self._ops(rest, query)
            case ["admit"]:
                return self._admit(name, codec.decode(body, Admit, limit=LIMIT))
            case ["cases", "reserve"]:
                return Done()
            case ["cases", _, what]:
                return self._room(name, what, body, query)
            case _:
                raise Refused(Code.UNKNOWN_ID)

    def _challenge(self, body: bytes) -> Challenged:
        codec.decode(body, Challenge, limit=LIMIT)
        return Challenged(nonce=Hash(self.draw(32)), time=int(self.now()))

    def _sign_in(self, name: str) -> SignedIn:
        did, until = self.town.people[name].dev.did, self.now().plus(600_000)
        return SignedIn(token="t", expires=int(until), time=int(self.now()), did=did)

    def answer_list(self, name: str, path: str, pairs: Sequence[tuple[str, str]]) -> bytes:
        """Answer a question with repeated parameters."""
        return self._said(name, self._listed(path, pairs))

    def _listed(self, path: str, pairs: Sequence[tuple[str, str]]) -> Closed:
        if path.endswith("eks"):
            hashes = [Digest(Hash(codec.from_b64u(each))) for _, each in pairs]
            return SealingKeys(eks=tuple(Blob(self._eks[each]) for each in hashes))
        wids = {each for _, each in pairs}
        people = self.town.people.items()
        return Names(
            names=tuple(
                NameRow(wid=staff.wid, name=who, salt=salt_of(who))
                for who, staff in people
                if staff.wid.hex() in wids
            )
        )

    def _room(self, name: str, what: str, body: bytes, query: Mapping[str, str]) -> Closed:
        match what:
            case "post":
                return self._post(name, codec.decode(body, Post, limit=LIMIT))
            case "read":
                return self._read(name, codec.decode(body, Read, limit=LIMIT))
            case "sub":
                start = codec.decode(body, Sub, limit=LIMIT).start
                rows = self._rows(name, start, pushed=True)
                self.listening.add(name)
                return Subbed(frames=rows.frames, head=rows.head, live=())
            case _:
                return self._rows(name, int(query["start"]), pushed=False)

    # --- the identity log --------------------------------------------------------------------

    def _page(self, name: str, start: int, limit: int) -> LogPage:
        ledger, mood = self.line(name).ledger, self.moods[name]
        size = ledger.size if mood.leaves is None else min(mood.leaves, ledger.size)
        end = min(size, start + limit)
        statements = ledger.statements[start:end]
        return LogPage(
            start=start,
            leaves=tuple(Blob(leaf) for leaf in ledger.leaves[start:end]),
            statements=tuple(None if raw is None else Blob(raw) for raw in statements),
            checkpoint=ledger.checkpoint(size),
        )

    def _admit(self, name: str, admit: Admit) -> Receipted:
        line = self.line(name)
        leaf = line.ledger.add(bytes(admit.statement), t=self.now())
        sid = line.ledger.leaves[-1][13:45]
        self.tell_log(line)
        return self._receipt(line, [Hash(sid)], [leaf], room=False)

    def _ops(self, rest: Sequence[str], query: Mapping[str, str]) -> Closed | bytes:
        def range_root(part: tuple[int, int]) -> bytes:
            return merkle.root(self.ops[part[0] : part[1]])

        if rest == ["checkpoint"]:
            size = len(self.ops)
            root = merkle.root(self.ops)
            made = checkpoints.Checkpoint(origin=OPS_ORIGIN, size=size, root=root)
            return note.sign(made.text, log_signer(OPS_ORIGIN))
        if rest[-1] == "consistency":
            old, size = int(query["from"]), int(query["to"])
            path = merkle.prove(merkle.consistency_ranges(old=old, size=size), range_root)
            return Proof(index=None, size=size, hashes=_digests(path))
        leaf, size = codec.from_b64u(query["hash"]), int(query["size"])
        if leaf not in self.ops[:size]:
            raise Refused(Code.NOT_LOGGED)
        index = self.ops.index(leaf)
        path = merkle.prove(merkle.inclusion_ranges(index=index, size=size), range_root)
        return Proof(index=index, size=size, hashes=_digests(path))

    # --- the room ------------------------------------------------------------------------------

    def _require_member(self, name: str) -> None:
        line = self.line(name)
        if line.room.state.current and self.town.people[name].dev.did not in line.members():
            raise Refused(Code.NOT_MEMBER)

    def _rows(self, name: str, start: int, *, pushed: bool) -> Rows:
        self._require_member(name)
        line, seen = self.line(name), self.seen(name)
        frames = [self.frame(name, each, pushed=pushed) for each in line.rows[start - 1 : seen]]
        idn = line.idn(seen) if self.moods[name].rows is not None else None
        return Rows(frames=tuple(frames), head=self.head(line, seen, idn=idn))

    def _read(self, name: str, asked: Read) -> Served:
        self._require_member(name)
        line = self.line(name)
        wanted = {bytes(each) for each in asked.ids}
        found = [
            self.frame(name, each, pushed=True)
            for each in line.rows[: self.seen(name)]
            if bytes(each.row.id) in wanted
        ]
        bundles = [
            BlobOut(h=digest, bytes=Blob(data))
            for digest, data in self.bundles.items()
            if bytes(digest) in wanted
        ]
        return Served(
            frames=tuple(found), bundles=tuple(bundles), entry=Digest(Hash(self._entry()))
        )

    def _post(self, name: str, post: Post) -> Receipted:
        line, did = self.line(name), self.town.people[name].dev.did
        self.posted(name, post)
        batch = parse_batch(post)
        if all(each in line.room.state.ids for each in batch.ids):
            held = self._given.get((self.lines.index(line), batch.ids))
            return held or self._receipt(line, batch.ids, (), room=True)
        live = Live(now=self.now(), author=did, present=self._everybody(line))
        self.bundles.update(batch.bundles)
        rows, leaves = line.commit(batch, live=live)
        if leaves:
            self.tell_log(line)
        answer = self._receipt(line, batch.ids, leaves, room=True)
        self._given[self.lines.index(line), batch.ids] = answer
        self.tell(line, rows)
        return answer

    def _everybody(self, line: Line) -> frozenset[Wid]:
        current = line.room.state.current
        return frozenset(row.wid for row in current.body.mem) if current else frozenset()


def framed(stored: Stored) -> Frame:
    """A whole row."""
    row = stored.row
    return Frame(
        seq=row.seq,
        id=row.id,
        sg=row.sg,
        idn=row.idn,
        fh=row.fh,
        form="env" if stored.form == "env" else "stm",
        view="full",
        bytes=Blob(stored.data),
    )


def bare(full: Frame) -> Frame:
    """An envelope without its ciphertext."""
    if full.bytes is None:
        return full
    return replace(full, view="bare", bytes=Blob(envelope.parse(full.bytes).bare()))


def _digests(path: Sequence[bytes]) -> tuple[Digest, ...]:
    return tuple(Digest(Hash(each)) for each in path)
