"""Statements of a feed: each type's rules, then its place in the room's state."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

from conference import model
from conference.point import PointRoom
from conference.room import Live, Record, Room
from consent import statements as consent
from crypto.errors import Code, Refused
from protocol import documents, roster
from protocol.basis import device_of
from protocol.directory import Signer
from protocol.feed import Row
from protocol.ids import Did, Hash, Sid
from protocol.payloads import Ack, Basis, Grant, Meet, Roster, Seat, Sect, Withdraw
from protocol.room import Announced, Answered, Granted
from protocol.statement import Signature, Statement, match, signature_hash
from protocol.vocabulary import AckKind, RosterRole

_FREE_OF_STALE: Final = (Roster, Basis, Withdraw, Seat, Meet, Ack)
_CLOSED_TO: Final = (Basis, Sect, Seat)


def _require(code: Code, *, holds: bool) -> None:
    if not holds:
        raise Refused(code)


def take_statement(
    room: Room, row: Row, statement: Statement, live: Live | None
) -> tuple[Record, bool]:
    """Judge a statement and take it in; says what the record is and whether the gate moves."""
    body = statement.body
    _require(Code.WRONG_NET, holds=body.net == room.state.net)
    if live is not None and room.state.current is not None:
        stale = not isinstance(body, _FREE_OF_STALE) and room.willing(live.now).is_stale()
        _require(Code.STALE, holds=not stale)
    take = _TAKERS.get(type(body))
    if take is None:
        raise Refused(Code.UNKNOWN_TYPE)
    _require(Code.FORBIDDEN, holds=not (room.state.closed and isinstance(body, _CLOSED_TO)))
    return take(room, row, statement, live)


def _by_device(room: Room, row: Row, statement: Statement, live: Live | None) -> Signer:
    """The one device that signed, with the signatures that the row commits to."""
    directory = room.state.directory
    found = match(statement, directory.device_keys(s.keyid for s in statement.signatures))
    _require(Code.BAD_SIG, holds=bool(found))
    signer = directory.trust(found[0].pk, statement.typ, row.idn)
    _require_sg(row, found[:1])
    _require_poster(room, signer, live)
    return signer


def _require_poster(room: Room, signer: Signer, live: Live | None) -> None:
    """Who submits signs for herself, with a device that nothing I have seen has ended."""
    if live is not None:
        _require(Code.REVOKED, holds=not room.state.directory.is_seen_ended(signer))
        _require(Code.FORBIDDEN, holds=signer.did == live.author)


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
    _heed_roster(room, row, statement)
    entry = roster.accept(state, statement, row)
    _require_poster(room, entry.signer, live)
    for sid in entry.body.basis:
        _require(Code.NO_BASIS, holds=sid in state.listed)
        if state.current is None:
            _require_standing(room, sid, entry.signer.aid)
    state.enter(entry)
    return replace(_record(row, statement, entry.signer.did), epoch=entry.body.n), True


def _heed_roster(room: Room, row: Row, statement: Statement) -> None:
    """A roster after the next one, by whoever signs for a device: one between was kept from me."""
    body = statement.body
    assert isinstance(body, Roster)  # noqa: S101 -- _TAKERS maps the type
    if body.case == room.state.case and body.n > room.state.epoch + 1:
        with suppress(Refused):
            _by_device(room, row, statement, None)
            room.heed_epoch(body.n - 1)


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
    for held in room.gates(live):
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
    room.heed_epoch(body.n)
    for held in room.gates(live):
        documents.require_grant(room.state, body, signer, may_read=held.may_read)
    to = device_of(room.state.directory, body.to)
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
    room.conference = model.answer_seat(
        room.conference,
        seq=row.seq,
        at=room.valid().now,
        seat=body,
        room=PointRoom(state=room.state, held=room.valid(), live=None),
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
    held = [entry.sid for entry in room.state.rosters if entry.seq <= body.seq][-1:]
    _require(Code.EQUIVOCATION, holds=held == [body.ros])
    _require(Code.EQUIVOCATION, holds=room.state.idns[body.seq] == body.idn)
    return _record(row, statement, signer.did), False


def _take_ack(room: Room, row: Row, statement: Statement, live: Live | None) -> tuple[Record, bool]:
    body = statement.body
    assert isinstance(body, Ack)  # noqa: S101 -- _TAKERS maps the type
    _require_case(room, body)
    _require(Code.UNKNOWN_TYPE, holds=body.kind in {AckKind.ACT, AckKind.BAD_BUNDLE})
    signer = _by_device(room, row, statement, live)
    _require_member(room, signer)
    by_chair = signer.wid == room.state.roster.chair
    _require(Code.RULE_DENIED, holds=by_chair or body.kind is not AckKind.ACT)
    _require(Code.UNKNOWN_ID, holds=body.n is None or body.n <= room.state.epoch)
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
