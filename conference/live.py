"""Who listens now, on all nodes: lost with the database's server, as its sockets are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from protocol.ids import CaseId, Did, Id, SitId, Wid
from storage import sql
from storage.connection import Connection
from storage.failures import refusals

_SQL = sql.load("conference")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A live subscription of one device on one node."""

    sub: Id
    case: CaseId
    sit: SitId | None
    did: Did
    wid: Wid
    node: str


class Live:
    """Who listens now in one council, on all nodes."""

    def __init__(self, connection: Connection, *, council: UUID) -> None:
        self._connection = connection
        self._council = council

    async def listen(self, listener: Listener, *, now: datetime) -> None:
        """Begin a subscription, or say that it still is."""
        with refusals({}):
            await self._connection.execute(
                *(_SQL["listen"], self._council, listener.sub, listener.case, listener.sit),
                *(listener.did, listener.wid, listener.node, now),
            )

    async def unlisten(self, subs: Sequence[Id]) -> None:
        """End subscriptions."""
        await self._connection.execute(_SQL["unlisten"], self._council, list(subs))

    async def forget(self, *, node: str, before: datetime) -> None:
        """Forget the subscriptions of a node that starts anew, and those silent since `before`."""
        await self._connection.execute(_SQL["forget_live"], self._council, node, before)

    async def of(self, case: CaseId) -> list[Listener]:
        """List who listens in a room."""
        rows = await self._connection.fetch(_SQL["listeners"], self._council, case)
        return [
            Listener(
                sub=Id(row["sub_id"]),
                case=case,
                sit=None if row["sit"] is None else SitId(Id(row["sit"])),
                did=Did(Id(row["did"])),
                wid=Wid(Id(row["wid"])),
                node=row["node"],
            )
            for row in rows
        ]
