"""One row of a feed: judged, then folded into the room. The same code on both ends.

A server hands in its own time and who is live (`Live`) and stops at the first refusal; a
reader replays what was committed, judges each row at the row's own point, and keeps a
refused row with its code (protocol, sections 5.2a, 5.9, 6 and 7).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from conference import gate as gates
from conference import model
from conference.content import Content, Sealed
from conference.gate import Gate
from conference.records import Conference, Op
from conference.scene_room import PointRoom
from consent import statements as consent
from consent.model import Action, Allow, Deny
from consent.register import Register
from crypto.errors import Code, Refused
from protocol import admission, documents, envelope, roster
from protocol.basis import device_of
from protocol.directory import Signer
from protocol.feed import Row, feed_hash
from protocol.headers import AnyHeader, DkHeader, EvHeader, OpHeader, SumHeader
from protocol.ids import Did, Eid, Hash, Sid, Wid
from protocol.payloads import Ack, Basis, Grant, Meet, Roster, Seat, Sect, Withdraw
from protocol.room import Announced, Answered, Generation, Granted, RoomState, RosterEntry, Version
from protocol.statement import Signature, Statement, match, signature_hash
from protocol.times import MINUTE, Instant
from protocol.vocabulary import DocClass, RosterRole

CLOCK_TOLERANCE: Final = 10 * MINUTE
_FREE_OF_STALE: Final = (Roster, Basis, Withdraw, Seat, Meet, Ack)
_GATE_OPS: Final = ("seat.", "item.", "sit.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What only the server knows when a row is submitted; time in ms."""

    now: Instant
    author: Did
    present: frozenset[Wid]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a view needs to know of a row: who may be given its bytes."""

    seq: int
    id: Hash
    kind: str
    code: Code | None = None
    epoch: int = -1
    generation: Generation | None = None
    author: Did | None = None
    to: Did | None = None
    basis: Sid | None = None


@dataclass(slots=True)
class Room:
    """State of the protocol and of the conference, with a record for each row."""

    state: RoomState
    register: Register
    conference: Conference = field(default_factory=Conference)
    records: list[Record] = field(default_factory=list[Record])
    has_gaps: bool = False  # some rows came without bytes, so author chains may jump
    _gate: Gate | None = None

    def fork(self) -> "Room":
        """Copy far enough to try a batch on."""
        return replace(self, state=self.state.fork(), records=list(self.records))

    def gate(self, *, n: int, now: Instant) -> Gate:
        """The gate at log size `n` and a moment; remembered while nothing moves."""
        held = self._gate
        same = held is not None and held.n == n and held.mark == self.state.gate
        if held is None or not same or not held.now <= now < held.until:
            self._gate = held = gates.open_gate(self.state, self.register, n=n, now=now)
        elif held.room is not self.state:  # a fork that has not moved keeps what is known
            self._gate = held = replace(held, room=self.state)
        return held

    def willing(self, now: Instant) -> Gate:
        """The gate for serving and writing now, by everything that is known."""
        self.state.at = self.state.directory.size
        return self.gate(n=self.state.at, now=now)


def fold(room: Room, row: Row, content: Content | None, *, live: Live | None = None) -> Code | None:
    """Take the next row; returns the code of a refused one, which is kept and skipped.

    Raises:
        Refused: EQUIVOCATION when the row does not continue the chain; with `live`, any
            refusal, and then the room is to be thrown away (it was a fork).
    """
    state = room.state
    expected = feed_hash(before=state.fh, seq=row.seq, row_id=row.id, sg=row.sg, idn=row.idn)
    if row.seq != state.seq + 1 or row.fh != expected or row.idn < state.idn:
        raise Refused(Code.EQUIVOCATION, seq=row.seq)
    state.at = row.idn
    if content is None:
        room.has_gaps = True
        record, moves = Record(seq=row.seq, id=row.id, kind="skel"), False
    else:
        record, moves = _judged(room, row, content, live)
    state.take(row, gate=moves)
    room.records.append(record)
    return record.code


def _judged(room: Room, row: Row, content: Content, live: Live | None) -> tuple[Record, bool]:
    try:
        if isinstance(content, Sealed):
            return _envelope(room, row, content, live)
        return _statement(room, row, content, live)
    except Refused as refusal:
        if live is not None:
            raise
        kind = content.header.k if isinstance(content, Sealed) else content.typ
        return Record(seq=row.seq, id=row.id, kind=kind, code=refusal.code), False


def _now(room: Room, live: Live | None) -> Instant:
    """Validity is judged at the row's own point, willingness by the server's clock."""
    return room.state.directory.time(room.state.at) if live is None else live.now


def _gate(room: Room, live: Live | None) -> Gate:
    return room.gate(n=room.state.at, now=_now(room, live))


def _require(code: Code, *, holds: bool) -> None:
    if not holds:
        raise Refused(code)


# --- statements --------------------------------------------------------------------------------


def _statement(
    room: Room, row: Row, statement: Statement, live: Live | None
) -> tuple[Record, bool]:
    body = statement.body
    _require(Code.WRONG_NET, holds=body.net == room.state.net)
    if live is not None and room.state.current is not None:
        stale = not isinstance(body, _FREE_OF_STALE) and _gate(room, live).is_stale()
        _require(Code.STALE, holds=not stale)
    take = _TAKERS.get(type(body))
    if take is None:
        raise Refused(Code.UNKNOWN_TYPE)
    return take(room, row, statement, live)


def _by_device(room: Room, row: Row, statement: Statement, live: Live | None) -> Signer:
    """The one device that signed, with the signatures that the row commits to."""
    directory = room.state.directory
    found = match(statement, directory.device_keys(s.keyid for s in statement.signatures))
    _require(Code.BAD_SIG, holds=bool(found))
    signer = directory.trust(found[0].pk, statement.typ, row.idn)
    _require_sg(row, found[:1])
    if live is not None:
        _require(Code.REVOKED, holds=not directory.is_seen_ended(signer))
        _require(Code.FORBIDDEN, holds=signer.did == live.author)
    return signer


def _require_sg(row: Row, signatures: tuple[Signature, ...]) -> None:
    _require(Code.BAD_SIG, holds=signature_hash(signatures) == row.sg)


def _record(row: Row, statement: Statement, author: Did | None = None) -> Record:
    return Record(seq=row.seq, id=row.id, kind=statement.typ, author=author)


def _require_case(room: Room, body: Basis | Withdraw | Sect | Grant | Seat | Meet | Ack) -> None:
    _require(Code.WRONG_PLACE, holds=body.case == room.state.case)


def _take_roster(
    room: Room, row: Row, statement: Statement, live: Live | None
) -> tuple[Record, bool]:
    state = room.state
    _by_device(room, row, statement, live)
    entry = roster.accept(state, statement, row)
    for sid in entry.body.basis:
        _require(Code.NO_BASIS, holds=sid in state.listed)
        if state.current is None:
            _require_standing(room, sid, entry.signer.aid)
    state.rosters.append(entry)
    return replace(_record(row, statement, entry.signer.did), epoch=entry.body.n), True


def _require_standing(room: Room, sid: Sid, host: Hash | bytes) -> None:
    """The signers of a basis belong to the case, its host agency, or an agency in its scope."""
    directory = room.state.directory
    logged = directory.logged[sid]
    body = room.state.basis_of(sid)
    newest = None if body.prev is None else room.state.basis_of(body.prev)
    consent.require_basis(body, newest=newest, register=room.register)
    signers = [_standing(room, signer, host) for signer in logged.signers]
    consent.require_basis_signers(body, signers, newest=newest)


def _standing(room: Room, signer: Signer, host: Hash | bytes) -> consent.Signer:
    row = room.state.member(signer.person)
    return consent.Signer(
        wid=signer.wid,
        aid=signer.aid,
        caps=signer.caps,
        member=row is not None and row.role is not RosterRole.GUEST,
        host=signer.aid == host,
    )


def _host(room: Room) -> bytes:
    """The host agency: that of the room's creator; empty before the first roster."""
    rosters = room.state.rosters
    return rosters[0].signer.aid if rosters else b""


