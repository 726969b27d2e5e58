"""The demo as a person runs it: real processes, a real PostgreSQL, in a folder of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.verify import verify_folder

ROOT = Path(__file__).parents[2]
PATIENCE = 240


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder; not pytest's own, which is closed to PostgreSQL's user under root."""
    path = Path(tempfile.mkdtemp(prefix="entaku-demo-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


def _demo(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ENTAKU_")}
    return subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-m", "cli.main", "demo", *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _run(folder: Path, *arguments: str) -> tuple[int, str, str]:
    process = _demo(folder, *arguments)
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


def _processes_in(folder: Path) -> list[str]:
    """Command lines of processes that still work in the folder."""
    found: list[str] = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").resolve().is_relative_to(folder.resolve()):
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue  # it ended meanwhile
    return found


@pytest.mark.timeout(PATIENCE)
def test_the_whole_story_holds_and_leaves_what_verifies(folder: Path) -> None:
    """Every expectation is checked; both exports verify; nothing that was started goes on."""
    code, out, err = _run(folder, "--once")

    assert (code, err) == (0, "")
    assert "8/8" in out
    export = folder / ".data" / "demo" / "export"
    for log in ("id", "ops"):
        vkey = (export / log / "vkey").read_text().strip()
        report = verify_folder(export / log, vkey=vkey)
        assert report.early_size is not None
        assert 0 < report.early_size < report.checkpoint.size
    assert "CREATE TABLE audit.entry" in (export / "dump.sql").read_text()
    assert _processes_in(folder) == []


@pytest.mark.timeout(PATIENCE)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "term"])
def test_an_interrupt_stops_everything_that_was_started(
    folder: Path, number: signal.Signals
) -> None:
    """Server, database and actors end with the director, in the middle of the story."""
    process = _demo(folder)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("1/8"):
            break
    assert len(_processes_in(folder)) > 2

    process.send_signal(number)
    process.communicate(timeout=PATIENCE)

    assert process.returncode == 130
    assert _processes_in(folder) == []


@pytest.mark.timeout(PATIENCE)
def test_a_taken_port_is_told_in_one_sentence(folder: Path) -> None:
    """Nothing is started, and the person learns what to do."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        code, _, err = _run(folder, "--once", "--port", str(port))

    assert code == 5
    assert err.count("\n") == 1
    assert str(port) in err
    assert _processes_in(folder) == []
