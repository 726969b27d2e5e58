"""What stories do not tell of the trust core: shapes, bundles, odd inputs, and properties."""

import random
from dataclasses import fields
from dataclasses import replace as with_
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import replace

from crypto.errors import Code
from protocol import basis, bundle, headers, replica, roster
from protocol.bundle import SEALED_SIZE, Entry
from protocol.codec import encode
from protocol.feed import Point
from protocol.headers import DkHeader, NoteHeader, OpHeader, SumHeader
from protocol.ids import (
    Blob,
    Eid,
    Hash,
    Id,
    ItemId,
    Sid,
    SitId,
    SumId,
    Wid,
)
from protocol.leaf import Leaf, leaf_for
from protocol.ops import ActAns, ItemAdd, ItemBasis, PlannedItem, RoleAns, SitConv
from protocol.payloads import (
    Audience,
    Join,
    KeySet,
    Scope,
)
from protocol.requests import require_recent, signed_request
from protocol.room import RosterEntry
from protocol.shapes import as_set, require_set
from protocol.statement import signature_hash
from protocol.times import DAY, SECOND, Instant
from protocol.vocabulary import (
    AckKind,
    Answer,
    Cap,
    Decline,
    DocClass,
    ItemType,
    RevokeWhat,
    RosterRole,
    SeatAnswer,
    Why,
)
from tests.refusals import code_of
from tests.room import Case, fields_of
from tests.world import (
    START,
    Council,
    Staff,
    aid_of,
    council,
    doc_of,
    hash32,
    id16,
    inv_of,
    public,
    registrar,
    scope,
    signing_key,
    sub_of,
)
from tools.make_vectors.meeting import opened
from tools.make_vectors.story import Story


@pytest.fixture
def story() -> Story:
    """A room of A01, A03 and A05."""
    return opened("a room")


# --- shapes of payloads ------------------------------------------------------------------------


def shaped(body: object, **changes: object) -> Code | None:
    """The code of a payload with some fields changed."""
    return code_of(replace, body, **changes)


def test_sets_are_sorted_and_without_duplicates() -> None:
    """Sorted by their text, so that one set has one spelling."""
    assert as_set(["b", "a", "b"]) == ("a", "b")
    assert code_of(require_set, ["a", "a"]) is Code.BAD_J1
    assert code_of(require_set, ["b", "a"]) is Code.BAD_J1
    assert code_of(require_set, ["a", "b"]) is None


def test_thresholds_can_be_reached() -> None:
    """Two of one key is nobody."""
    keys = as_set([public(signing_key("a")), public(signing_key("b"))])

    assert code_of(KeySet, keys=keys, t=2) is None
    assert code_of(KeySet, keys=keys, t=3) is Code.BAD_J1
    assert code_of(KeySet, keys=keys[::-1], t=1) is Code.BAD_J1


def test_shapes_of_certificates() -> None:
    """Lives, keys and sets that no rule could make sense of."""
    w = council().world
    root, agency = w.root_body(), w.agency_body("A03")
    worker = w.worker_body("x", "A03")
    device = w.device_body("x", wid=worker.wid, ik=worker.ik)
    revoke = w.revoke_body(RevokeWhat.WORKER, w.root.sid)
    base = w.base()
    join = Join(
        net=base.net,
        nce=base.nce,
        iat=base.iat,
        inv=inv_of("x"),
        wid=worker.wid,
        root=w.root.sid,
        ik=device.ik,
        dk=device.dk,
        ek=Blob(b"ek"),
        caps=(Cap.CHAIR, Cap.MEMBER),
    )

    assert shaped(join, caps=(Cap.MEMBER, Cap.CHAIR)) is Code.BAD_J1
    assert shaped(root, t=4) is Code.BAD_J1
    assert shaped(root, keys=root.keys[::-1]) is Code.BAD_J1
    assert shaped(root, srv=(root.srv[0], root.srv[0])) is Code.BAD_J1
    assert shaped(root, n=1) is Code.BAD_J1
    assert shaped(root, net=w.net) is Code.BAD_J1
    assert shaped(agency, keys=()) is Code.BAD_J1
    assert shaped(agency, keys=(agency.keys[0], agency.keys[0])) is Code.BAD_J1
    assert shaped(agency, caps=(Cap.MEMBER, Cap.HOST)) is Code.BAD_J1
    assert shaped(agency, exp=agency.nbf) is Code.BAD_J1
    assert shaped(worker, caps=(Cap.MEMBER, Cap.CHAIR)) is Code.BAD_J1
    assert shaped(worker, exp=worker.nbf) is Code.BAD_J1
    assert shaped(w.invite_body("x", "A03"), caps=(Cap.MEMBER, Cap.CHAIR)) is Code.BAD_J1
    assert shaped(device, dk=device.ik) is Code.BAD_J1
    assert shaped(device, exp=device.nbf) is Code.BAD_J1
    assert shaped(revoke, since=3) is Code.BAD_J1


