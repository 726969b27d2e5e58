"""Statements, envelopes, seals and invitations that the browser's program made, judged here."""

import pytest

from tests.vectors.differential import judge
from tools.make_vectors.cases import FOLDER, Case, load

_COUNTS = {
    "ts-05-dsse.json": 54,
    "ts-08-envelope.json": 44,
    "ts-09-invitation.json": 4,
    "ts-11-seals.json": 11,
}
_CASES = [
    pytest.param(case, id=f"{name}: {case.id}")
    for name in _COUNTS
    for case in load(FOLDER / name).cases
]


@pytest.mark.parametrize("case", _CASES)
def test_a_case_is_judged_as_its_file_says(case: Case) -> None:
    """The same output or the same reason code."""
    said = {"out": case.output} if case.code is None else {"code": case.code.value}

    assert judge({"op": case.op, "in": case.input}) == said


@pytest.mark.parametrize(("name", "count"), _COUNTS.items())
def test_no_case_is_missing(name: str, count: int) -> None:
    """As many cases as its maker writes, of both verdicts."""
    cases = load(FOLDER / name).cases

    assert len(cases) == count
    assert {case.code is None for case in cases} == {True, False}
