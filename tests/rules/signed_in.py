"""A signed-in device without a server: its session holds the log, and its vault is in memory."""

from collections.abc import Callable
from typing import Any, cast

from protocol.ids import Sid
from sdk.contents import Contents, Identity
from sdk.council import Council
from sdk.session import Session
from sdk.vault import Vault
from tests.world import Staff, public


class Idle(Session):
    """A session whose log is up to date."""

    async def sync(self) -> bool:
        """Nothing is new."""
        return False


class Box:
    """A vault in memory."""

    def __init__(self, person: Staff, contents: Contents) -> None:
        self.contents = contents
        self.dk = person.dk

    async def update(self, change: Callable[[Contents], Contents]) -> None:
        """Change it."""
        self.contents = change(self.contents)


def identity_of(person: Staff, *, worker: Sid | None = None) -> Identity:
    """Who owns the device."""
    return Identity(
        wid=person.wid,
        aid=person.aid,
        ik=public(person.ik),
        did=person.dev.did,
        dk=public(person.dk),
        worker=worker or person.sid,
        device=person.dev.sid,
        name="",
    )


def session_of(council: Council, person: Staff, contents: Contents | None = None) -> Session:
    """A session over a vault in memory, which holds her identity unless told otherwise."""
    held = Contents(identity=identity_of(person)) if contents is None else contents
    vault: Any = Box(person, held)
    return Idle(vault=cast("Vault", vault), council=council)
