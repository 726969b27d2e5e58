"""What refuses: statements and expressions by the reason code that they name."""

import ast

from tools.mutate import units
from tools.mutate.functions import Function


def code_in(node: ast.AST | None) -> str | None:
    """The reason code that an expression names, `relay` for one that it passes on."""
    if node is None:
        return None
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute) and ast.unparse(each.value) in {"Code", "errors.Code"}:
            return each.attr
    return None


def refusal(statement: ast.stmt) -> str | None:
    """The code of a statement that refuses, None for any other."""
    match statement:
        case ast.Raise(exc=None):
            return "relay"
        case ast.Raise(exc=ast.Call(func=func) as call) if units.name_of(func) in {
            "Refused",
            "ValueError",
        }:
            return code_in(call) or "relay"
        case ast.Return(value=ast.Call(func=func) as call) if units.name_of(func) == "Deny":
            return code_in(call) or "relay"
        case ast.Return(value=ast.Attribute() as value):
            return code_in(value) or ("relay" if value.attr in {"code", "ended"} else None)
        case _:
            return None


def _default_code(function: Function) -> str | None:
    return next((c for d in function.node.args.defaults if (c := code_in(d))), None)


def helper_code(callees: list[Function]) -> str:
    """The code with which one of these refuses unless it is told another."""
    codes = (_default_code(each) or _code_in_raise(each) for each in callees)
    return next((code for code in codes if code), "relay")


def _code_in_raise(function: Function) -> str | None:
    raises = (node for node in function.nodes if isinstance(node, ast.Raise))
    return next((code for node in raises if (code := code_in(node))), None)
