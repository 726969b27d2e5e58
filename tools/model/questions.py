"""The questions that `docs/model/*.maude` ask, with the answer expected of each.

A question is a `search` command of Maude behind a comment that holds its verdict, so that one
list serves Maude, whoever starts it, and the search in Python.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[2] / "docs/model"
SCENES: Final = ("room", "keys", "words", "few", "history", "invite")
"""One file each; what they share is in `core.maude`."""

_QUESTION: Final = re.compile(
    r"^--- (?P<verdict>none|attack|reached)\n"
    r"(?P<command>search \[1\] in (?P<module>[A-Z]+) : "
    r"\{ (?P<start>\S+) (?:all|\(all but (?P<off>[^{}]+)\)) \} =>\* \{ S \} "
    r"such that (?P<goal>[\w-]+)\(S\) \.)$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Can a state that shows `goal` be reached from `start`, with these rules switched off?"""

    scene: str
    command: str
    start: str
    off: tuple[str, ...]
    goal: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a search found: all states it saw, and the steps to the goal if it is reached.

    `gained` says for each step what facts it brought, where the search tells.
    """

    states: int
    trace: tuple[str, ...] | None
    gained: tuple[str, ...] = field(default=(), compare=False)

    def fits(self, question: Question) -> bool:
        """Answer whether the verdict is the expected one."""
        return (self.trace is None) == (question.verdict == "none")


def text_of(scene: str) -> str:
    """The text of a scene's file."""
    return (FOLDER / f"{scene}.maude").read_text(encoding="utf-8")


def questions(scene: str) -> list[Question]:
    """The questions of a scene, in the order of its file; ValueError if one cannot be read."""
    text = text_of(scene)
    found = [
        Question(
            scene=scene,
            command=match["command"],
            start=match["start"],
            off=tuple(re.findall(r"on\((\w+)\)", match["off"] or "")),
            goal=match["goal"],
            verdict=match["verdict"],
        )
        for match in _QUESTION.finditer(text)
    ]
    if len(found) != text.count("\nsearch "):
        raise ValueError(scene)
    return found


def rules(scene: str) -> tuple[str, ...]:
    """The switches of a scene, as its file declares them."""
    declared = re.search(r"ops ([\w ]+) : -> Rule \[ctor\]", text_of(scene))
    if declared is None:
        raise ValueError(scene)
    return tuple(declared[1].split())
