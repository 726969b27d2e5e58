"""Documents, their generations, and who may hold a key: rules S1 to S6 and grants.

Two ways lead to a document's key and no third: the epoch key and a `dk`, or a `grant`
(protocol, sections 5.10, 5.12, 5.13). What the gate says of a person is handed in.
"""

from collections.abc import Callable, Iterator
from typing import Final

from crypto.errors import Code, Refused
from crypto.sealing import OVERHEAD
from protocol.basis import device_of
from protocol.directory import Signer
from protocol.headers import AnyHeader, DkHeader, EvHeader, NoteHeader, OpHeader, SumHeader
from protocol.ids import Aid, Did, ItemId, Wid
from protocol.payloads import Audience, Grant, Sect
from protocol.room import Announced, Generation, Person, RoomState
from protocol.vocabulary import WHOLE_ROOM, DocClass, GrantWhat, RosterRole

MayRead = Callable[[Person, Sect], Code | None]
"""What the gate answers when a person asks to read a document announced so."""

KEY_SIZE: Final = 32

_PLACES: Final[dict[type[AnyHeader], frozenset[DocClass]]] = {
    SumHeader: frozenset({DocClass.SECTION, DocClass.CARD}),
    EvHeader: frozenset({DocClass.EVIDENCE}),
    OpHeader: WHOLE_ROOM,
    NoteHeader: frozenset(DocClass),
    DkHeader: frozenset(DocClass),
}


def _require(code: Code, *, holds: bool) -> None:
    if not holds:
        raise Refused(code)


def in_audience(aud: Audience | None, *, wid: Wid, aid: Aid) -> bool:
    """Tell whether an audience names a person or her agency; null names the whole roster."""
    return aud is None or wid in aud.w or aid in aud.ag


def persons_of(room: RoomState, aud: Audience | None) -> Iterator[Person]:
    """People of the roster that an audience names."""
    for row in room.roster.mem:
        if in_audience(aud, wid=row.wid, aid=_agency_of(room, row.wid)):
            yield row.person


def _agency_of(room: RoomState, wid: Wid) -> Aid:
    """The agency of a worker, which no renewal changes."""
    return room.directory.workers[wid].versions[0].body.aid


# --- sect --------------------------------------------------------------------------------------


def require_sect(room: RoomState, body: Sect, signer: Signer, *, may_read: MayRead) -> None:
    """S1, S2, S3: a new generation of a document.

    Raises:
        Refused: CONFLICT, UNKNOWN_ID, RULE_DENIED, AUDIENCE_TOO_WIDE, or the gate's code.
    """
    _require_next(room, body)
    if body.g == 1:
        _require_new_document(room, body, signer)
    else:
        _require_next_generation(room, body, signer)
    own = in_audience(body.aud, wid=signer.wid, aid=signer.aid)
    _require(Code.RULE_DENIED, holds=own)
    require_readable(room, body, may_read=may_read)


def _require_next(room: RoomState, body: Sect) -> None:
    newest = room.newest.get(body.doc, 0)
    _require(Code.CONFLICT, holds=body.g > newest)
    _require(Code.UNKNOWN_ID, holds=body.g == newest + 1)


def _require_new_document(room: RoomState, body: Sect, signer: Signer) -> None:
    single = body.cls in WHOLE_ROOM
    taken = {_slot(other.body) for other in room.documents.values()}
    _require(Code.CONFLICT, holds=not single or _slot(body) not in taken)
    chairs = room.chairs(room.at)
    allowed = signer.wid in chairs if single else _is_member(room, signer)
    _require(Code.RULE_DENIED, holds=allowed)


def _slot(body: Sect) -> tuple[DocClass, ItemId | None]:
    """One agenda and one board a room, one text an item."""
    return body.cls, body.item if body.cls is DocClass.ITEM else None


def _require_next_generation(room: RoomState, body: Sect, signer: Signer) -> None:
    before = room.latest(body.doc).body
    same = (before.cls, before.item, before.sub, before.cats)
    _require(Code.RULE_DENIED, holds=(body.cls, body.item, body.sub, body.cats) == same)
    if body.cls in WHOLE_ROOM:
        _require(Code.RULE_DENIED, holds=_is_member(room, signer))
        return
    heard = in_audience(before.aud, wid=signer.wid, aid=signer.aid)
    _require(Code.RULE_DENIED, holds=heard and room.member(signer.person) is not None)
    first = room.documents[body.doc, 1].signer
    may_widen = first.person == signer.person or signer.wid in room.chairs(room.at)
    _require(Code.RULE_DENIED, holds=may_widen or _narrows(room, before.aud, body.aud))


