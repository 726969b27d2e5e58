"""docs/rules.md: every check with its rule id, its code and the paragraph that asks for it."""

import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final, cast

from tools.mutate.scope import ROOT
from tools.mutate.sites import Site, sites

PAGE: Final = ROOT / "docs" / "rules.md"
_HERE: Final = Path(__file__).parent
_HEAD: Final = """\
# Rules: every check and its id

Written by `python -m tools.mutate --page`; nobody edits it by hand. A check is one condition of a
refusal, found in the syntax tree of the program (`tools/mutate/sites.py`): where several are
joined, each counts. `python -m tools.mutate` switches each off in turn and runs the tests that
reach it; a check that none of them misses fails the gate. To see what one check holds up:

```
ENTAKU_MUTATE=agenda.model:add:CONFLICT .venv/bin/pytest -p tools.mutate.plugin tests/rules
```

A rule id is module, function and what is refused, with a number where there are several. What is
refused: a reason code; `relay`, a refusal that somebody else found; the name of a demand
(`require_…`) that is not asked at all; or `left-out`, what a computed set does not hold. The last
column is the paragraph of [protocol.md](protocol.md), 6.n being line n of its section 6.
"""
_END: Final = """
## Nothing is lost without them

Behind each of these another check always refuses; so no test can miss it.

"""


def write() -> None:
    """Write the page."""
    PAGE.write_text(text(), encoding="utf-8")


def text() -> str:
    """The page as it has to be."""
    found = sites()
    parts = [_HEAD, f"\n{len(found)} checks.\n"]
    for module, group in groupby(found, key=lambda site: site.module.name):
        parts += [f"\n## {module}\n\n", *_table(list(group)), "\n"]
    return "".join([*parts, *_redundant()])


def _table(found: list[Site]) -> Iterator[str]:
    yield "| rule | code | switched off | paragraph |\n|---|---|---|---|\n"
    for site in found:
        rule = site.id.partition(":")[2]
        shown = _cell(f"{site.shown} ({site.off.value})")
        yield f"| {_cell(rule)} | {site.code} | {shown} | {paragraph(site.id)} |\n"


def _cell(words: str) -> str:
    for sign in "\\|*_<>[]":
        words = words.replace(sign, "\\" + sign)
    return words


@cache
def redundant() -> dict[str, str]:
    """Checks behind which another one always refuses, with the reason."""
    words = (_HERE / "redundant.toml").read_text(encoding="utf-8")
    return cast("dict[str, str]", tomllib.loads(words)["redundant"])


def _redundant() -> Iterator[str]:
    yield _END
    yield "| rule | why |\n|---|---|\n"
    for rule, why in redundant().items():
        yield f"| {_cell(rule)} | {_cell(why)} |\n"


@cache
def _paragraphs() -> dict[str, str]:
    words = (_HERE / "paragraphs.toml").read_text(encoding="utf-8")
    return cast("dict[str, str]", tomllib.loads(words)["paragraphs"])


def paragraph(rule: str) -> str:
    """The paragraph of the longest name that begins the rule id; empty for none."""
    names = [name for name in _paragraphs() if rule.startswith(name)]
    return _paragraphs()[max(names, key=len)] if names else ""
