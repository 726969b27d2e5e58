"""Explanations of surviving changes are about the program as it is (`tools/mutants`)."""

import tomllib
from pathlib import Path

from tools.mutants import __main__ as mutants

ROOT = Path(__file__).parents[2]


def words(text: str) -> str:
    """A text without its line breaks and margins, as a change is told."""
    return " ".join(line.strip() for line in text.splitlines())


def test_each_explained_change_is_of_a_line_that_is_there() -> None:
    """A mended line takes its explanation with it; nothing is explained twice."""
    told = tomllib.loads(mutants.EXPLAINED.read_text("utf-8"))["survivors"]
    changes = [change for group in told for change in group["changes"]]

    assert len(changes) == len(set(changes)) == len(mutants.explained())
    for change in changes:
        place, gone = change.split(": ", 1)
        file = ROOT / f"{place.partition(':')[0].replace('.', '/')}.py"
        assert gone.partition(" -> ")[0] in words(file.read_text("utf-8")), change


def test_a_change_is_told_without_the_numbers_of_its_lines() -> None:
    """So that it is still known when the lines above it have moved."""
    diff = "--- a.py\n+++ a.py\n@@ -1,3 +1,3 @@\n def f(a):\n-    return a + 1\n+    return a - 1\n"

    assert mutants.change_of(diff) == "return a + 1 -> return a - 1"
    assert mutants.place_of("crypto.hashing.x_u8__mutmut_3") == ("crypto.hashing", "u8")
    assert mutants.place_of("consent.model.x__first__mutmut_1") == ("consent.model", "_first")
    assert mutants.place_of("audit.model.xǁQuestionǁ_dated__mutmut_12") == (
        "audit.model",
        "Question._dated",
    )
