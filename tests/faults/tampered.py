"""Two logs that have everything a tamperer could touch, and a superuser's hand on them."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias
from uuid import UUID

import asyncpg

from audit import merkle
from audit.entry import Entry, Kind
from audit.integrator import integrate_once
from audit.note import Signer
from audit.signer import LogSigner
from audit.store import Written, logs, to_bytes
from crypto.errors import Code
from crypto.hashing import sha256
from crypto.signing import SigningKey
from identity import store as identity_store
from identity.model import Origins
from protocol.ids import CaseId, Did, Digest, Hash, Sid, Wid
from protocol.leaf import beat
from storage.pool import Role, open_pool
from tests.stores.world import hash32, id16

Admin: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

COUNCIL: Final = UUID(int=1)
OPS: Final = "minase.example/ops"
IDENT: Final = "minase.example/id"
KEY: Final = SigningKey.from_seed(hash32("log key"))
SIGNERS: Final = {name: Signer(name=f"minase.example/{name}", key=KEY) for name in ("id", "ops")}
VKEYS: Final = tuple(signer.verifier.vkey for signer in SIGNERS.values())
BATCHES: Final = (5, 300, 215)
"""Entries of each log between two checkpoints: sizes 5, 305, 520; two full tiles."""

_CASES: Final = (CaseId(id16("one case")), CaseId(id16("another case")))
_NOTE: Final = """
  SELECT audit.note($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
"""


def _entry(n: int, now: datetime) -> Written:
    """A read, with every field of an entry; now and then a refusal."""
    facts = Entry(
        kind=Kind.DENIED if n % 20 == 9 else Kind.READ,
        at_ms=int(now.timestamp() * 1000),
        id=id16(f"entry {n}"),
        actor=Wid(id16(f"worker {n % 5}")),
        case=_CASES[n % 2],
        objects=(b"sum", b"op"),
        recipients=(id16("device"), id16("another device")),
        purpose="view",
        basis=Sid(hash32("basis")),
        reason=Code.OUT_OF_SCOPE if n % 20 == 9 else None,
        bound=(hash32(f"row {n}"),),
        request=Digest(Hash(sha256(f"request {n}".encode()))),
    )
    return Written.write(facts, key=hash32(f"key {n}"), audit_key=hash32("a"), nonce=bytes(24))


def _row(n: int, now: datetime) -> tuple[object, ...]:
    """Arguments of audit.note; the kept request is what the leaf's hash is of."""
    written = _entry(n, now)
    entry = written.entry
    assert entry.case is not None
    return (
        *(COUNCIL, entry.kind.value, written.leaf, entry.case, written.key_ct),
        *(Did(id16("device")), entry.actor, id16("agency"), entry.case, 7),
        *(list(entry.objects), b"".join(entry.bound), to_bytes(entry.recipients), entry.basis),
        *(entry.purpose, "" if entry.reason is None else entry.reason.value),
        *(f"request {n}".encode(), id16(f"nonce {n}")),
    )


def signers_in(folder: Path) -> dict[str, LogSigner]:
    """A signer of each log that has signed the empty log."""
    signers = {name: LogSigner(path=folder / name, key=key) for name, key in SIGNERS.items()}
    for signer in signers.values():
        signer.adopt(size=0, root=merkle.EMPTY_ROOT, now_ms=0)
    return signers


async def build(dsn: str, signers: Mapping[str, LogSigner]) -> None:
    """Fill both logs in three batches, each integrated and signed."""
    admin = await asyncpg.connect(dsn)
    origins = Origins(id_origin=IDENT, id_vkeys=VKEYS[:1], ops_origin=OPS, ops_vkeys=VKEYS[1:])
    await identity_store.reserve(admin, council=COUNCIL, slug="minase", origins=origins)
    for case in _CASES:
        await admin.execute("SELECT audit.keep_key($1, $2, $3)", COUNCIL, case, case * 2)
    start = 0
    for count in BATCHES:
        await append(dsn, signers, range(start, start + count))
        start += count
    await admin.close()


async def append(dsn: str, signers: Mapping[str, LogSigner], numbers: Sequence[int]) -> None:
    """Write entries of these numbers into both logs, integrated and signed."""
    admin = await asyncpg.connect(dsn)
    await _batch(admin, numbers)
    await admin.close()
    login = dsn.replace("//postgres@", "//entaku_node@")
    async with await open_pool(login, role=Role.INTEGRATOR, most=2) as pool:
        for log in await logs(pool):
            now = datetime.now(UTC)  # noqa: TID251 -- compared with the database's clock
            await integrate_once(pool, log, signer=signers[log.name], now=now)


async def _batch(admin: Admin, numbers: Sequence[int]) -> None:
    now = datetime.now(UTC)  # noqa: TID251 -- compared with the database's clock
    async with admin.transaction():
        await admin.executemany(_NOTE, [_row(n, now) for n in numbers])
    later = [int((now + timedelta(milliseconds=n)).timestamp() * 1000) for n in numbers]
    async with admin.transaction():
        await admin.executemany(
            "SELECT audit.beat($1, $2)", [(COUNCIL, beat(t).encode()) for t in later]
        )


@asynccontextmanager
async def tampering(dsn: str, *statements: str) -> AsyncGenerator[Admin]:
    """Do something as a superuser who switches every trigger off; it is taken back afterwards."""
    admin = await asyncpg.connect(dsn)
    attempt = admin.transaction()
    await attempt.start()
    try:
        for table in await tables(admin):
            await admin.execute(f"ALTER TABLE audit.{table} DISABLE TRIGGER ALL")
        for statement in statements:
            await admin.execute(statement)
        yield admin
    finally:
        await attempt.rollback()
        await admin.close()


async def tables(admin: Admin) -> list[str]:
    """All tables of the schema."""
    rows = await admin.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'audit'")
    return sorted(row["tablename"] for row in rows)
