"""Where the program refuses: every check, found in the syntax tree, with a name of its own.

A check is the condition of a refusal: of `if …: raise Refused(…)`, of `_require(…, holds=…)`,
of a pair `(fails, Code.X)`, of `return Code.X`; a call of `require_…` whose result nobody
uses; or a refusal that stands alone. Where several conditions are joined, each is a check
of its own. Functions that answer with a bool, and local names, are followed to what they
say, as far as they decide a check.
"""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Final

from tools.mutate import units
from tools.mutate.scope import Module, modules

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_SHOWN: Final = 90
_DEMANDS: Final = (
    "require", "_require", "check", "verify", "_verify", "scan", "_signed", "trust", "may_write",
)  # fmt: skip


class Off(StrEnum):
    """How a check is switched off."""

    TRUE = "holds"  # the condition counts as true
    FALSE = "does not fail"  # the condition counts as false
    PART = "one part"  # one comparison of several counts as true
    SKIP = "not asked"  # the statement is passed over
    NONE = "no refusal"  # the expression, or the return, gives None
    RERAISE = "not named"  # the error goes on as it came


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


# ---------------------------------------------------------------- the tree at large


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


def _callees(caller: Function, called: ast.expr) -> list[Function]:
    """Functions in scope that a call may mean, those of the same module before all others."""
    name = units.name_of(called)
    found = _by_name().get(name, [])
    near = [each for each in found if each.module is caller.module]
    return near or found


def _gives(function: Function, what: str) -> bool:
    returns = function.node.returns
    return returns is not None and what in ast.unparse(returns).split(" | ")


def _raise_lines(function: Function) -> frozenset[tuple[str, int]]:
    return frozenset(
        (function.module.file, node.lineno)
        for node in function.nodes
        if isinstance(node, ast.Raise)
    )


# ---------------------------------------------------------------- what refuses


def _code_in(node: ast.AST | None) -> str | None:
    """The reason code that an expression names, `relay` for one that it passes on."""
    if node is None:
        return None
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute) and ast.unparse(each.value) in {"Code", "errors.Code"}:
            return each.attr
    return None


def _refusal(statement: ast.stmt) -> str | None:
    """The code of a statement that refuses, None for any other."""
    match statement:
        case ast.Raise(exc=None):
            return "relay"
        case ast.Raise(exc=ast.Call(func=func) as call) if units.name_of(func) in {
            "Refused",
            "ValueError",
        }:
            return _code_in(call) or "relay"
        case ast.Return(value=ast.Call(func=func) as call) if units.name_of(func) == "Deny":
            return _code_in(call) or "relay"
        case ast.Return(value=ast.Attribute() as value):
            return _code_in(value) or ("relay" if value.attr in {"code", "ended"} else None)
        case _:
            return None


def _default_code(function: Function) -> str | None:
    return next((c for d in function.node.args.defaults if (c := _code_in(d))), None)


def _helper_code(callees: list[Function]) -> str:
    codes = (_default_code(each) or _code_in_raise(each) for each in callees)
    return next((code for code in codes if code), "relay")


def _code_in_raise(function: Function) -> str | None:
    raises = (node for node in function.nodes if isinstance(node, ast.Raise))
    return next((code for node in raises if (code := _code_in(node))), None)


# ---------------------------------------------------------------- searching one function


