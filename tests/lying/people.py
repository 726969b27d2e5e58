"""The real client of each person over a wire that ends in the scripted server."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, TypeVar, cast

from crypto.errors import Refused
from crypto.signing import SigningKey
from protocol import codec
from protocol.ids import CaseId, Key, NetId
from protocol.shapes import Closed
from protocol.times import Instant
from protocol.wire import Post
from sdk.client import Client
from sdk.clock import Clock
from sdk.contents import Contents, CouncilPin, Identity, SealingSeed
from sdk.council import Council, net_header
from sdk.member import Member
from sdk.room import Room
from sdk.session import Session
from sdk.socket import Socket
from sdk.transport import ANSWER_LIMIT, Http, Query
from sdk.vault import Vault
from tests.lying.clock import Drawn
from tests.lying.line import REGISTER
from tests.lying.server import Server
from tests.lying.town import seed_of
from tests.world import Staff, public

URL: Final = "https://entaku.example.jp"
A = TypeVar("A", bound=Closed)


class Ram(Vault):
    """A vault whose disk is a variable; what it holds outlives the client."""

    def __init__(self, contents: Contents, *, dk: SigningKey) -> None:  # no super(): no file
        self.contents = contents
        self._mine: Final = dk
        self.saved: list[Contents] = [contents]
        self.sealed: Callable[[Post], None] = lambda _post: None

    @property
    def dk(self) -> SigningKey:
        """The device's key."""
        return self._mine

    async def update(self, change: Callable[[Contents], Contents]) -> None:
        """Save at once, as bytes would be: what does not survive them is not kept."""
        self.contents = codec.decode(
            codec.encode(change(self.contents)), Contents, limit=ANSWER_LIMIT
        )
        before, self.saved = self.saved[-1].unsent, [*self.saved, self.contents]
        for each in self.contents.unsent:
            if each not in before:
                self.sealed(codec.decode(each.post, Post, limit=ANSWER_LIMIT))

    def close(self) -> None:
        """There is no file to let go of."""


class Wire(Http):
    """Requests that end in the scripted server; everything above is the client's own."""

    def __init__(self, server: Server, name: str) -> None:
        super().__init__(url=URL, slug="town")
        self._server: Final = server
        self._name: Final = name

    async def _once(
        self,
        method: str,
        path: str,
        body: bytes | None,
        query: Query | None,
        headers: Mapping[str, str] | None,
    ) -> bytes:
        assert method in {"GET", "POST"}
        assert headers is not None or headers is None
        await asyncio.sleep(0)
        try:
            if isinstance(query, list):
                return self._server.answer_list(self._name, path, query)
            asked = cast("Mapping[str, str] | None", query)
            return self._server.answer(self._name, path, body, asked)
        except Refused as refusal:  # its word alone, signed by nobody
            raise Refused(refusal.code, said="server") from refusal


class Plug:
    """The live socket's calls; what it would push lies in the person's queue."""

    def __init__(self, wire: Wire) -> None:
        self._wire: Final = wire

    async def call(self, event: str, body: Closed, kind: type[A]) -> A:
        """Join the live feed."""
        assert event == "sub"
        return await self._wire.post(f"cases/-/{event}", body, kind)

    async def close(self) -> None:
        """Nothing is open."""


class Listener(Client):
    """A signed-in client whose socket is the scripted server's queue."""

    def plug(self, wire: Wire) -> None:
        """Listen."""
        self._socket = cast("Socket", Plug(wire))

    async def take(self, event: str, data: bytes) -> None:
        """Hear one thing, and let what it set going come to an end."""
        try:
            await self._hear(event, data)
        finally:
            await self.settle()

    async def settle(self) -> None:
        """Wait for mending and reports."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def housekeeping(self) -> None:
        """What happens every five seconds."""
        redeeming = asyncio.create_task(self._redeem())
        await asyncio.sleep(6)
        redeeming.cancel()
        await asyncio.gather(redeeming, return_exceptions=True)
        await self.settle()


class Person:
    """Somebody with a device: what is in her vault stays, her client comes and goes."""

    def __init__(self, name: str, staff: Staff, server: Server, now: Callable[[], Instant]) -> None:
        """Begin with an enrolled device that never connected."""
        self.name: Final = name
        self.staff: Final = staff
        self.server: Final = server
        self._now: Final = now
        self.vault = Ram(_enrolled(name, staff, server.net), dk=staff.dk)
        self.client: Listener | None = None
        self.starts = 0

    async def start(self) -> Listener:
        """Open a client on the vault and sign in."""
        self.starts += 1
        wire = Wire(self.server, self.name)
        council = Council(
            http=wire,
            clock=Clock(self._now),
            entropy=Drawn(f"{self.name} {self.starts}"),
            net=self.server.net,
            pin=self.vault.contents.id,
        )
        council.log.headers = net_header(self.server.net)
        session = Session(vault=self.vault, council=council)
        await session.login()
        client = Listener(session, register=REGISTER)
        client.plug(wire)
        self.client = client
        return client

    async def open(self) -> Listener:
        """Her client, signed in."""
        return self.client or await self.start()

    async def join(self, case: CaseId) -> Member:
        """Her room, opened and live."""
        client = await self.open()
        if case in client.members and self.name in self.server.listening:
            return client.members[case]
        try:
            return await client.join(case)
        finally:
            await client.settle()

    async def stop(self, *, crash: bool) -> None:
        """Close the client, or let it die."""
        client, self.client = self.client, None
        self.server.listening.discard(self.name)
        self.server.moods[self.name].queue.clear()
        if client is not None and not crash:
            await client.close()

    def room(self, case: CaseId) -> Room | None:
        """Her room as she holds it."""
        member = self.client.members.get(case) if self.client else None
        return member.room if member else None


def _enrolled(name: str, staff: Staff, net: NetId) -> Contents:
    identity = Identity(
        wid=staff.wid,
        aid=staff.aid,
        ik=Key(public(staff.ik)),
        did=staff.dev.did,
        dk=public(staff.dk),
        worker=staff.sid,
        device=staff.dev.sid,
        name=name,
    )
    return Contents(
        council=CouncilPin(url=URL, slug="town", net=net),
        identity=identity,
        ek=(SealingSeed(eg=0, seed=seed_of(name)),),
    )
