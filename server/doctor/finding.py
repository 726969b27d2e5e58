"""One finding: what was looked at, how it stands, and facts for the sentence about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Grade(StrEnum):
    """How bad it is."""

    OK = "ok"
    LOOK = "look"
    """It works; somebody should look at it."""

    BAD = "bad"
    """People are refused, or a promise to them is not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`check` and `state` name the sentence in the catalogue: `doctor.<check>.<state>`."""

    check: str
    state: str = "ok"
    grade: Grade = Grade.OK
    facts: Mapping[str, object] = field(default_factory=dict[str, object])


def look(check: str, state: str, **facts: object) -> Finding:
    """Something that somebody should look at."""
    return Finding(check=check, state=state, grade=Grade.LOOK, facts=facts)


def bad(check: str, state: str, **facts: object) -> Finding:
    """Something that does not work, or breaks a promise."""
    return Finding(check=check, state=state, grade=Grade.BAD, facts=facts)


def worst(findings: list[Finding]) -> Grade:
    """The worst grade of all; OK of none."""
    return max((each.grade for each in findings), key=_ORDER.index, default=Grade.OK)


_ORDER: Final = [Grade.OK, Grade.LOOK, Grade.BAD]
