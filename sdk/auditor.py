"""What an auditor does: ask, verify every answer against the log, take both logs away (15.7)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Final

from audit import checkpoint as checkpoints
from audit import entry as entries
from audit import merkle, tiles
from audit.entry import Opening
from audit.export import FolderWriter
from audit.note import Verifier
from crypto.errors import Code, Fact, Refused
from protocol.ids import Aid, CaseId, Did, Hash, Id, Sid, Wid
from protocol.times import SECOND, Instant
from protocol.wire import Answered, EntryOut, Query
from sdk.session import Session

PATIENCE: Final = 60 * SECOND
PAGE: Final = 500
_STEP: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry as it was opened and checked; what could not be opened is None or empty."""

    index: int
    at: Instant
    kind: str
    reason: str
    actor: Wid | None
    case: CaseId | None
    to: tuple[Did, ...]
    purpose: str | None
    basis: Sid | None
    objects: tuple[bytes, ...]
    bound: tuple[Hash, ...]
    openings: tuple[Opening, ...]

    @property
    def is_delivery(self) -> bool:
        """Tell whether devices were given something."""
        return bool(self.to) and not self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class OpsCopy:
    """All leaves of `ops` under a verified checkpoint."""

    leaves: tuple[bytes, ...]
    checkpoint: bytes
    vkey: str


