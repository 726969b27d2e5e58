"""Counts what stands in `vectors/`, section by section of the test plan, and who replays it."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from tools.make_vectors.cases import FOLDER

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of the test plan: its files, and who replays them besides their maker."""

    number: str
    about: str
    files: tuple[str, ...]
    python: str
    typescript: str


def _sections() -> tuple[Section, ...]:
    words = (Path(__file__).parent / "sections.toml").read_text(encoding="utf-8")
    return tuple(
        Section(
            number=number,
            about=row["about"],
            files=tuple(row["files"]),
            python=row["python"],
            typescript=row["typescript"],
        )
        for number, row in tomllib.loads(words).items()
    )


SECTIONS: Final = _sections()


def count(name: str) -> int:
    """Verdicts and answers that a file states: one for each case, leaf, row, question or view."""
    data = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    if isinstance(data, list):
        return len(cast("list[Json]", data))
    if "steps" in data:
        return _told(data["story"]) + len(data["steps"]) + len(data["reads"])
    if "stories" in data:
        return sum(_told(story) for story in data["stories"])
    if "rooms" in data:
        return sum(_said(room) for room in data["rooms"])
    return len(data["cases"] if "cases" in data else data["tamperings"])


def _told(story: Json) -> int:
    return sum(len(story[name]) for name in ("leaves", "rows", "asks"))


def _said(room: Json) -> int:
    """A moment counts as one; a row before it stands has three verdicts."""
    lists = ("moments", "seen", "bare", "withheld")
    return sum(len(room[name]) for name in lists) + 3 * len(room["submitted"])


def table() -> str:
    """The table of docs/protocol.md, section 11."""
    head = (
        "| section | what | files | verdicts | replayed by Python in `tests/vectors/` "
        "| by TypeScript in `web/tests/` |\n|---|---|---|---|---|---|\n"
    )
    rows = [_row(section) for section in SECTIONS]
    total = sum(count(name) for section in SECTIONS for name in section.files)
    return head + "".join(rows) + f"| | | | {total} | | |\n"


def _row(section: Section) -> str:
    files = ", ".join(f"`{name}`" for name in section.files)
    number = sum(count(name) for name in section.files)
    return (
        f"| {section.number} | {section.about} | {files} | {number} "
        f"| {section.python} | {section.typescript} |\n"
    )
