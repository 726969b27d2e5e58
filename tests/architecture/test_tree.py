"""The tree itself: what no file may say, and what must name every part."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
_MODULE_LINES = 450
_FUNCTION_LINES = 50
_CATALOGUES = {Path("protocol/payloads.py")}  # a list of types, one per kind of statement

# Put together from pieces, so that this file does not say what it forbids.
_HOSTS = ["pypi" + r"\.org", "python" + "hosted", "npm" + r"js\.(?:org|com)"]
_PLACES = [rf"(?<![\w.*$}}-])/{top}/" for top in ("work", "home", "root", "Users", "opt/pypi")]
_FORBIDDEN = re.compile("|".join(_HOSTS + _PLACES))


@cache
def _pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@cache
def _tracked() -> list[Path]:
    """Every file that git holds or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607 -- cloning needed git
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    paths = (ROOT / name.decode() for name in listed.stdout.split(b"\0") if name)
    return sorted(path for path in paths if path.is_file())


def _packages() -> list[str]:
    """What is installed; the bench is run from the tree and belongs to no layer."""
    return sorted(
        path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name != "bench"
    )


def _modules() -> Iterator[tuple[Path, ast.Module]]:
    """Every module of the program, not of its tests."""
    for path in _tracked():
        place = path.relative_to(ROOT)
        if path.suffix == ".py" and place.parts[0] in _packages():
            yield place, ast.parse(path.read_text(encoding="utf-8"))


def _places(found: Iterator[tuple[Path, int]]) -> list[str]:
    return [f"{place}:{line}" for place, line in found]


# ---------------------------------------------------------------- what no file may say


def _forbidden_words() -> Iterator[tuple[Path, int]]:
    for path in _tracked():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # a picture
        for number, line in enumerate(lines, start=1):
            if _FORBIDDEN.search(line):
                yield path.relative_to(ROOT), number


def test_no_file_names_a_registry_or_a_place_on_a_machine() -> None:
    """A clone works wherever it is and wherever its packages come from."""
    assert _places(_forbidden_words()) == []


@pytest.mark.parametrize(
    "line", ["see https://" + "pypi" + ".org/x", "cd /" + "home/me", "path=/" + "work/a"]
)
def test_the_search_for_forbidden_words_finds_them(line: str) -> None:
    """The pattern of the test above matches what it is for."""
    assert _FORBIDDEN.search(line)


# ---------------------------------------------------------------- what must name every package


def test_every_package_has_its_place_among_the_layers() -> None:
    """A new package is checked by the import contracts from its first day."""
    contracts = _pyproject()["tool"]["importlinter"]
    layers = {name for layer in contracts["contracts"][0]["layers"] for name in layer.split(" | ")}

    assert sorted(contracts["root_packages"]) == _packages()
    assert sorted(layers) == _packages()


def test_every_package_is_installed_and_type_checked() -> None:
    """Nothing is left out of the wheel or of the strict checks."""
    tool = _pyproject()["tool"]
    installed = [
        name.removesuffix("*") for name in tool["setuptools"]["packages"]["find"]["include"]
    ]

    assert sorted(installed) == sorted([*_packages(), "web.dist"])  # and the page, where built
    assert set(_packages()) <= set(tool["basedpyright"]["include"])
    assert set(_packages()) <= set(tool["deptry"]["known_first_party"])


# ---------------------------------------------------------------- the style's limits


def _long_modules() -> Iterator[tuple[Path, int]]:
    for place, _ in _modules():
        lines = len((ROOT / place).read_text(encoding="utf-8").splitlines())
        if lines > _MODULE_LINES and place not in _CATALOGUES:
            yield place, lines


def _long_functions() -> Iterator[tuple[Path, int]]:
    for place, tree in _modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                if node.end_lineno - node.lineno >= _FUNCTION_LINES:
                    yield place, node.lineno


def test_no_module_is_too_long() -> None:
    """A module is one idea."""
    assert _places(_long_modules()) == []


def test_no_function_is_too_long() -> None:
    """A function reads top to bottom on one screen."""
    assert _places(_long_functions()) == []


