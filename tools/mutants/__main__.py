"""Change each operator, constant and argument of pure rules and cryptography: who notices?

python -m tools.mutants            all slices; figures into bench/results/mutants.json
python -m tools.mutants consent    one slice; what is known of the others stays

The engine is mutmut. It works on a copy of the tree under .data/mutants, one for each slice, and
asks only the fast tests that are about it. It changes what stands in functions; constants of a
module, and functions under a decorator, it leaves alone. What survives must stand in
`survivors.toml` with a reason.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict, cast

ROOT: Final = Path(__file__).parents[2]
WORK: Final = ROOT / ".data" / "mutants"
RESULT: Final = ROOT / "bench" / "results" / "mutants.json"
EXPLAINED: Final = Path(__file__).parent / "survivors.toml"
_SLICES: Final = Path(__file__).parent / "slices.toml"
_COPIED: Final = (
    "crypto", "protocol", "storage", "audit", "identity", "agenda", "consent", "conference",
    "server", "sdk", "cli", "tools", "bench",
)  # fmt: skip
_BESIDE: Final = ("tests", "vectors")
_WORDS: Final = (
    "-p", "no:cacheprovider", "-p", "tools.mutants.quick", "--hypothesis-seed=0",
    "-k", "not languages",
)  # fmt: skip
"""The copy has no browser's side, so what compares the two languages is not asked."""
_PATIENCE: Final = "timeout_multiplier = 1.0\ntimeout_constant = 15.0\n"
"""A change that makes a loop endless counts as noticed after some twice of this time."""

_NOTICED: Final = frozenset({"killed", "timeout"})
_NICE: Final = 15
_VERDICT: Final = re.compile(r"\s+(\S+): (.+)")
_NAME: Final = re.compile(r"(?P<module>.+)\.x(?P<function>_\w+|ǁ\w+ǁ\w+)__mutmut_\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What is changed, and the test files that are asked."""

    name: str
    files: Sequence[str]
    tests: Sequence[str]


class Outcome(TypedDict):
    """How many mutants of each file came to which end, and what the survivors changed."""

    files: dict[str, dict[str, int]]
    survivors: list[str]
    minutes: float


def main() -> int:
    """Run the slices that are named; 1 when a survivor has no explanation, or one is outdated."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutants")
    parser.add_argument("slices", nargs="*")
    wanted: list[str] = parser.parse_args().slices
    os.nice(_NICE)
    for each in _slices():
        if not wanted or each.name in wanted:
            outcome = _run(each)
            _keep(_known() | {each.name: outcome})
    unexplained, outdated = _compared(_known())
    for change in unexplained:
        print(f"UNEXPLAINED {change}")
    for change in outdated:
        print(f"OUTDATED {change}")
    print(f"survivors without an explanation: {len(unexplained)}")
    return 1 if unexplained or outdated else 0


def _slices() -> Iterator[Slice]:
    for name, told in tomllib.loads(_SLICES.read_text(encoding="utf-8")).items():
        yield Slice(name=name, files=told["files"], tests=told["tests"])


# ---------------------------------------------------------------- one run


def _run(each: Slice) -> Outcome:
    tree = WORK / each.name
    started = time.monotonic()
    _copy(each, tree)
    log = _mutmut(tree, "run", "--max-children", "1")
    (tree / "run.log").write_text(log, encoding="utf-8")
    outcome = _read(tree, _mutmut(tree, "results", "--all", "true"))
    outcome["minutes"] = round((time.monotonic() - started) / 60, 1)
    print(each.name, json.dumps(outcome["files"]), outcome["minutes"], "minutes", flush=True)
    return outcome


def _copy(each: Slice, tree: Path) -> None:
    shutil.rmtree(tree, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in (*_COPIED, *_BESIDE):
        shutil.copytree(ROOT / folder, tree / folder, ignore=ignored)
    settings = {
        "source_paths": _COPIED,
        "also_copy": _BESIDE,
        "only_mutate": each.files,
        "pytest_add_cli_args_test_selection": each.tests,
        "pytest_add_cli_args": _WORDS,
    }
    told = "".join(f"{key} = {json.dumps(list(value))}\n" for key, value in settings.items())
    told += f"use_git_change_detection = false\ntrack_dependencies = false\n{_PATIENCE}"
    own = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (tree / "pyproject.toml").write_text(f"{own}\n[tool.mutmut]\n{told}", encoding="utf-8")


def _mutmut(tree: Path, *words: str) -> str:
    """Run mutmut in a copied tree and give what it printed; end with that if it cannot go on."""
    command = [str(Path(sys.executable).with_name("mutmut")), *words]
    done = subprocess.run(  # noqa: S603 -- our own words
        command, cwd=tree, capture_output=True, check=False, text=True
    )
    if done.returncode:
        raise SystemExit(done.stdout[-5000:] + done.stderr)
    return done.stdout


def _read(tree: Path, results: str) -> Outcome:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    survivors: list[str] = []
    for name, verdict in _VERDICT.findall(results):
        module, function = place_of(name)
        counts[f"{module.replace('.', '/')}.py"][verdict] += 1
        if verdict not in _NOTICED:
            change = change_of(_mutmut(tree, "show", name))
            survivors.append(f"{module}:{function}: {change}")
    files = {file: dict(count) for file, count in sorted(counts.items())}
    return Outcome(files=files, survivors=sorted(survivors), minutes=0)


# ---------------------------------------------------------------- names


def place_of(name: str) -> tuple[str, str]:
    """Module and function of a mutant, from the name that mutmut gives it."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(name)
    function = found["function"]
    plain = function[1:] if function[0] == "_" else function[1:].replace("ǁ", ".")
    return found["module"], plain


def change_of(diff: str) -> str:
    """What a mutant changed: the lines that went and those that came, without their margins."""
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++", "@@", "#"))]
    gone, come = (
        " ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+"
    )
    return f"{gone} -> {come}"


# ---------------------------------------------------------------- figures


def explained() -> dict[str, str]:
    """The reason by survivor."""
    told = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))
    return {change: group["reason"] for group in told["survivors"] for change in group["changes"]}


