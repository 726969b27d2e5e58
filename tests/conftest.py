"""What tests share: one PostgreSQL a run, one database a test, no network, no blocking calls.

The first worker that needs PostgreSQL starts it; all workers use it. It hangs on a named pipe
that the controlling process holds open, so it ends with the run however that ends.
"""

import asyncio
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

import asyncpg
import pytest
from blockbuster import BlockBuster
from hypothesis import settings

from storage import embedded
from storage.migrate import migrate
from storage.pool import OWNER, SERVER, Pool, Role, ensure_database, open_pool

_FOLDER = pytest.StashKey[Path]()
_LIFELINE = pytest.StashKey[int]()
_TEMPLATE = "template_entaku"
_NUMBER = count()
_STARTED: list[embedded.Server] = []  # kept to the end of this process; the pipe ends it
_LOOP_PACKAGES = [
    "storage",
    "audit",
    "identity",
    "agenda",
    "consent",
    "conference",
    "server",
    "sdk",
]


settings.register_profile("entaku", deadline=None)  # speed is measured by the bench, not here
settings.load_profile("entaku")


# ---------------------------------------------------------------- the run


class _Node(Protocol):
    """A worker as pytest-xdist's controller sees it."""

    config: pytest.Config
    workerinput: dict[str, str]


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder of the run and hold its pipe; a worker is told by its controller."""
    told: dict[str, str] | None = getattr(config, "workerinput", None)
    if told is not None:
        config.stash[_FOLDER] = Path(told["entaku_folder"])
        return
    # Not under pytest's own temporary folder, which is closed to PostgreSQL's user under root.
    folder = Path(tempfile.mkdtemp(prefix="entaku-test-"))
    os.mkfifo(folder / "lifeline")
    config.stash[_FOLDER] = folder
    config.stash[_LIFELINE] = os.open(folder / "lifeline", os.O_RDWR)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: _Node) -> None:
    """Tell a worker of pytest-xdist where the folder of the run is."""
    node.workerinput["entaku_folder"] = str(node.config.stash[_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of the pipe, wait until PostgreSQL has gone, leave nothing behind."""
    if _LIFELINE not in config.stash:
        return
    os.close(config.stash[_LIFELINE])
    for server in _STARTED:  # by this process itself, in a run without workers
        server.stop()
    folder = config.stash[_FOLDER]
    note = folder / "postgres" / "cluster" / "postmaster.pid"
    for _ in range(200):
        if not note.exists():
            break
        time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _no_blocking_calls() -> Iterator[None]:
    """A blocking call of our code inside an event loop fails its test."""
    guard = BlockBuster(_LOOP_PACKAGES)
    for function in ("os.stat", "io.BufferedReader.read", "io.TextIOWrapper.read"):
        # asyncpg looks for a password file while it connects, once per connection.
        guard.functions[function].can_block_in(
            "asyncpg/connect_utils.py", "_parse_connect_dsn_and_args"
        )
    guard.activate()
    yield
    guard.deactivate()


# ---------------------------------------------------------------- PostgreSQL


@dataclass(frozen=True, slots=True)
class Cluster:
    """The PostgreSQL of the run; `pattern` is an address with gaps for user and database."""

    pattern: str

    def dsn(self, database: str = "postgres", *, user: str = "postgres") -> str:
        """The address of one database, as the superuser unless somebody else is named."""
        return self.pattern.replace("USER", user).replace("DATABASE", database)


@contextmanager
def _alone(path: Path) -> Generator[None]:
    with path.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config) -> Cluster:
    """The PostgreSQL of the run, started by whoever comes first, with a migrated template."""
    folder = pytestconfig.stash[_FOLDER]
    note = folder / "pattern"
    with _alone(folder / "starting"):
        if not note.exists():
            note.write_text(_start(folder))
        return Cluster(note.read_text())


def _start(folder: Path) -> str:
    lifeline = os.open(folder / "lifeline", os.O_RDONLY)
    try:
        server = embedded.start(folder / "postgres", profile=embedded.DISPOSABLE, lifeline=lifeline)
    finally:
        os.close(lifeline)
    _STARTED.append(server)
    pattern = server.dsn("DATABASE", user="USER")
    asyncio.run(_make_template(Cluster(pattern)))
    return pattern


async def _make_template(cluster: Cluster) -> None:
    """Migrate as the login that a real installation uses, for the one that serves."""
    await ensure_database(cluster.dsn())
    await _administer(cluster, f"CREATE DATABASE {_TEMPLATE} OWNER {OWNER} TEMPLATE template0")
    await migrate(cluster.dsn(_TEMPLATE, user=OWNER), serving=SERVER)


async def _administer(cluster: Cluster, statement: str) -> None:
    connection = await asyncpg.connect(cluster.dsn())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
async def database(cluster: Cluster) -> AsyncIterator[str]:
    """A superuser's address of a database of its own for one test: migrated and empty."""
    name = f"test_{os.getpid()}_{next(_NUMBER)}"
    await _administer(
        cluster,
        f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY",
    )
    yield cluster.dsn(name)
    await _administer(cluster, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def admin(database: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """A superuser's connection to the test's database, for arranging and for attacks."""
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


def _as_login(dsn: str) -> str:
    return dsn.replace("//postgres@", "//entaku_node@")


@pytest.fixture
async def app_pool(database: str) -> AsyncIterator[Pool]:
    """Connections with the rights of the application."""
    async with await open_pool(_as_login(database), role=Role.APP) as pool:
        yield pool


@pytest.fixture
async def integrator_pool(database: str) -> AsyncIterator[Pool]:
    """Connections with the rights of the log's integrator."""
    async with await open_pool(_as_login(database), role=Role.INTEGRATOR, most=2) as pool:
        yield pool


@pytest.fixture
async def auditor_pool(database: str) -> AsyncIterator[Pool]:
    """Connections with the rights of the auditor."""
    async with await open_pool(_as_login(database), role=Role.AUDITOR, most=2) as pool:
        yield pool