def _take_basis(
    room: Room, row: Row, statement: Statement, _live: Live | None
) -> tuple[Record, bool]:
    assert isinstance(statement.body, Basis)  # noqa: S101 -- _TAKERS maps the type
    _require_case(room, statement.body)
    logged = room.state.directory.logged.get(statement.sid)
    if logged is None or logged.index >= row.idn:
        raise Refused(Code.NOT_LOGGED)
    _require_sg(row, logged.signatures)
    if room.state.current is not None:
        _require_standing(room, statement.sid, _host(room))
    room.state.listed[statement.sid] = row.seq
    return _record(row, statement), True


def _take_withdraw(
    room: Room, row: Row, statement: Statement, live: Live | None
) -> tuple[Record, bool]:
    assert isinstance(statement.body, Withdraw)  # noqa: S101 -- _TAKERS maps the type
    _require_case(room, statement.body)
    signatures = admission.signed_by_device(room.state.directory, statement, row.idn)
    _require_sg(row, signatures)
    signer = _by_device(room, row, statement, live)
    basis = room.state.basis_of(statement.body.basis)
    consent.require_withdrawal(statement.body, _standing(room, signer, _host(room)), basis=basis)
    room.state.withdrawn[statement.sid] = (row.seq, statement.body)
    return replace(_record(row, statement, signer.did), basis=statement.body.basis), True