def _narrows(room: RoomState, before: Audience | None, after: Audience | None) -> bool:
    """Tell whether everyone of the new audience was in the one before."""
    if before is None or after is None:
        return before is None
    known = (wid for wid in after.w if wid in room.directory.workers)
    people = {wid for wid in known if in_audience(before, wid=wid, aid=_agency_of(room, wid))}
    return set(after.ag) <= set(before.ag) and set(after.w) <= people


def _is_member(room: RoomState, signer: Signer) -> bool:
    row = room.member(signer.person)
    return row is not None and row.role is not RosterRole.GUEST


def require_readable(room: RoomState, body: Sect, *, may_read: MayRead) -> None:
    """S3: everyone the key is for may read; a guest is granted documents one by one."""
    if body.aud is None:
        owners = {person_of(room, did) for did in _key_holders(room, room.epoch)}
        too_wide = any(may_read(person, body) is not None for person in owners)
        _require(Code.AUDIENCE_TOO_WIDE, holds=not too_wide)
        return
    for person in persons_of(room, body.aud):
        refusal = may_read(person, body)
        if refusal is not None:
            raise Refused(refusal)


# --- dk and content ----------------------------------------------------------------------------


def require_dk(room: RoomState, header: DkHeader, signer: Signer, *, may_read: MayRead) -> None:
    """S4: a document key under the epoch key, only for a document of the whole roster."""
    announced = _announced(room, (header.d, header.g))
    _require(Code.RULE_DENIED, holds=announced.body.aud is None)
    epochs = room.keyed.get((header.d, header.g), ())
    if not epochs and announced.epoch == room.epoch:
        own = announced.signer.person == signer.person
        _require(Code.RULE_DENIED, holds=own)
    else:  # carried; who came later may not have seen the first
        carries = signer.wid in room.chairs(room.at) and announced.body.cy == 1
        _require(Code.RULE_DENIED, holds=carries and room.epoch not in epochs)
    require_readable(room, announced.body, may_read=may_read)


def require_place(room: RoomState, header: AnyHeader, signer: Signer) -> Announced:
    """The document exists in this generation, is the newest, and takes this kind.

    Raises:
        Refused: UNKNOWN_ID, NEEDS_NEW_GENERATION, WRONG_PLACE, RULE_DENIED (S6).
    """
    announced = _announced(room, (header.d, header.g))
    _require(Code.NEEDS_NEW_GENERATION, holds=room.newest[header.d] == header.g)
    section = announced.body
    _require(Code.WRONG_PLACE, holds=section.cls in _PLACES[type(header)])
    if isinstance(header, EvHeader):
        _require(Code.WRONG_PLACE, holds=header.sub == section.sub)
    if isinstance(header, NoteHeader):
        _require(Code.WRONG_PLACE, holds=header.item == section.item)
    if section.cls in WHOLE_ROOM:
        fresh = section.g > 1 and (header.d, header.g) not in room.started
        snapshot = isinstance(header, OpHeader) and header.op == "snap"
        own = announced.signer.person == signer.person
        _require(Code.RULE_DENIED, holds=snapshot is fresh and (own or not fresh))
    return announced


def require_granted(room: RoomState, header: AnyHeader, signer: Signer) -> None:
    """A guest writes in documents whose key she was given, and in no other: FORBIDDEN."""
    row = room.member(signer.person)
    guest = row is not None and row.role is RosterRole.GUEST
    held = not guest or signer.did in holders(room, (header.d, header.g))
    _require(Code.FORBIDDEN, holds=held)


def require_version(room: RoomState, header: SumHeader, signer: Signer) -> None:
    """A later version names the newest one, and comes from its agency, chair or act."""
    newest = room.versions.get(header.sm)
    if newest is None:
        _require(Code.CONFLICT, holds=header.ver == 1)
        return
    follows = header.ver == newest.ver + 1 and header.pv == newest.eid
    _require(Code.CONFLICT, holds=follows)
    _require(Code.WRONG_PLACE, holds=newest.generation[0] == header.d)
    by_chair = signer.wid in room.chairs(room.at)
    _require(Code.FORBIDDEN, holds=by_chair or newest.author.aid == signer.aid)


def _announced(room: RoomState, generation: Generation) -> Announced:
    announced = room.documents.get(generation)
    if announced is None:
        raise Refused(Code.UNKNOWN_ID)
    return announced


# --- holders and due ---------------------------------------------------------------------------


