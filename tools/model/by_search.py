"""Searches the scenes without Maude, breadth first: the first way found is a shortest one."""

from collections.abc import Iterator

from tools.model.questions import Answer, Question, rules
from tools.model.scenes import SCENES, State

_Ways = dict[State, tuple[State, str] | None]


def ask(question: Question) -> Answer:
    """Answer one question; all states of a depth are seen before any of the next."""
    scene = SCENES[question.scene]
    start = scene.starts[question.start]
    kept = frozenset(rules(question.scene)) - set(question.off)
    reached = scene.goals[question.goal]
    ways: _Ways = {start: None}
    level = [start]
    while level:
        found = next((state for state in level if reached(state)), None)
        if found is not None:
            steps = list(_steps(ways, found))[::-1]
            labels, gained = zip(*steps, strict=True)
            return Answer(states=len(ways), trace=labels, gained=gained)
        level = [
            after
            for state in level
            for label, after in scene.moves(state, kept)
            if _note(ways, after, (state, label))
        ]
    return Answer(states=len(ways), trace=None)


def _note(ways: _Ways, state: State, way: tuple[State, str]) -> bool:
    """Remember how a state was reached first; False if it was known."""
    return ways.setdefault(state, way) is way


def _steps(ways: _Ways, state: State) -> Iterator[tuple[str, str]]:
    way = ways[state]
    while way is not None:
        before, label = way
        yield label, ", ".join(sorted(" ".join(fact) for fact in state - before))
        state, way = before, ways[before]
