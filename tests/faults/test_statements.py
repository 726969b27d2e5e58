"""Each statement lost before or after it was done: what people were told is true all the same."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from crypto import entropy
from crypto.errors import Code, Refused
from protocol.vocabulary import AgencyKind, Cap
from sdk.auditor import Auditor
from sdk.session import Session
from sdk.transport import Http
from storage import sql
from tests.edges.sdk.stage import hold
from tests.edges.sdk.town import COSTS, PASS, Town, clock, make_town
from tests.faults.busy import Busy, Flaws, at_work
from tests.faults.machine import people_at, quick_digits
from tests.faults.pgwire import Lost, Wire, wired
from tests.faults.processes import Node

_PATIENCE = 30  # seconds
STATEMENTS = {
    name: text
    for package in ("audit", "identity", "conference")
    for name, text in sql.load(package).items()
} | {"begin": "BEGIN;", "end": "COMMIT;"}

SITTING = (
    *("commit", "note", "read", "snapshot", "rows", "listen", "unlisten", "listeners"),
    *("enter", "lock_log", "system", "cursor", "new_entries", "newest_tree", "edge_leaves"),
    *("insert_leaves", "insert_tree", "move_cursor", "unsigned_tree", "insert_checkpoint"),
    *("begin", "end", "tile_bytes", "newest_checkpoint", "find_leaf", "councils"),
    *("statements", "insert_tiles", "edge_tiles"),
)
"""What a sitting at work runs by itself: writing, reading, coming, going, the integrator, jobs."""

OFFICE = (
    *("keep_key", "admit", "pend", "waiting", "challenge", "take_challenge"),
    *("sealing_keys", "names", "query"),
)
"""What founding, enrolling, signing in and asking run."""

ELSEWHERE = {
    "committed": "when a change comes again; it is lost beside its change",
    "reserve": "once for a council, by whoever holds the setup token",
    "logs": "at the start of a node",
    "rooms": "at the start of a node",
    "beat": "after an hour in which nothing happened",
    "forget_live": "at the start of a node, and now and then",
    "move_gate": "by time alone",
    "behind": "by the figures that alarms look at",
    "leaves": "by a node that finds the log ahead of it, and by auditors",
    "rev": "by tests",
}
"""What neither of them runs, and who does."""


def test_every_statement_of_the_server_has_its_place() -> None:
    """A new one must be put into one of the three lists."""
    assert STATEMENTS.keys() == {*SITTING, *OFFICE, *ELSEWHERE}


@asynccontextmanager
async def node_behind_a_wire(database: str, folder: Path) -> AsyncGenerator[tuple[Node, Wire]]:
    """A node whose connections to a real PostgreSQL can be lost."""
    place = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="entaku-wire-"))
    real = parse_qs(urlsplit(database).query)["host"][0]
    login = database.replace("//postgres@", "//entaku_node@").replace(real, str(place))
    async with wired(place, Path(real)) as wire:
        node = Node(
            name="one",
            data=folder / "data",
            log=folder / "one.log",
            database=login,
            origin="http://entaku.test",
        )
        try:
            await node.start()
            yield node, wire
        finally:
            await node.kill()
    await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enrolling takes no time here."""
    for module in ("sdk.enrol", "sdk.registrar"):
        monkeypatch.setattr(f"{module}.enrolment_digits", quick_digits)


@pytest.mark.timeout(400)  # two thirds of a hundred faults on a machine that others use too
@pytest.mark.parametrize("lost", Lost)
async def test_a_sitting_survives_the_loss_of_each_statement(
    database: str, tmp_path: Path, lost: Lost
) -> None:
    """One after another, while people write, read, come and go: once each, in order, as told."""
    async with (
        node_behind_a_wire(database, tmp_path) as (node, wire),
        people_at(node, node.url, tmp_path / "vaults") as cast,
    ):
        busy = Busy(cast, await hold(cast))
        async with at_work(busy):
            for name in SITTING:
                await struck(wire, name, lost)
                await busy.tally.grows(1)
            again = wire.arm(STATEMENTS["committed"], lost)
            await struck(wire, "commit", Lost.AFTER)
            await asyncio.wait_for(again.wait(), _PATIENCE)
            await busy.tally.grows(1)
        wire.disarm()
        assert await busy.flaws(database) == Flaws()
        await busy.require_level()


async def struck(wire: Wire, name: str, lost: Lost) -> None:
    """Lose a statement that is about to be run by itself; the timeout names it."""
    async with asyncio.timeout(_PATIENCE):
        await wire.arm(STATEMENTS[name], lost).wait()


@pytest.mark.parametrize("lost", Lost)
async def test_an_office_survives_the_loss_of_each_statement(
    database: str,
    admin: "asyncpg.Connection[asyncpg.Record]",
    tmp_path: Path,
    lost: Lost,
) -> None:
    """People are certified, enrol and sign in; each statement of the log stands there once."""
    async with node_behind_a_wire(database, tmp_path) as (node, wire):
        setup = await asyncio.to_thread((node.data / "keys" / "setup").read_text)
        async with Http(url=node.url, slug="minato") as http:
            town = await make_town(http, setup=setup, folder=tmp_path)
            for number, name in enumerate(OFFICE, start=1):
                lost_there = wire.arm(STATEMENTS[name], lost)
                await office_day(town, number)
                assert lost_there.is_set(), name
            agencies = set(town.council.log.directory.agencies)
    sids = await admin.fetch("SELECT sid, typ FROM room.statement")
    workers = [row for row in sids if row["typ"] == "worker"]

    assert len(agencies) == len(workers) == len(OFFICE)
    assert len({row["sid"] for row in sids}) == len(sids)


async def office_day(town: Town, number: int) -> None:
    """An agency, a person and her device; then she signs in and sees names and the log."""
    agency = await town.agency(number, AgencyKind.AUDIT, [Cap.AUDIT])
    path = await town.enrol(agency, f"person {number}", [Cap.AUDIT])
    session = await Session.open(path, PASS, clock=clock(), entropy=entropy.system, costs=COSTS)
    try:
        await repeated(session.login)
        await repeated(lambda: session.council.names([session.me.wid]))
        await repeated(lambda: session.council.sealing_keys({session.certificate().body.ekh}))
        await repeated(lambda: Auditor(session).ask("audit.openings"))
    finally:
        await session.close()


async def repeated(deed: Callable[[], Awaitable[object]]) -> None:
    """Do something again when nobody knows whether it was done: with a nonce of its own each."""
    try:
        await deed()
    except Refused as refusal:
        if refusal.code is not Code.UNAVAILABLE:
            raise
        await deed()
