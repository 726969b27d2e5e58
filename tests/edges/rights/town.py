"""Two councils on one node, with somebody in every part that a person can have there.

`settle` plays a case up to an open item: who is in the room, who left it, who was put out of it,
who was ended. What remains are keys and tokens; no client runs any more.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from consent.register import load
from crypto.sealing import SealingKey
from crypto.signing import SigningKey
from protocol.derived import worker_id
from protocol.headers import SumText
from protocol.ids import Aid, Blob, CaseId, Hash, ItemId, NetId, Sid, SitId
from protocol.invitation import Secret
from protocol.keys import name_commitment
from protocol.ops import ItemBasis, PlannedItem, SeatEnded, SeatInv, SitConv, SitOpen
from protocol.payloads import Audience, Invite, Join, Revoke, Scope, Worker
from protocol.statement import compose, sign
from protocol.times import HOUR
from protocol.vocabulary import (
    AgencyKind,
    Cap,
    DocClass,
    Duty,
    ItemType,
    Provenance,
    RevokeWhat,
    RevokeWhy,
    RosterRole,
    SeatAnswer,
    SeatEnd,
)
from protocol.wire import LinkOffer, NameBeside
from sdk import bases, seating
from sdk.contents import Identity
from sdk.documents import Plan
from sdk.member import Member, Shared
from sdk.seating import Row
from server.live import LiveRooms
from server.service import SERVICE
from tests.edges.people import Edge, Person, key, public, seed
from tests.edges.sdk.stage import NO_WORDS, Cast
from tests.edges.sdk.town import Town

HERE = "minato"
ZERO = Sid(Hash(bytes(32)))
AGENCIES = {
    1: (AgencyKind.CITY, (Cap.HOST, Cap.MEMBER)),
    2: (AgencyKind.CSW, (Cap.MEMBER,)),
    3: (AgencyKind.ELDER, (Cap.MEMBER,)),
    20: (AgencyKind.AUDIT, (Cap.AUDIT,)),
    21: (AgencyKind.CITY, (Cap.RECORDS,)),
}
CHAIR = (Cap.CHAIR, Cap.MEMBER, Cap.MINUTES)
MEMBER = (Cap.MEMBER,)
PEOPLE: Mapping[str, tuple[int, tuple[Cap, ...]]] = {
    "chair": (1, CHAIR),
    "deputy": (1, CHAIR),
    "recorder": (1, (Cap.MEMBER, Cap.MINUTES)),
    "other-chair": (1, CHAIR),
    "member": (2, MEMBER),
    "left": (2, MEMBER),
    "evicted": (2, MEMBER),
    "revoked": (2, MEMBER),
    "ended": (2, MEMBER),
    "removed": (3, MEMBER),
    "guest": (3, MEMBER),
    "adviser": (3, MEMBER),
    "stranger": (3, MEMBER),
    "invited": (3, MEMBER),
    "spare": (2, MEMBER),  # asks nothing; the others try to invite her
    "auditor": (20, (Cap.AUDIT,)),
    "secretariat": (21, (Cap.RECORDS,)),
}
SEATED = {
    "recorder": Duty.RECORDER,
    "chair": Duty.FACILITATOR,
    "deputy": Duty.MEMBER,
    "member": Duty.MEMBER,
    "left": Duty.MEMBER,
    "evicted": Duty.MEMBER,
    "revoked": Duty.MEMBER,
    "ended": Duty.MEMBER,
    "removed": Duty.MEMBER,
    "adviser": Duty.ADVISER,
}
ADDED = ("member", "left", "evicted", "revoked", "ended", "removed")
GUESTS = ("guest", "adviser")


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A person as an attacker would be her: identity, keys, and a token while it lasts."""

    name: str
    me: Identity
    dk: SigningKey
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The room that everything is tried at."""

    case: CaseId
    sit: SitId
    it: ItemId
    basis: Sid
    other: CaseId
    card: Shared
    few: Shared


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The node, its people, and where they stand."""

    edge: Edge
    net: NetId
    people: Mapping[str, Who]
    case: Case
    aids: Mapping[str, Aid]
    live: Secret
    joined: Secret
    offer: Secret
    foreign: Who
    begun: Sid = ZERO
    """A decision of the member's that waits for the chair's signature."""

    @property
    def rooms(self) -> LiveRooms:
        """The rooms inside the node."""
        rooms = self.edge.app[SERVICE].hosts[HERE].rooms
        assert isinstance(rooms, LiveRooms)
        return rooms


