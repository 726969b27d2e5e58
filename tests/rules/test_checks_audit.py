"""Checks of an auditor's question, without a server: each falls if its condition is dropped."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from audit import checkpoint, entry, merkle, note
from audit.inspection import Finding
from audit.inspector import Connection, inspect
from audit.model import Filter, Found, Opened, Question, openings_of
from audit.usecases import answer, ask
from crypto.errors import Code, Refused
from protocol.directory import Signer
from protocol.ids import Blob, CaseId, Did, Id, Nonce
from protocol.requests import read_message
from protocol.times import Instant
from protocol.wire import Query
from tests.world import Council, Staff, council, hash32, id16, public, signing_key

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


# --- answers ---------------------------------------------------------------------------------

KEY = hash32("an entry's key")
AUDIT_KEY = hash32("an audit key")
ENTRY = entry.Entry(
    kind=entry.Kind.QUERY, at_ms=Instant.of(NOW), id=id16("entry"), reason=Code.EXPIRED
)
OPENED = Opened(
    key_id=id16("audit key"),
    wrapped=b"wrapped",
    key_ct=entry.wrap_key(audit_key=AUDIT_KEY, entry=ENTRY.id, key=KEY, nonce=bytes(24)),
    did=None,
    wid=None,
    aid=None,
    case=None,
    objects=(),
    to=(),
    basis=None,
    purpose=None,
    result="EXPIRED",
    request=None,
)
FOUND = Found(
    index=0, id=1, at=NOW, kind="audit.query", leaf=entry.leaf(ENTRY, key=KEY), opened=OPENED
)


def unwrap(_: Id, __: bytes) -> bytes:
    """The audit key of every entry."""
    return AUDIT_KEY


def test_a_row_is_of_the_kind_its_leaf_says() -> None:
    """Somebody changed the kind beside the leaf: that is told, with the entry's index."""
    assert openings_of(FOUND, unwrap=unwrap) == []

    with pytest.raises(Refused) as refused:
        openings_of(replace(FOUND, kind="push", index=7), unwrap=unwrap)

    assert refused.value.code is Code.BAD_PROOF
    assert refused.value.facts == {"why": "kind", "index": 7}


class Pages:
    """A log that answers what it was given, once."""

    def __init__(self, *found: Found) -> None:
        self.found = list(found)

    async def query(
        self, wanted: Filter, *, ticket: int, did: Did, after: int = -1, limit: int = 1000
    ) -> list[Found]:
        """Give the entries after an index."""
        assert (wanted, ticket, did) == (Filter(), 1, Did(id16("did")))
        return [each for each in self.found if each.index > after][:limit]


@pytest.mark.parametrize(("denied", "indices"), [(True, [0]), (False, [0, 1, 2])])
async def test_who_asks_for_refusals_gets_only_those(*, denied: bool, indices: list[int]) -> None:
    """An entry whose facts were erased is no refusal, nor is one that was allowed."""
    allowed = replace(FOUND, index=1, opened=replace(OPENED, result=""))
    log = Pages(FOUND, allowed, replace(FOUND, index=2, opened=None))

    entries = await answer(
        Question(filter=Filter(), denied=denied),
        log=log,
        ticket=1,
        did=Did(id16("did")),
        unwrap=unwrap,
    )

    assert [each.index for each in entries] == indices


# --- inspection ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "is_flaw"),
    [("erased", False), ("unsigned", False), ("unused", False), ("waiting", False), ("root", True)],
)
def test_what_can_have_a_lawful_reason_is_no_flaw(why: str, *, is_flaw: bool) -> None:
    """Everything else is one."""
    assert Finding(log="ops", table="entry", why=why).is_flaw is is_flaw


class Empty:
    """A database in which nothing was ever stored."""

    async def execute(self, _: str) -> None:
        """Do nothing."""

    async def fetch(self, _: str) -> list[Any]:
        """Find nothing."""
        return []


async def test_a_checkpoint_of_nothing_proves_nothing() -> None:
    """Whoever kept one would believe that her log had been compared with something."""
    signer = note.Signer(name="example.jp/ops", key=signing_key("log"))

    async def inspected(size: int, root: bytes) -> Code | None:
        text = checkpoint.Checkpoint(origin=signer.name, size=size, root=root).text
        connection: Any = Empty()
        try:
            await inspect(
                cast("Connection", connection),
                vkeys=[signer.verifier.vkey],
                old=[note.sign(text, signer)],
            )
        except Refused as refused:
            return refused.code
        return None

    assert await inspected(0, merkle.root([])) is Code.BAD_PROOF
    assert await inspected(1, hash32("root")) is None
