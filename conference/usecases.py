"""What may happen to a room: a batch is judged row by row, a read or join is decided.

Pure: it takes the folded room and gives a plan. Storing, logging and pushing the plan is
the shell's business (protocol, sections 5.24 and 6).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from conference import content as contents
from conference.content import Content
from conference.fold import Live, Record, Room, fold
from conference.gate import Gate
from conference.visibility import full_receivers, may_have
from consent.model import Action, Allow, Deny, Membership, Object
from crypto.errors import Code, Refused
from crypto.hashing import parts, sha256
from protocol import documents, roster
from protocol.basis import device_of
from protocol.feed import Row, feed_hash
from protocol.headers import DkHeader, SumHeader
from protocol.ids import CaseId, Did, Digest, Hash, SitId, Wid
from protocol.payloads import Basis, Roster, Sect, Withdraw
from protocol.room import Person
from protocol.statement import Statement
from protocol.times import HOUR, Instant
from protocol.vocabulary import Cap, DocClass, Duty, Why
from protocol.wire import MAX_BATCH_ROWS, Post

MAX_BATCH = 1024 * 1024
_STATE_KINDS = frozenset({"op", "seat"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPlan:
    """One row of an accepted batch, ready to be stored."""

    row: Row
    form: str
    content: Content
    data: bytes
    record: Record
    to: frozenset[Did]
    slot: Digest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A judged batch: what to store, whom to push to, and the room as it will be."""

    room: Room
    rows: tuple[RowPlan, ...]
    bundles: Mapping[Digest, bytes]
    moves_gate: bool
    moves_state: bool
    epoch: int | None
    until: Instant
    evicted: Mapping[Did, Code]

    @property
    def stands_alone(self) -> bool:
        """Tell whether it moves what the next batch is judged by, so that none goes with it."""
        return self.moves_gate or self.epoch is not None


@dataclass(slots=True)
class Batch:
    """A parsed batch; parsing is the edge's part and happens once, deciding may repeat."""

    case: CaseId
    items: tuple[tuple[str, bytes, Content], ...]
    bundles: dict[Digest, bytes] = field(default_factory=dict[Digest, bytes])

    @property
    def ids(self) -> tuple[Hash, ...]:
        """The rows' ids, in order."""
        return tuple(contents.row_id(item) for _, _, item in self.items)

    @property
    def size(self) -> int:
        """Bytes of its rows and bundles."""
        return sum(len(data) for _, data, _ in self.items) + sum(map(len, self.bundles.values()))


def parse_batch(post: Post) -> Batch:
    """Read a batch: OVERSIZE, then the codes of its rows' own parsers."""
    size = sum(len(row.bytes) for row in post.rows) + sum(len(b) for b in post.bundles)
    count = len(post.rows) + len(post.bundles)
    if size > MAX_BATCH or not 1 <= count <= MAX_BATCH_ROWS or not post.rows:
        raise Refused(Code.OVERSIZE)
    items = tuple((r.form, bytes(r.bytes), contents.parse_full(r.form, r.bytes)) for r in post.rows)
    bundles = {Digest(Hash(sha256(b))): bytes(b) for b in post.bundles}
    batch = Batch(case=post.case, items=items, bundles=bundles)
    if len(set(batch.ids)) != len(items):
        raise Refused(Code.REPLAY)
    return batch


def plan(room: Room, batch: Batch, *, live: Live, idn: int, devices: frozenset[Did]) -> Plan:
    """Judge a batch on the room as it stands; changes nothing.

    Args:
        room: The room folded to its last row.
        batch: Parsed rows and bundles.
        live: The server's time, the posting device, who is present.
        idn: Size of the newest checkpointed id log.
        devices: Devices joined to the room's live feed on any node.

    Raises:
        Refused: The first refusal; nothing is stored then.
    """
    _require_rate(room, batch, live)
    scratch = room.fork()
    rows = [_take(scratch, item, idn=idn, live=live) for item in batch.items]
    held = scratch.willing(live.now)
    _require_level(rows, held)
    _require_bundles(scratch, rows, batch.bundles)
    moves_gate = scratch.state.gate != room.state.gate
    evicted = evictions(scratch, held, devices) if moves_gate else {}
    staying = devices - set(evicted)
    planned = tuple(
        RowPlan(
            row=row,
            form=form,
            content=item,
            data=data,
            record=record,
            to=full_receivers(scratch, held, record, staying),
            slot=_slot(item),
        )
        for (row, record), (form, data, item) in zip(rows, batch.items, strict=True)
    )
    return Plan(
        room=scratch,
        rows=planned,
        bundles=batch.bundles,
        moves_gate=moves_gate,
        moves_state=any(p.record.kind in _STATE_KINDS for p in planned),
        epoch=scratch.state.epoch if scratch.state.epoch != room.state.epoch else None,
        until=held.until,
        evicted=evicted,
    )


