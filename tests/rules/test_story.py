from datetime import date

import pytest

from cli.demo import story
from protocol.vocabulary import BasisKind, Cap

TODAY = date(2026, 10, 14)
TOLD = story.load(TODAY)


def _covered(case: story.Case) -> list[set[str]]:
    return [{code for pair in subject.scope for code in pair.agencies} for subject in case.subjects]


@pytest.mark.parametrize("case", [TOLD.k101, TOLD.k104], ids=lambda case: case.code)
def test_every_seat_but_the_guests_is_covered_by_every_basis(case: story.Case) -> None:
    """The roster of the room is lawful under the protocol's own rule."""
    seated = {TOLD.person(key).agency for key in case.people() if key != case.guest}

    assert all(seated <= covered for covered in _covered(case))


@pytest.mark.parametrize("case", [TOLD.k101, TOLD.k104], ids=lambda case: case.code)
def test_whoever_reads_a_section_is_named_for_its_categories(case: story.Case) -> None:
    """Sections go to agencies whose basis names them for all categories of the section."""
    subjects = {subject.key: subject for subject in case.subjects}
    everyone = {TOLD.person(key).agency for key in case.people() if key != case.guest}
    for section in case.sections:
        for code in section.to or everyone:
            pairs = [pair for pair in subjects[section.subject].scope if code in pair.agencies]
            named = {cat for pair in pairs for cat in pair.cats}

            assert set(section.cats) <= named, (section.key, code)


def test_health_is_for_the_care_manager_and_the_public_health_nurse_alone() -> None:
    """The mother's consent names A03 and A05 for category c2, and nobody else."""
    mother = next(each for each in TOLD.k101.subjects if each.key == "mother")

    assert [pair.agencies for pair in mother.scope if "c2" in pair.cats] == [("A03", "A05")]
    assert mother.basis is BasisKind.CONSENT


def test_the_decision_on_the_son_has_two_hands_and_a_review() -> None:
    """Proposer and approver differ, and the review lies between today and ninety days."""
    son = next(each for each in TOLD.k101.subjects if each.key == "son")

    assert son.approver not in {None, son.by}
    assert son.review is not None
    assert son.review - son.from_ <= 90


def test_the_auditor_sits_in_no_room() -> None:
    """Whoever audits holds the cap audit and no seat."""
    auditors = {person.key for person in TOLD.people if Cap.AUDIT in person.caps}

    assert auditors == {"saotome"}
    assert not auditors & {*TOLD.k101.people(), *TOLD.k104.people()}


def test_one_pledge_has_lapsed() -> None:
    """The story needs a pledge that ended before today."""
    assert [person.key for person in TOLD.people if person.pledge < 0] == ["eguchi"]


@pytest.mark.parametrize(
    ("text", "written"),
    [("{+10}まで", "10月24日まで"), ("{年-32}", "令和8年9月12日"), ("{x}", "{x}")],
)
def test_days_are_counted_from_today(text: str, written: str) -> None:
    """Intervals stay those of the story, whenever it is played."""
    assert story.dated(text, TODAY) == written


def test_the_card_tells_nothing_of_the_people() -> None:
    """Names of subjects, relatives' names and places stay out of the stage-1 card."""
    assert TOLD.k101.card is not None
    told = TOLD.k101.card.title + TOLD.k101.card.text

    assert [name for name in ("美佐江", "修", "三枝", "岸本", "水瀬") if name in told] == []
