"""Which tests reach which line: one run of the suite under coverage, a context for each test."""

import hashlib
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coverage import CoverageData

from tools.mutate.scope import PACKAGES, ROOT, modules
from tools.mutate.sites import Site

FOLDER: Final = ROOT / ".data" / "mutate"
QUIET: Final = ("-p", "no:randomly", "-p", "no:cacheprovider", "--hypothesis-seed=0")
_FIRST: Final = ("tests/rules/", "tests/vectors/")
_SETTINGS: Final = f"[run]\nbranch = false\nsource_pkgs = {','.join(PACKAGES)},sdk\n"


@dataclass(frozen=True, slots=True)
class Scale:
    """Which suites are asked, and where it is noted what they reach."""

    suites: tuple[str, ...]
    folder: Path


FULL: Final = Scale(("tests/rules", "tests/vectors", "tests/stores", "tests/edges"), FOLDER)
QUICK: Final = Scale(("tests/rules",), FOLDER / "quick")
"""Without a database: minutes instead of a quarter of an hour, and most checks are noticed."""


def fingerprint() -> str:
    """Of every module in scope: line numbers of an older survey would mislead."""
    texts = (module.text.encode() for module in modules())
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


def survey(scale: Scale, workers: int) -> None:
    """Run the suites once; leaves coverage by test, and the seconds each took."""
    folder = scale.folder
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "coverage.ini"
    settings.write_text(_SETTINGS, encoding="utf-8")
    for old in folder.glob("cov-*"):
        old.unlink()
    surroundings = {
        **os.environ,
        "COVERAGE_FILE": str(folder / "cov-all"),
        "ENTAKU_SECONDS": str(folder / "seconds.json"),
    }
    parts = ["--cov", f"--cov-config={settings}", "--cov-context=test", "--cov-report="]
    command = [sys.executable, "-m", "pytest", "-q", *QUIET, "-p", "tools.mutate.plugin", *parts]
    command += ["-n", str(workers), *scale.suites]
    # A test that fails is left out of what a trial asks, so the survey goes on.
    subprocess.run(command, cwd=ROOT, env=surroundings, check=False)  # noqa: S603 -- our own words
    (folder / "surveyed").write_text(fingerprint(), encoding="utf-8")


def is_fresh(scale: Scale) -> bool:
    """Tell whether the last survey saw the program as it is."""
    note = scale.folder / "surveyed"
    return note.exists() and note.read_text(encoding="utf-8") == fingerprint()


@dataclass(frozen=True)
class Reach:
    """What a survey found: tests by file and line, seconds by test."""

    lines: Mapping[tuple[str, int], frozenset[str]]
    seconds: Mapping[str, float]
    since: float

    def tests(self, site: Site, fresh: Iterable[str]) -> list[str]:
        """Tests that may notice a check: those that reach it, and those newer than the survey.

        Where a line runs only when the check refuses, only the tests that run it can notice.
        """
        reached = self._of((site.module.file, line) for line in site.lines)
        if site.hits:
            reached &= self._of(site.hits)
        passed = (test for test in reached if test in self.seconds)
        return sorted({*passed, *fresh}, key=self._rank)

    def _of(self, places: Iterable[tuple[str, int]]) -> frozenset[str]:
        return frozenset[str]().union(*(self.lines.get(place, frozenset()) for place in places))

    def _rank(self, test: str) -> tuple[bool, float]:
        return not test.startswith(_FIRST), self.seconds.get(test, 0.0)


def load(folder: Path) -> Reach:
    """Read the last survey."""
    seconds: dict[str, float] = {}
    for file in sorted(folder.glob("seconds*.json")):
        seconds |= json.loads(file.read_text(encoding="utf-8"))
    lines: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for file in sorted(folder.glob("cov-*")):
        _add(lines, file)
    return Reach(
        lines={place: frozenset(tests) for place, tests in lines.items()},
        seconds=seconds,
        since=(folder / "surveyed").stat().st_mtime,
    )


def _add(lines: defaultdict[tuple[str, int], set[str]], file: Path) -> None:
    data = CoverageData(str(file))
    data.read()
    names: dict[str, str] = {}
    for path in data.measured_files():
        name = Path(path).relative_to(ROOT).as_posix()
        for line, contexts in data.contexts_by_lineno(path).items():
            found = (names.setdefault(c, c.rpartition("|")[0]) for c in contexts if c)
            lines[name, line].update(found)