async def settle(edge: Edge, town: Town) -> Place:
    """Play the story up to the point at which everything is tried."""
    cast = await _gather(town)
    case = await _play(cast)
    people = {
        name: Who(
            name=name,
            me=client.session.me,
            dk=client.session.dk,
            token=client.session.council.http.token or "",
        )
        for name, client in cast.clients.items()
    }
    for client in cast.clients.values():
        await client.close()
    live, joined, offer = (Secret(seed()[:16]) for _ in range(3))
    await _invite(cast, live)
    invite = await _invite(cast, joined)
    await _ask_to_join(cast, joined, invite)
    await _certify(cast, invite)
    place = Place(
        edge=edge,
        net=cast.town.council.net,
        people=people,
        case=case,
        aids=cast.aids,
        live=live,
        joined=joined,
        offer=offer,
        foreign=await _elsewhere(edge),
    )
    await _offer(cast, place.people["member"], offer)
    return place


async def _gather(town: Town) -> Cast:
    aids = {
        number: await town.agency(number, kind, caps) for number, (kind, caps) in AGENCIES.items()
    }
    cast = Cast(town=town, register=await asyncio.to_thread(load), clients={}, aids={})
    for name, (number, caps) in PEOPLE.items():
        await cast.bring(name, aids[number], *caps)
    return cast


# ---------------------------------------------------------------- the case


async def _play(cast: Cast) -> Case:
    chair, now = cast.clients["chair"], cast.town.council.iat()
    case = await seating.reserve(chair.session, "K-101")
    subject, basis = await _agreed(cast, "chair", case)
    member = chair.member(case)
    staff = [cast.clients[name].session.me.wid for name in ("recorder", "deputy")]
    await seating.create(member, bases=[basis], staff=staff, act=staff[1:])
    await member.room.confirm_changes()
    await chair.join(case)
    sit, it = SitId(member.new_id()), ItemId(member.new_id())
    bound = (ItemBasis(sub=subject.sub, basis=basis),)
    item = PlannedItem(it=it, no=1, typ=ItemType.DECIDE, bases=bound)
    convened = SitConv(sit=sit, kind="shien", no=1, starts=now.plus(HOUR), items=(item,))
    await member.act((convened, {}), *[(each, NO_WORDS) for each in _invitations(cast, sit)])
    await _seat(cast, member, sit)
    for name in ("chair", "recorder"):
        joined = await cast.clients[name].join(case, sit)
        await joined.room.confirm_changes()
    await member.act((SitOpen(sit=sit), {}))
    await member.open_item_of(it)
    await _part(cast, member, sit)
    people = {name: client.session.me for name, client in cast.clients.items()}
    await _revoke(cast, RevokeWhat.DEVICE, people["revoked"].device)
    await _revoke(cast, RevokeWhat.WORKER, people["ended"].worker)
    await _mended(member)
    card, few = await _share(cast, member, it, subject)
    other = await _another(cast)
    return Case(case=case, sit=sit, it=it, basis=basis, other=other, card=card, few=few)


