"""Every story of the trust core, replayed from its JSON alone; other programs replay the same."""

from functools import cache
from typing import Any

import pytest

from tools.make_vectors import feed
from tools.make_vectors.cases import FOLDER, Case, load, run
from tools.make_vectors.retell import Retold, read
from tools.make_vectors.stories import STORIES, texts
from tools.make_vectors.story import COUNCIL

_STORIES = [
    pytest.param(name, number, id=f"{name}: {story['id']}")
    for name in STORIES
    for number, story in enumerate(read(FOLDER / name)["stories"])
]
_CASES = [
    pytest.param(case, id=f"{name}: {case.id}")
    for name in ("05-dsse.json", "15-feed.json")
    for case in load(FOLDER / name).cases
]


@cache
def _file(name: str) -> dict[str, Any]:
    return read(FOLDER / name)


@pytest.mark.parametrize(("name", "number"), _STORIES)
def test_a_story_is_judged_as_its_file_says(name: str, number: int) -> None:
    """Each leaf, row and question gets the code or the answer that stands beside it."""
    told = Retold(_file(COUNCIL), _file(name)["stories"][number])

    wrong = [(what, said, got) for what, said, got in told.answers() if said != got]

    assert wrong == []


@pytest.mark.parametrize("case", _CASES)
def test_a_case_is_judged_as_its_file_says(case: Case) -> None:
    """The same output or the same reason code."""
    judged = run(case, feed.OPERATIONS)

    assert (judged.code, judged.output) == (case.code, case.output)


def test_the_makers_leave_the_files_as_they_are() -> None:
    """Making them again gives the same bytes."""
    changed = [name for name, text in texts().items() if (FOLDER / name).read_text("utf-8") != text]

    assert changed == []


def test_stories_refuse_and_accept() -> None:
    """Both verdicts are tried in every file, and most reason codes of the trust core somewhere."""
    codes: set[str | None] = set()
    for name in STORIES:
        found = {
            record.get("code")
            for story in _file(name)["stories"]
            for record in (*story["leaves"], *story["rows"], *story["asks"])
        }
        assert None in found
        assert len(found) > 1
        codes |= found
    assert len(codes) >= 30
