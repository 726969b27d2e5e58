"""Who is in a room: founding it, and every later roster (protocol, sections 5.6, 5.13)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_fields
from typing import Final

from msgspec.structs import replace

from crypto.errors import Code, Refused
from protocol.derived import case_id
from protocol.ids import Blob, CaseId, Digest, DocId, Hash, Key, Sid, SitId, Wid
from protocol.may_write import Writing
from protocol.payloads import MemberRow, Policy, Seat
from protocol.statement import compose, sign, to_dsse
from protocol.times import Instant
from protocol.vocabulary import Decline, RosterRole, SeatAnswer, Why
from protocol.wire import Done, Post, Receipted, ReserveCase, RowIn
from sdk import documents as docs
from sdk.contents import Reservation
from sdk.documents import AGENDA, BOARD
from sdk.draft import Draft
from sdk.receipts import verify_receipt
from sdk.rostering import Change, Genesis, first_roster, next_roster, pruned, renew_due, whole_room
from sdk.session import Session
from sdk.writer import Writer

POLICY: Final = Policy(rot=30, wait=48, hold=None, keep="case-5y")
MakeChange = Callable[[Draft], Change]
"""What the next roster says, computed on the room as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Somebody for a roster; guests have an end."""

    wid: Wid
    role: RosterRole = RosterRole.MEMBER
    until: Instant | None = None


async def reserve(session: Session, code: str) -> CaseId:
    """Derive a case id that only this device can found a room under, and reserve its code."""
    council = session.council
    nonce = Digest(Hash(council.entropy(Hash.SIZE)))
    case = case_id(net=council.net, dk=session.me.dk, nonce=nonce)
    kept = Reservation(case=case, nonce=nonce, code=code)
    await session.vault.update(lambda c: replace(c, reserved=(*c.reserved, kept)))
    await council.http.post("cases/reserve", ReserveCase(case=case, code=code), Done)
    return case


async def answer_seat(
    session: Session,
    case: CaseId,
    sit: SitId,
    *,
    ans: SeatAnswer,
    to: Wid | None = None,
    why: Decline | None = None,
) -> Sid:
    """Answer an invitation to a sitting; whoever is not yet a member sees nothing of the room."""
    council = session.council
    made = compose(
        Seat(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            case=case,
            sit=sit,
            wid=session.me.wid,
            ans=ans,
            to=to,
            why=why,
        )
    )
    raw = to_dsse(made, [sign(made, session.dk)])
    post = Post(case=case, rows=(RowIn(form="stm", bytes=Blob(raw)),), bundles=())
    answer = await council.http.post(f"cases/{case.hex()}/post", post, Receipted)
    receipt = verify_receipt(answer.rcpt, root=council.root(), net=council.net)
    if [bytes(each) for each in receipt.ids] != [bytes(made.sid)]:
        raise Refused(Code.EQUIVOCATION, why="receipt")
    await session.keep_receipt(answer.rcpt)
    return made.sid


# --- founding ------------------------------------------------------------------------------------


async def create(
    writer: Writer,
    *,
    bases: Sequence[Sid],
    staff: Iterable[Wid] = (),
    act: Sequence[Wid] = (),
    pol: Policy = POLICY,
) -> Sid:
    """Found the room that was reserved: bases, roster 0, agenda and board in one batch.

    `staff` are workers of my own agency; a basis must stand in the log before.
    """
    me, reserved = writer.room.session.me.wid, _reservation(writer)
    rows = [_row(writer, Row(wid=wid), n=0) for wid in {me, *staff}]
    change = Change(why=Why.CREATE, mem=rows, basis=bases, chair=me, act=act)

    async def build(draft: Draft) -> Sid:
        for sid in bases:
            draft.signed(_logged(writer, sid))
        made = await first_roster(draft, Genesis(nonce=reserved.nonce, pol=pol), change)
        await docs.announce(draft, AGENDA)
        await docs.announce(draft, BOARD)
        return made

    await _be_current(writer)
    return await writer.submit(build, writing=Writing.WIDEN)


def _reservation(writer: Writer) -> Reservation:
    for each in writer.room.session.vault.contents.reserved:
        if each.case == writer.room.case:
            return each
    raise Refused(Code.WRONG_PLACE)


async def _be_current(writer: Writer) -> None:
    await writer.room.session.sync()
    await writer.room.complete()


def _logged(writer: Writer, sid: Sid) -> bytes:
    log = writer.room.session.council.log
    raw = log.statements[log.require_valid(sid)]
    if raw is None:
        raise Refused(Code.MISSING_STATEMENT)
    return raw


def _row(writer: Writer, row: Row, *, n: int) -> MemberRow:
    ik = _ik(writer, row.wid)
    return MemberRow(wid=row.wid, ik=ik, role=row.role, from_=n, until=row.until)


def _ik(writer: Writer, wid: Wid) -> Key:
    log = writer.room.session.council.log
    worker = log.directory.worker_in_force(wid, log.size)
    if worker is None:
        raise Refused(Code.UNTRUSTED)
    return worker.ik


# --- bringing in ---------------------------------------------------------------------------------


async def add(
    writer: Writer,
    people: Sequence[Row],
    *,
    bases: Sequence[Sid] = (),
    replaced: Sequence[Sid] = (),
    carried: Sequence[DocId] = (),
) -> Sid:
    """Bring people or bases in; newcomers get snapshots, and what is `carried` whole.

    A basis that is `replaced` gives way to a newer version of its own chain.
    """

    async def build(draft: Draft) -> Sid:
        before = draft.state.roster
        rows = [_row(writer, row, n=before.n + 1) for row in people]
        for sid in bases:
            if sid not in draft.state.listed:
                draft.signed(_logged(writer, sid))
        listed = (set(before.basis) | set(bases)) - set(replaced)
        change = Change(why=Why.ADD, mem=[*before.mem, *rows], basis=sorted(listed))
        made = await next_roster(draft, _with_void(writer, change))
        if people:
            await _snapshots(writer, draft)
            for doc in carried:
                docs.issue(draft, draft.newest(doc))
        return made

    await _be_current(writer)
    return await writer.submit(build, writing=Writing.WIDEN)


async def _snapshots(writer: Writer, draft: Draft) -> None:
    """Agenda and board go on in a new generation: the past is not for who came later."""
    for doc in whole_room(draft, None):
        await docs.renew(draft, doc, words=await writer.room.words(doc))


async def take_chair(writer: Writer, handover: Sid) -> Sid:
    """Become the chair by a handover that the last chair signed."""
    me = writer.room.session.me.wid

    def change(draft: Draft) -> Change:
        mem, listed = pruned(draft)
        own = [] if me in {row.wid for row in mem} else [Row(wid=me)]
        rows = [*mem, *(_row(writer, row, n=draft.state.epoch + 1) for row in own)]
        left = {row.wid for row in rows} - {me}
        act = [wid for wid in draft.state.roster.act if wid in left]
        return Change(why=Why.HANDOVER, mem=rows, basis=listed, chair=me, act=act, ref=handover)

    return await _lessen(writer, change, writing=Writing.WIDEN)


# --- taking out ----------------------------------------------------------------------------------


async def remove(writer: Writer, wids: Iterable[Wid]) -> Sid:
    """Take people out; whatever they held goes on under fresh keys."""
    gone = set(wids)

    def change(draft: Draft) -> Change:
        left = [row for row in draft.state.roster.mem if row.wid not in gone]
        return Change(why=Why.REMOVE, mem=left)

    return await _lessen(writer, change)


async def narrow(writer: Writer) -> Sid:
    """Take out who and what is no longer covered."""
    return await _lessen(writer, _computed(Why.NARROW))


async def rotate(writer: Writer) -> Sid:
    """Give the room a fresh key; over a room that is not stale, once an hour."""
    return await _lessen(writer, _computed(Why.ROTATE))


async def close(writer: Writer) -> Sid:
    """Close the room; it can still be read."""

    async def build(draft: Draft) -> Sid:
        change = _computed(Why.CLOSE)(draft)
        return await next_roster(draft, _with_void(writer, change))

    await writer.room.session.sync()
    return await writer.submit(build, writing=Writing.MEND)


def _computed(why: Why) -> MakeChange:
    def change(draft: Draft) -> Change:
        mem, listed = pruned(draft)
        return Change(why=why, mem=mem, basis=listed)

    return change


async def _lessen(writer: Writer, change: MakeChange, *, writing: Writing = Writing.MEND) -> Sid:
    async def build(draft: Draft) -> Sid:
        wanted = whole_room(draft, writer.open_item(draft))
        words = await writer.words_of(wanted)
        made = await next_roster(draft, _with_void(writer, change(draft)))
        await renew_due(draft, words, wanted)
        return made

    await writer.room.session.sync()
    return await writer.submit(build, writing=writing)


def _with_void(writer: Writer, change: Change) -> Change:
    """Say which of my own attempts lost their race."""
    kept = writer.room.session.vault.contents.room(writer.room.case)
    return with_fields(change, void=kept.void)
