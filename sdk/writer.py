"""Writing in a room: check, seal, keep the bytes, send them until they are answered (5.9, 5.13)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from msgspec.structs import replace

from conference import content as contents
from conference.content import Sealed
from crypto.errors import Code, Refused
from protocol import codec
from protocol.feed import feed_hash
from protocol.ids import Blob, DocId, Eid, Hash, ItemId, RowHash, Sid
from protocol.may_write import Writing, may_write
from protocol.payloads import Grant, Receipt, Roster
from protocol.room import Generation
from protocol.statement import Statement
from protocol.vocabulary import WHOLE_ROOM, RosterRole
from protocol.wire import Frame, Post, Receipted
from sdk.contents import ChainHead, Contents, Unredeemed, Unsent
from sdk.documents import renew
from sdk.draft import Draft
from sdk.receipts import verify_receipt
from sdk.room import Room
from sdk.rostering import renew_due, rotate, whole_room
from sdk.stray import drop_stray
from sdk.words import Said

T = TypeVar("T")
Build = Callable[[Draft], Awaitable[T]]
"""Adds rows to a draft; it may be called again on a fresher room."""

ATTEMPTS: Final = 6
POST_LIMIT: Final = 4 * 1024 * 1024
_AGAIN: Final = frozenset({Code.STALE, Code.WRONG_EPOCH, Code.LH_BEHIND, Code.NEEDS_NEW_GENERATION})
_LOST_RACE: Final = frozenset({Code.FORK_OR_GAP, Code.CONFLICT, Code.LH_BEHIND, Code.RATE_LIMITED})
_PATIENCE: Final = 30.0  # seconds until somebody mends the room
_FIRST: Final = 0.3
_STEP: Final = 0.15
_JITTER: Final = 0.1


def _nothing() -> None:
    """Lines 8 to 11 of may_write are asked row by row, while the draft is made."""


class Writer:
    """The one hand of this device in a room: its rows form one chain."""

    def __init__(self, room: Room) -> None:
        """Write into a room that is open, or not yet made."""
        self.room: Final = room
        self._forced: Final[set[DocId]] = set()
        self._writing: Final = asyncio.Lock()
        self.on_dropped: Callable[[], None] = lambda: None
        """Told when a batch that had no answer yet is not sent again; it must not block."""

    # --- submitting --------------------------------------------------------------------------

    async def submit(self, build: Build[T], *, writing: Writing = Writing.CONTENT) -> T:
        """Build a batch, send it, and fold what came of it.

        While the room is stale this waits for the mender, or mends; then the batch is made
        anew on the fresh room, with the same numbers.

        Raises:
            Refused: Line 1 to 7 of may_write, what the rows themselves are refused for, or
                UNAVAILABLE; in the last case the sealed bytes are kept and sent again later.
        """
        async with self._writing:
            await self._resend()
            for attempt in range(ATTEMPTS):
                try:
                    return await self._write(build, writing)
                except Refused as refusal:
                    if refusal.code not in _AGAIN or attempt == ATTEMPTS - 1:
                        raise
                await self._freshen()
            raise Refused(Code.STALE)

    async def _write(self, build: Build[T], writing: Writing) -> T:
        self.room.require_pins()
        await self.room.open_keys()  # right after an epoch change some may not be open yet
        may_write(self.room.footing(), writing, _nothing)
        draft = self._draft()
        result = await build(draft)
        if draft.rows:
            await self._send(draft)
        return result

    def _draft(self) -> Draft:
        room = self.room
        return Draft(
            session=room.session,
            room=room.feed.room,
            chain=room.chain,
            epochs=room.epochs,
            docs=room.docs,
        )

    async def _freshen(self) -> None:
        """Come level with the server, and see to it that the room is not stale."""
        await self.room.session.sync()
        await self.room.open()
        if self.room.is_stale():
            await self._mend()

    # --- sending -----------------------------------------------------------------------------

    async def _send(self, draft: Draft) -> None:
        """Keep the sealed bytes and new keys, then send; a definite refusal undoes it."""
        room, chain = self.room, self.room.chain
        post = Post(case=room.case, rows=tuple(draft.rows), bundles=_blobs(draft.bundles))
        await self._keep_draft(draft, post)
        room.own.update({i: bytes(r.bytes) for i, r in zip(draft.ids, draft.rows, strict=True)})
        try:
            answer = await self.deliver(post)
        except Refused as refusal:
            if refusal.code is not Code.UNAVAILABLE:
                lost = tuple(draft.rosters) if refusal.code is Code.FORK_OR_GAP else ()
                await self._undo(post, chain=chain, lost=lost)
            if refusal.code is Code.NEEDS_NEW_GENERATION:
                self._forced.update(doc for doc, _ in _generations(draft))
            raise
        room.texts.update(draft.texts)
        self._forced.clear()
        await self._settle(answer.rcpt, post, draft.ids, draft)

    async def _keep_draft(self, draft: Draft, post: Post) -> None:
        """Put sealed bytes and keys into the vault; where that fails, nothing is sent."""
        room = self.room
        room.docs.update(draft.docs)
        room.epochs.update(draft.epochs)
        try:
            await room.session.vault.update(lambda c: self._with_draft(c, draft, post))
        except BaseException:
            drop_stray(room.state, epochs=room.epochs, docs=room.docs)
            raise

    async def _undo(self, post: Post, *, chain: ChainHead | None, lost: tuple[Sid, ...]) -> None:
        """Forget a batch that was definitely refused, with the keys of its rows."""
        room = self.room
        drop_stray(room.state, epochs=room.epochs, docs=room.docs)

        def undone(held: Contents) -> Contents:
            kept = room.with_keys(held.room(room.case), epochs=room.epochs, docs=room.docs)
            void = (*kept.void, *lost)[-16:]
            return _without(held.with_room(replace(kept, chain=chain, void=void)), post)

        await room.session.vault.update(undone)

    def _with_draft(self, held: Contents, draft: Draft, post: Post) -> Contents:
        kept = held.room(self.room.case)
        keys = self.room.with_keys(kept, epochs=draft.epochs, docs=draft.docs)
        chained = replace(keys, chain=draft.chain)
        unsent = Unsent(case=self.room.case, post=Blob(codec.encode(post)))
        return replace(held.with_room(chained), unsent=(*held.unsent, unsent))

    async def deliver(self, post: Post) -> Receipted:
        """Send a batch and wait for its receipt."""
        http = self.room.session.council.http
        return await http.post(f"cases/{post.case.hex()}/post", post, Receipted)

    async def _settle(
        self, raw: bytes, post: Post, ids: list[Hash], draft: Draft | None
    ) -> Receipt:
        """Check the receipt, fold the rows, and remember what the server promised."""
        try:
            return await self._settled(raw, post, ids, draft)
        except Refused as refusal:
            await self.room.halt(refusal)
            raise

    async def _settled(
        self, raw: bytes, post: Post, ids: list[Hash], draft: Draft | None
    ) -> Receipt:
        room, session = self.room, self.room.session
        receipt = verify_receipt(raw, root=session.council.root(), net=session.council.net)
        named = [bytes(each) for each in receipt.ids]
        if named != [bytes(each) for each in ids] or receipt.case != room.case:
            room.feed.evidence = (raw, codec.encode(post))
            raise Refused(Code.EQUIVOCATION, why="receipt")
        if receipt.seq is None or receipt.fh is None:
            raise Refused(Code.BAD_J1)
        session.heard(receipt.iat, receipt.idn)
        if draft is not None:
            await room.take(_frames(draft, receipt))
        if room.state.seq < receipt.seq:
            await room.fetch()
        room.feed.hear(seq=receipt.seq, fh=receipt.fh, idn=receipt.idn, raw=raw)
        promise = Unredeemed(at=int(session.council.clock.now()), rcpt=Blob(raw))
        await session.vault.update(lambda c: _answered(c, post, room, promise))
        return receipt

    async def resume(self) -> None:
        """Send what was sealed before a break."""
        async with self._writing:
            await self._resend()

    async def _resend(self) -> None:
        """Send again, byte for byte, what has no answer yet; nothing from a room that halted.

        What was sealed before a removal that I have learned of meanwhile might reach nobody but
        whom it removed: then only what the feed shows as accepted is sent, for its receipt.
        """
        room, vault = self.room, self.room.session.vault
        if room.footing().halted is not None:
            return
        for unsent in [each for each in vault.contents.unsent if each.case == room.case]:
            post = codec.decode(unsent.post, Post, limit=POST_LIMIT)
            ids = [Hash(each) for each in row_ids(post)]
            room.own.update({i: bytes(r.bytes) for i, r in zip(ids, post.rows, strict=True)})
            if self._is_overtaken(post):
                await room.fetch()
                if not self._stands(post):
                    await self._give_up(post)
                    continue
            try:
                answer = await self.deliver(post)
            except Refused as refusal:
                if refusal.code is Code.UNAVAILABLE:
                    raise
                await room.fetch()
                await self._give_up(post)
                continue
            await self._settle(answer.rcpt, post, ids, None)
            await room.open_keys()

    def _is_overtaken(self, post: Post) -> bool:
        """Tell whether a batch was sealed for a circle that is no more, as far as I know."""
        epochs = _sealed_under(post)
        return bool(epochs) and (epochs != {self.room.state.epoch} or self.room.is_stale())

    async def _give_up(self, post: Post) -> None:
        """Forget a batch, and go back to the newest envelope that stands in the feed."""
        mine = self.room.state.chains.get(self.room.session.me.did)
        chain = None if mine is None else ChainHead(n=mine[0], eid=Eid(mine[1]))
        await self._undo(post, chain=chain, lost=())
        if not self._stands(post):
            self.on_dropped()

    def _stands(self, post: Post) -> bool:
        """Tell whether the feed shows all of a batch."""
        return all(each in self.room.state.ids for each in row_ids(post))

    # --- generations -------------------------------------------------------------------------

    async def current(self, draft: Draft, doc: DocId) -> Generation:
        """The generation to write in: a new one if somebody lost the document."""
        generation = draft.newest(doc)
        if doc not in self._forced and not draft.gate().is_due(generation):
            return generation
        if draft.state.documents[generation].body.cls not in WHOLE_ROOM:
            return await renew(draft, doc)
        return await renew(draft, doc, words=await self.room.words(doc))

    async def words_of(self, docs: list[DocId]) -> dict[DocId, Said]:
        """Words to be carried over."""
        return {doc: await self.room.words(doc) for doc in docs}

    # --- mending -----------------------------------------------------------------------------

    async def mend(self) -> None:
        """Give a stale room a fresh roster: the chair at once, the others one by one after."""
        async with self._writing:
            await self._mend()

    async def _mend(self) -> None:
        for _ in range(ATTEMPTS):
            if not self.room.is_stale():
                return None
            await self._wait_for_turn()
            await self.room.session.sync()
            await self.room.open()
            if not self.room.is_stale():
                return None
            if not self._may_mend():
                return await self._until_mended()
            try:
                await self._write(self._rotation, Writing.MEND)
            except Refused as refusal:
                if refusal.code not in _LOST_RACE:
                    raise
        return await self._until_mended()

    async def _rotation(self, draft: Draft) -> None:
        docs = whole_room(draft, self.open_item(draft))
        words = await self.words_of(docs)
        kept = self.room.session.vault.contents.room(self.room.case)
        await rotate(draft, void=kept.void)
        await renew_due(draft, words, docs)

    def open_item(self, draft: Draft) -> ItemId | None:
        """The item under discussion."""
        items = draft.room.conference.items.values()
        return next((item.it for item in items if item.is_open), None)

    def _may_mend(self) -> bool:
        """Any non-guest member whose row stays may rotate."""
        me = self.room.session.me
        mem, _ = self.room.pruned()
        return any(
            row.person == (me.wid, me.ik) and row.role is not RosterRole.GUEST for row in mem
        )

    async def _wait_for_turn(self) -> None:
        me, mem = self.room.session.me, self.room.pruned()[0]
        if self.room.roster.chair == me.wid:
            return
        live = sorted(row.wid for row in mem if row.role is not RosterRole.GUEST)
        rank = live.index(me.wid) if me.wid in live else len(live)
        draw = self.room.session.council.entropy(1)[0] / 255
        patience = _FIRST + _STEP * rank + _JITTER * draw
        try:
            async with asyncio.timeout(patience):
                await self.room.until(lambda: not self.room.is_stale())
        except TimeoutError:
            return

    async def _until_mended(self) -> None:
        """Wait for whoever may; STALE when nobody does."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self.room.until(lambda: not self.room.is_stale())
        except TimeoutError as error:
            raise Refused(Code.STALE) from error


