"""A council as this node knows it: the replica of its identity log, and what the server signs.

The replica grows leaf by leaf up to the newest checkpoint. Statements that were committed but
stand under no checkpoint yet are read too: what takes away counts at once, what gives waits.
"""

import asyncio
import bisect
from typing import Final

from audit import merkle
from audit.entry import Entry
from audit.store import AuditLog, SignedTree, Written
from crypto.entropy import Entropy
from crypto.errors import Code, Refused
from crypto.signing import SigningKey
from identity import model
from identity.model import Actor, Own, Stored
from identity.store import Challenges, Statements, WaitingRoom
from identity.usecases import require_live
from protocol import replica, statement
from protocol.directory import Directory, Signer
from protocol.ids import Blob, Digest, Hash, Id, Key, NetId, Nonce, Sid
from protocol.leaf import BEAT, Leaf
from protocol.payloads import Basis, Device, LeafHashes, Payload, Pledge, Receipt, Worker
from protocol.times import Instant
from protocol.wire import Receipted
from server.custody import LogKeys
from server.entries import Entries
from storage.pool import Pool

_PAGE: Final = 1000
_SETTLE: Final = 5.0  # seconds


class Council:
    """One council; `directory` holds its identity log up to `idn`."""

    def __init__(
        self,
        row: model.Council,
        *,
        pool: Pool,
        keys: LogKeys,
        srv: SigningKey,
        origin: str,
        wrapping: bytes,
        entropy: Entropy,
    ) -> None:
        self.id: Final = row.id
        self.slug: Final = row.slug
        self.keys: Final = keys
        self.log: Final = AuditLog(pool, council=row.id)
        self.statements: Final = Statements(pool, council=row.id)
        self.waiting: Final = WaitingRoom(pool, council=row.id)
        self.challenges: Final = Challenges(pool, council=row.id)
        self.entries: Final = Entries(self.log, council=row.id, wrapping=wrapping, entropy=entropy)
        self.own: Final = Own(srv=Key(Hash(srv.public)), origin=origin, logs=keys.origins)
        self.directory: Final = Directory()
        self.rev = 0  # statements taken in, logged or not
        self.logged_rev = 0  # those in the directory
        self.leaves: Final[list[bytes]] = []
        self.admitting: Final = asyncio.Lock()
        self._srv: Final = srv
        self._entropy: Final = entropy
        self._tree: SignedTree | None = None
        self._frontier = merkle.Frontier()
        self._roots: Final = [Digest(Hash(merkle.EMPTY_ROOT))]
        self._held: Final[dict[Sid, Stored]] = {}
        self._unlogged: Final[dict[Sid, None]] = {}  # in the order of their commit
        self._behind: Final[list[Sid | None]] = []
        self._ends: Final[list[Instant]] = []  # ascending
        self._syncing: Final = asyncio.Lock()
        self._moved = asyncio.Event()

    # --- the replica -------------------------------------------------------------------------

    @property
    def idn(self) -> int:
        """Size of the newest checkpoint of the identity log that was taken in."""
        return 0 if self._tree is None else self._tree.size

    @property
    def checkpoint(self) -> bytes:
        """The signed note of that size; empty before the first."""
        return b"" if self._tree is None else self._tree.note

    @property
    def net(self) -> NetId:
        """The council's fingerprint; UNTRUSTED before its first root is logged."""
        if self.directory.net is None:
            raise Refused(Code.UNTRUSTED)
        return self.directory.net

    @property
    def origin(self) -> str:
        """Origin that signed requests name."""
        return self.own.origin

    def log_root(self, n: int) -> Digest | None:
        """Root of the identity log at a size; None beyond the newest checkpoint."""
        return self._roots[n] if 0 <= n <= self.idn else None

    def held(self, sid: Sid) -> Stored | None:
        """A committed statement, logged or not."""
        return self._held.get(sid)

    def behind(self, index: int) -> Stored | None:
        """The statement behind a leaf; None for a beat."""
        sid = self._behind[index]
        return None if sid is None else self._held[sid]

    async def sync(self) -> None:
        """Take in what was committed and checkpointed since."""
        async with self._syncing:
            # In this order: no leaf is then met before the statement behind it.
            tree = await self.log.newest_checkpoint("id")
            await self._read_statements()
            if tree is not None and tree.size > self.directory.size:
                await self._read_leaves(tree.size)
                self._moved.set()
                self._moved = asyncio.Event()
            self._tree = tree
            # Only now: what a revocation ends must be in the directory to be ended.
            for sid in self._unlogged:
                replica.heed(self.directory, model.revive(self._held[sid]))

    async def settled(self) -> None:
        """Wait until every committed statement is in the directory; UNAVAILABLE after 5 s."""
        try:
            async with asyncio.timeout(_SETTLE):
                await self.sync()
                while self.logged_rev < self.rev:
                    await self._moved.wait()
        except TimeoutError as error:
            raise Refused(Code.UNAVAILABLE) from error

    async def _read_statements(self) -> None:
        while fresh := await self.statements.after(self.rev, limit=_PAGE):
            for stored in fresh:
                self._held[stored.sid] = stored
                self._unlogged[stored.sid] = None
            self.rev = fresh[-1].rev

    async def _read_leaves(self, size: int) -> None:
        while self.directory.size < size:
            missing = min(_PAGE, size - self.directory.size)
            for raw in await self.log.leaves("id", start=self.directory.size, limit=missing):
                self._take(raw)
            await asyncio.sleep(0)  # a long log must not stop the others

    def _take(self, raw: bytes) -> None:
        leaf = Leaf.parse(raw)
        stored = None if leaf.kind == BEAT else self._held[leaf.sid]
        self.leaves.append(raw)
        self._behind.append(None if stored is None else stored.sid)
        self._frontier = self._frontier.append([merkle.leaf_hash(raw)])
        self._roots.append(Digest(Hash(self._frontier.root())))
        found = None if stored is None else model.revive(stored)
        replica.append(self.directory, leaf, found)
        if stored is not None and found is not None:
            self.logged_rev = stored.rev
            self._unlogged.pop(stored.sid, None)
            for end in _ends(found.body):
                bisect.insort(self._ends, end)

    # --- who acts ----------------------------------------------------------------------------

    def require_live(self, actor: Actor) -> Signer:
        """The signed-in device's owner: UNTRUSTED, EXPIRED or REVOKED once it ended."""
        return require_live(self.directory, actor.device)

    def next_end(self, after: int) -> Instant | None:
        """The first instant after a time at which something in the log ends."""
        place = bisect.bisect_right(self._ends, after)
        return self._ends[place] if place < len(self._ends) else None

    # --- what the server writes and signs ----------------------------------------------------

    async def write(self, entry: Entry) -> Written:
        """Make the leaf of an entry under the audit key of its case, or of the council."""
        return (await self.entries.write(entry)).written

    def receipt(self, stored: Stored) -> Receipted:
        """Promise again what was promised when a statement was committed."""
        leaf = Digest(Hash(merkle.leaf_hash(stored.leaf)))
        body = Receipt(
            net=self.directory.net or NetId(stored.sid),  # the first root is not logged yet
            nce=Nonce(Id(self._entropy(Id.SIZE))),
            iat=Instant.of(stored.at),
            case=None,
            seq=None,
            ids=(Digest(stored.sid),),
            fh=None,
            idn=self.idn,
            leaves=LeafHashes(id=(leaf,), ops=()),
        )
        return Receipted(rcpt=Blob(self.sign(body)))

    def sign(self, body: Payload) -> bytes:
        """Sign a receipt or head with the server's key; answers DSSE bytes."""
        made = statement.written(body)
        return statement.to_dsse(made, [statement.sign(made, self._srv)])


def _ends(body: Payload) -> list[Instant]:
    """The instants at which something that a room depends on ends by itself."""
    match body:
        case Worker() | Device():
            return [body.exp]
        case Pledge():
            return [body.until]
        case Basis():
            return [body.until] if body.rev is None else [body.until, body.rev]
        case _:
            return []
