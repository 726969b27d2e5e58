"""The catalogue of what the command line says, in two languages."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from protocol.sentences import LANGS, Lang

FILES = ("texts.toml", "demo/texts.toml")


@cache
def catalogue() -> Mapping[str, Mapping[Lang, str]]:
    """Every text by its dotted key."""
    found = dict[str, Mapping[Lang, str]]()
    for name in FILES:
        table = tomllib.loads(files("cli").joinpath(name).read_text(encoding="utf-8"))
        found.update(_flat("", table))
    return found


def _flat(prefix: str, table: Mapping[str, Any]) -> dict[str, Mapping[Lang, str]]:
    if table and set(table) <= set(LANGS):
        return {prefix: {lang: table[lang] for lang in LANGS}}
    found = dict[str, Mapping[Lang, str]]()
    for name, below in table.items():
        found |= _flat(f"{prefix}.{name}" if prefix else name, below)
    return found


def text(key: str, lang: Lang, /, **values: object) -> str:
    """Say one thing; KeyError for a key that the catalogue lacks."""
    return catalogue()[key][lang].format(**values)


def text_or(key: str, lang: Lang, default: str) -> str:
    """Give the label of a code, or the code itself where nobody named it."""
    found = catalogue().get(key)
    return default if found is None else found[lang]
