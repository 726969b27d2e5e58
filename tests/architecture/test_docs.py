"""The papers and the program say the same: names, tables and links are looked up in the tree."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from audit.entry import Kind
from cli import commands, serve
from cli.exits import Exit
from crypto.errors import Code
from protocol.headers import HEADERS
from protocol.ops import OPS
from protocol.payloads import LEAF_KINDS, PAYLOADS
from protocol.sentences import sentence
from server import settings
from server.errors import STATUS
from server.http.table import CONTRACTS
from server.limits import Bounds
from server.settings import BadSetting, Flaw

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PACKAGES: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["root_packages"]
PAPERS = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
ADRS = sorted((DOCS / "adr").glob("[0-9]*.md"))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _prose(path: Path) -> str:
    """A paper without its blocks of code."""
    return re.sub(r"^```.*?^```", "", _text(path), flags=re.DOTALL | re.MULTILINE)


def _ticked(path: Path) -> list[str]:
    """What stands between single backticks."""
    return re.findall(r"`([^`\n]+)`", _prose(path))


def _cells(path: Path) -> Iterator[list[str]]:
    """Rows of all tables of a paper."""
    for line in _text(path).splitlines():
        if line.startswith("|"):
            row = re.split(r"(?<!\\)\|", line)[1:-1]
            yield [cell.strip() for cell in row]


def _ids(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


# ---------------------------------------------------------------- links and names


def _anchors(path: Path) -> set[str]:
    """What a heading is called in a link, as code hosts compute it."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", _prose(path), re.MULTILINE):
        kept = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(kept.replace(" ", "-"))
    return found


@pytest.mark.parametrize("path", PAPERS, ids=_ids(PAPERS))
def test_links_lead_somewhere(path: Path) -> None:
    """Every relative link names a file of the tree, and a heading where it names one."""
    for link in re.findall(r"\]\(([^)\s]+)\)", _prose(path)):
        if "://" in link:
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


@pytest.mark.parametrize("path", PAPERS, ids=_ids(PAPERS))
def test_named_files_exist(path: Path) -> None:
    """A path in code type is a file or folder of the tree."""
    shape = re.compile(r"(?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:sql|toml|md|yml)")
    named = [name for name in _ticked(path) if shape.fullmatch(name) and not name.startswith(".")]
    tops = {entry.name for entry in ROOT.iterdir()}
    made = set(_text(ROOT / ".gitignore").split())  # what a run writes
    ours = [n for n in named if n.split("/")[0] in tops and n not in made and "NNNN" not in n]

    assert [name for name in ours if not (ROOT / name).exists()] == []


@cache
def _module(name: str) -> ast.Module | None:
    place = ROOT.joinpath(*name.split("."))
    for path in (place.with_suffix(".py"), place / "__init__.py"):
        if path.is_file():
            return ast.parse(_text(path))
    return None


def _holds(body: list[ast.stmt], name: str) -> list[ast.stmt] | None:
    """The body of a class or function in a module; an empty one for a value or a re-export."""
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if node.name == name:
                return node.body
            case (
                ast.Assign(targets=[ast.Name(id=found)]) | ast.AnnAssign(target=ast.Name(id=found))
            ) if found == name:
                return []
            case ast.ImportFrom() if any((a.asname or a.name) == name for a in node.names):
                return []
            case _:
                continue
    return None


def _is_known(dotted: str) -> bool:
    """Tell whether `package.module.name` (or a method in it) is in the source."""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        module = _module(".".join(parts[:cut]))
        if module is None:
            continue
        body: list[ast.stmt] | None = module.body
        for name in parts[cut:]:
            body = None if body is None else _holds(body, name)
        return body is not None
    return False


def _dotted(path: Path) -> list[str]:
    """Names of the program in a paper, in prose and in pictures."""
    if path.name == "rules.md":  # written from the program, rule ids with a colon
        return []
    shape = rf"(?<![\w./-])((?:{'|'.join(PACKAGES)})(?:\.[A-Za-z_]\w*){{1,3}})(?![\w/(-])"
    return [
        n for n in re.findall(shape, _text(path)) if not n.endswith((".py", ".sql", ".toml", ".md"))
    ]


@pytest.mark.parametrize("path", PAPERS, ids=_ids(PAPERS))
def test_named_functions_exist(path: Path) -> None:
    """A dotted name that begins with one of our packages is in the source."""
    kinds = {kind.value for kind in Kind}  # such as audit.query
    purposes = {"audit.case-timeline", "audit.person-timeline", "audit.denied", "audit.openings"}
    tables = set(re.findall(r"CREATE TABLE (audit\.\w+)", _text(ROOT / "schema.sql")))
    named = set(_dotted(path)) - kinds - purposes - tables

    assert sorted(name for name in named if not _is_known(name)) == []


def test_the_search_for_names_finds_wrong_ones() -> None:
    """The look-up tells a function from a slip of the pen."""
    assert _is_known("consent.model.decide")
    assert _is_known("conference.store.Rooms.commit")
    assert not _is_known("consent.model.decided")
    assert not _is_known("consent.nothing.decide")


