"""The identity log, replicated whole: leaves recomputed, checkpoint verified (sections 5.2a, 7, 8).

The root over every size up to the verified one can be told; so what members name in `lh` is
compared with what this client computed itself.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from audit import checkpoint as checkpoints
from audit import merkle
from audit.note import Verifier
from crypto.errors import Code, Refused
from protocol import replica
from protocol.derived import scope_id
from protocol.directory import Directory
from protocol.ids import ZERO_ID, CaseId, Digest, Hash, NetId, Sid
from protocol.leaf import Leaf
from protocol.payloads import LogHead, Root
from protocol.statement import Statement, parse
from protocol.times import MINUTE, Instant
from protocol.wire import LogPage
from sdk.contents import LogPin
from sdk.transport import Http

PAGE: Final = 256
_SLACK: Final = 10 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fetched:
    """Leaves beyond those held, with their statements, up to a checkpoint."""

    leaves: list[bytes]
    statements: list[bytes | None]
    checkpoint: str


class IdLog:
    """The replica; `directory` is what the verified leaves say."""

    def __init__(self, *, http: Http, net: NetId | None, pin: LogPin | None = None) -> None:
        """Without `net` the first root is taken as found, and must be checked by the caller."""
        self._http = http
        self._pin = pin
        self._leaves: list[bytes] = []
        self._hashes: list[bytes] = []
        self._places: dict[bytes, int] = {}
        self._statements: list[bytes | None] = []
        self._roots: dict[int, Digest] = {}
        self._growing = asyncio.Lock()
        self._looked: dict[CaseId, int] = {}  # leaves below were looked at and are complete
        self.net = net
        self.directory = Directory()
        self.checkpoint: bytes = b""
        self.headers: Mapping[str, str] = {}

    # --- what is held ------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """Number of verified leaves."""
        return len(self._leaves)

    @property
    def leaves(self) -> Sequence[bytes]:
        """The verified leaves."""
        return self._leaves

    @property
    def statements(self) -> Sequence[bytes | None]:
        """The statement behind each leaf, as far as this client may see it."""
        return self._statements

    def log_root(self, n: int) -> Digest | None:
        """Root over the first `n` leaves; None beyond what was verified."""
        return None if n > self.size else self._root_over(n)

    def _root_over(self, n: int) -> Digest:
        if n not in self._roots:
            self._roots[n] = Digest(Hash(merkle.root(self._hashes[:n])))
        return self._roots[n]

    def head(self) -> LogHead:
        """Size and root, as statements name them; NOT_LOGGED before the first sync."""
        if self.size == 0:
            raise Refused(Code.NOT_LOGGED)
        return LogHead(n=self.size, r=self._root_over(self.size))

    def holds(self, leaf_hash: bytes) -> bool:
        """Tell whether a leaf with this hash stands in the verified log."""
        return leaf_hash in self._places

    def root(self) -> Root:
        """The newest root of trust."""
        return self.directory.root(self.size)

    # --- growing -----------------------------------------------------------------------------

    async def sync(self, now: Instant) -> bool:
        """Fetch and verify what is new; tell whether the log grew.

        Nothing is taken unless all of it fits the signed checkpoint.

        Raises:
            Refused: WRONG_NET, UNTRUSTED or BAD_SIG of the checkpoint, BAD_PROOF, ROLLBACK,
                EQUIVOCATION, CLOCK.
        """
        async with self._growing:
            return await self._grow(now)

    async def _grow(self, now: Instant) -> bool:
        fetched = await self._fetch()
        if fetched is None:
            return False
        statements = [_parsed(raw) for raw in fetched.statements]
        net, root = self._trusted(statements)
        verifiers = [Verifier.parse(vkey) for vkey in root.logs.id.vkeys]
        signed = checkpoints.open_signed(fetched.checkpoint.encode(), verifiers)
        hashes = [merkle.leaf_hash(leaf) for leaf in fetched.leaves]
        self._require_same_log(signed, hashes)
        leaves = [Leaf.parse(leaf) for leaf in fetched.leaves]
        self._require_times(leaves, now)
        _require_behind(leaves, statements)
        self.net = net
        for leaf, statement in zip(leaves, statements, strict=True):
            replica.append(self.directory, leaf, statement)
        self._keep(fetched, hashes)
        return bool(leaves)

    async def _fetch(self) -> _Fetched | None:
        leaves, statements = list[bytes](), list[bytes | None]()
        while True:
            page = await self._page(self.size + len(leaves), PAGE)
            leaves += page.leaves
            statements += page.statements
            if not page.checkpoint and not self.size:
                return None  # a council whose first checkpoint is being made
            size = checkpoints.parse(_text_of(page.checkpoint)).size
            if self.size + len(leaves) >= size or not page.leaves:
                break
        surplus = self.size + len(leaves) - size
        if surplus > 0:
            del leaves[-surplus:], statements[-surplus:]
        return _Fetched(leaves=leaves, statements=statements, checkpoint=page.checkpoint)

    async def _page(self, start: int, limit: int) -> LogPage:
        query = {"start": str(start), "limit": str(limit)}
        page = await self._http.get("log/id", LogPage, query=query, headers=self.headers)
        if page.start != start or len(page.leaves) != len(page.statements):
            raise Refused(Code.BAD_PROOF, why="page")
        return page

    def _trusted(self, statements: Sequence[Statement | None]) -> tuple[NetId | None, Root]:
        """Fingerprint, and the root whose keys sign the log: the newest held, or the very first."""
        if self.size:
            return self.net, self.root()
        first = statements[0] if statements else None
        if first is None or not isinstance(first.body, Root):
            raise Refused(Code.UNTRUSTED)
        found = NetId(first.sid)
        if self.net not in {None, found}:
            raise Refused(Code.WRONG_NET)
        return found, first.body

    def _require_same_log(self, signed: checkpoints.Checkpoint, new: Sequence[bytes]) -> None:
        """The checkpoint covers exactly what is held, and that only grew since the last pin."""
        known = max(self.size, self._pin.n if self._pin else 0)
        if signed.size < known:
            raise Refused(Code.ROLLBACK, size=signed.size, known=known)
        hashes = [*self._hashes, *new]
        if len(hashes) != signed.size:
            raise Refused(Code.BAD_PROOF, why="size")
        if merkle.root(hashes) != signed.root:
            raise Refused(Code.EQUIVOCATION, why="root")
        if self._pin and merkle.root(hashes[: self._pin.n]) != self._pin.r:
            raise Refused(Code.EQUIVOCATION, why="pin")

    def _require_times(self, leaves: Sequence[Leaf], now: Instant) -> None:
        """New leaves are from the time since the last sync."""
        pin = self._pin
        for index, leaf in enumerate(leaves, start=self.size):
            new = pin is not None and index >= pin.n
            before = new and pin is not None and leaf.t < pin.at - _SLACK
            if before or leaf.t > now + _SLACK:
                raise Refused(Code.CLOCK, leaf=index)

    def _keep(self, fetched: _Fetched, hashes: Sequence[bytes]) -> None:
        for index, each in enumerate(hashes, start=self.size):
            self._places[each] = index
        self._leaves += fetched.leaves
        self._hashes += hashes
        self._statements += fetched.statements
        self.checkpoint = fetched.checkpoint.encode()

    def pin(self, at: Instant) -> LogPin:
        """What to remember of this log."""
        head = self.head()
        return LogPin(n=head.n, r=head.r, at=int(at))

    # --- statements of a room ----------------------------------------------------------------

    def missing(self, case: CaseId) -> list[int]:
        """Leaves of this case whose statement this client does not hold."""
        start = self._looked.get(case, 0)
        fresh = enumerate(self._statements[start:], start=start)
        return [
            index
            for index, raw in fresh
            if raw is None and _is_of(Leaf.parse(self._leaves[index]), case)
        ]

    async def complete(self, case: CaseId) -> bool:
        """Fetch the statements behind every leaf of a case; tell whether any was new.

        A new one makes a new `directory`. Raises MISSING_STATEMENT while one is withheld.
        """
        async with self._growing:
            return await self._complete(case)

    async def _complete(self, case: CaseId) -> bool:
        missing = self.missing(case)
        for index in missing:
            page = await self._page(index, 1)
            raw = page.statements[0] if page.statements else None
            if raw is None:
                raise Refused(Code.MISSING_STATEMENT, leaf=index)
            _require_behind([Leaf.parse(self._leaves[index])], [_parsed(raw)])
            self._statements[index] = raw
        self._looked[case] = self.size
        if missing:
            self._rebuild()
        return bool(missing)

    def _rebuild(self) -> None:
        directory = Directory()
        for leaf, raw in zip(self._leaves, self._statements, strict=True):
            replica.append(directory, Leaf.parse(leaf), _parsed(raw))
        self.directory = directory

    def require_valid(self, sid: Sid) -> int:
        """Give the leaf index of a statement that stands in the log and broke no rule."""
        index = self.directory.statements.get(sid)
        if index is None:
            raise Refused(Code.NOT_LOGGED)
        flaw = self.directory.flaws.get(index)
        if flaw is not None:
            raise Refused(flaw)
        return index


def _parsed(raw: bytes | None) -> Statement | None:
    """Read a statement; one of a newer version is kept and counted, and authorises nothing."""
    try:
        return None if raw is None else parse(raw)
    except Refused as refusal:
        if refusal.code is not Code.UNKNOWN_TYPE:
            raise
        return None


def _require_behind(leaves: Sequence[Leaf], statements: Sequence[Statement | None]) -> None:
    """Demand that each statement at hand is the one that its leaf commits to: EQUIVOCATION."""
    for leaf, statement in zip(leaves, statements, strict=True):
        if statement is not None and statement.sid != leaf.sid:
            raise Refused(Code.EQUIVOCATION, why="statement")


def _is_of(leaf: Leaf, case: CaseId) -> bool:
    return leaf.scope != ZERO_ID and leaf.scope == scope_id(case=case, sid=leaf.sid)


def _text_of(checkpoint: str) -> bytes:
    """The text of a note, before anybody checked who signed it."""
    return checkpoint.partition("\n\n")[0].encode() + b"\n"
