"""A full disk under a busy sitting: `python -m bench.disk`, as root, since it mounts a tmpfs.

PostgreSQL's folder lies on a small disk that is filled up while people write. What they are told
meanwhile is UNAVAILABLE; nothing is half stored; when there is room again they go on, after a
restart by the supervisor if PostgreSQL ended itself.
"""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from tests.edges.sdk.stage import hold
from tests.faults.busy import Busy, Flaws, at_work
from tests.faults.machine import Machine, people_at, running_machine

FILE: Final = Path(__file__).parent / "results" / "disk.json"
_SIZE: Final = "192m"
_PIECE: Final = 1 << 20
_REFUSALS: Final = 30


class Full(msgspec.Struct, frozen=True, kw_only=True):
    """What happened: refusals while it was full, and what was wrong at the end (all 0)."""

    acknowledged_before: int
    acknowledged: int
    refused: dict[str, int]
    database_ended: bool
    flaws: Flaws


@contextmanager
def small_disk(folder: Path) -> Generator[None]:
    """Lay a small disk under a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.parent.chmod(0o755)
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=0755", "tmpfs", str(folder)]
    subprocess.run(command, check=True)  # noqa: S603 -- a fixed program
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S603, S607 -- as above


def fill(folder: Path) -> Path:
    """Take all room that is left; the file that holds it."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(_PIECE))
        except OSError:
            return filler


async def measure() -> Full:
    """Fill the disk once, wait until people were refused, make room, and count."""
    with tempfile.TemporaryDirectory(prefix="entaku-disk-") as name:
        folder = Path(name)
        with small_disk(folder / "postgres"):
            async with (
                running_machine(folder) as machine,
                people_at(machine.node, machine.node.url, folder / "vaults") as cast,
            ):
                return await _suffer(machine, Busy(cast, await hold(cast)))


async def _suffer(machine: Machine, busy: Busy) -> Full:
    tally = busy.tally
    async with at_work(busy):
        await tally.grows(5)
        filler = await asyncio.to_thread(fill, machine.folder / "postgres")
        before = len(tally.acknowledged)
        await tally.is_refused(_REFUSALS)
        await asyncio.to_thread(filler.unlink)
        ended = not machine.postgres.is_running()
        if ended:
            await asyncio.to_thread(machine.postgres.stop)
            await machine.start_postgres()
        await tally.grows(5)
    flaws = await busy.flaws(machine.admin)
    await busy.require_level()
    return Full(
        acknowledged_before=before,
        acknowledged=len(tally.acknowledged),
        refused=dict(tally.refused),
        database_ended=ended,
        flaws=flaws,
    )


def main() -> int:
    """Run, print, save; 1 when something was lost, doubled or half stored."""
    found = asyncio.run(measure())
    text = msgspec.json.format(msgspec.json.encode(found), indent=2)
    FILE.write_bytes(text + b"\n")
    print(text.decode())
    return int(found.flaws != Flaws())


if __name__ == "__main__":
    sys.exit(main())
