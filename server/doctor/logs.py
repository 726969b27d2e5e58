"""The logs of each council: their keys are here, and what was signed last is still there."""

import asyncio
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Final

from audit.store import AuditLog, Log, SignedTree, logs
from crypto.errors import Code, Refused
from identity import store
from server.custody import Custody, LogKeys
from server.doctor.finding import Finding, bad, look
from server.ports import Clock
from storage.pool import Pool

_BEAT: Final = timedelta(hours=2)
"""A log that nobody writes to is signed anew every hour."""

_NO_KEYS: Final = bytes(32)


async def examine(pool: Pool, *, keys: Path, clock: Clock) -> list[Finding]:
    """One finding for each log, and one where there is no council yet."""
    names = {row.id: row.slug for row in await store.councils(pool)}
    if not names:
        return [Finding(check="logs", state="none")]
    custody = Custody(keys, srv=_NO_KEYS, token=_NO_KEYS, wrapping=_NO_KEYS)
    found = list[Finding]()
    ours = [log for log in await logs(pool) if log.council in names]
    for council, each in groupby(sorted(ours, key=_by_council), key=lambda log: log.council):
        found += await _council(list(each), pool, custody, (names[council], clock))
    return found


def _by_council(log: Log) -> tuple[str, str]:
    return log.council.hex, log.name


async def _council(
    ours: list[Log], pool: Pool, custody: Custody, named: tuple[str, Clock]
) -> list[Finding]:
    origins = {log.name: log.origin for log in ours}
    try:
        names = (origins["id"], origins["ops"])
        kept = await asyncio.to_thread(custody.logs, ours[0].council, names=names)
    except FileNotFoundError:
        return [bad("logs", "keyless", slug=named[0])]
    audit = AuditLog(pool, council=ours[0].council)
    trees = [await audit.newest_checkpoint(log.name) for log in ours]
    return [
        await asyncio.to_thread(_log, log, kept, tree, named)
        for log, tree in zip(ours, trees, strict=True)
    ]


def _vkey(kept: LogKeys, log: Log) -> str:
    (vkey,) = kept.origins.id_vkeys if log.name == "id" else kept.origins.ops_vkeys
    return vkey


def _log(log: Log, kept: LogKeys, tree: SignedTree | None, named: tuple[str, Clock]) -> Finding:
    slug, clock = named
    facts: dict[str, object] = {"slug": slug, "log": log.name}
    signer = kept.signers[log.name]
    if _vkey(kept, log) not in log.vkeys:
        return bad("logs", "otherkey", **facts)
    try:
        state = signer.state()
    except Refused as refusal:
        forgot = refusal.code is Code.UNAVAILABLE
        return bad("logs", "forgot" if forgot else "damaged", **facts)
    size = 0 if tree is None else tree.size
    facts |= {"signed": state.latest.size, "size": size}
    if size < state.latest.size:
        return bad("logs", "rolledback", **facts)
    if tree is not None and size == state.latest.size and tree.root != state.latest.root:
        return bad("logs", "another", **facts)
    if tree is not None and clock() - tree.at > _BEAT:
        return look("logs", "still", since=f"{tree.at:%Y-%m-%d %H:%M} UTC", **facts)
    return Finding(check="logs", facts=facts)
