"""What a case is, and how a file of cases is written and read.

A case names an operation, its input and what must come of it: an output, or a reason code.
Bytes are lower-case hex throughout, so that a file says exactly which bytes are meant.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from crypto.errors import Code, Refused

Value = str | int | list[str] | list[int] | None
Record = dict[str, Value]

FOLDER: Final = Path(__file__).parents[2] / "vectors"


class Fields:
    """The input of a case, read by the type its operation expects."""

    def __init__(self, record: Record) -> None:
        self._record = record

    def text(self, name: str) -> str:
        """Read a string."""
        value = self._record[name]
        assert isinstance(value, str), name  # noqa: S101 -- a malformed case is the maker's bug
        return value

    def hex(self, name: str) -> bytes:
        """Read bytes."""
        return bytes.fromhex(self.text(name))

    def number(self, name: str) -> int:
        """Read an integer."""
        value = self._record[name]
        assert isinstance(value, int), name  # noqa: S101 -- see above
        return value

    def maybe_number(self, name: str) -> int | None:
        """Read an integer or null."""
        return None if self._record[name] is None else self.number(name)

    def maybe_text(self, name: str) -> str | None:
        """Read a string or null."""
        return None if self._record[name] is None else self.text(name)

    def maybe_hex(self, name: str) -> bytes | None:
        """Read bytes or null."""
        return None if self._record[name] is None else self.hex(name)

    def texts(self, name: str) -> list[str]:
        """Read a list of strings."""
        return cast("list[str]", self._record[name])

    def numbers(self, name: str) -> list[int]:
        """Read a list of integers."""
        return cast("list[int]", self._record[name])


Operation = Callable[[Fields], Record]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case; exactly one of `code` and `output` is set."""

    id: str
    op: str
    input: Record
    code: Code | None = None
    output: Record | None = None

    def record(self) -> dict[str, object]:
        """Return the form it has in a file."""
        head: dict[str, object] = {"id": self.id, "op": self.op, "in": self.input}
        if self.code is not None:
            return {**head, "expect": "reject", "code": self.code.value}
        return {**head, "expect": "accept", "out": self.output}


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorFile:
    """One file: what it is about, and its cases."""

    name: str
    about: str
    cases: tuple[Case, ...]

    def text(self) -> str:
        """Return the file's text: one case a line, so that a change shows as one line."""
        lines = [json.dumps(case.record(), ensure_ascii=False) for case in self.cases]
        about = json.dumps(self.about, ensure_ascii=False)
        body = ",\n".join(lines)
        return f'{{"about": {about},\n"cases": [\n{body}\n]}}\n'


def run(case: Case, operations: Mapping[str, Operation]) -> Case:
    """Return the case as the program judges it."""
    code: Code | None = None
    output: Record | None = None
    try:
        output = operations[case.op](Fields(case.input))
    except Refused as refused:
        code = refused.code
    return Case(id=case.id, op=case.op, input=case.input, code=code, output=output)


def load(path: Path) -> VectorFile:
    """Read a file back."""
    data = json.loads(path.read_text(encoding="utf-8"))
    cases = tuple(
        Case(
            id=row["id"],
            op=row["op"],
            input=row["in"],
            code=Code(row["code"]) if row["expect"] == "reject" else None,
            output=row.get("out"),
        )
        for row in data["cases"]
    )
    return VectorFile(name=path.name, about=data["about"], cases=cases)
