"""Every case of `vectors/15-log.json`, judged by the program."""

import pytest

from tools.make_vectors import logs
from tools.make_vectors.cases import FOLDER, Case, load, run

CASES = load(FOLDER / logs.NAME).cases


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_case_is_judged_as_its_file_says(case: Case) -> None:
    """The same output or the same reason code."""
    judged = run(case, logs.OPERATIONS)

    assert (judged.code, judged.output) == (case.code, case.output)


def test_the_file_is_what_its_maker_writes() -> None:
    """Nothing is random, nothing was edited by hand."""
    assert (FOLDER / logs.NAME).read_text(encoding="utf-8") == logs.text()


def test_names_are_given_once() -> None:
    """A failing case can be found by its name."""
    assert len({case.id for case in CASES}) == len(CASES) >= 300
