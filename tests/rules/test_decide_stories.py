"""The acceptance behaviours T1–T4, T6 and T7 of the domain paper, at the gate."""

from dataclasses import replace

from consent.model import Action, BasisView, Membership, Pledge
from protocol.vocabulary import AgencyKind, DocClass
from tests.rules.consent_question import Question, agency, instant, ordinary, sid, subject

CITY, CSW, ELDER, NPO, HOSPITAL = map(agency, (1, 2, 3, 12, 9))
MOTHER, SON = subject(1), subject(2)
BASIC, HEALTH = "c1", "c2"

CONSENT = BasisView(
    sid=sid(7),
    ver=1,
    law="consent",
    kinds=frozenset({"shien", "support"}),
    sub=MOTHER,
    scope={CSW: frozenset({BASIC}), ELDER: frozenset({BASIC, HEALTH}), NPO: frozenset({BASIC})},
    withdrawn={},
    start=instant("2025-09-12"),
    until=instant("2026-03-31"),
    review=None,
)
DECISION = replace(
    CONSENT,
    sid=sid(8),
    law="swa-106-6",
    kinds=frozenset({"shien"}),
    sub=SON,
    review=instant("2025-12-26"),
)


def reading(sub: bytes, *cats: str) -> Question:
    """A worker of the CSW reads a section that the whole roster may see."""
    return (
        ordinary()
        .to(Action.READ)
        .by(aid=CSW, kind=AgencyKind.CSW)
        .about(sub=sub, cats=frozenset(cats), audience=None)
        .under(CONSENT, DECISION)
    )


def test_t1_a_lapsed_pledge_opens_nothing() -> None:
    """The reason is PLEDGE_EXPIRED, for a subject, for the board and for a card."""
    lapsed = reading(MOTHER, BASIC).by(pledge_person=Pledge.EXPIRED)

    assert lapsed.code() == "PLEDGE_EXPIRED"
    assert lapsed.about(cls=DocClass.BOARD, sub=None, cats=frozenset()).code() == "PLEDGE_EXPIRED"
    assert lapsed.by(pledge_person=Pledge.LIVE).code() is None


def test_t2_a_hospital_not_named_sees_the_card_and_opens_no_item() -> None:
    """It sits there as a guest: stage one, without identity."""
    item = reading(MOTHER, BASIC).by(
        aid=HOSPITAL, kind=AgencyKind.MEDICAL, membership=Membership.GUEST
    )
    card = item.about(cls=DocClass.CARD, sub=None, cats=frozenset())

    assert item.to(Action.OPEN).code() == "RECIPIENT_NOT_COVERED"
    assert item.code() == "RECIPIENT_NOT_COVERED"
    assert card.code() is None


def test_t3_health_stays_closed_to_whom_only_the_basics_were_given() -> None:
    """Same document, same recipient, another category."""
    assert reading(MOTHER, BASIC).code() is None
    assert reading(MOTHER, HEALTH).code() == "CATEGORY_NOT_COVERED"
    assert reading(MOTHER, HEALTH).by(aid=ELDER, kind=AgencyKind.ELDER).code() is None


def test_t4_mother_consents_son_does_not() -> None:
    """A statutory sitting may treat both, a support meeting the mother alone."""
    statutory = [reading(who, BASIC).to(Action.OPEN) for who in (MOTHER, SON)]
    support = [question.about(sitting_kind="support") for question in statutory]

    assert [question.code() for question in statutory] == [None, None]
    assert [question.code() for question in support] == [None, "MEETING_NOT_COVERED"]


def test_t6_a_partial_withdrawal_leaves_the_others_untouched() -> None:
    """The NPO alone is taken out."""
    rest = CONSENT.without(agencies=[NPO], cats=None)
    csw = reading(MOTHER, BASIC).under(rest)
    npo = csw.by(aid=NPO, kind=AgencyKind.NPO)
    board = npo.about(cls=DocClass.BOARD, sub=None, cats=frozenset())

    assert csw.code() is None
    assert npo.code() == "BASIS_WITHDRAWN"
    assert board.code() == "BASIS_WITHDRAWN"
    assert npo.under(CONSENT).code() is None


def test_t7_past_its_review_a_decision_opens_nothing_new() -> None:
    """That it takes two people is a rule of statements, not of the gate."""
    assert reading(SON, BASIC).at("2025-12-25").code() is None
    assert reading(SON, BASIC).at("2025-12-26").code() == "REVIEW_OVERDUE"
    assert reading(MOTHER, BASIC).at("2025-12-26").code() is None
