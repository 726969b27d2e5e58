"""Questions to the gate: the one of `vectors/20-decide.json`, and variations of it."""

import json
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from consent import register
from consent.model import Action, Actor, Allow, BasisView, Deny, Object, decide
from protocol import codec
from protocol.ids import Aid, Hash, Id, Sid, SubId
from protocol.times import Instant

FILE = Path(__file__).parents[2] / "vectors" / "20-decide.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Everything that `decide` is told but the register."""

    now: Instant
    action: Action
    actor: Actor
    object: Object

    def answer(self) -> Allow | Deny:
        """Ask the gate, with the register that ships."""
        return decide(self.now, self.actor, self.action, self.object, register.load())

    def code(self) -> str | None:
        """Ask, and give the reason code of a refusal."""
        answer = self.answer()
        return answer.code.value if isinstance(answer, Deny) else None

    def under(self, *bases: BasisView) -> "Question":
        """Ask with these bases listed."""
        return replace(self, object=replace(self.object, bases=bases))

    def by(self, **changes: Any) -> "Question":  # noqa: ANN401 -- the fields of an Actor
        """Ask as somebody else."""
        return replace(self, actor=replace(self.actor, **changes))

    def about(self, **changes: Any) -> "Question":  # noqa: ANN401 -- the fields of an Object
        """Ask about something else."""
        return replace(self, object=replace(self.object, **changes))

    def to(self, action: Action) -> "Question":
        """Ask to do something else."""
        return replace(self, action=action)

    def at(self, day: str) -> "Question":
        """Ask on another day, at 04:30 UTC."""
        return replace(self, now=instant(day))


def read(changes: dict[str, Any], *, base: dict[str, Any]) -> Question:
    """Read a case of the vectors: `base` with some paths changed."""
    tree = deepcopy(base)
    for path, value in changes.items():
        *steps, last = path.split(".")
        node: Any = tree
        for step in steps:
            node = node[int(step)] if step.isdigit() else node[step]
        node[last] = value
    return codec.decode(json.dumps(tree).encode(), Question)


def ordinary() -> Question:
    """Ask what is allowed: a member writes in a section of a subject under 106-6."""
    base: dict[str, Any] = json.loads(FILE.read_bytes())["base"]
    return read({}, base=base)


def instant(day: str) -> Instant:
    """Give 04:30 UTC of a day."""
    return Instant.parse(f"{day}T04:30:00Z")


def agency(number: int) -> Aid:
    """Name agency A01, A02 and so on."""
    return Aid(Id([0xA0, number] * 8))


def subject(number: int) -> SubId:
    """Name a subject."""
    return SubId(Id([0x50, number] * 8))


def sid(number: int) -> Sid:
    """Name a statement."""
    return Sid(Hash([number] * 32))
