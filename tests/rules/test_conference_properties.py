"""The conference reducer under random rows: what holds whatever people do, in whatever order."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from conference import model
from conference.model import Conference, Op
from conference.records import SittingState
from crypto.errors import Refused
from protocol import ops
from protocol.ids import (
    ActId,
    Aid,
    CaseId,
    DecId,
    Hash,
    Id,
    ItemId,
    NetId,
    Nonce,
    RowId,
    Sid,
    SitId,
    SubId,
    Wid,
)
from protocol.ops import Facts, ItemBasis, PlannedItem
from protocol.payloads import Seat
from protocol.times import Instant
from protocol.vocabulary import (
    ActionReport,
    Answer,
    DecisionType,
    Decline,
    DocClass,
    Duty,
    ItemType,
    Outcome,
    Part,
    SeatAnswer,
    SeatEnd,
)
from tests.rules.conference_room import TableRoom

# --- a small world ------------------------------------------------------------------------


def _id(family: int, number: int) -> Id:
    return Id(bytes([family, number]) + bytes(14))


CITY, SHAKYO, NPO = (Aid(_id(1, n)) for n in range(3))
CHAIR, RECORDER, KEY, WALKER = WIDS = tuple(Wid(_id(2, n)) for n in range(4))
AGENCY = {CHAIR: CITY, RECORDER: SHAKYO, KEY: CITY, WALKER: NPO}
SITS = tuple(SitId(_id(3, n)) for n in range(2))
ITEMS = tuple(ItemId(_id(4, n)) for n in range(3))
ROWS = tuple(RowId(_id(5, n)) for n in range(5))
ACTS = tuple(ActId(_id(6, n)) for n in range(3))
DECS = tuple(DecId(_id(7, n)) for n in range(2))
BASIS, SUBJECT = Sid(Hash(bytes(32))), SubId(_id(8, 0))
NOW, LATER = Instant(1_760_000_000_000), Instant(1_770_000_000_000)

FULL = TableRoom(
    chair=frozenset({CHAIR}),
    roster=AGENCY,
    workers=AGENCY,
    covers=frozenset(AGENCY.values()),
    minutes=frozenset({RECORDER}),
    bases={(BASIS, SUBJECT): frozenset({"shien"})},
)
WITHOUT_NPO = replace(FULL, roster={wid: aid for wid, aid in AGENCY.items() if aid != NPO})
PAIRS = (ItemBasis(sub=SUBJECT, basis=BASIS),)

# --- random facts -------------------------------------------------------------------------

sits, items, rows = st.sampled_from(SITS), st.sampled_from(ITEMS), st.sampled_from(ROWS)
acts, decs, wids = st.sampled_from(ACTS), st.sampled_from(DECS), st.sampled_from(WIDS)
agencies, some_wid = st.sampled_from((CITY, SHAKYO, NPO)), st.none() | wids
bits = st.integers(0, 1)
declined = {"ans": st.just(Answer.DECLINE), "why": st.sampled_from(Decline)}
accepted = {"ans": st.just(Answer.ACCEPT), "why": st.none()}

FACTS: st.SearchStrategy[Facts] = st.one_of(
    st.builds(ops.SitOpen, sit=sits),
    st.builds(ops.SitClose, sit=sits),
    st.builds(
        ops.ItemAdd,
        sit=sits,
        it=items,
        no=st.integers(1, 3),
        typ=st.sampled_from(ItemType),
        bases=st.just(PAIRS),
    ),
    st.builds(ops.ItemOpen, it=items),
    st.builds(ops.ItemClose, it=items, out=st.sampled_from(Outcome)),
    st.builds(ops.SeatInv, sit=sits, wid=wids, duty=st.sampled_from(Duty), late=bits),
    st.builds(ops.SeatEnded, sit=sits, wid=wids, why=st.sampled_from(SeatEnd)),
    st.builds(ops.PrioSet, row=rows, it=items),
    st.builds(ops.PrioDel, row=rows),
    st.builds(ops.RoleSet, row=rows, part=st.sampled_from(Part), ag=agencies, w=some_wid, it=items),
    st.builds(ops.RoleDel, row=rows),
    st.builds(ops.RoleAns, row=rows, **declined),
    st.builds(ops.RoleAns, row=rows, **accepted),
    st.builds(
        ops.ActNew,
        act=acts,
        it=st.none() | items,
        ag=agencies,
        w=some_wid,
        due=st.none(),
        from_=st.none() | acts,
        ext=bits,
    ),
    st.builds(ops.ActAns, act=acts, **declined),
    st.builds(ops.ActAns, act=acts, **accepted),
    st.builds(ops.ActRep, act=acts, st=st.sampled_from(ActionReport)),
    st.builds(ops.ActHand, act=acts, ag=agencies, w=some_wid),
    st.builds(ops.ActCan, act=acts),
    st.builds(ops.DecRec, dec=decs, it=items, typ=st.sampled_from(DecisionType)),
    st.builds(ops.NextSet, sit=sits, at=st.none() | st.just(LATER)),
    st.builds(ops.Snap, upto=st.just(1), rows=st.just(1)),
)


def _place(facts: Facts) -> tuple[DocClass, ItemId | None]:
    match facts:
        case ops.DecRec():
            return DocClass.ITEM, facts.it
        case ops.PrioSet() | ops.PrioDel() | ops.RoleSet() | ops.RoleDel() | ops.RoleAns():
            return DocClass.BOARD, None
        case ops.ActNew() | ops.ActAns() | ops.ActRep() | ops.ActHand() | ops.ActCan():
            return DocClass.BOARD, None
        case _:
            return DocClass.AGENDA, None


def _tables(conference: Conference) -> tuple[Mapping[Any, Any], ...]:
    return (
        conference.sittings,
        conference.items,
        conference.seats,
        conference.prio,
        conference.roles,
        conference.actions,
        conference.decisions,
        conference.next,
    )


def _changed(before: Conference, after: Conference) -> Iterator[Any]:
    """Give the records, as they were, that are no longer the same."""
    for old, new in zip(_tables(before), _tables(after), strict=True):
        yield from (record for key, record in old.items() if new.get(key) != record)


# --- the machine --------------------------------------------------------------------------


class Rows(RuleBasedStateMachine):
    """A feed of one room; `kept` is what stands in it, with the room each row met."""

    def __init__(self) -> None:
        super().__init__()
        self.conference = Conference()
        self.room = FULL
        self.kept: list[tuple[Op | Seat, int, TableRoom]] = []

    @property
    def seq(self) -> int:
        """Place of the newest row."""
        return len(self.kept)

    def post(self, facts: Facts, *, by: Wid = CHAIR, behind: int = 0) -> bool:
        """Offer an operation whose author lags behind; tell whether it stands."""
        cls, item = _place(facts)
        op = Op(
            seq=self.seq + 1,
            base=max(self.seq - behind, 0),
            facts=facts,
            wid=by,
            aid=AGENCY[by],
            at=NOW,
            cls=cls,
            item=item,
        )
        return self.offer(op)

    def offer(self, row: Op | Seat) -> bool:
        """Fold a row; a refused one changes nothing."""
        before, shown = self.conference, model.plain(self.conference)
        try:
            after = fold(before, row, seq=self.seq + 1, room=self.room)
        except Refused:
            assert model.plain(before) == shown
            return False
        require_lawful(before, after, row, self.room)
        self.conference = after
        self.kept.append((row, self.seq + 1, self.room))
        return True

    @initialize()
    def begin(self) -> None:
        """A sitting runs, its recorder and two members seated, a board that INV accepts."""
        planned = [(ITEMS[0], ItemType.DECIDE), (ITEMS[1], ItemType.TALK)]
        convened = tuple(
            PlannedItem(it=it, no=no, typ=typ, bases=PAIRS)
            for no, (it, typ) in enumerate(planned, start=1)
        )
        rows_of_start: list[Facts] = [
            ops.SitConv(sit=SITS[0], kind="shien", no=1, starts=LATER, items=convened),
            ops.SeatInv(sit=SITS[0], wid=RECORDER, duty=Duty.RECORDER, late=0),
            ops.SeatInv(sit=SITS[0], wid=WALKER, duty=Duty.FACILITATOR, late=0),
        ]
        assert all(self.post(facts) for facts in rows_of_start)
        assert all(self.seat(sit=SITS[0], wid=wid) for wid in (RECORDER, WALKER))
        board: list[tuple[Part, Aid, Wid | None]] = [
            (Part.MAIN, CITY, None),
            (Part.KEY, CITY, KEY),
            (Part.DEPUTY, NPO, None),
            (Part.INTERIM, SHAKYO, RECORDER),
        ]
        offers = [
            ops.RoleSet(row=row, part=part, ag=ag, w=w, it=ITEMS[0])
            for row, (part, ag, w) in zip(ROWS, board, strict=False)
        ]
        running: list[Facts] = [ops.SitOpen(sit=SITS[0]), ops.ItemOpen(it=ITEMS[0]), *offers]
        assert all(self.post(facts) for facts in running)
        accept = ops.RoleAns(row=ROWS[3], ans=Answer.ACCEPT, why=None)
        assert self.post(accept, by=RECORDER)

    @rule(facts=FACTS, by=wids, behind=st.sampled_from((0, 0, 0, 1, 3)))
    def somebody_posts(self, facts: Facts, by: Wid, behind: int) -> None:
        """Anybody offers anything."""
        self.post(facts, by=by, behind=behind)

    @rule(facts=FACTS)
    def the_chair_posts(self, facts: Facts) -> None:
        """Most rows are the chair's, and up to date."""
        self.post(facts)

    @rule(it=items)
    def the_chair_decides(self, it: ItemId) -> None:
        """The row that INV guards."""
        self.post(ops.ItemClose(it=it, out=Outcome.DECIDED))

    @rule(sit=sits, wid=wids, to=some_wid)
    def somebody_answers(self, sit: SitId, wid: Wid, to: Wid | None) -> None:
        """Anybody accepts a seat or sends a colleague."""
        self.seat(sit=sit, wid=wid, to=to)

    def seat(self, *, sit: SitId, wid: Wid, to: Wid | None = None) -> bool:
        """Offer the statement `seat`."""
        answer = SeatAnswer.ACCEPT if to is None else SeatAnswer.DELEGATE
        statement = Seat(
            net=NetId(Hash(bytes(32))),
            nce=Nonce(Id(bytes(16))),
            iat=NOW,
            case=CaseId(Id(bytes(16))),
            sit=sit,
            wid=wid,
            ans=answer,
            to=to,
            why=None,
        )
        return self.offer(statement)

    @rule(room=st.sampled_from((FULL, WITHOUT_NPO)), live=st.none() | st.frozensets(wids))
    def the_room_changes(self, room: TableRoom, live: frozenset[Wid] | None) -> None:
        """An agency leaves the roster or comes back; people come and go."""
        self.room = replace(room, live=live)

    @invariant()
    def one_item_at_a_time(self) -> None:
        """At most one sitting is held and one item discussed, in that sitting."""
        held = [s.sit for s in self.conference.sittings.values() if s.state is SittingState.OPEN]
        discussed = [item.sit for item in self.conference.items.values() if item.is_open]
        assert len(held) <= 1
        assert len(discussed) <= 1
        assert set(discussed) <= set(held)

    @invariant()
    def every_record_remembers_its_row(self) -> None:
        """No record is newer than the feed; a closed item, and no other, has an outcome."""
        records = chain.from_iterable(table.values() for table in _tables(self.conference))
        assert all(1 <= record.touched <= self.seq for record in records)
        items_now = self.conference.items.values()
        assert all((item.out is None) != (item.state.value == "closed") for item in items_now)

    @invariant()
    def what_is_derived_agrees(self) -> None:
        """Who is in charge holds a live row; nothing waits while every agency is in the roster."""
        members = self.room.members()
        charge = model.interim_in_charge(self.conference, members)
        live = model.live_roles(self.conference, members)
        assert charge is None or charge in live
        assert set(model.handovers(self.conference, AGENCY)) == set()

    def teardown(self) -> None:
        """Whoever replays the same rows without knowing who was present has the same state."""
        replayed = Conference()
        for row, seq, room in self.kept:
            replayed = fold(replayed, row, seq=seq, room=replace(room, live=None))
        assert model.plain(replayed) == model.plain(self.conference)


def fold(conference: Conference, row: Op | Seat, *, seq: int, room: TableRoom) -> Conference:
    """Apply an operation or a seat's answer."""
    if isinstance(row, Op):
        return model.apply(conference, row, room)
    return model.answer_seat(conference, seq=seq, at=NOW, seat=row, room=room)


def require_lawful(before: Conference, after: Conference, row: Op | Seat, room: TableRoom) -> None:
    """What every accepted row has in common."""
    assert before.decisions.items() <= after.decisions.items()
    if not isinstance(row, Op):
        return
    assert row.wid in room.roster
    assert all(record.touched <= row.base for record in _changed(before, after))
    if isinstance(row.facts, ops.ItemClose):
        assert before.last_op <= row.base
        decides = before.items[row.facts.it].typ is ItemType.DECIDE
        if decides and row.facts.out is Outcome.DECIDED:
            assert model.invariant(before, room.members()).ok


TestRows = Rows.TestCase
TestRows.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
