"""Vectors of others, judged by both programs through their own functions and reason codes."""

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

import pytest

from tests.vectors import others
from tests.vectors.differential import judge
from tests.vectors.node import typescript

_BOTH: Final = {
    "Ed25519, sign.input": (others.ed25519, 3072),
    "Ed25519, edges": (others.edges, 1088),
    "SHA-256, NIST": (others.sha256, 129),
    "X-Wing, HPKE working group": (others.sealing, 83),
    "X-Wing, small-order shares": (others.hostile_seals, 7),
}


@cache
def _lines(name: str) -> list[others.Said]:
    return list(_BOTH[name][0]())


@cache
def _theirs() -> dict[str, list[Any]]:
    """What the browser's program says, all at once: Node starts slowly."""
    told = iter(typescript(line for name in _BOTH for line, _ in _lines(name)))
    return {name: [next(told) for _ in _lines(name)] for name in _BOTH}


def _wrong(lines: Iterable[others.Said], verdicts: Iterable[Any]) -> list[Any]:
    pairs = zip(lines, verdicts, strict=True)
    return [(line, said, got) for (line, said), got in pairs if said != got]


@pytest.mark.parametrize("name", _BOTH)
def test_python_judges_as_the_file_says(name: str) -> None:
    """Through our own functions, with our own reason codes."""
    assert _wrong(_lines(name), [judge(line) for line, _ in _lines(name)]) == []


@pytest.mark.parametrize("name", _BOTH)
def test_typescript_judges_as_the_file_says(name: str) -> None:
    """The same lines in the browser's program."""
    assert _wrong(_lines(name), _theirs()[name]) == []


@pytest.mark.parametrize(("name", "count"), [(name, count) for name, (_, count) in _BOTH.items()])
def test_no_line_is_missing(name: str, count: int) -> None:
    """A file that could not be read would otherwise pass."""
    assert len(_lines(name)) == count


def test_the_browser_makes_the_same_seals_and_tree_hashes() -> None:
    """What only it can be asked: seals with given randomness, its SHA-256 in plain JavaScript."""
    lines = [*others.seals(), *others.sha256("tree-sha256")]

    assert len(lines) == 130
    assert _wrong(lines, typescript(line for line, _ in lines)) == []
