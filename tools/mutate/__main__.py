"""Switch every check off in turn and name those that no test misses.

python -m tools.mutate                  all checks; verdicts are kept in .data/mutate
python -m tools.mutate --only PATTERN   checks whose rule id matches, tried again
python -m tools.mutate --quick          ask tests/rules alone, which needs no database
python -m tools.mutate --list           rule ids
python -m tools.mutate --page           write docs/rules.md
python -m tools.mutate --json FILE      leave the figures there as well
"""

import argparse
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final, cast

import pytest

from tools.mutate import page, survey
from tools.mutate.pool import Pool, Trial, Verdict, changed_since, run
from tools.mutate.sites import Site, sites

_VERDICTS: Final = survey.FOLDER / "verdicts.json"


def main() -> int:
    """Run what the words ask for; 1 when a check goes unnoticed."""
    words = _words()
    if words.list:
        for site in sites():
            print(site.id, "|", site.off.value, "|", site.shown)
        return 0
    if words.page:
        page.write()
        return 0
    scale = survey.QUICK if words.quick else survey.FULL
    if words.survey or not survey.is_fresh(scale):
        survey.survey(scale, words.jobs)
    os.nice(10)
    gate = _Gate(pattern=words.only, again=words.again, folder=scale.folder)
    started = time.monotonic()
    run(
        list(scale.suites),
        list(survey.QUIET),
        Pool(jobs=words.jobs, choose=gate.choose, heed=gate.heed),
    )
    return gate.tell(minutes=(time.monotonic() - started) / 60, file=words.json)


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.mutate")
    parser.add_argument("--only", default="")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--page", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--survey", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


class _Gate:
    """Which checks are still to be tried, and what came out."""

    def __init__(self, *, pattern: str, again: bool, folder: Path) -> None:
        self._folder: Final = folder
        self._wanted: Final = [s for s in sites() if re.search(pattern, s.id)]
        self._again: Final = again
        self._kept: Final = _verdicts()
        self._killers: Final[dict[str, Counter[str]]] = {}
        self._done = 0

    def choose(self, items: dict[str, pytest.Item]) -> Iterator[Trial]:
        """Checks without a verdict; first asked are tests that noticed another of the module."""
        reach = survey.load(self._folder)
        fresh = changed_since(items, reach.since)
        for site in self._wanted:
            if self._is_settled(site):
                self._done += 1
                continue
            tests = reach.tests(site, fresh)
            noted = self._killers.get(site.module.name, Counter())
            tests.sort(key=lambda test: -noted[test])
            yield Trial(site=site, tests=tests)

    def _is_settled(self, site: Site) -> bool:
        kept = self._kept.get(site.id)
        if kept is None or self._again:
            return False
        return kept["of"] == _text(site) and kept["by"] is not None

    def heed(self, verdict: Verdict) -> None:
        """Keep a verdict and say it."""
        site = next(s for s in self._wanted if s.id == verdict.rule)
        self._kept[site.id] = {"of": _text(site), "by": verdict.by}
        self._done += 1
        if verdict.by is not None:
            self._killers.setdefault(site.module.name, Counter())[verdict.by] += 1
        else:
            known = "redundant" if site.id in page.redundant() else "UNNOTICED"
            why = verdict.broken or f"{verdict.tried} tests"
            print(f"{known} {site.id}  ({why})  {site.shown}", flush=True)
        if self._done % 25 == 0:
            print(f"… {self._done} of {len(self._wanted)}", flush=True)
        _VERDICTS.write_text(json.dumps(self._kept, indent=0), encoding="utf-8")

    def tell(self, *, minutes: float, file: Path | None) -> int:
        """Print the figures; 1 when something went unnoticed."""
        alive = [s.id for s in self._wanted if self._kept[s.id]["by"] is None]
        unnoticed = [rule for rule in alive if rule not in page.redundant()]
        figures = {
            "checks": len(self._wanted),
            "noticed": len(self._wanted) - len(alive),
            "redundant": len(alive) - len(unnoticed),
            "unnoticed": unnoticed,
            "minutes": round(minutes, 1),
        }
        print(json.dumps(figures, indent=2))
        if file is not None:
            file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
        return 1 if unnoticed else 0


def _verdicts() -> dict[str, dict[str, str | None]]:
    if not _VERDICTS.exists():
        return {}
    kept = json.loads(_VERDICTS.read_text(encoding="utf-8"))
    return cast("dict[str, dict[str, str | None]]", kept)


def _text(site: Site) -> str:
    """What a verdict is about: the check and its module's text."""
    data = f"{site.node}/{site.part}/{site.off}/{site.module.text}"
    return sha256(data.encode()).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())
