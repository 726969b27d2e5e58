"""Migrate a database before the new program starts.

Its address is in ENTAKU_DATABASE_URL; where that login only serves, the address of the one that
owns the database is in ENTAKU_MIGRATE_URL. Files may hold either, as for the server.
"""

import asyncio
import os
import sys
from typing import Final

import asyncpg

from cli.serve import ours_left_out
from server.settings import BadSetting, read
from server.troubles import tell
from storage.migrate import CannotMigrate, bring_up

_EXPECTED: Final = (
    BadSetting,
    CannotMigrate,
    OSError,
    asyncpg.InvalidAuthorizationSpecificationError,
)
"""What whoever runs it can mend; a migration that fails keeps its traceback."""

OK: Final = 0
CANNOT_MIGRATE: Final = 1
BAD_SETTING: Final = 2


def main() -> int:
    """Apply what is missing and name it."""
    try:
        settings = read(ours_left_out(os.environ))
        if settings.database_url is None:
            print("ENTAKU_DATABASE_URL がありません。 / ENTAKU_DATABASE_URL is not set.")
            return BAD_SETTING
        done, _ = asyncio.run(bring_up(settings.database_url, owner=settings.migrate_url))
    except _EXPECTED as error:
        print(*(tell(error, port=0) or ()), sep="\n")
        return BAD_SETTING if isinstance(error, BadSetting) else CANNOT_MIGRATE
    print(*done, sep="\n", end="\n" if done else "")
    return OK


if __name__ == "__main__":
    sys.exit(main())
