"""What is left waiting or admitted at the edge of a council, without a server or a database."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec.structs import replace

from crypto.errors import Code, Refused
from crypto.sealing import SealingKey
from crypto.signing import SigningKey
from identity import usecases
from identity.model import MAX_OF_ONE, Admission, Waiting
from protocol import codec
from protocol.directory import Signer
from protocol.ids import Blob, Digest, LinkId, NetId, Wid
from protocol.keys import name_commitment
from protocol.payloads import Link, Payload
from protocol.statement import to_dsse
from protocol.times import DAY
from protocol.wire import Admit, LinkOffer, NameBeside, Pend
from tests.world import (
    Council,
    Staff,
    council,
    hash32,
    id16,
    public,
    registrar,
    signing_key,
)

LID = LinkId(id16("lid"))
MAC = Digest(hash32("mac"))
EK = SealingKey.from_seed(hash32("ek")).public


@dataclass
class Desk:
    """One council's edge: what waits, and what was stored, in lists."""

    c: Council = field(default_factory=council)
    held: list[Waiting] = field(default_factory=list[Waiting])
    stored: list[Admission] = field(default_factory=list[Admission])

    @property
    def now(self) -> datetime:
        """The time of the newest leaf."""
        return self.c.world.t.moment()

    @property
    def view(self) -> usecases.View:
        """The council as decisions see it."""
        seen: Any = SimpleNamespace(directory=self.c.world.directory, rev=1, own=None)
        return cast("usecases.View", seen)

    async def pend(self, waiting: Waiting, /, *, now: datetime, answers: str | None = None) -> None:
        """Keep something in the place of what it answers."""
        assert waiting.until > now
        answered = waiting.key, answers
        self.held = [each for each in self.held if (each.key, each.typ) != answered]
        self.held.append(waiting)

    async def all(self, *, now: datetime) -> list[Waiting]:
        """Read everything whose time has not passed."""
        return [each for each in self.held if each.until > now]

    async def admit(self, admission: Admission, /) -> None:
        """Store a statement."""
        self.stored.append(admission)

    def signer(self, person: Staff) -> Signer:
        """Whose device calls."""
        return self.c.world.directory.trust(public(person.dk), "read", self.c.world.size)

    def dsse(self, body: Payload, *keys: SigningKey) -> Blob:
        """Sign what is to be sent."""
        made = self.c.world.sign(body, *keys)
        return Blob(to_dsse(made, self.c.world.claimed(made)))

    async def leave(self, request: Pend) -> Code | None:
        """Leave something to wait; the code it is refused with."""
        try:
            await usecases.pend(request, view=self.view, waiting=self, now=self.now)
        except Refused as refused:
            return refused.code
        return None

    def offer(self) -> LinkOffer:
        """What the elder's old device leaves."""
        wid, ik = self.c.elder.person
        return LinkOffer(key=Blob(LID), net=self.c.world.net, wid=wid, ik=ik, mac=MAC)

    async def leave_offer(self, offer: LinkOffer) -> Code | None:
        """Leave an offer as the elder's device; the code it is refused with."""
        actor = self.signer(self.c.elder)
        try:
            await usecases.offer_link(
                offer, actor=actor, view=self.view, waiting=self, now=self.now
            )
        except Refused as refused:
            return refused.code
        return None


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

    async def admit(now: datetime) -> Code | None:
        try:
            await usecases.admit(
                request, view=desk.view, statements=desk, waiting=desk, touched=(), now=now
            )
        except Refused as refused:
            return refused.code
        return None

    assert await admit(world.t.plus(2 * DAY).moment()) is Code.EXPIRED
    assert desk.stored == []
    assert await admit(desk.now) is None
    assert len(desk.stored) == 1
