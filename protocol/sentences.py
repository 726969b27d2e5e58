"""The catalogue of sentences: what a person reads for a reason code, in two languages."""

import tomllib
from importlib.resources import files
from typing import Final, Literal, get_args

from crypto.errors import Code

Lang = Literal["ja", "en"]
LANGS: Final[tuple[Lang, ...]] = get_args(Lang)


def _load() -> dict[Code, dict[Lang, str]]:
    text = files("protocol").joinpath("sentences.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return {Code(name): {lang: entry[lang] for lang in LANGS} for name, entry in table.items()}


_SENTENCES: Final = _load()


def sentence(code: Code, lang: Lang = "ja") -> str:
    """Say what happened and what can be done next; total over `Code`."""
    return _SENTENCES[code][lang]
