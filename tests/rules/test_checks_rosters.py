"""Checks of rosters that no vector tells apart: each falls if its condition is dropped."""

from msgspec.structs import replace

from crypto.errors import Code
from protocol.ids import Sid, Wid
from protocol.payloads import Handover, Person, Worker
from protocol.times import DAY
from protocol.vocabulary import Duty, Why
from tests.room import Case
from tests.world import (
    START,
    Dev,
    Staff,
    World,
    council,
    inv_of,
    public,
    registrar,
    signing_key,
)
from tools.make_vectors.meeting import opened, seat
from tools.make_vectors.story import Story


def with_csw(name: str) -> Story:
    """A room in which A02's coordinator, who may chair, has a row."""
    s = opened(name)
    seat(s, s.k, s.council.csw, Duty.MEMBER)
    s.told("added", s.k.add(s.k.row_of(s.council.csw)))
    return s


def test_only_the_chair_herself_names_acts() -> None:
    """Who stands in for her may add people, but nobody who will stand in as well."""
    s = opened("acts")
    k, c = s.k, s.council
    seat(s, k, c.csw, Duty.MEMBER)
    assert k.ack(c.chair, k.world.t.plus(DAY)) is None
    mem = (*k.state.roster.mem, k.row_of(c.csw))

    def body(*act: Wid) -> Code | None:
        return k.roster(k.next_body(Why.ADD, mem=mem, act=act), c.deputy)

    assert body(c.deputy.wid, c.csw.wid) is Code.RULE_DENIED
    assert body(c.deputy.wid) is None


def test_a_removal_names_no_new_act() -> None:
    """The chair may drop acts while she removes, and may add none."""
    s = with_csw("removal")
    k, c = s.k, s.council
    mem = k.without(c.elder)

    def body(*act: Wid) -> Code | None:
        return k.roster(k.next_body(Why.REMOVE, mem=mem, act=act), c.chair)

    assert body(c.deputy.wid, c.csw.wid) is Code.RULE_DENIED
    assert body() is None


def again(w: World, person: Staff) -> Staff:
    """The same worker id under a new identity key, with a device of it: another person."""
    ik, name = signing_key(f"ik {person.name} again"), f"{person.name} again"
    agency = {"elder": "A03", "chair": "A01"}[person.name]
    before = w.directory.workers[person.wid].versions[-1]
    w.log(w.invite_body(name, agency, wid=person.wid, caps=before.body.caps), registrar(agency))
    made: Worker = replace(
        before.body, nce=w.nonce(), ik=public(ik), gen=1, inv=inv_of(name), prev=before.sid
    )
    logged = w.log(made, registrar(agency), ik)
    dev: Dev = w.device(name, wid=person.wid, ik=ik)
    return Staff(name=name, wid=person.wid, aid=person.aid, ik=ik, sid=logged.sid, dev=dev)


def test_a_rotation_is_signed_by_the_person_of_the_row() -> None:
    """At the log head that the roster names the old row was live; its signer is another by now."""
    s = opened("rotation")
    k, c = s.k, s.council
    before = k.world.size
    other = again(k.world, c.elder)

    assert k.roster(k.next_body(Why.ROTATE, lh=before), other) is Code.RULE_DENIED
    assert k.roster(k.next_body(Why.ROTATE, lh=before), c.health) is None


def test_a_room_is_created_by_the_person_of_her_row() -> None:
    """The chair's row names her old identity key, and a device of the new one signs."""
    c = council()
    before = c.world.size
    other = again(c.world, c.chair)
    k = Case(world=c.world, creator=other)
    consent = k.consent(c.deputy)
    late = c.world.size
    old = replace(k.row_of(c.chair, n=0))
    body = replace(k.create_body([old], consent), lh=c.world.head(before))

    assert k.roster(body, other) is Code.RULE_DENIED
    new = replace(k.create_body([k.row_of(other, n=0)], consent), lh=c.world.head(late))
    c.world.pledge(other)
    assert k.roster(replace(new, lh=c.world.head()), other) is None


def given(s: Story, by: Staff, to: Person) -> Sid:
    """Log a handover to whomever."""
    base = s.world.base()
    body = Handover(
        net=base.net,
        nce=base.nce,
        iat=base.iat,
        case=s.k.case,
        to=to,
        from_=START,
        until=START.plus(30 * DAY),
    )
    return s.world.log(body, by.dk).sid


def taken(s: Story, by: Staff, ref: Sid, *, chair: Staff, act: tuple[Wid, ...]) -> Code | None:
    """Post the roster that follows a handover."""
    body = s.k.next_body(Why.HANDOVER, chair=chair.wid, act=act, ref=ref)
    return s.k.roster(body, by)


def test_a_handover_makes_its_receiver_the_chair() -> None:
    """Whoever takes over names herself, and the acts that are left, no other."""
    s = with_csw("handover")
    c = s.council
    wid, ik = c.csw.person
    ref = given(s, c.chair, Person(wid=wid, ik=ik))
    acts = (c.deputy.wid,)

    assert taken(s, c.csw, ref, chair=c.chair, act=acts) is Code.RULE_DENIED
    assert taken(s, c.csw, ref, chair=c.csw, act=()) is Code.RULE_DENIED
    assert taken(s, c.csw, ref, chair=c.csw, act=acts) is None


def test_a_handover_is_to_one_person_by_id_and_key() -> None:
    """Her id with another's key, or her key under another's id, is not she."""
    s = with_csw("receiver")
    c = s.council
    wid, ik = c.csw.person
    other_wid, other_ik = c.health.person
    acts = (c.deputy.wid,)

    for to in (Person(wid=other_wid, ik=ik), Person(wid=wid, ik=other_ik)):
        ref = given(s, c.chair, to)
        assert taken(s, c.csw, ref, chair=c.csw, act=acts) is Code.RULE_DENIED
