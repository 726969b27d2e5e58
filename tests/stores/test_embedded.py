"""PostgreSQL of our own: it starts, keeps what it was given, and ends with its owner."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from storage import embedded
from storage.embedded import DISPOSABLE, CannotStart, Trouble

_OWNER = """
import sys
from pathlib import Path
from storage import embedded
server = embedded.start(Path(sys.argv[1]), profile=embedded.DISPOSABLE)
print("started", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that does not exist yet, with a path that needs quoting."""
    parent = Path(tempfile.mkdtemp(prefix="entaku-test-"))
    yield parent / "the chair's 資料"
    shutil.rmtree(parent)


def _ask(server: embedded.Server, statement: str) -> object:
    return asyncio.run(_fetch(server, statement))


async def _fetch(server: embedded.Server, statement: str) -> object:
    connection = await asyncpg.connect(server.dsn())
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def test_data_survives_a_restart(folder: Path) -> None:
    """What was committed before a stop is there after the next start."""
    with embedded.start(folder, profile=DISPOSABLE) as server:
        _ask(server, "CREATE TABLE kept AS SELECT 7 AS number")

    with embedded.start(folder, profile=DISPOSABLE) as server:
        assert _ask(server, "SELECT number FROM kept") == 7


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("log_min_error_statement", "panic"),
        ("log_error_verbosity", "terse"),
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
    ],
)
def test_people_s_data_is_kept_durably_and_quietly(
    durable: embedded.Server, setting: str, value: str
) -> None:
    """The profile for data waits for the disk, opens no port and logs no statement."""
    assert _ask(durable, f"SELECT current_setting('{setting}')") == value


@pytest.fixture(scope="module")
def durable() -> Iterator[embedded.Server]:
    """A server with the settings for people's data."""
    parent = Path(tempfile.mkdtemp(prefix="entaku-test-"))
    with embedded.start(parent / "data") as server:
        yield server
    shutil.rmtree(parent)


def test_the_log_holds_nothing_of_a_failed_statement(folder: Path) -> None:
    """Neither the text nor the parameters nor the key of a refused row reach the log."""
    with embedded.start(folder, profile=DISPOSABLE) as server:
        _ask(server, "CREATE TABLE word AS SELECT 'himitsu-1' AS it")
        _ask(server, "CREATE UNIQUE INDEX ON word (it)")
        with pytest.raises(asyncpg.UniqueViolationError):
            _ask(server, "INSERT INTO word VALUES ('himitsu-1')")
        with pytest.raises(asyncpg.DivisionByZeroError):
            _ask(server, "SELECT 'himitsu-2', 1/0")

    log = (folder / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "himitsu" not in log


def test_synchronous_commit_stays_on_for_tests(folder: Path) -> None:
    """The disposable profile forces nothing to the disk but keeps the order of commits."""
    with embedded.start(folder, profile=DISPOSABLE) as server:
        assert _ask(server, "SELECT current_setting('fsync')") == "off"
        assert _ask(server, "SELECT current_setting('synchronous_commit')") == "on"


def test_a_folder_serves_one_owner(folder: Path) -> None:
    """A second start on a folder in use is refused and does not disturb the first."""
    with embedded.start(folder, profile=DISPOSABLE) as server:
        with pytest.raises(CannotStart) as refusal:
            embedded.start(folder, profile=DISPOSABLE)

        assert refusal.value.trouble is Trouble.IN_USE
        assert server.is_running()


def test_stopping_twice_does_no_harm(folder: Path) -> None:
    """A stopped server can be told to stop again."""
    server = embedded.start(folder, profile=DISPOSABLE)
    server.stop()
    server.stop()

    assert not server.is_running()


def test_it_ends_with_a_killed_owner(folder: Path) -> None:
    """SIGKILL of the owner stops PostgreSQL, so the next owner can start at once."""
    with subprocess.Popen(  # noqa: S603 -- this test's own program
        [sys.executable, "-c", _OWNER, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"started\n"
        first = _process_id(folder)
        owner.send_signal(signal.SIGKILL)

    with embedded.start(folder, profile=DISPOSABLE):
        assert _process_id(folder) != first


def _process_id(folder: Path) -> int:
    return int((folder / "cluster" / "postmaster.pid").read_text().split()[0])


def test_a_lifeline_of_somebody_else_keeps_it_alive_and_ends_it(folder: Path) -> None:
    """With a pipe given, closing the pipe is what stops PostgreSQL."""
    read, write = os.pipe()
    server = embedded.start(folder, profile=DISPOSABLE, lifeline=read)
    os.close(read)
    assert server.is_running()

    os.close(write)

    server.wait(seconds=20)
    assert not server.is_running()
    server.stop()


def test_a_half_made_folder_is_made_anew(folder: Path) -> None:
    """Leftovers of an interrupted first start do not stand in the way."""
    (folder / "cluster.new").mkdir(parents=True)
    (folder / "cluster.new" / "PG_VERSION").write_text("18")

    with embedded.start(folder, profile=DISPOSABLE) as server:
        assert server.is_running()
    assert not (folder / "cluster.new").exists()


def test_another_major_version_is_refused(folder: Path) -> None:
    """A folder made by an older PostgreSQL is named as such and left as it is."""
    with embedded.start(folder, profile=DISPOSABLE):
        pass
    (folder / "cluster" / "PG_VERSION").write_text("16\n")

    with pytest.raises(CannotStart) as refusal:
        embedded.start(folder, profile=DISPOSABLE)

    assert refusal.value.trouble is Trouble.WRONG_VERSION


def test_a_file_in_the_folder_s_place_is_refused(folder: Path) -> None:
    """A place that cannot hold a folder is told apart from a broken PostgreSQL."""
    folder.parent.joinpath("file").write_text("")

    with pytest.raises(CannotStart) as refusal:
        embedded.start(folder.parent / "file" / "data")

    assert refusal.value.trouble is Trouble.NOT_WRITABLE


def test_broken_settings_are_told_with_the_end_of_the_log(folder: Path) -> None:
    """When PostgreSQL itself refuses to run, the refusal carries what it said."""
    broken = embedded.Profile(settings={"shared_buffers": "many"}, initdb=["--no-sync"])

    with pytest.raises(CannotStart) as refusal:
        embedded.start(folder, profile=broken)

    assert refusal.value.trouble is Trouble.FAILED
    assert "shared_buffers" in refusal.value.detail


def test_a_full_disk_is_told_as_such(folder: Path) -> None:
    """A disk too small for a cluster is recognised, and no half cluster stays behind."""
    folder.mkdir()
    tiny = embedded.Profile(settings={}, initdb=["--waldir=/dev/full/wal"])
    with pytest.raises(CannotStart):
        embedded.start(folder, profile=tiny)
    assert not list(folder.glob("cluster*"))

    refusal = embedded.failure(b"could not write: No space left on device\n", folder=folder)

    assert refusal.trouble is Trouble.DISK_FULL


def test_a_long_path_gets_a_private_folder_for_its_socket(folder: Path) -> None:
    """A path longer than a socket's name may be still works, and the socket stays private."""
    deep = folder / ("x" * 60) / ("y" * 60)

    with embedded.start(deep, profile=DISPOSABLE) as server:
        place = Path(server.dsn().partition("host=")[2].replace("%2F", "/"))
        assert place.parent == Path(tempfile.gettempdir())
        assert place.stat().st_mode & 0o077 == 0
    shutil.rmtree(place)


def test_an_unknown_program_is_missing() -> None:
    """Asking for a program the wheel does not hold names it."""
    with pytest.raises(CannotStart) as refusal:
        embedded.tool("pg_nothing")

    assert (refusal.value.trouble, refusal.value.detail) == (Trouble.MISSING, "pg_nothing")
