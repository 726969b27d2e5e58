"""Two programs, one verdict: Python and TypeScript judge 16,600 inputs and never disagree."""

from collections import Counter

from tests.vectors.differential import judge, lines
from tests.vectors.node import typescript

_SEED = 20261121


def test_both_languages_give_the_same_verdict() -> None:
    """The same output or the same reason code, for each of the inputs."""
    asked = lines(_SEED)
    theirs = typescript(asked)
    ours = [judge(line) for line in asked]

    disagreements = [
        (line, mine, other)
        for line, mine, other in zip(asked, ours, theirs, strict=True)
        if mine != other
    ]
    verdicts = Counter(mine.get("code", "accepted") for mine in ours)

    assert disagreements == []
    assert len(asked) >= 10_000
    assert verdicts["accepted"] >= 1_500
    assert len(verdicts) >= 12
