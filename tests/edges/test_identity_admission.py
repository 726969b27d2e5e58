"""What is admitted to the `id` log, and what is not."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from crypto.hashing import sha256
from protocol import payloads
from protocol.derived import ek_hash
from protocol.ids import Blob, CaseId, Digest, Hash, Id, Sid, SubId
from protocol.invitation import Secret
from protocol.times import DAY
from protocol.vocabulary import BasisKind, Cap, RevokeWhat, RevokeWhy
from protocol.wire import NameBeside, Reserve
from server.service import SERVICE
from tests.edges.people import (
    ORIGIN,
    SLUG,
    Edge,
    Person,
    code_of,
    key,
    nonce,
    now,
    public,
    seed,
    signed,
)

# ---------------------------------------------------------------- reserving


async def test_the_setup_token_is_good_once(edge: Edge) -> None:
    """A second council needs a second token."""
    token = (edge.keys / "setup").read_text()
    await edge.reserve()

    status, reply = await edge.send("/v1/setup/reserve", Reserve(setup=token, slug="minami"))

    assert (status, code_of(reply)) == (403, "FORBIDDEN")
    assert "minami" not in edge.app[SERVICE].hosts


async def test_a_wrong_setup_token_is_refused(edge: Edge) -> None:
    """And the right one stays good."""
    status, reply = await edge.send("/v1/setup/reserve", Reserve(setup="guess", slug=SLUG))

    assert (status, code_of(reply)) == (403, "FORBIDDEN")
    await edge.reserve()


async def test_a_failed_reservation_gives_the_token_back(edge: Edge) -> None:
    """Nothing was made, so nothing was used up."""
    token = (edge.keys / "setup").read_text()
    await edge.reserve()
    (edge.keys / "setup.used").rename(edge.keys / "setup")

    status, reply = await edge.send("/v1/setup/reserve", Reserve(setup=token, slug=SLUG))

    assert (status, code_of(reply)) == (409, "CONFLICT")
    assert (edge.keys / "setup").read_text() == token


async def test_keys_are_closed_to_others(edge: Edge) -> None:
    """Only their owner may read what the server signs and wraps with."""
    await edge.reserve()
    secrets = [path for path in edge.keys.rglob("*") if path.name in {"srv", "token", "id", "ops"}]

    assert len(secrets) == 4
    assert {path.stat().st_mode & 0o077 for path in secrets} == {0}


# ---------------------------------------------------------------- roots


async def test_a_root_must_name_this_server(edge: Edge) -> None:
    """Else nobody could check its answers."""
    reserved = await edge.reserve()
    good = edge.root(reserved)
    others = [
        replace(good, origin="http://other.test"),
        replace(good, srv=(public(key()),)),
        replace(good, logs=payloads.Logs(id=good.logs.ops, ops=good.logs.id)),
    ]

    for other in others:
        status, reply = await edge.admit(signed(other, *edge.roots[:2])[1])
        assert (status, code_of(reply)) == (403, "RULE_DENIED")


async def test_a_council_has_one_first_root(edge: Edge) -> None:
    """Whoever comes second is refused."""
    await edge.found()
    assert edge.reserved is not None

    status, reply = await edge.admit(signed(edge.root(edge.reserved), *edge.roots[:2])[1])

    assert (status, code_of(reply)) == (403, "UNTRUSTED")


async def test_a_root_needs_its_quorum(edge: Edge) -> None:
    """One signature of two is none."""
    reserved = await edge.reserve()

    status, reply = await edge.admit(signed(edge.root(reserved), edge.roots[0])[1])

    assert (status, code_of(reply)) == (403, "BAD_SIG")
    assert edge.host.council.idn == 0


# ---------------------------------------------------------------- places and companions


async def test_statements_of_a_feed_are_not_admitted(edge: Edge) -> None:
    """A withdrawal goes through `post`, so that its row and its leaf are one change."""
    await edge.found()
    body = payloads.Withdraw(
        net=edge.net,
        nce=nonce(),
        iat=now(),
        case=CaseId(Id(bytes(16))),
        basis=Sid(Hash(bytes(32))),
        ag=None,
        cats=None,
    )

    status, reply = await edge.admit(signed(body, key())[1])

    assert (status, code_of(reply)) == (409, "WRONG_PLACE")


async def test_a_device_brings_the_sealing_key_it_names(edge: Edge) -> None:
    """None, a short one, and another one are refused alike."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    person = await edge.enrol(office, Cap.MEMBER)
    newer = Person(
        wid=person.wid,
        aid=person.aid,
        name=person.name,
        ik=person.ik,
        dk=key(),
        ek=person.ek,
    )
    _, dsse = signed(edge.device(newer), person.ik, newer.dk, person.dk)

    for ek in (None, b"short", bytes(1216)):
        status, reply = await edge.admit(dsse, ek=ek)
        assert (status, code_of(reply)) == (422, "BAD_COMMITMENT")


