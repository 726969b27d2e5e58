"""An auditor takes nothing on trust: what she asks, waits for and copies, each check by itself."""

import pytest

from audit import merkle, tiles
from crypto.errors import Code
from protocol.ids import Digest, Hash
from protocol.vocabulary import Cap
from protocol.wire import Answered
from sdk.auditor import Auditor
from sdk.contents import Contents, LogPin
from tests.refusals import code_after
from tests.rules.answers import Answer, council_of
from tests.rules.ops_log import Town, checkpoint_of
from tests.rules.signed_in import identity_of, session_of
from tests.world import hash32

QUERY = "audit/query"
CHECKPOINT = "log/ops/checkpoint"
LEAVES = [b"one", b"two", b"three"]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]
ROOT = merkle.root(HASHES)
BUNDLE = f"log/ops/{tiles.tile_at(level=0, index=0, size=len(LEAVES)).entries_path}"


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two looks."""
    monkeypatch.setattr("sdk.auditor._STEP", 0)


@pytest.fixture
def town() -> Town:
    """A council with an agency of auditors."""
    made = Town()
    made.agency("A20")
    return made


def log_of(*leaves: bytes, size: int = len(LEAVES), root: bytes = ROOT) -> dict[str, list[Answer]]:
    """A log served whole: its signed checkpoint, its leaves, and the tile beside them."""
    hashes = b"".join(merkle.leaf_hash(leaf) for leaf in leaves)
    tile = tiles.tile_at(level=0, index=0, size=size)
    return {
        CHECKPOINT: [checkpoint_of(size, root)],
        f"log/ops/{tile.entries_path}": [tiles.encode_bundle(leaves)],
        f"log/ops/{tile.path}": [hashes],
    }


def auditor_of(town: Town, answers: dict[str, list[Answer]], *, pin: int | None = None) -> Auditor:
    """Somebody signed in; `pin` leaves of the log were seen before."""
    person = town.staff("auditor", "A20", caps=(Cap.AUDIT,))
    known = None if pin is None else LogPin(n=pin, r=Digest(Hash(merkle.root(HASHES[:pin]))), at=0)
    contents = Contents(identity=identity_of(person), ops=known)
    return Auditor(session_of(council_of(town, answers), person, contents))


def answered(leaf: bytes = LEAVES[0]) -> Answered:
    """An answer without lines; the question itself is this leaf."""
    return Answered(entries=(), entry=Digest(Hash(merkle.leaf_hash(leaf))))


# --- asking ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "code"),
    [(Code.UNAVAILABLE, Code.RATE_LIMITED), (Code.FORBIDDEN, Code.FORBIDDEN)],
    ids=["lost", "refused"],
)
async def test_only_a_question_whose_answer_was_lost_is_asked_anew(
    town: Town, first: Code, code: Code
) -> None:
    """A refusal is an answer."""
    auditor = auditor_of(town, {QUERY: [first, Code.RATE_LIMITED]})

    assert await code_after(auditor.ask("audit.case-timeline", "x")) is code


@pytest.mark.parametrize(
    ("leaf", "code"), [(LEAVES[2], None), (b"never logged", Code.NOT_LOGGED)], ids=["there", "none"]
)
async def test_the_question_itself_has_to_stand_in_the_log(
    town: Town, leaf: bytes, code: Code | None
) -> None:
    """Its leaf is looked for as long as one has patience, and then missed aloud."""
    answers = log_of(*LEAVES)
    answers[QUERY] = [answered(leaf)]
    auditor = auditor_of(town, answers)

    assert await code_after(auditor.ask("audit.case-timeline", "x")) is code


@pytest.mark.parametrize(
    ("pin", "refused", "code"),
    [
        (None, Code.UNKNOWN_ID, None),
        (None, Code.FORBIDDEN, Code.FORBIDDEN),
        (1, Code.UNKNOWN_ID, Code.UNKNOWN_ID),
    ],
    ids=["young", "closed", "gone"],
)
async def test_only_a_log_that_was_never_signed_is_waited_for(
    town: Town, pin: int | None, refused: Code, code: Code | None
) -> None:
    """One that was there before cannot be unknown, and one that is closed is not young."""
    answers = log_of(*LEAVES)
    answers[CHECKPOINT].insert(0, refused)
    answers[QUERY] = [answered()]
    auditor = auditor_of(town, answers, pin=pin)

    assert await code_after(auditor.ask("audit.case-timeline", "x")) is code


# --- copying -----------------------------------------------------------------------------------


async def test_a_log_that_fits_its_checkpoint_is_copied_whole(town: Town) -> None:
    """All leaves, in their order."""
    copy = await auditor_of(town, log_of(*LEAVES)).copy_ops()

    assert list(copy.leaves) == LEAVES


@pytest.mark.parametrize(
    "answers",
    [log_of(*LEAVES, size=4), log_of(*LEAVES, root=hash32("x")), log_of(b"one", b"2", b"three")],
    ids=["fewer than were signed", "another root", "another leaf"],
)
async def test_leaves_are_exactly_those_that_were_signed(
    town: Town, answers: dict[str, list[Answer]]
) -> None:
    """Their number and their root, each by itself."""
    assert await code_after(auditor_of(town, answers).copy_ops()) is Code.BAD_PROOF


@pytest.mark.parametrize(
    ("refused", "code"),
    [(Code.UNKNOWN_ID, Code.BAD_PROOF), (Code.FORBIDDEN, Code.FORBIDDEN)],
    ids=["unknown", "closed"],
)
async def test_leaves_that_a_checkpoint_promises_cannot_be_unknown(
    town: Town, refused: Code, code: Code
) -> None:
    """The server contradicts what it signed; any other refusal is told as it came."""
    answers = log_of(*LEAVES)
    answers[BUNDLE] = [refused]

    assert await code_after(auditor_of(town, answers).copy_ops()) is code
