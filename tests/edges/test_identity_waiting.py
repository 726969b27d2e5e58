"""What waits: for an invitation's registrar, a sibling's signature, an approver."""

import pytest
from msgspec.structs import replace

from identity import model
from protocol import payloads
from protocol.derived import device_id
from protocol.ids import Blob, Digest, Hash, Id, NetId, Sid, Wid
from protocol.invitation import Secret
from protocol.payloads import Payload
from protocol.times import DAY, HOUR
from protocol.vocabulary import BasisKind, Cap, RevokeWhat, RevokeWhy
from protocol.wire import Pend
from server.service import SERVICE
from tests.edges.people import SLUG, Edge, Office, Person, code_of, nonce, now, public, seed, signed
from tests.edges.test_identity_admission import consent
from tests.edges.test_jobs import beats

# ---------------------------------------------------------------- waiting


async def test_a_worker_joins_step_by_step(edge: Edge) -> None:
    """Join, registrar's signature, her own signature: a certificate, and nothing waits."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    secret = Secret(seed()[:16])
    await edge.admitted(edge.invitation(office, secret, Cap.MEMBER), office.registrar)
    person = edge.newcomer(office, secret.inv)

    made, dsse = signed(join(edge, person, secret), person.ik, person.dk)
    mac = secret.join(edge.net, tbs=made.tbs)
    asked = Pend(key=Blob(secret.inv), statement=dsse, mac=mac)
    assert (await edge.send(f"/v1/{SLUG}/pend", asked))[0] == 200

    found = await edge.pending(secret.inv)
    assert (found.statement, found.mac) == (dsse, mac)

    worker = edge.worker(person, secret.inv, Cap.MEMBER)
    begun, half = signed(worker, office.registrar)
    left = Pend(key=Blob(begun.sid), statement=half, name=person.name)
    assert (await edge.send(f"/v1/{SLUG}/pend", left))[0] == 200

    waits = await edge.pending(person.wid, ik=person.ik)
    assert (waits.key, waits.name) == (Blob(begun.sid), person.name)
    assert waits.statement == half
    await only_she_is_told_her_name(edge, person, begun.sid)
    status, _ = await edge.admit(signed(worker, office.registrar, person.ik)[1])
    assert status == 200
    await edge.host.council.settled()

    assert person.wid in edge.host.council.directory.workers
    names = await edge.host.council.statements.names([begun.sid])
    assert names[begun.sid][0] == person.name.name
    for waiting in (secret.inv, person.wid, begun.sid):
        assert code_of((await edge.get(edge.pend_path(waiting)))[1]) == "UNKNOWN_ID"


async def only_she_is_told_her_name(edge: Edge, person: Person, sid: Sid) -> None:
    """Her id follows from the log, so that anybody can ask; the signature is for this key alone."""
    for waiting in (person.wid, sid):
        assert (await edge.pending(waiting)).name is None
        assert (await edge.pending(waiting, ik=person.ik)).name == person.name
        for wrong in (
            edge.name_proof(waiting, person.dk),
            edge.name_proof(bytes(16), person.ik),
            "?sig=",
        ):
            _, reply = await edge.get(f"{edge.pend_path(waiting)}{wrong}")
            assert code_of(reply) == "BAD_SIG"


async def test_one_join_waits_for_one_invitation(edge: Edge) -> None:
    """The second is told so; she has to ask her registrar."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    secret = Secret(seed()[:16])
    await edge.admitted(edge.invitation(office, secret, Cap.MEMBER), office.registrar)
    replies: list[tuple[int, bytes]] = []
    for _ in range(2):
        person = edge.newcomer(office, secret.inv)
        made, dsse = signed(join(edge, person, secret), person.ik, person.dk)
        mac = secret.join(edge.net, tbs=made.tbs)
        asked = Pend(key=Blob(secret.inv), statement=dsse, mac=mac)
        replies.append(await edge.send(f"/v1/{SLUG}/pend", asked))

    assert [status for status, _ in replies] == [200, 409]
    assert code_of(replies[1][1]) == "CONFLICT"


