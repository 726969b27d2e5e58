"""Who joins, and who lets her in: each check of both sides by itself."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec.structs import replace

from crypto.errors import Code
from crypto.hashing import sha256
from crypto.sealing import SealingKey
from crypto.signing import SigningKey
from protocol.codec import b64u
from protocol.derived import worker_id
from protocol.ids import Blob, Did, Digest, NetId, Sid, Wid
from protocol.invitation import Secret
from protocol.keys import name_commitment
from protocol.payloads import Basis, Join, Payload, Worker
from protocol.statement import Statement, compose, to_dsse
from protocol.times import DAY, MINUTE, Instant
from protocol.vocabulary import Cap, RevokeWhat
from protocol.wire import NameBeside, Pending
from sdk import bases, enrol
from sdk.clock import Clock
from sdk.contents import Contents, Joining, SecretOf
from sdk.enrol import Ticket
from sdk.registrar import Registrar
from sdk.session import Session
from sdk.vault import Vault
from tests.refusals import code_after, code_of
from tests.room import Case
from tests.rules.answers import council_of
from tests.world import (
    Council,
    Staff,
    World,
    aid_of,
    council,
    hash32,
    id16,
    public,
    registrar,
    signing_key,
)

SEED = bytes(range(16))
SECRET = Secret(SEED)
SALT = hash32("salt")
EK = SealingKey.from_seed(sha256(b"ek")).public
IK, DK = signing_key("ik newcomer"), signing_key("dk newcomer")
next_version = bases._version  # pyright: ignore[reportPrivateUsage] -- asked directly
own_certificate = enrol._own_certificate  # pyright: ignore[reportPrivateUsage] -- asked directly


@pytest.fixture
def w() -> World:
    """An agency that invites."""
    made = World()
    made.agency("A03")
    made.agency("A05")
    return made


def invited(w: World, *, agency: str = "A03", life: int = 14 * DAY) -> Statement:
    """Log the invitation of the secret."""
    body = w.invite_body("x", agency, life=life)
    body = replace(body, inv=SECRET.inv, am=SECRET.invite_net(w.net))
    return w.log(body, registrar(agency))


# --- the joiner ------------------------------------------------------------------------------


def test_an_invitation_is_found_live_under_the_inviting_network(w: World) -> None:
    """There, by who knows its secret, not revoked, not over, not used; each by itself."""
    assert code_of(enrol.require_invite, council_of(w, {}), SECRET) is Code.UNKNOWN_ID
    made = invited(w)
    assert code_of(enrol.require_invite, council_of(w, {}), SECRET) is None

    old = council_of(w, {})
    old.clock.heard(old.clock.now() + 15 * DAY)
    assert code_of(enrol.require_invite, old, SECRET) is Code.EXPIRED
    w.directory.used.add(SECRET.inv)
    assert code_of(enrol.require_invite, council_of(w, {}), SECRET) is Code.REPLAY
    w.directory.used.clear()
    w.revoke(RevokeWhat.INVITE, made.sid, registrar("A03"))
    assert code_of(enrol.require_invite, council_of(w, {}), SECRET) is Code.REVOKED


def test_an_invitation_of_another_network_is_none(w: World) -> None:
    """Whoever made it does not know the secret."""
    body = replace(w.invite_body("x", "A03"), inv=SECRET.inv)
    w.log(body, registrar("A03"))

    assert code_of(enrol.require_invite, council_of(w, {}), SECRET) is Code.BAD_TAG


def joining_of(body: Worker) -> Joining:
    """What a device asked for, that gets this certificate."""
    assert body.inv is not None
    return Joining(
        inv=body.inv,
        wid=body.wid,
        aid=body.aid,
        ik=body.ik,
        dk=public(DK),
        did=Did(id16("did")),
        caps=body.caps,
        gen=body.gen,
        prev=body.prev,
    )


def test_a_joiner_accepts_what_she_asked_for(w: World) -> None:
    """A worker's certificate of her keys, with the name that it commits to."""
    body = replace(w.worker_body("newcomer", "A03"), nh=name_commitment(SALT, name="山田"))
    joining = joining_of(body)

    def asked(made: Payload, name: str | None = "山田") -> Code | None:
        beside = None if name is None else NameBeside(name=name, salt=SALT)
        pending = Pending(key=Blob(b""), statement=Blob(b""), mac=None, name=beside)
        return code_of(own_certificate, compose(made), joining, pending)

    assert asked(body) is None
    assert asked(w.pledge_body(aid_of("A03"))) is Code.UNKNOWN_TYPE
    assert asked(body, None) is Code.UNTRUSTED
    assert asked(body, "山本") is Code.UNTRUSTED
    assert asked(replace(body, ik=public(signing_key("x")))) is Code.UNTRUSTED


async def test_nobody_finishes_what_she_did_not_begin(w: World) -> None:
    """Nor begins under another fingerprint than the one she was handed."""
    vault: Any = SimpleNamespace(contents=Contents())
    made = council_of(w, {"log/id": [Code.UNAVAILABLE]})
    invited(w)

    async def synced() -> bool:
        return False

    made.sync = synced  # type: ignore[method-assign] # the log is up to date
    ticket = Ticket(secret=SECRET, net=NetId(hash32("another")))

    assert await code_after(enrol.finish(made, vault, passphrase="", patience=0)) is Code.UNKNOWN_ID
    assert await code_after(enrol.ask(made, vault, ticket=ticket, passphrase="")) is Code.WRONG_NET


# --- the registrar ---------------------------------------------------------------------------


