"""A played sitting behind real doors, whose requests are changed a little."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bench.fuzz.hall import Hall, open_hall
from tests.edges.sdk.conftest import quick_digits


@pytest.fixture
async def hall(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Hall]:
    """A node with a sitting under way."""
    for module in ("sdk.enrol", "sdk.registrar"):
        monkeypatch.setattr(f"{module}.enrolment_digits", quick_digits)
    login = database.replace("//postgres@", "//entaku_node@")
    async with asyncio.timeout(90), open_hall(login, tmp_path / "node") as hall:
        yield hall
