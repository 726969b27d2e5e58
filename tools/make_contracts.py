"""Write the contracts of the edges, as the service itself serves them.

python -m tools.make_contracts            writes docs/openapi.json and docs/asyncapi.json
python -m tools.make_contracts --check    fails when one is not what would be written
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from server.http import asyncapi, openapi
from server.http.docs import written
from server.http.table import CONTRACTS

FOLDER: Final = Path(__file__).parents[1] / "docs"


def documents() -> dict[str, bytes]:
    """Each file by its name."""
    return {
        "openapi.json": written(openapi.document(CONTRACTS)),
        "asyncapi.json": written(asyncapi.document()),
    }


def stale(folder: Path = FOLDER) -> list[str]:
    """Name the files that are not what would be written."""
    return [name for name, text in documents().items() if _held(folder / name) != text]


def _held(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def main(arguments: Sequence[str], folder: Path = FOLDER) -> int:
    """Write or check; 1 when a file is stale."""
    names = stale(folder)
    if "--check" in arguments:
        for name in names:
            print(f"docs/{name} is out of date: python -m tools.make_contracts", file=sys.stderr)
        return int(bool(names))
    for name in names:
        (folder / name).write_bytes(documents()[name])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