def _require_level(rows: Sequence[tuple[Row, Record]], held: Gate) -> None:
    """A roster that is stale the moment it stands was made on too old a log: sync and retry."""
    if any(record.kind == "roster" for _, record in rows) and held.is_stale():
        raise Refused(Code.LH_BEHIND)


def _take(
    room: Room, item: tuple[str, bytes, Content], *, idn: int, live: Live
) -> tuple[Row, Record]:
    _, _, content = item
    state = room.state
    seq, row_id = state.seq + 1, contents.row_id(content)
    if row_id in state.ids:
        raise Refused(Code.REPLAY)
    sg = contents.commitment(state.directory, content)
    fh = feed_hash(before=state.fh, seq=seq, row_id=row_id, sg=sg, idn=idn)
    row = Row(seq=seq, id=row_id, sg=sg, idn=idn, fh=fh)
    fold(room, row, content, live=live)
    return row, room.records[-1]


def _require_rate(room: Room, batch: Batch, live: Live) -> None:
    """A member may rotate over a roster that is not stale once an hour."""
    current = room.state.current
    rotates = any(_is_rotation(item) for _, _, item in batch.items)
    if current is None or not rotates or room.willing(live.now).is_stale():
        return
    recent = live.now - current.at < HOUR and current.body.why is Why.ROTATE
    if recent:
        raise Refused(Code.RATE_LIMITED)


def _is_rotation(item: Content) -> bool:
    body = item.body if isinstance(item, Statement) else None
    return isinstance(body, Roster) and body.why is Why.ROTATE


def _require_bundles(
    room: Room, rows: Sequence[tuple[Row, Record]], bundles: Mapping[Digest, bytes]
) -> None:
    """Each roster comes with its own bundle, and no bundle comes without a roster."""
    entries = [room.state.rosters[r.epoch] for _, r in rows if r.kind == "roster"]
    for entry in entries:
        data = bundles.get(entry.body.bun)
        if data is None:
            raise Refused(Code.BAD_BUNDLE_HASH)
        roster.require_bundle(room.state, entry, data)
    if len(bundles) != len({entry.body.bun for entry in entries}):
        raise Refused(Code.BAD_BUNDLE_HASH)


def _slot(content: Content) -> Digest | None:
    """What may stand once in a room; PostgreSQL keeps it unique when two commit at once."""
    if isinstance(content, Statement):
        return _slot_of_statement(content)
    header = content.header
    if isinstance(header, SumHeader):
        return _digest(b"sum", header.sm, header.ver.to_bytes(4, "big"))
    if isinstance(header, DkHeader):
        place = header.g.to_bytes(4, "big") + header.e.to_bytes(4, "big")
        return _digest(b"dk", header.d, place)
    return None


def _slot_of_statement(statement: Statement) -> Digest | None:
    match statement.body:
        case Roster() as body:
            return _digest(b"roster", body.n.to_bytes(4, "big"))
        case Sect() as body if body.cls in {DocClass.AGENDA, DocClass.BOARD} and body.g == 1:
            return _digest(b"class", body.cls.encode())
        case Sect() as body:
            return _digest(b"sect", body.doc, body.g.to_bytes(4, "big"))
        case _:
            return None


def _digest(*items: bytes) -> Digest:
    return Digest(Hash(sha256(parts(*items))))


def statements_for_log(plan: Plan) -> tuple[Statement, ...]:
    """Withdrawals of a batch, which go to the id log in the same transaction."""
    return tuple(
        p.content
        for p in plan.rows
        if isinstance(p.content, Statement) and isinstance(p.content.body, Withdraw)
    )