async def _agreed(cast: Cast, who: str, case: CaseId) -> tuple[bases.Subject, Sid]:
    """A consent that covers the three agencies."""
    session = cast.clients[who].session
    subject = bases.new_subject(session, name="美佐江", birth="1955-02-03")
    now = session.council.iat()
    ag = tuple(sorted({cast.aids[name] for name in ("chair", "member", "guest")}))
    terms = bases.Terms(
        law="consent",
        kinds=["shien"],
        scope=[Scope(ag=ag, cats=("c1", "c2", "c6"))],
        purp=["advice"],
        start=now.plus(-HOUR),
        until=now.plus(1000 * HOUR),
    )
    made = await bases.consent(session, case=case, subject=subject, terms=terms, evidence=None)
    return subject, made


def _invitations(cast: Cast, sit: SitId) -> list[SeatInv]:
    duties = {**SEATED, "invited": Duty.MEMBER}
    return [
        SeatInv(sit=sit, wid=cast.clients[name].session.me.wid, duty=duty, late=0)
        for name, duty in duties.items()
    ]


async def _seat(cast: Cast, chair: Member, sit: SitId) -> None:
    """Let everybody accept but one, and bring them in."""
    for name in SEATED:
        client = cast.clients[name]
        if name not in GUESTS:
            await seating.answer_seat(client.session, chair.room.case, sit, ans=SeatAnswer.ACCEPT)
    await chair.room.fetch()
    until = cast.town.council.iat().plus(HOUR)
    rows = [Row(wid=cast.clients[name].session.me.wid) for name in ADDED]
    rows += [
        Row(wid=cast.clients[name].session.me.wid, role=RosterRole.GUEST, until=until)
        for name in GUESTS
    ]
    await seating.add(chair, rows)
    adviser = cast.clients["adviser"].session
    await seating.answer_seat(adviser, chair.room.case, sit, ans=SeatAnswer.ACCEPT)
    await chair.room.fetch()


async def _share(
    cast: Cast, chair: Member, it: ItemId, subject: bases.Subject
) -> tuple[Shared, Shared]:
    """A card for the guests, and a section for few: the chair and the second agency."""
    wids = {name: cast.clients[name].session.me.wid for name in ("chair", *GUESTS)}
    text = SumText(prov=Provenance.AGENCY, hid=False, title="所見", text="訪問を続ける")
    card = await chair.share(
        Plan(cls=DocClass.CARD), text, audience=Audience(ag=(), w=tuple(sorted(wids.values())))
    )
    few = await chair.share(
        Plan(cls=DocClass.SECTION, item=it, sub=subject.sub, cats=("c1",)),
        text,
        audience=Audience(ag=(cast.aids["member"],), w=(wids["chair"],)),
    )
    return card, few


async def _part(cast: Cast, chair: Member, sit: SitId) -> None:
    """One leaves her seat, one loses it, one is taken out of the room."""
    wid = {name: cast.clients[name].session.me.wid for name in ("left", "evicted", "removed")}
    await chair.act(
        (SeatEnded(sit=sit, wid=wid["left"], why=SeatEnd.LEFT), {}),
        (SeatEnded(sit=sit, wid=wid["evicted"], why=SeatEnd.EVICTED), {}),
    )
    await seating.remove(chair, [wid["removed"]])


async def _another(cast: Cast) -> CaseId:
    """A room of another chair of the same agency."""
    other = cast.clients["other-chair"]
    case = await seating.reserve(other.session, "K-104")
    _, basis = await _agreed(cast, "other-chair", case)
    await seating.create(other.member(case), bases=[basis])
    return case


# ---------------------------------------------------------------- the council


def registrar(number: int) -> SigningKey:
    """The registrar's key of an agency, as the town makes it."""
    return SigningKey.from_seed(bytes([number]) * 32)


async def _revoke(cast: Cast, what: RevokeWhat, sid: Sid) -> None:
    council = cast.town.council
    await council.sync()
    made = compose(
        Revoke(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            what=what,
            id=sid,
            why=RevokeWhy.ERROR,
            since=None,
        )
    )
    await council.admit_logged(made, sign(made, registrar(2)))