async def test_the_same_join_once_more_is_no_second_one(edge: Edge) -> None:
    """Its first answer may have been lost: it waits once, and she is not told to start anew."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    secret = Secret(seed()[:16])
    await edge.admitted(edge.invitation(office, secret, Cap.MEMBER), office.registrar)
    person = edge.newcomer(office, secret.inv)
    made, dsse = signed(join(edge, person, secret), person.ik, person.dk)
    mac = secret.join(edge.net, tbs=made.tbs)
    asked = Pend(key=Blob(secret.inv), statement=dsse, mac=mac)

    replies = [await edge.send(f"/v1/{SLUG}/pend", asked) for _ in range(2)]

    assert [status for status, _ in replies] == [200, 200]


def join(edge: Edge, person: Person, secret: Secret) -> payloads.Join:
    """A request to join."""
    return payloads.Join(
        net=edge.net,
        nce=nonce(),
        iat=now(),
        inv=secret.inv,
        wid=person.wid,
        root=Sid(edge.net),
        ik=public(person.ik),
        dk=public(person.dk),
        ek=Blob(person.ek.public),
        caps=(Cap.MEMBER,),
    )


async def test_a_join_that_does_not_fit_its_invitation_is_refused(edge: Edge) -> None:
    """Unknown invitation, wrong key, no mac, more caps than invited, one signature short."""
    await edge.found()
    office = await edge.agency(Cap.HOST)
    secret, unknown = Secret(seed()[:16]), Secret(seed()[:16])
    await edge.admitted(edge.invitation(office, secret, Cap.MEMBER), office.registrar)
    person = edge.newcomer(office, secret.inv)
    good = join(edge, person, secret)
    _, dsse = signed(good, person.ik, person.dk)
    mac = Digest(Hash(bytes(32)))
    more = replace(good, caps=(Cap.CHAIR, Cap.MEMBER))
    foreign = replace(good, inv=unknown.inv)

    attempts = [
        (Pend(key=Blob(unknown.inv), statement=dsse, mac=mac), "WRONG_PLACE"),
        (Pend(key=Blob(secret.inv), statement=dsse), "BAD_TAG"),
        (
            Pend(key=Blob(secret.inv), statement=signed(more, person.ik, person.dk)[1], mac=mac),
            "RULE_DENIED",
        ),
        (
            Pend(
                key=Blob(unknown.inv), statement=signed(foreign, person.ik, person.dk)[1], mac=mac
            ),
            "UNKNOWN_ID",
        ),
        (Pend(key=Blob(secret.inv), statement=signed(good, person.ik)[1], mac=mac), "BAD_SIG"),
    ]
    for request, code in attempts:
        _, reply = await edge.send(f"/v1/{SLUG}/pend", request)
        assert code_of(reply) == code


async def test_only_what_somebody_began_may_wait(edge: Edge) -> None:
    """A worker's certificate that no registrar signed, and a type that never waits."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    secret = Secret(seed()[:16])
    person = edge.newcomer(office, secret.inv)
    made, dsse = signed(edge.worker(person, secret.inv, Cap.MEMBER), person.ik)
    invite, invitation = signed(edge.invitation(office, secret, Cap.MEMBER), office.registrar)

    _, one = await edge.send(f"/v1/{SLUG}/pend", Pend(key=Blob(made.sid), statement=dsse))
    _, two = await edge.send(f"/v1/{SLUG}/pend", Pend(key=Blob(invite.sid), statement=invitation))

    assert [code_of(one), code_of(two)] == ["BAD_SIG", "WRONG_PLACE"]


