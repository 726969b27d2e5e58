"""Who signs in, what enters the identity log, and what is found waiting; each check by itself."""

from dataclasses import dataclass
from datetime import datetime

import pytest
from msgspec.structs import replace

from crypto.errors import Code
from crypto.signing import SigningKey
from identity import usecases
from identity.model import MAX_OF_ONE
from protocol.ids import Blob, Sid
from protocol.keys import name_commitment
from protocol.payloads import Seat
from protocol.requests import auth_message, name_message
from protocol.times import SECOND
from protocol.wire import Admit, NameBeside, Pend, SignIn
from tests.refusals import code_after
from tests.room import Case
from tests.rules.desk import MAC, Desk, join_of
from tests.world import hash32, id16, inv_of, registrar, signing_key

NONCE = hash32("challenge")
IK, DK = signing_key("ik newcomer"), signing_key("dk newcomer")
SALT = hash32("salt")


@pytest.fixture
def desk() -> Desk:
    """A council with its people, at whose edge nothing waits."""
    return Desk()


# --- signing in --------------------------------------------------------------------------------


@dataclass
class Challenges:
    """One challenge, open or not."""

    is_open: bool = True

    async def take(self, nonce: bytes, /, *, now: datetime) -> bool:  # noqa: ARG002 -- there is one
        """Use it up."""
        return nonce == NONCE and self.is_open


async def signed_in(
    desk: Desk,
    *,
    device: Sid | None = None,
    by: SigningKey | None = None,
    late: int = 0,
    is_open: bool = True,
) -> Code | None:
    """The code with which the elder's device is refused."""
    world, person = desk.c.world, desk.c.elder
    device, time = device or person.dev.sid, world.t // SECOND + late
    origin = world.directory.root(world.size).origin
    message = auth_message(net=world.net, origin=origin, nonce=NONCE, time=time, device=device)
    request = SignIn(
        device=device, nonce=NONCE, time=time, sig=Blob((by or person.dk).sign(message))
    )
    return await code_after(
        usecases.sign_in(
            request,
            view=desk.view,
            net=world.net,
            challenges=Challenges(is_open=is_open),
            now=desk.now,
        )
    )


async def test_a_device_signs_a_challenge_that_is_open_now(desk: Desk) -> None:
    """The challenge, the time, the device, and the signature; each by itself."""
    assert await signed_in(desk) is None
    assert await signed_in(desk, is_open=False) is Code.REPLAY
    assert await signed_in(desk, late=121) is Code.CLOCK
    assert await signed_in(desk, device=desk.c.elder.sid) is Code.UNTRUSTED
    assert await signed_in(desk, by=desk.c.chair.dk) is Code.BAD_SIG


async def test_a_device_whose_end_was_seen_signs_in_no_more(desk: Desk) -> None:
    """Its revocation stands in a room already, and not yet in the log."""
    directory = desk.c.world.directory
    directory.seen_ended.add(id(directory.devices[desk.c.elder.dev.did]))

    assert await signed_in(desk) is Code.REVOKED


# --- entering the log --------------------------------------------------------------------------


@pytest.fixture
def seat(desk: Desk) -> Seat:
    """A statement of a room."""
    return Case(world=desk.c.world, creator=desk.c.chair).seat_body(desk.c.elder)


async def test_only_what_belongs_there_enters_the_log(desk: Desk, seat: Seat) -> None:
    """A room's statement does not, nor a root that names another server."""
    world = desk.c.world
    root = world.root_body(n=1, prev=world.root.sid)
    elsewhere = replace(root, origin="https://elsewhere.example.jp")

    async def entered(statement: Blob) -> Code | None:
        return await desk.submit(Admit(statement=statement))

    assert await entered(desk.dsse(seat, desk.c.elder.dk)) is Code.WRONG_PLACE
    assert await entered(desk.dsse(elsewhere, *world.root_keys[:2])) is Code.RULE_DENIED
    assert await entered(desk.dsse(root, *world.root_keys[:2])) is None


def joining(desk: Desk, name: str) -> Pend:
    """What a newcomer leaves for the registrar who invited her by this name."""
    body = join_of(desk.c.world, name)
    keys = signing_key(f"ik {name}"), signing_key(f"dk {name}")
    return Pend(key=Blob(body.inv), statement=desk.dsse(body, *keys), mac=MAC)


async def test_a_join_waits_under_its_invitation_until_its_own_worker_is_logged(
    desk: Desk,
) -> None:
    """Another newcomer's goes on waiting, and so does an offer."""
    world = desk.c.world
    for name in ("newcomer", "other"):
        world.invite(name, "A03")
    asked = joining(desk, "newcomer")

    assert await desk.leave(replace(asked, key=Blob(id16("x")))) is Code.WRONG_PLACE
    for each in (asked, joining(desk, "other")):
        assert await desk.leave(each) is None
    assert await desk.leave_offer(desk.offer()) is None
    body = replace(world.worker_body("newcomer", "A03"), nh=name_commitment(SALT, name="山田"))
    request = Admit(
        statement=desk.dsse(body, registrar("A03"), IK), name=NameBeside(name="山田", salt=SALT)
    )
    assert await desk.submit(request) is None

    assert [bytes(each) for each in desk.stored[-1].done] == [bytes(inv_of("newcomer"))]


# --- waiting -----------------------------------------------------------------------------------


async def test_one_hand_leaves_only_so_much(desk: Desk) -> None:
    """What others left is not counted."""
    world = desk.c.world
    for n in range(MAX_OF_ONE + 1):
        world.invite(f"n{n}", "A03")
    world.invite("other", "A05")

    async def left(name: str, agency: str) -> Code | None:
        made = world.sign(world.worker_body(name, agency), registrar(agency))
        raw = desk.dsse(made.body, registrar(agency))
        return await desk.leave(Pend(key=Blob(made.sid), statement=raw))

    assert [await left(f"n{n}", "A03") for n in range(MAX_OF_ONE)] == [None] * MAX_OF_ONE
    assert await left(f"n{MAX_OF_ONE}", "A03") is Code.RATE_LIMITED
    assert await left("other", "A05") is None


async def test_a_certificate_is_found_by_its_person_and_its_name_by_her_key(desk: Desk) -> None:
    """By her id, without the name; with the name for whoever signs with the certified key."""
    world = desk.c.world
    world.invite("newcomer", "A03")
    body = replace(world.worker_body("newcomer", "A03"), nh=name_commitment(SALT, name="山田"))
    made = world.sign(body, registrar("A03"))
    raw, name = desk.dsse(body, registrar("A03")), NameBeside(name="山田", salt=SALT)
    assert await desk.leave(Pend(key=Blob(made.sid), statement=raw, name=name)) is None
    message = name_message(net=world.net, key=body.wid)

    async def found(key: bytes, by: SigningKey | None = None) -> NameBeside | Code | None:
        sig = None if by is None else by.sign(message)
        asked = usecases.find_waiting(key, sig=sig, net=world.net, waiting=desk, now=desk.now)
        names: list[NameBeside | None] = []

        async def look() -> None:
            names.append((await asked).name)

        return await code_after(look()) or names[0]

    assert await found(id16("nobody")) is Code.UNKNOWN_ID
    assert await found(body.wid) is None
    assert await found(body.wid, DK) is Code.BAD_SIG
    assert await found(body.wid, IK) == name
