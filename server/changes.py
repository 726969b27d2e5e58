"""Judged batches as the one change that is stored: rows, entries, counters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.entry import Entry, Kind
from audit.store import Written
from conference import usecases
from conference.content import Sealed
from conference.store import Bundle, Change, CommittedRow, Effect, NewRow, Told
from conference.usecases import Plan, RowPlan
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One batch of a change, with its entries: those of its rows first, as `places` has them."""

    author: Author
    plan: Plan
    places: Sequence[Sequence[int]]
    entries: Sequence[Written]

    @property
    def entry_of(self) -> dict[int, int]:
        """The entry that tells of each row, both by their places in the batch."""
        return {place: k for k, places in enumerate(self.places) for place in places}


async def part_of(
    council: Council, author: Author, case: CaseId, plan: Plan, now: datetime
) -> Part:
    """Write the entries of a batch: one for each set of devices that its rows go to."""
    groups = group_by_receivers(plan.rows)
    entries = [await _entry(council, author, case, plan, places, now) for places in groups]
    if plan.evicted:
        entries.append(await _eviction(council, author, case, plan, now))
    return Part(author=author, plan=plan, places=groups, entries=entries)


def compose(
    council: Council,
    *,
    case: CaseId,
    held: Held,
    parts: Sequence[Part],
    code: str | None,
    now: datetime,
) -> Change:
    """Make one change of batches that were decided one on the other, in their order."""
    plans = [part.plan for part in parts]
    return Change(
        case=case,
        seen=held.seen,
        at=now,
        rows=_new_rows(parts),
        entries=[
            Told(written=one, did=part.author.did, aid=part.author.aid)
            for part in parts
            for one in part.entries
        ],
        code=code,
        heeds_state=any(plan.moves_state for plan in plans),
        effect=_effect(plans),
        bundles=[Bundle(hash=h, data=data) for plan in plans for h, data in plan.bundles.items()],
        logged=[_logged(council, s, now) for p in plans for s in usecases.statements_for_log(p)],
    )


def _effect(plans: Sequence[Plan]) -> Effect:
    """What moves; a batch that moves the gate or the epoch stands alone (`Plan.stands_alone`)."""
    last = plans[-1]
    return Effect(
        moves_gate=last.moves_gate,
        moves_state=any(plan.moves_state for plan in plans),
        n=last.epoch,
        gate_until=moment(last.until) if last.moves_gate else None,
    )


def _new_rows(parts: Sequence[Part]) -> list[NewRow]:
    rows: list[NewRow] = []
    before = 0  # entries of the batches before
    for part in parts:
        entry_of = part.entry_of
        rows += [_new_row(part, row, before + entry_of[k]) for k, row in enumerate(part.plan.rows)]
        before += len(part.entries)
    return rows


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


def _new_row(part: Part, planned: RowPlan, entry: int) -> NewRow:
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
            did=part.author.did,
            ctr=content.header.n,
            slot=planned.slot,
        )
    return NewRow(
        id=planned.row.id,
        sg=planned.row.sg,
        kind=planned.record.kind,
        n=max(part.plan.room.state.epoch, 0),
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


def named(committed: Sequence[CommittedRow], rows: Sequence[RowPlan]) -> tuple[Named, ...]:
    """The tickets of a change's pushes, for other nodes."""
    pairs = zip(committed, rows, strict=True)
    by_entry = {stored.entry: row.to for stored, row in pairs}
    return tuple(Named(entry=entry, to=tuple(sorted(to))) for entry, to in by_entry.items())
