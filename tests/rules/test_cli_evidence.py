"""`entaku audit evidence`, on files that the page's own code wrote."""

import json
from pathlib import Path

import msgspec
import pytest

from audit.archive import LIMIT, write
from cli.exits import Exit
from cli.main import run
from protocol import statement
from protocol.payloads import Root
from tests.world import World
from tools.make_vectors.cases import FOLDER

CASES = {
    case["id"]: bytes.fromhex(case["in"]["zip"])
    for case in json.loads((FOLDER / "ts-15-evidence.json").read_text(encoding="utf-8"))["cases"]
}
NET = "KxbVPIQc2XlbleHhgAjRHGxPyCKav6S8VsTdsflH68c"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Where a page saved its evidence."""
    return tmp_path / "entaku-evidence.zip"


def test_a_proof_says_who_what_and_when(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In Japanese: the council, the case, the rows, the times, and how far it reaches."""
    saved.write_bytes(CASES["every kind"])

    assert run(["audit", "evidence", str(saved)], {}) is Exit.OK
    said = capsys.readouterr().out
    assert said.startswith("証明できました。")
    assert "水瀬市 支援会議(https://entaku.example.jp)" in said
    assert f"指紋 {NET}" in said
    assert "公表している指紋と同じことを確かめてください" in said
    assert "証拠 1 [EQUIVOCATION] 証明になります" in said
    assert f"2026-11-21 18:42 知らせ(head):事例 {bytes(range(30, 46)).hex()} の 12 行目" in said
    assert "証拠 9 [ROLLBACK] 証明になりません" in said


def test_a_record_for_programs(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every pair with its verdict and both words."""
    saved.write_bytes(CASES["every kind"])

    assert run(["audit", "evidence", str(saved), "--json", "--net", NET], {}) is Exit.OK
    told = json.loads(capsys.readouterr().out)
    first = told["pairs"][0]
    assert told["proven"] is True
    assert told["council"]["net"] == NET
    assert [pair["proven"] for pair in told["pairs"]].count(True) == 5
    assert (first["why"], first["first"]["seq"], first["first"]["size"]) == ("forked", 12, 44)
    assert first["first"]["at"] == first["second"]["at"] == "2026-11-21T09:42:00Z"
    assert told["pairs"][-1]["second"] is None


def test_a_known_fingerprint_is_compared(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Then nobody has to; another council's evidence is refused."""
    saved.write_bytes(CASES["every kind"])

    assert run(["audit", "evidence", str(saved), "--net", NET], {}) is Exit.OK
    assert "公表している" not in capsys.readouterr().out
    assert run(["audit", "evidence", str(saved), "--net", NET[::-1]], {}) is Exit.REFUSED
    assert "WRONG_NET" in capsys.readouterr().err


@pytest.mark.parametrize("case", ["no roots", "the second root first", "nothing"])
def test_no_proof_ends_with_one(case: str, saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Readable, and nothing is proved; also where a fingerprint is given and no council is."""
    saved.write_bytes(CASES[case])

    assert run(["audit", "evidence", str(saved), "--net", NET], {}) is Exit.REFUSED
    assert capsys.readouterr().out.startswith("この証拠だけでは")


@pytest.mark.parametrize("data", [b"", b"PK", CASES["every kind"][:-1], bytes(LIMIT + 1)])
def test_another_file_ends_with_two(
    data: bytes, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a code for programs and what to do for people."""
    saved.write_bytes(data)

    assert run(["audit", "evidence", str(saved), "--json"], {}) is Exit.USAGE
    told = json.loads(capsys.readouterr().err)
    assert told["code"] == ("OVERSIZE" if len(data) > LIMIT else "BAD_PROOF")
    assert "圧縮し直したりせずに" in told["message"]


def test_a_file_cannot_steer_the_terminal(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its maker chose the council's name: escapes, line ends and turned text are shown as such."""
    world = World()
    assert isinstance(world.root.body, Root)
    body = msgspec.structs.replace(world.root.body, name="市\x1b[2J\n\u202e　会")
    made = statement.compose(body)
    signatures = [statement.sign(made, key) for key in world.root_keys[:2]]
    root = ("roots/000.json", statement.to_dsse(made, signatures))
    saved.write_bytes(write([("README.txt", b""), root]))

    assert run(["audit", "evidence", str(saved)], {}) is Exit.REFUSED
    assert "市\ufffd[2J\ufffd\ufffd　会" in capsys.readouterr().out
