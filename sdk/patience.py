"""Waiting as the server tells.

A limit of its edge has judged nothing, so the same bytes may be sent again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from crypto.errors import Code, Refused

TRIES: Final = 6
LONGEST: Final = 10_000  # ms
SECOND: Final = 1000

A = TypeVar("A")


def told_wait(refusal: Refused) -> int | None:
    """How many ms to wait before the same may be sent again; None if it was judged.

    A rule of a room is called RATE_LIMITED too, and tells no time.
    """
    wait = refusal.facts.get("wait")
    if refusal.code is not Code.RATE_LIMITED or not isinstance(wait, int):
        return None
    return min(max(wait, 1), LONGEST)


async def patiently(send: Callable[[], Awaitable[A]]) -> A:
    """Send, and while told to wait, wait and send again.

    Raises:
        Refused: UNAVAILABLE in the end, as for every outcome that is not known: an earlier
            attempt of the caller may have been stored.
    """
    for _ in range(TRIES):
        try:
            return await send()
        except Refused as refusal:
            wait = told_wait(refusal)
            if wait is None:
                raise
        await asyncio.sleep(wait / SECOND)
    raise Refused(Code.UNAVAILABLE, why="busy")