async def _mended(chair: Member) -> None:
    """Wait until the chair's client has given the room a fresh roster, or do it."""
    await chair.room.session.sync()
    await chair.room.open()
    await chair.mend()
    assert not chair.room.is_stale()


async def _invite(cast: Cast, secret: Secret) -> Invite:
    """Log an invitation of the second agency."""
    council = cast.town.council
    body = Invite(
        net=council.net,
        nce=council.nonce(),
        iat=council.iat(),
        inv=secret.inv,
        aid=cast.aids["member"],
        wid=None,
        caps=MEMBER,
        exp=council.iat().plus(24 * HOUR),
        am=secret.invite_net(council.net),
    )
    made = compose(body)
    await council.admit_logged(made, sign(made, registrar(2)))
    return body


async def _ask_to_join(cast: Cast, secret: Secret, invite: Invite) -> None:
    """Let somebody wait under an invitation."""
    council, ik, dk = cast.town.council, key(), key()
    body = Join(
        net=council.net,
        nce=council.nonce(),
        iat=council.iat(),
        inv=invite.inv,
        wid=worker_id(net=council.net, aid=invite.aid, inv=invite.inv),
        root=council.log.directory.roots[-1].sid,
        ik=public(ik),
        dk=public(dk),
        ek=Blob(SealingKey.from_seed(seed()).public),
        caps=invite.caps,
    )
    made = compose(body)
    mac = secret.join(council.net, tbs=made.tbs)
    await council.pend(invite.inv, made, sign(made, ik), sign(made, dk), mac=mac)


async def _certify(cast: Cast, invite: Invite) -> None:
    """Let her certificate wait for her, with her name beside."""
    council, beside = cast.town.council, NameBeside(name="佐藤 春子", salt=Hash(seed()))
    body = Worker(
        net=council.net,
        nce=council.nonce(),
        iat=council.iat(),
        wid=worker_id(net=council.net, aid=invite.aid, inv=invite.inv),
        aid=invite.aid,
        nh=name_commitment(beside.salt, name=beside.name),
        ik=public(key()),
        caps=invite.caps,
        gen=0,
        inv=invite.inv,
        nbf=council.iat().plus(-HOUR),
        exp=council.iat().plus(24 * HOUR),
        prev=None,
    )
    made = compose(body)
    await council.pend(made.sid, made, sign(made, registrar(2)), name=beside)


async def _offer(cast: Cast, who: Who, secret: Secret) -> None:
    """Let a member wait for a further device of hers."""
    offer = offer_of(who, secret, cast.town.council.net)
    async with cast.town.http() as http:
        http.token = who.token
        await http.done("pend/offer", offer)


def offer_of(who: Who, secret: Secret, net: NetId) -> LinkOffer:
    """An offer to a further device."""
    mac = secret.link_net(net, wid=who.me.wid, ik=who.me.ik)
    return LinkOffer(key=Blob(secret.lid), net=net, wid=who.me.wid, ik=who.me.ik, mac=mac)


async def _elsewhere(edge: Edge) -> Who:
    """A chair of another council on the same node."""
    await asyncio.to_thread(edge.app[SERVICE].custody.return_setup)
    reserved = await edge.reserve()
    root = await edge.admitted(edge.root(reserved), *edge.roots[:2])
    edge.net = NetId(root.sid)
    await edge.host.council.settled()
    person = await edge.enrol(await edge.agency(Cap.HOST, Cap.MEMBER), *CHAIR)
    await edge.sign_in(person)
    return _who(person)


def _who(person: Person) -> Who:
    assert person.worker is not None
    assert person.device is not None
    assert person.did is not None
    me = Identity(
        wid=person.wid,
        aid=person.aid,
        ik=public(person.ik),
        did=person.did,
        dk=public(person.dk),
        worker=person.worker,
        device=person.device,
        name=person.name.name,
    )
    return Who(name="other-council", me=me, dk=person.dk, token=person.token)
