"""The TypeScript side of the wire's structs is what the structs say now."""

from pathlib import Path

import pytest

from tools import make_types


def test_the_generated_types_are_fresh() -> None:
    """Whoever changes a struct runs `python -m tools.make_types`."""
    assert make_types.stale() == []


def test_check_names_a_stale_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--check` fails, and writing mends it."""
    monkeypatch.setattr(make_types, "WEB", tmp_path / "web" / "src")

    before = make_types.main(["--check"])
    named = capsys.readouterr().err
    wrote = make_types.main([])

    assert (before, wrote, make_types.main(["--check"])) == (1, 0, 0)
    assert "web/src/protocol/generated.ts is out of date" in named
