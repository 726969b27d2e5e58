"""Checks of an auditor's question, without a server: each falls if its condition is dropped."""

from datetime import UTC, datetime

import pytest

from audit.model import Question
from audit.usecases import ask
from crypto.errors import Code, Refused
from protocol.directory import Signer
from protocol.ids import Blob, CaseId, Nonce
from protocol.requests import read_message
from protocol.times import Instant
from protocol.wire import Query
from tests.world import Council, Staff, council, id16, public

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
ORIGIN = "https://entaku.example.jp"
CASE = CaseId(id16("case"))


def found(_: str) -> CaseId | None:
    """A register of cases that knows no code."""


def refusal(purpose: str, *params: str) -> Code | None:
    """The code with which a question is refused."""
    try:
        Question.parse(purpose, params, case=found)
    except Refused as refused:
        return refused.code
    return None


@pytest.mark.parametrize(
    ("purpose", "params", "code"),
    [
        ("audit.openings", ("", "", "12"), None),
        ("audit.openings", ("2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"), None),
        ("audit.openings", ("", "", "", ""), Code.BAD_J1),
        ("audit.openings", ("", "", "twelve"), Code.BAD_J1),
        ("audit.openings", ("", "", "-3"), Code.BAD_J1),
        ("audit.openings", ("yesterday",), Code.BAD_J1),
        ("audit.case-timeline", (CASE.hex(),), None),
        ("audit.case-timeline", (), Code.UNKNOWN_ID),
        ("audit.case-timeline", ("K-104",), Code.UNKNOWN_ID),
        ("audit.case-timeline", (CASE.hex()[2:],), Code.UNKNOWN_ID),
        ("audit.person-timeline", (), Code.UNKNOWN_ID),
        ("audit.content", (), Code.AUDITOR_NO_CONTENT),
        ("view", (), Code.AUDITOR_NO_CONTENT),
    ],
)
def test_a_question_has_a_form(purpose: str, params: tuple[str, ...], code: Code | None) -> None:
    """A known purpose, a subject where it needs one, at most three filters, each of its form."""
    assert refusal(purpose, *params) is code


def signer_of(c: Council, person: Staff) -> Signer:
    """Whose device asks."""
    return c.world.directory.trust(public(person.dk), "read", c.world.size)


def asked(
    by: Staff, *, seconds: int = 0, nonce: bytes | None = None, key: Staff | None = None
) -> Code | None:
    """The code with which a signed question of somebody is refused."""
    c = council()
    signer = signer_of(c, by)
    time = Instant.of(NOW) // 1000 + seconds
    message = read_message(
        net=c.world.net,
        origin=ORIGIN,
        case=None,
        nonce=Nonce(id16("nonce")),
        time=time,
        device=signer.device,
        purpose="audit.openings",
        ids=(),
    )
    query = Query(
        purpose="audit.openings",
        params=(),
        nonce=Blob(id16("nonce") if nonce is None else nonce),
        time=time,
        sig=Blob((key or by).dk.sign(message)),
    )
    try:
        ask(
            query,
            signer=signer,
            net=c.world.net,
            origin=ORIGIN,
            entry=id16("entry"),
            case=found,
            now=NOW,
        )
    except Refused as refused:
        return refused.code
    return None


def test_who_asks_audits_and_signs_it_now() -> None:
    """The capability, the time, the nonce's length and the signature, each by itself."""
    c = council()

    assert asked(c.auditor) is None
    assert asked(c.chair) is Code.FORBIDDEN
    assert asked(c.auditor, seconds=121) is Code.CLOCK
    assert asked(c.auditor, seconds=-121) is Code.CLOCK
    assert asked(c.auditor, nonce=bytes(15)) is Code.BAD_LENGTH
    assert asked(c.auditor, key=c.chair) is Code.BAD_SIG