async def test_a_further_device_is_linked_by_its_sibling(edge: Edge) -> None:
    """Offer, link, half-signed certificate, completed by the new device."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    person = await edge.enrol(office, Cap.MEMBER)
    await edge.sign_in(person)
    secret = Secret(seed()[:16])
    newer = edge.newcomer(office, secret.inv)
    newer.wid, newer.ik = person.wid, person.ik

    link = edge.link(newer, secret)
    made, dsse = signed(link, newer.dk)
    asked = Pend(
        key=Blob(secret.lid),
        statement=dsse,
        mac=secret.link_request(edge.net, tbs=made.tbs),
    )
    _, early = await edge.send(f"/v1/{SLUG}/pend", asked)
    assert code_of(early) == "UNKNOWN_ID"

    offered = edge.offer(person, secret)
    status, _ = await edge.send(f"/v1/{SLUG}/pend/offer", offered, headers=person.headers)
    assert status == 200
    assert await edge.offered(secret.lid) == offered
    assert (await edge.send(f"/v1/{SLUG}/pend", asked))[0] == 200
    assert (await edge.pending(secret.lid)).statement == dsse

    device = edge.device(newer)
    begun, half = signed(device, person.ik, person.dk)
    left = Pend(key=Blob(begun.sid), statement=half)
    assert (await edge.send(f"/v1/{SLUG}/pend", left))[0] == 200
    did = device_id(net=edge.net, wid=person.wid, dk=public(newer.dk))
    assert (await edge.pending(did)).statement == half

    whole = signed(device, person.ik, person.dk, newer.dk)[1]
    status, _ = await edge.admit(whole, ek=newer.ek.public)
    assert status == 200
    await edge.host.council.settled()
    assert len(edge.host.council.directory.owned[person.wid]) == 2
    assert code_of((await edge.get(edge.pend_path(secret.lid)))[1]) == "UNKNOWN_ID"


async def test_nobody_offers_a_device_for_somebody_else(edge: Edge) -> None:
    """An offer names its author's own person."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    one = await edge.enrol(office, Cap.MEMBER)
    other = await edge.enrol(office, Cap.MEMBER)
    await edge.sign_in(one)

    offered = edge.offer(other, Secret(seed()[:16]))
    _, reply = await edge.send(f"/v1/{SLUG}/pend/offer", offered, headers=one.headers)

    assert code_of(reply) == "FORBIDDEN"


async def test_a_decision_waits_for_its_approver(edge: Edge) -> None:
    """She finds it, nobody else does; with her signature it is logged."""
    await edge.found()
    office = await edge.agency(Cap.HOST)
    proposer = await edge.enrol(office, Cap.MEMBER)
    approver = await edge.enrol(office, Cap.CHAIR)
    await edge.sign_in(proposer)
    await edge.sign_in(approver)
    taken = consent(edge, proposer)
    law = replace(taken, kind=BasisKind.LAW, apr=approver.wid, rev=now().plus(50 * DAY))
    begun, half = signed(law, proposer.dk)

    left = Pend(key=Blob(begun.sid), statement=half)
    assert (await edge.send(f"/v1/{SLUG}/pend", left))[0] == 200

    assert [each.statement for each in await edge.waits(approver)] == [half]
    assert await edge.waits(proposer) == ()
    assert code_of((await edge.get(edge.pend_path(begun.sid)))[1]) == "UNKNOWN_ID"
    status, _ = await edge.admit(signed(law, proposer.dk, approver.dk)[1])
    assert status == 200
    assert await edge.waits(approver) == ()


# ---------------------------------------------------------------- what may not wait


async def attempt(edge: Edge, waiting: bytes, dsse: Blob, *, mac: bool = False) -> str:
    """The code with which something that wants to wait is refused."""
    request = Pend(key=Blob(waiting), statement=dsse)
    if mac:
        request = replace(request, mac=Digest(Hash(bytes(32))))
    _, reply = await edge.send(f"/v1/{SLUG}/pend", request)
    return code_of(reply)


