"""Checks of what enters the identity log or waits for it, without a server."""

import pytest
from msgspec.structs import replace

from crypto.errors import Code
from crypto.hashing import keyed, sha256
from crypto.sealing import SealingKey
from crypto.signing import SigningKey
from identity import model
from identity.model import Waiting
from protocol.derived import ek_hash
from protocol.ids import Blob, Digest, Hash, InvId, LinkId, NetId, Wid
from protocol.payloads import Join, Link, Payload
from protocol.times import DAY
from protocol.vocabulary import Cap, RevokeWhat
from protocol.wire import NameBeside
from tests.refusals import code_of
from tests.room import Case
from tests.rules.desk import EK, join_of, own_of
from tests.world import (
    START,
    World,
    aid_of,
    council,
    hash32,
    id16,
    inv_of,
    public,
    registrar,
    signing_key,
)


def test_only_statements_of_the_log_are_put_there() -> None:
    """What belongs to a room, or waits, has its place elsewhere."""
    c = council()
    k = Case(world=c.world, creator=c.chair)

    assert code_of(model.require_place, c.world.root_body()) is None
    assert code_of(model.require_place, k.seat_body(c.elder)) is Code.WRONG_PLACE


def test_a_root_names_this_server_and_its_logs() -> None:
    """Origin, key, both logs by name and key: each by itself makes it another server's."""
    body = World().root_body()
    logs, own = body.logs, own_of(body)
    other = public(signing_key("other"))

    assert code_of(model.require_own, body, own) is None
    for changed in (
        replace(body, origin="https://elsewhere.example.jp"),
        replace(body, srv=(other,)),
        replace(body, logs=replace(logs, id=replace(logs.id, origin="x"))),
        replace(body, logs=replace(logs, ops=replace(logs.ops, origin="x"))),
        replace(body, logs=replace(logs, id=replace(logs.id, vkeys=("x",)))),
        replace(body, logs=replace(logs, ops=replace(logs.ops, vkeys=("x",)))),
    ):
        assert code_of(model.require_own, changed, own) is Code.RULE_DENIED


def test_what_travels_beside_is_what_was_signed() -> None:
    """A sealing key of its size and hash, needed unless it is the one that is there; a name."""
    c = council()
    w = c.world
    ik = public(c.elder.ik)
    new = replace(w.device_body("new", wid=c.elder.wid, ik=ik), ekh=Digest(Hash(ek_hash(EK))))
    kept = w.directory.devices[c.elder.dev.did].versions[-1].body

    def beside(body: Payload, ek: bytes | None) -> Code | None:
        return code_of(model.beside_of, body, directory=w.directory, ek=ek, name=None)

    assert beside(new, EK) is None
    assert beside(new, None) is Code.BAD_COMMITMENT
    assert beside(new, EK[:-1]) is Code.BAD_COMMITMENT
    assert beside(new, SealingKey.from_seed(sha256(b"x")).public) is Code.BAD_COMMITMENT
    assert beside(kept, None) is None
    assert beside(replace(kept, ekh=new.ekh), None) is Code.BAD_COMMITMENT

    salt = hash32("salt")
    body = replace(w.worker_body("y", "A03"), nh=Digest(Hash(keyed(salt, "山田".encode()))))
    for name, code in (("山田", None), ("山本", Code.BAD_COMMITMENT)):
        given = NameBeside(name=name, salt=salt)
        found = code_of(model.beside_of, body, directory=w.directory, ek=None, name=given)
        assert found is code


def test_an_invitation_lives_until_used_revoked_or_over() -> None:
    """Known, unused, not revoked, not past its end; each by itself."""
    c = council()
    w = c.world
    made = w.invite("open", "A03")
    other = w.invite("revoked", "A03")
    w.revoke(RevokeWhat.INVITE, other.sid, registrar("A03"))

    def asked(inv: InvId, late: int = 0) -> Code | None:
        return code_of(model.require_live_invite, w.directory, inv, now=w.t.plus(late))

    assert made.sid in w.directory.chains
    assert asked(inv_of("open")) is None
    assert asked(inv_of("open"), 15 * DAY) is Code.EXPIRED
    assert asked(inv_of("elder")) is Code.RULE_DENIED
    assert asked(inv_of("revoked")) is Code.REVOKED
    assert asked(inv_of("never")) is Code.UNKNOWN_ID


def link_of(w: World, name: str, wid: Wid) -> Link:
    """What a further device asks for."""
    base = w.base()
    return Link(
        net=base.net,
        nce=base.nce,
        iat=base.iat,
        lid=LinkId(id16(name)),
        wid=wid,
        dk=public(signing_key(f"dk {name}")),
        ek=Blob(EK),
    )


