"""A council for measuring: one agency and its people enrolled over HTTP, all keys held here.

The statements are those of real enrolment; only the spoken digits and the passphrases of
vaults are left out, since they take seconds each and are not what is measured. One agency,
since a room's first roster may seat only people of its host.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from crypto import entropy
from crypto.hashing import sha256
from crypto.sealing import SealingKey
from crypto.signing import SigningKey
from protocol.derived import device_id, ek_hash, worker_id
from protocol.ids import Aid, Blob, Did, Digest, Hash, Id, Key, Sid, Wid
from protocol.invitation import SECRET_SIZE, Secret
from protocol.keys import name_commitment
from protocol.payloads import Device, Invite, Payload, Pledge, Worker
from protocol.requests import auth_message
from protocol.shapes import as_set
from protocol.statement import Statement, compose, sign
from protocol.times import DAY, HOUR, SECOND, Instant
from protocol.vocabulary import AgencyForm, AgencyKind, Cap
from protocol.wire import Challenge, Challenged, NameBeside, SignedIn, SignIn
from sdk.admin import AgencyPaper, Founding, found, key_set, public, register
from sdk.clock import Clock
from sdk.council import Council
from sdk.transport import Http

SLUG: Final = "bench"
_AT_ONCE: Final = 16
_PLEDGE: Final = Digest(Hash(sha256("誓約書".encode())))


def local() -> Instant:
    """The machine's time."""
    return Instant.of(datetime.now(UTC))


def fresh_key() -> SigningKey:
    """A signing key that no other run has."""
    return SigningKey.from_seed(entropy.system(32))


@dataclass(kw_only=True)
class Member:
    """A person with one device and its access token."""

    secret: Secret
    wid: Wid
    ik: SigningKey
    dk: SigningKey
    ek: SealingKey
    worker: Sid | None = None
    device: Sid | None = None
    token: str = ""

    @property
    def certificate(self) -> Sid:
        """The newest certificate of her device."""
        assert self.device is not None  # noqa: S101 -- enrolled before anything else is asked
        return self.device