def _take_sect(
    room: Room, row: Row, statement: Statement, live: Live | None
) -> tuple[Record, bool]:
    body = statement.body
    assert isinstance(body, Sect)  # noqa: S101 -- _TAKERS maps the type
    _require_case(room, body)
    signer = _by_device(room, row, statement, live)
    room.state.require_feed_point(body.fd)
    held = _gate(room, live)
    documents.require_sect(room.state, body, signer, may_read=held.may_read)
    if body.item is not None:
        _require(Code.UNKNOWN_ID, holds=body.item in room.conference.items)
    room.state.documents[body.doc, body.g] = Announced(
        seq=row.seq, sid=statement.sid, body=body, signer=signer, epoch=room.state.epoch
    )
    room.state.newest[body.doc] = body.g
    return replace(_record(row, statement, signer.did), generation=(body.doc, body.g)), True


def _take_grant(
    room: Room, row: Row, statement: Statement, live: Live | None
) -> tuple[Record, bool]:
    body = statement.body
    assert isinstance(body, Grant)  # noqa: S101 -- _TAKERS maps the type
    _require_case(room, body)
    signer = _by_device(room, row, statement, live)
    room.state.require_feed_point(body.fd)
    room.state.require_log_head(body.lh, row.idn)
    held = _gate(room, live)
    to = documents.require_grant(room.state, body, signer, may_read=held.may_read)
    room.state.grants.append(
        Granted(seq=row.seq, sid=statement.sid, body=body, signer=signer, to=to)
    )
    return replace(_record(row, statement, signer.did), to=to), True


def _take_seat(
    room: Room, row: Row, statement: Statement, live: Live | None
) -> tuple[Record, bool]:
    body = statement.body
    assert isinstance(body, Seat)  # noqa: S101 -- _TAKERS maps the type
    _require_case(room, body)
    signer = _by_device(room, row, statement, live)
    _require(Code.RULE_DENIED, holds=signer.wid == body.wid)
    at = _now(room, live)
    room.conference = model.answer_seat(
        room.conference, seq=row.seq, at=at, seat=body, room=_point(room, live)
    )
    room.state.answers.append(Answered(seq=row.seq, body=body, person=signer.person))
    return _record(row, statement, signer.did), True


def _take_meet(
    room: Room, row: Row, statement: Statement, live: Live | None
) -> tuple[Record, bool]:
    body = statement.body
    assert isinstance(body, Meet)  # noqa: S101 -- _TAKERS maps the type
    _require_case(room, body)
    signer = _by_device(room, row, statement, live)
    _require_member(room, signer)
    room.state.require_feed_point((body.seq, body.fh))
    room.state.require_log_head(body.lh, row.idn)
    known = any(entry.sid == body.ros and entry.seq <= body.seq for entry in room.state.rosters)
    _require(Code.EQUIVOCATION, holds=known and room.state.idns[body.seq] == body.idn)
    return _record(row, statement, signer.did), False


def _take_ack(room: Room, row: Row, statement: Statement, live: Live | None) -> tuple[Record, bool]:
    body = statement.body
    assert isinstance(body, Ack)  # noqa: S101 -- _TAKERS maps the type
    _require_case(room, body)
    signer = _by_device(room, row, statement, live)
    _require_member(room, signer)
    room.state.require_feed_point(body.fd)
    room.state.heed_ack(body, signer)
    return _record(row, statement, signer.did), True


def _require_member(room: Room, signer: Signer) -> None:
    member = room.state.member(signer.person)
    _require(Code.NOT_MEMBER, holds=member is not None and member.role is not RosterRole.GUEST)


Taker = Callable[[Room, Row, Statement, Live | None], tuple[Record, bool]]

