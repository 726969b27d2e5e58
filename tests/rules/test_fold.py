"""Folding rows into a room: order, views, what a server adds, what a reader must not depend on."""

from dataclasses import replace

import pytest

from conference.content import Content, Sealed, parse_bare, parse_full
from conference.fold import Live, Room, fold
from conference.point import PointRoom
from consent.model import Membership, Pledge
from crypto.errors import Code, Refused
from protocol import replica
from protocol.feed import Row, feed_hash
from protocol.headers import SumHeader
from protocol.ids import Hash, Sid, SumId
from protocol.times import DAY, HOUR, MINUTE
from protocol.vocabulary import DocClass, RevokeWhat, RosterRole, Why
from tests.room import Case, Fields, fields_of
from tests.world import (
    MADE,
    START,
    Staff,
    council,
    hash32,
    id16,
    item_of,
    registrar,
    sit_of,
    sub_of,
)
from tools.make_vectors.meeting import opened
from tools.make_vectors.story import Story


@pytest.fixture
def story() -> Story:
    """A room of A01, A03 and A05 with a sitting convened."""
    return opened("a room")


def live(by: Staff, k: Case, *, late: int = 0) -> Live:
    """A submission by somebody's device, now."""
    return Live(now=k.world.t.plus(late), author=by.dev.did, present=frozenset({by.wid}))


def note(k: Case, by: Staff, *, late: int = 0) -> tuple[Row, Sealed]:
    """A summary's first version and its row, not folded yet."""
    fields: Fields = {**fields_of(k.place("s", by)), "t": k.world.t.plus(late)}
    header = SumHeader(**fields, sm=SumId(id16("sm")), ver=1, pv=None)
    sealed = k.seal(header, by.dk)
    return k.next_row(sealed, sg=Hash(sealed.env.sg(by.dk.public))), sealed


def refused(room: Room, row: Row, content: Content | None, at: Live | None = None) -> Code | None:
    """The code that folding raises, on a copy of the room."""
    try:
        fold(room.fork(), row, content, live=at)
    except Refused as refusal:
        return refusal.code
    return None


# --- order -------------------------------------------------------------------------------------


def test_a_row_continues_the_chain(story: Story) -> None:
    """Number, hash and log size follow from the row before, or the server is caught."""
    k = story.k
    ack = k.sign(k.ack_body(until=k.world.t), story.council.chair.dk)
    row = k.statement_row(ack)
    older = k.state.idn - 1
    hashed = feed_hash(before=k.state.fh, seq=row.seq, row_id=row.id, sg=row.sg, idn=older)

    assert refused(k.room, row, ack) is None
    assert refused(k.room, replace(row, seq=row.seq + 1), ack) is Code.EQUIVOCATION
    assert refused(k.room, replace(row, seq=2**40), ack) is Code.EQUIVOCATION
    assert refused(k.room, replace(row, fh=k.state.fh), ack) is Code.EQUIVOCATION
    assert refused(k.room, replace(row, idn=older, fh=hashed), ack) is Code.EQUIVOCATION


def test_a_row_waits_for_the_identity_log(story: Story) -> None:
    """Whoever has synced less than a row names cannot judge it yet, and records nothing."""
    k = story.k
    ack = k.sign(k.ack_body(until=k.world.t), story.council.chair.dk)
    ahead = k.statement_row(ack, idn=k.world.size + 1)
    room = k.room.fork()

    assert refused(room, ahead, ack) is Code.NOT_LOGGED
    assert refused(room, ahead, None) is Code.NOT_LOGGED
    assert len(room.records) == len(k.room.records)


def test_bytes_belong_to_their_row(story: Story) -> None:
    """Other bytes under a row's id are the server's lie, not the author's fault."""
    k, chair = story.k, story.council.chair
    one = k.sign(k.ack_body(until=k.world.t), chair.dk)
    other = k.sign(k.ack_body(until=k.world.t.plus(DAY)), chair.dk)

    assert refused(k.room, k.statement_row(one), other) is Code.EQUIVOCATION


def test_a_refused_row_is_kept_and_the_feed_goes_on(story: Story) -> None:
    """It has a record with its code, and counts in the chain of hashes."""
    k, c = story.k, story.council
    before = k.state.seq

    assert k.seat(c.npo) is Code.NOT_SEATED
    assert (k.state.seq, k.room.records[-1].code) == (before + 1, Code.NOT_SEATED)
    assert k.ack(c.chair, k.world.t) is None


