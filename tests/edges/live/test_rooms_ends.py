"""What ends while people listen: devices, workers, agencies, pledges, guests, bases."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from audit.entry import Kind
from crypto import entropy
from crypto.errors import Code, Refused
from crypto.signing import SigningKey
from protocol.ops import SeatInv
from protocol.payloads import Revoke, Scope
from protocol.statement import compose, sign
from protocol.times import HOUR, MINUTE
from protocol.vocabulary import Cap, Duty, RevokeWhat, RevokeWhy, RosterRole, SeatAnswer
from protocol.wire import Rows
from sdk import bases, seating
from sdk.client import Client
from sdk.pledge import pledge
from sdk.session import Session
from tests.edges.live.conftest import Ears, MovableClock
from tests.edges.live.stage import Admin, entries, priority
from tests.edges.sdk.stage import Cast, Held, hold
from tests.edges.sdk.town import COSTS, PASS, PLEDGE, clock

SOON = 5 * MINUTE
LATER = timedelta(minutes=6)
"""Later than `SOON`, and within the ten minutes of a token."""


async def revoke(cast: Cast, session: Session, what: RevokeWhat) -> None:
    """End a device or worker by her registrar, her agency by the council's security officer."""
    me, council = session.me, cast.town.council
    await council.sync()
    mine = {RevokeWhat.DEVICE: me.device, RevokeWhat.WORKER: me.worker}
    agency = council.log.directory.agencies[me.aid].versions[-1].sid
    made = compose(
        Revoke(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            what=what,
            id=mine.get(what, agency),
            why=RevokeWhy.ERROR,
            since=None,
        )
    )
    registrar = SigningKey.from_seed(bytes([me.aid[-1]]) * 32)  # as the town makes them
    await council.admit(made, sign(made, registrar if what in mine else cast.town.root[0]))


@pytest.mark.parametrize("what", [RevokeWhat.DEVICE, RevokeWhat.WORKER, RevokeWhat.AGENCY])
async def test_a_revocation_ends_sockets_and_tokens_within_a_second(
    cast: Cast, ears: Ears, what: RevokeWhat, record_property: Callable[[str, object], None]
) -> None:
    """At the commit, whether she listens in a sitting or not; the others go on."""
    held = await hold(cast)
    session = cast.clients["csw"].session
    inside = await ears.open(session, held.case, sit=held.sit)
    other = await ears.open(cast.clients["elder"].session, held.case)
    chair = held.members["chair"]
    epoch = chair.room.state.epoch

    started = time.monotonic()
    await revoke(cast, session, what)
    async with asyncio.timeout(1):
        await inside.ended.wait()
    record_property("cut_ms", round((time.monotonic() - started) * 1000))
    with pytest.raises(Refused) as refusal:
        await session.council.http.get(f"cases/{held.case.hex()}/rows", Rows)

    assert refusal.value.code is Code.REVOKED
    async with asyncio.timeout(10):
        await chair.room.until(lambda: chair.room.state.epoch > epoch)
    assert (session.me.wid in chair.room.roster.rows) == (what is RevokeWhat.DEVICE)
    await chair.act(priority(held, chair))
    await other.reach(chair.room.state.seq)
    assert not other.ended.is_set()
    assert other.gone is None


async def bring(cast: Cast, name: str) -> Client:
    """Somebody of the third agency whose pledge ends soon."""
    path = await cast.town.enrol(cast.aids["elder"], name, [Cap.MEMBER])
    session = await Session.open(path, PASS, clock=clock(), entropy=entropy.system, costs=COSTS)
    client = Client(session, register=cast.register)
    await client.connect()
    await pledge(session, PLEDGE, ver=1, until=session.council.iat().plus(SOON))
    cast.clients[name], cast.aids[name] = client, cast.aids["elder"]
    return client


async def add(held: Held, client: Client) -> None:
    """Seat somebody late and bring her in."""
    chair, wid = held.members["chair"], client.session.me.wid
    await chair.act((SeatInv(sit=held.sit, wid=wid, duty=Duty.MEMBER, late=1), {}))
    await seating.answer_seat(client.session, held.case, held.sit, ans=SeatAnswer.ACCEPT)
    await chair.room.fetch()
    await seating.add(chair, [seating.Row(wid=wid)])


async def test_a_pledge_that_lapses_cuts_its_owner(
    cast: Cast, ears: Ears, moved: MovableClock, admin: Admin
) -> None:
    """Nobody does anything: time passes, and within a second she is out and it is logged."""
    held = await hold(cast)
    client = await bring(cast, "brief")
    await add(held, client)
    mine = await ears.open(client.session, held.case, sit=held.sit)
    other = await ears.open(cast.clients["csw"].session, held.case)

    moved.ahead = LATER
    await mine.is_cut(patience=1.5)

    assert mine.gone is not None
    assert mine.gone.code == Code.PLEDGE_EXPIRED
    assert other.gone is None
    did = client.session.me.did
    assert any(did in each["objects"] for each in await entries(admin, Kind.EVICT))


async def test_a_guest_goes_when_her_time_is_over(
    cast: Cast, ears: Ears, moved: MovableClock
) -> None:
    """Her row says until when."""
    held = await hold(cast)
    guest = await cast.bring("guest", cast.aids["csw"], Cap.MEMBER)
    wid, chair = guest.session.me.wid, held.members["chair"]
    until = chair.room.session.council.iat().plus(SOON)
    await seating.add(chair, [seating.Row(wid=wid, role=RosterRole.GUEST, until=until)])
    mine = await ears.open(guest.session, held.case)

    moved.ahead = LATER
    await chair.act(priority(held, chair))  # the limit that has passed hinders nobody else
    await mine.is_cut(patience=1.5)

    assert mine.gone is not None
    assert mine.gone.code == Code.MEMBER_ENDED


async def test_a_basis_that_runs_out_closes_the_room_to_all(
    cast: Cast, ears: Ears, moved: MovableClock, admin: Admin
) -> None:
    """The gate moves by itself, and what was sealed before is refused and not stored."""
    held = await hold(cast)
    chair = held.members["chair"]
    now = chair.room.session.council.iat()
    terms = bases.Terms(
        law="consent",
        kinds=["shien"],
        scope=[Scope(ag=tuple(sorted(set(cast.aids.values()))), cats=("c1", "c6"))],
        purp=["advice"],
        start=now.plus(-HOUR),
        until=now.plus(SOON),
        prev=held.basis,
    )
    newer = await bases.consent(
        chair.room.session, case=held.case, subject=held.subject, terms=terms, evidence=None
    )
    await seating.add(chair, [], bases=[newer], replaced=[held.basis])
    heard = [await ears.open(each.session, held.case) for each in cast.clients.values()]
    gate = await admin.fetchval("SELECT gate FROM room.room")

    moved.ahead = LATER
    for ear in heard:
        await ear.is_cut(patience=2)

    assert {ear.gone.code for ear in heard if ear.gone} == {Code.BASIS_EXPIRED}
    assert await admin.fetchval("SELECT gate FROM room.room") > gate
    assert await admin.fetchval("SELECT gate_until > now() + $1 FROM room.room", LATER)
