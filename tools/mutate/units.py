"""Taking a condition apart: which of its parts is a check that can be switched off by itself."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

Local = Callable[[str], ast.expr | None]


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a condition: `must` says whether it has to be true, `far` whether by a name.

    `part` counts the comparisons of a chain, or the members of compared tuples.
    """

    node: ast.expr
    must: bool
    far: bool = False
    part: int | None = None


def name_of(called: ast.expr) -> str:
    """The last name of what is called: `c` of `a.b.c`."""
    match called:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def units(  # noqa: C901, PLR0911 -- one arm for each form of condition, nothing else
    expr: ast.expr, *, must: bool, local: Local
) -> list[Unit]:
    """The parts of a condition each of which alone can make it refuse; itself, if it has none."""
    match expr:
        case ast.BoolOp(op=op, values=values) if isinstance(op, ast.And) is must:
            return [*chain.from_iterable(units(v, must=must, local=local) for v in values)]
        case ast.BoolOp(values=values):
            return _deeper(values, must=must, local=local) or [Unit(expr, must)]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = units(operand, must=not must, local=local)
            return [Unit(expr, must)] if _is_whole(inner, operand) else inner
        case ast.Name(id=name) if (value := local(name)) is not None and _is_condition(value):
            inner = [replace(u, far=True) for u in units(value, must=must, local=_nowhere)]
            return [Unit(expr, must)] if _is_whole(inner, value) else inner
        case ast.Call(func=ast.Name(id="any" | "all" as name), args=[ast.GeneratorExp(elt=elt)]):
            inner = units(elt, must=must, local=local)
            return inner if _is_compound(inner, elt) else [Unit(expr, must)]
        case ast.Compare(ops=ops) if len(ops) > 1 and must:
            return [Unit(expr, must, part=part) for part in range(len(ops))]
        case ast.Compare(left=ast.Tuple(elts=elts), ops=[ast.Eq() | ast.NotEq() as op]) if (
            isinstance(op, ast.Eq) is must and not any(isinstance(e, ast.Starred) for e in elts)
        ):
            return [Unit(expr, must, part=part) for part in range(len(elts))]
        case ast.Constant():
            return []
        case _:
            return [Unit(expr, must)]


def is_chain(expr: ast.expr) -> bool:
    """Tell whether the parts are comparisons one after another."""
    return isinstance(expr, ast.Compare) and len(expr.ops) > 1


def _nowhere(_: str) -> None:
    return None


def _deeper(values: list[ast.expr], *, must: bool, local: Local) -> list[Unit]:
    found: list[Unit] = []
    for value in values:
        inner = units(value, must=must, local=local)
        if not _is_whole(inner, value):
            found += inner
    return found


def _is_whole(found: list[Unit], expr: ast.expr) -> bool:
    return len(found) == 1 and found[0].node is expr and found[0].part is None


def _is_compound(found: list[Unit], expr: ast.expr) -> bool:
    return isinstance(expr, ast.BoolOp) or any(unit.part is not None for unit in found)


def _is_condition(expr: ast.expr) -> bool:
    return isinstance(expr, ast.BoolOp | ast.Compare | ast.UnaryOp | ast.Call)


def calls(expr: ast.expr, *, must: bool, local: Local) -> Iterator[tuple[ast.expr, bool]]:
    """Every call and attribute by which a condition asks somebody else, with what must be true."""
    match expr:
        case ast.BoolOp(values=values):
            for each in values:
                yield from calls(each, must=must, local=local)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from calls(operand, must=not must, local=local)
        case ast.Name(id=name) if (value := local(name)) is not None:
            yield from calls(value, must=must, local=_nowhere)
        case ast.Call(func=ast.Name(id="any" | "all"), args=[ast.GeneratorExp(elt=elt)]):
            yield from calls(elt, must=must, local=local)
        case ast.Call(func=ast.Name(id="bool"), args=[inner]):
            yield from calls(inner, must=must, local=local)
        case ast.Call() | ast.Attribute():
            yield expr, must
        case _:
            return
