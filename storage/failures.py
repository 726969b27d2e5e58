"""What PostgreSQL refuses, in the program's own codes."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

import asyncpg

from crypto.errors import Code, Refused

# After the server died asyncpg may raise InternalClientError, which is in neither of its families.
_LOST = (
    asyncpg.InternalClientError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    OSError,
)


@contextmanager
def refusals(taken: Mapping[str, Code]) -> Generator[None]:
    """Turn a database's refusal into ours.

    A unique constraint gives its code from `taken`, else CONFLICT; a missing ticket or right
    gives FORBIDDEN; a lost connection or a full disk gives UNAVAILABLE, and then nobody knows
    whether the change was stored: retry only what carries its own id. SerializationError and
    DeadlockDetectedError pass through, since their answer is to load and decide again.
    """
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        raise Refused(taken.get(error.constraint_name or "", Code.CONFLICT)) from error
    except asyncpg.InsufficientPrivilegeError as error:
        raise Refused(Code.FORBIDDEN) from error
    except _LOST as error:
        raise Refused(Code.UNAVAILABLE) from error