def test_shapes_of_bases(story: Story) -> None:
    """A consent has no approver, a decision has one and a review; scopes name somebody."""
    k, c = story.k, story.council
    consent = k.basis_body(c.chair)
    law = k.basis_body(c.elder, approver=c.chair, law="swa-106-6", review=DAY)
    [part] = scope((("A03",), ("c1", "c2")))
    withdraw = k.withdraw_body(story.world.root, ag=("A03", "A05"), cats=("c1", "c2"))
    assert withdraw.ag is not None
    assert withdraw.cats is not None

    assert shaped(consent, apr=c.deputy.wid) is Code.BAD_J1
    assert shaped(law, apr=None) is Code.BAD_J1
    assert shaped(law, rev=None) is Code.BAD_J1
    assert shaped(consent, scope=()) is Code.BAD_J1
    assert shaped(consent, kinds=()) is Code.BAD_J1
    assert shaped(consent, kinds=("juso", "juso")) is Code.BAD_J1
    assert shaped(consent, purp=("b", "a")) is Code.BAD_J1
    assert shaped(consent, until=consent.from_) is Code.BAD_J1
    assert shaped(consent, ver=2) is Code.BAD_J1
    assert shaped(consent, prev=story.world.root.sid) is Code.BAD_J1
    assert code_of(Scope, ag=(), cats=("c1",)) is Code.BAD_J1
    assert code_of(Scope, ag=part.ag, cats=()) is Code.BAD_J1
    assert code_of(Scope, ag=part.ag * 2, cats=("c1",)) is Code.BAD_J1
    assert code_of(Scope, ag=part.ag, cats=part.cats[::-1]) is Code.BAD_J1
    assert shaped(withdraw, ag=withdraw.ag[::-1]) is Code.BAD_J1
    assert shaped(withdraw, cats=withdraw.cats[::-1]) is Code.BAD_J1


def test_shapes_of_rosters(story: Story) -> None:
    """Sets, order of rows, who has an end, and what belongs to the first roster alone."""
    k, c = story.k, story.council
    body, first = k.next_body(Why.ROTATE), k.state.rosters[0].body
    row = body.mem[0]
    end = story.world.t

    assert shaped(body, act=(c.deputy.wid, c.deputy.wid)) is Code.BAD_J1
    assert shaped(body, mem=body.mem[::-1]) is Code.BAD_J1
    assert shaped(body, mem=(row, row)) is Code.BAD_J1
    assert shaped(body, basis=body.basis * 2) is Code.BAD_J1
    assert shaped(body, void=(body.prev, body.prev)) is Code.BAD_J1
    assert shaped(body, nonce=first.nonce) is Code.BAD_J1
    assert shaped(body, prev=None) is Code.BAD_J1
    assert shaped(first, prev=body.prev) is Code.BAD_J1
    assert shaped(row, until=end) is Code.BAD_J1
    assert shaped(row, role=RosterRole.GUEST) is Code.BAD_J1
    assert shaped(row, role=RosterRole.GUEST, until=end) is None


