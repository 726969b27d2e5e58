"""A council as a client meets it: what the server says is checked, what it refuses is heard."""

from pathlib import Path

import pytest

from crypto import entropy
from crypto.errors import Code, Refused
from crypto.profiles import Argon2Profile
from protocol import statement as statements
from protocol.ids import Blob, CaseId, Digest, Hash, Sid
from protocol.payloads import LeafHashes, Receipt
from protocol.times import SECOND
from protocol.wire import Challenged, NameRow, Names, Receipted, SealingKeys
from sdk.clock import Clock
from sdk.contents import Contents, CouncilPin, Unredeemed
from sdk.council import Council
from sdk.session import Session
from sdk.vault import Costs, Vault
from tests.refusals import code_after
from tests.rules.answers import Answer, Answers, Hurried, council_of
from tests.rules.signed_in import identity_of, session_of
from tests.world import World, hash32, id16, registrar

LOG = "log/id"
CHEAP = Argon2Profile(memory_bytes=8 * 1024, passes=1)
COSTS = Costs(profile=CHEAP, floor=CHEAP)


@pytest.fixture
def world() -> World:
    """An agency."""
    made = World()
    made.agency("A01")
    return made


def test_before_the_first_sync_there_is_no_fingerprint(world: World) -> None:
    """Nobody signs for a network she does not know, nor names a log she does not hold."""
    stranger = Council(
        http=Answers({}), clock=Clock(Hurried(world.t)), entropy=entropy.system, net=None
    )

    with pytest.raises(Refused) as net:
        _ = stranger.net
    with pytest.raises(Refused) as head:
        stranger.log.head()

    assert net.value.code is Code.UNTRUSTED
    assert head.value.code is Code.NOT_LOGGED


@pytest.mark.parametrize(
    ("answers", "empty", "code"),
    [
        ([*[Code.FORBIDDEN] * 20, Code.BAD_TOKEN], True, Code.NOT_LOGGED),
        ([Code.RATE_LIMITED], True, Code.RATE_LIMITED),
        ([Code.FORBIDDEN], False, Code.FORBIDDEN),
    ],
    ids=["young for too long", "another refusal", "not young"],
)
async def test_a_leaf_is_waited_for_while_the_council_is_young(
    world: World, answers: list[Answer], *, empty: bool, code: Code
) -> None:
    """Only before the first checkpoint may the log be closed, and for a minute at most."""
    council = council_of(world, {LOG: answers}, empty=empty)

    assert await code_after(council.until_logged(Sid(hash32("x")))) is code


def receipt(world: World, *ids: bytes) -> Receipted:
    """The server's receipt for these."""
    base = world.base()
    made = world.sign(
        Receipt(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            case=None,
            seq=None,
            ids=tuple(Digest(Hash(each)) for each in ids),
            fh=None,
            idn=world.size,
            leaves=LeafHashes(id=(), ops=()),
        ),
        world.srv_key,
    )
    return Receipted(rcpt=Blob(statements.to_dsse(made, world.claimed(made))))


async def test_a_statement_is_judged_before_it_is_sent_and_receipted_by_its_id(
    world: World,
) -> None:
    """One that breaks a rule stays here; a receipt for something else is a contradiction."""
    made = world.sign(world.invite_body("x", "A01"), registrar("A01"))
    false = world.sign(world.invite_body("y", "A01"), registrar("A03"))
    other = council_of(world, {"admit": [receipt(world, hash32("other"))]})
    right = council_of(world, {"admit": [receipt(world, made.sid)]})

    assert await code_after(other.admit(false, *world.claimed(false))) is Code.BAD_SIG
    assert await code_after(other.admit(made, *world.claimed(made))) is Code.EQUIVOCATION
    assert await code_after(right.admit(made, *world.claimed(made))) is None


async def test_what_waits_is_looked_for_as_long_as_one_has_patience(world: World) -> None:
    """Nothing there yet is no refusal; anything else is."""
    path = "pend/eA"
    none: list[Answer] = [Code.UNKNOWN_ID]

    closed = council_of(world, {path: [Code.FORBIDDEN]})
    waits = council_of(world, {path: [*none * 20, Code.BAD_TOKEN]})

    assert await code_after(closed.pending(b"x")) is Code.FORBIDDEN
    assert await council_of(world, {path: none}).pending(b"x") is None
    assert await code_after(waits.wait_for(b"x")) is Code.UNKNOWN_ID


async def test_sealing_keys_and_names_are_those_that_were_committed_to(world: World) -> None:
    """A missing key is told; a name that nobody committed to is refused."""
    person = world.staff("甲", "A01")
    row = NameRow(wid=person.wid, name="乙", salt=hash32("salt"))
    council = council_of(world, {"eks": [SealingKeys(eks=())], "names": [Names(names=(row,))]})

    assert await code_after(council.sealing_keys({Digest(hash32("ek"))})) is Code.UNKNOWN_ID
    assert await code_after(council.names([person.wid])) is Code.BAD_COMMITMENT


