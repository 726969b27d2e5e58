"""From an empty database to a signed-in person, over HTTP."""

from audit import merkle
from audit.checkpoint import open_signed
from audit.note import Verifier
from protocol import codec, replica, statement
from protocol.directory import Directory
from protocol.ids import Digest
from protocol.invitation import Secret
from protocol.leaf import Leaf
from protocol.payloads import Receipt
from protocol.vocabulary import Cap
from protocol.wire import LogPage, Receipted
from tests.edges.people import SLUG, Edge, seed, signed


async def test_a_council_begins_and_a_person_signs_in(edge: Edge) -> None:
    """Reserve, root, agency, invitation, worker, device, challenge: a token at the end."""
    await edge.found()
    office = await edge.agency(Cap.HOST)
    person = await edge.enrol(office, Cap.CHAIR, Cap.MEMBER)

    answered = await edge.sign_in(person)

    assert answered.did == person.did
    status, _ = await edge.get(f"/v1/{SLUG}/log/id", headers=person.headers)
    assert status == 200


async def test_whoever_replays_the_log_finds_what_the_server_says(edge: Edge) -> None:
    """Leaves give the signed root, statements the directory, with no flaw in it."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    person = await edge.enrol(office, Cap.MEMBER)

    headers = {"Entaku-Net": codec.b64u(edge.net)}
    status, reply = await edge.get(f"/v1/{SLUG}/log/id?start=0", headers=headers)
    page = codec.decode(reply, LogPage, limit=1 << 20)

    assert status == 200
    assert edge.reserved is not None
    checkpoint = open_signed(page.checkpoint.encode(), [Verifier.parse(edge.reserved.id.vkey)])
    frontier = merkle.Frontier().append([merkle.leaf_hash(leaf) for leaf in page.leaves])
    assert (checkpoint.size, checkpoint.root) == (frontier.size, frontier.root())
    directory = Directory()
    for leaf, dsse in zip(page.leaves, page.statements, strict=True):
        replica.append(directory, Leaf.parse(leaf), statement.parse(dsse) if dsse else None)
    assert not directory.flaws
    assert directory.net == edge.net
    assert person.did in directory.devices


async def test_the_same_statement_gets_the_same_receipt(edge: Edge) -> None:
    """A lost answer is fetched by sending the same bytes again; nothing is stored twice."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    secret = Secret(seed()[:16])
    made, dsse = signed(edge.invitation(office, secret, Cap.MEMBER), office.registrar)
    _, first = await edge.admit(dsse)
    await edge.host.council.settled()
    size = edge.host.council.idn

    status, second = await edge.admit(dsse)

    assert status == 200
    promises = [promised(reply) for reply in (first, second)]
    assert [each.ids for each in promises] == [(Digest(made.sid),), (Digest(made.sid),)]
    assert promises[0].leaves == promises[1].leaves
    assert edge.host.council.idn == size


def promised(reply: bytes) -> Receipt:
    """The receipt in an answer."""
    body = statement.parse(codec.decode(reply, Receipted).rcpt).body
    assert isinstance(body, Receipt)
    return body