def test_shapes_of_sections(story: Story) -> None:
    """The class decides which other fields may be used."""
    k = story.k
    agenda = k.sect_body("a", DocClass.AGENDA)
    item = k.sect_body("i", DocClass.ITEM, item="1")
    section = k.sect_body("s", DocClass.SECTION, sub="mother", cats=("c1", "c2"), ag=("A03",))
    card = k.sect_body("c", DocClass.CARD)
    ev = k.sect_body("e", DocClass.EVIDENCE, sub="mother")
    few, sub = section.aud, sub_of("mother")
    assert few is not None

    assert shaped(agenda, aud=few) is Code.BAD_J1
    assert shaped(agenda, cy=0) is Code.BAD_J1
    assert shaped(agenda, sub=sub) is Code.BAD_J1
    assert shaped(agenda, cats=("c1",)) is Code.BAD_J1
    assert shaped(item, item=None) is Code.BAD_J1
    assert shaped(section, cats=()) is Code.BAD_J1
    assert shaped(section, sub=None) is Code.BAD_J1
    assert shaped(section, cats=("c2", "c1")) is Code.BAD_J1
    assert shaped(section, sub=None, cats=()) is None
    assert shaped(card, sub=sub, cats=()) is Code.BAD_J1
    assert shaped(card, cats=("c1",)) is Code.BAD_J1
    assert shaped(ev, sub=None) is Code.BAD_J1
    assert shaped(ev, cats=("c1",)) is Code.BAD_J1
    assert code_of(Audience, ag=(), w=()) is Code.BAD_J1
    many = as_set([Wid(id16(str(i))) for i in range(65)])
    assert code_of(Audience, ag=(), w=many) is Code.BAD_J1
    assert code_of(Audience, ag=(), w=many[:64]) is None
    assert code_of(Audience, ag=few.ag * 2, w=()) is Code.BAD_J1
    assert code_of(Audience, ag=(), w=many[:2][::-1]) is Code.BAD_J1


def test_shapes_of_grants(story: Story) -> None:
    """Document generations, or epochs; one to 64 of them, none twice, all of 32 bits."""
    k, c = story.k, story.council
    docs = k.grant_body(c.chair, c.elder.dev.sid, ("s", 1))
    epochs = k.grant_body(c.chair, c.elder.dev.sid, epochs=(0, 1))
    name = doc_of("s").hex()

    assert (docs.docs, docs.epochs) == (((doc_of("s"), 1),), ())
    assert (epochs.docs, epochs.epochs) == ((), (0, 1))
    bad: tuple[tuple[tuple[str | int, ...], ...], ...] = (
        (),
        ((name, 0),),
        ((name, 2**32),),
        ((name.upper(), 1),),
        ((name,),),
        ((name, "1"),),
        ((name, 1), (name, 1)),
        tuple((name, g) for g in range(1, 66)),
    )
    for ids in bad:
        assert shaped(docs, ids=ids) is Code.BAD_J1, ids
    for ids in ((), ((-1,),), ((2**32,),), (("0",),), ((0, 1),), ((0,), (0,))):
        assert shaped(epochs, ids=ids) is Code.BAD_J1, ids
    assert shaped(docs, ids=tuple((name, g) for g in range(1, 65))) is None


def test_shapes_of_answers(story: Story) -> None:
    """Each answer fills exactly its own fields."""
    k, c = story.k, story.council
    seat = k.seat_body(c.elder)
    ack = k.ack_body(until=story.world.t)

    assert shaped(seat, to=c.health.wid) is Code.BAD_J1
    assert shaped(seat, ans=SeatAnswer.DELEGATE) is Code.BAD_J1
    assert shaped(seat, why=Decline.OTHER) is Code.BAD_J1
    assert shaped(seat, ans=SeatAnswer.DECLINE) is Code.BAD_J1
    assert shaped(seat, ans=SeatAnswer.DECLINE, why=Decline.SCOPE) is None
    assert shaped(seat, ans=SeatAnswer.DELEGATE, to=c.health.wid) is None
    assert shaped(ack, until=None) is Code.BAD_J1
    assert shaped(ack, n=1) is Code.BAD_J1
    assert shaped(ack, what=story.world.root.sid) is Code.BAD_J1
    assert shaped(ack, kind=AckKind.BAD_BUNDLE, until=None, n=1) is None
    assert shaped(ack, kind=AckKind.READ, until=None) is Code.BAD_J1
    assert shaped(ack, kind=AckKind.READ, until=None, what=story.world.root.sid) is None