# --- views -------------------------------------------------------------------------------------


def test_everybody_folds_the_same(story: Story) -> None:
    """A second reader of the same rows has the same room and the same conference."""
    again = story.k.replay()

    assert again.records == story.k.room.records
    assert again.conference == story.k.room.conference
    assert again.state.roster == story.k.state.roster
    assert again.state.fh == story.k.state.fh


def test_operations_without_words_give_the_same_conference(story: Story) -> None:
    """Bare rows carry the signed facts, so a late joiner knows who, what and when."""
    k = story.k
    bare: dict[int, Content | None] = {
        row.seq: parse_bare("env", content.env.bare())
        for row, content, _, _ in k.rows
        if isinstance(content, Sealed)
    }

    again = k.replay(bare)

    assert bare
    assert again.conference == k.room.conference
    assert [r.code for r in again.records] == [r.code for r in k.room.records]


def test_rows_without_bytes_leave_gaps(story: Story) -> None:
    """Whoever may not see a row still checks its hash; its author's next row may jump."""
    k, c = story.k, story.council
    k.announce("s", DocClass.SECTION, c.chair, sub="mother", cats=("c1",))
    hidden = k.state.seq
    assert k.summary("s", c.chair) is None

    again = k.replay({hidden: None})

    assert [r.code for r in again.records] == [r.code for r in k.room.records]
    assert again.records[hidden - 1].kind == "skel"
    assert again.has_gaps


def test_gaps_do_not_let_an_author_go_back(story: Story) -> None:
    """Across gaps numbers only rise, and a direct successor still names its predecessor."""
    k, c = story.k, story.council
    k.announce("s", DocClass.SECTION, c.chair, sub="mother", cats=("c1",))
    first, content = note(k, c.elder)
    room = k.room.fork()
    room.has_gaps = True
    assert fold(room, first, content) is None
    k.fold(first, content, form="env", data=content.env.wire())

    def retried(n: int, p: Hash | None) -> Code | None:
        fields: Fields = {**fields_of(k.place("s", c.elder)), "n": n, "p": p}
        header = SumHeader(**fields, sm=SumId(id16("other")), ver=1, pv=None)
        sealed = k.seal(header, c.elder.dk)
        row = k.next_row(sealed, sg=Hash(sealed.env.sg(c.elder.dk.public)))
        return fold(room.fork(), row, sealed)

    assert retried(1, None) is Code.CHAIN_GAP
    assert retried(2, hash32("another")) is Code.CHAIN_GAP
    assert retried(2, content.eid) is None
    assert retried(7, hash32("unseen")) is None


# --- what a server adds ------------------------------------------------------------------------


def test_a_fork_leaves_the_room_as_it_was(story: Story) -> None:
    """A batch is tried on a copy; nothing of it shows before it is committed."""
    k, c = story.k, story.council
    k.announce("s", DocClass.SECTION, c.chair, sub="mother", cats=("c1",))
    row, content = note(k, c.elder)
    seq, records, chains = k.state.seq, list(k.room.records), dict(k.state.chains)

    fold(k.room.fork(), row, content)

    assert (k.state.seq, k.room.records, k.state.chains) == (seq, records, chains)


def test_who_submits_signs_for_herself(story: Story) -> None:
    """Neither an envelope nor a statement nor a roster of somebody else."""
    k, c = story.k, story.council
    k.announce("s", DocClass.SECTION, c.chair, sub="mother", cats=("c1",))
    row, content = note(k, c.elder)
    ack = k.sign(k.ack_body(until=k.world.t), c.chair.dk)
    roster = k.sign(k.next_body(Why.ROTATE), c.chair.dk)

    assert refused(k.room, row, content, live(c.health, k)) is Code.FORBIDDEN
    assert refused(k.room, row, content, live(c.elder, k)) is None
    assert refused(k.room, k.statement_row(ack), ack, live(c.elder, k)) is Code.FORBIDDEN
    assert refused(k.room, k.statement_row(ack), ack, live(c.chair, k)) is None
    assert refused(k.room, k.statement_row(roster), roster, live(c.elder, k)) is Code.FORBIDDEN
    assert refused(k.room, k.statement_row(roster), roster, live(c.chair, k)) is None


