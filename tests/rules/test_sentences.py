"""Every refusal has a sentence for a person, in both languages."""

import re
import tomllib
from pathlib import Path

import pytest

from crypto.errors import Code
from protocol import sentences

SOURCE = Path(sentences.__file__).with_name("sentences.toml")


@pytest.mark.parametrize("code", Code)
def test_a_code_has_its_sentences(code: Code) -> None:
    """Japanese ends as a Japanese sentence does and names no code; so does English."""
    japanese, english = sentences.sentence(code), sentences.sentence(code, "en")

    assert japanese.endswith("。")
    assert re.search(r"[ぁ-ん]", japanese)
    assert english.endswith(".")
    assert english.isascii()
    assert not re.search(r"[A-Z]{2,}_?[A-Z]", japanese + english)


def test_the_catalogue_holds_the_codes_in_their_order() -> None:
    """No more, no fewer, and two languages each."""
    table = tomllib.loads(SOURCE.read_text(encoding="utf-8"))

    assert list(table) == [code.value for code in Code]
    assert all(list(entry) == ["ja", "en"] for entry in table.values())


def test_no_two_codes_say_the_same() -> None:
    """A person who reads it aloud on the telephone names one reason."""
    for lang in sentences.LANGS:
        said = [sentences.sentence(code, lang) for code in Code]
        assert len(set(said)) == len(said)
