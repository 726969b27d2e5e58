"""Every case of every vector file, judged by the program; TypeScript replays the same files."""

import re
from pathlib import Path

import pytest

from tools.make_vectors.build import KEPT, build
from tools.make_vectors.cases import FOLDER, Case, load, run
from tools.make_vectors.operations import OPERATIONS

# Only the files this maker writes: others bring an operation set of their own.
_MADE = build(FOLDER)
_NAMES = [name for name in _MADE if name != KEPT]
_CASES = [
    pytest.param(case, id=f"{name}: {case.id}")
    for name in _NAMES
    for case in load(FOLDER / name).cases
]


@pytest.mark.parametrize("case", _CASES)
def test_a_case_is_judged_as_its_file_says(case: Case) -> None:
    """The same output or the same reason code."""
    judged = run(case, OPERATIONS)

    assert (judged.code, judged.output) == (case.code, case.output)


@pytest.mark.parametrize("name", [*_NAMES, KEPT])
def test_the_maker_leaves_the_files_as_they_are(name: str) -> None:
    """Making them again gives the same bytes: nothing is random, nothing was edited by hand."""
    assert _MADE[name] == (FOLDER / name).read_text(encoding="utf-8")


def test_j1_has_enough_cases() -> None:
    """The protocol asks for at least 120 of them, of both kinds."""
    cases = load(FOLDER / "02-j1.json").cases

    assert len(cases) >= 120
    assert min(sum(c.code is None for c in cases), sum(c.code is not None for c in cases)) >= 40


def test_sealed_bytes_that_no_longer_open_are_made_anew(tmp_path: Path) -> None:
    """A spoilt store of ciphertexts does not spoil the vectors."""
    text = (FOLDER / KEPT).read_text(encoding="utf-8")
    (tmp_path / KEPT).write_text(re.sub(r'": "..', '": "00', text), encoding="utf-8")

    made = build(tmp_path)

    assert made["01-hashing.json"] == (FOLDER / "01-hashing.json").read_text(encoding="utf-8")
    assert made[KEPT] != (tmp_path / KEPT).read_text(encoding="utf-8")
