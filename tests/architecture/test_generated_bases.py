"""The browser's register of bases is that of `consent/bases.toml`."""

import json
import re

import pytest

from consent.register import load
from tools import make_bases_ts as maker


def test_the_register_of_the_browser_is_what_its_maker_writes() -> None:
    """Nobody edits it by hand, and nobody forgets to write it anew."""
    assert maker.main(["--check"]) == 0


def test_a_stale_register_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older file, or none, is told apart from the right one."""
    other = tmp_path_factory.mktemp("web") / "bases.generated.ts"
    monkeypatch.setattr(maker, "FILE", other)

    assert maker.main(["--check"]) == 1
    other.write_text("export const BASES = {};\n", encoding="utf-8")
    assert maker.main(["--check"]) == 1
    assert maker.main([]) == 0
    assert maker.main(["--check"]) == 0


def test_every_basis_and_every_cell_is_handed_on() -> None:
    """The text holds the whole matrix and every basis, in the file's order."""
    written = maker.text(load())
    rows = re.findall(r'^    "([^"]+)": (.+),$', written, re.MULTILINE)
    found = {key: json.loads(value) for key, value in rows}

    assert [key for key, _ in rows if key in load().bases] == list(load().bases)
    for kind, cells in load().matrix.items():
        assert found[kind.value] == [cell.value for cell in cells]
    for law, entry in load().bases.items():
        assert found[law]["reviewDays"] == entry.review_days
        assert set(found[law]["kinds"]) == entry.kinds
