"""Checks of a room's rows that no vector tells apart: each falls if its condition is dropped."""

from dataclasses import replace as with_

from msgspec.structs import replace

from crypto.errors import Code
from protocol import basis, bundle, documents, roster
from protocol.bundle import SEALED_SIZE, Entry
from protocol.feed import Point
from protocol.ids import CaseId, Eid, Hash, NetId, Sid, SumId
from protocol.ops import MAX_ITEMS, PlannedItem, SitConv
from protocol.payloads import Sect, Worker
from protocol.vocabulary import Decline, DocClass, ItemType, SeatAnswer, Why
from tests.refusals import code_of
from tests.room import Case
from tests.world import (
    World,
    council,
    doc_of,
    hash32,
    id16,
    inv_of,
    item_of,
    public,
    registrar,
    signing_key,
    sit_of,
)
from tools.make_vectors.meeting import opened

# --- documents ---------------------------------------------------------------------------------


def test_a_document_keeps_its_class() -> None:
    """A section without a subject does not become a card, though all else is the same."""
    s = opened("class")
    k, c = s.k, s.council
    assert k.sect(k.sect_body("s", DocClass.SECTION), c.elder) is None

    assert k.sect(k.sect_body("s", DocClass.CARD, g=2), c.elder) is Code.RULE_DENIED
    assert k.sect(k.sect_body("s", DocClass.SECTION, g=2), c.elder) is None


def test_who_left_makes_no_generation_of_what_her_agency_hears() -> None:
    """The audience names her agency and she began the document, but she is in no row."""
    s = opened("left")
    k, c = s.k, s.council
    body = k.sect_body("s", DocClass.SECTION, ag=("A03", "A05"))
    assert k.sect(body, c.elder) is None
    assert k.roster(k.next_body(Why.REMOVE, mem=k.without(c.elder)), c.chair) is None

    def again() -> Sect:
        return k.sect_body("s", DocClass.SECTION, g=2, ag=("A03", "A05"))

    assert k.sect(again(), c.elder) is Code.RULE_DENIED
    assert k.sect(again(), c.health) is None


def test_a_version_counts_on_by_one() -> None:
    """It names the newest version and is its next number; one alone is not enough."""
    s = opened("versions")
    k, c = s.k, s.council
    k.announce("s", DocClass.SECTION, c.elder)
    assert k.summary("s", c.elder) is None
    first = k.state.versions[SumId(id16("summary s"))].eid

    assert k.summary("s", c.elder, ver=3, pv=first) is Code.CONFLICT
    assert k.summary("s", c.elder, ver=2, pv=Eid(Hash(bytes(32)))) is Code.CONFLICT
    assert k.summary("s", c.elder, ver=2, pv=first) is None


def test_a_holder_who_left_the_audience_makes_a_document_due() -> None:
    """Whatever the gate says of her: who is in no row any more is in no audience."""
    s = opened("due")
    k, c = s.k, s.council
    k.announce("s", DocClass.SECTION, c.chair)
    place = (doc_of("s"), 1)

    def anybody(*_: object) -> None:
        """A gate that lets everybody read."""

    assert not documents.is_due(k.state, place, n=k.world.size, may_read=anybody)
    assert k.roster(k.next_body(Why.REMOVE, mem=k.without(c.elder)), c.chair) is None
    assert documents.is_due(k.state, place, n=k.world.size, may_read=anybody)


# --- grants ------------------------------------------------------------------------------------


def test_a_grant_is_for_a_device_that_stands_below_its_row() -> None:
    """A device that the log does not show at the row's own point is not there to be granted to."""
    s = opened("young device")
    k, c = s.k, s.council
    k.world.beat()
    size = k.world.size
    young = k.world.second_device(c.chair, "young")
    body = replace(k.grant_body(c.chair, young.sid, epochs=(0,)), lh=k.world.head(size))

    assert k.post(k.sign(body, c.chair.dk), idn=size) is Code.RULE_DENIED
    again = k.grant_body(c.chair, young.sid, epochs=(0,))
    assert k.post(k.sign(again, c.chair.dk)) is None


def test_epochs_before_her_entry_stay_closed_to_who_comes_back() -> None:
    """Her device held an older epoch, but her row of today begins later."""
    s = opened("back")
    k, c = s.k, s.council
    assert k.roster(k.next_body(Why.REMOVE, mem=k.without(c.elder)), c.chair) is None
    assert k.add(k.row_of(c.elder)) is None
    second = k.world.second_device(c.elder, "second")

    early = k.grant_body(c.elder, second.sid, epochs=(1,))
    assert k.post(k.sign(early, c.elder.dk)) is Code.RULE_DENIED
    now = k.grant_body(c.elder, second.sid, epochs=(3,))
    assert k.post(k.sign(now, c.elder.dk)) is None


