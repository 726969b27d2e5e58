"""Every case of `vectors/14-vault.json`, judged by the program."""

import pytest

from tools.make_vectors import vault
from tools.make_vectors.cases import FOLDER, Case, load, run

CASES = load(FOLDER / vault.NAME).cases


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_case_is_judged_as_its_file_says(case: Case) -> None:
    """The same contents or the same reason code."""
    judged = run(case, vault.OPERATIONS)

    assert (judged.code, judged.output) == (case.code, case.output)


def test_the_file_is_what_its_maker_writes() -> None:
    """Nothing is random, nothing was edited by hand."""
    assert (FOLDER / vault.NAME).read_text(encoding="utf-8") == vault.text()
