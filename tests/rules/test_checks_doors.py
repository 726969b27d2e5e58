"""What is left waiting or admitted at the edge of a council, without a server or a database."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from crypto.errors import Code, Refused
from identity import usecases
from identity.model import MAX_OF_ONE, Waiting
from protocol import codec
from protocol.ids import Blob, NetId, Wid
from protocol.keys import name_commitment
from protocol.payloads import Link
from protocol.statement import to_dsse
from protocol.times import DAY
from protocol.wire import Admit, LinkOffer, NameBeside, Pend
from tests.rules.desk import EK, LID, MAC, Desk
from tests.world import (
    hash32,
    id16,
    public,
    registrar,
    signing_key,
)


@pytest.fixture
def desk() -> Desk:
    """A council with its people, at whose edge nothing waits."""
    return Desk()


def _linking(desk: Desk, wid: Wid) -> Pend:
    """What a new device of a person leaves for an offer."""
    base, key = desk.c.world.base(), signing_key("dk new")
    body = Link(
        net=base.net,
        nce=base.nce,
        iat=base.iat,
        lid=LID,
        wid=wid,
        dk=public(key),
        ek=Blob(EK),
    )
    return Pend(key=Blob(LID), statement=desk.dsse(body, key), mac=MAC)


async def test_a_link_waits_under_its_offer_s_key(desk: Desk) -> None:
    """Under another key nobody would find it; without a mac nobody could believe it."""
    asked = _linking(desk, desk.c.elder.wid)
    assert await desk.leave_offer(desk.offer()) is None

    assert await desk.leave(replace(asked, key=Blob(id16("x")))) is Code.WRONG_PLACE
    assert await desk.leave(Pend(key=asked.key, statement=asked.statement)) is Code.BAD_TAG
    assert await desk.leave(asked) is None
    assert [each.typ for each in desk.held] == ["link"]  # in the place of the offer


async def test_a_link_answers_an_offer_of_the_same_person(desk: Desk) -> None:
    """None waits, or another person's; what waits stays."""
    assert await desk.leave(_linking(desk, desk.c.elder.wid)) is Code.UNKNOWN_ID
    assert await desk.leave_offer(desk.offer()) is None

    assert await desk.leave(_linking(desk, desk.c.chair.wid)) is Code.UNKNOWN_ID
    assert [each.typ for each in desk.held] == [usecases.OFFER]


async def test_a_certificate_waits_under_its_own_id_with_the_name_it_commits_to(
    desk: Desk,
) -> None:
    """Its sid, no mac, and beside it exactly the name that the registrar signed."""
    world, salt = desk.c.world, hash32("salt")
    world.invite("newcomer", "A03")
    body = replace(world.worker_body("newcomer", "A03"), nh=name_commitment(salt, name="山田"))
    made = world.sign(body, registrar("A03"))
    raw = Blob(to_dsse(made, world.claimed(made)))
    asked = Pend(key=Blob(made.sid), statement=raw, name=NameBeside(name="山田", salt=salt))

    assert await desk.leave(replace(asked, key=Blob(body.wid))) is Code.WRONG_PLACE
    assert await desk.leave(replace(asked, mac=MAC)) is Code.BAD_TAG
    false = NameBeside(name="山本", salt=salt)
    assert await desk.leave(replace(asked, name=false)) is Code.BAD_COMMITMENT
    assert await desk.leave(asked) is None


async def test_a_person_offers_a_device_of_her_own(desk: Desk) -> None:
    """Network, id, identity key and the length of the key; each by itself."""
    mine = desk.offer()

    for changed in (
        replace(mine, net=NetId(hash32("x"))),
        replace(mine, wid=Wid(desk.c.chair.wid)),
        replace(mine, ik=public(desk.c.chair.ik)),
        replace(mine, key=Blob(LID[:-1])),
    ):
        assert await desk.leave_offer(changed) is Code.FORBIDDEN
    assert await desk.leave_offer(mine) is None


async def test_a_person_leaves_only_so_many_offers(desk: Desk) -> None:
    """Her own are counted, nobody else's."""
    other = replace(desk.offer(), wid=desk.c.chair.wid)
    for offer in (desk.offer(), other):
        desk.held += [_waiting(offer, n, until=desk.now) for n in range(MAX_OF_ONE - 1)]

    assert await desk.leave_offer(desk.offer()) is None
    assert await desk.leave_offer(desk.offer()) is Code.RATE_LIMITED


def _waiting(offer: LinkOffer, n: int, *, until: datetime) -> Waiting:
    return Waiting(
        key=id16(f"{offer.wid.hex()} {n}"),
        typ=usecases.OFFER,
        payload=codec.encode(offer),
        signatures=(),
        mac=offer.mac,
        beside=None,
        until=until + timedelta(minutes=1),
    )


async def test_an_offer_is_found_by_its_key_alone(desk: Desk) -> None:
    """Whoever knows none finds none."""
    assert await desk.leave_offer(desk.offer()) is None

    found = await usecases.find_offer(LID, waiting=desk, now=desk.now)
    with pytest.raises(Refused) as none:
        await usecases.find_offer(id16("x"), waiting=desk, now=desk.now)

    assert found == desk.offer()
    assert none.value.code is Code.UNKNOWN_ID


async def test_an_invitation_is_admitted_while_it_lasts_by_the_server_s_clock(desk: Desk) -> None:
    """A quiet log is behind the time; its clock would still let it in."""
    world = desk.c.world
    request = Admit(
        statement=desk.dsse(world.invite_body("late", "A03", life=DAY), registrar("A03"))
    )

    assert await desk.submit(request, now=world.t.plus(2 * DAY).moment()) is Code.EXPIRED
    assert desk.stored == []
    assert await desk.submit(request) is None
    assert len(desk.stored) == 1
