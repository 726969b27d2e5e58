"""The table of vectors in docs/protocol.md is counted, not remembered."""

from pathlib import Path

import pytest

from tools.make_vectors import counts
from tools.make_vectors.cases import FOLDER

_ROOT = Path(__file__).parents[2]
_BESIDE = {"council", "kept"}  # what stories begin with; ciphertexts kept from run to run


def test_the_page_shows_what_stands_in_the_files() -> None:
    """Sections, files, verdicts and who replays them."""
    assert counts.table() in (_ROOT / "docs/protocol.md").read_text(encoding="utf-8")


def test_every_file_belongs_to_a_section() -> None:
    """A new file of vectors needs a row."""
    listed = {name for section in counts.SECTIONS for name in section.files}
    there = {path.stem for path in FOLDER.glob("*.json")}

    assert there | {"log-folder/tamperings"} == listed | _BESIDE


@pytest.mark.parametrize("section", counts.SECTIONS, ids=lambda section: section.number)
def test_both_programs_replay_every_section(section: counts.Section) -> None:
    """The tests that the table names exist, and name the files or the kind of them."""
    for name in section.python.split(", "):
        assert (_ROOT / f"tests/vectors/{name}.py").exists(), name
    for name in section.typescript.split(", "):
        found = _ROOT / f"web/tests/vectors/{name}.test.ts"
        assert found.exists() or (_ROOT / f"web/tests/{name}").is_dir(), name
