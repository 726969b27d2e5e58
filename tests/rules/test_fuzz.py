"""Every parser refuses what is a little wrong with a code, and never in another way.

The program `python -m bench.fuzz` asks the same entry points a million times.
"""

import io
import random
from pathlib import Path

import pytest

from audit import note, tiles
from audit.model import Question
from bench.fuzz.files import Desk
from bench.fuzz.parsers import entries
from bench.fuzz.tally import Book
from cli.main import run
from crypto.errors import Refused
from crypto.signing import SigningKey
from server import page, settings

EACH = 25


def test_parsers_refuse_cleanly() -> None:
    """Some thousand inputs, the same ones every time."""
    book, rng = Book(), random.Random(20261121)  # noqa: S311 -- repeatable
    for each in entries():
        for _ in range(EACH):
            book.judge(each.name, each.ask, each.make(rng), each.clean)

    assert book.bugs == []
    assert book.inputs > 3000


def test_files_refuse_cleanly(tmp_path: Path) -> None:
    """Exports, vaults, settings, pages and memories."""
    book, rng = Book(), random.Random(4)  # noqa: S311 -- repeatable
    for each in Desk(tmp_path).entries():
        for _ in range(EACH):
            book.judge(each.name, each.ask, each.make(rng), each.clean)

    assert book.bugs == []


def test_parsers_accept_what_is_right() -> None:
    """A fuzzer whose inputs are all refused at the door tests the door."""
    book, rng = Book(), random.Random(1)  # noqa: S311 -- repeatable
    never = {"aead", "bundle.sealed", "proof.inclusion"}  # no such input is right by chance
    for each in entries():
        for _ in range(200):
            if book.tally(each.name).verdicts.get("ok"):
                break
            book.judge(each.name, each.ask, each.make(rng), each.clean)

    assert {n for n, t in book.tallies.items() if not t.verdicts.get("ok")} <= never


def test_the_book_tells_a_bug_from_a_refusal() -> None:
    """What is neither a code nor documented is kept, each kind once."""

    def broken(data: bytes) -> object:
        raise KeyError(data)

    book = Book()
    for data in (b"a", b"a"):
        book.judge("x", broken, data)
    book.judge("x", broken, b"c", (KeyError,))

    assert book.tally("x").unhandled == 2
    assert book.tally("x").verdicts == {"unhandled": 2, "KeyError": 1}
    assert [bug.data for bug in book.bugs] == ["a"]


# ---------------------------------------------------------------- what it found


def test_a_tile_name_of_thousands_of_digits_is_refused() -> None:
    """Python reads no number of more than 4300 digits; a URL may hold more."""
    with pytest.raises(Refused, match="BAD_PROOF"):
        tiles.parse_path("tile/0/" + "x001/" * 1500 + "000")


def test_the_largest_tile_name_still_fits_a_database() -> None:
    """Its leaves, too, have indices of 64 bits."""
    found, _ = tiles.parse_path("tile/0/x999/x999/x999/x999/999")
    assert found.index * tiles.WIDTH + tiles.WIDTH < 2**63


def test_a_question_after_an_absurd_index_is_refused() -> None:
    """Other scripts have digits too, and no log has five hundred of them."""
    for after in ("9" * 500, "１２"):
        with pytest.raises(Refused, match="BAD_J1"):
            Question.parse("audit.denied", ("", "", after), case=lambda _: None)


def test_a_key_that_is_no_utf8_is_refused() -> None:
    """A terminal hands such bytes over as lone surrogates."""
    key = note.Signer(name="x/id", key=SigningKey.from_seed(bytes(32)))
    with pytest.raises(Refused, match="BAD_PROOF"):
        note.Verifier.parse(key.verifier.vkey.replace("x/", "\udce3/"))


def test_a_key_too_long_for_a_file_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`--vkey` takes a text or the name of a file."""
    monkeypatch.setattr("sys.stderr", said := io.StringIO())
    assert run(["audit", "verify", str(tmp_path), "--vkey", "k" * 300], {}) != 0
    assert "BAD_PROOF" in said.getvalue()


def test_a_setting_of_thousands_of_digits_is_named() -> None:
    """And not a traceback at start."""
    with pytest.raises(settings.BadSetting, match="ENTAKU_PORT"):
        settings.read({"ENTAKU_PORT": "9" * 5000})


def test_a_folder_with_too_long_a_name_is_named() -> None:
    """The system refuses to look for it."""
    with pytest.raises(settings.BadSetting, match="ENTAKU_WEB"):
        settings.read({"ENTAKU_WEB": "9" * 5000})


def test_a_manifest_that_is_no_utf8_is_damage(tmp_path: Path) -> None:
    """The library says so by another error than for bad JSON."""
    (tmp_path / page.MANIFEST).write_bytes(b'{"version":"\xff","files":{}}')
    with pytest.raises(page.DamagedPage):
        page.load(tmp_path)
