"""Write the bases register for the browser: `python -m tools.make_bases_ts [--check]`.

`consent/bases.toml` stays the only place where a statute is named; the browser gets the same
data as a TypeScript module, checked here by the same rules as for Python.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from consent.register import Register, load

FILE: Final = Path(__file__).parents[1] / "web" / "src" / "consent" / "bases.generated.ts"
_HEAD: Final = """\
// Written by tools/make_bases_ts.py from consent/bases.toml; nobody edits it by hand.
import type { RegisterData } from "./register";

// prettier-ignore
export const BASES: RegisterData = """


def text(register: Register) -> str:
    """Give the module for a register: one line an entry, sets sorted, tables in their order."""
    data: dict[str, Any] = msgspec.to_builtins(register)
    data["bases"] = {
        law: _camel(entry | {"kinds": sorted(entry["kinds"])})
        for law, entry in data["bases"].items()
    }
    return _HEAD + "{\n" + "".join(_table(name, data[name]) for name in data) + "};\n"


def _table(name: str, value: object) -> str:
    if not isinstance(value, dict):
        return f"  {name}: {_json(value)},\n"
    rows = cast("dict[str, object]", value)
    lines = "".join(f"    {_json(key)}: {_json(row)},\n" for key, row in rows.items())
    return f"  {name}: {{\n{lines}  }},\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _camel(table: dict[str, Any]) -> dict[str, Any]:
    """Name `review_days` and its like as TypeScript does."""
    return {_name(key): value for key, value in table.items()}


def _name(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)


def main(arguments: list[str]) -> int:
    """Write the module, or with `--check` say whether it is what would be written."""
    new = text(load())
    if "--check" not in arguments:
        FILE.write_text(new, encoding="utf-8")
        print(FILE.name)
        return 0
    stale = not FILE.exists() or FILE.read_text(encoding="utf-8") != new
    if stale:
        print(f"{FILE.name} is stale: python -m tools.make_bases_ts")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
