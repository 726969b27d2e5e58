"""The bounded model: every rule of the protocol in it is needed, and two searches say so."""

import pytest

from tools.model import by_maude, by_search, report
from tools.model.questions import FOLDER, SCENES, Question, questions, rules

ALL: list[Question] = [each for scene in SCENES for each in questions(scene)]


@pytest.mark.parametrize(
    "question", ALL, ids=lambda each: f"{each.scene} {each.start} {'+'.join(each.off)} {each.goal}"
)
def test_the_search_in_python_finds_what_is_expected(question: Question) -> None:
    """With all rules nothing, with a rule off an attack, and honest people get through."""
    assert by_search.ask(question).fits(question)


@pytest.mark.parametrize("scene", SCENES)
def test_maude_finds_the_same(scene: str) -> None:
    """Same verdicts, same shortest ways, and where there is no way the same number of states."""
    asked, told = questions(scene), by_maude.ask(scene)

    assert [answer.fits(question) for question, answer in zip(asked, told, strict=True)] == [
        True
    ] * len(asked)
    again = [by_search.ask(question) for question in asked]
    assert all(report.agree(one, other) for one, other in zip(told, again, strict=True))


@pytest.mark.parametrize("scene", SCENES)
def test_no_rule_of_a_scene_is_there_for_nothing(scene: str) -> None:
    """For each rule there is an attack that it alone stops."""
    asked = questions(scene)
    harmless = {(each.start, each.goal, frozenset(each.off)) for each in asked} - {
        (each.start, each.goal, frozenset(each.off)) for each in asked if each.verdict == "attack"
    }
    needed = {
        rule
        for each in asked
        if each.verdict == "attack"
        for rule in each.off
        if (each.start, each.goal, frozenset(each.off) - {rule}) in harmless
    }

    assert needed == set(rules(scene))


def test_both_searches_take_steps_of_the_same_names() -> None:
    """Every step of a shortest attack stands in the file of its scene under that name."""
    for question in ALL:
        trace = by_search.ask(question).trace or ()
        text = (FOLDER / "core.maude").read_text("utf-8") + (
            FOLDER / f"{question.scene}.maude"
        ).read_text("utf-8")

        assert [step for step in trace if f"[{step}]" not in text] == []


def test_the_page_shows_the_figures() -> None:
    """The table of `docs/model/README.md` is what the search finds today."""
    assert report.table() in (FOLDER / "README.md").read_text("utf-8")
