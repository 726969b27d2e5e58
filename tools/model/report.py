"""How answers are shown: lines for a person, and the table of `docs/model/README.md`."""

from tools.model.by_search import ask
from tools.model.questions import SCENES, Answer, Question, questions

_FOUND = {"attack": "attack", "reached": "reached", "none": "found"}


def agree(one: Answer, other: Answer) -> bool:
    """Compare two searches: verdict, length of the way, and how many states there are at all.

    Where a way is found the number seen before it depends on the order of trying.
    """
    if one.trace is None or other.trace is None:
        return one == other
    return len(one.trace) == len(other.trace)


def line(question: Question, answer: Answer) -> str:
    """One line: what was asked, what came of it."""
    off = " ".join(question.off) or "-"
    asked = f"{question.scene:8} {question.start:13} off: {off:12} {question.goal:16}"
    return f"{asked} {answer.states:6} states  {verdict(question, answer)}"


def verdict(question: Question, answer: Answer) -> str:
    """Say in words what was found."""
    if answer.trace is None:
        return "none"
    return f"{_FOUND[question.verdict]} in {len(answer.trace)} steps"


def steps(answer: Answer) -> str:
    """The way to the attack, a step a line, each with the facts that it brings."""
    told = zip(answer.trace or (), answer.gained, strict=True)
    lines = [f"{label.replace('-', ' ')}   [{facts}]" for label, facts in told]
    return "\n".join(f"    {number}. {text}" for number, text in enumerate(lines, start=1))


def table() -> str:
    """The table of the page, from the search in Python: its figures are the same everywhere."""
    head = "| scene | begins | switched off | asked | states | found |\n|---|---|---|---|---|---|\n"
    rows = [(each, ask(each)) for scene in SCENES for each in questions(scene)]
    return head + "".join(
        f"| {each.scene} | {each.start} | {', '.join(each.off) or '–'} | {each.goal} "
        f"| {answer.states} | {verdict(each, answer)} |\n"
        for each, answer in rows
    )