def test_a_clock_that_is_off_is_told(story: Story) -> None:
    """Ten minutes either way; a reader of later days has no say in it."""
    k, c = story.k, story.council
    story.world.beat(HOUR)
    k.announce("s", DocClass.SECTION, c.chair, sub="mother", cats=("c1",))
    row, content = note(k, c.elder)

    assert refused(k.room, row, content, live(c.elder, k, late=11 * MINUTE)) is Code.CLOCK
    assert refused(k.room, row, content, live(c.elder, k, late=-11 * MINUTE)) is Code.CLOCK
    assert refused(k.room, row, content, live(c.elder, k, late=9 * MINUTE)) is None


def test_a_stale_room_takes_no_content(story: Story) -> None:
    """Content, sections and grants wait for a roster; a withdrawal and the roster do not."""
    k, c, w = story.k, story.council, story.world
    k.announce("s", DocClass.SECTION, c.chair, sub="mother", cats=("c1",))
    row, content = note(k, c.elder)
    sect = k.sign(k.sect_body("t", DocClass.SECTION, sub="mother", cats=("c1",)), c.elder.dk)
    ack = k.sign(k.ack_body(until=k.world.t), c.chair.dk)
    w.revoke(RevokeWhat.DEVICE, c.health.dev.sid, c.health.ik)
    roster = k.sign(k.next_body(Why.ROTATE), c.elder.dk)

    assert refused(k.room, row, content, live(c.elder, k)) is Code.STALE
    assert refused(k.room, k.statement_row(sect), sect, live(c.elder, k)) is Code.STALE
    assert refused(k.room, k.statement_row(ack), ack, live(c.chair, k)) is None
    assert refused(k.room, k.statement_row(roster), roster, live(c.elder, k)) is None


def test_time_alone_ends_what_rests_on_a_basis(story: Story) -> None:
    """The server's clock counts for who submits, even while the log's stands still."""
    k, c = story.k, story.council
    k.announce("s", DocClass.SECTION, c.chair, sub="mother", cats=("c1",))
    row, content = note(k, c.elder, late=90 * DAY)

    assert refused(k.room, row, content, live(c.elder, k, late=90 * DAY)) is Code.STALE
    assert fold(k.room.fork(), row, content) is None


# --- revocations that are seen and not logged -----------------------------------------------------


def revocation(story: Story, person: Staff) -> Sid:
    """Heed the end of a person's device before any leaf says so."""
    body = story.world.revoke_body(RevokeWhat.DEVICE, person.dev.sid)
    statement = story.world.sign(body, person.ik)
    replica.heed(story.world.directory, statement)
    return statement.sid


def test_a_heeded_revocation_stops_writing_at_once(story: Story) -> None:
    """Its device submits nothing more, and the room is stale for everybody else."""
    k, c = story.k, story.council
    k.announce("s", DocClass.SECTION, c.chair, sub="mother", cats=("c1",))
    row, content = note(k, c.elder)
    ack = k.sign(k.ack_body(until=k.world.t), c.elder.dk)
    assert not k.room.willing(k.world.t).is_stale()

    revocation(story, c.elder)

    assert refused(k.room, row, content, live(c.elder, k)) is Code.REVOKED
    assert refused(k.room, k.statement_row(ack), ack, live(c.elder, k)) is Code.REVOKED
    assert k.room.willing(k.world.t).is_stale()
    other, words = note(k, c.health)
    assert refused(k.room, other, words, live(c.health, k)) is Code.STALE


def test_validity_does_not_hang_on_what_was_heeded(story: Story) -> None:
    """Who has seen a revocation early judges the rows before it as everybody does."""
    k, c = story.k, story.council
    k.announce("s", DocClass.SECTION, c.elder, sub="mother", cats=("c1",))
    assert k.note("s", c.elder) is None

    revocation(story, c.elder)

    assert k.replay().records == k.room.records
    row, content = note(k, c.health)
    assert fold(k.room.fork(), row, content) is None


def test_a_document_is_due_for_a_heeded_revocation(story: Story) -> None:
    """Whoever writes next needs a new key; the old one is in lost hands."""
    k, c = story.k, story.council
    k.announce("s", DocClass.SECTION, c.elder, sub="mother", cats=("c1",))
    generation = next(reversed(k.state.documents))
    assert not k.room.willing(k.world.t).is_due(generation)

    revocation(story, c.health)

    assert k.room.willing(k.world.t).is_due(generation)
    assert not k.room.valid().is_due(generation)


def test_a_worker_or_agency_seen_ended_may_nothing(story: Story) -> None:
    """The gate for writing refuses her; the gate of validity waits for the leaf."""
    k, c, w = story.k, story.council, story.world
    person = c.elder.person
    body = w.revoke_body(RevokeWhat.WORKER, c.elder.sid)

    replica.heed(w.directory, w.sign(body, registrar("A03")))

    assert k.room.willing(w.t).actor(person).ended is Code.REVOKED
    assert k.room.valid().actor(person).ended is None


