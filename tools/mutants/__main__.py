"""Change the pure models and the cryptography at random places: which change does no test notice?

python -m tools.mutants            all slices; figures into bench/results/mutants.json
python -m tools.mutants consent    one slice, figures only shown

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
from typing import Final

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
_WORDS: Final = ("-p", "no:cacheprovider", "--hypothesis-seed=0", "-k", "not languages")
"""The copy has no browser's side, so what compares the two languages is not asked."""
_NICE: Final = 15
_VERDICT: Final = re.compile(r"\s+(\S+): (.+)")
_NAME: Final = re.compile(r"(?P<module>.+)\.x(?P<function>_\w+|ǁ\w+ǁ\w+)__mutmut_\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What is changed, and the test files that are asked."""

    name: str
    files: Sequence[str]
    tests: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How many mutants of each file came to which end, and what the survivors changed."""

    counts: Mapping[str, Counter[str]]
    survivors: Sequence[str]


def main() -> int:
    """Run the slices that are named; 1 when a survivor has no explanation, or one is outdated."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutants")
    parser.add_argument("slices", nargs="*")
    wanted: list[str] = parser.parse_args().slices
    os.nice(_NICE)
    started = time.monotonic()
    slices = [each for each in _slices() if not wanted or each.name in wanted]
    outcomes = {each.name: _run(each) for each in slices}
    figures = _figures(outcomes, minutes=(time.monotonic() - started) / 60)
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    if not wanted:
        RESULT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 1 if figures["survivors without an explanation"] or figures["outdated"] else 0


def _slices() -> Iterator[Slice]:
    for name, told in tomllib.loads(_SLICES.read_text(encoding="utf-8")).items():
        yield Slice(name=name, files=told["files"], tests=told["tests"])


# ---------------------------------------------------------------- one run


def _run(each: Slice) -> Outcome:
    tree = WORK / each.name
    _copy(each, tree)
    print(f"{each.name} …", flush=True)
    log = _mutmut(tree, "run", "--max-children", "1")
    (tree / "run.log").write_text(log, encoding="utf-8")
    return _read(tree, _mutmut(tree, "results", "--all", "true"))


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
    told += "use_git_change_detection = false\ntrack_dependencies = false\n"
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
        counts[module][verdict] += 1
        if verdict != "killed":
            change = change_of(_mutmut(tree, "show", name))
            survivors.append(f"{module}:{function}: {change}")
    return Outcome(counts=counts, survivors=survivors)


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


def _figures(outcomes: Mapping[str, Outcome], *, minutes: float) -> dict[str, object]:
    files = {
        f"{module.replace('.', '/')}.py": dict(counts)
        for outcome in outcomes.values()
        for module, counts in sorted(outcome.counts.items())
    }
    total = sum((Counter(counts) for counts in files.values()), Counter[str]())
    survivors = [change for outcome in outcomes.values() for change in outcome.survivors]
    modules = {module for outcome in outcomes.values() for module in outcome.counts}
    reasons = explained()
    stale = [c for c in reasons if c.partition(":")[0] in modules and c not in survivors]
    return {
        "files": files,
        "mutants": total.total(),
        **total,
        "score": round(100 * total["killed"] / max(total.total(), 1), 1),
        "survivors": len(survivors),
        "survivors without an explanation": [c for c in survivors if c not in reasons],
        "outdated": stale,
        "minutes": round(minutes, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
