"""The table of rights: read from its file, and written as a page for people."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "matrix.toml"
PAGE: Final = Path("docs/rights.md")
_INTRO: Final = """# Who may do what

Written by `python -m tools.make_rights` from `tests/edges/rights/matrix.toml`, whose every cell
`tests/edges/rights/test_matrix.py` tries: {places} endpoints and events, {asks} requests,
{callers} callers, {cells} cells. `ok` is an answer, a word in capitals the code with which it is
refused, anything else what the answer shows. Each asks as well as she can: her own signature, her
own place in the room, a fresh nonce.

| caller | |
| --- | --- |"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is asked of an endpoint, why it is answered so, and the answer to each caller."""

    at: str
    ask: str
    why: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Callers by group with a sentence for each, and the rows."""

    groups: Mapping[str, Sequence[str]]
    callers: Mapping[str, str]
    rows: Sequence[Row]


def load(path: Path = FILE) -> Table:
    """Read the table; a cell that is not named is that of its group, or of everybody."""
    raw = tomllib.loads(path.read_text("utf-8"))
    groups: dict[str, list[str]] = raw["groups"]
    return Table(
        groups=groups,
        callers=raw["callers"],
        rows=[
            Row(
                at=row["at"],
                ask=row["ask"],
                why=row.get("why", ""),
                cells=_cells(row, groups, raw["usual"]),
            )
            for row in raw["row"]
        ],
    )


def _cells(
    row: Mapping[str, str], groups: Mapping[str, Sequence[str]], usual: Mapping[str, str]
) -> dict[str, str]:
    """The answer to each caller; KeyError for one that nobody thought of."""
    cells: dict[str, str] = {}
    for group, members in groups.items():
        for name in members:
            named = row.get(name) or row.get(group) or usual.get(group)
            cells[name] = named or row["all"]
    return cells


# ---------------------------------------------------------------- the page


def page(table: Table, status: Mapping[str, int]) -> str:
    """Write docs/rights.md; `status` has the HTTP status of each code."""
    intro = _INTRO.format(
        places=len({row.at for row in table.rows}),
        asks=len(table.rows),
        callers=len(table.callers),
        cells=len(table.rows) * len(table.callers),
    )
    callers = [f"| {name} | {text} |" for name, text in table.callers.items()]
    status_lines = ["## HTTP status of the codes", "", *_statuses(table, status), ""]
    return "\n".join([intro, *callers, "", *_sections(table), *status_lines])


def _sections(table: Table) -> list[str]:
    lines: list[str] = []
    for at in dict.fromkeys(row.at for row in table.rows):
        mine = [row for row in table.rows if row.at == at]
        lines += [f"## {at}", "", f"{mine[0].why[:1].upper()}{mine[0].why[1:]}.", ""]
        lines += ["| asked | answer | to |", "| --- | --- | --- |"]
        for row in mine:
            for place, (answer, names) in enumerate(_answers(table, row).items()):
                asked = row.ask if place == 0 else ""
                lines.append(f"| {asked} | {answer} | {', '.join(names)} |")
        lines.append("")
    return lines


def _answers(table: Table, row: Row) -> dict[str, list[str]]:
    """Callers by answer; all of a group under the group's sentence."""
    found: dict[str, list[str]] = {}
    if len(set(row.cells.values())) == 1:
        return {next(iter(row.cells.values())): ["everybody"]}
    for group, members in table.groups.items():
        alike = len(members) > 1 and len({row.cells[name] for name in members}) == 1
        if alike and group == "forged":
            found.setdefault(row.cells[members[0]], []).append("any bad token")
            continue
        for name in members:
            found.setdefault(row.cells[name], []).append(name)
    return found


def _statuses(table: Table, status: Mapping[str, int]) -> list[str]:
    used = sorted({cell for row in table.rows for cell in row.cells.values()} & status.keys())
    return [f"{code} {status[code]}" + ("," if code != used[-1] else ".") for code in used]
