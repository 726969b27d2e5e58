"""A council with its logs for every test of a store."""

import pytest

from storage.pool import Pool
from tests.stores.world import OTHER_COUNCIL, World


@pytest.fixture
async def world(app_pool: Pool) -> World:
    """One council, reserved, with the application's rights."""
    made = World(app_pool)
    await made.reserve()
    return made


@pytest.fixture
async def other_world(app_pool: Pool) -> World:
    """A second council on the same server."""
    made = World(app_pool, council=OTHER_COUNCIL)
    await made.reserve()
    return made
