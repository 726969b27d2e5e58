"""What is searched for checks: the modules of protocol, sections 5.22, 6 and 7, and of the gate."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("crypto", "protocol", "audit", "identity", "agenda", "consent", "conference")
# Of the SDK: what section 7 asks of a client; not its transport, files and texts.
_SDK: Final = (
    "auditor bases clock contents council documents draft enrol feed guard idlog link member"
    " opening pledge reader receipts registrar room rostering seating session stray vault"
    " vault_format writer"
)
# Statements of SQL and what only shows; these are tested against PostgreSQL (tests/stores).
_LEFT_OUT: Final = frozenset({"store", "views", "integrator"})


@dataclass(frozen=True, slots=True)
class Module:
    """One module, read and parsed; nodes are numbered as `ast.walk` meets them."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def file(self) -> str:
        """Its path from the root of the tree."""
        return self.path.relative_to(ROOT).as_posix()


def _paths() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted(
            path for path in (ROOT / package).glob("*.py") if path.stem not in _LEFT_OUT
        )
    for name in _SDK.split():
        yield ROOT / "sdk" / f"{name}.py"


@cache
def modules() -> tuple[Module, ...]:
    """All modules in scope."""
    return tuple(_read(path) for path in _paths())


def _read(path: Path) -> Module:
    name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text, str(path))
    return Module(name=name.removesuffix(".__init__"), path=path, text=text, tree=tree)
