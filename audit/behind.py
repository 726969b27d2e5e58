"""How far a log's newest checkpoint is behind what was written."""

from dataclasses import dataclass

from audit.store import Log
from storage import sql
from storage.pool import Pool
from storage.transaction import transaction

_SQL = sql.load("audit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Entries that no checkpoint covers, the age of the oldest and of the checkpoint, in s."""

    entries: int
    oldest: float
    checkpoint: float


async def behind(pool: Pool, log: Log) -> Behind:
    """Look, as the integrator; asyncpg.PostgresError, OSError."""
    async with transaction(pool) as connection:
        await connection.execute(_SQL["enter"], log.council)
        row = await connection.fetchrow(_SQL["behind"], log.id)
    assert row is not None  # noqa: S101 -- one row in any case
    return Behind(entries=row["entries"], oldest=row["oldest"], checkpoint=row["checkpoint"])