class _Search:
    """Fills `found` of every function; bools that decide a check wait in `todo`."""

    def __init__(self) -> None:
        self.todo: list[tuple[Function, bool, str]] = []
        self._asked: set[tuple[int, bool]] = set()

    def run(self) -> None:
        for function in functions():
            self._search(function)
        while self.todo:
            self._answers(*self.todo.pop(0))

    def _search(self, function: Function) -> None:  # noqa: C901 -- one arm for each form, nothing else
        handled: set[int] = set()
        for node in function.nodes:
            match node:
                case ast.If():
                    handled |= self._branch(function, node)
                case ast.Expr(value=ast.Call() as call):
                    self._demand(function, node, call)
                case ast.Tuple(elts=[ast.expr() as fails, ast.Attribute() as code]):
                    self._pair(function, node, fails, code)
                case ast.IfExp():
                    self._choice(function, node)
                case ast.BoolOp(op=ast.Or()):
                    self._chain(function, node)
                case ast.Match():
                    self._match(function, node)
                case ast.comprehension():
                    self._filter(function, node)
                case _:
                    pass
        for node in function.nodes:
            if isinstance(node, ast.stmt) and id(node) not in handled:
                self._alone(function, node)

    def _loosen(
        self,
        function: Function,
        expr: ast.expr,
        *,
        must: bool,
        code: str,
        holder: ast.AST,
        hits: frozenset[tuple[str, int]] = frozenset(),
    ) -> None:
        for unit in units.units(expr, must=must, local=function.local):
            off = Off.TRUE if unit.must else Off.FALSE
            place = unit.node if unit.far else holder
            if unit.part is None:
                function.add(Found(unit.node, off, code, place, hits))
            else:
                function.add(Found(unit.node, Off.PART, code, place, hits, unit.part))
            self._follow(function, unit.node, must=unit.must, code=code)
        for call, polarity in units.calls(expr, must=must, local=function.local):
            self._follow(function, call, must=polarity, code=code)

    def _follow(self, function: Function, node: ast.AST, *, must: bool, code: str) -> None:
        called = node.func if isinstance(node, ast.Call) else node
        if not isinstance(called, ast.Name | ast.Attribute):
            return
        for callee in _callees(function, called):
            if _gives(callee, "bool") and (id(callee.node), must) not in self._asked:
                self._asked.add((id(callee.node), must))
                self.todo.append((callee, must, code))

    def _answers(self, function: Function, must: bool, code: str) -> None:  # noqa: FBT001 -- internal
        """The checks of a function whose answer decides one."""
        for node in function.nodes:
            match node:
                case ast.If(
                    test=test, body=[*_, ast.Return(value=ast.Constant(value=value)) as end]
                ):
                    if value is not must:
                        hits = frozenset({(function.module.file, end.lineno)})
                        self._loosen(function, test, must=False, code=code, holder=node, hits=hits)
                case ast.Return(value=ast.Constant(value=value)) if value is not must:
                    pass
                case ast.Return(value=ast.expr() as value):
                    self._loosen(function, value, must=must, code=code, holder=node)
                case _:
                    pass

    def _branch(self, function: Function, node: ast.If) -> set[int]:
        last = node.body[-1]
        code = _refusal(last)
        if code is not None:
            hits = frozenset({(function.module.file, last.lineno)})
            self._loosen(function, node.test, must=False, code=code, holder=node.test, hits=hits)
            return {id(last)}
        end = node.orelse[-1] if node.orelse else None
        code = _refusal(end) if end is not None else None
        if end is None or code is None or isinstance(end, ast.If):
            return set()
        hits = frozenset({(function.module.file, end.lineno)})
        self._loosen(function, node.test, must=True, code=code, holder=node.test, hits=hits)
        return {id(end)}

    def _demand(self, function: Function, node: ast.Expr, call: ast.Call) -> None:
        callees = _callees(function, call.func)
        for keyword in call.keywords:
            if keyword.arg in {"holds", "allowed"}:
                code = _code_in(call.args[0]) if call.args else None
                hits = frozenset[tuple[str, int]]().union(*map(_raise_lines, callees))
                self._loosen(
                    function,
                    keyword.value,
                    must=True,
                    code=code or _helper_code(callees),
                    holder=node,
                    hits=hits,
                )
                return
        name = units.name_of(call.func)
        if name in _DEMANDS or name.lstrip("_").startswith(("require_", "check_", "verify_")):
            function.add(Found(node, Off.SKIP, name.lstrip("_"), node))

    def _pair(
        self, function: Function, node: ast.Tuple, fails: ast.expr, code: ast.Attribute
    ) -> None:
        named = _code_in(code) or ("relay" if code.attr == "halted" else None)
        condition = isinstance(fails, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Call)
        condition = condition or (
            isinstance(fails, ast.Name) and function.local(fails.id) is not None
        )
        if named is not None and condition and _code_in(fails) is None:
            self._loosen(function, fails, must=False, code=named, holder=node)

    def _choice(self, function: Function, node: ast.IfExp) -> None:
        for refusing, other, must in (
            (node.body, node.orelse, False),
            (node.orelse, node.body, True),
        ):
            code = _code_in(refusing)
            nothing = isinstance(other, ast.Constant) and other.value is None
            if code is not None and nothing:
                self._loosen(function, node.test, must=must, code=code, holder=node)

    def _chain(self, function: Function, node: ast.BoolOp) -> None:
        """`a(…) or b(…)`, each giving a code or None."""
        calls = [value for value in node.values if isinstance(value, ast.Call)]
        for call in calls:
            if any(_gives(each, "Code") for each in _callees(function, call.func)):
                name = units.name_of(call.func).lstrip("_")
                function.add(Found(call, Off.NONE, name, node))

    def _match(self, function: Function, node: ast.Match) -> None:
        last = node.cases[-1]
        code = _refusal(last.body[-1])
        if code is None or not isinstance(last.pattern, ast.MatchAs):
            return
        hits = frozenset({(function.module.file, last.body[-1].lineno)})
        for case in node.cases[:-1]:
            if case.guard is not None:
                self._loosen(
                    function, case.guard, must=True, code=code, holder=case.guard, hits=hits
                )

    def _filter(self, function: Function, node: ast.comprehension) -> None:
        """What a computed set leaves out is refused too: follow the function that says so."""
        for test in node.ifs:
            for call, polarity in units.calls(test, must=True, local=function.local):
                self._follow(function, call, must=polarity, code="left-out")

    def _alone(self, function: Function, node: ast.stmt) -> None:
        code = _refusal(node)
        if code is None or code == "relay":
            return
        off = Off.NONE if isinstance(node, ast.Return) else Off.SKIP
        if isinstance(node, ast.Raise) and node.cause is not None:
            off = Off.RERAISE
        function.add(Found(node, off, code, node, frozenset({(function.module.file, node.lineno)})))


# ---------------------------------------------------------------- names


@cache
def sites() -> tuple[Site, ...]:
    """All checks, in the order of the files."""
    _Search().run()
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