@pytest.mark.parametrize("spoil", [slice(0, 3), slice(1184, 1216)], ids=["ML-KEM", "X25519"])
async def test_a_device_brings_a_key_that_one_can_seal_to(edge: Edge, spoil: slice) -> None:
    """Or no roster could be made any more of the rooms its owner sits in."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    person = await edge.enrol(office, Cap.MEMBER)
    hostile = bytearray(person.ek.public)
    hostile[spoil] = b"\xff" * 3 if spoil.start == 0 else bytes(32)
    newer = Person(
        wid=person.wid, aid=person.aid, name=person.name, ik=person.ik, dk=key(), ek=person.ek
    )
    body = replace(edge.device(newer), ekh=ek_hash(bytes(hostile)))
    _, dsse = signed(body, person.ik, newer.dk, person.dk)

    status, reply = await edge.admit(dsse, ek=bytes(hostile))

    assert (status, code_of(reply)) == (422, "BAD_COMMITMENT")


async def test_a_renewed_device_need_not_bring_its_sealing_key_again(edge: Edge) -> None:
    """It is kept already."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    person = await edge.enrol(office, Cap.MEMBER)
    renewed = replace(edge.device(person), prev=person.device)

    status, _ = await edge.admit(signed(renewed, person.ik, person.dk)[1])

    assert status == 200


async def test_a_name_must_be_the_one_committed_to(edge: Edge) -> None:
    """Else the wrong name would be shown under a right certificate."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    secret = Secret(seed()[:16])
    await edge.admitted(edge.invitation(office, secret, Cap.MEMBER), office.registrar)
    person = edge.newcomer(office, secret.inv)
    _, dsse = signed(edge.worker(person, secret.inv, Cap.MEMBER), office.registrar, person.ik)

    other = NameBeside(name="別の 人", salt=person.name.salt)
    status, reply = await edge.admit(dsse, name=other)

    assert (status, code_of(reply)) == (422, "BAD_COMMITMENT")


async def test_an_invitation_is_used_once(edge: Edge) -> None:
    """Two workers at once from one invitation: one of them is refused, none is void later."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    secret = Secret(seed()[:16])
    await edge.admitted(edge.invitation(office, secret, Cap.MEMBER), office.registrar)
    people = [edge.newcomer(office, secret.inv) for _ in range(2)]
    statements = [
        signed(edge.worker(each, secret.inv, Cap.MEMBER), office.registrar, each.ik)[1]
        for each in people
    ]

    replies = [await edge.admit(dsse) for dsse in statements]
    await edge.host.council.settled()

    assert [status for status, _ in replies] == [200, 403]
    assert not edge.host.council.directory.flaws


async def test_a_basis_is_logged_under_a_blinded_scope(edge: Edge) -> None:
    """The leaf does not tell its case; the database does, to who may ask."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    person = await edge.enrol(office, Cap.MEMBER)
    body = consent(edge, person)

    made = await edge.admitted(body, person.dk)
    await edge.host.council.settled()

    held = edge.host.council.held(made.sid)
    assert held is not None
    assert held.case == body.case
    assert held.leaf.find(body.case) == -1


def consent(edge: Edge, person: Person) -> payloads.Basis:
    """A consent that the person took."""
    return payloads.Basis(
        net=edge.net,
        nce=nonce(),
        iat=now(),
        case=CaseId(Id(seed()[:16])),
        prev=None,
        ver=1,
        kind=BasisKind.CONSENT,
        law="swa-106-6",
        kinds=("regular",),
        sub=SubId(Id(seed()[:16])),
        subc=Digest(Hash(sha256(b"subject"))),
        scope=(payloads.Scope(ag=(person.aid,), cats=("c1",)),),
        purp=("support",),
        prop=person.wid,
        apr=None,
        evc=None,
        from_=now(),
        until=now().plus(100 * DAY),
        rev=None,
    )


# ---------------------------------------------------------------- revocation


async def test_a_revoked_device_loses_its_token_at_once(edge: Edge) -> None:
    """The next request with a token that is good for minutes is refused."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    person = await edge.enrol(office, Cap.MEMBER)
    await edge.sign_in(person)

    await edge.admitted(revocation(edge, person), office.registrar)
    status, reply = await edge.get(f"/v1/{SLUG}/pend", headers=person.headers)

    assert (status, code_of(reply)) == (403, "REVOKED")


def revocation(edge: Edge, person: Person) -> payloads.Revoke:
    """The end of a person's device."""
    assert person.device is not None
    return payloads.Revoke(
        net=edge.net,
        nce=nonce(),
        iat=now(),
        what=RevokeWhat.DEVICE,
        id=person.device,
        why=RevokeWhy.LOST,
        since=None,
    )


# ---------------------------------------------------------------- sign-in