def test_shapes_of_operations() -> None:
    """Declining has a reason, deciding has a subject, items are distinct."""
    row = id16("row")
    pair = ItemBasis(sub=sub_of("mother"), basis=Sid(hash32("basis")))
    item = PlannedItem(it=ItemId(id16("1")), no=1, typ=ItemType.DECIDE, bases=(pair,))
    sit = SitConv(sit=SitId(id16("s")), kind="shien", no=1, starts=START, items=(item,))
    added = ItemAdd(sit=sit.sit, it=item.it, no=2, typ=ItemType.TALK, bases=(pair,))

    assert code_of(RoleAns, row=row, ans=Answer.DECLINE, why=None) is Code.BAD_J1
    assert code_of(RoleAns, row=row, ans=Answer.ACCEPT, why=Decline.OTHER) is Code.BAD_J1
    assert code_of(ActAns, act=row, ans=Answer.DECLINE, why=None) is Code.BAD_J1
    assert shaped(item, bases=()) is Code.BAD_J1
    assert shaped(item, bases=(pair, pair)) is Code.BAD_J1
    assert shaped(item, typ=ItemType.FORM, bases=()) is None
    assert shaped(added, bases=()) is Code.BAD_J1
    assert shaped(added, bases=(pair, pair)) is Code.BAD_J1
    assert shaped(sit, items=()) is Code.BAD_J1
    assert shaped(sit, items=(item, replace(item, no=2))) is Code.BAD_J1
    assert shaped(sit, items=(item, replace(item, it=ItemId(id16("2"))))) is Code.BAD_J1
    assert shaped(sit, items=(item, replace(item, it=ItemId(id16("2")), no=2))) is None


# --- headers -----------------------------------------------------------------------------------


def test_headers_are_read_by_their_kind(story: Story) -> None:
    """Unknown kinds and operations, missing constants and versions that do not fit."""
    k, c = story.k, story.council
    place = fields_of(k.place("agenda", c.chair))
    dk = DkHeader(**place)
    note = NoteHeader(**place, item=None)
    operation = OpHeader(**place, op="sit.open", m=Raw(b'{"sit":"' + b"0" * 32 + b'"}'))

    for header in (dk, note, operation):
        assert headers.parse(encode(header)) == header
        for key in (b'"v":1,', b'"k":"' + header.k.encode() + b'",'):
            assert code_of(headers.parse, encode(header).replace(key, b"")) is Code.BAD_J1
    assert code_of(headers.parse, encode(dk).replace(b'"dk"', b'"q"')) is Code.UNKNOWN_TYPE
    other = encode(operation).replace(b"sit.open", b"sit.burn")
    assert code_of(headers.parse, other) is Code.UNKNOWN_TYPE
    facts = encode(operation).replace(b'"sit":', b'"it":')
    assert code_of(headers.parse, facts) is Code.BAD_J1
    huge = encode(replace(dk, x={"y": Raw(encode("z" * headers.MAX_HEADER))}))
    assert code_of(headers.parse, huge) is Code.OVERSIZE
    facts_of = {"sm": SumId(id16("s")), "pv": Eid(hash32("e"))}
    assert code_of(SumHeader, **place, **facts_of, ver=1) is Code.BAD_J1
    assert code_of(SumHeader, **place, **{**facts_of, "pv": None}, ver=2) is Code.BAD_J1
    assert code_of(SumHeader, **place, **facts_of, ver=2) is None


# --- requests and times ------------------------------------------------------------------------