# --- a signed-in device ----------------------------------------------------------------------


@pytest.mark.parametrize("pinned", [True, False])
async def test_a_device_that_never_enrolled_opens_no_session(
    world: World, tmp_path: Path, *, pinned: bool
) -> None:
    """With or without a council in its vault, there is nobody in it."""
    path, clock = tmp_path / "v", Clock(Hurried(world.t))
    vault = await Vault.create(path, "合言葉", entropy=entropy.system, costs=COSTS)
    pin = CouncilPin(url="http://127.0.0.1", slug="x", net=world.net) if pinned else None
    person = world.staff("甲", "A01")
    who = None if pinned else identity_of(person)
    await vault.update(lambda _: Contents(council=pin, identity=who))
    vault.close()

    with pytest.raises(Refused) as refused:
        await Session.open(path, "合言葉", clock=clock, entropy=entropy.system, costs=COSTS)

    assert refused.value.code is Code.UNTRUSTED


async def test_a_device_knows_its_own_leaves(world: World) -> None:
    """Without an identity it is nobody; certificates that are not in the log are not there."""
    person = world.staff("甲", "A01")
    council = council_of(world, {})
    nobody = session_of(council, person, Contents())
    false = identity_of(person, worker=Sid(hash32("x")))
    robbed = session_of(council, person, Contents(identity=false))
    young = session_of(council_of(World(), {}), person, Contents(identity=identity_of(person)))

    with pytest.raises(Refused) as nameless:
        _ = nobody.me
    with pytest.raises(Refused) as foreign:
        robbed.require_own_leaves()
    with pytest.raises(Refused) as early:
        young.certificate()

    assert nameless.value.code is Code.UNTRUSTED
    assert foreign.value.code is Code.NOT_LOGGED
    assert early.value.code is Code.NOT_LOGGED


@pytest.mark.parametrize(
    ("token", "first", "code"),
    [
        (None, Code.BAD_TOKEN, Code.BAD_TOKEN),
        ("old", Code.BAD_TOKEN, Code.RATE_LIMITED),
        ("old", Code.FORBIDDEN, Code.FORBIDDEN),
    ],
)
async def test_an_old_token_is_dropped_once(
    world: World, token: str | None, first: Code, code: Code
) -> None:
    """Only where there was one, and only if it was the reason."""
    person = world.staff("甲", "A01")
    council = council_of(world, {"auth/challenge": [first, Code.RATE_LIMITED]})
    council.http.token = token
    session = session_of(council, person, Contents(identity=identity_of(person)))

    assert await code_after(session.login()) is code


async def test_nobody_signs_in_where_her_own_leaves_are_missing(world: World) -> None:
    """Before anything is signed."""
    person = world.staff("甲", "A01")
    challenged = Challenged(nonce=hash32("nonce"), time=world.t)
    council = council_of(world, {"auth/challenge": [challenged]})
    false = identity_of(person, worker=Sid(hash32("x")))

    assert await code_after(session_of(council, person, Contents(identity=false)).login()) is (
        Code.NOT_LOGGED
    )


@pytest.mark.parametrize(
    ("first", "code"),
    [(Code.UNAVAILABLE, Code.RATE_LIMITED), (Code.FORBIDDEN, Code.FORBIDDEN)],
)
async def test_a_lost_answer_is_asked_for_anew_and_a_refusal_is_not(
    world: World, first: Code, code: Code
) -> None:
    """Who may not read is not asked to try again."""
    person, case = world.staff("甲", "A01"), CaseId(id16("case"))
    council = council_of(world, {f"cases/{case.hex()}/read": [first, Code.RATE_LIMITED]})
    session = session_of(council, person, Contents(identity=identity_of(person)))

    assert await code_after(session.read(case, "view", [hash32("row")])) is code


@pytest.mark.parametrize(("late", "code"), [(0, None), (300, Code.NOT_LOGGED)])
async def test_a_promise_that_is_overdue_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch, late: int, code: Code | None
) -> None:
    """After a minute without its leaf; what is not overdue is looked for later."""
    person = world.staff("甲", "A01")
    one = Unredeemed(at=world.t.plus(-late * SECOND), rcpt=Blob(b"promise"))
    council = council_of(world, {})
    session = session_of(council, person, Contents(identity=identity_of(person), receipts=(one,)))

    async def same(*_: object, **__: object) -> tuple[Unredeemed, ...]:
        return (one,)

    async def pinned(*_: object) -> None:
        return None

    monkeypatch.setattr("sdk.session.redeem", same)
    monkeypatch.setattr(session.ops, "sync", pinned)

    assert await code_after(session.redeem()) is code
    assert session.vault.contents.receipts == (one,)