def test_a_device_passes_on_only_keys_that_it_was_given() -> None:
    """A device linked after the roster holds nothing of its epoch, and can give none of it."""
    s = opened("gave nothing")
    k, c = s.k, s.council
    second = k.world.second_device(c.elder, "second")
    n = k.state.epoch
    body = replace(k.grant_body(c.elder, c.elder.dev.sid, epochs=(n,)), by=second.sid)

    assert k.post(k.sign(body, second.dk)) is Code.RULE_DENIED
    first = k.grant_body(c.elder, second.sid, epochs=(n,))
    assert k.post(k.sign(first, c.elder.dk)) is None
    again = replace(k.grant_body(c.elder, c.elder.dev.sid, epochs=(n,)), by=second.sid)
    assert k.post(k.sign(again, second.dk)) is None


# --- rosters -----------------------------------------------------------------------------------


def test_a_new_identity_key_does_not_inherit_the_old_row() -> None:
    """Who comes back under another key is another person: the row of the old one is pruned."""
    s = opened("another person")
    k, c, w = s.k, s.council, s.world
    ik = signing_key("ik elder again")
    w.log(w.invite_body("elder again", "A03", wid=c.elder.wid), registrar("A03"))
    before = w.directory.workers[c.elder.wid].versions[-1]
    made: Worker = replace(
        before.body,
        nce=w.nonce(),
        ik=public(ik),
        gen=1,
        inv=inv_of("elder again"),
        prev=before.sid,
    )
    w.log(made, registrar("A03"), ik)

    point, now = Point(w.size, k.state.seq), w.directory.time(w.size)
    staying = {row.wid for row in basis.prune_members(k.state, k.state.roster, point, now)}
    assert staying == {row.wid for row in k.without(c.elder)}


def test_another_case_s_basis_is_none_here() -> None:
    """It stands in the log and runs, but was made for another room."""
    s = opened("one case")
    other = Case(world=s.world, creator=s.council.chair, label="another case")
    foreign = other.basis(other.basis_body(s.council.chair), s.council.chair, row=False)

    assert code_of(s.k.state.basis_of, foreign.sid) is Code.NO_BASIS


def test_an_ended_act_is_no_chair() -> None:
    """Whoever was named to stand in and is revoked stands in no more."""
    s = opened("acts")
    k, c = s.k, s.council
    assert k.state.chairs(s.world.size) == {c.chair.wid, c.deputy.wid}

    s.world.revoke_worker(c.deputy)
    assert k.state.chairs(s.world.size) == {c.chair.wid}


def test_who_declined_her_seat_does_not_enter() -> None:
    """An answer is no consent to be added: it has to be a yes."""
    s = opened("declined")
    k, c = s.k, s.council
    assert k.invite(c.npo) is None
    no = k.seat_body(c.npo, ans=SeatAnswer.DECLINE, why=Decline.CAPACITY)
    assert k.post(k.sign(no, c.npo.dk)) is None

    assert k.add(k.row_of(c.npo)) is Code.NOT_SEATED


def test_a_roster_belongs_to_its_network() -> None:
    """Judged by itself, without the fold before it, it is refused for the network it names."""
    s = opened("networks")
    k = s.k
    body = replace(k.next_body(Why.ROTATE), net=NetId(Sid(hash32("another network"))))
    made = k.sign(body, s.council.chair.dk)

    assert code_of(roster.accept, k.state, made, k.statement_row(made)) is Code.WRONG_NET


def test_who_creates_a_room_is_in_it() -> None:
    """Named as chair, but in no row: nobody would hold the key of the room she made."""
    c = council()
    k = Case(world=c.world, creator=c.chair)
    basis_of_all = k.consent()
    rows = [k.row_of(c.deputy, n=0)]

    assert k.roster(k.create_body(rows, basis_of_all), c.chair) is Code.RULE_DENIED


def test_a_bundle_names_its_case() -> None:
    """The same devices under the same number, but of another room."""
    s = opened("bundles")
    entry = s.k.state.rosters[-1]
    sealed = [Entry(sid=sid, eg=0, ct=bytes(SEALED_SIZE)) for sid in sorted(entry.recipients)]
    for case, code in ((s.k.case, None), (CaseId(id16("elsewhere")), Code.BAD_RECIPIENTS)):
        data = bundle.encode(case=case, n=entry.body.n, entries=sealed)
        named = with_(entry, body=replace(entry.body, bun=bundle.bundle_hash(data)))
        assert code_of(roster.require_bundle, s.k.state, named, data) is code


# --- shapes ------------------------------------------------------------------------------------


def test_a_sitting_has_a_bounded_agenda() -> None:
    """As many items as are allowed, and not one more."""
    s = opened("agenda")
    [pair] = next(iter(s.k.room.conference.items.values())).bases
    items = tuple(
        PlannedItem(it=item_of(f"n{no}"), no=no, typ=ItemType.TALK, bases=(pair,))
        for no in range(1, MAX_ITEMS + 2)
    )
    sitting = SitConv(
        sit=sit_of("2"), kind="shien", no=2, starts=s.world.t, items=items[:MAX_ITEMS]
    )

    assert code_of(replace, sitting, items=items) is Code.BAD_J1


def test_the_first_root_follows_nothing() -> None:
    """It has no network yet, and no predecessor either."""
    w = World()

    assert code_of(replace, w.root_body(), prev=w.root.sid) is Code.BAD_J1