def row_ids(post: Post) -> list[Hash]:
    """The ids of a batch's rows, in order."""
    return [contents.row_id(contents.parse_full(row.form, row.bytes)) for row in post.rows]


def _sealed_under(post: Post) -> set[int]:
    """The roster that stood when a batch was sealed, by number; none where nothing is sealed."""
    found = [contents.parse_full(row.form, row.bytes) for row in post.rows]
    sealed = {each.header.e for each in found if isinstance(each, Sealed)}
    bodies = [each.body for each in found if isinstance(each, Statement)]
    granted = {body.n for body in bodies if isinstance(body, Grant)}
    # What follows a roster in its batch is under the roster's own number.
    rosters = {body.n for body in bodies if isinstance(body, Roster)}
    return ((sealed | granted) - rosters) | {n - 1 for n in rosters}


def _answered(held: Contents, post: Post, room: Room, promise: Unredeemed) -> Contents:
    """Drop the sealed bytes, remember the promise, pin the room."""
    left = _without(held, post)
    pinned = left.with_room(room.pinned(left.room(room.case)))
    return replace(pinned, receipts=(*pinned.receipts, promise))


def _blobs(bundles: list[bytes]) -> tuple[Blob, ...]:
    return tuple(Blob(each) for each in bundles)


def _without(held: Contents, post: Post) -> Contents:
    raw = codec.encode(post)
    left = tuple(each for each in held.unsent if each.post != raw)
    return replace(held, unsent=left)


def _generations(draft: Draft) -> list[Generation]:
    return [
        (content.header.d, content.header.g)
        for content in draft.contents.values()
        if isinstance(content, Sealed)
    ]


def _frames(draft: Draft, receipt: Receipt) -> list[Frame]:
    """My own rows as the receipt places them, if nothing came between."""
    seq, fh = draft.base
    if receipt.seq != seq + len(draft.rows):
        return []
    frames: list[Frame] = []
    for row_id, sg, row in zip(draft.ids, draft.sgs, draft.rows, strict=True):
        seq += 1
        fh = feed_hash(before=fh, seq=seq, row_id=row_id, sg=sg, idn=receipt.idn)
        frames.append(
            Frame(
                seq=seq,
                id=row_id,
                sg=sg,
                idn=receipt.idn,
                fh=RowHash(fh),
                form=row.form,
                view="full",
                bytes=row.bytes,
            )
        )
    return frames if fh == receipt.fh else []
