"""PostgreSQL: can it be reached, is it ours, does it keep what it says and keep quiet about it."""

from collections.abc import Mapping
from typing import Final, TypeAlias

import asyncpg

from server.doctor.finding import Finding, bad, look
from server.ports import Clock
from storage import sql
from storage.login import Login, who
from storage.migrate import CannotMigrate, Mismatch, pending

_Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
_SQL: Final = sql.load("server.doctor")
_OLDEST: Final = 15
_APART: Final = 2.0  # seconds

_DURABLE: Final = ("fsync", "full_page_writes", "synchronous_commit")
_QUIET: Final[Mapping[str, frozenset[str]]] = {
    "log_statement": frozenset({"none"}),
    "log_min_error_statement": frozenset({"panic"}),
    "log_min_duration_statement": frozenset({"-1"}),
    "log_parameter_max_length": frozenset({"0"}),
    "log_parameter_max_length_on_error": frozenset({"0"}),
}


async def examine(connection: _Connection, *, clock: Clock) -> list[Finding]:
    """Look at the server, its settings, and the shape of the database."""
    server = await connection.fetchrow(_SQL["server"])
    assert server is not None  # noqa: S101 -- the statement always gives a row
    settings = {row["name"]: row["setting"] for row in await connection.fetch(_SQL["settings"])}
    return [
        _version(server),
        _login(await who(connection)),
        _durable(settings),
        _quiet(settings),
        _clock(server, clock),
        await _schema(connection),
    ]


def _version(server: asyncpg.Record) -> Finding:
    facts = {"version": server["version"]}
    if server["major"] < _OLDEST:
        return bad("database", "old", **facts)
    return Finding(check="database", facts=facts)


def _login(login: Login) -> Finding:
    """Forced row security and insert-only tables do not hold for a superuser.

    A thief of a login that may own tables could switch them off.
    """
    facts = {"name": login.name}
    if login.is_super:
        return bad("login", "super", **facts)
    return look("login", "owner", **facts) if login.may_own else Finding(check="login", facts=facts)


def _durable(settings: Mapping[str, str]) -> Finding:
    off = [name for name in _DURABLE if settings.get(name) == "off"]
    return bad("durable", "off", name=", ".join(off)) if off else Finding(check="durable")


def _quiet(settings: Mapping[str, str]) -> Finding:
    """Statements and parameters in the log of PostgreSQL would hold what people wrote."""
    loud = [name for name, quiet in _QUIET.items() if settings.get(name) not in quiet]
    return look("quiet", "loud", name=", ".join(loud)) if loud else Finding(check="quiet")


def _clock(server: asyncpg.Record, clock: Clock) -> Finding:
    apart = abs(server["now"] - clock().timestamp())
    if apart > _APART:
        return bad("clock", "apart", seconds=round(apart))
    return Finding(check="clock")


async def _schema(connection: _Connection) -> Finding:
    if not await connection.fetchval(_SQL["was_migrated"]):
        return look("schema", "empty")
    try:
        missing = await pending(connection)
    except CannotMigrate as error:
        is_newer = error.mismatch is Mismatch.NEWER
        return bad("schema", "newer" if is_newer else "changed", name=error.name)
    except asyncpg.InsufficientPrivilegeError:
        return bad("schema", "closed")
    if missing:
        return look("schema", "behind", count=len(missing))
    return Finding(check="schema")
