"""Councils and their signed statements in PostgreSQL; what waits; nonces of sign-in."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from crypto.errors import Code
from identity.model import Admission, Council, Origins, Stored, Waiting
from protocol.ids import CaseId, Digest, Hash, Id, Key, Sid
from protocol.statement import Signature
from storage import sql
from storage.connection import Connection
from storage.failures import refusals

_SQL = sql.load("identity")

TAKEN = {
    "statement_pkey": Code.REPLAY,
    "statement_sig_pkey": Code.REPLAY,
    "statement_successor": Code.CHAIN_FORK,
}
"""Unique constraints of statements and what breaking them means."""


async def reserve(connection: Connection, *, council: UUID, slug: str, origins: Origins) -> None:
    """Make a council and its two logs; CONFLICT when slug or origin is taken."""
    with refusals({}):
        await connection.execute(
            *(_SQL["reserve"], council, slug, origins.id_origin, list(origins.id_vkeys)),
            *(origins.ops_origin, list(origins.ops_vkeys)),
        )


async def councils(connection: Connection) -> list[Council]:
    """List the councils of this server."""
    rows = await connection.fetch(_SQL["councils"])
    return [Council(id=row["council_id"], slug=row["slug"], rev=row["rev"]) for row in rows]


class Statements:
    """Statements of one council."""

    def __init__(self, connection: Connection, *, council: UUID) -> None:
        self._connection = connection
        self._council = council

    async def rev(self) -> int:
        """Count the statements: what a decision on them names."""
        rev: int = await self._connection.fetchval(_SQL["rev"], self._council)
        return rev

    async def admit(self, admission: Admission) -> None:
        """Store a statement, its leaf and what travels beside it, and move the gates it touches.

        Raises REPLAY when it is there already, CHAIN_FORK when its `prev` has a successor,
        CONFLICT for a second first root, UNAVAILABLE; asyncpg.SerializationError when another
        statement came first.
        """
        new, beside = admission.statement, admission.beside
        touched = sorted(admission.touched, key=lambda room: room.case)
        with refusals(TAKEN):
            await self._connection.execute(
                *(_SQL["admit"], self._council, admission.rev, admission.at, new.sid, new.typ),
                *(new.prev, new.payload, admission.case, new.leaf),
                *([each.pk for each in new.signatures], [each.sig for each in new.signatures]),
                *(beside.ekh, beside.ek, beside.name, beside.salt),
                *([room.case for room in touched], [room.gate_until for room in touched]),
                list(admission.done),
            )

    async def after(self, rev: int, *, limit: int = 1000) -> list[Stored]:
        """Read the statements after `rev` in the order in which they were admitted."""
        rows = await self._connection.fetch(_SQL["statements"], self._council, rev, limit)
        return [
            Stored(
                rev=row["rev"],
                sid=Sid(Hash(row["sid"])),
                typ=row["typ"],
                payload=row["payload"],
                case=_case(row["case_id"]),
                at=row["at"],
                leaf=row["leaf"],
                signatures=_signatures(row["pk"], row["sig"]),
            )
            for row in rows
        ]

    async def sealing_keys(self, ekhs: Sequence[Digest]) -> dict[Digest, bytes]:
        """Read sealing keys (1216 bytes) by their hash; unknown ones are left out."""
        rows = await self._connection.fetch(_SQL["sealing_keys"], self._council, list(ekhs))
        return {Digest(Hash(row["ekh"])): row["ek"] for row in rows}

    async def names(self, sids: Sequence[Sid]) -> dict[Sid, tuple[str, bytes]]:
        """Read names and salts of workers by the sid of their certificate; erased ones are gone."""
        rows = await self._connection.fetch(_SQL["names"], self._council, list(sids))
        return {Sid(Hash(row["sid"])): (row["name"], row["salt"]) for row in rows}


class WaitingRoom:
    """What waits in one council for a signature, a person, or a first roster."""

    def __init__(self, connection: Connection, *, council: UUID) -> None:
        self._connection = connection
        self._council = council

    async def pend(self, waiting: Waiting, *, now: datetime, answers: str | None = None) -> None:
        """Keep something until its time, in the place of what it answers if it is of that type.

        CONFLICT when something else waits under its key; then that is left as it was.
        """
        with refusals({}):
            await self._connection.execute(
                *(_SQL["pend"], self._council, waiting.key, waiting.typ, waiting.payload),
                [each.pk for each in waiting.signatures],
                [each.sig for each in waiting.signatures],
                *(waiting.mac, waiting.beside, waiting.until, now, answers),
            )

    async def all(self, *, now: datetime) -> list[Waiting]:
        """Read everything whose time has not passed."""
        rows = await self._connection.fetch(_SQL["waiting"], self._council, now)
        return [
            Waiting(
                key=row["key"],
                typ=row["typ"],
                payload=row["payload"],
                signatures=_signatures(row["pk"], row["sig"]),
                mac=row["mac"],
                beside=row["beside"],
                until=row["until"],
            )
            for row in rows
        ]


class Challenges:
    """Nonces of sign-in: 32 bytes, single use."""

    def __init__(self, connection: Connection, *, council: UUID) -> None:
        self._connection = connection
        self._council = council

    async def issue(self, nonce: bytes, *, until: datetime, now: datetime) -> None:
        """Remember a nonce until its time."""
        with refusals({}):
            await self._connection.execute(_SQL["challenge"], self._council, nonce, until, now)

    async def take(self, nonce: bytes, *, now: datetime) -> bool:
        """Use a nonce up; False when it is unknown, used or too old."""
        taken: bool = await self._connection.fetchval(
            _SQL["take_challenge"], self._council, nonce, now
        )
        return taken


def _signatures(keys: Sequence[bytes], sigs: Sequence[bytes]) -> tuple[Signature, ...]:
    pairs = zip(keys, sigs, strict=True)
    return tuple(Signature(pk=Key(Hash(pk)), sig=sig) for pk, sig in pairs)


def _case(case: bytes | None) -> CaseId | None:
    return None if case is None else CaseId(Id(case))
