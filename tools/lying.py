"""The lying server for as long as one likes: `python -m tools.lying --minutes 10`, or `--seeded`.

Figures go to `bench/results/lying.json`. `--seeded` plants each fault in turn, counts the
steps until it is found, and with `--keep` writes the shortest run into the transcripts.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from tests.lying.machine import Tally, explore, replay, shrink
from tests.lying.seeded import BUGS, planted
from tests.lying.transcripts import Transcript, write

RESULT: Final = Path(__file__).parents[1] / "bench" / "results" / "lying.json"
STEPS: Final = 30
BUDGET: Final = 3000
"""Steps within which every planted fault has to be found."""


class Figures(msgspec.Struct):
    """What the file holds."""

    seeded: dict[str, dict[str, object]] = msgspec.field(default_factory=dict)
    long: dict[str, object] = msgspec.field(default_factory=dict)


def main() -> int:
    """Run; 1 when a promise was broken or a planted fault was not found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--start", type=int, default=0, help="number of the first run")
    parser.add_argument("--seeded", nargs="*", metavar="FAULT")
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    figures = Figures()
    if RESULT.exists():
        figures = msgspec.json.decode(RESULT.read_bytes(), type=Figures)
    fine = True
    if asked.seeded is not None:
        found = seeded(asked.seeded or list(BUGS), keep=asked.keep)
        figures.seeded |= found
        fine = all(each["steps"] is not None for each in found.values())
    if asked.minutes:
        figures.long = long_run(asked.minutes, asked.start)
        fine = fine and not figures.long["violations"]
    RESULT.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")
    return 0 if fine else 1


def long_run(minutes: float, start: int) -> dict[str, object]:
    """Run the code as it is."""
    tally, violations, began = Tally(), list[dict[str, object]](), time.monotonic()
    while time.monotonic() - began < minutes * 60:
        if not explore(tally, start=start + tally.runs, steps=STEPS):
            violations.append({"broken": tally.broken, "steps": shrink(tally.found)})
            print(f"BROKEN {tally.broken}: {violations[-1]['steps']}", flush=True)
    refused = dict(sorted(tally.refusals.items()))
    print(f"{tally.runs} runs, {tally.steps} steps, {len(violations)} violations", flush=True)
    print(f"refusals: {refused}", flush=True)
    return {
        "minutes": minutes,
        "runs": tally.runs,
        "steps": tally.steps,
        "acts": len(tally.acts),
        "refusals": refused,
        "violations": violations,
    }


def seeded(names: Sequence[str], *, keep: bool) -> dict[str, dict[str, object]]:
    """Plant each fault in turn, and look for it."""
    figures = dict[str, dict[str, object]]()
    for name in names:
        tally = Tally()
        with planted(name):
            found = _look_for(name, tally)
            steps = shrink(tally.found, tries=60) if found and keep else tally.found
            broken = replay(steps) if found and keep else tally.broken
        figures[name] = {"runs": tally.runs, "steps": tally.until, "broken": broken}
        print(f"{name}: {tally.until} steps in {tally.runs} runs: {broken}", flush=True)
        if found and keep:
            says = BUGS[name].says
            write(Transcript(bug=name, says=says, broken=broken, steps=tuple(steps)))
    return figures


def _look_for(name: str, tally: Tally) -> bool:
    lean = BUGS[name].lean
    while tally.steps < BUDGET:
        if not explore(tally, start=tally.runs, steps=STEPS, lean=lean):
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())
