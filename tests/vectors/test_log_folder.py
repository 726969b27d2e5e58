"""`vectors/log-folder/`: what its maker writes, and each tampering judged as it says."""

import json
from pathlib import Path

import pytest

from tools import make_log_folder as maker


def test_the_folder_is_what_its_maker_writes(tmp_path: Path) -> None:
    """Nothing is random, nothing was edited by hand."""
    maker.write_good(tmp_path)
    (tmp_path / maker.TAMPERINGS).write_text(maker.text(tmp_path), encoding="utf-8")

    assert maker.files_of(tmp_path) == maker.files_of(maker.FOLDER)


@pytest.mark.parametrize("way", maker.WAYS, ids=lambda way: way.name)
def test_a_tampering_is_refused_with_its_place(way: maker.Tampering) -> None:
    """Those that change nothing verify."""
    told = json.loads((maker.FOLDER / maker.TAMPERINGS).read_text(encoding="utf-8"))
    (case,) = (case for case in told["cases"] if case["id"] == way.name)

    if way.name.startswith("nothing"):
        assert "code" not in case["expect"]
    else:
        assert case["expect"]["facts"]["place"]
