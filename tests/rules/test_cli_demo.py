import errno
import io
import socket
from pathlib import Path

import pytest

from cli.demo import lines, stage
from cli.demo.teller import Teller
from cli.exits import Exit
from cli.failures import Stop
from cli.shell import Shell
from crypto.errors import Code
from protocol.times import Instant

# ---------------------------------------------------------------- the folder


def test_a_second_run_finds_an_empty_stage(tmp_path: Path) -> None:
    """What an earlier run left is gone before the next one begins."""
    first = stage.prepare(tmp_path / "demo")
    (first.keys / "old").write_text("x")
    first.export.mkdir()
    first.lock.close()

    second = stage.prepare(tmp_path / "demo")

    assert list(second.keys.iterdir()) == []
    assert not second.export.exists()
    second.lock.close()


def test_two_demos_do_not_share_a_folder(tmp_path: Path) -> None:
    """The second is told that another is running, and touches nothing."""
    first = stage.prepare(tmp_path / "demo")
    (first.keys / "mine").write_text("x")

    with pytest.raises(Stop) as stop:
        stage.prepare(tmp_path / "demo")

    assert (stop.value.key, stop.value.exit) == ("demo.in-use", Exit.CANNOT_START)
    assert (first.keys / "mine").exists()
    first.lock.close()


def test_a_place_that_is_no_folder_is_told(tmp_path: Path) -> None:
    """A file where the folder should be is reported, not raised as a trace."""
    (tmp_path / "demo").write_text("x")

    with pytest.raises(Stop) as stop:
        stage.prepare(tmp_path / "demo")

    assert stop.value.key == "demo.not-writable"


@pytest.mark.parametrize(
    ("number", "key"),
    [
        (errno.ENOSPC, "demo.disk-full"),
        (errno.EDQUOT, "demo.disk-full"),
        (errno.EACCES, "demo.not-writable"),
    ],
)
def test_a_full_disk_is_told_from_a_closed_folder(number: int, key: str) -> None:
    """Each has its own sentence, since the person does something else about it."""
    stop = stage.disk_stop(OSError(number, "x"), Path("demo"))

    assert (stop.key, stop.exit) == (key, Exit.CANNOT_START)


# ---------------------------------------------------------------- the port


def test_a_free_port_is_taken_as_wished() -> None:
    """A wished port that is free is given; without a wish there is always one."""
    free = stage.choose_port(None)

    assert stage.choose_port(free) == free


def test_a_taken_port_is_refused() -> None:
    """The sentence names the port."""
    with socket.socket() as other:
        other.bind((stage.HOST, 0))
        other.listen()

        with pytest.raises(Stop) as stop:
            stage.choose_port(other.getsockname()[1])

    assert stop.value.values == {"port": stop.value.values["port"]}
    assert stop.value.key == "demo.port-taken"


def test_settings_of_another_server_do_not_leak_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's server is configured by the demo alone."""
    monkeypatch.setenv("ENTAKU_DATABASE_URL", "postgresql://elsewhere/")

    found = stage.environment({"ENTAKU_PORT": "1"})

    assert "ENTAKU_DATABASE_URL" not in found
    assert found["ENTAKU_PORT"] == "1"


def test_the_helper_runs_entaku_as_one_person(tmp_path: Path) -> None:
    """The script that is left for pasting names vault and passphrase; only its owner reads it."""
    folder = stage.prepare(tmp_path / "demo")

    helper = stage.write_helper(folder, passphrase="open sesame")

    text = helper.read_text()
    assert "open sesame" in text
    assert str(folder.keys.absolute()) in text
    assert helper.stat().st_mode & 0o777 == 0o700
    folder.lock.close()


# ---------------------------------------------------------------- lines and narration


def test_what_actors_say_comes_back_as_it_was() -> None:
    """Orders, reports and events survive the pipe."""
    args = {"case": "ab", "words": ["母"]}
    order = lines.Order(id=1, do="enter", args=args, rows={"ab": 71})
    said: list[lines.Report | lines.Event] = [
        lines.Report(id=1, result={"seq": 3}, rows={"ab": 71}),
        lines.Report(id=2, code="INVARIANT", facts={"main": 0}),
        lines.Event(name="gone", at=12.5, facts={"code": "BASIS_WITHDRAWN"}),
    ]

    assert lines.read_order(lines.encode(order)) == order
    assert [lines.read_answer(lines.encode(each)) for each in said] == said


def test_a_line_is_one_line() -> None:
    """Line breaks inside words do not cut a message in two."""
    report = lines.Report(id=1, result="一行目\n二行目")

    assert lines.encode(report).count(b"\n") == 1


def _teller(*, lang: str = "ja") -> tuple[Teller, io.StringIO]:
    out = io.StringIO()
    shell = Shell(now=lambda: Instant(0), lang="ja" if lang == "ja" else "en", out=out)
    return Teller(shell), out


def test_a_refusal_is_told_with_its_sentence_and_code() -> None:
    """The audience reads what the person on the stage reads."""
    teller, out = _teller()

    teller.refused("江口", Code.CATEGORY_NOT_COVERED)

    assert "江口 ✗ この種類の情報は" in out.getvalue()
    assert "(CATEGORY_NOT_COVERED)" in out.getvalue()


def test_expectations_are_counted() -> None:
    """The end of the story says how many held."""
    teller, out = _teller(lang="en")

    teller.confirm("k104.cut", who="M", ms=40, limit=2000)

    assert teller.checks == 1
    assert "✓ M lost the room after 40 ms" in out.getvalue()
    assert "\x1b" not in out.getvalue()
