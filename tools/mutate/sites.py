"""Where the program refuses: every check, found in the syntax tree, with a name of its own.

A check is the condition of a refusal: of `if …: raise Refused(…)`, of `_require(…, holds=…)`,
of a pair `(fails, Code.X)`, of `return Code.X`; a call of `require_…` whose result nobody
uses; or a refusal that stands alone. Where several conditions are joined, each is a check
of its own. Functions that answer with a bool, and local names, are followed to what they
say, as far as they decide a check.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from tools.mutate import units
from tools.mutate.functions import Function, FunctionNode, Off, functions
from tools.mutate.scope import Module
from tools.mutate.search import Search

_SHOWN: Final = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One check; `node` counts in `ast.walk` order, `hits` are lines run only when it refuses."""

    id: str
    module: Module
    function: str
    first_line: int
    code: str
    node: int
    part: int
    off: Off
    lines: range
    hits: frozenset[tuple[str, int]]
    shown: str


@cache
def sites() -> tuple[Site, ...]:
    """All checks, in the order of the files."""
    Search().run()
    numbers: Counter[str] = Counter()
    return tuple(site for function in functions() for site in _numbered(function, numbers))


def _numbered(function: Function, numbers: Counter[str]) -> Iterator[Site]:
    places = {id(node): place for place, node in enumerate(ast.walk(function.module.tree))}
    in_order = sorted(function.found.values(), key=lambda found: (_place(found.node), found.part))
    for found in in_order:
        name = f"{function.module.name}:{function.name}:{found.code}"
        numbers[name] += 1
        number = numbers[name]
        yield Site(
            id=name if number == 1 else f"{name}#{number}",
            module=function.module,
            function=function.name,
            first_line=_first_line(function.node),
            code=found.code,
            node=places[id(found.node)],
            part=found.part,
            off=found.off,
            lines=_lines(found.holder),
            hits=found.hits,
            shown=_shown(found.node, found.part),
        )


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _first_line(node: FunctionNode) -> int:
    return min([node.lineno, *(each.lineno for each in node.decorator_list)])


def _lines(node: ast.AST) -> range:
    first = getattr(node, "lineno", 0)
    return range(first, (getattr(node, "end_lineno", None) or first) + 1)


def _shown(node: ast.AST, part: int) -> str:
    if part >= 0 and isinstance(node, ast.Compare):
        return _shown(one_part(node, part), -1)
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def one_part(node: ast.Compare, part: int) -> ast.Compare:
    """One comparison of a chain, or of two tuples."""
    if units.is_chain(node):
        sides = [node.left, *node.comparators]
        return ast.Compare(sides[part], [node.ops[part]], [sides[part + 1]])
    left, right = node.left, node.comparators[0]
    assert isinstance(left, ast.Tuple)  # noqa: S101 -- units() gives parts of nothing else
    plain = isinstance(right, ast.Tuple) and not any(isinstance(e, ast.Starred) for e in right.elts)
    other = (
        right.elts[part]
        if plain and isinstance(right, ast.Tuple)
        else ast.Subscript(right, ast.Constant(value=part), ast.Load())
    )
    return ast.Compare(left.elts[part], node.ops, [other])
