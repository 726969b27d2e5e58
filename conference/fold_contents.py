"""Envelopes of a feed: author, place, epoch, chain, rights, then their place in the state."""

from typing import Final

from conference import gate as gates
from conference import model
from conference.content import Sealed
from conference.gate import Gate
from conference.point import PointRoom
from conference.records import Op
from conference.room import Live, Record, Room
from consent.model import Action, Allow, Deny
from crypto.errors import Code, Refused
from protocol import documents, envelope
from protocol.directory import Signer
from protocol.feed import Row
from protocol.headers import AnyHeader, DkHeader, EvHeader, OpHeader, SumHeader
from protocol.ids import Did, Eid
from protocol.payloads import Device
from protocol.room import Announced, Version
from protocol.times import MINUTE

CLOCK_TOLERANCE: Final = 10 * MINUTE
_GATE_OPS: Final = ("seat.", "item.", "sit.")


def _require(code: Code, *, holds: bool) -> None:
    if not holds:
        raise Refused(code)


def take_envelope(room: Room, row: Row, sealed: Sealed, live: Live | None) -> tuple[Record, bool]:
    """Judge an envelope and take it in; says what the record is and whether the gate moves."""
    header, state = sealed.header, room.state
    signer = _author(room, row, sealed, live)
    _require(Code.WRONG_PLACE, holds=header.c == state.case)
    state.require_feed_point(header.f)
    room.heed_epoch(header.e)
    _require(Code.WRONG_EPOCH, holds=header.e == state.epoch)
    if live is not None:
        _require(Code.STALE, holds=not room.willing(live.now).is_stale())
    _require_chain(room, header, signer.did)
    if live is not None:
        _require(Code.CLOCK, holds=abs(header.t - live.now) <= CLOCK_TOLERANCE)
    allowed = _require_rights(room, row, header, signer, live)
    _take_content(room, sealed, signer)
    record = Record(
        seq=row.seq,
        id=row.id,
        kind=header.k,
        epoch=header.e,
        generation=(header.d, header.g),
        author=signer.did,
        basis=allowed.basis,
    )
    return record, _moves_gate(header)


def _moves_gate(header: AnyHeader) -> bool:
    if isinstance(header, OpHeader):
        return header.op.startswith(_GATE_OPS)
    return isinstance(header, DkHeader)


def _author(room: Room, row: Row, sealed: Sealed, live: Live | None) -> Signer:
    directory, dev = room.state.directory, sealed.header.dev
    body = directory.chains[dev].versions[0].body if dev in directory.chains else None
    if not isinstance(body, Device):
        raise Refused(Code.UNTRUSTED)
    if live is not None:
        _require(Code.FORBIDDEN, holds=body.did == live.author)
    _require(Code.NOT_LOGGED, holds=directory.statements[dev] < row.idn)
    signer = directory.trust(body.dk, "env", row.idn)
    if live is not None:
        _require(Code.REVOKED, holds=not directory.is_seen_ended(signer))
    envelope.check_signature(sealed.env, signer.dk)
    _require(Code.BAD_SIG, holds=sealed.env.sg(signer.dk) == row.sg)
    return signer


def _require_chain(room: Room, header: AnyHeader, did: Did) -> None:
    """Each row follows the author's last; across rows I did not see it only counts on."""
    last, eid = room.state.chains.get(did, (0, None))
    follows = header.n == last + 1 and header.p == eid
    jumps = room.has_gaps and header.n > last + 1
    _require(Code.CHAIN_GAP, holds=follows or jumps)


def _require_rights(
    room: Room, row: Row, header: AnyHeader, signer: Signer, live: Live | None
) -> Allow:
    """Documents (S4 to S6, due), the gate, then the state of 5.23, in this order."""
    state = room.state
    if isinstance(header, DkHeader):
        for held in room.gates(live):
            documents.require_dk(state, header, signer, may_read=held.may_read)
        announced = state.documents[header.d, header.g]
        return _require_allowed(room, header, announced, signer, live)
    announced = documents.require_place(state, header, signer)
    if not room.has_gaps:  # of somebody else's grant a reader may hold the place alone
        documents.require_granted(state, header, signer)
    if isinstance(header, SumHeader):
        documents.require_version(state, header, signer)
    due = any(held.is_due((header.d, header.g)) for held in room.gates(live))
    _require(Code.NEEDS_NEW_GENERATION, holds=not due)
    allowed = _require_allowed(room, header, announced, signer, live)
    if isinstance(header, EvHeader):
        _require_evidence(room, header, signer)
    if isinstance(header, OpHeader):
        _apply(room, row, header, signer, announced, live)
    return allowed


def _require_allowed(
    room: Room, header: AnyHeader, announced: Announced, signer: Signer, live: Live | None
) -> Allow:
    """Ask every gate; the answer that the record names is that of validity."""
    answers = [_asked(room, header, announced, signer, held) for held in room.gates(live)]
    denied = next((a for a in answers if isinstance(a, Deny)), None)
    if denied is not None:
        raise Refused(denied.code)
    return next(a for a in answers if isinstance(a, Allow))


def _asked(
    room: Room, header: AnyHeader, announced: Announced, signer: Signer, held: Gate
) -> Allow | Deny:
    section = announced.body
    item = room.conference.items.get(section.item) if section.item else None
    if item is None or isinstance(header, DkHeader | OpHeader):
        return held.write(signer.person, section)
    kind = room.conference.sittings[item.sit].kind
    obj = gates.object_in_item(held, section, item, kind)
    seated = gates.has_seat(room.conference, item, signer.wid)
    return held.ask(held.actor(signer.person, seated=seated), Action.WRITE, obj)


def _require_evidence(room: Room, header: EvHeader, signer: Signer) -> None:
    """Evidence comes from whoever proposed a basis for the subject, from chair or act."""
    proposers = {
        body.prop
        for sid in room.state.listed
        if (body := room.state.basis_of(sid)).sub == header.sub
    }
    chairs = room.state.chairs(room.state.at)
    _require(Code.FORBIDDEN, holds=signer.wid in proposers | chairs)


def _apply(
    room: Room,
    row: Row,
    header: OpHeader,
    signer: Signer,
    announced: Announced,
    live: Live | None,
) -> None:
    op = Op(
        seq=row.seq,
        base=header.f[0],
        facts=header.facts,
        wid=signer.wid,
        aid=signer.aid,
        at=room.valid().now,
        cls=announced.body.cls,
        item=announced.body.item,
    )
    present = None if live is None else live.present
    before = room.conference
    for held in reversed(room.gates(live)):  # the state that stays is that of validity
        point = PointRoom(state=room.state, held=held, live=present)
        room.conference = model.apply(before, op, point)


def _take_content(room: Room, sealed: Sealed, signer: Signer) -> None:
    header, state = sealed.header, room.state
    generation = (header.d, header.g)
    state.chains[signer.did] = (header.n, Eid(sealed.eid))
    if isinstance(header, DkHeader):
        state.keyed[generation] = (*state.keyed.get(generation, ()), header.e)
        return
    state.started.add(generation)
    if isinstance(header, SumHeader):
        first = state.versions.get(header.sm)
        state.versions[header.sm] = Version(
            ver=header.ver,
            eid=Eid(sealed.eid),
            generation=generation,
            author=signer if first is None else first.author,
        )
