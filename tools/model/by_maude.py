"""Asks Maude: the one inside the PyPI package, else a program of that name."""

import importlib.util
import re
import subprocess
import sys
from typing import Final

from tools.model.questions import Answer, questions, text_of

_PACKAGED: Final = (
    sys.executable,
    "-c",
    "import sys, maude; maude.init(advise=False); maude.input(sys.stdin.read())",
)
_RESULT: Final = re.compile(
    r"^(?:No solution\.|Solution 1 \(state (\d+)\))\nstates: (\d+)", re.MULTILINE
)


def ask(scene: str) -> list[Answer]:
    """Answer all questions of a scene; the second run shows the ways to what the first found."""
    found = [(state, int(count)) for state, count in _RESULT.findall(_run(text_of(scene)))]
    asked = questions(scene)
    commands = [
        f"{question.command}\nshow path labels {state} ."
        for question, (state, _) in zip(asked, found, strict=True)
        if state
    ]
    module = text_of(scene).partition("\n--- reached\n")[0]
    traces = iter(_traces(_run("\n".join([module, *commands]))))
    return [Answer(states=n, trace=next(traces) if state else None) for state, n in found]


def _traces(told: str) -> list[tuple[str, ...]]:
    """Labels of steps stand alone on their lines, behind the solution they lead to."""
    parts = told.split("\nSolution 1 ")[1:]
    return [tuple(re.findall(r"^([a-z][a-z-]*-[a-z-]+)$", part, re.MULTILINE)) for part in parts]


def _run(scene: str) -> str:
    script = text_of("core") + scene.replace("\nload core\n", "\n")
    packaged = importlib.util.find_spec("maude") is not None
    command = _PACKAGED if packaged else ("maude", "-no-banner", "-no-advise")
    done = subprocess.run(  # noqa: S603 -- Maude itself, with our own model
        command, input=script, capture_output=True, text=True, check=True
    )
    if "Warning" in done.stderr + done.stdout:
        raise ValueError(done.stderr + done.stdout)
    return done.stdout
