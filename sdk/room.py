"""One room on this device: rows checked and folded, keys opened, pins kept (sections 5.22, 7)."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from conference.records import Conference
from consent.register import Register
from crypto.errors import Code, Refused
from protocol import basis
from protocol.basis import device_of
from protocol.feed import Point
from protocol.ids import Aid, Blob, CaseId, Hash, RowHash, Sid, Wid
from protocol.may_write import Footing
from protocol.payloads import MemberRow, Roster
from protocol.room import Generation
from protocol.vocabulary import RosterRole
from protocol.wire import Frame, Rows
from sdk.contents import ChainHead, Contents, DocKey, EpochKey, RoomKeys
from sdk.feed import Feed
from sdk.reader import Reader
from sdk.receipts import verify_head
from sdk.session import VERSION, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A device that holds this room's key and that the owner has not yet seen by name."""

    wid: Wid
    aid: Aid
    device: Sid


class Room(Reader):
    """A room as its member sees it; `Writer` adds writing."""

    def __init__(self, session: Session, case: CaseId, *, register: Register) -> None:
        """Take keys and pins from the vault; `open` brings the rows."""
        feed = Feed(net=session.council.net, case=case, log=session.council.log, register=register)
        super().__init__(session, case, feed)
        self.own: Final[dict[Hash, bytes]] = {}
        self.live: set[Wid] = set()
        self.gone: str | None = None
        self.changed: Final = asyncio.Condition()

    # --- what stands -------------------------------------------------------------------------

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
            halted=self.halted or self.session.contradicted,
            clock_off=self.session.council.clock.offset,
            log_age=self.session.log_age(),
            stale=self.is_stale(),
            has_key=epoch < 0 or epoch in self.epochs or self._is_guest(),
            unconfirmed=bool(self.newcomers()),
            required=self.session.council.root().req,
            version=VERSION,
        )

    def _is_guest(self) -> bool:
        """A guest holds keys of single documents by grants, and none of the room."""
        me = self.session.me
        row = self.state.member((me.wid, me.ik))
        return row is not None and row.role is RosterRole.GUEST

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
        self.require_pins()
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
            known = self._newest_heard()
            query = {"start": str(self.state.seq + 1)}
            path = f"cases/{self.case.hex()}/rows"
            rows = await self.session.council.http.get(path, Rows, query=query)
            await self.take(rows.frames)
            await self.hear_head(rows.head)
            if self.state.seq >= self._newest_heard():
                return
            # A head may be heard while an answer is under way: what it names comes with the next.
            if not rows.frames and known > self.state.seq:
                raise Refused(Code.FORK_OR_GAP, seq=self.state.seq)

    def _newest_heard(self) -> int:
        return max((heard.seq for heard in self.feed.heard), default=0)

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
        await self.fold(await self._full(frame))

    async def _full(self, frame: Frame) -> Frame:
        """Use my own bytes of what I sent, and fetch a grant to me before its row is folded."""
        mine = self.own.get(frame.id)
        if mine is not None:
            return replace(frame, view="full", bytes=Blob(mine))
        if frame.form == "stm" and frame.bytes is None and frame.view == "bare":
            served = await self.session.read(self.case, "key", [frame.id])
            return next((each for each in served.frames if each.id == frame.id), frame)
        return frame

    async def open_keys(self) -> None:
        """Open what is for me; new keys are in the vault before anything is said with them."""
        await self.open_new_keys()
        kept = self.session.vault.contents.room(self.case)
        if self.with_keys(kept, epochs=self.epochs, docs=self.docs) != kept:
            await self.keep_pins()

    async def keep_pins(self) -> None:
        """Remember where this room stands; it never goes back from there."""
        kept = self.session.vault.contents.room(self.case)
        if self.state.seq and self.pinned(kept) != kept:
            await self._keep(self.pinned)

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
            await self.halt(refusal)
            raise

    # --- pins --------------------------------------------------------------------------------

    def require_pins(self) -> None:
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
        """Keys and pins as they stand now; as they were, in a room that is not what I held."""
        if not self._goes_on(kept):
            return kept
        current = self.state.current
        return replace(
            self.with_keys(kept, epochs=self.epochs, docs=self.docs),
            n=self.state.epoch,
            sid=current.sid if current else None,
            seq=self.state.seq,
            fh=RowHash(self.state.fh),
        )

    def _goes_on(self, kept: RoomKeys) -> bool:
        """Tell whether the rows here continue those that were pinned."""
        behind = kept.seq > self.state.seq or kept.n > self.state.epoch
        return not behind and kept.fh in {None, self.state.fhs[kept.seq]}

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