def test_a_forged_revocation_is_not_heeded(story: Story) -> None:
    """What nobody entitled signed ends nothing."""
    k, c, w = story.k, story.council, story.world
    forged = w.sign(w.revoke_body(RevokeWhat.DEVICE, c.elder.dev.sid), c.health.ik)
    other = w.sign(w.pledge_body(c.elder.aid, c.elder.wid), c.elder.dk)

    replica.heed(w.directory, forged)
    replica.heed(w.directory, other)

    assert w.directory.seen_ended == set()
    assert not k.room.willing(w.t).is_stale()


# --- a withdrawal in the middle of a sitting ---------------------------------------------------


def board(k: Case, by: Staff, *, g: int) -> None:
    """The next generation of the board, with what is carried into it."""
    k.announce("board", DocClass.BOARD, by, g=g)
    assert k.op("snap", by, doc="board", upto=1, rows=1) is None


def test_a_withdrawal_prunes_one_agency_and_the_others_go_on() -> None:
    """Flow 15.5: stale at once, mended by any member, everybody else writes on."""
    s = opened("withdrawn mid-sitting")
    c, k = s.council, s.k
    assert k.op("sit.open", c.chair, sit=sit_of("1")) is None
    assert k.op("item.open", c.chair, it=item_of("1")) is None
    board(k, c.chair, g=2)
    basis = s.world.directory.logged[k.state.roster.basis[0]].statement

    assert k.withdraw(basis, c.recorder, ag=("A05",)) is None
    assert k.room.willing(s.world.t).is_stale()
    assert k.note("board", c.health, g=2) is Code.NEEDS_NEW_GENERATION
    assert k.rotate(c.elder, c.health) is None

    assert not k.room.willing(s.world.t).is_stale()
    assert k.note("board", c.elder, g=2) is Code.NEEDS_NEW_GENERATION
    board(k, c.elder, g=3)
    assert k.note("board", c.elder, g=3) is None
    assert k.note("board", c.health, g=3) is Code.MEMBER_ENDED
    assert c.health.dev.sid not in k.state.rosters[-1].recipients


def test_a_withdrawal_after_the_room_is_gone_takes_nothing_else(story: Story) -> None:
    """Its signer belongs to the case; a stranger's withdrawal is refused and takes nothing."""
    k, c = story.k, story.council
    basis = story.world.directory.logged[k.state.roster.basis[0]].statement

    assert k.withdraw(basis, c.doctor) is Code.RULE_DENIED
    assert not k.room.willing(k.world.t).is_stale()


def test_two_subjects_are_withdrawn_apart(story: Story) -> None:
    """A withdrawal of the son's basis leaves the mother's, and still makes the room stale."""
    k, c, w = story.k, story.council, story.world
    son = k.basis(k.basis_body(c.chair, sub="son"), c.chair)
    both = [*k.state.roster.basis, son.sid]
    assert k.roster(k.next_body(Why.ADD, basis=both), c.chair) is None

    assert k.withdraw(son, c.chair) is None

    assert k.room.willing(w.t).is_stale()
    held = k.room.willing(w.t)
    assert {one.sid: bool(one.effective(w.t)) for one in held.stands} == {
        sid: sid != son.sid for sid in both
    }


def test_an_unsigned_row_has_no_author(story: Story) -> None:
    """An envelope in the name of a certificate that is not yet logged at its row."""
    k, c, w = story.k, story.council, story.world
    k.announce("s", DocClass.SECTION, c.chair, sub="mother", cats=("c1",))
    size = w.size
    second = w.second_device(c.elder, "second")
    header = SumHeader(
        **fields_of(k.place("s", c.elder, dev=second)), sm=SumId(id16("sm")), ver=1, pv=None
    )
    sealed = k.seal(header, second.dk)
    sg = Hash(sealed.env.sg(second.dk.public))

    assert fold(k.room.fork(), k.next_row(sealed, sg=sg, idn=size), sealed) is Code.NOT_LOGGED
    assert fold(k.room.fork(), k.next_row(sealed, sg=hash32("x")), sealed) is Code.BAD_SIG
    assert fold(k.room.fork(), k.next_row(sealed, sg=sg), sealed) is None