class Auditor:
    """A signed-in auditor; her session never holds a room."""

    def __init__(self, session: Session) -> None:
        """`session` is of a worker with the cap audit."""
        self._session: Final = session

    # --- asking ------------------------------------------------------------------------------

    async def ask(self, purpose: str, *params: str) -> tuple[Line, ...]:
        """Ask, and check that every answer and the question itself stand in the log.

        Raises:
            Refused: The server's refusal; BAD_PROOF for an answer that is not in the log;
                NOT_LOGGED when the question is not there after 60 s.
        """
        found, last = list[EntryOut](), ""
        while True:
            answer = await self._once(purpose, (*_padded(purpose, params), last))
            found += answer.entries
            indices = [each.index for each in answer.entries if each.index is not None]
            if len(answer.entries) < PAGE or not indices:
                break
            last = str(max(indices))
        copy = await self._holding(answer.entry)
        return tuple(_line(each, copy) for each in found if each.index is not None)

    async def _once(self, purpose: str, params: Sequence[str]) -> Answered:
        return await self._session.ask_once(
            "audit/query", lambda: self._query(purpose, params), Answered
        )

    def _query(self, purpose: str, params: Sequence[str]) -> Query:
        signed = self._session.asking(None, purpose, [each.encode() for each in params])
        return Query(purpose=purpose, params=tuple(params), **signed)

    async def _holding(self, leaf: bytes) -> OpsCopy:
        """Fetch the log until it holds a leaf."""
        clock = self._session.council.clock
        deadline = clock.now().plus(PATIENCE)
        while clock.now() < deadline:
            copy = await self._first_copy()
            if copy is not None and any(merkle.leaf_hash(each) == leaf for each in copy.leaves):
                return copy
            await asyncio.sleep(_STEP)
        raise Refused(Code.NOT_LOGGED)

    async def _first_copy(self) -> OpsCopy | None:
        """A copy of the log; None while nothing in it was ever signed."""
        try:
            return await self.copy_ops()
        except Refused as refusal:
            if refusal.code is not Code.UNKNOWN_ID or self._session.ops.pin is not None:
                raise
            return None

    # --- the logs themselves -----------------------------------------------------------------

    async def copy_ops(self) -> OpsCopy:
        """Fetch `ops` whole and verify it: root, signature, and that it only grew.

        Raises:
            Refused: FORBIDDEN for who is no auditor; UNTRUSTED, BAD_SIG, ROLLBACK, BAD_PROOF,
                EQUIVOCATION.
        """
        session = self._session
        root = session.council.root()
        await session.ops.sync(root, session.council.clock.now())
        note = session.ops.checkpoint
        verifiers = [Verifier.parse(vkey) for vkey in root.logs.ops.vkeys]
        signed = checkpoints.open_signed(note, verifiers)
        leaves = list[bytes]()
        for index in range(-(-signed.size // tiles.WIDTH)):
            place = tiles.tile_at(level=0, index=index, size=signed.size).entries_path
            leaves += await self._bundle(place)
        hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
        if len(leaves) != signed.size or merkle.root(hashes) != signed.root:
            raise Refused(Code.BAD_PROOF, **await self._place(hashes, signed.size))
        return OpsCopy(leaves=tuple(leaves), checkpoint=note, vkey=verifiers[0].vkey)

    async def _bundle(self, place: str) -> list[bytes]:
        """Fetch leaves that the checkpoint promises; the server cannot know nothing of them."""
        try:
            raw = await self._session.council.http.text(f"log/ops/{place}")
        except Refused as refusal:
            if refusal.code is not Code.UNKNOWN_ID:
                raise
            raise Refused(Code.BAD_PROOF, log="ops", why="missing", place=place) from refusal
        return tiles.decode_bundle(raw)

    async def _place(self, hashes: Sequence[bytes], size: int) -> dict[str, Fact]:
        """Where leaves that are not the signed ones differ from the tiles served beside them."""
        facts: dict[str, Fact] = {"log": "ops", "why": "root"}
        for tile in (each for each in tiles.tiles_of(size) if each.level == 0):
            start = tile.index * tiles.WIDTH
            served = tiles.hashes_of(await self._session.council.http.text(f"log/ops/{tile.path}"))
            for index, (mine, other) in enumerate(
                zip_longest(hashes[start:][: tile.width], served)
            ):
                if mine != other:
                    return facts | {"place": tile.entries_path, "index": start + index}
        return facts

    async def checkpoints(self) -> tuple[bytes, bytes]:
        """The newest verified checkpoints of `id` and `ops`, to be kept for later."""
        session = self._session
        await session.sync()
        await session.ops.sync(session.council.root(), session.council.clock.now())
        return session.council.log.checkpoint, session.ops.checkpoint

    async def export_ops(
        self, folder: Path, *, lines: Sequence[Line] = (), early: bytes | None = None
    ) -> int:
        """Write `ops` as a tlog-tiles folder with the openings of some lines; give its size."""
        copy = await self.copy_ops()
        await asyncio.to_thread(_write_ops, folder, copy, lines, early)
        return len(copy.leaves)

    async def export_id(self, folder: Path, *, early: bytes | None = None) -> int:
        """Write `id` as a tlog-tiles folder with the statements this auditor may see."""
        session = self._session
        await session.sync()
        log = session.council.log
        vkey = session.council.root().logs.id.vkeys[0]
        leaves, statements = tuple(log.leaves), tuple(log.statements)
        await asyncio.to_thread(_write_id, folder, leaves, statements, log.checkpoint, vkey, early)
        return len(leaves)

    # --- who is who --------------------------------------------------------------------------

    def owner_of(self, did: Did) -> Wid | None:
        """Whose device this is, by the verified log."""
        chain = self._session.council.log.directory.devices.get(did)
        return chain.versions[0].body.wid if chain else None

    def agency_of(self, wid: Wid) -> tuple[Aid, str] | None:
        """Id and name of a person's agency, by the verified log."""
        directory = self._session.council.log.directory
        chain = directory.workers.get(wid)
        if chain is None:
            return None
        aid = chain.versions[-1].body.aid
        return aid, directory.agencies[aid].versions[-1].body.name


def _padded(purpose: str, params: Sequence[str]) -> tuple[str, ...]:
    """Subject, since, until: an empty text does not filter."""
    size = 3 if purpose in {"audit.case-timeline", "audit.person-timeline"} else 2
    return (*params, "", "", "")[:size]


def _line(found: EntryOut, copy: OpsCopy) -> Line:
    """Check an entry against the log and its openings against its leaf."""
    index = found.index
    if index is None or index >= len(copy.leaves) or copy.leaves[index] != found.leaf:
        raise Refused(Code.BAD_PROOF, why="entry")
    leaf = entries.parse(found.leaf)
    openings = tuple(
        Opening(field=each.field, mac=each.hmac, value=each.value) for each in found.openings
    )
    for each in openings:
        try:
            entries.check_opening(leaf, each)
        except Refused as refusal:
            raise Refused(refusal.code, **refusal.facts, log="ops", index=index) from refusal
    opened = {each.field: each.value for each in openings}
    return Line(
        index=index,
        at=Instant(leaf.t),
        kind=leaf.k.value,
        reason=leaf.d,
        actor=Wid(Id(opened["actor"])) if "actor" in opened else None,
        case=CaseId(Id(opened["case"])) if "case" in opened else None,
        to=tuple(Did(each) for each in entries.split_recipients(opened.get("to", b""))),
        purpose=opened["purpose"].decode() if "purpose" in opened else None,
        basis=Sid(Hash(opened["basis"])) if "basis" in opened else None,
        objects=tuple(
            opened[name] for name in (f"object/{n}" for n in range(len(leaf.o))) if name in opened
        ),
        bound=leaf.x,
        openings=openings,
    )


def _write_ops(folder: Path, copy: OpsCopy, lines: Sequence[Line], early: bytes | None) -> None:
    writer = FolderWriter(folder)
    writer.add(copy.leaves)
    pairs = ((line.index, each) for line in lines for each in line.openings)
    writer.write_openings(sorted(pairs, key=lambda pair: (pair[0], pair[1].field)))
    writer.finish(checkpoint=copy.checkpoint, vkey=copy.vkey, early=early)


def _write_id(
    folder: Path,
    leaves: Sequence[bytes],
    statements: Sequence[bytes | None],
    checkpoint: bytes,
    vkey: str,
    early: bytes | None,
) -> None:
    writer = FolderWriter(folder)
    writer.add(leaves)
    writer.write_statements((index, raw) for index, raw in enumerate(statements) if raw is not None)
    writer.finish(checkpoint=checkpoint, vkey=vkey, early=early)
