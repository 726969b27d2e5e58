"""Reads a whole database for its inspection, in one read-only snapshot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import asyncpg

from audit import checkpoint as checkpoints
from audit.checkpoint import Checkpoint
from audit.inspection import Finding, Inspection
from audit.note import Verifier
from crypto.errors import Code, Refused
from storage import sql
from storage.connection import Row
from storage.failures import refusals

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

_SQL = sql.load("audit", "inspection.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """Size of each log by its origin, and everything that was found."""

    sizes: dict[str, int]
    findings: tuple[Finding, ...]

    @property
    def flaws(self) -> tuple[Finding, ...]:
        """Findings without a lawful reason."""
        return tuple(each for each in self.findings if each.is_flaw)


async def inspect(
    connection: Connection,
    *,
    vkeys: Sequence[str] = (),
    old: Sequence[bytes] = (),
    is_restored: bool = False,
) -> Inspected:
    """Inspect all logs of a database.

    Args:
        connection: Of a role that may read everything, in a transaction.
        vkeys: Keys from elsewhere; the database's own are used for a log that has none among them.
        old: Signed checkpoints kept from before, of any of its logs.
        is_restored: The rows were loaded from a dump, so who wrote them says nothing.

    Raises:
        Refused: FORBIDDEN when rows are hidden from this role, UNAVAILABLE, BAD_PROOF for a key
            or checkpoint that cannot be read, UNTRUSTED or BAD_SIG for a checkpoint that none
            of the logs' keys signed.
    """
    known = [Verifier.parse(vkey) for vkey in vkeys]
    with refusals({}):
        await connection.execute(_SQL["everything"])
        return await _Reader(connection, known, old, is_restored).all()


async def inspect_at(
    dsn: str, *, vkeys: Sequence[str] = (), old: Sequence[bytes] = (), is_restored: bool = False
) -> Inspected:
    """Inspect the database at an address as it stands now; raises as `inspect`, and OSError."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await inspect(connection, vkeys=vkeys, old=old, is_restored=is_restored)
    finally:
        await connection.close()


@dataclass(frozen=True, slots=True)
class _Reader:
    connection: Connection
    known: Sequence[Verifier]
    old: Sequence[bytes]
    is_restored: bool

    async def all(self) -> Inspected:
        logs = await self.connection.fetch(_SQL["logs"])
        verifiers = {log["origin"]: self._verifiers(log) for log in logs}
        marks = [self._mark(raw, verifiers) for raw in self.old]
        sizes, findings = dict[str, int](), await self._strays()
        for log in logs:
            mine = [mark for mark in marks if mark.origin == log["origin"]]
            inspection = await self._inspect(log, verifiers[log["origin"]], mine)
            sizes[log["origin"]] = inspection.size
            findings += inspection.found
        wanted = {each.name for each in self.known} | {mark.origin for mark in marks}
        findings += [
            Finding(log=origin, table="log", why="missing", column="origin")
            for origin in sorted(wanted - sizes.keys())
        ]
        if not logs:
            findings.append(Finding(log="", table="log", why="missing"))
        return Inspected(sizes=sizes, findings=tuple(findings))

    def _verifiers(self, log: Row) -> list[Verifier]:
        given = [each for each in self.known if each.name == log["origin"]]
        return given or _parsed(log["vkeys"])

    def _mark(self, raw: bytes, verifiers: dict[str, list[Verifier]]) -> Checkpoint:
        everybody = [*self.known, *(each for mine in verifiers.values() for each in mine)]
        distinct = {each.vkey: each for each in everybody}
        mark = checkpoints.open_signed(raw, list(distinct.values()))
        if mark.size == 0:
            raise Refused(Code.BAD_PROOF, why="empty")
        return mark

    async def _strays(self) -> list[Finding]:
        rows = await self.connection.fetch(_SQL["strays"])
        return [
            Finding(
                log="",
                table=row["name"],
                why="unused" if row["name"] == "case_key" else "unexpected",
                place=row["place"],
            )
            for row in rows
        ]

    async def _inspect(
        self, log: Row, verifiers: Sequence[Verifier], marks: Sequence[Checkpoint]
    ) -> Inspection:
        now = await self.connection.fetchrow(_SQL["now"])
        assert now is not None  # noqa: S101 -- the statement always gives a row
        inspection = Inspection(
            origin=log["origin"],
            name=log["name"],
            council=log["council_id"],
            number=log["log_id"],
            verifiers=verifiers,
            now=now["now"],
            marks=marks,
            is_restored=self.is_restored,
        )
        if set(log["vkeys"]) != {each.vkey for each in verifiers}:
            inspection.tell("log", "differs", "vkeys")
        async for leaf in self.connection.cursor(_SQL["leaves"], log["log_id"], prefetch=1000):
            inspection.leaf(leaf)
        inspection.tiles(await self._rows("tiles", log))
        for row in await self._rows("orphan_checkpoints", log):
            inspection.tell("tree", "missing", place=row["size"])
        inspection.trees([row for row in await self._rows("trees", log) if row["root"] is not None])
        cursor = await self.connection.fetchrow(_SQL["cursor"], log["log_id"])
        inspection.cursor(cursor, sysid=now["sysid"], horizon=now["horizon"])
        inspection.waiting(await self._rows("waiting", log))
        inspection.end()
        return inspection

    async def _rows(self, name: str, log: Row) -> Sequence[Row]:
        return await self.connection.fetch(_SQL[name], log["log_id"])


def _parsed(vkeys: Sequence[str]) -> list[Verifier]:
    """The keys that the database names; none when they cannot be read."""
    try:
        return [Verifier.parse(vkey) for vkey in vkeys]
    except Refused:
        return []