async def test_a_nonce_signs_in_once(edge: Edge) -> None:
    """The same answer again is a replay."""
    await edge.found()
    person = await edge.enrol(await edge.agency(Cap.MEMBER), Cap.MEMBER)
    assert person.device is not None
    request = edge.answer_to(person, await edge.challenge(person.device))

    first = await edge.send(f"/v1/{SLUG}/auth", request)
    second = await edge.send(f"/v1/{SLUG}/auth", request)

    assert first[0] == 200
    assert (second[0], code_of(second[1])) == (409, "REPLAY")


async def test_a_nonce_is_good_for_a_minute(edge: Edge) -> None:
    """Later it is unknown."""
    await edge.found()
    person = await edge.enrol(await edge.agency(Cap.MEMBER), Cap.MEMBER)
    assert person.device is not None
    challenged = await edge.challenge(person.device)
    service = edge.app[SERVICE]
    later = service.clock() + timedelta(seconds=61)
    service.clock = lambda: later

    status, reply = await edge.send(f"/v1/{SLUG}/auth", edge.answer_to(person, challenged))

    assert (status, code_of(reply)) == (409, "REPLAY")


@pytest.mark.parametrize(
    ("change", "code"),
    [("time", "CLOCK"), ("sig", "BAD_SIG"), ("device", "UNTRUSTED")],
)
async def test_a_wrong_answer_does_not_sign_in(edge: Edge, change: str, code: str) -> None:
    """Another time, another signature, a certificate that is no device's."""
    await edge.found()
    person = await edge.enrol(await edge.agency(Cap.MEMBER), Cap.MEMBER)
    assert person.device is not None
    assert person.worker is not None
    good = edge.answer_to(person, await edge.challenge(person.device))
    wrong = {
        "time": replace(good, time=good.time - 200),
        "sig": replace(good, sig=Blob(bytes(64))),
        "device": replace(good, device=person.worker),
    }[change]

    _, reply = await edge.send(f"/v1/{SLUG}/auth", wrong)

    assert code_of(reply) == code


async def test_a_token_signed_for_another_origin_is_refused(edge: Edge) -> None:
    """A relay at another address gets answers that are worth nothing here."""
    await edge.found()
    person = await edge.enrol(await edge.agency(Cap.MEMBER), Cap.MEMBER)
    assert person.device is not None
    challenged = await edge.challenge(person.device)
    good = edge.answer_to(person, challenged)
    elsewhere = edge.answer_to(person, challenged, origin=f"{ORIGIN}.evil.test")

    status, reply = await edge.send(f"/v1/{SLUG}/auth", elsewhere)

    assert elsewhere.sig != good.sig
    assert (status, code_of(reply)) == (403, "BAD_SIG")


# ---------------------------------------------------------------- beside statements


async def test_sealing_keys_are_found_by_hash(edge: Edge) -> None:
    """For any signed-in device, in the order asked; never half of them."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    people = [await edge.enrol(office, Cap.MEMBER) for _ in range(2)]
    await edge.sign_in(people[0])
    hashes = [sha256(each.ek.public) for each in people]

    found = await edge.sealing_keys(people[0], hashes)
    assert found == [each.ek.public for each in people]
    status, _ = await edge.get(edge.eks_path([*hashes, bytes(32)]), headers=people[0].headers)
    assert status == 404
    assert (await edge.get(edge.eks_path(hashes)))[0] == 401


async def test_names_are_told_to_colleagues_chairs_and_rooms_alone(edge: Edge) -> None:
    """Others of the council are left out of the answer."""
    await edge.found()
    here = await edge.agency(Cap.HOST)
    there = await edge.agency(Cap.HOST)
    asker = await edge.enrol(here, Cap.MEMBER, name="問う 人")
    colleague = await edge.enrol(here, Cap.MEMBER, name="同じ 所")
    chair = await edge.enrol(there, Cap.CHAIR, name="会 長")
    stranger = await edge.enrol(there, Cap.MEMBER, name="別の 所")
    mate = await edge.enrol(there, Cap.MEMBER, name="同じ 会議")
    await edge.sign_in(asker)
    edge.rooms.together.add(frozenset((asker.wid, mate.wid)))

    everybody = [asker, colleague, chair, stranger, mate]
    told = await edge.names(asker, [each.wid for each in everybody])

    assert told == ["問う 人", "同じ 所", "会 長", "同じ 会議"]


@pytest.mark.parametrize("cap", [Cap.CHAIR, Cap.AUDIT])
async def test_who_seats_people_or_proves_who_was_given_what_knows_everybody_by_name(
    edge: Edge, cap: Cap
) -> None:
    """A chair picks whom to invite; an auditor's proof names people."""
    await edge.found()
    here = await edge.agency(Cap.HOST, Cap.AUDIT)
    there = await edge.agency(Cap.HOST)
    asker = await edge.enrol(here, cap, name="問う 人")
    stranger = await edge.enrol(there, Cap.MEMBER, name="別の 所")
    await edge.sign_in(asker)

    assert await edge.names(asker, [stranger.wid]) == ["別の 所"]
