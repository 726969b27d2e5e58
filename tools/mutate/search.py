"""Searching the functions for checks: one arm for each form in which the program refuses."""

import ast
from typing import Final

from tools.mutate import units
from tools.mutate.functions import Found, Function, Off, callees, functions, gives, raise_lines
from tools.mutate.refusals import code_in, helper_code, refusal

_DEMANDS: Final = (
    "require", "_require", "check", "verify", "_verify", "scan", "_signed", "trust", "may_write",
)  # fmt: skip


class Search:
    """Fills `found` of every function; bools that decide a check wait in `todo`."""

    def __init__(self) -> None:
        self.todo: list[tuple[Function, bool, str]] = []
        self._asked: set[tuple[int, bool]] = set()

    def run(self) -> None:
        """Search all functions, and then those whose answers decide a check."""
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
        for callee in callees(function, called):
            if gives(callee, "bool") and (id(callee.node), must) not in self._asked:
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
        code = refusal(last)
        if code is not None:
            hits = frozenset({(function.module.file, last.lineno)})
            self._loosen(function, node.test, must=False, code=code, holder=node.test, hits=hits)
            return {id(last)}
        end = node.orelse[-1] if node.orelse else None
        code = refusal(end) if end is not None else None
        if end is None or code is None or isinstance(end, ast.If):
            return set()
        hits = frozenset({(function.module.file, end.lineno)})
        self._loosen(function, node.test, must=True, code=code, holder=node.test, hits=hits)
        return {id(end)}

    def _demand(self, function: Function, node: ast.Expr, call: ast.Call) -> None:
        called = callees(function, call.func)
        for keyword in call.keywords:
            if keyword.arg in {"holds", "allowed"}:
                code = code_in(call.args[0]) if call.args else None
                hits = frozenset[tuple[str, int]]().union(*map(raise_lines, called))
                self._loosen(
                    function,
                    keyword.value,
                    must=True,
                    code=code or helper_code(called),
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
        named = code_in(code) or ("relay" if code.attr == "halted" else None)
        condition = isinstance(fails, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Call)
        condition = condition or (
            isinstance(fails, ast.Name) and function.local(fails.id) is not None
        )
        if named is not None and condition and code_in(fails) is None:
            self._loosen(function, fails, must=False, code=named, holder=node)

    def _choice(self, function: Function, node: ast.IfExp) -> None:
        for refusing, other, must in (
            (node.body, node.orelse, False),
            (node.orelse, node.body, True),
        ):
            code = code_in(refusing)
            nothing = isinstance(other, ast.Constant) and other.value is None
            if code is not None and nothing:
                self._loosen(function, node.test, must=must, code=code, holder=node)

    def _chain(self, function: Function, node: ast.BoolOp) -> None:
        """`a(…) or b(…)`, each giving a code or None."""
        calls = [value for value in node.values if isinstance(value, ast.Call)]
        for call in calls:
            if any(gives(each, "Code") for each in callees(function, call.func)):
                name = units.name_of(call.func).lstrip("_")
                function.add(Found(call, Off.NONE, name, node))

    def _match(self, function: Function, node: ast.Match) -> None:
        last = node.cases[-1]
        code = refusal(last.body[-1])
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
        code = refusal(node)
        if code is None or code == "relay":
            return
        off = Off.NONE if isinstance(node, ast.Return) else Off.SKIP
        if isinstance(node, ast.Raise) and node.cause is not None:
            off = Off.RERAISE
        function.add(Found(node, off, code, node, frozenset({(function.module.file, node.lineno)})))