def test_signed_requests_are_recent() -> None:
    """Two minutes either way; the kept form joins message and signature unmistakably."""
    now = START

    for off, code in ((0, None), (120, None), (-120, None), (121, Code.CLOCK), (-121, Code.CLOCK)):
        assert code_of(require_recent, now // SECOND + off, now=now) is code
    assert signed_request(b"ab", b"c") != signed_request(b"a", b"bc")


@pytest.mark.parametrize(
    "text", ["2026-11-21", "2026-11-21T00:00:00", "2026-02-30T00:00:00Z", "２026-11-21T00:00:00Z"]
)
def test_times_have_one_form(text: str) -> None:
    """Other spellings, and days that do not exist, are no times."""
    with pytest.raises(ValueError, match=r".*"):
        Instant.parse(text)


def test_times_go_round() -> None:
    """Milliseconds inside, whole seconds on the wire."""
    assert Instant.parse("2026-11-21T00:00:00Z") == START
    assert START.plus(999).text() == START.text()


# --- directory and replica ---------------------------------------------------------------------


def test_a_statement_stands_behind_its_leaf() -> None:
    """Another statement's bytes are the server's lie."""
    c = council()
    one = c.world.sign(c.world.pledge_body(c.elder.aid, c.elder.wid), c.elder.dk)
    other = c.world.sign(c.world.pledge_body(c.health.aid, c.health.wid), c.health.dk)
    sg = signature_hash(c.world.claimed(one))
    leaf = leaf_for(one.body, sid=one.sid, sg=sg, t=c.world.t)
    size = c.world.directory.size

    assert code_of(replica.append, c.world.directory, leaf, other) is Code.EQUIVOCATION
    assert c.world.directory.size == size
    replica.append(c.world.directory, leaf, one)
    assert c.world.directory.flaws == {}


def test_what_does_not_belong_into_the_identity_log_is_void(story: Story) -> None:
    """A roster behind a leaf authorises nothing, and the log goes on."""
    k, c = story.k, story.council
    stray = k.sign(k.next_body(Why.ROTATE), c.chair.dk)
    leaf = Leaf(kind=1, t=k.world.t, sid=stray.sid, sg=Hash(bytes(32)), scope=Id(bytes(16)))

    k.world.put(leaf, stray)

    assert k.world.directory.flaws[k.world.size - 1] is Code.UNKNOWN_TYPE


def test_a_narrowed_agency_narrows_its_workers() -> None:
    """Also for the questions of a roster: her certificate is wider than its own."""
    c = council()
    w = c.world
    first = w.directory.agencies[aid_of("A02")].versions[0].sid
    body = w.agency_body("A02", prev=first, caps=(Cap.MEMBER,))
    w.log(body, *w.root_keys[:2])

    assert code_of(w.directory.require_worker, *c.csw.person, w.size) is Code.UNTRUSTED
    assert not w.directory.is_live(c.csw.person, w.size)
    assert w.directory.worker_in_force(c.csw.wid, w.size) is None
    assert w.directory.worker_in_force(Wid(id16("nobody")), w.size) is None


def test_a_device_that_ran_out_is_nobodys_recipient() -> None:
    """Its person has no other, so she has none."""
    c = council()
    phone = c.world.staff("phone", "A05", device_life=DAY)
    assert len(list(c.world.directory.recipients_of(phone.person, c.world.size))) == 1

    c.world.beat(DAY)

    assert list(c.world.directory.recipients_of(phone.person, c.world.size)) == []
    other = (phone.wid, public(c.elder.ik))
    assert list(c.world.directory.recipients_of(other, c.world.size)) == []


# --- rooms -------------------------------------------------------------------------------------


def test_a_room_begins_empty() -> None:
    """Before its first roster it has no members, no epoch, and is not stale."""
    c = council()
    k = Case(world=c.world, creator=c.chair)
    state = k.state

    assert (state.epoch, state.closed, state.current, state.hosts) == (-1, False, None, frozenset())
    assert state.member(c.chair.person) is None
    assert not state.was_member(c.chair.wid)
    assert not basis.is_stale(state, Point(n=c.world.size, s=0), c.world.t)
    assert code_of(lambda: state.roster) is Code.WRONG_PLACE
    assert state.document_of(DocClass.AGENDA) is None
    assert code_of(state.latest, doc_of("x")) is Code.UNKNOWN_ID


def test_a_room_knows_its_documents(story: Story) -> None:
    """The one of a class, in its newest generation."""
    k, c = story.k, story.council
    k.announce("board", DocClass.BOARD, c.elder, g=2)

    found = k.state.document_of(DocClass.BOARD)

    assert found is not None
    assert (found.body.doc, found.body.g) == (doc_of("board"), 2)
    assert k.state.latest(doc_of("agenda")).body.g == 1


def test_a_fork_shares_nothing_that_moves(story: Story) -> None:
    """What a fork learns stays in the fork."""
    state = story.k.state
    fork = state.fork()

    fork.enter(fork.rosters[-1])
    fork.listed[Sid(hash32("x"))] = 1
    fork.fhs.append(fork.fh)

    shared = [
        f.name
        for f in fields(state)
        if isinstance(getattr(state, f.name), list | dict | set)
        and getattr(fork, f.name) is getattr(state, f.name)
    ]
    assert shared == []
    assert len(state.rosters) == len(fork.rosters) - 1
    assert Sid(hash32("x")) not in state.listed
    assert len(state.fhs) == len(fork.fhs) - 1
    assert fork.directory is state.directory


def test_an_ack_counts_for_the_person_in_the_chair(story: Story) -> None:
    """Her id alone, with another identity key, lets nobody act."""
    k, c = story.k, story.council
    signer = k.state.rosters[-1].signer
    ack = k.ack_body(until=k.world.t.plus(DAY))

    k.state.heed_ack(ack, with_(signer, ik=public(c.elder.ik)))
    assert k.state.act_until == 0
    k.state.heed_ack(ack, signer)
    assert k.state.act_until == ack.until


# --- bundles -----------------------------------------------------------------------------------


def bundle_for(entry: RosterEntry, sids: list[Sid], *, n: int | None = None, eg: int = 0) -> bytes:
    """A bundle of bytes that nobody can open."""
    entries = [Entry(sid=sid, eg=eg, ct=bytes(SEALED_SIZE)) for sid in sids]
    return bundle.encode(case=entry.body.case, n=entry.body.n if n is None else n, entries=entries)


def judged(story: Story, data: bytes) -> Code | None:
    """The verdict on a bundle for the newest roster, as if that named it."""
    entry = story.k.state.rosters[-1]
    named = with_(entry, body=replace(entry.body, bun=bundle.bundle_hash(data)))
    return code_of(roster.require_bundle, story.k.state, named, data)


def test_a_bundle_is_for_exactly_the_recipients(story: Story) -> None:
    """Not one less, not one more, at its own place, each under its current counter."""
    k, c = story.k, story.council
    entry = k.state.rosters[-1]
    sids = sorted(entry.recipients)

    assert judged(story, bundle_for(entry, sids)) is None
    assert judged(story, bundle_for(entry, sids[1:])) is Code.BAD_RECIPIENTS
    assert judged(story, bundle_for(entry, [*sids, c.npo.dev.sid])) is Code.BAD_RECIPIENTS
    assert judged(story, bundle_for(entry, sids, n=7)) is Code.BAD_RECIPIENTS
    assert judged(story, bundle_for(entry, sids, eg=1)) is Code.BAD_RECIPIENTS
    other = code_of(roster.require_bundle, k.state, entry, bundle_for(entry, sids))
    assert other is Code.BAD_BUNDLE_HASH
    assert judged(story, b"SHB1") is Code.BAD_LENGTH


def test_a_sealing_counter_belongs_to_a_device(story: Story) -> None:
    """A worker, a root, nobody have none."""
    k, c = story.k, story.council

    assert roster.sealing_counter(k.state, c.elder.dev.sid) == 0
    assert roster.sealing_counter(k.state, c.elder.sid) is None
    assert roster.sealing_counter(k.state, Sid(hash32("x"))) is None
    assert code_of(basis.device_of, k.world.directory, c.elder.sid) is Code.UNKNOWN_ID
    assert code_of(basis.device_of, k.world.directory, Sid(hash32("x"))) is Code.UNKNOWN_ID


def test_only_a_roster_is_judged_as_one(story: Story) -> None:
    """Any other statement is no roster."""
    k = story.k
    ack = k.sign(k.ack_body(until=k.world.t), story.council.chair.dk)

    assert code_of(roster.accept, k.state, ack, k.statement_row(ack)) is Code.UNKNOWN_TYPE


def test_a_row_is_judged_at_its_own_point(story: Story) -> None:
    """The size of the log it names, and the row before it."""
    row = story.k.rows[3][0]

    assert row.point == Point(n=row.idn, s=3)


def test_a_grant_asks_the_gate(story: Story) -> None:
    """A reader named in the audience whose agency is not covered any more gets no key."""
    k, c = story.k, story.council
    body = k.sect_body("s", DocClass.SECTION, sub="mother", cats=("c2",), ag=("A03", "A05"))
    assert k.sect(body, c.elder) is None
    listed = story.world.directory.logged[k.state.roster.basis[0]].statement

    assert k.withdraw(listed, c.chair, ag=("A05",), cats=("c2",)) is None

    assert k.grant(c.elder, c.health.dev.sid, ("s", 1)) is Code.BASIS_WITHDRAWN


# --- properties --------------------------------------------------------------------------------

_AGENCIES = ("A01", "A02", "A03", "A05", "A06")
_CATS = ("c1", "c2", "c3")
_WITHDRAWALS = st.lists(
    st.tuples(
        st.none() | st.sets(st.sampled_from(_AGENCIES), min_size=1),
        st.none() | st.sets(st.sampled_from(_CATS), min_size=1),
    ),
    min_size=1,
    max_size=4,
)


def full_room() -> tuple[Council, Case]:
    """A room with a basis for five agencies and three of their people in it."""
    s = opened("properties")
    return s.council, s.k


@settings(max_examples=25, deadline=None)
@given(_WITHDRAWALS)
def test_withdrawals_only_shrink_what_is_covered(
    taken: list[tuple[set[str] | None, set[str] | None]],
) -> None:
    """Each takes its pairs, never gives one back, and their order does not matter."""
    c, k = full_room()
    listed = k.state.roster.basis[0]
    paper = k.world.directory.logged[listed].statement
    now = k.world.t
    covered = [basis.standing(k.state, listed, Point(k.world.size, k.state.seq)).effective(now)]
    expected = set(covered[0])

    for ag, cats in taken:
        names = None if ag is None else tuple(sorted(ag))
        assert k.withdraw(paper, c.chair, ag=names, cats=None if cats is None else tuple(cats)) in (
            None,
            Code.REVOKED,
        )
        point = Point(k.world.size, k.state.seq)
        covered.append(basis.standing(k.state, listed, point).effective(now))
        aids = None if names is None else {aid_of(name) for name in names}
        expected -= {
            (aid, cat)
            for aid, cat in expected
            if (aids is None or aid in aids) and (cats is None or cat in cats)
        }

    assert all(after <= before for before, after in pairwise(covered))
    assert covered[-1] == expected


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 3))
def test_pruning_is_idempotent_and_free_of_order(rng: random.Random, ended: int) -> None:
    """Whoever ended in whatever order: what stays is the same, and pruning it again keeps it."""
    c, k = full_room()
    people: list[Staff] = [c.deputy, c.recorder, c.elder, c.health]
    rng.shuffle(people)
    for person in people[:ended]:
        k.world.revoke_worker(person)
    point, now = Point(k.world.size, k.state.seq), k.world.directory.time(k.world.size)

    once = basis.prune_members(k.state, k.state.roster, point, now)
    twice = basis.prune_members(k.state, replace(k.state.roster, mem=once), point, now)

    assert twice == once
    assert {row.wid for row in once} == {c.chair.wid, *(p.wid for p in people[ended:])}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(["device", "worker", "agency", "beat"]), max_size=4))
