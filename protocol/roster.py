"""`accept_roster`: the only way in which a room's members change (protocol, 5.6 and 5.22).

The signer is judged at the row's own point, the contents at B = (lh.n, fd[0]), the newest
log head and feed row that the signer had seen. The first failing line decides.
"""

from collections.abc import Callable
from typing import Final

from crypto.errors import Code, Refused
from crypto.hashing import sha256
from protocol import basis, bundle
from protocol.derived import case_id
from protocol.directory import Signer
from protocol.feed import Point, Row
from protocol.ids import Sid, Wid
from protocol.payloads import Device, Handover, MemberRow, Roster, Worker
from protocol.room import Person, RoomState, RosterEntry
from protocol.shapes import UNSET
from protocol.statement import Statement, match, signature_hash
from protocol.times import HOUR, Instant
from protocol.vocabulary import Cap, RosterRole, Why

MAX_MEMBERS: Final = 250
MAX_ACTS: Final = 8
MAX_VOID: Final = 16
MAX_LH_AGE: Final = 24 * HOUR

_ROLE_CAPS: Final[dict[RosterRole, frozenset[Cap]]] = {
    RosterRole.MEMBER: frozenset({Cap.MEMBER, Cap.CHAIR}),
    RosterRole.GUEST: frozenset({Cap.MEMBER, Cap.CHAIR}),
    RosterRole.MINUTES: frozenset({Cap.MINUTES}),
}


def accept(room: RoomState, statement: Statement, row: Row) -> RosterEntry:
    """Judge a roster row; coming back with the entry means it is accepted.

    Lines 1 to 8 of section 5.22; the bundle (9, 10) is `require_bundle`. Changes nothing.
    """
    body = _roster(statement)
    _require_order(room, body)
    signer = _signer(room, statement, row)
    if body.n == 0:
        _require_own_case(room, body, signer)
    _require_heads(room, body, row)
    point = Point(n=body.lh.n, s=body.fd[0])
    now = room.directory.time(point.n)
    _require(holds=(body.why is Why.CREATE) == (body.n == 0))
    _require(holds=body.why is Why.ROTATE or not room.closed)
    _RULES[body.why](room, body, signer, point)
    _require_people(room, body, point, now)
    _require_bases(room, body, point, now)
    _require_shape(body, now)
    return RosterEntry(
        seq=row.seq,
        sid=statement.sid,
        body=body,
        signer=signer,
        at=room.directory.time(row.idn),
        recipients=basis.recipients(room, body, point.n),
    )


def require_bundle(room: RoomState, entry: RosterEntry, data: bytes) -> bundle.Bundle:
    """Line 9: the bundle is the one named, and for exactly the computed devices.

    Raises:
        Refused: BAD_BUNDLE_HASH, BAD_LENGTH, BAD_RECIPIENTS.
    """
    if sha256(data) != entry.body.bun:
        raise Refused(Code.BAD_BUNDLE_HASH)
    parsed = bundle.parse(data)
    place = (parsed.case, parsed.n) == (entry.body.case, entry.body.n)
    named = frozenset(e.sid for e in parsed.entries)
    counters = all(e.eg == sealing_counter(room, e.sid) for e in parsed.entries)
    if not place or named != entry.recipients or not counters:
        raise Refused(Code.BAD_RECIPIENTS)
    return parsed


def sealing_counter(room: RoomState, sid: Sid) -> int | None:
    """The sealing-key counter of one device certificate, None for anything else."""
    chain = room.directory.chains.get(sid)
    found = (c.body for c in (chain.versions if chain else ()) if c.sid == sid)
    body = next(found, None)
    return body.eg if isinstance(body, Device) else None


def _roster(statement: Statement) -> Roster:
    if not isinstance(statement.body, Roster):
        raise Refused(Code.UNKNOWN_TYPE)
    return statement.body


def _require(code: Code = Code.RULE_DENIED, *, holds: bool) -> None:
    if not holds:
        raise Refused(code)


# --- 1 to 4: place, order, signer, heads ---------------------------------------------------------


def _require_order(room: RoomState, body: Roster) -> None:
    _require(Code.WRONG_NET, holds=body.net == room.net)
    _require(Code.WRONG_PLACE, holds=body.case == room.case)
    current = room.current
    expected = (0, None) if current is None else (current.body.n + 1, current.sid)
    _require(Code.FORK_OR_GAP, holds=(body.n, body.prev) == expected)


def _signer(room: RoomState, statement: Statement, row: Row) -> Signer:
    directory = room.directory
    found = match(statement, directory.device_keys(s.keyid for s in statement.signatures))
    _require(Code.BAD_SIG, holds=bool(found))
    signer = directory.trust(found[0].pk, "roster", row.idn)
    _require(Code.BAD_SIG, holds=signature_hash(found[:1]) == row.sg)
    return signer


def _require_own_case(room: RoomState, body: Roster, signer: Signer) -> None:
    nonce = body.nonce
    own = nonce is not UNSET and case_id(net=room.net, dk=signer.dk, nonce=nonce) == room.case
    _require(Code.WRONG_PLACE, holds=own)


