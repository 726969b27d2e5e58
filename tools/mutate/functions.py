"""The functions in scope, what each calls, and the checks that are found in it."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from tools.mutate import units
from tools.mutate.scope import Module, modules

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class Off(StrEnum):
    """How a check is switched off."""

    TRUE = "holds"  # the condition counts as true
    FALSE = "does not fail"  # the condition counts as false
    PART = "one part"  # one comparison of several counts as true
    SKIP = "not asked"  # the statement is passed over
    NONE = "no refusal"  # the expression, or the return, gives None
    RERAISE = "not named"  # the error goes on as it came


@dataclass(slots=True)
class Found:
    """A check before it is numbered."""

    node: ast.AST
    off: Off
    code: str
    holder: ast.AST
    hits: frozenset[tuple[str, int]] = frozenset()
    part: int = -1


@dataclass(slots=True)
class Function:
    """A function or method with its own statements, those of inner functions left out."""

    module: Module
    name: str
    node: FunctionNode
    found: dict[tuple[int, int], Found] = field(default_factory=dict[tuple[int, int], Found])

    @property
    def nodes(self) -> Iterator[ast.AST]:
        """What belongs to this function."""
        return _own(self.node)

    def local(self, name: str) -> ast.expr | None:
        """What a local name stands for, if it is given once and it is an expression."""
        given = [
            node.value
            for node in self.nodes
            if isinstance(node, ast.Assign)
            and len(node.targets) == 1
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == name
        ]
        return given[0] if len(given) == 1 else None

    def add(self, found: Found) -> None:
        """Keep a check; the first way in which it was found stands."""
        self.found.setdefault((id(found.node), found.part), found)


def _own(function: FunctionNode) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, FunctionNode | ast.ClassDef):
            waiting = [*ast.iter_child_nodes(node), *waiting]


@cache
def functions() -> tuple[Function, ...]:
    """All functions in scope."""
    return tuple(each for module in modules() for each in _functions(module, module.tree, ""))


def _functions(module: Module, node: ast.AST, prefix: str) -> Iterator[Function]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FunctionNode):
            yield Function(module, prefix + child.name, child)
            yield from _functions(module, child, f"{prefix}{child.name}.<locals>.")
        elif isinstance(child, ast.ClassDef):
            yield from _functions(module, child, f"{prefix}{child.name}.")
        else:
            yield from _functions(module, child, prefix)


@cache
def _by_name() -> dict[str, list[Function]]:
    named: defaultdict[str, list[Function]] = defaultdict(list)
    for each in functions():
        named[each.node.name].append(each)
    return dict(named)


def callees(caller: Function, called: ast.expr) -> list[Function]:
    """Functions in scope that a call may mean, those of the same module before all others."""
    name = units.name_of(called)
    found = _by_name().get(name, [])
    near = [each for each in found if each.module is caller.module]
    return near or found


def gives(function: Function, what: str) -> bool:
    """Tell whether this is what a function says it returns, or one of several."""
    returns = function.node.returns
    return returns is not None and what in ast.unparse(returns).split(" | ")


def raise_lines(function: Function) -> frozenset[tuple[str, int]]:
    """The lines in which a function raises."""
    return frozenset(
        (function.module.file, node.lineno)
        for node in function.nodes
        if isinstance(node, ast.Raise)
    )
