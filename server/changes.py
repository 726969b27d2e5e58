"""A judged batch as the one change that is stored: rows, entries, counters, inbox lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.entry import Entry, Kind
from audit.store import Written
from conference import usecases
from conference.content import Sealed
from conference.store import Bundle, Change, CommittedRow, Effect, NewRow, Notice
from conference.usecases import Batch, Plan, RowPlan
from identity.model import Logged
from protocol.ids import Aid, CaseId, Did, Wid
from protocol.leaf import leaf_for
from protocol.statement import Statement, match, signature_hash
from protocol.times import Instant
from server.council import Council
from server.ports import Named
from server.rooms import Held, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Whose batch it is."""

    did: Did
    wid: Wid
    aid: Aid


async def compose(
    council: Council,
    *,
    author: Author,
    batch: Batch,
    held: Held,
    plan: Plan,
    code: str | None,
    now: datetime,
) -> Change:
    """Make the change, with one entry for each set of devices that its rows go to."""
    groups = group_by_receivers(plan.rows)
    entries = [await _entry(council, author, batch.case, plan, places, now) for places in groups]
    if plan.evicted:
        entries.append(await _eviction(council, author, batch.case, plan, now))
    place_of = {place: k for k, places in enumerate(groups) for place in places}
    return Change(
        case=batch.case,
        seen=held.seen,
        at=now,
        did=author.did,
        aid=author.aid,
        rows=[_new_row(plan, row, place_of[k]) for k, row in enumerate(plan.rows)],
        entries=entries,
        code=code,
        heeds_state=plan.moves_state,
        effect=Effect(
            moves_gate=plan.moves_gate,
            moves_state=plan.moves_state,
            n=plan.epoch,
            gate_until=moment(plan.until) if plan.moves_gate else None,
        ),
        bundles=[Bundle(hash=h, data=data) for h, data in plan.bundles.items()],
        logged=[_logged(council, s, now) for s in usecases.statements_for_log(plan)],
        notices=[Notice(row=i.row, wid=i.wid, what=i.what) for i in plan.invitations],
    )


def group_by_receivers(rows: Sequence[RowPlan]) -> list[list[int]]:
    """Places of rows that go to the same devices."""
    groups: dict[frozenset[Did], list[int]] = {}
    for place, row in enumerate(rows):
        groups.setdefault(row.to, []).append(place)
    return list(groups.values())


async def _entry(
    council: Council,
    author: Author,
    case: CaseId,
    plan: Plan,
    places: list[int],
    now: datetime,
) -> Written:
    rows = [plan.rows[place] for place in places]
    bases = [r.record.basis for r in rows if r.record.basis is not None]
    entry = Entry(
        kind=Kind.POST,
        at_ms=Instant.of(now),
        id=council.entries.new_id(),
        actor=author.wid,
        case=case,
        epoch=max(plan.room.state.epoch, 0),
        objects=tuple(r.record.kind.encode() for r in rows),
        recipients=tuple(sorted(rows[0].to)),
        basis=bases[0] if bases else None,
        bound=tuple(r.row.id for r in rows),
    )
    return await council.write(entry)


async def _eviction(
    council: Council, author: Author, case: CaseId, plan: Plan, now: datetime
) -> Written:
    entry = Entry(
        kind=Kind.EVICT,
        at_ms=Instant.of(now),
        id=council.entries.new_id(),
        actor=author.wid,
        case=case,
        epoch=plan.room.state.epoch,
        objects=tuple(sorted(plan.evicted)),
    )
    return await council.write(entry)


def _new_row(plan: Plan, planned: RowPlan, entry: int) -> NewRow:
    content = planned.content
    if isinstance(content, Sealed):
        return NewRow(
            id=planned.row.id,
            sg=planned.row.sg,
            kind=planned.record.kind,
            n=content.header.e,
            bare=content.env.bare(),
            entry=entry,
            ct=planned.data,
            ctr=content.header.n,
            slot=planned.slot,
        )
    return NewRow(
        id=planned.row.id,
        sg=planned.row.sg,
        kind=planned.record.kind,
        n=max(plan.room.state.epoch, 0),
        bare=planned.data,
        entry=entry,
        slot=planned.slot,
    )


def _logged(council: Council, statement: Statement, now: datetime) -> Logged:
    keys = council.directory.device_keys(s.keyid for s in statement.signatures)
    signatures = match(statement, keys)[:1]
    sg = signature_hash(signatures)
    leaf = leaf_for(statement.body, sid=statement.sid, sg=sg, t=Instant.of(now))
    return Logged(
        sid=statement.sid,
        typ=statement.typ,
        prev=None,
        payload=statement.payload,
        leaf=leaf.encode(),
        signatures=signatures,
    )


def named(committed: Sequence[CommittedRow], plan: Plan) -> tuple[Named, ...]:
    """The tickets of a change's pushes, for other nodes."""
    pairs = zip(committed, plan.rows, strict=True)
    by_entry = {stored.entry: row.to for stored, row in pairs}
    return tuple(Named(entry=entry, to=tuple(sorted(to))) for entry, to in by_entry.items())
