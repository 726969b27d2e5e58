import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from audit import merkle
from audit.checkpoint import Checkpoint
from audit.export import write_folder
from audit.note import Signer, sign
from cli import commands, rooms
from cli.exits import Exit, exit_of
from cli.main import language, run
from cli.shell import Shell
from cli.texts import text, text_or
from crypto.errors import Code, Refused
from crypto.signing import SigningKey
from protocol.leaf import beat
from protocol.times import Instant
from sdk.client import Happening

SIGNER = Signer(name="example.jp/id", key=SigningKey.from_seed(bytes(32)))
LEAVES = [beat(1_000 * n).encode() for n in range(1, 6)]


def _checkpoint(size: int) -> bytes:
    root = merkle.root([merkle.leaf_hash(leaf) for leaf in LEAVES[:size]])
    return sign(Checkpoint(origin=SIGNER.name, size=size, root=root).text, SIGNER)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export of five beats with an early checkpoint at three."""
    folder = tmp_path / "id"
    write_folder(
        folder,
        leaves=LEAVES,
        checkpoint=_checkpoint(5),
        vkey=SIGNER.verifier.vkey,
        early=_checkpoint(3),
    )
    return folder


def _run(
    *arguments: str | Path, capsys: pytest.CaptureFixture[str], lang: str = "ja"
) -> tuple[Exit, str, str]:
    code = run([str(each) for each in arguments], {"ENTAKU_LANG": lang})
    said = capsys.readouterr()
    return code, said.out, said.err


# ---------------------------------------------------------------- language and usage


@pytest.mark.parametrize(
    ("arguments", "environment", "wanted"),
    [
        ([], {}, "ja"),
        ([], {"ENTAKU_LANG": "en"}, "en"),
        (["--lang", "ja"], {"ENTAKU_LANG": "en"}, "ja"),
        (["case", "--lang=en"], {}, "en"),
        (["--lang", "fr"], {}, "ja"),
        (["--lang"], {}, "ja"),
    ],
)
def test_the_language_is_japanese_unless_asked_otherwise(
    arguments: Sequence[str], environment: dict[str, str], wanted: str
) -> None:
    """The option stands above the environment, and Japanese above what is unknown."""
    assert language(arguments, environment) == wanted


@pytest.mark.parametrize(("lang", "word"), [("ja", "検証"), ("en", "verify")])
def test_help_speaks_the_persons_language(
    lang: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Usage, options and commands are shown in the language asked for."""
    code, out, _ = _run("audit", "--help", capsys=capsys, lang=lang)

    assert code is Exit.OK
    assert word in out
    assert text("label.usage", "ja" if lang == "ja" else "en") in out
    assert "<" not in out.replace("<CODE>", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["audit", "verify"],
        ["audit", "verify", "--nothing"],
        ["audit", "verify", "/nowhere"],
        ["nothing"],
    ],
    ids=["missing", "option", "value", "command"],
)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_wrong_line_is_explained_and_ends_with_two(
    arguments: list[str], lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong with a line is told in one sentence, in the person's language."""
    code, out, err = _run(*arguments, capsys=capsys, lang=lang)

    assert code is Exit.USAGE
    assert out == ""
    assert err.count("\n") == 1
    assert ("使い方は" in err) == (lang == "ja")


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """A person who types the name alone learns what there is."""
    code, _, err = _run(capsys=capsys)

    assert code is Exit.USAGE
    assert all(name in err for name in commands.TREE)


def test_a_label_that_nobody_named_is_the_code_itself() -> None:
    """New codes of a newer server are shown as they are."""
    assert text_or("entry.new-kind", "ja", "new-kind") == "new-kind"


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("code", "exit_code"), [(Code.UNAVAILABLE, Exit.UNREACHABLE), (Code.FORBIDDEN, Exit.REFUSED)]
)
def test_a_server_that_is_away_is_told_from_one_that_refuses(code: Code, exit_code: Exit) -> None:
    """Scripts try the first again, and not the second."""
    assert exit_of(Refused(code)) is exit_code