def test_trust_never_comes_back(events: list[str]) -> None:
    """Once a revocation is logged, its person's device is trusted at no later size."""
    c = council()
    w = c.world
    agency = w.directory.agencies[aid_of("A03")].versions[0].sid
    trusted = [code_of(w.directory.trust, public(c.elder.dk), "env", w.size) is None]

    for event in events:
        match event:
            case "device":
                w.revoke(RevokeWhat.DEVICE, c.elder.dev.sid, c.elder.ik)
            case "worker":
                w.revoke(RevokeWhat.WORKER, c.elder.sid, registrar("A03"))
            case "agency":
                w.revoke(RevokeWhat.AGENCY, agency, w.sec_key)
            case _:
                w.beat(DAY)
        trusted.append(code_of(w.directory.trust, public(c.elder.dk), "env", w.size) is None)

    assert trusted == sorted(trusted, reverse=True)
    assert trusted[-1] == (not set(events) - {"beat"})


@settings(max_examples=15, deadline=None)
@given(st.permutations(["a", "b", "c"]))
def test_point_of_a_question_decides_not_what_stands_behind_it(order: list[str]) -> None:
    """Answers at an earlier size do not move, whatever is logged afterwards."""
    c = council()
    w = c.world
    size = w.size
    before = [code_of(w.directory.trust, public(p.dk), "env", size) for p in (c.elder, c.health)]

    for event in order:
        if event == "a":
            w.revoke_worker(c.elder)
        elif event == "b":
            w.second_device(c.health, "later")
        else:
            w.log(w.pledge_body(aid_of("A01"), ver=2), registrar("A01"))

    after = [code_of(w.directory.trust, public(p.dk), "env", size) for p in (c.elder, c.health)]
    assert after == before
    assert w.directory.has_pledges(c.elder.aid, c.elder.wid, size)