def _require_heads(room: RoomState, body: Roster, row: Row) -> None:
    before = room.current.body.lh.n if room.current else 0
    _require(Code.EQUIVOCATION, holds=before <= body.lh.n)
    room.require_log_head(body.lh, row.idn)
    room.require_feed_point(body.fd)
    age = room.directory.time(row.idn) - room.directory.time(body.lh.n)
    _require(Code.NO_FRESH_LOG, holds=age <= MAX_LH_AGE)


# --- 5: the rule of each `why` -------------------------------------------------------------------

Rule = Callable[[RoomState, Roster, Signer, Point], None]


def _rule_create(room: RoomState, body: Roster, signer: Signer, _point: Point) -> None:
    _require(holds=body.ref is UNSET)
    _require(holds=_has_row(body, signer) and body.chair == signer.wid)
    for row in body.mem:
        worker = room.directory.workers.get(row.wid)
        own = worker is not None and worker.versions[0].body.aid == signer.aid
        _require(holds=own and row.from_ == 0)


def _rule_add(room: RoomState, body: Roster, signer: Signer, point: Point) -> None:
    before = room.roster
    _require_powers(room, signer, point)
    _require_constant(room, body)
    kept, added = _split(before, body)
    _require(holds=len(kept) == len(before.mem))
    _require(holds=all(row.from_ == body.n for row in added))
    appended = body.act[: len(before.act)] == before.act and _is_chair(room, signer)
    _require(holds=body.act == before.act or appended)
    _require_bases_kept(room, before, body)


def _rule_remove(room: RoomState, body: Roster, signer: Signer, point: Point) -> None:
    _require_powers(room, signer, point)
    _require_constant(room, body)
    _require_only_kept(room.roster, body)
    _require(holds=body.basis == room.roster.basis)
    remaining = set(_acts_left(room.roster, body))
    by_chair = _is_chair(room, signer) and set(body.act) <= remaining
    _require(holds=by_chair or body.act == _acts_left(room.roster, body))


def _rule_narrow(room: RoomState, body: Roster, signer: Signer, point: Point) -> None:
    _require_powers(room, signer, point)
    _require_constant(room, body)
    _require_only_kept(room.roster, body)
    _require(holds=set(body.basis) <= set(room.roster.basis))
    _require(holds=body.act == _acts_left(room.roster, body))


def _rule_rotate(room: RoomState, body: Roster, signer: Signer, point: Point) -> None:
    row = body.rows.get(signer.wid)
    own = row is not None and row.person == signer.person and row.role is not RosterRole.GUEST
    _require(holds=own)
    _require_constant(room, body)
    _require_computed(room, body, point)
    _require(holds=body.act == _acts_left(room.roster, body))


def _rule_handover(room: RoomState, body: Roster, signer: Signer, point: Point) -> None:
    _require_handed_over(room, body, signer, point)
    _require(holds=_has_row(body, signer) and body.chair == signer.wid)
    _require(holds=body.pol == room.roster.pol)
    _require(holds=body.from_ is UNSET)
    now = room.directory.time(point.n)
    pruned = basis.prune_members(room, room.roster, point, now)
    _, added = _split(room.roster, body)
    others = tuple(row for row in body.mem if row not in added)
    _require(holds=others == pruned and {row.person for row in added} <= {signer.person})
    _require_bases_computed(room, body, point)
    left = tuple(wid for wid in _acts_left(room.roster, body) if wid != signer.wid)
    _require(holds=body.act == left and all(row.from_ == body.n for row in added))


def _rule_close(room: RoomState, body: Roster, signer: Signer, point: Point) -> None:
    _require_powers(room, signer, point)
    _require_constant(room, body)
    if body.mem:
        _require_computed(room, body, point)
    else:
        _require_bases_computed(room, body, point)
    _require(holds=body.act == _acts_left(room.roster, body))


def _rule_later(_room: RoomState, _body: Roster, _signer: Signer, _point: Point) -> None:
    """A take-over is not built in v1: kept, counted, and never authorising."""
    raise Refused(Code.UNKNOWN_TYPE)


_RULES: Final[dict[Why, Rule]] = {
    Why.CREATE: _rule_create,
    Why.ADD: _rule_add,
    Why.REMOVE: _rule_remove,
    Why.NARROW: _rule_narrow,
    Why.ROTATE: _rule_rotate,
    Why.HANDOVER: _rule_handover,
    Why.CLOSE: _rule_close,
    Why.TAKEOVER: _rule_later,
}


def _has_row(body: Roster, signer: Signer) -> bool:
    row = body.rows.get(signer.wid)
    return row is not None and row.person == signer.person


def _is_chair(room: RoomState, signer: Signer) -> bool:
    row = room.roster.rows.get(room.roster.chair)
    return row is not None and row.person == signer.person


def _require_powers(room: RoomState, signer: Signer, point: Point) -> None:
    """The chair herself, or who lawfully stands in for her."""
    stands_in = room.holder_of_powers(point.n) == signer.person
    _require(holds=_is_chair(room, signer) or stands_in)


