"""What is refused while a batch is made, before anything is sent; each check by itself."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crypto.errors import Code
from protocol.headers import NoteText, SumText
from protocol.ids import Blob, Digest, Hash, SumId, Wid
from protocol.may_write import Writing
from protocol.payloads import LeafHashes, Receipt
from protocol.room import Generation
from protocol.statement import to_dsse
from protocol.vocabulary import DocClass, Provenance, SeatAnswer, Why
from protocol.wire import Receipted
from sdk import documents, rostering, seating
from sdk.contents import Contents, Reservation
from sdk.documents import Plan
from sdk.draft import Draft
from sdk.member import Member
from sdk.room import Room
from sdk.rostering import Change, Genesis
from sdk.session import Session
from sdk.stray import drop_stray, drop_wrong
from sdk.writer import Build, T, Writer
from tests.refusals import code_after, code_of
from tests.room import Case
from tests.rules.answers import Answer, council_of
from tests.rules.signed_in import identity_of, session_of
from tests.world import (
    POLICY,
    Council,
    Staff,
    council,
    doc_key,
    doc_of,
    epoch_key,
    hash32,
    id16,
    sit_of,
)

NOTES: Generation = (doc_of("notes"), 1)
MY_NUMBER = "123456789018"


@pytest.fixture
def c() -> Council:
    """The council of the stories."""
    return council()


@pytest.fixture
def empty(c: Council) -> Case:
    """A room that is not made yet."""
    return Case(world=c.world, creator=c.chair)


@pytest.fixture
def k(c: Council) -> Case:
    """A room of three, with a document for everybody and one for A03."""
    made = Case(world=c.world, creator=c.chair)
    assert made.create(c.recorder, bases=[made.consent()]) is None
    made.announce("notes", DocClass.SECTION, c.chair)
    return made


def session_in(k: Case, by: Staff, answers: dict[str, list[Answer]] | None = None) -> Session:
    """Somebody signed in, who holds the log as it is now."""
    return session_of(council_of(k.world, answers or {}), by)


def draft_of(k: Case, by: Staff, *, keys: Iterable[Generation] = (NOTES,)) -> Draft:
    """Somebody's batch over the room as it is, with the epoch's key and these documents' keys."""
    return Draft(
        session=session_in(k, by),
        room=k.room,
        chain=None,
        epochs={n: epoch_key(k.case, n) for n in range(k.state.epoch + 1)},
        docs={(doc, g): doc_key(doc, g) for doc, g in keys},
    )


# --- words and keys ----------------------------------------------------------------------------


def test_a_my_number_is_not_sealed(c: Council, k: Case) -> None:
    """Neither is any row of it left in the batch."""
    draft = draft_of(k, c.chair)

    said = code_of(documents.remark, draft, NOTES, NoteText(text=f"番号 {MY_NUMBER}", fact=True))

    assert said is Code.FORBIDDEN
    assert draft.rows == []


def test_without_the_epoch_s_key_no_document_key_is_issued(c: Council, k: Case) -> None:
    """It would be sealed under nothing."""
    draft = draft_of(k, c.chair)
    draft.epochs.clear()

    assert code_of(documents.issue, draft, NOTES) is Code.BAD_BUNDLE


def test_keys_that_were_not_committed_to_are_dropped(k: Case) -> None:
    """Of an epoch and of a document; those that were are kept."""
    other: Generation = (doc_of("never announced"), 1)
    epochs, docs = {0: epoch_key(k.case, 0)}, {NOTES: doc_key(*NOTES)}
    drop_stray(k.state, epochs=epochs, docs=docs)
    assert (list(epochs), list(docs)) == ([0], [NOTES])

    epochs, docs = {0: bytes(32), 1: bytes(32)}, {NOTES: bytes(32), other: bytes(32)}
    drop_wrong(k.state, epochs=epochs, docs=docs)
    assert (list(epochs), list(docs)) == ([1], [other])
    drop_stray(k.state, epochs=epochs, docs=docs)
    assert (epochs, docs) == ({}, {})


# --- audiences ---------------------------------------------------------------------------------


def test_an_author_who_may_not_read_shares_nothing(c: Council, k: Case) -> None:
    """Whoever is in no row is told so, instead of who else may."""
    plan = Plan(cls=DocClass.SECTION)

    assert code_of(documents.audience_for, draft_of(k, c.chair), plan) is None
    assert code_of(documents.audience_for, draft_of(k, c.npo), plan) is Code.NOT_MEMBER


async def test_a_document_that_nobody_may_read_any_more_has_no_next_generation(
    c: Council, k: Case
) -> None:
    """Its one reader left."""
    body = k.sect_body("hers", DocClass.SECTION, w=(c.recorder,))
    assert k.sect(body, c.recorder) is None
    assert k.roster(k.next_body(Why.REMOVE, mem=k.without(c.recorder)), c.chair) is None

    renewed = documents.renew(draft_of(k, c.chair), doc_of("hers"))

    assert await code_after(renewed) is Code.AUDIENCE_TOO_WIDE


# --- a member ----------------------------------------------------------------------------------


