"""An auditor's questions: logged first, answered with entries and what opens them."""

from typing import TypeAlias

import asyncpg
import pytest

from audit import entry as entries
from audit import merkle
from audit.entry import Opening
from protocol import codec
from protocol.ids import Blob, Hash, Nonce
from protocol.requests import read_message
from protocol.vocabulary import AgencyKind, Cap
from protocol.wire import Answered, EntryOut, Query
from server.service import SERVICE
from tests.edges.people import ORIGIN, SLUG, Edge, Person, code_of, nonce

Admin: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
PATH = f"/v1/{SLUG}/audit/query"


def question(
    edge: Edge, auditor: Person, purpose: str, *params: str, once: Nonce | None = None
) -> Query:
    """A signed question."""
    assert auditor.device is not None
    used = once or nonce()
    time = int(edge.app[SERVICE].clock().timestamp())
    message = read_message(
        net=edge.net,
        origin=ORIGIN,
        case=None,
        nonce=used,
        time=time,
        device=auditor.device,
        purpose=purpose,
        ids=[text.encode() for text in params],
    )
    return Query(
        purpose=purpose,
        params=params,
        nonce=Blob(used),
        time=time,
        sig=Blob(auditor.dk.sign(message)),
    )


async def audited(edge: Edge) -> tuple[Person, Person]:
    """A signed-in member and an auditor."""
    await edge.found()
    member = await edge.enrol(await edge.agency(Cap.MEMBER), Cap.MEMBER)
    watch = await edge.agency(Cap.AUDIT, kind=AgencyKind.AUDIT)
    auditor = await edge.enrol(watch, Cap.AUDIT)
    await edge.sign_in(member)
    await edge.sign_in(auditor)
    await edge.level()
    return member, auditor


async def ask(edge: Edge, auditor: Person, purpose: str, *params: str) -> Answered:
    """Ask and get an answer."""
    request = question(edge, auditor, purpose, *params)
    status, reply = await edge.send(PATH, request, headers=auditor.headers)
    assert status == 200, reply
    return codec.decode(reply, Answered, limit=1 << 22)


def opened(found: EntryOut) -> dict[str, bytes]:
    """The values of an entry, each checked against the leaf."""
    leaf = entries.parse(found.leaf)
    for each in found.openings:
        opening = Opening(field=each.field, mac=each.hmac, value=each.value)
        entries.check_opening(leaf, opening)
    return {each.field: bytes(each.value) for each in found.openings}


async def test_a_person_s_sign_ins_open_to_her_id(edge: Edge) -> None:
    """Each value shown is the one that the leaf commits to."""
    member, auditor = await audited(edge)

    answered = await ask(edge, auditor, "audit.person-timeline", member.wid.hex())

    assert [entries.parse(each.leaf).k for each in answered.entries] == ["auth.login"]
    values = opened(answered.entries[0])
    assert values["actor"] == member.wid
    assert values["to"] == member.did
    assert answered.entries[0].index == 0


async def test_the_question_itself_is_in_the_log(edge: Edge) -> None:
    """With the auditor, the purpose and the parameters."""
    _, auditor = await audited(edge)
    answered = await ask(edge, auditor, "audit.denied", "", "")
    await edge.level()

    later = await ask(edge, auditor, "audit.person-timeline", auditor.wid.hex())

    asked = {merkle.leaf_hash(each.leaf): each for each in later.entries}[answered.entry]
    assert entries.parse(asked.leaf).k == "audit.query"
    values = opened(asked)
    assert values["purpose"] == b"audit.denied"
    assert values["actor"] == auditor.wid


async def test_refusals_are_found_with_their_code(edge: Edge) -> None:
    """And nothing but refusals."""
    member, auditor = await audited(edge)
    await edge.get(f"/v1/{SLUG}/log/ops/tile/entries/000.p/1", headers=member.headers)
    await edge.level()

    answered = await ask(edge, auditor, "audit.denied")

    leaves = [entries.parse(each.leaf) for each in answered.entries]
    assert [(leaf.k, leaf.d) for leaf in leaves] == [("denied", "FORBIDDEN")]
    assert opened(answered.entries[0])["actor"] == member.wid