_TAKERS: Final[dict[type[object], Taker]] = {
    Roster: _take_roster,
    Basis: _take_basis,
    Withdraw: _take_withdraw,
    Sect: _take_sect,
    Grant: _take_grant,
    Seat: _take_seat,
    Meet: _take_meet,
    Ack: _take_ack,
}


# --- envelopes ---------------------------------------------------------------------------------


def _envelope(room: Room, row: Row, sealed: Sealed, live: Live | None) -> tuple[Record, bool]:
    header, state = sealed.header, room.state
    signer = _author(room, row, sealed, live)
    _require(Code.WRONG_PLACE, holds=header.c == state.case)
    state.require_feed_point(header.f)
    _require(Code.WRONG_EPOCH, holds=header.e == state.epoch)
    held = _gate(room, live)
    if live is not None:
        _require(Code.STALE, holds=not held.is_stale())
    _require_chain(room, header, signer.did)
    if live is not None:
        _require(Code.CLOCK, holds=abs(header.t - live.now) <= CLOCK_TOLERANCE)
    allowed = _require_rights(room, row, header, signer, held, live)
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
    directory = room.state.directory
    chain = directory.chains.get(sealed.header.dev)
    did = device_of(directory, sealed.header.dev) if chain else None
    _require(Code.UNTRUSTED, holds=did is not None)
    assert did is not None  # noqa: S101 -- the line above
    if live is not None:
        _require(Code.FORBIDDEN, holds=did == live.author)
    signer = directory.trust(directory.devices[did].versions[0].body.dk, "env", row.idn)
    if live is not None:
        _require(Code.REVOKED, holds=not directory.is_seen_ended(signer))
    envelope.check_signature(sealed.env, signer.dk)
    _require(Code.BAD_SIG, holds=sealed.env.sg(signer.dk) == row.sg)
    return signer


def _require_chain(room: Room, header: AnyHeader, did: Did) -> None:
    last, eid = room.state.chains.get(did, (0, None))
    if room.has_gaps:
        _require(Code.CHAIN_GAP, holds=header.n > last)
        return
    _require(Code.CHAIN_GAP, holds=header.n == last + 1 and header.p == eid)


def _require_rights(
    room: Room, row: Row, header: AnyHeader, signer: Signer, held: Gate, live: Live | None
) -> Allow:
    """Documents (S4 to S6, due), the gate, then the state of 5.23, in this order."""
    state = room.state
    if isinstance(header, DkHeader):
        documents.require_dk(state, header, signer, may_read=held.may_read)
        return _require_allowed(room, header, state.documents[header.d, header.g], signer, held)
    announced = documents.require_place(state, header, signer)
    if isinstance(header, SumHeader):
        documents.require_version(state, header, signer)
    _require(Code.NEEDS_NEW_GENERATION, holds=not held.is_due((header.d, header.g)))
    allowed = _require_allowed(room, header, announced, signer, held)
    if isinstance(header, EvHeader):
        _require_evidence(room, header, signer)
    if isinstance(header, OpHeader):
        _apply(room, row, header, signer, announced, live)
    return allowed


def _require_allowed(
    room: Room, header: AnyHeader, announced: Announced, signer: Signer, held: Gate
) -> Allow:
    section = announced.body
    item = room.conference.items.get(section.item) if section.item else None
    text = not isinstance(header, DkHeader) and not isinstance(header, OpHeader)
    if item is None or not text:
        obj, seated = held.plain(section), False
    else:
        kind = room.conference.sittings[item.sit].kind
        obj = gates.object_in_item(held, section, item, kind)
        seated = gates.has_seat(room.conference, item, signer.wid)
    answer = held.ask(held.actor(signer.person, seated=seated), Action.WRITE, obj)
    if isinstance(answer, Deny):
        raise Refused(answer.code)
    return answer


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
        at=_now(room, live),
        cls=DocClass(announced.body.cls),
        item=announced.body.item,
    )
    room.conference = model.apply(room.conference, op, _point(room, live))


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


def _point(room: Room, live: Live | None) -> PointRoom:
    return PointRoom(
        state=room.state,
        held=_gate(room, live),
        live=None if live is None else live.present,
    )


def current_roster(room: Room) -> RosterEntry:
    """The newest accepted roster; WRONG_PLACE before the first."""
    entry = room.state.current
    if entry is None:
        raise Refused(Code.WRONG_PLACE)
    return entry
