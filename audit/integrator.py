"""The integrator of a log: gives entries their index, grows the tree, has it signed.

Any node may run it. An advisory lock keeps two from working at once, the primary key of the
leaves refuses the second if the lock should fail. The tree is committed before it is signed,
so a signature never covers what a crash could take back.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import asyncpg

from audit import merkle, tiles
from audit.signer import State
from audit.store import Log, read_tile
from audit.tiles import Edge, Tile, TileId
from crypto.errors import Code, Refused
from storage import sql
from storage.connection import Connection, Row
from storage.pool import Pool
from storage.transaction import transaction

BATCH: Final = 4096
"""Entries of one transaction."""

_SQL = sql.load("audit")
# A smaller tree than was signed has no proof at all: BAD_PROOF.
_NEVER_SIGNED = frozenset({Code.ROLLBACK, Code.EQUIVOCATION, Code.BAD_PROOF, Code.WRONG_NET})


class IntegrityBroken(Exception):
    """A log contradicts itself: sign nothing more, keep accepting entries, call a person."""

    def __init__(self, *, origin: str, what: str) -> None:
        super().__init__(origin, what)
        self.origin = origin
        self.what = what


class Signer(Protocol):
    """What signs one log; its calls may block (see `audit.signer.LogSigner`)."""

    def state(self) -> State:
        """Read what was signed last."""
        ...

    def sign(self, *, size: int, root: bytes, proof: Sequence[bytes], now_ms: int) -> bytes:
        """Sign a state of the log that extends the last."""
        ...


async def integrate_once(pool: Pool, log: Log, *, signer: Signer, now: datetime) -> int:
    """Integrate one batch and sign the newest tree; answer how many entries were integrated.

    Below `BATCH` the log is caught up. Answers 0 when another integrator is at work.

    Raises:
        IntegrityBroken: Stored bytes, hashes, tree and signer do not fit together.
        Refused: CLOCK or UNAVAILABLE from the signer.
        asyncpg.PostgresError, OSError: The database failed; nothing half is stored.
    """
    done = await integrate(pool, log, now=now)
    await sign(pool, log, signer=signer, now=now)
    return done


async def integrate(pool: Pool, log: Log, *, now: datetime, limit: int = BATCH) -> int:
    """Give indexes to new entries and store the grown tree, in one transaction."""
    try:
        async with transaction(pool) as connection:
            if not await _begin(connection, log):
                return 0
            return await _append_new(connection, log, now=now, limit=limit)
    except asyncpg.UniqueViolationError:
        return 0  # without a lock somebody else was faster; nothing of ours is stored


async def sign(pool: Pool, log: Log, *, signer: Signer, now: datetime) -> bool:
    """Have the newest committed tree signed and keep its checkpoint; False: nothing to sign."""
    async with transaction(pool) as connection:
        if not await _begin(connection, log):
            return False
        row = await connection.fetchrow(_SQL["unsigned_tree"], log.id)
        if row is None:
            return False
        note = await _signature(connection, log, tree=row, signer=signer, now=now)
        await connection.execute(_SQL["insert_checkpoint"], log.id, row["size"], note, now)
        return True


async def _begin(connection: Connection, log: Log) -> bool:
    """Enter the council and take the log's lock until the transaction ends."""
    await connection.execute(_SQL["enter"], log.council)
    locked: bool = await connection.fetchval(_SQL["lock_log"], log.id)
    return locked


async def _append_new(connection: Connection, log: Log, *, now: datetime, limit: int) -> int:
    system: int = await connection.fetchval(_SQL["system"])
    # A restore into another cluster starts transaction numbers anew: its cursor says nothing.
    cursor: int = await connection.fetchval(_SQL["cursor"], log.id, system) or 0
    rows = await connection.fetch(_SQL["new_entries"], log.id, cursor, limit)
    if not rows:
        return 0
    edge = await _edge(connection, log)
    hashes = [_checked_hash(row, log) for row in rows]
    grown, full = edge.append(hashes)
    numbers = [row["id"] for row in rows]
    await connection.execute(_SQL["insert_leaves"], log.id, edge.size, numbers, hashes)
    await _insert_tiles(connection, log, full)
    await connection.execute(_SQL["insert_tree"], log.id, grown.size, grown.root(), now)
    if len(rows) < limit:
        await connection.execute(_SQL["move_cursor"], log.id, rows[0]["horizon"], system)
    return len(rows)


def _checked_hash(row: Row, log: Log) -> bytes:
    """Hash the stored bytes again: what is signed must be what is served."""
    computed = merkle.leaf_hash(row["leaf"])
    if computed != row["leaf_hash"]:
        raise IntegrityBroken(origin=log.origin, what="leaf")
    return computed


async def _edge(connection: Connection, log: Log) -> Edge:
    """Rebuild the right edge from leaves and roots of tiles; it must give the stored root."""
    tree = await connection.fetchrow(_SQL["newest_tree"], log.id)
    size: int = 0 if tree is None else tree["size"]
    root: bytes = merkle.EMPTY_ROOT if tree is None else tree["root"]
    rows = await _edge_rows(connection, log, size=size)
    try:
        edge = Edge.resume(size=size, rows=rows)
    except Refused as error:
        raise IntegrityBroken(origin=log.origin, what="edge") from error
    if edge.root() != root:
        raise IntegrityBroken(origin=log.origin, what="root")
    return edge


async def _edge_rows(connection: Connection, log: Log, *, size: int) -> list[list[bytes]]:
    first = tiles.WIDTH * (size // tiles.WIDTH)
    levels = [await connection.fetch(_SQL["edge_leaves"], log.id, first)]
    for level in range(1, len(tiles.row_widths(size))):
        first = tiles.WIDTH * (size >> 8 * (level + 1))
        levels.append(await connection.fetch(_SQL["edge_tiles"], log.id, level - 1, first))
    found = [[row["hash"] for row in level] for level in levels]
    return found if size or found[0] else []


async def _insert_tiles(connection: Connection, log: Log, full: Sequence[Tile]) -> None:
    if full:
        await connection.execute(
            *(_SQL["insert_tiles"], log.id),
            *([tile.id.level for tile in full], [tile.id.index for tile in full]),
            *([tile.data for tile in full], [tile.root for tile in full]),
        )


async def _signature(
    connection: Connection, log: Log, *, tree: Row, signer: Signer, now: datetime
) -> bytes:
    now_ms, size = int(now.timestamp() * 1000), int(tree["size"])
    try:
        # The signer may be ahead of the checkpoints: a crash can come between the two.
        signed = (await asyncio.to_thread(signer.state)).latest.size
        proof = await _proof(connection, log, old=signed, size=size)
        return await asyncio.to_thread(
            signer.sign, size=size, root=tree["root"], proof=proof, now_ms=now_ms
        )
    except Refused as error:
        if error.code in _NEVER_SIGNED:
            raise IntegrityBroken(origin=log.origin, what=error.code.value) from error
        raise


async def _proof(connection: Connection, log: Log, *, old: int, size: int) -> list[bytes]:
    ranges = merkle.consistency_ranges(old=old, size=size)
    held: dict[TileId, bytes] = {}
    for tile in tiles.needed(ranges, size=size):
        held[tile] = await read_tile(connection, council=log.council, name=log.name, tile=tile)
    return merkle.prove(ranges, tiles.root_from_tiles(size=size, read=held.__getitem__))
