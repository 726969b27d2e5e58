"""The state machine: honest people, one traitor, one server that lies as it likes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.lying import honest, lies, traitor
from tests.lying.arena import ACTS, WHO, Arena, Step
from tests.lying.clock import Drawn
from tests.lying.truth import Broken


def _acts(module: object) -> list[str]:
    found = {name for name, do in ACTS.items() if do.__module__ == getattr(module, "__name__", "")}
    return sorted(found)


HONEST: Final = _acts(honest)
LIES: Final = _acts(lies)
TREASON: Final = _acts(traitor)
_WHO: Final = st.sampled_from(WHO)
_K: Final = st.integers(min_value=0, max_value=59)
_CHECKS: Final = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


@dataclass(slots=True)
class Tally:
    """What happened over many runs."""

    runs: int = 0
    steps: int = 0
    refusals: Counter[str] = field(default_factory=Counter[str])
    acts: Counter[str] = field(default_factory=Counter[str])
    until: int | None = None
    broken: str = ""
    found: list[Step] = field(default_factory=list[Step])


class Lying(RuleBasedStateMachine):
    """Every rule is one step of an arena; every step is followed by every check."""

    tally: ClassVar[Tally]

    def __init__(self) -> None:
        super().__init__()
        self.arena: Final = Arena()
        self.tally.runs += 1

    @rule(name=st.sampled_from(HONEST), who=_WHO, k=_K)
    def honestly(self, name: str, who: str, k: int) -> None:
        """People work."""
        self._do(name, who, k)

    @rule(name=st.sampled_from(["note", "share", "hear", "look", "restart"]), who=_WHO, k=_K)
    def mostly(self, name: str, who: str, k: int) -> None:
        """What they do most of the time."""
        self._do(name, who, k)

    @rule(name=st.sampled_from(LIES), who=_WHO, k=_K)
    def falsely(self, name: str, who: str, k: int) -> None:
        """The server lies."""
        self._do(name, who, k)

    @rule(name=st.sampled_from(TREASON), who=_WHO, k=_K)
    def treacherously(self, name: str, who: str, k: int) -> None:
        """A member helps it."""
        self._do(name, who, k)

    @rule(who=_WHO)
    def truly(self, who: str) -> None:
        """The server is honest again."""
        self._do("well", who, 0)

    def _do(self, name: str, who: str, k: int) -> None:
        self.tally.steps += 1
        self.tally.acts[name] += 1
        try:
            self.arena.do(name, who, k)
        except Broken as broken:
            self.tally.broken, self.tally.found = str(broken), list(self.arena.steps)
            raise

    def teardown(self) -> None:
        """End the run."""
        self.tally.refusals += self.arena.refusals
        self.arena.close()


def machine(tally: Tally) -> type[Lying]:
    """A state machine that counts into `tally`."""

    class Counting(Lying):
        pass

    Counting.tally = tally
    return Counting


def settle(*, runs: int, steps: int, start: int) -> Tally:
    """Let hypothesis run the machine and shrink what it finds; a fallen invariant is raised."""
    tally = Tally()
    chosen = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=_CHECKS,
    )
    run_state_machine_as_test(seed(start)(machine(tally)), settings=chosen)
    return tally


# --- long runs -------------------------------------------------------------------------------


class Dice:
    """Choices that follow from a number."""

    def __init__(self, start: int) -> None:
        """Begin."""
        self._draw: Final = Drawn(f"dice {start}")

    def roll(self, n: int) -> int:
        """One of n numbers."""
        return int.from_bytes(self._draw(4), "big") % n

    def some(self, among: Sequence[str], n: int) -> list[str]:
        """Several of many, perhaps one of them twice."""
        return [among[self.roll(len(among))] for _ in range(n)]


def walk(start: int, steps: int, lean: Sequence[str] = ()) -> Iterator[Step]:
    """One run's steps: a few ways to work, to lie and to betray, mostly towards one person."""
    dice = Dice(start)
    work = ["note", "share", "hear", "look", "restart", "keep", *dice.some(HONEST, 5)]
    false = ["well", *dice.some(LIES, 5)]
    treason, victim = dice.some(TREASON, 2), WHO[dice.roll(len(WHO))]
    for _ in range(steps):
        draw = dice.roll(10)
        among = work if draw < 6 else false if draw < 9 else treason
        if lean and dice.roll(2):
            among = list(lean)
        who = victim if dice.roll(5) < 3 else WHO[dice.roll(len(WHO))]
        yield among[dice.roll(len(among))], who, dice.roll(60)


def explore(tally: Tally, *, start: int, steps: int, lean: Sequence[str] = ()) -> bool:
    """One run by dice; tell whether everything held."""
    arena = Arena()
    tally.runs += 1
    try:
        for name, who, k in walk(start, steps, lean):
            tally.steps += 1
            tally.acts[name] += 1
            arena.do(name, who, k)
    except Broken as broken:
        tally.until, tally.broken, tally.found = tally.steps, str(broken), list(arena.steps)
        return False
    finally:
        tally.refusals += arena.refusals
        arena.close()
    return True


def shrink(steps: Sequence[Step], *, tries: int = 150) -> list[Step]:
    """Leave out whatever is not needed for some invariant to fall."""
    kept, size = list(steps), max(1, len(steps) // 2)
    while tries > 0:
        at, before = 0, len(kept)
        while at < len(kept) and tries > 0:
            shorter = kept[:at] + kept[at + size :]
            tries -= 1
            if shorter and replay(shorter):
                kept = shorter
            else:
                at += size
        if size == 1 and len(kept) == before:
            break
        size = max(1, size // 2)
    return kept


def replay(steps: Iterable[Step]) -> str:
    """Take recorded steps; the invariant that fell, or nothing."""
    arena = Arena()
    try:
        for name, who, k in steps:
            arena.do(name, who, k)
    except Broken as broken:
        return str(broken)
    finally:
        arena.close()
    return ""
