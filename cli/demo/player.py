"""What an actor holds: a vault, a session, the room it sits in."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from cli.demo import lines
from cli.demo.lines import Json
from cli.now import now
from consent.register import load
from crypto.entropy import system
from crypto.errors import Code, Refused
from protocol.ids import CaseId, Id
from sdk.auditor import Line
from sdk.client import Client, Happening
from sdk.clock import Clock
from sdk.council import Council
from sdk.room import Room
from sdk.session import Session
from sdk.transport import Http
from sdk.vault import Vault

Verb = Callable[..., Awaitable[Json]]
"""Something a player can be told to do; named arguments, a JSON result."""

_PATIENCE: Final = 10.0  # seconds

Happened = Callable[[str, dict[str, Json]], None]


class Player:
    """One person; everything she knows is here and nowhere else."""

    def __init__(self, *, hello: lines.Hello, happened: Happened) -> None:
        """`happened` tells the director what nobody asked for."""
        self.name: Final = hello.person
        self.url: Final = hello.url
        self.slug: Final = hello.slug
        self.path: Final = Path(hello.vault)
        self.passphrase: Final = hello.passphrase
        self.happened: Final = happened
        self.clock: Final = Clock(now)
        self._http: Http | None = None
        self._vault: Vault | None = None
        self._council: Council | None = None
        self._client: Client | None = None
        self.joined: Final = set[str]()
        self.lines: Final = dict[str, tuple[Line, ...]]()

    # --- what she has ------------------------------------------------------------------------

    async def http(self) -> Http:
        """Connections to the council's server."""
        if self._http is None:
            self._http = await Http(url=self.url, slug=self.slug).__aenter__()
        return self._http

    async def vault(self) -> Vault:
        """Her vault, made at first use."""
        if self._vault is None:
            self._vault = await Vault.create(self.path, self.passphrase, entropy=system)
        return self._vault

    @property
    def council(self) -> Council:
        """The council she belongs to; UNTRUSTED before."""
        if self._council is None:
            raise Refused(Code.UNTRUSTED)
        return self._council

    @council.setter
    def council(self, council: Council) -> None:
        self._council = council

    @property
    def session(self) -> Session:
        """Her signed-in device; UNTRUSTED before."""
        return self.client.session

    @property
    def client(self) -> Client:
        """Her signed-in device and its rooms; UNTRUSTED before."""
        if self._client is None:
            raise Refused(Code.UNTRUSTED)
        return self._client

    async def sign_in(self) -> None:
        """Sign in with the device that was just enrolled, and listen."""
        session = Session(vault=await self.vault(), council=self.council)
        self._client = Client(session, register=load(), happened=self._tell)
        await self._client.connect()

    def rows(self) -> dict[str, int]:
        """How many rows she holds of each case that she listens to."""
        return {case: self._room(case).state.seq for case in self.joined}

    async def catch_up(self, rows: Mapping[str, int]) -> None:
        """See what the others did before; whoever was let out sees nothing more.

        Nobody presses a button for a row that is still on its way: that would be a CONFLICT.
        """
        for case in self.joined & rows.keys():
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    await self._come_to(self._room(case), rows[case])

    async def _come_to(self, room: Room, seq: int) -> None:
        await room.until(lambda: room.gone is not None or room.state.seq >= seq)

    def _room(self, case: str) -> Room:
        return self.client.member(CaseId(Id(bytes.fromhex(case)))).room

    def _tell(self, happening: Happening) -> None:
        if happening.what in {"gone", "cut", "trouble"}:
            self.happened(happening.what, {"code": happening.code})

    async def close(self) -> None:
        """Drop keys and connections."""
        if self._client is not None:
            await self._client.close()
            return
        if self._http is not None:
            await self._http.close()
        if self._vault is not None:
            self._vault.close()