def holders(room: RoomState, generation: Generation) -> frozenset[Did]:
    """Devices that hold, or were given, the key of a document generation."""
    epochs = set(room.keyed.get(generation, ()))
    found = {_announced(room, generation).signer.did}
    for n in epochs:
        found.update(_key_holders(room, n))
    for grant in room.grants:
        if generation in grant.body.docs or epochs.intersection(grant.body.epochs):
            found.add(grant.to)
    return frozenset(found)


def _key_holders(room: RoomState, n: int) -> frozenset[Did]:
    """Devices that an epoch's key was sealed to."""
    return frozenset(device_of(room.directory, sid) for sid in room.rosters[n].recipients)


def person_of(room: RoomState, did: Did) -> Person:
    """The person whose device this is."""
    body = room.directory.devices[did].versions[0].body
    return (body.wid, body.ik)


def is_due(room: RoomState, generation: Generation, *, n: int, may_read: MayRead) -> bool:
    """Tell whether some holder is not entitled at log size `n`: the next word needs a new key."""
    section = _announced(room, generation).body
    heard = set(persons_of(room, section.aud))
    return not all(
        person_of(room, did) in heard and is_entitled(room, did, section, n=n, may_read=may_read)
        for did in holders(room, generation)
    )


def is_entitled(room: RoomState, did: Did, section: Sect, *, n: int, may_read: MayRead) -> bool:
    """Tell whether a device is in force and its owner, by the gate, may read.

    What was seen of revocations but is not logged yet is the gate's business: it counts for
    willingness, and a row's validity must not hang on it.
    """
    person = person_of(room, did)
    live = any(cert.body.did == did for cert in room.directory.devices_of(person, n))
    return live and may_read(person, section) is None


# --- grants ------------------------------------------------------------------------------------


def require_grant(room: RoomState, body: Grant, signer: Signer, *, may_read: MayRead) -> Did:
    """5.12: who may pass which keys to whom; returns the receiving device.

    Raises:
        Refused: WRONG_EPOCH, RULE_DENIED, UNKNOWN_ID, BAD_LENGTH, NOT_MEMBER, or the gate's.
    """
    _require(Code.WRONG_EPOCH, holds=body.n == room.epoch)
    _require(Code.NOT_MEMBER, holds=room.member(signer.person) is not None)
    _require(Code.RULE_DENIED, holds=body.by == signer.device)
    _require(Code.BAD_LENGTH, holds=len(body.ct) == OVERHEAD + KEY_SIZE * len(body.ids))
    to = device_of(room.directory, body.to)
    newest = room.directory.devices[to].newest(room.at)
    fits = newest is not None and newest.sid == body.to and newest.body.eg == body.eg
    _require(Code.RULE_DENIED, holds=fits)
    receiver = person_of(room, to)
    _require(Code.NOT_MEMBER, holds=room.member(receiver) is not None)
    if body.what is GrantWhat.EPOCH:
        _require_epochs(room, body, signer, receiver)
        return to
    for generation in body.docs:
        _require_document(room, generation, signer, receiver, may_read=may_read)
    return to


def _require_epochs(room: RoomState, body: Grant, signer: Signer, receiver: Person) -> None:
    """Epoch keys pass only between devices of one person, from her entry on."""
    _require(Code.RULE_DENIED, holds=signer.person == receiver)
    row = room.member(receiver)
    for n in body.epochs:
        reached = row is not None and row.from_ <= n <= room.epoch
        _require(Code.RULE_DENIED, holds=reached and signer.did in _epoch_holders(room, n))


def _epoch_holders(room: RoomState, n: int) -> frozenset[Did]:
    """Devices that hold an epoch's key: of its bundle, or by a grant."""
    return _key_holders(room, n) | {g.to for g in room.grants if n in g.body.epochs}


def _require_document(
    room: RoomState,
    generation: Generation,
    signer: Signer,
    receiver: Person,
    *,
    may_read: MayRead,
) -> None:
    announced = _announced(room, generation)
    section = announced.body
    by_signer = announced.signer.person == signer.person
    heard = in_audience(section.aud, wid=signer.wid, aid=signer.aid)
    by_chair = heard and signer.wid in room.chairs(room.at)
    _require(Code.RULE_DENIED, holds=by_signer or by_chair or signer.person == receiver)
    _require(Code.OUT_OF_SCOPE, holds=receiver in set(persons_of(room, section.aud)))
    refusal = may_read(receiver, section)
    if refusal is not None:
        raise Refused(refusal)