def _sql_in_python() -> Iterator[tuple[Path, int]]:
    statement = re.compile(r"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s)")
    for place, tree in _modules():
        for node in ast.walk(tree):
            match node:
                case ast.Constant(value=str(text), lineno=line) if statement.match(text):
                    yield place, line
                case _:
                    continue


def test_sql_is_in_sql_files() -> None:
    """No module of the program holds a statement."""
    assert _places(_sql_in_python()) == []


# ---------------------------------------------------------------- locked dependencies


def _pinned(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text()
    return dict(re.findall(r"^([A-Za-z0-9-]+)(?:\[\w+\])?==(\S+)", text, re.MULTILINE))


def test_what_the_program_declares_is_locked() -> None:
    """Every dependency of pyproject.toml has an exact version with hashes."""
    declared = {re.split(r"[\[><=;]", line)[0] for line in _pyproject()["project"]["dependencies"]}

    assert declared <= _pinned("runtime.txt").keys()


@pytest.mark.parametrize("purpose", ["runtime", "dev"])
def test_the_lock_follows_what_was_asked_for(purpose: str) -> None:
    """`make lock` was run after the last edit of the .in file."""
    asked = _pinned(f"{purpose}.in")

    assert asked.items() <= _pinned(f"{purpose}.txt").items()


@pytest.mark.parametrize("purpose", ["runtime", "dev"])
def test_every_locked_version_carries_a_hash_and_no_address(purpose: str) -> None:
    """What is installed is what was locked, wherever it comes from."""
    text = (ROOT / "requirements" / f"{purpose}.txt").read_text()
    entries = re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.MULTILINE)[1:]

    assert len(entries) > 10
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"^--|://", text, re.MULTILINE)


# ---------------------------------------------------------------- commands that papers name


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def _commands() -> Iterator[tuple[str, str]]:
    for path in _tracked():
        if path.suffix == ".md":
            for name in re.findall(r"`?\bmake ([a-z]+)\b`?(?=[`\s])", _code(path)):
                yield path.name, name


def _code(path: Path) -> str:
    """What a Markdown file shows as code, in lines and in blocks."""
    text = path.read_text(encoding="utf-8")
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)) + "\n"


def test_the_papers_name_only_commands_that_exist() -> None:
    """Every `make …` in a Markdown file is a target of the Makefile."""
    named = list(_commands())

    assert ("CONTRIBUTING.md", "test") in named
    assert [command for command in named if command[1] not in _targets()] == []


def test_help_lists_what_a_person_can_make() -> None:
    """Each target carries its line of help; the steps in between need none."""
    makefile = (ROOT / "Makefile").read_text()
    helped = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))

    assert _targets() - helped == {"runtime", "dev", "parts", "chromium"}


# ---------------------------------------------------------------- containers


def test_images_are_pinned_to_exact_versions() -> None:
    """No image can change under us by its tag alone moving to a new release."""
    compose = re.findall(
        r"^\s+image: (\S+)", (ROOT / "docker-compose.yml").read_text(), re.MULTILINE
    )
    docker = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert len(compose) + len(docker) == 6
    assert [image for image in compose + docker if not re.search(r":\d+\.\d+(\.\d+)?", image)] == []


def test_secrets_come_from_files() -> None:
    """The compose file holds addresses of secrets, never a secret."""
    text = (ROOT / "docker-compose.yml").read_text()
    given = re.findall(r"^\s+(\w*(?:PASSWORD|SECRET|URL|KEY)\w*):\s*(\S+)", text, re.MULTILINE)

    assert given
    assert [name for name, value in given if not value.startswith("/run/secrets/")] == []
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text().split()


def test_every_container_is_guarded() -> None:
    """Each service starts from the guarded template: read-only, no capabilities, no new rights."""
    text = (ROOT / "docker-compose.yml").read_text()
    services = re.split(r"^services:$", text, flags=re.MULTILINE)[1].split("\nnetworks:")[0]
    blocks = re.split(r"^  (?=\w+:)", services, flags=re.MULTILINE)[1:]

    assert len(blocks) == 6
    assert [block.split(":")[0] for block in blocks if "<<: *" not in block] == []
    assert "read_only: true" in text
    assert "cap_drop: [ALL]" in text
    assert re.search(r"^USER entaku$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
