"""Where the server's processor time goes while a section is shared."""

import asyncio
import signal
import time
from pathlib import Path
from typing import Final

import msgspec

from bench import share

_PATIENCE: Final = 10.0


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Shares of the server's processor time by layer, largest first."""

    members: int
    samples: int
    shares: dict[str, float]


async def measure(dsn: str, folder: Path, *, members: int, count: int) -> Profile:
    """Share `count` versions from each sender in a server that samples itself."""
    file = folder / "samples.json"
    server = ("-m", "bench.profiled", str(file))
    async with share.ours(dsn, folder, most=members, server=server) as pair:
        await pair.load.ask("make", members=members)
        await pair.load.ask("enter", members=members)
        await pair.load.ask("prepare", count=count)
        pair.server.process.send_signal(signal.SIGUSR1)
        await pair.load.ask("flood")
        pair.server.process.send_signal(signal.SIGUSR2)
        return _profile(members, await asyncio.to_thread(_counts, file))


def _counts(file: Path) -> dict[str, int]:
    """Read what the server wrote when it was told to end, a moment after."""
    deadline = time.monotonic() + _PATIENCE
    while not file.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(file.name)
        time.sleep(0.05)
    return msgspec.json.decode(file.read_bytes(), type=dict[str, int])


def _profile(members: int, counts: dict[str, int]) -> Profile:
    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return Profile(
        members=members,
        samples=total,
        shares={name: count / total for name, count in ordered},
    )