async def test_an_answer_goes_on_after_an_index(edge: Edge) -> None:
    """All entries of a range in several answers; times outside it give none."""
    _, auditor = await audited(edge)
    whole = await ask(edge, auditor, "audit.openings")
    after = whole.entries[0].index

    rest = await ask(edge, auditor, "audit.openings", "", "", str(after))
    none = await ask(edge, auditor, "audit.openings", "", "2000-01-01T00:00:00Z")

    assert [each.leaf for each in whole.entries[1:]] == [
        each.leaf for each in rest.entries[: len(whole.entries) - 1]
    ]
    assert none.entries == ()


async def test_the_database_reads_a_question_as_the_server_does(edge: Edge) -> None:
    """The ends of every range; else a right question would be answered as another one."""
    member, auditor = await audited(edge)
    first, last = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"

    everything = await ask(edge, auditor, "audit.openings", first, last, "")
    nothing = await ask(edge, auditor, "audit.openings", "", first, "0000000000000000")
    beyond = await ask(edge, auditor, "audit.denied", last, "", "9" * 16)
    hers = await ask(edge, auditor, "audit.person-timeline", member.wid.hex(), first, last, "00")

    assert everything.entries
    assert (nothing.entries, beyond.entries, hers.entries) == ((), (), ())


async def test_only_auditors_ask(edge: Edge) -> None:
    """A member's question is refused, and the refusal is logged."""
    member, _ = await audited(edge)

    request = question(edge, member, "audit.denied")
    status, reply = await edge.send(PATH, request, headers=member.headers)

    assert (status, code_of(reply)) == (403, "FORBIDDEN")


async def test_a_question_counts_once(edge: Edge) -> None:
    """The same signed bytes again are a replay."""
    _, auditor = await audited(edge)
    request = question(edge, auditor, "audit.denied")

    first = await edge.send(PATH, request, headers=auditor.headers)
    second = await edge.send(PATH, request, headers=auditor.headers)

    assert first[0] == 200
    assert (second[0], code_of(second[1])) == (409, "REPLAY")


@pytest.mark.parametrize(
    ("purpose", "params", "code"),
    [
        ("view", (), "AUDITOR_NO_CONTENT"),
        ("audit.everything", (), "AUDITOR_NO_CONTENT"),
        ("audit.case-timeline", (), "UNKNOWN_ID"),
        ("audit.case-timeline", ("K-104",), "UNKNOWN_ID"),
        ("audit.person-timeline", ("00",), "UNKNOWN_ID"),
        ("audit.denied", ("yesterday",), "BAD_J1"),
        ("audit.denied", ("", "", "one"), "BAD_J1"),
        ("audit.denied", ("", "", "1", "2"), "BAD_J1"),
    ],
)
async def test_what_cannot_be_asked_is_refused(
    edge: Edge, purpose: str, params: tuple[str, ...], code: str
) -> None:
    """Content never; subjects and times in their form only."""
    _, auditor = await audited(edge)

    request = question(edge, auditor, purpose, *params)
    _, reply = await edge.send(PATH, request, headers=auditor.headers)

    assert code_of(reply) == code


async def test_a_question_signed_otherwise_is_refused(edge: Edge) -> None:
    """Other parameters than signed, another time, a nonce of another length."""
    _, auditor = await audited(edge)
    good = question(edge, auditor, "audit.denied")
    wrong = {
        "BAD_SIG": Query(
            purpose="audit.openings", params=(), nonce=good.nonce, time=good.time, sig=good.sig
        ),
        "CLOCK": Query(
            purpose=good.purpose, params=(), nonce=good.nonce, time=good.time - 121, sig=good.sig
        ),
        "BAD_LENGTH": Query(
            purpose=good.purpose, params=(), nonce=Blob(b"short"), time=good.time, sig=good.sig
        ),
    }
    for code, request in wrong.items():
        _, reply = await edge.send(PATH, request, headers=auditor.headers)
        assert code_of(reply) == code


async def test_the_case_of_a_timeline_may_be_given_by_its_id(edge: Edge) -> None:
    """In hex; a case without entries has an empty timeline."""
    _, auditor = await audited(edge)

    answered = await ask(edge, auditor, "audit.case-timeline", bytes(16).hex())

    assert answered.entries == ()
    assert isinstance(answered.entry, Hash)


async def test_what_was_erased_opens_no_more(edge: Edge, admin: Admin) -> None:
    """The leaf stays and its tree with it; who it was nobody can tell."""
    _, auditor = await audited(edge)
    await admin.execute("DELETE FROM audit.case_key")

    answered = await ask(edge, auditor, "audit.openings")

    logins = [each for each in answered.entries if entries.parse(each.leaf).k == "auth.login"]
    assert [each.openings for each in logins] == [(), ()]