def _require_constant(room: RoomState, body: Roster) -> None:
    """Chair and policy stay; a reference belongs to a handover only."""
    before = room.roster
    _require(holds=body.chair == before.chair and body.pol == before.pol)
    _require(holds=body.ref is UNSET and body.from_ is UNSET)


def _split(before: Roster, body: Roster) -> tuple[list[MemberRow], list[MemberRow]]:
    """Rows that are exactly as before, and rows that are new; a changed row counts as new."""
    old = before.rows
    kept = [row for row in body.mem if old.get(row.wid) == row]
    return kept, [row for row in body.mem if row not in kept]


def _require_only_kept(before: Roster, body: Roster) -> None:
    _, added = _split(before, body)
    _require(holds=not added)


def _acts_left(before: Roster, body: Roster) -> tuple[Wid, ...]:
    """Acting chairs whose rows are still there, in their order."""
    return tuple(wid for wid in before.act if wid in body.rows)


def _require_computed(room: RoomState, body: Roster, point: Point) -> None:
    """What a rotation contains is computed, not chosen."""
    now = room.directory.time(point.n)
    _require(holds=body.mem == basis.prune_members(room, room.roster, point, now))
    _require_bases_computed(room, body, point)


def _require_bases_computed(room: RoomState, body: Roster, point: Point) -> None:
    now = room.directory.time(point.n)
    _require(holds=body.basis == basis.prune_bases(room, room.roster, point, now))


def _require_bases_kept(room: RoomState, before: Roster, body: Roster) -> None:
    """A listed basis stays, or gives way to a newer version of its own chain."""
    listed = set(body.basis)
    for sid in before.basis:
        at: Sid | None = sid
        while at is not None and at not in listed:
            at = room.directory.succeeded.get(at)
        _require(holds=at is not None)


def _require_handed_over(room: RoomState, body: Roster, signer: Signer, point: Point) -> None:
    logged = None if body.ref is UNSET else room.directory.logged.get(body.ref)
    handover = logged.statement.body if logged and logged.index < point.n else None
    if logged is None or not isinstance(handover, Handover):
        raise Refused(Code.RULE_DENIED)
    now = room.directory.time(point.n)
    _require(holds=handover.case in {None, room.case} and handover.from_ <= now < handover.until)
    _require(holds=(handover.to.wid, handover.to.ik) == signer.person)
    _require(holds=_was_chair(room, logged.signers[0].person))
    voided = room.directory.compromised.get(logged.signers[0].wid)
    _require(holds=voided is None or voided >= point.n)


def _was_chair(room: RoomState, person: Person) -> bool:
    """The chair of the roster that this one follows, though her row may be pruned by now."""
    chair = room.roster.chair
    rows = (e.body.rows.get(chair) for e in reversed(room.rosters))
    row = next((r for r in rows if r is not None), None)
    return row is not None and row.person == person


# --- 6 to 8: people, bases, shape ----------------------------------------------------------------


def _require_people(room: RoomState, body: Roster, point: Point, now: Instant) -> None:
    covered = basis.covered_agencies(room, body.basis, point, now)
    for row in body.mem:
        worker = room.directory.require_worker(row.wid, row.ik, point.n).body
        _require(holds=bool(_ROLE_CAPS[row.role] & set(worker.caps)))
        if room.member(row.person) is None:
            room.directory.require_pledge(worker.aid, worker.wid, point.n)
            room.directory.require_pledge(worker.aid, None, point.n)
        if row.role is RosterRole.GUEST:
            continue
        if body.why is Why.ADD and room.member(row.person) is None:
            _require(Code.NOT_SEATED, holds=room.has_accepted(row.person))
        _require(Code.OUT_OF_SCOPE, holds=worker.aid in covered)
    # Only a host may certify for the chair, so the capability says that the agency hosts.
    for wid in (body.chair, *body.act):
        _require(holds=wid not in body.rows or Cap.CHAIR in _caps(room, wid, point))


def _caps(room: RoomState, wid: Wid, point: Point) -> frozenset[Cap]:
    worker: Worker | None = room.directory.worker_in_force(wid, point.n)
    return frozenset(worker.caps) if worker else frozenset()


def _require_bases(room: RoomState, body: Roster, point: Point, now: Instant) -> None:
    for sid in body.basis:
        index = room.directory.statements.get(sid)
        _require(Code.NO_BASIS, holds=index is not None and index < point.n)
        effective = basis.standing(room, sid, point).effective(now)
        _require(Code.NO_BASIS, holds=bool(effective))


def _require_shape(body: Roster, now: Instant) -> None:
    rows = body.rows
    guests = [row for row in body.mem if row.role is RosterRole.GUEST]
    _require(holds=set(body.act) <= set(rows) and body.chair not in body.act)
    named = {body.chair, *body.act}
    _require(holds=not any(row.wid in named for row in guests))
    _require(holds=all(row.until is not None and row.until > now for row in guests))
    _require(holds=len(body.mem) > len(guests) or body.why is Why.CLOSE)
    fits = len(body.mem) <= MAX_MEMBERS and len(body.act) <= MAX_ACTS
    _require(holds=fits and len(body.void) <= MAX_VOID)
