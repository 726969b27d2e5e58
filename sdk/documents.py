"""Parts of a batch that make and fill documents (protocol, sections 5.10 and 5.12)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from crypto.errors import Code, Refused
from protocol import codec, grants
from protocol.certificates import Cert
from protocol.documents import in_audience
from protocol.headers import (
    DkHeader,
    DkText,
    EvHeader,
    EvText,
    NoteHeader,
    NoteText,
    OpHeader,
    SumHeader,
    SumText,
)
from protocol.ids import Blob, Digest, DocId, Eid, Hash, ItemId, SubId, SumId, Wid
from protocol.keys import doc_commitment
from protocol.ops import OPS, Facts, Snap
from protocol.payloads import Audience, Device, Grant, Sect
from protocol.room import Generation
from protocol.shapes import as_set
from protocol.vocabulary import WHOLE_ROOM, DocClass, GrantWhat
from sdk.draft import Draft
from sdk.opening import Words, passing_of
from sdk.words import Said

NAMES: Final = {kind: name for name, kind in OPS.items()}
"""Names of operations by the type of their facts."""

MAX_IDS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a new document is for; `aud` None is everyone in the roster."""

    cls: DocClass
    item: ItemId | None = None
    sub: SubId | None = None
    cats: tuple[str, ...] = ()
    aud: Audience | None = None
    carried: bool = False  # whether later comers may be given the whole generation


AGENDA: Final = Plan(cls=DocClass.AGENDA, carried=True)
BOARD: Final = Plan(cls=DocClass.BOARD, carried=True)


# --- documents and their keys --------------------------------------------------------------------


async def announce(draft: Draft, plan: Plan) -> DocId:
    """Make a document with a fresh key; for everyone by `dk`, for a few by grants."""
    doc = DocId(draft.new_id())
    await _generation(draft, plan, (doc, 1))
    return doc


async def renew(draft: Draft, doc: DocId, *, words: Said | None = None) -> Generation:
    """Make the next generation under a fresh key for those who may still read.

    `words` is what a whole-room document carries over.
    """
    before = draft.state.latest(doc).body
    plan = Plan(
        cls=DocClass(before.cls),
        item=before.item,
        sub=before.sub,
        cats=before.cats,
        aud=_still(draft, before),
        carried=before.cy == 1,
    )
    generation = (doc, before.g + 1)
    await _generation(draft, plan, generation)
    if plan.cls in WHOLE_ROOM:
        said = words or {}
        facts = Snap(upto=draft.base[0], rows=len(said))
        operate(draft, generation, facts, {"rows": said})
    return generation


def _still(draft: Draft, before: Sect) -> Audience | None:
    """The audience without agencies and people who may no longer read."""
    if before.aud is None:
        return None
    return _audience(draft, _allowed(draft, before), before.aud)


def _audience(draft: Draft, allowed: set[Wid], within: Audience | None) -> Audience:
    """Name agencies whose people may all read, and single people of the others."""
    workers = draft.state.directory.workers
    of = {row.wid: workers[row.wid].versions[-1].body.aid for row in draft.state.roster.mem}
    barred = {aid for wid, aid in of.items() if wid not in allowed}
    whole = {of[wid] for wid in allowed} - barred
    if within is not None:
        whole &= set(within.ag)
    people = {wid for wid in allowed if of[wid] not in whole}
    if not whole and not people:
        raise Refused(Code.AUDIENCE_TOO_WIDE)
    return Audience(ag=as_set(whole), w=as_set(people))


def _allowed(draft: Draft, section: Sect) -> set[Wid]:
    gate, workers = draft.gate(), draft.state.directory.workers
    found: set[Wid] = set()
    for row in draft.state.roster.mem:
        aid = workers[row.wid].versions[-1].body.aid
        heard = in_audience(section.aud, wid=row.wid, aid=aid)
        if heard and gate.may_read(row.person, section) is None:
            found.add(row.wid)
    return found


async def _generation(draft: Draft, plan: Plan, generation: Generation) -> None:
    doc, g = generation
    council, case = draft.session.council, draft.state.case
    key = council.entropy(Hash.SIZE)
    draft.docs[generation] = key
    draft.statement(
        Sect(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            case=case,
            fd=draft.base,
            doc=doc,
            g=g,
            cls=plan.cls,
            item=plan.item,
            sub=plan.sub,
            cats=as_set(plan.cats),
            aud=plan.aud,
            cy=1 if plan.carried else 0,
            dc=doc_commitment(key, case=case, doc=doc, g=g),
        )
    )
    if plan.aud is None:
        issue(draft, generation)
    else:
        await grant_audience(draft, [generation])


def issue(draft: Draft, generation: Generation) -> Eid:
    """Put a document's key under the epoch key: at once, or carried to later comers."""
    doc, g = generation
    header = DkHeader(**draft.place(generation))
    return draft.seal(header, DkText(doc=doc, g=g, D=Hash(draft.doc_key(generation))))


# --- grants --------------------------------------------------------------------------------------