def _shell(*, as_json: bool) -> tuple[Shell, io.StringIO]:
    err = io.StringIO()
    return Shell(now=lambda: Instant(0), as_json=as_json, err=err), err


def test_a_refusal_shows_its_sentence_its_code_and_its_facts() -> None:
    """A person reads what to do next, and can name the code on the telephone."""
    shell, err = _shell(as_json=False)

    shell.refuse(Refused(Code.INVARIANT, main=0))

    assert "主担当機関" in err.getvalue()
    assert "(INVARIANT)\n  main: 0" in err.getvalue()


def test_a_program_gets_a_refusal_as_a_record() -> None:
    """With --json the code, the sentence and the facts are fields."""
    shell, err = _shell(as_json=True)

    shell.refuse(Refused(Code.INVARIANT, main=0))

    record = json.loads(err.getvalue())
    assert (record["code"], record["facts"]) == ("INVARIANT", {"main": 0})


def test_times_are_shown_in_japan() -> None:
    """15:30 UTC is half past midnight of the next day."""
    shell, _ = _shell(as_json=False)

    assert shell.when(Instant.parse("2026-10-14T15:30:00Z")) == "2026-10-15 00:30"
    assert shell.when(None) == "―"


# ---------------------------------------------------------------- entaku audit verify


def test_an_export_is_verified_with_a_key_from_elsewhere(
    export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Size, early checkpoint and one's own older checkpoint are confirmed."""
    old = tmp_path / "old"
    old.write_bytes(_checkpoint(2))
    key = SIGNER.verifier.vkey

    code, out, _ = _run(
        "audit", "verify", export, "--vkey", key, "--old", old, "--json", capsys=capsys
    )

    assert code is Exit.OK
    record = json.loads(out)
    assert (record["size"], record["early"], record["old"]) == (5, 3, 2)
    assert record["kinds"] == {"beat": 5}


def test_the_exports_own_key_is_used_with_a_warning(
    export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --vkey the folder's own key verifies, and the person is told that it proves less."""
    code, out, _ = _run("audit", "verify", export, capsys=capsys)

    assert code is Exit.OK
    assert text("audit.own-key", "ja") in out


def test_an_altered_leaf_ends_with_four_and_names_its_place(
    export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed entry is named by file and index, and the exit code says: not verified."""
    place = export / "tile" / "entries" / "000.p" / "5"
    data = bytearray(place.read_bytes())
    data[2 + 93 + 2 + 10] ^= 1
    place.write_bytes(bytes(data))

    code, out, err = _run("audit", "verify", export, capsys=capsys)

    assert code is Exit.UNVERIFIED
    assert out == ""
    assert "index: 1" in err


def test_a_foreign_key_is_refused(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The key decides, not the folder."""
    other = Signer(name="example.jp/id", key=SigningKey.from_seed(bytes([1]) * 32))
    file = export.parent / "other.vkey"
    file.write_text(other.verifier.vkey + "\n", encoding="ascii")

    code, _, err = _run("audit", "verify", export, "--vkey", file, capsys=capsys)

    assert code is Exit.UNVERIFIED
    assert "UNTRUSTED" in err


def test_a_folder_without_a_key_needs_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty folder is no export, and the person is told what is missing."""
    code, _, err = _run("audit", "verify", tmp_path, capsys=capsys)

    assert code is Exit.USAGE
    assert "--vkey" in err


# ---------------------------------------------------------------- said beside the answer


@pytest.mark.parametrize(("what", "lines"), [("dropped", 1), ("rows", 0)])
def test_words_that_are_not_sent_any_more_are_told(what: str, lines: int) -> None:
    """On the error channel: the command goes on."""
    out, err = io.StringIO(), io.StringIO()
    shell = Shell(now=lambda: Instant(0), out=out, err=err)
    rooms.tell_dropped(shell, Happening(what=what))

    assert err.getvalue().splitlines() == [text("room.dropped", "ja")] * lines
    assert out.getvalue() == ""
