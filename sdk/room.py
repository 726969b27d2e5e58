"""One room on this device: rows checked and folded, keys opened, pins kept (sections 5.22, 7)."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from conference.content import Sealed
from conference.records import Conference
from conference.room import Record
from consent.register import Register
from crypto.errors import Code, Refused
from crypto.sealing import SealingKey
from protocol import basis
from protocol import roster as rosters
from protocol.basis import device_of
from protocol.feed import Point
from protocol.ids import Aid, Blob, CaseId, DocId, Hash, RowHash, Sid, Wid
from protocol.may_write import Footing
from protocol.payloads import Grant, MemberRow, Roster
from protocol.room import Generation, RoomState, RosterEntry
from protocol.vocabulary import GrantWhat, RosterRole
from protocol.wire import Frame, Rows
from sdk.contents import ChainHead, Contents, DocKey, EpochKey, Evidence, RoomKeys
from sdk.feed import Feed
from sdk.opening import (
    Text,
    open_bundle,
    open_dk,
    open_grant,
    open_text,
    require_doc_key,
    require_epoch_key,
)
from sdk.receipts import verify_head
from sdk.session import VERSION, Session
from sdk.words import Said, said

CHUNK: Final = 64
"""Rows or bundles asked for at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A device that holds this room's key and that the owner has not yet seen by name."""

    wid: Wid
    aid: Aid
    device: Sid


