"""What waits, and for how long: invitations by the server's clock, and space left for others."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count

import pytest
from msgspec.structs import replace

from crypto.errors import Code, Refused
from protocol.ids import Blob, CaseId, Digest, Hash, Id, SubId
from protocol.invitation import Secret
from protocol.payloads import Basis, Join, Scope
from protocol.times import DAY, HOUR, MINUTE
from protocol.vocabulary import AgencyKind, BasisKind, Cap
from protocol.wire import Pend, ReserveCase, Wanted
from sdk.transport import Http
from server.service import SERVICE
from tests.edges.people import SLUG, Edge, Person, code_of, nonce, now, public, seed, signed
from tests.edges.sdk.town import make_town

_NUMBER = count(100)


@pytest.mark.parametrize(
    ("caps", "life"), [((Cap.MEMBER,), 72 * HOUR), ((Cap.CHAIR, Cap.MEMBER), 14 * DAY)]
)
async def test_the_server_takes_no_invitation_that_lives_too_long(
    edge: Edge, caps: tuple[Cap, ...], life: int
) -> None:
    """Nor one that is over; one of the full length is taken."""
    await edge.found()
    office = await edge.agency(Cap.HOST, Cap.MEMBER)

    async def admitted(length: int) -> str:
        body = edge.invitation(office, Secret(seed()[:16]), *caps)
        _, dsse = signed(replace(body, exp=now().plus(length)), office.registrar)
        status, reply = await edge.admit(dsse)
        return "ok" if status == 200 else code_of(reply)

    assert await admitted(life + 5 * MINUTE) == "RULE_DENIED"
    assert await admitted(-MINUTE) == "EXPIRED"
    assert await admitted(life) == "ok"


async def test_an_invitation_ends_for_everybody_who_holds_it(edge: Edge) -> None:
    """For the log, for asking where, for joining, and for the certificate."""
    await edge.found()
    office, secret = await edge.agency(Cap.MEMBER), Secret(seed()[:16])
    await edge.admitted(edge.invitation(office, secret, Cap.MEMBER), office.registrar)
    await edge.host.council.settled()
    person = edge.newcomer(office, secret.inv)
    _, worker = signed(edge.worker(person, secret.inv, Cap.MEMBER), office.registrar, person.ik)
    late = edge.app[SERVICE].clock() + timedelta(hours=48)

    edge.app[SERVICE].clock = lambda: late

    headers = {"Entaku-Invite": secret.inv.hex()}
    assert code_of((await edge.get(f"/v1/{SLUG}/log/id", headers=headers))[1]) == "FORBIDDEN"
    where = await edge.send("/v1/where", Wanted(inv=secret.inv, lid=None))
    assert code_of(where[1]) == "UNKNOWN_ID"
    assert code_of((await edge.send(f"/v1/{SLUG}/pend", joining(edge, person, secret)))[1]) == (
        "EXPIRED"
    )
    assert code_of((await edge.admit(worker, name=person.name))[1]) == "EXPIRED"


def joining(edge: Edge, person: Person, secret: Secret) -> Pend:
    """A request to join."""
    body = Join(
        net=edge.net,
        nce=nonce(),
        iat=now(),
        inv=secret.inv,
        wid=person.wid,
        root=edge.host.council.directory.roots[-1].sid,
        ik=public(person.ik),
        dk=public(person.dk),
        ek=Blob(person.ek.public),
        caps=(Cap.MEMBER,),
    )
    made, dsse = signed(body, person.ik, person.dk)
    return Pend(key=Blob(secret.inv), statement=dsse, mac=secret.join(edge.net, tbs=made.tbs))


async def test_a_registrar_s_own_client_makes_none_that_is_refused(edge: Edge) -> None:
    """It says so before anything is signed."""
    url = str(edge.client.make_url("")).rstrip("/")
    setup = await asyncio.to_thread((edge.keys / "setup").read_text)
    async with Http(url=url, slug="minato") as http:
        town = await make_town(http, setup=setup, folder=edge.keys)
        aid = await town.agency(1, AgencyKind.CITY, [Cap.HOST, Cap.MEMBER])
        registrar, size = town.registrars[aid], town.council.log.size

        with pytest.raises(Refused) as refusal:
            await registrar.invite([Cap.MEMBER], exp=town.council.iat().plus(73 * HOUR))

        assert refusal.value.code is Code.RULE_DENIED
        assert town.council.log.size == size
        assert (await registrar.invite([Cap.CHAIR], exp=town.council.iat().plus(13 * DAY))).inv


# ---------------------------------------------------------------- space for others

Deed = Callable[[Edge, Person, Person], Awaitable[tuple[int, bytes]]]


async def decide(edge: Edge, mine: Person, other: Person) -> tuple[int, bytes]:
    """Leave a decision for another person's signature."""
    body = Basis(
        net=edge.net,
        nce=nonce(),
        iat=now(),
        case=CaseId(Id(seed()[:16])),
        prev=None,
        ver=1,
        kind=BasisKind.LAW,
        law="swa-106-6",
        kinds=("shien",),
        sub=SubId(Id(seed()[:16])),
        subc=Digest(Hash(seed())),
        scope=(Scope(ag=(mine.aid,), cats=("c1",)),),
        purp=("advice",),
        prop=mine.wid,
        apr=other.wid,
        evc=None,
        from_=now(),
        until=now().plus(DAY),
        rev=now().plus(DAY),
    )
    made, dsse = signed(body, mine.dk)
    return await edge.send(f"/v1/{SLUG}/pend", Pend(key=Blob(made.sid), statement=dsse))


async def offer(edge: Edge, mine: Person, _other: Person) -> tuple[int, bytes]:
    """Offer to link a further device."""
    asked = edge.offer(mine, Secret(seed()[:16]))
    return await edge.send(f"/v1/{SLUG}/pend/offer", asked, headers=mine.headers)


async def reserve(edge: Edge, mine: Person, _other: Person) -> tuple[int, bytes]:
    """Reserve a case."""
    asked = ReserveCase(case=CaseId(Id(seed()[:16])), code=f"R-{next(_NUMBER)}")
    return await edge.send(f"/v1/{SLUG}/cases/reserve", asked, headers=mine.headers)


@pytest.mark.parametrize("deed", [decide, offer, reserve])
async def test_nobody_takes_the_space_of_all(
    edge: Edge, deed: Deed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One hand leaves so much; others still leave theirs, until all of it is full."""
    monkeypatch.setattr("identity.model.MAX_OF_ONE", 2)
    monkeypatch.setattr("identity.model.MAX_WAITING", 3)
    await edge.found()
    office = await edge.agency(Cap.HOST, Cap.MEMBER)
    one, two = [await edge.enrol(office, Cap.CHAIR, Cap.MEMBER) for _ in range(2)]
    for person in (one, two):
        await edge.sign_in(person)

    assert [(await deed(edge, one, two))[0] for _ in range(3)] == [200, 200, 429]
    assert [(await deed(edge, two, one))[0] for _ in range(2)] == [200, 429]
