"""Switching one check off in a running process: the code of one function is replaced.

No file is changed and nothing is imported anew, so that every reference to the function,
however it was imported, meets the changed code.
"""

import ast
import functools
import gc
import importlib
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Final

from tools.mutate import units
from tools.mutate.functions import Off
from tools.mutate.scope import modules
from tools.mutate.sites import Site, one_part, sites

_CACHED: Final = type(functools.cache(lambda: None))


class NotFoundError(Exception):
    """No check has this name, or no function of the process holds it."""


def site_named(rule: str) -> Site:
    """The check with this rule id."""
    for site in sites():
        if site.id == rule:
            return site
    raise NotFoundError(rule)


def switch_off(site: Site) -> None:
    """Replace the code of the function that holds the check, wherever it is referenced."""
    importlib.import_module(site.module.name)
    changed = changed_code(site)
    found = [each for each in _living() if _is_code(each.__code__, site)]
    if not found:
        raise NotFoundError(site.id)
    for function in found:
        function.__code__ = changed
    _forget()


def _forget() -> None:
    """Empty the program's caches: what they hold was answered with the check on."""
    names = {module.name for module in modules()}
    for each in gc.get_objects():
        if isinstance(each, _CACHED) and each.__module__ in names:
            each.cache_clear()


def changed_code(site: Site) -> CodeType:
    """The code of the function without the check."""
    return _code_of(_without(site), site)


def written_code(site: Site) -> CodeType:
    """The code of the function as it is written."""
    return _code_of(site.module.tree, site)


def _living() -> Iterator[FunctionType]:
    return (each for each in gc.get_objects() if isinstance(each, FunctionType))


def _is_code(code: CodeType, site: Site) -> bool:
    # An inner function lives in the code of its outer one, which is replaced as a whole.
    outer, inner, _ = site.function.partition(".<locals>")
    same = code.co_qualname == outer and (inner or code.co_firstlineno == site.first_line)
    return bool(same) and code.co_filename.endswith("/" + site.module.file)


def _code_of(tree: ast.Module, site: Site) -> CodeType:
    waiting = [compile(tree, str(site.module.path), "exec")]
    while waiting:
        code = waiting.pop()
        if _is_code(code, site):
            return code
        waiting += [const for const in code.co_consts if isinstance(const, CodeType)]
    raise NotFoundError(site.id)


# ---------------------------------------------------------------- the changed tree


def _without(site: Site) -> ast.Module:
    tree = ast.parse(site.module.text, str(site.module.path))
    target = next(node for place, node in enumerate(ast.walk(tree)) if place == site.node)
    _Replace(target, _changed(target, site)).visit(tree)  # in place
    return ast.fix_missing_locations(tree)


def _changed(target: ast.AST, site: Site) -> ast.AST:
    """What stands there instead; it still names all it named, so that closures stay as they are."""
    match target, site.off:
        case ast.stmt(), Off.RERAISE:
            return ast.Raise()
        case ast.stmt(), _:
            return _if_false(target)
        case ast.Compare(), Off.PART:
            return _without_part(target, site.part)
        case ast.expr(), Off.TRUE:
            return ast.BoolOp(ast.Or(), [ast.Constant(value=True), target])
        case ast.expr(), Off.FALSE:
            return ast.BoolOp(ast.And(), [ast.Constant(value=False), target])
        case ast.expr(), _:
            return ast.IfExp(ast.Constant(value=False), target, ast.Constant(value=None))
        case _:
            raise NotFoundError(site.id)


def _if_false(statement: ast.stmt) -> ast.stmt:
    return ast.If(ast.Constant(value=False), [statement], [])


def _without_part(node: ast.Compare, part: int) -> ast.expr:
    true = ast.Constant(value=True)
    if units.is_chain(node):
        each = [one_part(node, at) for at in range(len(node.ops))]
    else:
        assert isinstance(node.left, ast.Tuple)  # noqa: S101 -- as in one_part
        each = [one_part(node, at) for at in range(len(node.left.elts))]
    if isinstance(node.ops[0], ast.NotEq) and not units.is_chain(node):
        false = ast.BoolOp(ast.And(), [ast.Constant(value=False), each[part]])
        return ast.BoolOp(ast.Or(), [*each[:part], false, *each[part + 1 :]])
    loose = ast.BoolOp(ast.Or(), [true, each[part]])
    return ast.BoolOp(ast.And(), [*each[:part], loose, *each[part + 1 :]])


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old = old
        self._new = new

    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._old else self.generic_visit(node)