def _known() -> dict[str, Outcome]:
    """What the last runs left, slice by slice."""
    if not RESULT.exists():
        return {}
    kept = json.loads(RESULT.read_text(encoding="utf-8"))
    return cast("dict[str, Outcome]", kept["slices"])


def _keep(outcomes: Mapping[str, Outcome]) -> None:
    known = {each.name: outcomes[each.name] for each in _slices() if each.name in outcomes}
    files = [counts for outcome in known.values() for counts in outcome["files"].values()]
    total = sum(map(Counter[str], files), Counter[str]())
    figures = {
        "mutants": total.total(),
        **total,
        "score": round(100 * sum(total[each] for each in _NOTICED) / max(total.total(), 1), 1),
        "survivors without an explanation": len(_compared(known)[0]),
        "minutes": round(sum(outcome["minutes"] for outcome in known.values()), 1),
        "slices": known,
    }
    text = json.dumps(figures, indent=2, ensure_ascii=False)
    RESULT.write_text(f"{text}\n", encoding="utf-8")
    print(json.dumps({key: told for key, told in figures.items() if key != "slices"}), flush=True)


def _compared(known: Mapping[str, Outcome]) -> tuple[list[str], list[str]]:
    """Survivors without an explanation, and explanations of what did not survive."""
    survivors = [change for outcome in known.values() for change in outcome["survivors"]]
    files = {file for outcome in known.values() for file in outcome["files"]}
    reasons = explained()
    outdated = [
        change
        for change in reasons
        if f"{change.partition(':')[0].replace('.', '/')}.py" in files and change not in survivors
    ]
    return [change for change in survivors if change not in reasons], outdated


if __name__ == "__main__":
    sys.exit(main())
