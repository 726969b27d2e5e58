"""The contract kept from outside: schemathesis against a node with a played sitting."""

import asyncio
from collections.abc import Callable
from functools import partial

from bench.fuzz.conformance import Asked, by_links, each_operation
from bench.fuzz.hall import Hall


async def _in_thread(ask: Callable[[Asked], int], hall: Hall, token: str | None) -> int:
    """Its client blocks; the node is in this thread."""
    asked = Asked(slug=hall.slug, port=hall.port, token=token)
    return await asyncio.to_thread(partial(ask, asked))


async def test_every_operation_keeps_its_contract(hall: Hall) -> None:
    """As a seated worker and as nobody: no 5xx, no undeclared status, type or shape."""
    tokens = await hall.tokens()
    for token in (tokens[0], None):
        assert await _in_thread(each_operation, hall, token) > 30

    assert hall.complaints.take() == []


async def test_links_lead_on_within_the_contract(hall: Hall) -> None:
    """From a list of rooms to a room, and from one answer to the next question."""
    tokens = await hall.tokens()

    assert await _in_thread(by_links, hall, tokens[0]) > 0
    assert hall.complaints.take() == []