async def grant_audience(draft: Draft, generations: Sequence[Generation]) -> None:
    """Pass keys to every device of everyone they are for, but this one."""
    people: dict[Wid, list[Generation]] = {}
    for generation in generations:
        section = draft.state.documents[generation].body
        for wid in _allowed(draft, section):
            people.setdefault(wid, []).append(generation)
    for wid, theirs in sorted(people.items()):
        await grant_person(draft, wid, theirs)


async def grant_person(draft: Draft, wid: Wid, generations: Sequence[Generation]) -> None:
    """Pass keys of documents to all devices of one person, but this one."""
    keys = [draft.doc_key(each) for each in generations]
    for cert in _devices(draft, wid):
        await _grant(draft, cert, GrantWhat.DOCS, [(doc.hex(), g) for doc, g in generations], keys)


async def grant_sibling(draft: Draft, device: Cert[Device], epochs: Mapping[int, bytes]) -> None:
    """Pass epoch keys to another device of my own."""
    ids = sorted(epochs)
    for start in range(0, len(ids), MAX_IDS):
        part = ids[start : start + MAX_IDS]
        pairs = [(n,) for n in part]
        await _grant(draft, device, GrantWhat.EPOCH, pairs, [epochs[n] for n in part])


def _devices(draft: Draft, wid: Wid) -> list[Cert[Device]]:
    row = draft.state.roster.rows[wid]
    found = draft.state.directory.devices_of(row.person, draft.session.council.log.size)
    return [cert for cert in found if cert.body.did != draft.session.me.did]


async def _grant(
    draft: Draft,
    to: Cert[Device],
    what: GrantWhat,
    ids: Sequence[tuple[str | int, ...]],
    keys: Sequence[bytes],
) -> None:
    council = draft.session.council
    eks = await draft.session.eks({to.body.ekh})
    unsealed = Grant(
        net=council.net,
        nce=council.nonce(),
        iat=council.iat(),
        case=draft.state.case,
        fd=draft.base,
        lh=council.log.head(),
        n=draft.state.epoch,
        by=draft.session.certificate().sid,
        to=to.sid,
        eg=to.body.eg,
        what=what,
        ids=tuple(ids),
        ct=Blob(b""),
    )
    passing = passing_of(unsealed, net=council.net)
    sealed = grants.seal_keys(keys, passing=passing, ek=eks[to.body.ekh])
    draft.statement(msgspec.structs.replace(unsealed, ct=Blob(sealed)))


# --- words ---------------------------------------------------------------------------------------


def operate(draft: Draft, generation: Generation, facts: Facts, words: Words) -> Eid:
    """Add an operation: its facts in clear and signed, its words sealed."""
    header = OpHeader(
        **draft.place(generation),
        op=NAMES[type(facts)],
        m=msgspec.Raw(codec.encode(facts)),
    )
    return draft.seal(header, words)


def summarise(draft: Draft, generation: Generation, sm: SumId, text: SumText) -> Eid:
    """Add the next version of a summary's section."""
    newest = draft.state.versions.get(sm)
    header = SumHeader(
        **draft.place(generation),
        sm=sm,
        ver=1 if newest is None else newest.ver + 1,
        pv=None if newest is None else newest.eid,
    )
    return draft.seal(header, text)


def remark(draft: Draft, generation: Generation, text: NoteText) -> Eid:
    """Add a note to a document, or to the item it belongs to."""
    header = NoteHeader(
        **draft.place(generation),
        item=draft.state.documents[generation].body.item,
    )
    return draft.seal(header, text)


def testify(draft: Draft, generation: Generation, sub: SubId, text: EvText) -> Eid:
    """Add the evidence of a subject's bases."""
    header = EvHeader(
        **draft.place(generation),
        sub=sub,
    )
    return draft.seal(header, text)


# --- audiences -----------------------------------------------------------------------------------


def audience_for(draft: Draft, plan: Plan) -> Audience | None:
    """Who may read: None when everyone of the roster may, else the agencies that may.

    Raises the gate's refusal of the author herself when she may not read it.
    """
    asked = _probe(draft, plan)
    gate, me = draft.gate(), draft.session.me
    own = gate.may_read((me.wid, me.ik), asked)
    if own is not None:
        raise Refused(own)
    answers = {row.wid: gate.may_read(row.person, asked) for row in draft.state.members()}
    if all(code is None for code in answers.values()):
        return None
    workers = draft.state.directory.workers
    allowed = {workers[wid].versions[-1].body.aid for wid, code in answers.items() if code is None}
    return Audience(ag=as_set(allowed), w=())


def _probe(draft: Draft, plan: Plan) -> Sect:
    council = draft.session.council
    return Sect(
        net=council.net,
        nce=council.nonce(),
        iat=council.iat(),
        case=draft.state.case,
        fd=draft.base,
        doc=DocId(draft.new_id()),
        g=1,
        cls=plan.cls,
        item=plan.item,
        sub=plan.sub,
        cats=as_set(plan.cats),
        aud=None,
        cy=0,
        dc=Digest(Hash(bytes(Hash.SIZE))),
    )


def readers(draft: Draft, plan: Plan) -> Iterable[tuple[Wid, Code | None]]:
    """Everybody in the roster with the reason why she may not read; None when she may."""
    asked, gate = _probe(draft, plan), draft.gate()
    return [(row.wid, gate.may_read(row.person, asked)) for row in draft.state.roster.mem]
