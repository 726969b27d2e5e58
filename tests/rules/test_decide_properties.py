"""What holds for every question that can be asked of the gate."""

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from consent.model import Action, Actor, Allow, BasisView, Deny, Membership, Object, Pledge, Scope
from crypto.errors import Code
from protocol.ids import Aid, Id, Wid
from protocol.payloads import Audience
from protocol.times import Instant
from protocol.vocabulary import AgencyKind, DocClass
from tests.rules.consent_question import Question, agency, ordinary, sid, subject

AGENCIES = [agency(number) for number in range(3)]
SUBJECTS = [subject(number) for number in range(2)]
CATEGORIES = ["c1", "c2", "c3"]
KINDS = ["shien", "support"]
LAWS = ["swa-106-6", "consent", "child-25-2", "pf", "unknown"]

agencies = st.sampled_from(AGENCIES)
instants = st.integers(0, 9).map(Instant)
cats = st.frozensets(st.sampled_from(CATEGORIES))
people = st.integers(0, 1).map(lambda number: Wid(Id([number] * 16)))
scopes = st.dictionaries(agencies, cats)

bases = st.builds(
    BasisView,
    sid=st.integers(0, 3).map(sid),
    ver=st.integers(1, 3),
    law=st.sampled_from(LAWS),
    kinds=st.frozensets(st.sampled_from(KINDS)),
    sub=st.sampled_from(SUBJECTS),
    scope=scopes,
    withdrawn=scopes,
    start=instants,
    until=instants,
    review=st.none() | instants,
)
actors = st.builds(
    Actor,
    wid=people,
    aid=agencies,
    kind=st.sampled_from(AgencyKind),
    membership=st.sampled_from(Membership),
    pledge_person=st.sampled_from(Pledge),
    pledge_agency=st.sampled_from(Pledge),
    ended=st.none() | st.sampled_from([Code.REVOKED, Code.EXPIRED]),
    seated=st.booleans(),
)
audiences = st.builds(Audience, ag=st.tuples(agencies), w=st.just(()))
objects = st.builds(
    Object,
    cls=st.none() | st.sampled_from(DocClass),
    sub=st.none() | st.sampled_from(SUBJECTS),
    cats=cats,
    bases=st.lists(bases, max_size=3),
    audience=st.none() | audiences,
    granted=st.booleans(),
    sitting_kind=st.none() | st.sampled_from(KINDS),
    item_open=st.none() | st.booleans(),
    needs_seat=st.booleans(),
    room_closed=st.booleans(),
)
questions = st.builds(
    Question, now=instants, action=st.sampled_from(Action), actor=actors, object=objects
)

# Most random questions are refused early; these get to the bases.
willing = actors.map(
    lambda actor: replace(
        actor,
        membership=Membership.MEMBER,
        pledge_person=Pledge.LIVE,
        pledge_agency=Pledge.LIVE,
        ended=None,
        seated=True,
    )
)
open_objects = objects.map(
    lambda obj: replace(obj, audience=None, item_open=None, room_closed=False)
)
near_questions = st.builds(
    Question, now=instants, action=st.sampled_from(Action), actor=willing, object=open_objects
)
any_question = questions | near_questions


def justifies(basis: BasisView, question: Question) -> bool:
    """Say it the long way: subject, time, recipient, every category."""
    aid, asked = question.actor.aid, question.object
    left = basis.scope.get(aid, frozenset()) - basis.withdrawn.get(aid, frozenset())
    review = basis.until if basis.review is None else basis.review
    return (
        asked.sub in (None, basis.sub)
        and basis.start <= question.now < basis.until
        and question.now < review
        and len(left) > 0
        and all(cat in left for cat in asked.cats)
    )


def without(scope: Scope, pair: tuple[Aid, str]) -> Scope:
    """Take one pair away."""
    return {aid: cats - {pair[1]} if aid == pair[0] else cats for aid, cats in scope.items()}


@given(any_question)
@example(ordinary())
def test_every_question_has_an_answer(question: Question) -> None:
    """The gate is total: it answers, and a refusal carries one of the gate's codes."""
    assert isinstance(question.answer(), Allow | Deny)


@given(any_question)
@example(ordinary())
def test_no_basis_in_force_means_no(question: Question) -> None:
    """Without one for this subject, recipient, category and time only a guest's card is shown."""
    card = question.object.cls is DocClass.CARD
    guest_card = card and question.actor.membership is Membership.GUEST
    justified = any(justifies(basis, question) for basis in question.object.bases)

    assert isinstance(question.answer(), Deny) or justified or guest_card


@given(any_question)
@example(ordinary())
def test_the_basis_named_is_one_that_justifies(question: Question) -> None:
    """What goes into the log is a listed basis that runs now."""
    answer = question.answer()
    running = {
        (basis.sid, basis.ver) for basis in question.object.bases if basis.in_force(question.now)
    }

    assert isinstance(answer, Deny) or (answer.basis, answer.ver) in running


@given(any_question, agencies, st.sampled_from(CATEGORIES))
@example(ordinary(), ordinary().actor.aid, "c1")
def test_taking_a_pair_away_allows_nothing_new(question: Question, aid: Aid, cat: str) -> None:
    """Neither a narrower scope nor a withdrawal turns a no into a yes."""
    listed = question.object.bases
    narrowed = [replace(basis, scope=without(basis.scope, (aid, cat))) for basis in listed]
    withdrawn = [basis.without(agencies=[aid], cats=[cat]) for basis in listed]

    if isinstance(question.answer(), Deny):
        assert isinstance(question.under(*narrowed).answer(), Deny)
        assert isinstance(question.under(*withdrawn).answer(), Deny)


@given(any_question)
def test_the_order_in_which_bases_are_listed_does_not_matter(question: Question) -> None:
    """Server and clients may hold them in any order."""
    twins = {(basis.ver, basis.sid) for basis in question.object.bases}
    backwards = question.under(*reversed(question.object.bases))

    if len(twins) == len(question.object.bases):
        assert backwards.answer() == question.answer()


@given(any_question)
def test_who_may_not_read_may_not_write(question: Question) -> None:
    """Writing asks for at least what reading asks for."""
    if question.to(Action.READ).code() is not None:
        assert question.to(Action.WRITE).code() is not None