def test_the_gate_forgets_with_time(story: Story) -> None:
    """An answer lasts until the next instant at which a basis, row or certificate ends."""
    k, w = story.k, story.world
    held = k.room.willing(w.t)

    assert k.room.willing(w.t.plus(HOUR)) is held
    assert held.until <= START.plus(90 * DAY)
    assert k.room.willing(held.until) is not held


def test_statements_keep_their_signers(story: Story) -> None:
    """The helper that knows who signed agrees with what the program finds."""
    k = story.k
    ack = k.sign(k.ack_body(until=k.world.t), story.council.chair.dk)

    [made] = MADE[ack.sid, tuple(h.sig for h in ack.signatures)]

    assert made.pk == story.council.chair.dk.public


# --- the gate of a room ------------------------------------------------------------------------


def test_the_gate_describes_people_as_they_stand(story: Story) -> None:
    """Member, guest, gone, never there; ended by log or by time; with or without a pledge."""
    k, c, w = story.k, story.council, story.world
    guest = k.row_of(c.doctor, role=RosterRole.GUEST, until=w.t.plus(DAY))
    assert k.add(guest) is None
    short = w.staff("short", "A05", life=2 * DAY, pledged=False)

    def seen(person: Staff, late: int = 0) -> tuple[Membership, Pledge, Code | None]:
        actor = k.room.willing(w.t.plus(late)).actor(person.person)
        return actor.membership, actor.pledge_person, actor.ended

    assert seen(c.elder) == (Membership.MEMBER, Pledge.LIVE, None)
    assert seen(c.doctor) == (Membership.GUEST, Pledge.LIVE, None)
    assert seen(c.doctor, late=DAY) == (Membership.ENDED, Pledge.LIVE, None)
    assert seen(short) == (Membership.NONE, Pledge.MISSING, None)
    w.pledge(short, life=DAY)
    w.revoke_worker(c.health)
    w.beat(2 * DAY)
    assert seen(short) == (Membership.NONE, Pledge.EXPIRED, Code.EXPIRED)
    assert seen(c.health) == (Membership.MEMBER, Pledge.LIVE, Code.REVOKED)
    assert k.rotate(c.elder, c.health, c.doctor) is None
    assert seen(c.health)[0] is Membership.ENDED


def test_the_gate_wakes_at_every_end(story: Story) -> None:
    """A review, a guest's end, the room's rotation, a certificate: the next one counts."""
    k, c, w = story.k, story.council, story.world
    assert k.room.willing(w.t).until > START.plus(20 * DAY)
    law = k.basis_body(
        c.elder, sub="son", approver=c.chair, law="swa-106-6", review=20 * DAY, life=40 * DAY
    )
    listed = [*k.state.roster.basis, k.basis(law, c.elder, c.chair).sid]
    assert k.roster(k.next_body(Why.ADD, basis=listed), c.chair) is None

    assert k.room.willing(w.t).until == START.plus(20 * DAY)

    guest = k.row_of(c.doctor, role=RosterRole.GUEST, until=START.plus(10 * DAY))
    assert k.add(guest) is None
    assert k.room.willing(w.t).until == START.plus(10 * DAY)


def test_an_empty_room_asks_nothing() -> None:
    """Before the first roster there is no basis, nobody is covered, and nothing is stale."""
    c = council()
    k = Case(world=c.world, creator=c.chair)

    held = k.room.willing(c.world.t)

    assert (held.covered(), held.is_stale(), held.views) == (frozenset(), False, ())


def test_statements_have_one_form(story: Story) -> None:
    """Whole or bare, a statement is the same bytes."""
    k = story.k
    data = k.rows[0][3]

    assert parse_full("stm", data) == parse_bare("stm", data)


def test_the_point_room_answers_for_a_listed_basis_in_force(story: Story) -> None:
    """For its own subject, while it runs, and for no other."""
    k, w = story.k, story.world
    held = k.room.willing(w.t)
    point = PointRoom(state=k.state, held=held, live=None)
    [sid] = k.state.roster.basis

    assert point.basis_kinds(sid, sub_of("mother")) == frozenset({"shien"})
    assert point.basis_kinds(sid, sub_of("son")) is None
    assert point.basis_kinds(hash_sid(), sub_of("mother")) is None
    late = PointRoom(state=k.state, held=k.room.willing(w.t.plus(90 * DAY)), live=None)
    assert late.basis_kinds(sid, sub_of("mother")) is None
    assert point.present() is None


def hash_sid() -> Sid:
    """A statement nobody knows."""
    return Sid(hash32("nothing"))
