"""`vectors/18-case.json`, a whole case from its JSON alone; TypeScript replays the same."""

from typing import Any

from tools.make_vectors import whole_case
from tools.make_vectors.cases import FOLDER
from tools.make_vectors.retell import Retold, read
from tools.make_vectors.transcript import readers, reading, steps

FILE: dict[str, Any] = read(FOLDER / whole_case.NAME)


def test_every_leaf_and_row_is_judged_as_the_file_says() -> None:
    """Each with the code beside it, the whole log known."""
    told = Retold({"leaves": []}, FILE["story"])

    assert [(what, said, got) for what, said, got in told.answers() if said != got] == []


def test_what_stands_after_each_row_is_as_the_file_says() -> None:
    """Verdict, epoch, staleness, dues, the conference, and every viewer's views of all rows."""
    assert list(steps(FILE)) == FILE["steps"]


def test_each_viewer_opens_what_the_file_says_and_nothing_else() -> None:
    """With her private key and every byte there is (I6)."""
    assert reading(FILE) == FILE["reads"]


def test_who_left_or_came_late_reads_neither_more_nor_less() -> None:
    """Texts before an exit stay, later ones do not open; who came late has what was carried."""
    texts = {name: reader.texts() for name, reader in readers(FILE).items()}
    what = {row["seq"]: row["what"] for row in FILE["story"]["rows"]}
    left = next(seq for seq, told in what.items() if "withdraws" in told)
    came = next(seq for seq, told in what.items() if told == "is added")

    assert max(texts["npo"]) < left
    assert {what[seq] for seq in texts["livelihood"] if seq < came} == {
        "without A12 then",
        "what stands is carried on",
    }
    assert {what[seq] for seq in texts["doctor"]} == {"no names", "he asks"}
    assert texts["auditor"] == {}
    assert {what[seq] for seq in set(texts["elder"]) - set(texts["chair"])} == {
        "her medicines",
        "may she have them checked?",
    }


def test_the_file_is_what_its_maker_writes() -> None:
    """Nobody edits it by hand, and its seals are kept."""
    assert whole_case.text(FOLDER) == (FOLDER / whole_case.NAME).read_text("utf-8")


def test_the_case_is_whole() -> None:
    """From create to close, with refusals of many kinds and every kind of roster but one."""
    rows = FILE["story"]["rows"]

    assert len(rows) >= 120
    assert len({row["code"] for row in rows}) >= 8
    assert FILE["steps"][-1]["epoch"] == 7
    assert {step["stale"] for step in FILE["steps"]} == {True, False}
