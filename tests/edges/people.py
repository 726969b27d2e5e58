"""People of a test: their keys, what they sign, and how they talk to a node."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestClient

from crypto.hashing import keyed, sha256
from crypto.sealing import SealingKey
from crypto.signing import SigningKey
from protocol import codec, payloads, statement
from protocol.derived import device_id, ek_hash, worker_id
from protocol.ids import Aid, Blob, Did, Digest, Hash, Id, InvId, Key, NetId, Nonce, Sid, Wid
from protocol.invitation import Secret
from protocol.payloads import Payload
from protocol.requests import auth_message, name_message
from protocol.statement import Statement, to_dsse
from protocol.times import DAY, HOUR, Instant
from protocol.vocabulary import AgencyForm, AgencyKind, Cap
from protocol.wire import (
    Admit,
    Challenge,
    Challenged,
    Failure,
    LinkOffer,
    NameBeside,
    Names,
    Pending,
    Reserve,
    Reserved,
    SealingKeys,
    SignedIn,
    SignIn,
    Waits,
)
from server.app import JOBS
from server.limits import Bounds
from server.service import SERVICE, Host
from tests.edges.rooms import EmptyRooms

ORIGIN = "http://entaku.test"
SLUG = "kita"
LOOSE = Bounds(rate=10**6, device_rate=10**5, agency_rate=10**5, council_rate=10**5, rest_ms=1)
"""Limits that no test reaches by being quick."""

_NUMBER = count(1)


def seed() -> bytes:
    """Thirty-two bytes that no other call gets."""
    return sha256(b"test seed %d" % next(_NUMBER))


def key() -> SigningKey:
    """A fresh signing key."""
    return SigningKey.from_seed(seed())


def public(of: SigningKey) -> Key:
    """Its public half as payloads name it."""
    return Key(Hash(of.public))


def nonce() -> Nonce:
    """Sixteen fresh bytes."""
    return Nonce(Id(seed()[:16]))


def now() -> Instant:
    """This second."""
    return Instant.of(datetime.now(UTC).replace(microsecond=0))  # noqa: TID251 -- the node's clock is real too


def signed(body: Payload, *keys: SigningKey) -> tuple[Statement, Blob]:
    """A statement and its DSSE bytes."""
    made = statement.compose(body)
    return made, Blob(to_dsse(made, [statement.sign(made, each) for each in keys]))


@dataclass(kw_only=True)
class Office:
    """An agency with its registrar's key."""

    aid: Aid
    registrar: SigningKey