@cache
def _tests() -> frozenset[str]:
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        found.update(re.findall(r"^\s*(?:async )?def (test_\w+)", _text(path), re.MULTILINE))
    return frozenset(found)


@pytest.mark.parametrize("path", PAPERS, ids=_ids(PAPERS))
def test_named_tests_exist(path: Path) -> None:
    """A defence that a paper claims to be tested is tested under that name."""
    named = re.findall(r"`(test_\w+)`", _text(path))

    assert [name for name in named if name not in _tests()] == []


@cache
def _stories() -> frozenset[str]:
    found: set[str] = set()
    for path in (ROOT / "vectors").glob("*.json"):
        told = re.findall(r'\{"id": "([^"]+)"', _text(path))
        found.update(f"{path.stem}: {title}" for title in told)
    return frozenset(found)


@pytest.mark.parametrize("path", PAPERS, ids=_ids(PAPERS))
def test_named_stories_exist(path: Path) -> None:
    """A story of the vectors that a paper names is told in that file."""
    named = re.findall(r"`(\d\d-[a-z]+: [^`]+)`", _text(path))

    assert [name for name in named if name not in _stories()] == []


# ---------------------------------------------------------------- the protocol


def test_the_papers_have_every_section_that_the_code_cites() -> None:
    """A comment that says "section 5.9" can be followed."""
    headings = set(
        re.findall(r"^#+ (\d+(?:\.\d+[a-z]?)?)\.? ", _text(DOCS / "protocol.md"), re.MULTILINE)
    )
    cited: set[str] = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for words in re.findall(
                r"[Pp]rotocol, sections? ((?:\d[\w.]*(?:, | and | to )?)+)", _text(path)
            ):
                cited.update(number.strip(".") for number in re.findall(r"\d[\w.]*", words))

    checks = {f"6.{number}" for number in range(1, 15)}  # the numbered list of section 6

    assert len(cited) > 10
    assert sorted(cited - headings - checks) == []


def test_every_statement_type_is_in_the_table() -> None:
    """Its row says that it is built and, for the identity log, the number of its leaf."""
    rows = {row[0]: row for row in _cells(DOCS / "protocol.md") if len(row) == 5}

    for typ in PAYLOADS:
        assert rows[typ][4].startswith("v1"), typ
    for typ, number in LEAF_KINDS.items():
        assert re.search(rf"\bid {number}\b", rows[typ][3]), typ
        assert (rows[typ][4] == "later") == (typ not in PAYLOADS), typ


def test_every_kind_of_envelope_and_every_operation_is_in_its_table() -> None:
    """What a client may write has a row that says who may and what is sealed."""
    first = {cell for row in _cells(DOCS / "protocol.md") for cell in row[0].split(" / ")}

    assert set(HEADERS) <= first
    assert set(OPS) <= first


def test_every_route_is_in_the_table() -> None:
    """The table of routes has what the server serves, and nothing else."""
    served = {f"{each.method} {re.sub(':[^}]+', '', each.path)}" for each in CONTRACTS}
    named = re.findall(r"\b(GET|POST) `([^`]+)`", _text(DOCS / "protocol.md"))

    assert {f"{verb} {route}" for verb, route in named} == served


def test_every_vector_file_is_listed() -> None:
    """A second implementer learns what each file is for."""
    text = _text(DOCS / "protocol.md")
    names = [path.stem for path in (ROOT / "vectors").glob("*.json")]

    assert [name for name in names if f"`{name}`" not in text and f"{name}.json" not in text] == []


# ---------------------------------------------------------------- codes, settings, commands


def test_every_code_is_listed_with_its_sentences() -> None:
    """The table is the catalogue: status, Japanese, English, in the same order."""
    rows = [row for row in _cells(DOCS / "reason-codes.md") if row[0] in set(Code)]
    wanted = [
        [code.value, str(STATUS[code]), sentence(code, "ja"), sentence(code, "en")] for code in Code
    ]

    assert sorted(rows) == sorted(wanted)


_DEVELOPERS = {"ENTAKU_MUTATE"}
"""Read by the tests' own plugin, and by nothing that is installed."""


def _variables(path: Path) -> set[str]:
    return set(re.findall(r"ENTAKU_[A-Z_]+", _text(path)))


def _is_read(name: str) -> bool:
    """Tell whether the server knows a variable; it refuses those it does not."""
    try:
        settings.read({name: ""})
    except BadSetting as error:
        return error.flaw is not Flaw.UNKNOWN
    return True


def _settings() -> set[str]:
    fields = {*settings.Settings.__dataclass_fields__, *Bounds.__dataclass_fields__} - {"limits"}
    names = {f"ENTAKU_{name.upper()}" for name in fields}
    files = {f"{name}_FILE" for name in names}
    return names | {name for name in files if _is_read(name)}


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    """The runbook has a row for each variable that server and command line read."""
    rows = {
        name
        for row in _cells(DOCS / "runbook.md")
        for name in re.findall(r"`(ENTAKU_\w+)`", row[0])
    }

    assert rows == _settings() | {f"ENTAKU_{name}" for name in serve.OURS}
    for path in PAPERS:
        assert _variables(path) <= rows | _DEVELOPERS, path.name


