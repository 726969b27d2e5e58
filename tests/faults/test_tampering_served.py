"""What a superuser touched, as an auditor meets it over HTTP: refused, with the place named."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest
from aiohttp.test_utils import TestServer

from crypto import entropy
from crypto.errors import Fact, Refused
from protocol.vocabulary import AgencyKind, Cap
from sdk.auditor import Auditor
from sdk.session import Session
from sdk.transport import Http
from server.app import create_app
from server.settings import Settings
from tests.edges.people import ORIGIN
from tests.edges.sdk.town import COSTS, PASS, clock, make_town
from tests.faults.machine import quick_digits

Admin: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
ENTRIES = 6
TARGET = 3
_ENTRY = """
  SELECT l.entry_id FROM audit.leaf l JOIN audit.log g ON g.log_id = l.log_id
   WHERE g.name = 'ops' AND l.idx = $1
"""


@pytest.fixture
async def auditor(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Auditor]:
    """A signed-in auditor of a council with a few entries."""
    for module in ("sdk.enrol", "sdk.registrar"):
        monkeypatch.setattr(f"{module}.enrolment_digits", quick_digits)
    settings = Settings(data=tmp_path, origin=ORIGIN, log_level="error")
    app = await create_app(settings, dsn=database.replace("//postgres@", "//entaku_node@"))
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        setup = await asyncio.to_thread((tmp_path / "keys" / "setup").read_text)
        async with Http(url=url, slug="minato") as http:
            town = await make_town(http, setup=setup, folder=tmp_path / "vaults")
            watch = await town.agency(1, AgencyKind.AUDIT, [Cap.AUDIT])
            path = await town.enrol(watch, "auditor", [Cap.AUDIT])
            session = await Session.open(
                path, PASS, clock=clock(), entropy=entropy.system, costs=COSTS
            )
            try:
                for _ in range(ENTRIES):
                    await session.login()
                found = Auditor(session)
                await found.ask("audit.openings")  # waits until all of it is in the log
                yield found
            finally:
                await session.close()


async def place_told(auditor: Auditor, *, asking: bool) -> dict[str, Fact]:
    """What the auditor is refused with: facts, and the code."""
    try:
        await (auditor.ask("audit.openings") if asking else auditor.copy_ops())
    except Refused as refusal:
        return {"code": refusal.code.value, **refusal.facts}
    return {}


FACTS = {
    "wid": ("did", {"code": "BAD_PROOF", "why": "opening", "field": "actor"}),
    "purpose": ("'export'", {"code": "BAD_PROOF", "why": "opening", "field": "purpose"}),
    "to_dids": ("wid", {"code": "BAD_PROOF", "why": "opening", "field": "to"}),
    "key_ct": ("key_ct || 'x'", {"code": "BAD_TAG"}),
}


async def entry_at(admin: Admin, index: int) -> int:
    """The number of the entry at an index of the log of operations."""
    number: int = await admin.fetchval(_ENTRY, index)
    return number


async def test_a_fact_that_was_changed_is_named_to_the_auditor(
    auditor: Auditor, admin: Admin
) -> None:
    """By the index of its entry and the field whose commitment does not open to it."""
    target = await admin.fetchval(
        "SELECT l.idx FROM audit.leaf l JOIN audit.fact f USING (entry_id)"
        " WHERE f.purpose IS NOT NULL AND f.request IS NOT NULL ORDER BY l.idx LIMIT 1"
    )
    entry = await entry_at(admin, target)
    await admin.execute("ALTER TABLE audit.fact DISABLE TRIGGER ALL")
    for column, (value, told) in FACTS.items():
        before = await admin.fetchval(f"SELECT {column} FROM audit.fact WHERE entry_id = $1", entry)  # noqa: S608 -- names of this test
        await admin.execute(f"UPDATE audit.fact SET {column} = {value} WHERE entry_id = $1", entry)  # noqa: S608 -- as above
        facts = await place_told(auditor, asking=True)
        await admin.execute(
            f"UPDATE audit.fact SET {column} = $2 WHERE entry_id = $1",  # noqa: S608 -- as above
            *(entry, before),
        )
        assert facts.items() >= (told | {"index": target}).items()
    assert await place_told(auditor, asking=True) == {}


async def test_a_kind_that_was_changed_is_named_to_the_auditor(
    auditor: Auditor, admin: Admin
) -> None:
    """Also one that this program does not know."""
    entry = await entry_at(admin, TARGET)
    await admin.execute("ALTER TABLE audit.entry DISABLE TRIGGER ALL")
    await admin.execute("UPDATE audit.entry SET kind = 'unheard' WHERE id = $1", entry)

    facts = await place_told(auditor, asking=True)

    assert facts == {"code": "BAD_PROOF", "why": "kind", "index": TARGET}


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE audit.entry SET leaf = overlay(leaf PLACING '0' FROM 9) WHERE id = $1",
            {"code": "BAD_PROOF", "why": "root", "index": TARGET},
        ),
        ("DELETE FROM audit.leaf WHERE entry_id = $1", {"code": "BAD_PROOF", "why": "missing"}),
        ("DELETE FROM audit.entry WHERE id = $1", {"code": "BAD_PROOF", "why": "missing"}),
    ],
    ids=["leaf edited", "leaf deleted", "entry deleted"],
)
async def test_a_leaf_that_was_touched_is_named_to_the_auditor(
    auditor: Auditor, admin: Admin, statement: str, told: dict[str, Fact]
) -> None:
    """By the bundle, and the first index that the served tiles contradict."""
    entry = await entry_at(admin, TARGET)
    for table in ("entry", "leaf"):
        await admin.execute(f"ALTER TABLE audit.{table} DISABLE TRIGGER ALL")
    await admin.execute(statement, entry)

    facts = await place_told(auditor, asking=False)

    assert facts.items() >= (told | {"log": "ops"}).items()
    assert str(facts["place"]).startswith("tile/entries/000")


async def test_a_hash_beside_the_leaves_changes_nothing_that_is_taken_away(
    auditor: Auditor, admin: Admin
) -> None:
    """The auditor hashes leaves herself; that the table is wrong the inspection tells."""
    entry = await entry_at(admin, TARGET)
    await admin.execute("ALTER TABLE audit.leaf DISABLE TRIGGER ALL")
    await admin.execute("UPDATE audit.leaf SET leaf_hash = sha256('x') WHERE entry_id = $1", entry)

    assert await place_told(auditor, asking=False) == {}
