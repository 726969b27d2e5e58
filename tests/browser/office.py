"""The office of a council: founds it, registers agencies, certifies people."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from consent.register import Register, load
from crypto import entropy
from crypto.signing import SigningKey
from protocol.ids import Aid, Digest, Hash, InvId
from protocol.times import DAY, HOUR
from protocol.vocabulary import AgencyForm, AgencyKind, Cap
from sdk import enrol
from sdk.admin import AgencyPaper, Founding, found, key_set, public, register, release
from sdk.client import Client
from sdk.council import Council
from sdk.pledge import pledge
from sdk.registrar import Invitation, Registrar
from sdk.session import Session
from sdk.transport import Http
from sdk.vault import Costs, Vault
from server import page
from tests.edges.sdk.town import COSTS, PASS, aid, clock
from tests.faults.processes import Node

SLUG: Final = "minase"
_ROOTS: Final = 2


@dataclass(slots=True, kw_only=True)
class Office:
    """A founded council with its registrars, and the people who hold clients of the SDK."""

    url: str
    folder: Path
    council: Council
    root: list[SigningKey]
    register: Register
    registrars: dict[Aid, Registrar] = field(default_factory=dict[Aid, Registrar])
    clients: dict[str, Client] = field(default_factory=dict[str, Client])

    async def agency(self, number: int, name: str, kind: AgencyKind, *caps: Cap) -> Aid:
        """Register an agency under its name; it pledges, unless it only audits."""
        key = SigningKey.from_seed(bytes([number]) * Hash.SIZE)
        now = self.council.iat()
        paper = AgencyPaper(
            aid=aid(number),
            name=name,
            kind=kind,
            form=AgencyForm.PUBLIC,
            keys=[public(key)],
            caps=caps,
            nbf=now.plus(-HOUR),
            exp=now.plus(700 * DAY),
        )
        await register(self.council, paper, self.root)
        path = self.folder / f"registrar{number}"
        vault = await Vault.create(path, PASS, entropy=entropy.system, costs=COSTS)
        registrar = Registrar(self.council, vault=vault, key=key, aid=aid(number))
        self.registrars[aid(number)] = registrar
        if Cap.MEMBER in caps:
            text = self.register.pledge
            await registrar.pledge(text.digest, ver=text.ver, until=now.plus(300 * DAY))
        return aid(number)

    async def invite(self, agency: Aid, *caps: Cap) -> Invitation:
        """Invite somebody for a day."""
        until = self.council.iat().plus(DAY)
        return await self.registrars[agency].invite(caps, exp=until)

    async def digits(self, agency: Aid, inv: InvId) -> str:
        """Give the twelve digits that the registrar sees, once somebody has asked to join."""
        request = await self.registrars[agency].request(inv, patience=30_000)
        return request.digits.replace("-", "")

    async def certify(self, agency: Aid, inv: InvId, name: str) -> None:
        """Certify who read the same digits aloud."""
        registrar = self.registrars[agency]
        request = await registrar.request(inv)
        now = self.council.iat()
        await registrar.certify(request, name=name, nbf=now.plus(-HOUR), exp=now.plus(300 * DAY))

    async def enrol(self, agency: Aid, name: str, *caps: Cap, costs: Costs = COSTS) -> Path:
        """Bring somebody in by the SDK; give the path of her vault."""
        invitation = await self.invite(agency, *caps)
        path = self.folder / f"{name}.vault"
        vault = await Vault.create(path, PASS, entropy=entropy.system, costs=costs)
        async with Http(url=self.url, slug=SLUG) as http:
            own = Council(http=http, clock=clock(), entropy=entropy.system, net=None)
            ticket = enrol.read_ticket(invitation.code)
            await enrol.ask(own, vault, ticket=ticket, passphrase=PASS)
            await self.certify(agency, invitation.inv, name)
            await enrol.finish(own, vault, passphrase=PASS, patience=0)
        vault.close()
        return path

    async def bring(self, agency: Aid, name: str, *caps: Cap) -> Client:
        """Enrol somebody by the SDK, who pledges and stays connected."""
        path = await self.enrol(agency, name, *caps)
        session = await Session.open(path, PASS, clock=clock(), entropy=entropy.system, costs=COSTS)
        client = Client(session, register=self.register)
        await client.connect()
        text, now = self.register.pledge, session.council.iat()
        await pledge(session, text.digest, ver=text.ver, until=now.plus(200 * DAY))
        self.clients[name] = client
        return client


@asynccontextmanager
async def opened(server: Node, folder: Path) -> AsyncGenerator[Office]:
    """Found the council of the story on a server; the build of its page is logged."""
    setup = await asyncio.to_thread((server.data / "keys" / "setup").read_text)
    root = [SigningKey.from_seed(bytes([200 + n]) * Hash.SIZE) for n in range(_ROOTS)]
    when = clock()
    async with Http(url=server.url, slug=SLUG) as http:
        founding = Founding(
            slug=SLUG,
            name="水瀬市支援会議",
            keys=root,
            t=_ROOTS,
            sec=key_set(root[:1], t=1),
            rel=key_set(root[:1], t=1),
            exp=when.now().plus(3000 * DAY),
        )
        council = await found(http, founding, setup=setup, clock=when, entropy=entropy.system)
        built = await asyncio.to_thread(page.load, page.FOLDER)
        assert built is not None
        digest = Digest(Hash(built.digest))
        await release(council, ver=built.version, manifest=digest, keys=root[:1])
        terms = await asyncio.to_thread(load)
        office = Office(url=server.url, folder=folder, council=council, root=root, register=terms)
        yield office
        await asyncio.gather(*(client.close() for client in office.clients.values()))