async def invited(edge: Edge) -> tuple[Office, Secret, Person, payloads.Invite]:
    """An office, an invitation of it, and who was invited."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    secret = Secret(seed()[:16])
    invite = edge.invitation(office, secret, Cap.MEMBER)
    await edge.admitted(invite, office.registrar)
    await edge.host.council.settled()
    return office, secret, edge.newcomer(office, secret.inv), invite


async def test_nothing_of_another_council_waits_here(edge: Edge) -> None:
    """Join, link and certificate name their network."""
    office, secret, person, _ = await invited(edge)
    other = NetId(Hash(seed()))
    asked = replace(join(edge, person, secret), net=other)
    linked = replace(edge.link(person, secret), net=other)
    begun = replace(edge.worker(person, secret.inv, Cap.MEMBER), net=other)
    made, half = signed(begun, office.registrar)

    codes = [
        await attempt(edge, secret.inv, signed(asked, person.ik, person.dk)[1], mac=True),
        await attempt(edge, secret.lid, signed(linked, person.dk)[1], mac=True),
        await attempt(edge, made.sid, half),
    ]

    assert codes == ["WRONG_NET"] * 3


async def test_a_revoked_invitation_takes_no_join(edge: Edge) -> None:
    """Nor does it open the log any more."""
    office, secret, person, _ = await invited(edge)
    leaf = edge.host.council.directory.invites[secret.inv].versions[0].sid
    end = payloads.Revoke(
        net=edge.net,
        nce=nonce(),
        iat=now(),
        what=RevokeWhat.INVITE,
        id=leaf,
        why=RevokeWhy.ERROR,
        since=None,
    )
    await edge.admitted(end, office.registrar)
    await edge.host.council.settled()

    dsse = signed(join(edge, person, secret), person.ik, person.dk)[1]

    assert await attempt(edge, secret.inv, dsse, mac=True) == "REVOKED"
    headers = {"Entaku-Invite": secret.inv.hex()}
    assert (await edge.get(f"/v1/{SLUG}/log/id", headers=headers))[0] == 403


async def test_an_expired_invitation_takes_no_join(edge: Edge) -> None:
    """By the time of the log."""
    _, secret, person, invite = await invited(edge)
    later = invite.exp.plus(HOUR).moment()
    edge.app[SERVICE].clock = lambda: later
    await beats(edge, 1)

    dsse = signed(join(edge, person, secret), person.ik, person.dk)[1]

    assert await attempt(edge, secret.inv, dsse, mac=True) == "EXPIRED"


async def test_a_used_invitation_takes_no_join(edge: Edge) -> None:
    """It was good once."""
    office, secret, person, _ = await invited(edge)
    worker = edge.worker(person, secret.inv, Cap.MEMBER)
    await edge.admitted(worker, office.registrar, person.ik)

    dsse = signed(join(edge, person, secret), person.ik, person.dk)[1]

    assert await attempt(edge, secret.inv, dsse, mac=True) == "RULE_DENIED"


async def test_a_link_names_a_person_of_the_council(edge: Edge) -> None:
    """And the offer of that very person."""
    office, secret, person, _ = await invited(edge)
    mine = await edge.enrol(office, Cap.MEMBER)
    other = await edge.enrol(office, Cap.MEMBER)
    await edge.sign_in(mine)
    offered = edge.offer(mine, secret)
    await edge.send(f"/v1/{SLUG}/pend/offer", offered, headers=mine.headers)
    stranger = replace(edge.link(person, secret), wid=Wid(Id(bytes(16))))
    foreign = replace(edge.link(person, secret), wid=other.wid)

    unknown = await attempt(edge, secret.lid, signed(stranger, person.dk)[1], mac=True)
    misled = await attempt(edge, secret.lid, signed(foreign, person.dk)[1], mac=True)

    assert [unknown, misled] == ["RULE_DENIED", "UNKNOWN_ID"]
    assert await edge.offered(secret.lid) == offered


async def test_too_much_does_not_wait(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody fills the waiting area without end."""
    monkeypatch.setattr(model, "MAX_WAITING", 0)
    _, secret, person, _ = await invited(edge)

    dsse = signed(join(edge, person, secret), person.ik, person.dk)[1]

    assert await attempt(edge, secret.inv, dsse, mac=True) == "RATE_LIMITED"


async def test_an_answer_is_one_to_its_own_question(edge: Edge) -> None:
    """A join is answered by a worker's certificate, a link by a device's, by nothing else."""
    _, secret, person, invite = await invited(edge)
    asked, linked = join(edge, person, secret), edge.link(person, secret)
    worker, device = edge.worker(person, secret.inv, Cap.MEMBER), edge.device(person)
    answered: list[tuple[Payload, Payload]] = [
        (waits, done)
        for waits in (asked, linked, invite)
        for done in (worker, device, invite)
        if model.is_answered(waits, done)
    ]

    assert answered == [(asked, worker), (linked, device)]
    assert not model.answers_to(asked, secret.inv)
    assert not model.is_answered(replace(asked, inv=Secret(seed()[:16]).inv), worker)
