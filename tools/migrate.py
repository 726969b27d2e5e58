"""Migrate the database named in ENTAKU_DATABASE_URL; run it before the new program starts."""

import asyncio
import os
import sys

from storage.migrate import CannotMigrate, migrate


def main() -> int:
    """Apply what is missing and name it."""
    dsn = os.environ.get("ENTAKU_DATABASE_URL")
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


if __name__ == "__main__":
    sys.exit(main())
