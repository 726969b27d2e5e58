import re
import string
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

import click
import pytest

from agenda.model import ItemState
from audit.entry import Kind
from cli import texts
from cli.commands import root
from conference.records import ActionState, RoleState, SeatState, SittingState
from protocol.payloads import LEAF_KINDS
from protocol.sentences import LANGS, Lang
from protocol.vocabulary import Part, Provenance, RosterRole

ROOT = Path(__file__).parents[2]


def _tree(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for sub in command.list_commands(context):
            below = command.get_command(context, sub)
            assert below is not None
            yield from _tree(f"{name}.{sub}".lstrip("."), below)


COMMANDS = dict(_tree("", root))


@pytest.mark.parametrize("name", COMMANDS, ids=lambda name: name or "entaku")
def test_every_command_has_its_help(name: str) -> None:
    """No command is without a line in both languages."""
    assert f"{name}.help".lstrip(".") in texts.catalogue()


@pytest.mark.parametrize("name", COMMANDS, ids=lambda name: name or "entaku")
def test_every_option_and_argument_is_explained(name: str) -> None:
    """Whatever a person may type after a command is in the catalogue."""
    params = [param for param in COMMANDS[name].params if param.name not in {None, "help"}]
    keys = [
        f"{'argument' if isinstance(param, click.Argument) else 'option'}.{param.name}"
        for param in params
    ]

    assert [key for key in keys if key not in texts.catalogue()] == []


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", texts.catalogue())
def test_both_languages_say_the_same_facts(key: str) -> None:
    """Each text exists in both languages, with the same gaps to be filled."""
    entry = texts.catalogue()[key]

    assert all(entry[lang].strip() for lang in LANGS)
    assert _fields(entry["ja"]) == _fields(entry["en"])


def test_every_kind_of_entry_has_a_name() -> None:
    """The report of a verification names each kind of both logs in a person's words."""
    kinds = [*(kind.value for kind in Kind), *LEAF_KINDS, "beat"]
    later = {"devek", "takeover", "cosign", "suspend", "unwitnessed", "holders"}

    assert {kind for kind in kinds if f"entry.{kind}" not in texts.catalogue()} == later


@pytest.mark.parametrize(
    ("prefix", "codes"),
    [
        ("part", Part),
        ("role", [s for s in RoleState if s is not RoleState.DELETED]),
        ("action", ActionState),
        ("prov", Provenance),
        ("case.role", RosterRole),
        ("sitting.state", [*SittingState, *ItemState]),
        ("sitting.seat", SeatState),
    ],
)
def test_every_state_that_is_shown_has_a_name(prefix: str, codes: Iterable[StrEnum]) -> None:
    """Closed codes are shown in a person's words."""
    keys = {f"{prefix}.{code.value}" for code in codes}

    assert keys <= texts.catalogue().keys()


def _said() -> Iterator[str]:
    for path in sorted((ROOT / "cli").rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        yield from re.findall(r'(?:\.text|\.say|Stop)\(\s*"([a-z0-9.-]+)"', code)
        shown = re.findall(r'(?:\.tell|\.act|\.expect|\.confirm)\(\s*"([a-z0-9.-]+)"', code)
        yield from (f"demo.{key}" for key in shown)


def test_every_sentence_that_the_program_says_is_in_the_catalogue() -> None:
    """A missing key would only show when the sentence is needed."""
    said = set(_said())

    assert len(said) > 20
    assert [key for key in sorted(said) if key not in texts.catalogue()] == []


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_and_the_command_line_name_the_same_risks(lang: Lang) -> None:
    """What Entaku cannot do is said in the same words wherever it is said."""
    page = (ROOT / "web" / "src" / "text" / lang / "settings.ts").read_text(encoding="utf-8")
    said = dict(re.findall(r'"(about\.risk\.\d+(?:\.t)?)":\s*"((?:[^"\\]|\\.)*)"', page))
    ours = {
        key.removesuffix(".text").replace(".title", ".t"): entry[lang]
        for key, entry in texts.catalogue().items()
        if key.startswith("about.risk.")
    }

    assert len(ours) >= 14
    assert ours == said
