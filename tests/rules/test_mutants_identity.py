"""What the edge of a council keeps, gives back and names in a refusal, field by field."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from crypto.errors import Code, Refused
from crypto.sealing import SealingKey
from identity import model
from identity.model import NOTHING_BESIDE, Beside, Origins, Own, Stored, Waiting
from protocol.derived import ek_hash
from protocol.ids import Blob, Digest, Hash, LinkId, Sid
from protocol.keys import name_commitment
from protocol.payloads import Link, Payload, Root
from protocol.times import DAY
from protocol.vocabulary import RevokeWhat
from protocol.wire import NameBeside
from tests.room import Case
from tests.world import (
    Council,
    World,
    council,
    hash32,
    id16,
    inv_of,
    public,
    registrar,
    signing_key,
)

EK = SealingKey.from_seed(hash32("ek")).public
SALT = hash32("salt")
NAME = NameBeside(name="山田", salt=SALT)


@pytest.fixture
def c() -> Council:
    """A council with its people."""
    return council()


def refusal(call: Callable[..., object], *args: object, **facts: object) -> Refused:
    """How a call is refused, facts included."""
    with pytest.raises(Refused) as refused:
        call(*args, **facts)
    return refused.value


# --- what was kept ----------------------------------------------------------------------------


def test_a_kept_statement_comes_back_as_it_was(c: Council) -> None:
    """From what is stored and from what waits: type, body, bytes, id, every signature, hinted."""
    w = c.world
    made = w.sign(w.worker_body("newcomer", "A03"), registrar("A03"), signing_key("ik newcomer"))
    stored = Stored(
        rev=1,
        sid=made.sid,
        typ=made.typ,
        payload=made.payload,
        case=None,
        at=w.t.moment(),
        leaf=b"",
        signatures=w.claimed(made),
    )
    waiting = Waiting(
        key=made.sid,
        typ=made.typ,
        payload=made.payload,
        signatures=w.claimed(made),
        mac=None,
        beside=None,
        until=w.t.moment(),
    )

    assert len(made.signatures) == 2
    assert model.revive(stored) == made
    assert model.revive(waiting) == made


def test_a_statement_names_what_it_succeeds(c: Council) -> None:
    """Where there may be one successor; a revocation has none."""
    w, before = c.world, Sid(hash32("before"))
    agency = replace(w.agency_body("A03"), prev=before)

    assert model.prev_of(w.root_body(n=1, prev=before)) == before
    assert model.prev_of(agency) == before
    assert model.prev_of(w.agency_body("A03")) is None
    assert model.prev_of(w.revoke_body(RevokeWhat.WORKER, c.elder.sid)) is None


# --- what travels beside ----------------------------------------------------------------------


def test_a_sealing_key_is_kept_under_the_hash_that_was_signed(c: Council) -> None:
    """Both are stored; nothing when the key is the one that is there."""
    w = c.world
    ekh = Digest(Hash(ek_hash(EK)))
    body = replace(w.device_body("new", wid=c.elder.wid, ik=public(c.elder.ik)), ekh=ekh)
    kept = w.directory.devices[c.elder.dev.did].versions[-1].body

    new = model.beside_of(body, directory=w.directory, ek=EK, name=None)
    same = model.beside_of(kept, directory=w.directory, ek=None, name=None)

    assert new == Beside(ekh=ekh, ek=EK)
    assert same == NOTHING_BESIDE == Beside()


def test_a_name_is_kept_with_its_salt(c: Council) -> None:
    """Beside a worker only; what comes beside anything else is not kept."""
    w = c.world
    body = replace(w.worker_body("new", "A03"), nh=name_commitment(SALT, name="山田"))

    def beside(of: Payload, name: NameBeside | None) -> Beside:
        return model.beside_of(of, directory=w.directory, ek=None, name=name)

    assert beside(body, NAME) == Beside(name="山田", salt=SALT)
    assert beside(body, None) == NOTHING_BESIDE
    assert beside(w.agency_body("A03"), NAME) == NOTHING_BESIDE


# --- refusals ---------------------------------------------------------------------------------


def other_server(root: Root) -> Own:
    """A server that a root does not name."""
    logs = Origins(id_origin="x", id_vkeys=(), ops_origin="y", ops_vkeys=())
    return Own(srv=root.srv[0], origin=root.origin, logs=logs)


def test_a_refusal_names_the_field_that_is_wrong(c: Council) -> None:
    """Where what came is not what was signed, or not this server's."""
    w = c.world
    root = w.root_body()
    device = w.device_body("new", wid=c.elder.wid, ik=public(c.elder.ik))

    own = refusal(model.require_own, root, other_server(root))
    key = refusal(model.beside_of, device, directory=w.directory, ek=EK, name=None)
    name = refusal(model.require_name, w.worker_body("new", "A03"), NAME)
    long = refusal(
        model.require_timely,
        w.invite_body("x", "A03", life=15 * DAY),
        directory=w.directory,
        now=w.t,
    )

    assert (own.code, own.facts) == (Code.RULE_DENIED, {"field": "origin"})
    assert (key.code, key.facts) == (Code.BAD_COMMITMENT, {"field": "ek"})
    assert (name.code, name.facts) == (Code.BAD_COMMITMENT, {"field": "name"})
    assert (long.code, long.facts) == (Code.RULE_DENIED, {"field": "exp"})


def test_a_statement_in_the_wrong_place_is_named_by_its_type(c: Council) -> None:
    """A seat in the log; an agency in the waiting room."""
    w = c.world
    seat = Case(world=w, creator=c.chair).seat_body(c.elder)
    agency = w.sign(w.agency_body("A03"), registrar("A03"))

    placed = refusal(model.require_place, seat)
    begun = refusal(model.require_begun, w.directory, agency)

    assert (placed.code, placed.facts) == (Code.WRONG_PLACE, {"typ": seat.typ})
    assert (begun.code, begun.facts) == (Code.WRONG_PLACE, {"typ": agency.typ})


# --- what waits -------------------------------------------------------------------------------


def test_an_invitation_is_live_or_not(c: Council) -> None:
    """In force and unused; over at its end, and unknown to another council."""
    w = c.world
    w.invite("open", "A03")
    inv = inv_of("open")
    end = w.directory.invites[inv].versions[-1].body.exp

    assert model.is_live_invite(w.directory, inv, now=end.plus(-1)) is True
    assert model.is_live_invite(w.directory, inv, now=end) is False
    assert model.is_live_invite(w.directory, inv_of("elder"), now=w.t) is False
    assert model.is_live_invite(World().directory, inv, now=w.t) is False


def test_what_waits_is_asked_for_by_the_id_of_its_own_kind(c: Council) -> None:
    """A worker by her wid, a device by its did; nothing else has such an id."""
    w = c.world
    worker = w.worker_body("new", "A03")
    device = w.device_body("new", wid=worker.wid, ik=public(c.elder.ik))

    assert model.answers_to(worker, worker.wid) is True
    assert model.answers_to(worker, device.did) is False
    assert model.answers_to(device, device.did) is True
    assert model.answers_to(device, device.wid) is False
    assert model.answers_to(w.agency_body("A03"), worker.wid) is False


def test_a_link_is_not_answered_by_a_worker(c: Council) -> None:
    """Each question has one kind of answer."""
    w = c.world
    base = w.base()
    link = Link(
        net=base.net,
        nce=base.nce,
        iat=base.iat,
        lid=LinkId(id16("lid")),
        wid=c.elder.wid,
        dk=public(signing_key("dk new")),
        ek=Blob(EK),
    )

    assert model.is_answered(link, w.worker_body("new", "A03")) is False