def test_a_join_fits_its_invitation() -> None:
    """Network, id, capabilities, sealing key and both signatures; each by itself."""
    c = council()
    w = c.world
    w.invite("newcomer", "A03")
    ik, dk = signing_key("ik newcomer"), signing_key("dk newcomer")
    body = join_of(w, "newcomer")

    def asked(changed: Join, *signers: SigningKey) -> Code | None:
        made = w.sign(changed, *(signers or (ik, dk)))
        return code_of(model.require_join, w.directory, made, changed, now=w.t)

    assert asked(body) is None
    assert asked(replace(body, net=NetId(hash32("x")))) is Code.WRONG_NET
    assert asked(replace(body, wid=Wid(id16("x")))) is Code.RULE_DENIED
    assert asked(replace(body, caps=(Cap.CHAIR, Cap.MEMBER))) is Code.RULE_DENIED
    assert asked(replace(body, ek=Blob(EK[:-1]))) is Code.RULE_DENIED
    assert asked(replace(body, dk=public(ik)), ik) is Code.RULE_DENIED
    assert asked(body, ik) is Code.BAD_SIG
    assert asked(body, dk) is Code.BAD_SIG


def test_a_link_is_of_a_worker_and_signed() -> None:
    """Network, person, sealing key and signature; each by itself."""
    c = council()
    w = c.world
    body = link_of(w, "new", c.elder.wid)

    def asked(changed: Link, by: str = "dk new") -> Code | None:
        made = w.sign(changed, signing_key(by))
        return code_of(model.require_link, w.directory, made, changed)

    assert asked(body) is None
    assert asked(replace(body, net=NetId(hash32("x")))) is Code.WRONG_NET
    assert asked(replace(body, wid=Wid(id16("x")))) is Code.RULE_DENIED
    assert asked(replace(body, ek=Blob(b""))) is Code.RULE_DENIED
    assert asked(body, "dk elder") is Code.BAD_SIG


def test_what_waits_has_begun() -> None:
    """A worker by her registrar, a device by its person, a decision by who proposed it."""
    c = council()
    w = c.world
    worker = w.worker_body("newcomer", "A03")
    law = Case(world=w, creator=c.chair).basis_body(
        c.elder, approver=c.chair, law="swa-106-6", review=DAY
    )
    consent = Case(world=w, creator=c.chair).basis_body(c.elder)

    def asked(body: Payload, by: SigningKey) -> Code | None:
        made = w.sign(body, by)
        return code_of(model.require_begun, w.directory, made)

    assert asked(worker, registrar("A03")) is None
    assert asked(worker, registrar("A05")) is Code.BAD_SIG
    assert asked(replace(worker, net=NetId(hash32("x"))), registrar("A03")) is Code.WRONG_NET
    assert asked(replace(worker, aid=aid_of("A99")), registrar("A03")) is Code.UNTRUSTED
    assert asked(law, c.elder.dk) is None
    assert asked(law, c.health.dk) is Code.BAD_SIG
    assert asked(consent, c.elder.dk) is Code.WRONG_PLACE
    assert asked(w.root_body(), w.root_keys[0]) is Code.WRONG_NET
    assert asked(w.agency_body("A03"), registrar("A03")) is Code.WRONG_PLACE


@pytest.mark.parametrize("same", [True, False])
def test_what_waited_is_answered_by_its_own_certificate(*, same: bool) -> None:
    """A `join` by the worker of its invitation, a `link` by the device of its key."""
    c = council()
    w = c.world
    name = "a" if same else "b"
    join, link = join_of(w, "a"), link_of(w, "a", c.elder.wid)
    device = w.device_body(name, wid=c.elder.wid, ik=public(c.elder.ik))

    assert model.is_answered(join, w.worker_body(name, "A03")) is same
    assert model.is_answered(link, device) is same


def test_nobody_takes_the_space_of_others() -> None:
    """So much may wait in all, and so much of one hand."""
    one = Waiting(
        key=b"k",
        typ="link",
        payload=b"",
        signatures=(),
        mac=None,
        beside=None,
        until=START.moment(),
    )

    def asked(count: int, *, mine: bool) -> Code | None:
        def is_mine(_: Waiting) -> bool:
            return mine

        return code_of(model.require_share, [one] * count, is_mine)

    assert asked(model.MAX_OF_ONE - 1, mine=True) is None
    assert asked(model.MAX_OF_ONE, mine=True) is Code.RATE_LIMITED
    assert asked(model.MAX_OF_ONE, mine=False) is None
    assert asked(model.MAX_WAITING, mine=False) is Code.RATE_LIMITED


def test_only_a_decision_waits_for_a_named_person() -> None:
    """A basis waits for its approver; other statements wait for nobody by name."""
    c = council()
    k = Case(world=c.world, creator=c.chair)
    law = k.basis_body(c.elder, approver=c.chair, law="swa-106-6", review=DAY)

    assert model.waits_for(law, c.chair.wid)
    assert not model.waits_for(law, c.elder.wid)
    assert not model.waits_for(c.world.worker_body("x", "A03"), c.chair.wid)


def test_who_is_not_in_force_begins_no_device() -> None:
    """Her identity key still signs, but no device of hers will ever be let in."""
    c = council()
    w = c.world
    body = w.device_body("new", wid=c.elder.wid, ik=public(c.elder.ik))
    made = w.sign(body, c.elder.ik)
    assert code_of(model.require_begun, w.directory, made) is None

    w.revoke_worker(c.elder)
    assert code_of(model.require_begun, w.directory, made) is Code.REVOKED
