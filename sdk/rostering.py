"""Parts of a batch that change who is in a room: rosters with their key bundles (5.6, 5.7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from crypto.errors import Code, Refused
from protocol import basis, bundle
from protocol.feed import Point
from protocol.ids import Digest, DocId, Hash, ItemId, Sid, Wid
from protocol.keys import epoch_commitment
from protocol.payloads import Device, MemberRow, Policy, Roster
from protocol.shapes import UNSET, Unset, as_set
from protocol.vocabulary import DocClass, Why
from sdk.documents import renew
from sdk.draft import Draft
from sdk.words import Said

_ZERO = Digest(Hash(bytes(Hash.SIZE)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What the next roster says; whatever is left out stays as it was."""

    why: Why
    mem: Sequence[MemberRow] | None = None
    basis: Sequence[Sid] | None = None
    chair: Wid | None = None
    act: Sequence[Wid] | None = None
    ref: Sid | Unset = UNSET
    void: Sequence[Sid] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Genesis:
    """What only the first roster says: the nonce behind the case id, and the policy."""

    nonce: Digest
    pol: Policy


async def first_roster(draft: Draft, genesis: Genesis, change: Change) -> Sid:
    """Add roster 0 with its bundle."""
    return await _roster(draft, change, genesis)


async def next_roster(draft: Draft, change: Change) -> Sid:
    """Add the next roster with its bundle; its key is fresh."""
    return await _roster(draft, change, None)


async def _roster(draft: Draft, change: Change, genesis: Genesis | None) -> Sid:
    council, state = draft.session.council, draft.state
    epoch_key = council.entropy(Hash.SIZE)
    bare = _body(draft, change, genesis)
    entries = await _seal(draft, bare, epoch_key)
    data = bundle.encode(case=state.case, n=bare.n, entries=entries)
    body = replace(
        bare,
        kc=epoch_commitment(epoch_key, case=state.case, n=bare.n),
        bun=bundle.bundle_hash(data),
    )
    draft.bundles.append(data)
    draft.epochs[body.n] = epoch_key
    made = draft.statement(body)
    draft.rosters.append(made.sid)
    return made.sid


def _body(draft: Draft, change: Change, genesis: Genesis | None) -> Roster:
    council, state = draft.session.council, draft.state
    before = state.roster if state.current else None
    if (before is None) != (genesis is not None):
        raise Refused(Code.FORK_OR_GAP)
    mem = change.mem if change.mem is not None else _of(before).mem
    listed = change.basis if change.basis is not None else _of(before).basis
    return Roster(
        net=council.net,
        nce=council.nonce(),
        iat=council.iat(),
        case=state.case,
        n=state.epoch + 1,
        prev=state.current.sid if state.current else None,
        nonce=genesis.nonce if genesis else UNSET,
        chair=change.chair or _of(before).chair,
        act=tuple(change.act) if change.act is not None else _acts(before, mem),
        mem=tuple(sorted(mem, key=lambda row: row.wid)),
        basis=as_set(listed),
        pol=genesis.pol if genesis else _of(before).pol,
        kc=_ZERO,
        bun=_ZERO,
        lh=council.log.head(),
        fd=draft.base,
        void=as_set(change.void),
        why=change.why,
        ref=change.ref,
    )


def _of(before: Roster | None) -> Roster:
    if before is None:
        raise Refused(Code.WRONG_PLACE)
    return before


def _acts(before: Roster | None, mem: Sequence[MemberRow]) -> tuple[Wid, ...]:
    left = {row.wid for row in mem}
    return tuple(wid for wid in before.act if wid in left) if before else ()


async def _seal(draft: Draft, body: Roster, epoch_key: bytes) -> list[bundle.Entry]:
    """Seal the key to exactly the devices that everybody computes."""
    state = draft.state
    epoch = bundle.Epoch(net=body.net, case=body.case, n=body.n, prev=body.prev)
    certs = [_device(draft, sid) for sid in sorted(basis.recipients(state, body, body.lh.n))]
    eks = await draft.session.eks({device.ekh for _, device in certs})
    return [
        bundle.seal_epoch_key(epoch_key, epoch=epoch, sid=sid, eg=device.eg, ek=eks[device.ekh])
        for sid, device in certs
    ]


def _device(draft: Draft, sid: Sid) -> tuple[Sid, Device]:
    directory = draft.state.directory
    versions = directory.devices[basis.device_of(directory, sid)].versions
    return sid, next(cert.body for cert in versions if cert.sid == sid)


# --- what is computed ----------------------------------------------------------------------------


def pruned(draft: Draft) -> tuple[tuple[MemberRow, ...], tuple[Sid, ...]]:
    """Rows and bases that may stay, at the log head and feed row that I name."""
    state, n = draft.state, draft.session.council.log.size
    point, now = Point(n=n, s=draft.base[0]), state.directory.time(n)
    mem = basis.prune_members(state, state.roster, point, now)
    return mem, basis.prune_bases(state, state.roster, point, now)


async def rotate(draft: Draft, *, void: Sequence[Sid]) -> Sid:
    """Give the room a fresh key for whoever may stay; the contents are computed."""
    mem, listed = pruned(draft)
    return await next_roster(draft, Change(why=Why.ROTATE, mem=mem, basis=listed, void=void))


def whole_room(draft: Draft, open_item: ItemId | None) -> list[DocId]:
    """Agenda, board, and the text of the open item, as far as they exist."""
    wanted = {(DocClass.AGENDA, None), (DocClass.BOARD, None), (DocClass.ITEM, open_item)}
    documents = draft.state.documents
    return sorted(
        doc
        for (doc, g), announced in documents.items()
        if g == 1 and (announced.body.cls, announced.body.item) in wanted
    )


async def renew_due(draft: Draft, words: Mapping[DocId, Said], docs: Sequence[DocId]) -> None:
    """Carry whole-room documents into a new generation where somebody lost them."""
    for doc in docs:
        if draft.gate().is_due(draft.newest(doc)):
            await renew(draft, doc, words=words.get(doc))