@dataclass(kw_only=True)
class Town:
    """A founded council with its agency."""

    council: Council
    aid: Aid
    registrar: SigningKey
    root: Sequence[SigningKey] = ()

    # --- statements --------------------------------------------------------------------------

    async def admit(
        self,
        body: Payload,
        *keys: SigningKey,
        ek: bytes | None = None,
        name: NameBeside | None = None,
    ) -> Statement:
        """Sign and admit a statement; its leaf may come later."""
        statement = compose(body)
        signatures = [sign(statement, key) for key in keys]
        if name is None:
            await self.council.admit(statement, *signatures, ek=ek)
        else:
            await self.council.admit(statement, *signatures, name=name)
        return statement

    async def register(self, root: Sequence[SigningKey]) -> None:
        """Certify the agency, which may host, and let it pledge."""
        now = self.council.iat()
        paper = AgencyPaper(
            aid=self.aid,
            name="測定市",
            kind=AgencyKind.CITY,
            form=AgencyForm.PUBLIC,
            keys=[public(self.registrar)],
            caps=[Cap.HOST],
            nbf=now.plus(-HOUR),
            exp=now.plus(300 * DAY),
        )
        await register(self.council, paper, root)
        await self.admit(self._pledge(None), self.registrar)

    def _pledge(self, wid: Wid | None) -> Pledge:
        council = self.council
        return Pledge(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            aid=self.aid,
            wid=wid,
            text=_PLEDGE,
            ver=1,
            until=council.iat().plus(200 * DAY),
        )

    # --- people ------------------------------------------------------------------------------

    async def enrol(self, count: int) -> list[Member]:
        """Enrol people in four steps; each step's leaves are verified before the next."""
        members = [self._newcomer() for _ in range(count)]
        for step in (self._invite, self._certify, self._certify_device, self._promise):
            last = [await step(member) for member in members][-1]
            await self.council.until_logged(last.sid)
        for member in members:
            await self.sign_in(member)
        return members

    async def crowd(self, count: int) -> None:
        """Put people into the identity log who never sign in: four leaves each."""
        members = [self._newcomer() for _ in range(count)]
        turns = asyncio.Semaphore(_AT_ONCE)

        async def one(step: Callable[[Member], Awaitable[Statement]], member: Member) -> Statement:
            async with turns:
                return await step(member)

        for step in (self._invite, self._certify, self._certify_device, self._promise):
            made = await asyncio.gather(*(one(step, member) for member in members))
            for statement in made:
                await self.council.until_logged(statement.sid)

    def _newcomer(self) -> Member:
        secret = Secret(entropy.system(SECRET_SIZE))
        return Member(
            secret=secret,
            wid=worker_id(net=self.council.net, aid=self.aid, inv=secret.inv),
            ik=fresh_key(),
            dk=fresh_key(),
            ek=SealingKey.from_seed(entropy.system(32)),
        )

    async def _invite(self, member: Member) -> Statement:
        council = self.council
        body = Invite(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            inv=member.secret.inv,
            aid=self.aid,
            wid=None,
            caps=as_set([Cap.CHAIR, Cap.MEMBER]),
            exp=council.iat().plus(DAY),
            am=member.secret.invite_net(council.net),
        )
        return await self.admit(body, self.registrar)

    async def _certify(self, member: Member) -> Statement:
        council = self.council
        beside = NameBeside(name="測定 太郎", salt=Hash(entropy.system(Hash.SIZE)))
        body = Worker(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            wid=member.wid,
            aid=self.aid,
            nh=name_commitment(beside.salt, name=beside.name),
            ik=public(member.ik),
            caps=as_set([Cap.CHAIR, Cap.MEMBER]),
            gen=0,
            inv=member.secret.inv,
            nbf=council.iat().plus(-HOUR),
            exp=council.iat().plus(200 * DAY),
            prev=None,
        )
        made = await self.admit(body, self.registrar, member.ik, name=beside)
        member.worker = made.sid
        return made

    async def _certify_device(self, member: Member) -> Statement:
        council, dk = self.council, public(member.dk)
        body = Device(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            did=self.did_of(member),
            wid=member.wid,
            ik=public(member.ik),
            dk=dk,
            ekh=ek_hash(member.ek.public),
            eg=0,
            nbf=council.iat().plus(-HOUR),
            exp=council.iat().plus(200 * DAY),
            prev=None,
        )
        made = await self.admit(body, member.ik, member.dk, ek=member.ek.public)
        member.device = made.sid
        return made

    async def _promise(self, member: Member) -> Statement:
        return await self.admit(self._pledge(member.wid), member.dk)

    def did_of(self, member: Member) -> Did:
        """The id of her device."""
        dk = Key(Hash(member.dk.public))
        return device_id(net=self.council.net, wid=member.wid, dk=dk)

    # --- tokens ------------------------------------------------------------------------------

    async def sign_in(self, member: Member) -> None:
        """Exchange a signed challenge for a token of ten minutes."""
        http = self.council.http
        device = member.certificate
        challenged = await http.post("auth/challenge", Challenge(device=device), Challenged)
        time = challenged.time // SECOND
        message = auth_message(
            net=self.council.net,
            origin=self.council.root().origin,
            nonce=challenged.nonce,
            time=time,
            device=device,
        )
        answer = SignIn(
            device=device,
            nonce=challenged.nonce,
            time=time,
            sig=Blob(member.dk.sign(message)),
        )
        member.token = (await http.post_once("auth", answer, SignedIn)).token


async def settle(http: Http, *, setup: str) -> Town:
    """Found a council with its agency."""
    root = [fresh_key() for _ in range(2)]
    clock = Clock(local)
    founding = Founding(
        slug=SLUG,
        name="測定用支援会議",
        keys=root,
        t=2,
        sec=key_set(root[:1], t=1),
        exp=clock.now().plus(3000 * DAY),
    )
    council = await found(http, founding, setup=setup, clock=clock, entropy=entropy.system)
    return await neighbours(council, root)


async def neighbours(council: Council, root: Sequence[SigningKey]) -> Town:
    """A further agency of a council."""
    aid = Aid(Id(entropy.system(Id.SIZE)))
    town = Town(council=council, aid=aid, registrar=fresh_key(), root=root)
    await town.register(root)
    return town
