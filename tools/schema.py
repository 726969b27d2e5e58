"""Write schema.sql, the shape that the migrations lead to: `python -m tools.schema`."""

import asyncio
import re
import subprocess
import tempfile
from pathlib import Path

from storage import embedded
from storage.migrate import migrate
from storage.pool import ensure_database

FILE = Path(__file__).parents[1] / "schema.sql"
_HEAD = """\
-- The whole database in one file, to read. Written by `make schema` from migrations/, which are
-- what is applied; a test compares the two.

"""
# These change with PostgreSQL's patch version, with each run, or say nothing.
_NOISE = re.compile(
    r"\\(un)?restrict |-- (Dumped|PostgreSQL database dump)|--$"
    r"|SET \w+ = .*;$|SELECT pg_catalog\.set_config"
)


def dump(dsn: str) -> str:
    """Read the shape of a database, owners and rights included, rows not."""
    said = subprocess.run(  # noqa: S603 -- a fixed program with fixed options
        [embedded.tool("pg_dump"), "--schema-only", dsn], check=True, capture_output=True, text=True
    )
    lines = [line for line in said.stdout.splitlines(keepends=True) if not _NOISE.match(line)]
    while (text := "".join(lines)) != (squeezed := text.replace("\n\n\n", "\n\n")):
        lines = [squeezed]
    return _HEAD + text.strip() + "\n"


def main() -> None:
    """Migrate a database of its own and write its shape."""
    with (
        tempfile.TemporaryDirectory(prefix="entaku-schema-") as folder,
        embedded.start(Path(folder) / "data", profile=embedded.DISPOSABLE) as server,
    ):
        asyncio.run(_migrate(server))
        FILE.write_text(dump(server.dsn("entaku")), encoding="utf-8")
    print(FILE.name)


async def _migrate(server: embedded.Server) -> None:
    await ensure_database(server.dsn())
    await migrate(server.dsn("entaku", user="entaku"))


if __name__ == "__main__":
    main()
