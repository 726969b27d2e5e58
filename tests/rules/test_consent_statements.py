"""Who may make a basis or take it back, and what a change takes from whom."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from consent import register
from consent.model import BasisView
from consent.statements import (
    Loss,
    Signer,
    losses,
    require_basis,
    require_basis_signers,
    require_withdrawal,
)
from crypto.errors import Code, Refused
from protocol.ids import Aid, CaseId, Digest, Hash, Id, NetId, Nonce, Wid
from protocol.payloads import Basis, Scope, Withdraw
from protocol.times import DAY
from protocol.vocabulary import BasisKind, Cap
from tests.rules.consent_question import agency, instant, sid, subject

CSW, ELDER, NPO, STRANGER = map(agency, (2, 3, 12, 13))
PROPOSER, CHAIR, OTHER = (Wid(Id([number] * 16)) for number in (1, 2, 3))
CASE, OTHER_CASE = CaseId(Id(b"c" * 16)), CaseId(Id(b"d" * 16))
START = instant("2025-09-29")

DECISION = Basis(
    net=NetId(Hash(bytes(32))),
    nce=Nonce(Id(bytes(16))),
    iat=START,
    case=CASE,
    prev=None,
    ver=1,
    kind=BasisKind.LAW,
    law="swa-106-6",
    kinds=("shien",),
    sub=subject(1),
    subc=Digest(Hash(bytes(32))),
    scope=(Scope(ag=(CSW, ELDER), cats=("c1", "c2")),),
    purp=("advice",),
    prop=PROPOSER,
    apr=CHAIR,
    evc=None,
    from_=START,
    until=START.plus(180 * DAY),
    rev=START.plus(90 * DAY),
)
CONSENT = msgspec.structs.replace(
    DECISION, kind=BasisKind.CONSENT, law="consent", apr=None, rev=None
)
NEXT = msgspec.structs.replace(CONSENT, ver=2, prev=sid(1))


def signer(
    wid: Wid, aid: Aid = CSW, *caps: Cap, member: bool = False, host: bool = False
) -> Signer:
    """Somebody whose signature was verified."""
    return Signer(wid=wid, aid=aid, caps=frozenset(caps), member=member, host=host)


def _check(basis: Basis, newest: Basis | None) -> None:
    require_basis(basis, newest=newest, register=register.load())


def _withdrawal(case: CaseId) -> Withdraw:
    return Withdraw(
        net=DECISION.net, nce=DECISION.nce, iat=START, case=case, basis=sid(1), ag=None, cats=None
    )


def rule_broken(check: Callable[[], None]) -> object:
    """Run a check that must refuse; give the rule it names."""
    with pytest.raises(Refused) as caught:
        check()
    assert caught.value.code is Code.RULE_DENIED
    return caught.value.facts["rule"]


@pytest.mark.parametrize(("basis", "newest"), [(DECISION, None), (CONSENT, None), (NEXT, CONSENT)])
def test_a_lawful_basis_passes(basis: Basis, newest: Basis | None) -> None:
    """A decision, a consent and its second version."""
    require_basis(basis, newest=newest, register=register.load())

    assert basis.case == CASE


@pytest.mark.parametrize(
    ("rule", "basis", "changes"),
    [
        ("law", DECISION, {"law": "unknown"}),
        ("law", DECISION, {"law": "consent"}),
        ("law", CONSENT, {"law": "swa-106-6"}),
        ("law", CONSENT, {"law": "pf"}),
        ("kinds", DECISION, {"kinds": ("shien", "support")}),
        ("approver", DECISION, {"apr": PROPOSER}),
        ("review", DECISION, {"rev": START.plus(90 * DAY + 1)}),
        ("review", DECISION, {"rev": START}),
        ("review", CONSENT, {"rev": START}),
        ("version", CONSENT, {"prev": sid(1), "ver": 2}),
    ],
)
def test_an_unlawful_basis_is_refused(rule: str, basis: Basis, changes: dict[str, object]) -> None:
    """Each rule by name."""
    broken = msgspec.structs.replace(basis, **changes)

    assert rule_broken(lambda: _check(broken, None)) == rule


@pytest.mark.parametrize(
    "changes",
    [
        {"prev": None, "ver": 1},
        {"ver": 3},
        {"case": OTHER_CASE},
        {"sub": subject(2)},
        {"kind": BasisKind.LAW, "law": "swa-106-6", "apr": CHAIR, "rev": START.plus(DAY)},
    ],
)
def test_a_version_keeps_case_subject_and_kind_and_counts_on(changes: dict[str, object]) -> None:
    """Anything else would be another basis."""
    broken = msgspec.structs.replace(NEXT, **changes)

    assert rule_broken(lambda: _check(broken, CONSENT)) == "version"


def test_a_consent_may_set_a_review_of_its_own() -> None:
    """No matter how far away."""
    reviewed = msgspec.structs.replace(CONSENT, rev=START.plus(170 * DAY))

    _check(reviewed, None)

    assert reviewed.rev is not None


@pytest.mark.parametrize(
    "proposer",
    [
        signer(PROPOSER, CSW),
        signer(PROPOSER, STRANGER, member=True),
        signer(PROPOSER, STRANGER, host=True),
    ],
    ids=["agency in scope", "member of the case", "host agency"],
)
def test_those_who_belong_may_propose(proposer: Signer) -> None:
    """A consent takes one signature, a decision that of a chair beside it."""
    require_basis_signers(CONSENT, [proposer], newest=None)
    chair = signer(CHAIR, ELDER, Cap.CHAIR)
    require_basis_signers(DECISION, [proposer, chair], newest=None)

    assert proposer.wid == PROPOSER


@pytest.mark.parametrize(
    ("rule", "basis", "signers"),
    [
        ("signers", CONSENT, []),
        ("signers", CONSENT, [signer(OTHER)]),
        ("signers", CONSENT, [signer(PROPOSER), signer(OTHER)]),
        ("signers", DECISION, [signer(PROPOSER)]),
        ("signers", DECISION, [signer(CHAIR, CSW, Cap.CHAIR)]),
        ("chair", DECISION, [signer(PROPOSER, CSW, Cap.CHAIR), signer(CHAIR)]),
        ("standing", CONSENT, [signer(PROPOSER, STRANGER)]),
        ("standing", DECISION, [signer(PROPOSER), signer(CHAIR, STRANGER, Cap.CHAIR)]),
    ],
)
def test_other_signers_are_refused(rule: str, basis: Basis, signers: list[Signer]) -> None:
    """Too few, too many, no chair, nobody of the case."""
    assert rule_broken(lambda: require_basis_signers(basis, signers, newest=None)) == rule


def test_a_version_is_signed_by_those_whom_the_one_before_names() -> None:
    """Nobody widens a consent to herself."""
    wider = msgspec.structs.replace(NEXT, scope=(Scope(ag=(CSW, NPO), cats=("c1",)),))

    require_basis_signers(wider, [signer(PROPOSER, CSW)], newest=CONSENT)

    broken = rule_broken(
        lambda: require_basis_signers(wider, [signer(PROPOSER, NPO)], newest=CONSENT)
    )
    assert broken == "standing"


def test_a_withdrawal_is_signed_by_somebody_of_the_case() -> None:
    """An agency in scope, a member, or the host; a stranger is refused."""
    everything = _withdrawal(CASE)

    require_withdrawal(everything, signer(OTHER, ELDER), basis=CONSENT)
    require_withdrawal(everything, signer(OTHER, STRANGER, member=True), basis=CONSENT)

    stranger = signer(OTHER, STRANGER)
    assert rule_broken(lambda: require_withdrawal(everything, stranger, basis=CONSENT)) == (
        "standing"
    )


def test_a_withdrawal_stays_in_its_case() -> None:
    """The code is WRONG_PLACE."""
    with pytest.raises(Refused) as caught:
        require_withdrawal(_withdrawal(OTHER_CASE), signer(OTHER), basis=CONSENT)

    assert caught.value.code is Code.WRONG_PLACE


# ---------------------------------------------------------------- what a change takes

VIEW = BasisView(
    sid=sid(7),
    ver=1,
    law="consent",
    kinds=frozenset({"shien"}),
    sub=subject(1),
    scope={CSW: frozenset({"c1", "c2"}), NPO: frozenset({"c1"})},
    withdrawn={},
    start=START,
    until=START.plus(180 * DAY),
    review=None,
)
PEOPLE = {PROPOSER: CSW, CHAIR: NPO, OTHER: ELDER}
NOW = START.plus(DAY)


def test_a_withdrawal_for_one_agency_costs_its_people_their_seat() -> None:
    """Nobody else is listed."""
    after = VIEW.without(agencies=[NPO], cats=None)

    assert losses(NOW, people=PEOPLE, before=[VIEW], after=[after]) == (
        Loss(wid=CHAIR, aid=NPO, sub=subject(1), cats=frozenset({"c1"}), leaves=True),
    )


def test_a_withdrawal_of_one_category_costs_those_who_had_it() -> None:
    """They stay in the room while another category is left."""
    after = VIEW.without(agencies=None, cats=["c2"])

    assert losses(NOW, people=PEOPLE, before=[VIEW], after=[after]) == (
        Loss(wid=PROPOSER, aid=CSW, sub=subject(1), cats=frozenset({"c2"}), leaves=False),
    )


def test_a_whole_withdrawal_costs_everyone_everything() -> None:
    """Sorted by person."""
    after = VIEW.without(agencies=None, cats=None)
    gone = losses(NOW, people=PEOPLE, before=[VIEW], after=[after])

    assert [(loss.wid, sorted(loss.cats), loss.leaves) for loss in gone] == [
        (PROPOSER, ["c1", "c2"], True),
        (CHAIR, ["c1"], True),
    ]


def test_what_another_basis_still_covers_is_no_loss() -> None:
    """Only what no basis in force covers any more is."""
    other = replace(VIEW, sid=sid(8))
    after = VIEW.without(agencies=None, cats=None)

    assert losses(NOW, people=PEOPLE, before=[VIEW, other], after=[after, other]) == ()


def test_a_basis_that_does_not_run_covers_nobody() -> None:
    """Replacing one in force by one that has not begun costs everything."""
    late = replace(VIEW, start=NOW.plus(DAY))

    assert losses(NOW, people=PEOPLE, before=[late], after=[]) == ()
    assert {loss.leaves for loss in losses(NOW, people=PEOPLE, before=[VIEW], after=[late])} == {
        True
    }


def test_one_who_is_covered_for_another_subject_stays() -> None:
    """She loses the words about one person, not her seat."""
    son = replace(VIEW, sub=subject(2))
    after = VIEW.without(agencies=[NPO], cats=None)
    gone = losses(NOW, people=PEOPLE, before=[VIEW, son], after=[after, son])

    assert [(loss.wid, loss.sub, loss.leaves) for loss in gone] == [(CHAIR, subject(1), False)]


def test_withdrawals_add_up() -> None:
    """A second one takes more and gives nothing back."""
    twice = VIEW.without(agencies=[CSW], cats=["c1"]).without(agencies=[CSW], cats=["c2"])

    assert twice.covers(CSW) == frozenset()
    assert twice.covers(NPO) == frozenset({"c1"})


def test_a_basis_runs_from_its_start_until_the_first_of_its_ends() -> None:
    """The start is inside, the end and the review are outside."""
    reviewed = replace(VIEW, review=START.plus(2 * DAY))
    ends = [(VIEW, VIEW.until), (reviewed, START.plus(2 * DAY))]

    assert [view.in_force(START) for view, _ in ends] == [True, True]
    assert [view.in_force(START.plus(-1)) for view, _ in ends] == [False, False]
    assert [view.in_force(end.plus(-1)) for view, end in ends] == [True, True]
    assert [view.in_force(end) for view, end in ends] == [False, False]