class Hand(Member):
    """A member whose batches are made and not sent."""

    def __init__(self, k: Case, by: Staff) -> None:
        self.draft = draft_of(k, by)
        room: Any = SimpleNamespace(session=self.draft.session, state=k.state, case=k.case)
        super().__init__(cast("Room", room))

    async def submit(self, build: Build[T], *, writing: Writing = Writing.CONTENT) -> T:  # noqa: ARG002 -- whatever it is
        """Make it."""
        return await build(self.draft)


async def test_a_section_that_is_not_there_is_not_revised(c: Council, k: Case) -> None:
    """No version is the next one of nothing."""
    text = SumText(prov=Provenance.SELF, hid=False, title="t", text="t")

    revised = Hand(k, c.chair).revise(SumId(id16("x")), text)

    assert await code_after(revised) is Code.UNKNOWN_ID


async def test_only_a_device_of_my_own_is_given_everything(c: Council, k: Case) -> None:
    """Somebody else's is none of mine."""
    hand = Hand(k, c.chair)

    assert await code_after(hand.grant_sibling(c.recorder.dev.sid)) is Code.UNKNOWN_ID
    assert hand.draft.rows == []


async def test_before_the_first_roster_nothing_is_read_aloud(c: Council, empty: Case) -> None:
    """There is no room to agree on."""
    assert await code_after(Hand(empty, c.chair).read_aloud()) is Code.WRONG_PLACE


# --- rosters -----------------------------------------------------------------------------------


async def test_a_room_is_founded_once_and_goes_on_from_there(c: Council, k: Case) -> None:
    """A first roster over one, a next one over none, and a first one that names nobody."""
    genesis = Genesis(nonce=Digest(hash32("nonce")), pol=POLICY)
    create, rotate = Change(why=Why.CREATE), Change(why=Why.ROTATE)
    blank = Case(world=c.world, creator=c.chair, label="another")

    again = rostering.first_roster(draft_of(k, c.chair), genesis, create)
    nothing = rostering.next_roster(draft_of(blank, c.chair), rotate)
    nobody = rostering.first_roster(draft_of(blank, c.chair), genesis, create)

    assert await code_after(again) is Code.FORK_OR_GAP
    assert await code_after(nothing) is Code.FORK_OR_GAP
    assert await code_after(nobody) is Code.WRONG_PLACE


class Founder(Writer):
    """A writer whose batches are made and not sent."""

    def __init__(self, k: Case, by: Staff, *, reserved: bool = True) -> None:
        kept = Reservation(case=k.case, nonce=k.nonce, code="K-1")
        contents = Contents(identity=identity_of(by), reserved=(kept,) if reserved else ())
        self.draft = draft_of(k, by)
        session = session_of(self.draft.session.council, by, contents)

        async def complete() -> None:
            """Nothing is missing."""

        room: Any = SimpleNamespace(session=session, case=k.case, complete=complete)
        super().__init__(cast("Room", room))

    async def submit(self, build: Build[T], *, writing: Writing = Writing.CONTENT) -> T:  # noqa: ARG002 -- whatever it is
        """Make it."""
        return await build(self.draft)


async def test_a_room_is_founded_under_a_reserved_number_by_people_of_the_log(
    c: Council, empty: Case
) -> None:
    """The reservation, a certificate in force, and the bytes of every basis; each by itself."""
    basis = empty.basis(empty.basis_body(c.chair), c.chair, row=False)
    stranger = Wid(id16("nobody"))
    founder = Founder(empty, c.chair)
    statements: Any = founder.room.session.council.log.statements
    statements[-1] = None  # the server withholds what stands behind the newest leaf

    unreserved = seating.create(Founder(empty, c.chair, reserved=False), bases=[])
    assert await code_after(unreserved) is Code.WRONG_PLACE
    with_nobody = seating.create(Founder(empty, c.chair), bases=[], staff=[stranger])
    assert await code_after(with_nobody) is Code.UNTRUSTED
    withheld = seating.create(founder, bases=[basis.sid])
    assert await code_after(withheld) is Code.MISSING_STATEMENT


# --- an answer to an invitation ----------------------------------------------------------------


def receipted(k: Case, *ids: bytes) -> Receipted:
    """The server's receipt for these."""
    base = k.world.base()
    made = k.world.sign(
        Receipt(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            case=k.case,
            seq=None,
            ids=tuple(Digest(Hash(each)) for each in ids),
            fh=None,
            idn=k.world.size,
            leaves=LeafHashes(id=(), ops=()),
        ),
        k.world.srv_key,
    )
    return Receipted(rcpt=Blob(to_dsse(made, k.world.claimed(made))))


async def test_an_answer_is_receipted_by_its_own_id(c: Council, k: Case) -> None:
    """A receipt for something else is a contradiction, and is not kept as a promise."""
    path = f"cases/{k.case.hex()}/post"
    session = session_in(k, c.npo, {path: [receipted(k, hash32("another"))]})

    answer = seating.answer_seat(session, k.case, sit_of("1"), ans=SeatAnswer.ACCEPT)

    assert await code_after(answer) is Code.EQUIVOCATION
    assert session.vault.contents.receipts == ()
