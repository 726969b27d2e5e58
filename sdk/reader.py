"""What this device can open in a room: keys by bundle, grant and `dk`, then the words.

Rows of which only the public part came are fetched by ticket, and only those that the gate
lets me read and whose key I hold: no refusal is provoked that could be foreseen.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from conference.content import Sealed
from conference.room import Record
from crypto.errors import Code, Refused
from crypto.sealing import SealingKey
from protocol import roster as rosters
from protocol.basis import device_of
from protocol.headers import OpHeader
from protocol.ids import Blob, CaseId, DocId, Hash, Sid
from protocol.payloads import Grant
from protocol.room import Generation, RoomState, RosterEntry
from protocol.times import SECOND, Instant
from protocol.vocabulary import GrantWhat
from protocol.wire import Frame
from sdk.contents import Evidence
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
from sdk.session import Session
from sdk.stray import drop_wrong
from sdk.words import Said, said

CHUNK: Final = 64
"""Rows or bundles asked for at once."""
_AGAIN: Final = 10 * SECOND  # each question is an entry in the log


class Reader:
    """Keys and words of one room; `flaws` are things for me that did not open, with the reason.

    `differences` are snapshots that do not carry what this device holds itself.
    """

    def __init__(self, session: Session, case: CaseId, feed: Feed) -> None:
        """Begin with the keys in the vault."""
        self.session: Final = session
        self.case: Final = case
        self.feed: Final = feed
        kept = session.vault.contents.room(case)
        self.epochs: Final = {each.n: bytes(each.E) for each in kept.epochs}
        self.docs: Final[dict[Generation, bytes]] = {
            (each.doc, each.g): bytes(each.D) for each in kept.docs
        }
        self.texts: Final[dict[Hash, Text]] = {}
        self.bad_epochs: Final[set[int]] = set()
        self._asked: Final[dict[int, Instant]] = {}
        self.flaws: Final[dict[Hash, Code]] = {}
        self.differences: Final[set[Hash]] = set()
        self.halted: Code | None = None
        self._folding: Final = asyncio.Lock()
        self._opening: Final = asyncio.Lock()

    @property
    def state(self) -> RoomState:
        """The room's protocol state."""
        return self.feed.state

    # --- contradictions ----------------------------------------------------------------------

    async def fold(self, frame: Frame) -> None:
        """Take a row; one that contradicts what I hold halts the room, even if it is kept."""
        try:
            code = self.feed.take(frame)
        except Refused as refusal:
            await self.halt(refusal)
            raise
        if code is Code.EQUIVOCATION:
            await self._stop(code)
        elif self.feed.room.misses_roster and self.halted is None:
            # As for rows that a head names and that do not come: what is wrong is not what was
            # signed, but what is kept back. Whoever went on would seal to whom it removed.
            await self._stop(Code.FORK_OR_GAP)

    async def halt(self, refusal: Refused) -> None:
        """Stop writing after a contradiction, and keep its proof."""
        if refusal.code is Code.EQUIVOCATION:
            await self._stop(refusal.code)

    async def _stop(self, code: Code) -> None:
        self.halted = code
        if self.feed.evidence is None:
            return
        first, second = self.feed.evidence
        proof = Evidence(code=code.value, first=Blob(first), second=Blob(second))
        if proof not in self.session.vault.contents.evidence:
            await self.session.vault.update(lambda c: replace(c, evidence=(*c.evidence, proof)))

    # --- keys --------------------------------------------------------------------------------

    async def open_new_keys(self) -> None:
        """Open every bundle, grant and `dk` that is for me."""
        async with self._opening:
            drop_wrong(self.state, epochs=self.epochs, docs=self.docs)
            await self._open_bundles()
            self._open_grants()
            await self._open_dks()

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
            if self._is_to_be_opened(entry.body.n) and self._my_sids(entry.recipients)
        ]
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            ids = [Hash(entry.body.bun) for entry in part]
            served = await self.session.read(self.case, "key", ids)
            data = {bytes(each.h): bytes(each.bytes) for each in served.bundles}
            for entry in part:
                self._open_bundle(entry, data.get(bytes(entry.body.bun), b""))

    def _is_to_be_opened(self, n: int) -> bool:
        """A bundle that does not open never will; one that was kept back is asked for again."""
        if n in self.epochs or n not in self.bad_epochs:
            return n not in self.epochs
        asked, now = self._asked.get(n), self.session.council.clock.now()
        return asked is not None and now - asked >= _AGAIN

    def _open_bundle(self, entry: RosterEntry, data: bytes) -> None:
        """Lines 9 and 10 of section 5.22; a bad one leaves the epoch without a key."""
        n, sid = entry.body.n, Hash(entry.sid)
        self._asked.pop(n, None)
        try:
            parsed = rosters.require_bundle(self.state, entry, data)
            mine = self._my_sids(entry.recipients)
            eg = next(each.eg for each in parsed.entries if each.sid in mine)
            self.epochs[n] = open_bundle(
                parsed,
                entry,
                net=self.session.council.net,
                mine=mine,
                key=self.sealing_key(eg),
                held=list(self.epochs.values()),
            )
        except Refused as refusal:
            self.bad_epochs.add(n)
            self.flaws[sid] = refusal.code
            # Other bytes, or none: the right ones may come.
            if refusal.code is Code.BAD_BUNDLE_HASH:
                self._asked[n] = self.session.council.clock.now()
            return
        self.bad_epochs.discard(n)
        self.flaws.pop(sid, None)

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
                    await self.fold(frame)

    def _is_bare(self, row_id: Hash) -> bool:
        sealed = self.feed.sealed(row_id)
        return sealed is None or sealed.env.ct is None

    async def read(self, doc: DocId | None = None, *, purpose: str = "view") -> dict[Hash, Text]:
        """Open the words of a document, or of all; what has not come yet is read by ticket."""
        await self.open_new_keys()
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
            return
        self._compare_snapshot(record, sealed)

    def _compare_snapshot(self, record: Record, sealed: Sealed) -> None:
        """S6: what a snapshot carries is what I hold of the generation before; else it is shown."""
        header = sealed.header
        if not isinstance(header, OpHeader) or header.op != "snap":
            return
        before = (header.d, header.g - 1)
        rows = [row for row in self.rows() if row[0].generation == before and row[0].kind != "dk"]
        if not rows or any(each.id not in self.texts for each, _ in rows):
            return
        mine = said(rows, self.texts, generation=before)
        if mine != said([(record, sealed)], self.texts, generation=(header.d, header.g)):
            self.differences.add(record.id)

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


def _doc(record: Record) -> DocId | None:
    return record.generation[0] if record.generation else None
