"""Starting and ending a node, and what is said when it cannot start."""

import asyncio
import errno
import json
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import asyncpg
import pytest

from server import __main__ as program
from server.__main__ import BAD_SETTING, CANNOT_START, serve
from server.settings import BadSetting, Flaw, Settings
from server.troubles import tell
from storage import embedded
from storage.embedded import CannotStart, Trouble
from storage.migrate import CannotMigrate, Mismatch
from storage.pool import OWNER, SERVER, Role
from tests.conftest import Cluster


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def until_ready(url: str) -> None:
    """Wait until a node is ready."""
    async with asyncio.timeout(30), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"{url}/readyz") as reply:
                    if reply.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)


async def test_a_node_serves_until_it_is_told_to_end(database: str, tmp_path: Path) -> None:
    """It migrates, listens, says so, and lets the port go."""
    port, ended = free_port(), asyncio.Event()
    settings = Settings(
        data=tmp_path,
        port=port,
        origin=f"http://127.0.0.1:{port}",
        database_url=database,
    )

    running = asyncio.create_task(serve(settings, ended=ended))
    await until_ready(settings.origin)
    ended.set()
    await running

    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    assert (tmp_path / "keys" / "setup").read_text()


async def test_a_taken_port_is_an_error_of_the_start(database: str, tmp_path: Path) -> None:
    """Everything that was opened is closed again."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = Settings(
            data=tmp_path,
            port=taken.getsockname()[1],
            database_url=database,
        )

        with pytest.raises(OSError, match="in use") as error:
            await serve(settings, ended=asyncio.Event())

    assert error.value.errno == errno.EADDRINUSE


def test_a_bad_setting_ends_the_program_with_two_sentences(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Japanese first, and its own exit code."""
    code = program.main({"ENTAKU_PORT": "http"})

    said = capsys.readouterr().err.splitlines()
    assert code == BAD_SETTING
    assert len(said) == 2
    assert all("ENTAKU_PORT" in line for line in said)


def test_an_unreachable_database_ends_the_program(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """One sentence in each language, no traceback."""
    url = f"postgresql://127.0.0.1:{free_port()}/entaku?sslmode=disable"
    code = program.main({"ENTAKU_DATABASE_URL": url, "ENTAKU_DATA": str(tmp_path)})

    assert code == CANNOT_START
    assert len(capsys.readouterr().err.splitlines()) == 2


TROUBLES: list[Exception] = [
    *(BadSetting("ENTAKU_X", flaw) for flaw in Flaw),
    *(CannotStart(trouble, folder=Path("data")) for trouble in Trouble),
    *(CannotMigrate(mismatch, "0001_roles.sql") for mismatch in Mismatch),
    *(OSError(number, "text") for number in (errno.EADDRINUSE, errno.ENOSPC, errno.EACCES)),
    ConnectionRefusedError(errno.ECONNREFUSED, "text"),
]


def _as(database: str, login: str) -> str:
    return database.replace("//postgres@", f"//{login}@")


async def _served(settings: Settings) -> None:
    """Start a node, and end it once it is ready."""
    ended = asyncio.Event()
    running = asyncio.create_task(serve(settings, ended=ended))
    ready = asyncio.create_task(until_ready(settings.origin))
    await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
    ended.set()
    await running
    await ready


@pytest.mark.parametrize(("login", "warned"), [(SERVER, False), (OWNER, True)])
async def test_serving_as_an_owner_is_warned_of_once(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], login: str, *, warned: bool
) -> None:
    """A login that only serves serves, and nothing is said."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    await _served(
        Settings(data=tmp_path, port=port, origin=origin, database_url=_as(database, login))
    )

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    told = [line["login"] for line in lines if line["event"] == "database.owner"]
    assert told == [login] * warned


@pytest.fixture
async def unmade(cluster: Cluster) -> AsyncIterator[str]:
    """A superuser's address of a database that no migration has touched."""
    name = f"test_{os.getpid()}_served"
    admin = await asyncpg.connect(cluster.dsn())
    await admin.execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE template0")
    yield cluster.dsn(name)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_a_node_migrates_as_the_owner_and_serves_as_the_other(
    unmade: str, tmp_path: Path
) -> None:
    """Without the second address it does not start where something is missing."""
    port = free_port()
    settings = Settings(
        data=tmp_path,
        port=port,
        origin=f"http://127.0.0.1:{port}",
        database_url=_as(unmade, SERVER),
    )
    with pytest.raises(CannotMigrate):
        await serve(settings, ended=asyncio.Event())

    await _served(replace(settings, migrate_url=_as(unmade, OWNER)))
    await _served(settings)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder of its own; not pytest's, which is closed to PostgreSQL's user under root."""
    folder = Path(tempfile.mkdtemp(prefix="entaku-serve-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


async def test_with_a_database_of_its_own_no_connection_is_an_owner_s(place: Path) -> None:
    """The owner migrated and went; whoever serves is the other login, each part in its role."""
    port, ended = free_port(), asyncio.Event()
    settings = Settings(data=place, port=port, origin=f"http://127.0.0.1:{port}")
    running = asyncio.create_task(serve(settings, ended=ended))
    await until_ready(settings.origin)

    dsn = await asyncio.to_thread(
        embedded.running, place / "postgres", "entaku", user=embedded.SUPERUSER
    )
    assert dsn is not None
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch(
        "SELECT DISTINCT usename::text, application_name FROM pg_stat_activity"
        " WHERE datname = 'entaku' AND pid <> pg_backend_pid() ORDER BY 2"
    )
    await connection.close()
    ended.set()
    await running

    assert [tuple(row) for row in rows] == [(SERVER, role) for role in sorted(Role)]


@pytest.mark.parametrize("error", TROUBLES, ids=repr)
def test_every_trouble_has_its_sentences(error: Exception) -> None:
    """With nothing left to fill in."""
    said = tell(error, port=8080)

    assert said is not None
    assert all(sentence and "{" not in sentence for sentence in said)
    assert not said[0].isascii()
    assert said[1].isascii()


def test_a_fault_of_ours_is_not_talked_away() -> None:
    """It keeps its traceback."""
    assert tell(KeyError("x"), port=8080) is None
