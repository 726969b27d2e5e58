"""Migrate a database before the new program starts.

Its address is in ENTAKU_DATABASE_URL, or in the file that ENTAKU_DATABASE_URL_FILE names.
"""

import asyncio
import os
import sys
from pathlib import Path

from storage.migrate import CannotMigrate, migrate


def main() -> int:
    """Apply what is missing and name it."""
    dsn = _address()
    if not dsn:
        print("ENTAKU_DATABASE_URL がありません。 / ENTAKU_DATABASE_URL is not set.")
        return 2
    try:
        for name in asyncio.run(migrate(dsn)):
            print(name)
    except CannotMigrate as error:
        print(f"{error.mismatch}: {error.name}")
        return 1
    return 0


def _address() -> str:
    file = os.environ.get("ENTAKU_DATABASE_URL_FILE")
    return Path(file).read_text().strip() if file else os.environ.get("ENTAKU_DATABASE_URL", "")


if __name__ == "__main__":
    sys.exit(main())