def join_of(w: World) -> Join:
    """What the newcomer asks for."""
    base = w.base()
    derived = replace(w.worker_body("x", "A03"), inv=SECRET.inv)
    return Join(
        net=base.net,
        nce=base.nce,
        iat=base.iat,
        inv=SECRET.inv,
        wid=worker_id(net=w.net, aid=derived.aid, inv=SECRET.inv),
        root=w.root.sid,
        ik=public(IK),
        dk=public(DK),
        ek=Blob(EK),
        caps=(Cap.MEMBER,),
    )


async def requested(
    w: World,
    body: Payload,
    *signers: SigningKey,
    mac: Digest | None = None,
    has_mac: bool = True,
    kept: bool = True,
    late: int = 0,
) -> Code | None:
    """The code with which A03's registrar refuses what waits."""
    made = w.sign(body, *(signers or (IK, DK)))
    right = SECRET.join(w.net, tbs=made.tbs)
    pending = Pending(
        key=Blob(SECRET.inv),
        statement=Blob(to_dsse(made, w.claimed(made))),
        mac=(mac or right) if has_mac else None,
        name=None,
    )
    client = council_of(w, {f"pend/{b64u(SECRET.inv)}": [pending]})
    client.clock.heard(client.clock.now() + late)
    secrets = (SecretOf(inv=SECRET.inv, s=Blob(SEED)),) if kept else ()
    vault: Any = SimpleNamespace(contents=Contents(invites=secrets))
    desk = Registrar(client, vault=cast("Vault", vault), key=IK, aid=aid_of("A03"))
    return await code_after(desk.request(SECRET.inv))


async def test_a_registrar_checks_what_asks_by_her_invitation(w: World) -> None:
    """Type, invitation, mac, what was offered, root and signatures; each by itself."""
    assert await requested(w, join_of(w)) is Code.UNKNOWN_ID
    invited(w)
    body = join_of(w)

    assert await requested(w, body) is None
    assert await requested(w, w.worker_body("x", "A03")) is Code.UNKNOWN_TYPE
    assert await requested(w, body, late=15 * DAY) is Code.EXPIRED
    assert await requested(w, body, kept=False) is Code.BAD_TAG
    assert await requested(w, body, has_mac=False) is Code.BAD_TAG
    assert await requested(w, body, mac=Digest(hash32("x"))) is Code.BAD_TAG
    assert await requested(w, replace(body, wid=Wid(id16("x")))) is Code.RULE_DENIED
    assert await requested(w, replace(body, root=Sid(hash32("x")))) is Code.RULE_DENIED
    assert await requested(w, body, IK) is Code.BAD_SIG


async def test_a_registrar_answers_for_her_own_agency(w: World) -> None:
    """Another agency's invitation is none of hers."""
    invited(w, agency="A05")

    assert await requested(w, join_of(w)) is Code.UNKNOWN_ID


async def test_an_invitation_lives_no_longer_than_it_may(w: World) -> None:
    """Refused before anything is made."""
    client = council_of(w, {})
    desk = Registrar(client, vault=cast("Vault", None), key=IK, aid=aid_of("A03"))

    assert await code_after(desk.invite([Cap.MEMBER], exp=w.t.plus(4 * DAY))) is Code.RULE_DENIED


# --- decisions -------------------------------------------------------------------------------


def session_of(c: Council, by: Staff) -> Session:
    """Somebody's session, over the council's log."""
    client = council_of(c.world, {})
    made: Any = SimpleNamespace(council=client, me=SimpleNamespace(wid=by.wid), dk=by.dk)
    return cast("Session", made)


@pytest.fixture
def c() -> Council:
    """The council of the stories."""
    return council()


@pytest.fixture
def k(c: Council) -> Case:
    """A room that is not made yet."""
    return Case(world=c.world, creator=c.chair)


async def test_a_decision_is_signed_by_its_approver_after_its_proposer(c: Council, k: Case) -> None:
    """A basis, naming her, begun by somebody else; each by itself."""

    def law(approver: Staff) -> Basis:
        return k.basis_body(c.elder, approver=approver, law="swa-106-6", review=DAY)

    async def approved(body: Payload, *signers: SigningKey) -> Code | None:
        return await code_after(bases.approve(session_of(c, c.chair), c.world.sign(body, *signers)))

    assert await approved(c.world.pledge_body(c.chair.aid), c.chair.dk) is Code.RULE_DENIED
    assert await approved(law(c.csw), c.elder.dk) is Code.RULE_DENIED
    assert await approved(law(c.chair), c.health.dk) is Code.RULE_DENIED
    mine = replace(law(c.chair), prop=c.chair.wid)
    assert await approved(mine, c.chair.dk) is Code.RULE_DENIED


def test_a_version_follows_a_basis_of_the_log() -> None:
    """Nothing, or another statement, is no version to follow."""
    other = SimpleNamespace(statement=SimpleNamespace(body=None))
    logged = {Sid(hash32("other")): other}
    log = SimpleNamespace(directory=SimpleNamespace(logged=logged))
    session: Any = SimpleNamespace(council=SimpleNamespace(log=log))

    assert next_version(session, None) == 1
    assert code_of(next_version, session, Sid(hash32("none"))) is Code.UNKNOWN_ID
    assert code_of(next_version, session, Sid(hash32("other"))) is Code.UNKNOWN_ID


# --- the time --------------------------------------------------------------------------------


def test_a_time_is_near_within_ten_minutes() -> None:
    """Before and after."""
    clock = Clock(lambda: Instant(100 * MINUTE))

    assert code_of(clock.require_near, 110 * MINUTE) is None
    assert code_of(clock.require_near, 110 * MINUTE + 1) is Code.CLOCK
    assert code_of(clock.require_near, 90 * MINUTE - 1) is Code.CLOCK