def test_every_field_of_the_settings_has_a_variable() -> None:
    """No setting can be reached only from code."""
    assert [name for name in sorted(_settings()) if not _is_read(name)] == []


def test_every_group_of_commands_is_documented() -> None:
    """The runbook names each group of `entaku`, and no other."""
    named = {row[0] for row in _cells(DOCS / "runbook.md") if row[0].startswith("`entaku ")}
    groups = commands.root.list_commands(click.Context(commands.root))

    assert named == {f"`entaku {name}`" for name in groups}


def test_every_exit_code_is_documented() -> None:
    """Scripts may rely on them, so they stand in a table."""
    rows = {(row[0], row[1]) for row in _cells(DOCS / "runbook.md") if len(row) > 1}

    assert {(str(int(code)), code.name) for code in Exit} <= rows


def _written_kinds() -> set[Kind]:
    """Kinds that the program names where it writes entries."""
    names: set[str] = set()
    for package in ("server", "conference", "identity", "audit"):
        for path in (ROOT / package).rglob("*.py"):
            if path != ROOT / "audit" / "entry.py":
                names.update(re.findall(r"\bKind\.([A-Z_]+)\b", _text(path)))
    return {kind for kind in Kind if kind.name in names}


def test_every_kind_of_entry_is_documented() -> None:
    """The glossary tells which kinds of entry an auditor will meet, and which are reserved."""
    rows = [
        row for row in _cells(DOCS / "glossary.md") if len(row) == 3 and row[2] in {"yes", "no"}
    ]
    said = {kind: row[2] == "yes" for row in rows for kind in row[0].split(", ")}

    assert said == {kind.value: kind in _written_kinds() for kind in Kind}


# ---------------------------------------------------------------- architecture, decisions, readme


def test_the_layers_are_those_of_the_contracts() -> None:
    """The picture of the packages is the one that the linter enforces."""
    tool = tomllib.loads(_text(ROOT / "pyproject.toml"))["tool"]
    drawn = re.search(r"<!-- layers -->\n```\n(.*?)```", _text(DOCS / "architecture.md"), re.DOTALL)

    assert drawn is not None
    assert drawn[1].split("\n")[:-1] == tool["importlinter"]["contracts"][0]["layers"]


def _calls(path: Path) -> list[str]:
    """Names of what a module calls, in the order of its lines."""
    nodes = [node for node in ast.walk(ast.parse(_text(path))) if isinstance(node, ast.Call)]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    return [node.func.attr for node in nodes if isinstance(node.func, ast.Attribute)]


def test_the_picture_of_a_change_follows_the_code() -> None:
    """The steps stand in the picture in the order in which the server's verb takes them."""
    picture = re.search(
        r"## The way of a change\n\n```\n(.*?)```", _text(DOCS / "architecture.md"), re.DOTALL
    )
    assert picture is not None
    steps = ["parse_batch", "plan", "compose", "commit"]
    drawn = re.findall(r"^  (?:[a-z]+\.)+(?:[A-Z]\w+\.)?(\w+) ", picture[1], re.MULTILINE)
    called = _calls(ROOT / "server" / "posting.py")

    assert [name for name in drawn if name in steps] == steps
    assert [name for name in dict.fromkeys(called) if name in steps] == steps


@pytest.mark.parametrize("path", ADRS, ids=_ids(ADRS))
def test_a_decision_has_its_four_parts(path: Path) -> None:
    """Context, options not taken, decision, consequences; its number is its file's."""
    text = _text(path)

    assert text.startswith(f"# {path.name[:4]} ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
        *("Context", "Options not taken", "Decision", "Consequences")
    ]


def test_decisions_are_numbered_and_listed() -> None:
    """No number is missing, and the index leads to each."""
    index = _text(DOCS / "adr" / "README.md")

    assert [int(path.name[:4]) for path in ADRS] == list(range(1, len(ADRS) + 1))
    assert [path.name for path in ADRS if f"({path.name})" not in index] == []


def test_the_two_commands_stand_at_the_top_of_the_readme() -> None:
    """Whoever clones the repository sees them first."""
    block = re.search(r"^```\n(.*?)^```", _text(ROOT / "README.md"), re.DOTALL | re.MULTILINE)

    assert block is not None
    assert re.findall(r"^make (\w+)", block[1], re.MULTILINE) == ["demo", "test"]
    assert block.start() < 600


def test_every_paper_is_reachable_from_the_readme() -> None:
    """Nothing is written that nobody can find."""
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        for link in re.findall(r"\]\(([^)#\s]+\.md)", _prose(path)):
            target = (path.parent / link).resolve()
            if "://" not in link and target not in seen:
                waiting.append(target)

    assert sorted(set(PAPERS) - seen) == []
