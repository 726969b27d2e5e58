"""A council with real clients: founded, registered, enrolled over HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crypto import entropy
from crypto.hashing import sha256
from crypto.profiles import Argon2Profile
from crypto.signing import SigningKey
from protocol.ids import Aid, Digest, Hash, Id
from protocol.times import DAY, HOUR, Instant
from protocol.vocabulary import AgencyForm, AgencyKind, Cap
from sdk import enrol
from sdk.admin import AgencyPaper, Founding, found, key_set, public, register
from sdk.clock import Clock
from sdk.council import Council
from sdk.registrar import Invitation, Registrar
from sdk.transport import Http
from sdk.vault import Costs, Vault

CHEAP = Argon2Profile(memory_bytes=8 * 1024, passes=1)
COSTS = Costs(profile=CHEAP, floor=CHEAP)
PLEDGE = Digest(Hash(sha256("誓約書".encode())))
PASS = "合言葉"


def local() -> Instant:
    """The machine's time."""
    return Instant.of(datetime.now(UTC))  # noqa: TID251 -- a real server's clock is met here


def clock() -> Clock:
    """A client's clock."""
    return Clock(local)


def aid(number: int) -> Aid:
    """The id of an agency by its number."""
    return Aid(Id(number.to_bytes(16, "big")))


@dataclass(slots=True)
class Town:
    """A founded council with its registrars, on one server."""

    url: str
    folder: Path
    council: Council
    root: list[SigningKey]
    registrars: dict[Aid, Registrar]

    async def agency(
        self, number: int, kind: AgencyKind, caps: Sequence[Cap], *, pledged: bool = True
    ) -> Aid:
        """Register an agency and let it pledge."""
        key = SigningKey.from_seed(bytes([number]) * 32)
        now = self.council.iat()
        paper = AgencyPaper(
            aid=aid(number),
            name=f"A{number:02}",
            kind=kind,
            form=AgencyForm.PUBLIC,
            keys=[public(key)],
            caps=caps,
            nbf=now.plus(-HOUR),
            exp=now.plus(700 * DAY),
        )
        await register(self.council, paper, self.root)
        vault = await Vault.create(
            self.folder / f"registrar{number}", PASS, entropy=entropy.system, costs=COSTS
        )
        registrar = Registrar(self.council, vault=vault, key=key, aid=aid(number))
        self.registrars[aid(number)] = registrar
        if pledged:
            await registrar.pledge(PLEDGE, ver=1, until=now.plus(300 * DAY))
        return aid(number)

    async def invite(self, agency: Aid, caps: Sequence[Cap]) -> Invitation:
        """Invite somebody for a day."""
        return await self.registrars[agency].invite(caps, exp=self.council.iat().plus(DAY))

    async def enrol(self, agency: Aid, name: str, caps: Sequence[Cap]) -> Path:
        """Bring a person in; give the path of her vault."""
        invitation = await self.invite(agency, caps)
        path = self.folder / name
        vault = await Vault.create(path, PASS, entropy=entropy.system, costs=COSTS)
        async with self.http() as http:
            own = Council(http=http, clock=clock(), entropy=entropy.system, net=None)
            ticket = enrol.read_ticket(invitation.code)
            spoken = await enrol.ask(own, vault, ticket=ticket, passphrase=PASS)
            request = await self.registrars[agency].request(invitation.inv)
            assert request.digits == spoken
            now = self.council.iat()
            await self.registrars[agency].certify(
                request, name=name, nbf=now.plus(-HOUR), exp=now.plus(300 * DAY)
            )
            await enrol.finish(own, vault, passphrase=PASS, patience=0)
        vault.close()
        return path

    def http(self) -> Http:
        """A connection of its own."""
        return Http(url=self.url, slug=self.council.http.slug)


async def make_town(http: Http, *, setup: str, folder: Path) -> Town:
    """Found a council; `http` stays with its administrators."""
    root = [SigningKey.from_seed(bytes([200 + n]) * 32) for n in range(2)]
    when = clock()
    founding = Founding(
        slug=http.slug,
        name="みなと市",
        keys=root,
        t=2,
        sec=key_set(root[:1], t=1),
        exp=when.now().plus(3000 * DAY),
    )
    council = await found(http, founding, setup=setup, clock=when, entropy=entropy.system)
    return Town(url=http.url, folder=folder, council=council, root=root, registrars={})
