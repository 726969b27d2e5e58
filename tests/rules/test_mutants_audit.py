"""What an auditor asks for and gets, field by field: a reader that loses one of them fails here."""

from dataclasses import replace
from datetime import UTC, datetime

from audit import entry
from audit.entry import Entry, Kind
from audit.model import Filter, Found, Opened, Question, openings_of
from protocol.ids import CaseId, Id, Sid, Wid
from tests.world import hash32, id16

SINCE, UNTIL = "2026-11-21T00:00:00Z", "2026-11-22T12:30:00Z"
FROM = datetime(2026, 11, 21, tzinfo=UTC)
TO = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
CASE = CaseId(id16("case"))
WID = Wid(id16("worker"))


def known(code: str) -> CaseId | None:
    """A register that knows one case by its code."""
    return CASE if code == "K-104" else None


def test_the_subject_of_a_case_is_its_id_or_its_code() -> None:
    """What stands behind it narrows the time and goes on behind an index."""
    wanted = Question(filter=Filter(case=CASE, since=FROM, until=TO), after=12)

    for subject in ("K-104", CASE.hex()):
        asked = Question.parse("audit.case-timeline", (subject, SINCE, UNTIL, "12"), case=known)
        assert asked == wanted


def test_the_subject_of_a_person_is_a_wid() -> None:
    """The filters stand behind her, too."""
    asked = Question.parse("audit.person-timeline", (WID.hex(), SINCE, UNTIL, "12"), case=known)

    assert asked == Question(filter=Filter(wid=WID, since=FROM, until=TO), after=12)


def test_refusals_alone_are_asked_for_by_name() -> None:
    """The other purposes give every entry."""
    denied = Question.parse("audit.denied", (SINCE, UNTIL, "0"), case=known)
    all_of_them = Question.parse("audit.openings", (SINCE, UNTIL, "0"), case=known)

    assert denied == Question(filter=Filter(since=FROM, until=TO), after=0, denied=True)
    assert all_of_them == Question(filter=Filter(since=FROM, until=TO), after=0)
    assert all_of_them.denied is False


def test_what_is_missing_does_not_filter() -> None:
    """Without an index she has none, and begins before the first."""
    for params in ((), ("", "", "")):
        asked = Question.parse("audit.openings", params, case=known)
        assert asked == Question(filter=Filter(), after=-1)


# --- openings -------------------------------------------------------------------------------

KEY, AUDIT_KEY = hash32("an entry's key"), hash32("an audit key")
KEY_ID, WRAPPED = id16("audit key"), b"the audit key, wrapped"
ENTRY = Entry(
    kind=Kind.PUSH,
    at_ms=1_795_222_800_123,
    id=id16("entry"),
    actor=WID,
    case=CASE,
    objects=(hash32("section"), hash32("board")),
    recipients=(id16("device 1"), id16("device 2")),
    purpose="view",
    basis=Sid(hash32("basis")),
)
OPENED = Opened(
    key_id=KEY_ID,
    wrapped=WRAPPED,
    key_ct=entry.wrap_key(audit_key=AUDIT_KEY, entry=ENTRY.id, key=KEY, nonce=bytes(24)),
    did=None,
    wid=WID,
    aid=None,
    case=CASE,
    objects=ENTRY.objects,
    to=ENTRY.recipients,
    basis=hash32("basis"),
    purpose="view",
    result="",
    request=None,
)
FOUND = Found(
    index=7, id=1, at=FROM, kind=Kind.PUSH, leaf=entry.leaf(ENTRY, key=KEY), opened=OPENED
)


def unwrap(key_id: Id, wrapped: bytes) -> bytes:
    """Where the audit keys are kept; only the one that is asked for rightly comes out."""
    return {(KEY_ID, WRAPPED): AUDIT_KEY}[key_id, wrapped]


def test_every_fact_beside_an_entry_opens_its_commitment() -> None:
    """None is left out, and each fits the leaf."""
    openings = openings_of(FOUND, unwrap=unwrap)
    leaf = entry.parse(FOUND.leaf)

    assert openings == entry.openings(ENTRY, key=KEY)
    assert {opening.field for opening in openings} == set(leaf.commitments())
    for opening in openings:
        entry.check_opening(leaf, opening)


def test_without_a_basis_there_is_none_to_open() -> None:
    """An entry that needs no legal basis commits to none."""
    bare = replace(ENTRY, basis=None)
    opened = replace(OPENED, basis=None)
    found = replace(FOUND, leaf=entry.leaf(bare, key=KEY), opened=opened)

    assert openings_of(found, unwrap=unwrap) == entry.openings(bare, key=KEY)
