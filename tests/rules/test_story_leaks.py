import base64
import random
from datetime import date
from pathlib import Path

import pytest

from cli.demo import leaks, story

WORD = "夜中に何度も起こされる"
FORMS = ["utf-8", "utf-16", "hex", "HEX", "escaped", "octal"]


def _written(form: str, word: str) -> bytes:
    data = word.encode()
    match form:
        case "utf-8":
            return data
        case "utf-16":
            return word.encode("utf-16-be")
        case "hex":
            return data.hex().encode()
        case "HEX":
            return data.hex().upper().encode()
        case "escaped":
            return word.encode("unicode_escape")
        case _:
            return "".join(f"\\{byte:03o}" for byte in data).encode()


def _file(folder: Path, data: bytes) -> Path:
    path = folder / "dump.sql"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("form", FORMS)
def test_a_word_is_found_in_every_form(tmp_path: Path, form: str) -> None:
    """Plain text, hexadecimal digits and escapes are all noticed."""
    file = _file(tmp_path, b"-- start\n" + _written(form, WORD) + b"\n-- end")

    assert form in {leak.form for leak in leaks.search([WORD], [file])}


@pytest.mark.parametrize("url", [False, True], ids=["base64", "base64url"])
@pytest.mark.parametrize("before", range(6))
@pytest.mark.parametrize("after", range(3))
def test_base64_is_found_at_every_alignment(
    tmp_path: Path, *, before: int, after: int, url: bool
) -> None:
    """Whatever stands before and after it in the encoded bytes, the word is noticed."""
    around = bytes(range(200, 200 + before)), bytes(range(100, 100 + after))
    encode = base64.urlsafe_b64encode if url else base64.b64encode
    file = _file(tmp_path, b"x" + encode(around[0] + WORD.encode() + around[1]))

    assert leaks.search([WORD], [file])


def test_a_word_across_two_pieces_is_found(tmp_path: Path) -> None:
    """A large file is read in pieces, and none of them cuts a word in two unseen."""
    size = 1 << 20
    file = _file(tmp_path, bytes(size - 5) + WORD.encode() + bytes(100))

    assert [leak.word for leak in leaks.search([WORD], [file])] == [WORD]


def test_other_bytes_are_no_leak(tmp_path: Path) -> None:
    """Random bytes, hex digits and base64 of them contain none of the story's words."""
    noise = random.Random(7).randbytes(200_000)  # noqa: S311 -- repeatable noise, no secret
    file = _file(tmp_path, noise + noise.hex().encode() + base64.b64encode(noise))
    words = story.load(date(2026, 10, 14)).leaks.words

    assert leaks.search(words, [file]) == []


def test_a_word_too_short_for_certainty_is_refused() -> None:
    """Two characters would be found in noise sooner or later."""
    with pytest.raises(ValueError, match="修"):
        list(leaks.forms("修"))


def test_thirty_words_of_both_cases_are_searched() -> None:
    """The words are what the people of the story really write down."""
    told = story.load(date(2026, 10, 14))
    written = str(told.k101) + str(told.k104)

    assert len(set(told.leaks.words)) == 30
    assert [word for word in told.leaks.words if word not in written] == []
