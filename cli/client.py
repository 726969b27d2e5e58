"""Opening a vault and a council for one command."""

import asyncio
import getpass
import os
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import update_wrapper
from pathlib import Path
from typing import Any, Final

import click
from msgspec.structs import replace

from cli.exits import Exit
from cli.failures import Stop
from cli.shell import Shell
from crypto.errors import Code, Refused
from crypto.signing import SigningKey
from protocol.ids import Aid, Hash, Id
from sdk.clock import Clock
from sdk.contents import NamedSeed
from sdk.council import Council, net_header
from sdk.session import Session
from sdk.transport import Http
from sdk.vault import Vault

VAULT: Final = Path(click.get_app_dir("entaku")) / "vault"
_MINIMUM: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Whose keys a command uses."""

    shell: Shell
    path: Path

    def passphrase(self) -> str:
        """The vault's passphrase: from the environment, a file it names, or the keyboard."""
        given = os.environ.get("ENTAKU_PASSPHRASE")
        file = os.environ.get("ENTAKU_PASSPHRASE_FILE")
        if given is None and file is not None:
            given = _read(Path(file))
        if given is None and not sys.stdin.isatty():
            raise Stop("vault.no-passphrase", exit=Exit.USAGE)
        return given or getpass.getpass(self.shell.text("vault.passphrase"))

    def new_passphrase(self) -> str:
        """A passphrase for a new vault, typed twice at a keyboard."""
        first = self.passphrase()
        if len(first) < _MINIMUM:
            raise Stop("vault.short", exit=Exit.USAGE, least=_MINIMUM)
        typed = "ENTAKU_PASSPHRASE" not in os.environ and sys.stdin.isatty()
        if typed and getpass.getpass(self.shell.text("vault.again")) != first:
            raise Stop("vault.differs", exit=Exit.USAGE)
        return first


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Stop("vault.no-passphrase", exit=Exit.USAGE) from error


def for_person(work: Callable[..., Coroutine[Any, Any, int]]) -> Callable[..., int]:
    """Make a command of a coroutine that is handed whose keys to use."""

    def command(shell: Shell, /, vault: Path | None, **kwargs: Any) -> int:  # noqa: ANN401 -- handed on
        return asyncio.run(work(Who(shell=shell, path=vault or VAULT), **kwargs))

    update_wrapper(command, work)  # brings the parameters that were declared nearer
    path = click.Path(dir_okay=False, path_type=Path)
    with_vault = click.option("--vault", type=path, envvar="ENTAKU_VAULT")(command)
    return click.pass_obj(with_vault)


# --- sessions ----------------------------------------------------------------------------------


async def unlocked(who: Who) -> Session:
    """Unlock the vault of an enrolled device; the caller closes it."""
    clock = Clock(who.shell.now)
    return await Session.open(who.path, who.passphrase(), clock=clock, entropy=who.shell.entropy)


@asynccontextmanager
async def signed_in(who: Who) -> AsyncGenerator[Session]:
    """Unlock the vault of an enrolled device and sign in."""
    session = await unlocked(who)
    try:
        await session.login()
        yield session
    finally:
        await session.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A vault with the keys of a root or a registrar, and its council."""

    vault: Vault
    council: Council

    def key(self, name: str) -> SigningKey:
        """A named key; UNTRUSTED when this vault does not hold it."""
        for seed in self.vault.contents.keys:
            if seed.name == name:
                return SigningKey.from_seed(seed.seed)
        raise Refused(Code.UNTRUSTED, key=name)

    def keys(self, prefix: str) -> list[SigningKey]:
        """All keys whose name begins so."""
        seeds = self.vault.contents.keys
        return [SigningKey.from_seed(s.seed) for s in seeds if s.name.startswith(prefix)]

    async def keep(self, *seeds: NamedSeed) -> None:
        """Keep further keys."""
        await self.vault.update(lambda c: replace(c, keys=(*c.keys, *seeds)))

    def agency(self, code: str) -> Aid:
        """Find an agency by its id or its name in the log; UNKNOWN_ID."""
        return find_agency(self.council, code)


@asynccontextmanager
async def office(who: Who) -> AsyncGenerator[Office]:
    """Unlock a vault that knows its council; no device is needed."""
    vault = await Vault.open(who.path, who.passphrase(), entropy=who.shell.entropy)
    try:
        pin = vault.contents.council
        if pin is None:
            raise Refused(Code.UNTRUSTED, why="no-council")
        async with Http(url=pin.url, slug=pin.slug) as http:
            council = Council(
                http=http,
                clock=Clock(who.shell.now),
                entropy=who.shell.entropy,
                net=pin.net,
                pin=vault.contents.id,
            )
            council.log.headers = net_header(pin.net)
            await council.sync()
            yield Office(vault=vault, council=council)
    finally:
        vault.close()


def find_agency(council: Council, name: str) -> Aid:
    """Find an agency by id, by name, or by a part of its name that fits only one."""
    n = council.log.size
    chains = council.log.directory.agencies
    named = {aid: cert.body.name for aid, chain in chains.items() if (cert := chain.newest(n))}
    exact = [aid for aid, full in named.items() if name in {full, aid.hex()}]
    partly = [aid for aid, full in named.items() if name in full or aid.hex().startswith(name)]
    found = exact or partly
    if len(found) != 1:
        raise Refused(Code.UNKNOWN_ID, agency=name)
    return found[0]


def seed(name: str, data: bytes) -> NamedSeed:
    """A named signing key as the vault keeps it."""
    return NamedSeed(name=name, seed=Hash(data))


def new_aid(data: bytes) -> Aid:
    """An agency's id from 16 random bytes."""
    return Aid(Id(data))