@dataclass(kw_only=True)
class Person:
    """An enrolled person with one device."""

    wid: Wid
    aid: Aid
    name: NameBeside
    ik: SigningKey
    dk: SigningKey
    ek: SealingKey
    worker: Sid | None = None
    device: Sid | None = None
    did: Did | None = None
    token: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What proves who asks."""
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(kw_only=True)
class Edge:
    """A node and the council in it."""

    client: "TestClient[web.Request, web.Application]"
    app: web.Application
    keys: Path
    roots: list[SigningKey] = field(default_factory=lambda: [key(), key(), key()])
    net: NetId = field(default_factory=lambda: NetId(Hash(bytes(32))))
    reserved: Reserved | None = None

    # --- talking -----------------------------------------------------------------------------

    @property
    def host(self) -> Host:
        """The council inside the node."""
        return self.app[SERVICE].hosts[SLUG]

    async def send(
        self, path: str, request: object, *, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Post a request; status and body."""
        async with self.client.post(path, data=codec.encode(request), headers=headers) as reply:
            return reply.status, await reply.read()

    async def get(self, path: str, *, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Ask for something; status and body."""
        async with self.client.get(path, headers=headers) as reply:
            return reply.status, await reply.read()

    async def admit(
        self,
        dsse: Blob,
        *,
        ek: bytes | None = None,
        name: NameBeside | None = None,
    ) -> tuple[int, bytes]:
        """Put a statement into the log."""
        request = Admit(statement=dsse)
        if ek is not None:
            request = Admit(statement=dsse, ek=Blob(ek))
        if name is not None:
            request = Admit(statement=dsse, name=name)
        return await self.send(f"/v1/{SLUG}/admit", request)

    async def admitted(
        self,
        body: Payload,
        *keys: SigningKey,
        ek: bytes | None = None,
        name: NameBeside | None = None,
    ) -> Statement:
        """Sign and put a statement into the log; it must go in."""
        made, dsse = signed(body, *keys)
        status, reply = await self.admit(dsse, ek=ek, name=name)
        assert status == 200, reply
        return made

    # --- a council ---------------------------------------------------------------------------

    async def reserve(self, slug: str = SLUG) -> Reserved:
        """Reserve a council with the token from the keys folder."""
        token = (self.keys / "setup").read_text()
        status, reply = await self.send("/v1/setup/reserve", Reserve(setup=token, slug=slug))
        assert status == 200, reply
        return codec.decode(reply, Reserved)

    def root(self, reserved: Reserved) -> payloads.Root:
        """The first root of the reserved council, two of three keys."""
        return payloads.Root(
            nce=nonce(),
            iat=now(),
            n=0,
            prev=None,
            name="北区地域支援会議",
            keys=codec.as_set([public(each) for each in self.roots]),
            t=2,
            sec=payloads.KeySet(keys=(public(self.roots[0]),), t=1),
            rel=None,
            origin=reserved.origin,
            srv=(Key(reserved.srv),),
            logs=payloads.Logs(
                id=payloads.LogKeys(origin=reserved.id.origin, vkeys=(reserved.id.vkey,)),
                ops=payloads.LogKeys(origin=reserved.ops.origin, vkeys=(reserved.ops.vkey,)),
            ),
            wit=(),
            wt=0,
            req=1,
            exp=now().plus(1000 * DAY),
        )

    async def found(self) -> None:
        """Reserve a council and log its root."""
        self.reserved = await self.reserve()
        made = await self.admitted(self.root(self.reserved), self.roots[0], self.roots[1])
        self.net = NetId(made.sid)
        await self.host.council.settled()

    async def agency(self, *caps: Cap, kind: AgencyKind = AgencyKind.CITY) -> Office:
        """Log an agency."""
        office = Office(aid=Aid(Id(seed()[:16])), registrar=key())
        body = payloads.Agency(
            net=self.net,
            nce=nonce(),
            iat=now(),
            aid=office.aid,
            name="北区福祉課",
            kind=kind,
            form=AgencyForm.PUBLIC,
            keys=(public(office.registrar),),
            caps=codec.as_set(list(caps)),
            nbf=now().plus(-HOUR),
            exp=now().plus(300 * DAY),
            prev=None,
        )
        await self.admitted(body, self.roots[0], self.roots[1])
        return office

    def invitation(self, office: Office, secret: Secret, *caps: Cap) -> payloads.Invite:
        """An invitation for two days."""
        return payloads.Invite(
            net=self.net,
            nce=nonce(),
            iat=now(),
            inv=secret.inv,
            aid=office.aid,
            wid=None,
            caps=codec.as_set(list(caps)),
            exp=now().plus(48 * HOUR),
            am=secret.invite_net(self.net),
        )

    def newcomer(self, office: Office, inv: InvId, *, name: str = "佐藤 春子") -> Person:
        """A person with keys who is not enrolled yet."""
        return Person(
            wid=worker_id(net=self.net, aid=office.aid, inv=inv),
            aid=office.aid,
            name=NameBeside(name=name, salt=Hash(seed())),
            ik=key(),
            dk=key(),
            ek=SealingKey.from_seed(seed()),
        )

    def worker(self, person: Person, inv: InvId, *caps: Cap) -> payloads.Worker:
        """Her certificate."""
        nh = keyed(person.name.salt, person.name.name.encode())
        return payloads.Worker(
            net=self.net,
            nce=nonce(),
            iat=now(),
            wid=person.wid,
            aid=person.aid,
            nh=Digest(Hash(nh)),
            ik=public(person.ik),
            caps=codec.as_set(list(caps)),
            gen=0,
            inv=inv,
            nbf=now().plus(-HOUR),
            exp=now().plus(200 * DAY),
            prev=None,
        )

    def device(self, person: Person) -> payloads.Device:
        """The certificate of her first device."""
        dk = public(person.dk)
        return payloads.Device(
            net=self.net,
            nce=nonce(),
            iat=now(),
            did=device_id(net=self.net, wid=person.wid, dk=dk),
            wid=person.wid,
            ik=public(person.ik),
            dk=dk,
            ekh=ek_hash(person.ek.public),
            eg=0,
            nbf=now().plus(-HOUR),
            exp=now().plus(200 * DAY),
            prev=None,
        )

    async def enrol(self, office: Office, *caps: Cap, name: str = "佐藤 春子") -> Person:
        """Invite and enrol a person the short way; waits until her device is logged."""
        secret = Secret(seed()[:16])
        await self.admitted(self.invitation(office, secret, *caps), office.registrar)
        person = self.newcomer(office, secret.inv, name=name)
        worker = await self.admitted(
            self.worker(person, secret.inv, *caps),
            *(office.registrar, person.ik),
            name=person.name,
        )
        body = self.device(person)
        device = await self.admitted(body, person.ik, person.dk, ek=person.ek.public)
        person.worker, person.device, person.did = worker.sid, device.sid, body.did
        await self.host.council.settled()
        return person

    async def challenge(self, device: Sid) -> Challenged:
        """Ask for a nonce."""
        status, reply = await self.send(f"/v1/{SLUG}/auth/challenge", Challenge(device=device))
        assert status == 200, reply
        return codec.decode(reply, Challenged)

    def answer_to(self, person: Person, challenged: Challenged, *, origin: str = ORIGIN) -> SignIn:
        """Her answer to a challenge."""
        assert person.device is not None
        time = challenged.time // 1000
        message = auth_message(
            net=self.net,
            origin=origin,
            nonce=challenged.nonce,
            time=time,
            device=person.device,
        )
        return SignIn(
            device=person.device,
            nonce=challenged.nonce,
            time=time,
            sig=Blob(person.dk.sign(message)),
        )

    async def sign_in(self, person: Person) -> SignedIn:
        """Sign a person in."""
        assert person.device is not None
        request = self.answer_to(person, await self.challenge(person.device))
        status, reply = await self.send(f"/v1/{SLUG}/auth", request)
        assert status == 200, reply
        answered = codec.decode(reply, SignedIn)
        person.token = answered.token
        return answered

    async def level(self) -> None:
        """Bring both logs level with everything that was written."""
        await self.app[JOBS].level(self.host)

    # --- what waits --------------------------------------------------------------------------

    def pend_path(self, waiting: bytes) -> str:
        """Where something waits."""
        return f"/v1/{SLUG}/pend/{codec.b64u(waiting)}"

    async def pending(self, waiting: bytes, *, ik: SigningKey | None = None) -> Pending:
        """Fetch what waits under an id; the name beside it with the key that it names."""
        sig = "" if ik is None else self.name_proof(waiting, ik)
        status, reply = await self.get(f"{self.pend_path(waiting)}{sig}")
        assert status == 200, reply
        return codec.decode(reply, Pending)

    def name_proof(self, waiting: bytes, ik: SigningKey) -> str:
        """What shows that somebody may see the name beside what waits."""
        return f"?sig={codec.b64u(ik.sign(name_message(net=self.net, key=waiting)))}"

    async def waits(self, person: Person) -> tuple[Pending, ...]:
        """What waits for a person's signature."""
        status, reply = await self.get(f"/v1/{SLUG}/pend", headers=person.headers)
        assert status == 200, reply
        return codec.decode(reply, Waits).pending

    def offer(self, person: Person, secret: Secret) -> LinkOffer:
        """An old device's offer to a new one."""
        ik = public(person.ik)
        return LinkOffer(
            key=Blob(secret.lid),
            net=self.net,
            wid=person.wid,
            ik=ik,
            mac=secret.link_net(self.net, wid=person.wid, ik=ik),
        )

    async def offered(self, lid: bytes) -> LinkOffer:
        """Fetch an offer."""
        status, reply = await self.get(f"{self.pend_path(lid)}/offer")
        assert status == 200, reply
        return codec.decode(reply, LinkOffer)

    def link(self, newer: Person, secret: Secret) -> payloads.Link:
        """A new device's request to its sibling."""
        return payloads.Link(
            net=self.net,
            nce=nonce(),
            iat=now(),
            lid=secret.lid,
            wid=newer.wid,
            dk=public(newer.dk),
            ek=Blob(newer.ek.public),
        )

    # --- beside statements -------------------------------------------------------------------

    @property
    def rooms(self) -> EmptyRooms:
        """The miniature inside the node."""
        rooms = self.host.rooms
        assert isinstance(rooms, EmptyRooms)
        return rooms

    def eks_path(self, hashes: Sequence[bytes]) -> str:
        """Where sealing keys are."""
        return f"/v1/{SLUG}/eks?" + "&".join(f"h={codec.b64u(each)}" for each in hashes)

    async def sealing_keys(self, person: Person, hashes: Sequence[bytes]) -> list[bytes]:
        """Fetch sealing keys."""
        status, reply = await self.get(self.eks_path(hashes), headers=person.headers)
        assert status == 200, reply
        return list(codec.decode(reply, SealingKeys).eks)

    async def names(self, person: Person, wids: Sequence[Wid]) -> list[str]:
        """Ask for names."""
        query = "&".join(f"w={wid.hex()}" for wid in wids)
        status, reply = await self.get(f"/v1/{SLUG}/names?{query}", headers=person.headers)
        assert status == 200, reply
        return [row.name for row in codec.decode(reply, Names).names]


def code_of(reply: bytes) -> str:
    """The code of a Failure."""
    return codec.decode(reply, Failure).code
