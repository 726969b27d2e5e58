"""Whatever a paper tells people to type can be typed: targets of `make`, commands, options."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli.commands import root

ROOT = Path(__file__).parents[2]
PAPERS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "tools").rglob("*.md")),
]
MADE = re.compile(r"^([a-z]+):.* ## .+ / .+", re.MULTILINE)
MAKE = re.compile(r"^make ([a-z]+)")
ENTAKU = re.compile(r"^(?:\S+/)?entaku ([^#|&]+)")


def _typed(paper: Path) -> Iterator[str]:
    """What stands in code type, and the lines of blocks of code."""
    text = paper.read_text(encoding="utf-8")
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from (line.strip() for line in block.splitlines())
    yield from re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)


def _missing(words: list[str]) -> str | None:
    """The first word that names no command or option; arguments and placeholders are passed by."""
    command: click.Command = root
    for word in words:
        if isinstance(command, click.Group) and re.fullmatch(r"[a-z]+", word):
            below = command.get_command(click.Context(command), word)
            if below is None:
                return word
            command = below
        option = word.partition("=")[0].strip("[]();,")
        known = {"--help"} | {name for param in command.params for name in param.opts}
        if option.startswith("--") and option not in known:
            return option
    return None


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_paper_says_to_type_exists(paper: Path) -> None:
    """Targets with a line in `make help`; groups, commands and options of `entaku`."""
    targets = set(MADE.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    typed = list(_typed(paper))
    made = {found[1] for line in typed if (found := MAKE.match(line))}
    called = [found[1] for line in typed if (found := ENTAKU.match(line))]
    wrong = [(line, _missing(line.split())) for line in called]

    assert made <= targets
    assert [each for each in wrong if each[1] is not None] == []


def test_the_search_finds_wrong_ones() -> None:
    """A slip of the pen is told from a command."""
    assert _missing(["audit", "evidence", "FILE.zip", "--net", "x"]) is None
    assert _missing(["audit", "evidense"]) == "evidense"
    assert _missing(["audit", "verify", "--data"]) == "--data"