def bases_in(batch: Batch) -> tuple[Basis, ...]:
    """Bases that a batch posts into the feed."""
    bodies = (item.body for _, _, item in batch.items if isinstance(item, Statement))
    return tuple(body for body in bodies if isinstance(body, Basis))


# --- who may stay, join and read ----------------------------------------------------------------


def standing_in(held: Gate, person: Person) -> Code | None:
    """Why a person may not be in the room now; None when she may.

    Members must be covered; a guest is there for cards, which need no coverage of her agency.
    An auditor is in no roster and is told why.
    """
    actor = held.actor(person)
    cls = DocClass.CARD if actor.membership is Membership.GUEST else DocClass.AGENDA
    least = Object(cls=cls, sub=None, cats=frozenset(), bases=held.views, granted=True)
    answer = held.ask(actor, Action.READ, least)
    if not isinstance(answer, Deny):
        return None
    audits = Cap.AUDIT in held.room.directory.workers[person[0]].versions[-1].body.caps
    return Code.AUDITOR_NO_CONTENT if audits else answer.code


def evictions(room: Room, held: Gate, devices: Iterable[Did]) -> dict[Did, Code]:
    """Devices of a live feed whose owners may not stay, with the reason."""
    found: dict[Did, Code] = {}
    for did in devices:
        person = documents.person_of(room.state, did)
        code = _device_ended(room, did) or standing_in(held, person)
        if code is not None:
            found[did] = code
    return found


def _device_ended(room: Room, did: Did) -> Code | None:
    directory = room.state.directory
    chain = directory.devices[did]
    if chain.ended(directory.size) or id(chain) in directory.seen_ended:
        return Code.REVOKED
    return None


def require_join(room: Room, held: Gate, *, person: Person, sit: SitId | None) -> None:
    """Demand that a person may listen to the room; in a sitting she needs a seat.

    The chair and acting chairs need none: they preside by the roster.
    """
    code = standing_in(held, person) or seat_missing(room, held, person=person, sit=sit)
    if code is not None:
        raise Refused(code)


def seat_missing(room: Room, held: Gate, *, person: Person, sit: SitId | None) -> Code | None:
    """Why a person may not be in a sitting; None when she may, or is outside any."""
    if sit is None:
        return None
    if sit not in room.conference.sittings:
        return Code.UNKNOWN_ID
    seat = room.conference.seats.get((sit, person[0]))
    seated = seat is not None and seat.state.value == "accepted"
    return None if seated or person[0] in room.state.chairs(held.n) else Code.NOT_SEATED


def require_read(room: Room, held: Gate, *, did: Did, ids: Iterable[Hash]) -> Allow | None:
    """Demand that a device may be given every named row or bundle; the basis of the last one.

    Raises:
        Refused: UNKNOWN_ID, or why the gate denies the first one it denies.
    """
    person = documents.person_of(room.state, did)
    code = standing_in(held, person)
    if code is not None:
        raise Refused(code)
    allowed: Allow | None = None
    for row_id in ids:
        allowed = _require_one(room, held, did, person, row_id) or allowed
    return allowed


def _require_one(room: Room, held: Gate, did: Did, person: Person, row_id: Hash) -> Allow | None:
    seq = room.state.ids.get(row_id)
    if seq is None:
        _require_bundle_of(room, did, row_id)
        return None
    record = room.records[seq - 1]
    if record.generation is not None and record.code is None:
        answer = held.read(person, room.state.documents[record.generation].body)
        if isinstance(answer, Deny):
            raise Refused(answer.code)
        if not may_have(room, held, record, did):
            raise Refused(Code.FORBIDDEN)
        return answer
    if not may_have(room, held, record, did):
        raise Refused(Code.FORBIDDEN)
    return None


def _require_bundle_of(room: Room, did: Did, digest: Hash) -> None:
    """A bundle is for the devices it was sealed to."""
    entry = next((e for e in room.state.rosters if e.body.bun == digest), None)
    if entry is None:
        raise Refused(Code.UNKNOWN_ID)
    sealed = {device_of(room.state.directory, sid) for sid in entry.recipients}
    if did not in sealed:
        raise Refused(Code.FORBIDDEN)


def duty_of(room: Room, sit: SitId, wid: Wid) -> Duty | None:
    """The duty of a worker's seat in a sitting."""
    seat = room.conference.seats.get((sit, wid))
    return None if seat is None else seat.duty