class Room:
    """A room as its member sees it; `Writer` adds writing."""

    def __init__(self, session: Session, case: CaseId, *, register: Register) -> None:
        """Take keys and pins from the vault; `open` brings the rows."""
        self.session: Final = session
        self.case: Final = case
        self.feed: Final = Feed(
            net=session.council.net, case=case, log=session.council.log, register=register
        )
        kept = session.vault.contents.room(case)
        self.epochs: Final = {each.n: bytes(each.E) for each in kept.epochs}
        self.docs: Final[dict[Generation, bytes]] = {
            (each.doc, each.g): bytes(each.D) for each in kept.docs
        }
        self.texts: Final[dict[Hash, Text]] = {}
        self.own: Final[dict[Hash, bytes]] = {}
        self.live: set[Wid] = set()
        self.halted: Code | None = None
        self.gone: str | None = None
        self.bad_epochs: Final[set[int]] = set()
        self.flaws: Final[dict[Hash, Code]] = {}
        self.changed: Final = asyncio.Condition()
        self._folding: Final = asyncio.Lock()
        self._opening: Final = asyncio.Lock()

    # --- what stands -------------------------------------------------------------------------

    @property
    def state(self) -> RoomState:
        """The room's protocol state."""
        return self.feed.state

    @property
    def conference(self) -> Conference:
        """Sittings, items, seats, boards, actions: what the signed headers say."""
        return self.feed.room.conference

    @property
    def roster(self) -> Roster:
        """The roster now; WRONG_PLACE before the first."""
        return self.state.roster

    def is_stale(self) -> bool:
        """Tell whether a roster must come before anything else may be written."""
        now = self.session.council.clock.now()
        return self.state.current is not None and self.feed.room.willing(now).is_stale()

    def pruned(self) -> tuple[tuple[MemberRow, ...], tuple[Sid, ...]]:
        """Rows and bases that the next roster may keep, as far as I know now."""
        state, n = self.state, self.session.council.log.size
        point, now = Point(n=n, s=state.seq), state.directory.time(n)
        mem = basis.prune_members(state, state.roster, point, now)
        return mem, basis.prune_bases(state, state.roster, point, now)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds, looking again after every row."""
        async with self.changed:
            await self.changed.wait_for(holds)

    async def leave(self, code: str) -> None:
        """The server let me out of the live feed, and said why."""
        self.gone = code
        async with self.changed:
            self.changed.notify_all()

    def footing(self) -> Footing:
        """Where I stand, for `may_write`."""
        epoch = self.state.epoch
        return Footing(
            halted=self.halted,
            clock_off=self.session.council.clock.offset,
            log_age=self.session.log_age(),
            stale=self.is_stale(),
            has_key=epoch < 0 or epoch in self.epochs,
            unconfirmed=bool(self.newcomers()),
            required=self.session.council.root().req,
            version=VERSION,
        )

    # --- newcomers ---------------------------------------------------------------------------

    def newcomers(self) -> tuple[Newcomer, ...]:
        """Devices of other members that hold the key and were not confirmed by the owner."""
        entry = self.state.current
        if entry is None:
            return ()
        known = set(self.session.vault.contents.room(self.case).known)
        unseen = [sid for sid in sorted(entry.recipients) if sid not in known]
        found = [self._newcomer(sid) for sid in unseen]
        return tuple(each for each in found if each.wid != self.session.me.wid)

    def _newcomer(self, sid: Sid) -> Newcomer:
        directory = self.state.directory
        wid = directory.devices[device_of(directory, sid)].versions[0].body.wid
        return Newcomer(wid=wid, aid=directory.workers[wid].versions[-1].body.aid, device=sid)

    async def confirm_changes(self) -> tuple[Newcomer, ...]:
        """The owner has seen who is new, by name: remember them, and give the list."""
        seen = self.newcomers()
        if seen:
            sids = {each.device for each in seen}
            await self._keep(lambda kept: replace(kept, known=tuple({*kept.known, *sids})))
        return seen

    # --- rows --------------------------------------------------------------------------------

    async def open(self) -> None:
        """Bring rows and keys up to date and compare them with the pins.

        Raises:
            Refused: MISSING_STATEMENT, EQUIVOCATION, ROLLBACK, and what the server refuses.
        """
        await self.complete()
        await self.fetch()
        self._require_pins()
        await self.open_keys()

    async def complete(self) -> None:
        """Hold the bytes behind every leaf of this case, else halt."""
        log = self.session.council.log
        try:
            await log.complete(self.case)
        except Refused as refusal:
            self.halted = refusal.code
            raise
        self.feed.follow(log.directory)

    async def fetch(self) -> None:
        """Fetch rows until I stand where the server's signed head does."""
        while True:
            query = {"start": str(self.state.seq + 1)}
            path = f"cases/{self.case.hex()}/rows"
            rows = await self.session.council.http.get(path, Rows, query=query)
            await self.take(rows.frames)
            await self.hear_head(rows.head)
            newest = max((heard.seq for heard in self.feed.heard), default=0)
            if self.state.seq >= newest:
                return
            if not rows.frames:
                raise Refused(Code.FORK_OR_GAP, seq=self.state.seq)

    async def take(self, frames: Sequence[Frame]) -> None:
        """Fold frames in order; a gap is fetched, a contradiction halts the room."""
        if not frames:
            return
        async with self._folding:
            for frame in frames:
                await self._take(frame)
        async with self.changed:
            self.changed.notify_all()

    async def _take(self, frame: Frame) -> None:
        if frame.seq > self.state.seq + 1:
            return  # the rows between are fetched by whoever called
        if frame.idn > self.session.council.log.size:
            await self.session.sync()
            await self.complete()
        try:
            self.feed.take(await self._full(frame))
        except Refused as refusal:
            await self._halt(refusal)
            raise

    async def _full(self, frame: Frame) -> Frame:
        """Use my own bytes of what I sent, and fetch a grant to me before its row is folded."""
        mine = self.own.get(frame.id)
        if mine is not None:
            return replace(frame, view="full", bytes=Blob(mine))
        if frame.form == "stm" and frame.bytes is None and frame.view == "bare":
            served = await self.session.read(self.case, "key", [frame.id])
            return next((each for each in served.frames if each.id == frame.id), frame)
        return frame

    async def _halt(self, refusal: Refused) -> None:
        if refusal.code is not Code.EQUIVOCATION:
            return
        self.halted = refusal.code
        if self.feed.evidence is not None:
            first, second = self.feed.evidence
            proof = Evidence(code=refusal.code.value, first=Blob(first), second=Blob(second))
            await self.session.vault.update(lambda c: replace(c, evidence=(*c.evidence, proof)))

    async def hear_head(self, raw: bytes) -> None:
        """Check a head's signature and compare it with my rows."""
        council = self.session.council
        head = verify_head(raw, root=council.root(), net=council.net)
        if head.case != self.case:
            raise Refused(Code.WRONG_PLACE)
        self.session.heard(head.iat, head.idn)
        try:
            self.feed.hear_head(head, raw)
        except Refused as refusal:
            await self._halt(refusal)
            raise

    # --- pins --------------------------------------------------------------------------------

    def _require_pins(self) -> None:
        """What I held before must still be there: ROLLBACK, EQUIVOCATION."""
        kept = self.session.vault.contents.room(self.case)
        if kept.seq > self.state.seq or kept.n > self.state.epoch:
            raise Refused(Code.ROLLBACK, seq=self.state.seq, known=kept.seq)
        if kept.fh is not None and self.state.fhs[kept.seq] != kept.fh:
            self.halted = Code.EQUIVOCATION
            raise Refused(Code.EQUIVOCATION, seq=kept.seq)
        mine = self.state.chains.get(self.session.me.did)
        if mine is not None and (kept.chain is None or mine[0] > kept.chain.n):
            raise Refused(Code.ROLLBACK, chain=mine[0])

    def pinned(self, kept: RoomKeys) -> RoomKeys:
        """Keys and pins as they stand now."""
        current = self.state.current
        return replace(
            self.with_keys(kept, epochs=self.epochs, docs=self.docs),
            n=self.state.epoch,
            sid=current.sid if current else None,
            seq=self.state.seq,
            fh=RowHash(self.state.fh),
        )

    @staticmethod
    def with_keys(
        kept: RoomKeys, *, epochs: Mapping[int, bytes], docs: Mapping[Generation, bytes]
    ) -> RoomKeys:
        """Put keys beside the pins."""
        return replace(
            kept,
            epochs=tuple(EpochKey(n=n, E=Hash(key)) for n, key in sorted(epochs.items())),
            docs=tuple(DocKey(doc=doc, g=g, D=Hash(key)) for (doc, g), key in sorted(docs.items())),
        )

    async def _keep(self, change: Callable[[RoomKeys], RoomKeys]) -> None:
        def changed(contents: Contents) -> Contents:
            return contents.with_room(change(contents.room(self.case)))

        await self.session.vault.update(changed)

    @property
    def chain(self) -> ChainHead | None:
        """My newest envelope in this room."""
        return self.session.vault.contents.room(self.case).chain

    # --- keys --------------------------------------------------------------------------------

    async def open_keys(self) -> None:
        """Open every bundle, grant and `dk` that is for me; keep keys and pins in the vault."""
        async with self._opening:
            await self._open_bundles()
            self._open_grants()
            await self._open_dks()
            await self._keep(self.pinned)

    def sealing_key(self, eg: int) -> SealingKey:
        """My sealing key with a counter; BAD_BUNDLE without it."""
        for seed in self.session.vault.contents.ek:
            if seed.eg == eg:
                return SealingKey.from_seed(seed.seed)
        raise Refused(Code.BAD_BUNDLE)

    def _my_sids(self, sids: Iterable[Sid]) -> set[Sid]:
        directory, did = self.state.directory, self.session.me.did
        return {sid for sid in sids if device_of(directory, sid) == did}

    async def _open_bundles(self) -> None:
        wanted = [
            entry
            for entry in self.state.rosters
            if entry.body.n not in self.epochs
            and entry.body.n not in self.bad_epochs
            and self._my_sids(entry.recipients)
        ]
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            ids = [Hash(entry.body.bun) for entry in part]
            served = await self.session.read(self.case, "key", ids)
            data = {bytes(each.h): bytes(each.bytes) for each in served.bundles}
            for entry in part:
                self._open_bundle(entry, data.get(bytes(entry.body.bun), b""))

    def _open_bundle(self, entry: RosterEntry, data: bytes) -> None:
        """Lines 9 and 10 of section 5.22; a bad one leaves the epoch without a key."""
        try:
            parsed = rosters.require_bundle(self.state, entry, data)
            mine = self._my_sids(entry.recipients)
            eg = next(each.eg for each in parsed.entries if each.sid in mine)
            self.epochs[entry.body.n] = open_bundle(
                parsed,
                entry,
                net=self.session.council.net,
                mine=mine,
                key=self.sealing_key(eg),
                held=list(self.epochs.values()),
            )
        except Refused as refusal:
            self.bad_epochs.add(entry.body.n)
            self.flaws[Hash(entry.sid)] = refusal.code

    def _open_grants(self) -> None:
        for granted in self.state.grants:
            if granted.to != self.session.me.did or self._has_all(granted.body):
                continue
            try:
                self._open_grant(granted.body)
            except Refused as refusal:
                self.flaws[Hash(granted.sid)] = refusal.code

    def _has_all(self, body: Grant) -> bool:
        if body.what is GrantWhat.DOCS:
            return all(generation in self.docs for generation in body.docs)
        return all(n in self.epochs for n in body.epochs)

    def _open_grant(self, body: Grant) -> None:
        net, key = self.session.council.net, self.sealing_key(body.eg)
        keys = open_grant(body, net=net, key=key)
        if body.what is GrantWhat.DOCS:
            for generation, doc_key in zip(body.docs, keys, strict=True):
                require_doc_key(doc_key, self.state.documents[generation].body)
                self.docs[generation] = doc_key
            return
        for n, epoch_key in zip(body.epochs, keys, strict=True):
            require_epoch_key(epoch_key, self.state.rosters[n])
            self.epochs[n] = epoch_key

    async def _open_dks(self) -> None:
        wanted = [record for record in self.feed.room.records if self._is_wanted_dk(record)]
        await self._read_rows(record.id for record in wanted)
        for record in wanted:
            sealed, generation = self.feed.sealed(record.id), record.generation
            if sealed is None or sealed.env.ct is None or generation is None:
                continue
            try:
                sect = self.state.documents[generation].body
                self.docs[generation] = open_dk(sealed, self.epochs[record.epoch], sect=sect)
            except Refused as refusal:
                self.flaws[record.id] = refusal.code

    def _is_wanted_dk(self, record: Record) -> bool:
        mine = record.kind == "dk" and record.code is None and record.id not in self.flaws
        new = record.generation is not None and record.generation not in self.docs
        return mine and new and record.epoch in self.epochs and self._may_read(record.generation)

    def _may_read(self, generation: Generation | None) -> bool:
        """Ask the gate, so that no refusal is provoked that I can foresee."""
        if generation is None:
            return False
        me, now = self.session.me, self.session.council.clock.now()
        section = self.state.documents[generation].body
        return self.feed.room.willing(now).may_read((me.wid, me.ik), section) is None

    # --- words -------------------------------------------------------------------------------

    async def _read_rows(self, ids: Iterable[Hash], purpose: str = "key") -> None:
        """Fetch full rows of which I hold only the public part."""
        bare = [row_id for row_id in ids if self._is_bare(row_id)]
        for start in range(0, len(bare), CHUNK):
            served = await self.session.read(self.case, purpose, bare[start : start + CHUNK])
            async with self._folding:
                for frame in served.frames:
                    self.feed.take(frame)

    def _is_bare(self, row_id: Hash) -> bool:
        sealed = self.feed.sealed(row_id)
        return sealed is None or sealed.env.ct is None

    async def read(self, doc: DocId | None = None, *, purpose: str = "view") -> dict[Hash, Text]:
        """Open the words of a document, or of all; what has not come yet is read by ticket."""
        wanted = [
            record
            for record in self.feed.room.records
            if self._is_readable(record) and doc in {None, _doc(record)}
        ]
        missing = [record.id for record in wanted if record.id not in self.texts]
        await self._read_rows(missing, purpose)
        for record in wanted:
            self._open_text(record)
        return {r.id: self.texts[r.id] for r in wanted if r.id in self.texts}

    def _is_readable(self, record: Record) -> bool:
        content = record.kind in {"sum", "note", "ev", "op"} and record.code is None
        return content and record.generation in self.docs and self._may_read(record.generation)

    def _open_text(self, record: Record) -> None:
        sealed = self.feed.sealed(record.id)
        if record.id in self.texts or record.generation is None:
            return
        if sealed is None or sealed.env.ct is None:
            return
        try:
            self.texts[record.id] = open_text(sealed, self.docs[record.generation])
        except Refused as refusal:
            self.flaws[record.id] = refusal.code

    def open_pushed(self, frames: Sequence[Frame]) -> None:
        """Open words that came with a push, as far as their keys are here."""
        records = self.feed.room.records
        for frame in frames:
            record = records[frame.seq - 1] if frame.seq <= len(records) else None
            if record is not None and self._is_readable(record):
                self._open_text(record)

    def rows(self) -> Iterable[tuple[Record, Sealed]]:
        """Valid envelopes in feed order."""
        for record in self.feed.room.records:
            sealed = self.feed.sealed(record.id)
            if sealed is not None and record.code is None:
                yield record, sealed

    async def words(self, doc: DocId) -> Said:
        """What a document says now, as far as this device may read it."""
        await self.read(doc)
        generation = (doc, self.state.newest[doc])
        return said(self.rows(), self.texts, generation=generation)

    # --- people ------------------------------------------------------------------------------

    def members(self) -> dict[Wid, Aid]:
        """Members without guests, with their agencies."""
        workers = self.state.directory.workers
        return {
            row.wid: workers[row.wid].versions[-1].body.aid
            for row in self.roster.mem
            if row.role is not RosterRole.GUEST
        }

    async def names(self) -> dict[Wid, str]:
        """Names of everybody in the roster, each checked against her certificate."""
        return await self.session.council.names(row.wid for row in self.roster.mem)


def _doc(record: Record) -> DocId | None:
    return record.generation[0] if record.generation else None
