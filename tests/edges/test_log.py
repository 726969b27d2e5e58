"""The logs over HTTP: who may check what, and that it checks."""

from audit import merkle, tiles
from audit.checkpoint import Checkpoint, open_signed
from audit.note import Verifier
from audit.tiles import TileId
from protocol import codec
from protocol.ids import InvId
from protocol.invitation import Secret
from protocol.vocabulary import AgencyKind, Cap
from protocol.wire import LogPage, Proof
from tests.edges.people import SLUG, Edge, Person, code_of, seed
from tests.edges.test_identity_admission import consent


async def page(edge: Edge, headers: dict[str, str], *, query: str = "") -> LogPage:
    """A page of the `id` log."""
    status, reply = await edge.get(f"/v1/{SLUG}/log/id{query}", headers=headers)
    assert status == 200, reply
    return codec.decode(reply, LogPage, limit=1 << 22)


async def checkpoint(edge: Edge, log: str, person: Person) -> Checkpoint:
    """The newest checkpoint, its signature checked."""
    status, raw = await edge.get(f"/v1/{SLUG}/log/{log}/checkpoint", headers=person.headers)
    assert status == 200
    assert edge.reserved is not None
    vkey = edge.reserved.id.vkey if log == "id" else edge.reserved.ops.vkey
    return open_signed(raw, [Verifier.parse(vkey)])


async def council(edge: Edge) -> Person:
    """A council with one signed-in person."""
    await edge.found()
    person = await edge.enrol(await edge.agency(Cap.MEMBER), Cap.MEMBER)
    await edge.sign_in(person)
    await edge.level()
    return person


# ---------------------------------------------------------------- who may read


async def test_the_log_is_closed_to_strangers(edge: Edge) -> None:
    """Without token, invitation or fingerprint, or with wrong ones."""
    await edge.found()
    nothing: list[dict[str, str]] = [
        {},
        {"Entaku-Net": codec.b64u(bytes(32))},
        {"Entaku-Invite": bytes(16).hex()},
    ]
    for headers in nothing:
        for path in ("", "/checkpoint", "/tile/0/000.p/1", "/proof/consistency?from=0&to=1"):
            status, reply = await edge.get(f"/v1/{SLUG}/log/id{path}", headers=headers)
            assert (status, code_of(reply)) == (403, "FORBIDDEN")


async def test_a_live_invitation_opens_the_log_until_it_is_used(edge: Edge) -> None:
    """So that a joiner can check where she was invited to."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    secret = Secret(seed()[:16])
    await edge.admitted(edge.invitation(office, secret, Cap.MEMBER), office.registrar)
    await edge.host.council.settled()
    headers = _invited(secret.inv)
    person = edge.newcomer(office, secret.inv)

    assert len((await page(edge, headers)).leaves) == 3
    await edge.admitted(edge.worker(person, secret.inv, Cap.MEMBER), office.registrar, person.ik)
    await edge.host.council.settled()

    status, _ = await edge.get(f"/v1/{SLUG}/log/id", headers=headers)
    assert status == 403


def _invited(inv: InvId) -> dict[str, str]:
    return {"Entaku-Invite": inv.hex()}


async def test_a_statement_of_a_case_is_for_those_concerned(edge: Edge) -> None:
    """Its author, people of the case and auditors see it; others get the leaf alone."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    watch = await edge.agency(Cap.AUDIT, kind=AgencyKind.AUDIT)
    author, mate, other = [await edge.enrol(office, Cap.MEMBER) for _ in range(3)]
    auditor = await edge.enrol(watch, Cap.AUDIT)
    body = consent(edge, author)
    await edge.admitted(body, author.dk)
    await edge.host.council.settled()
    edge.rooms.seen.add((mate.wid, body.case))

    seen: dict[str, bool] = {}
    for name, person in (
        ("author", author),
        ("mate", mate),
        ("other", other),
        ("auditor", auditor),
    ):
        await edge.sign_in(person)
        last = (await page(edge, person.headers)).statements[-1]
        seen[name] = last is not None
    stranger = await page(edge, {"Entaku-Net": codec.b64u(edge.net)})

    assert seen == {"author": True, "mate": True, "other": False, "auditor": True}
    assert stranger.statements[-1] is None
    assert stranger.leaves[-1]


async def test_a_page_begins_where_it_is_asked_to(edge: Edge) -> None:
    """And ends with the checkpoint."""
    person = await council(edge)
    whole = await page(edge, person.headers)
    size = edge.host.council.idn

    part = await page(edge, person.headers, query="?start=1&limit=2")
    beyond = await page(edge, person.headers, query=f"?start={size}")
    status, reply = await edge.get(f"/v1/{SLUG}/log/id?start=-1", headers=person.headers)

    assert (part.start, part.leaves) == (1, whole.leaves[1:3])
    assert beyond.leaves == ()
    assert (status, code_of(reply)) == (400, "BAD_J1")


# ---------------------------------------------------------------- tiles and proofs


async def test_tiles_give_the_signed_root(edge: Edge) -> None:
    """Of both logs, for any token."""
    person = await council(edge)
    for log in ("id", "ops"):
        signed = await checkpoint(edge, log, person)
        place = TileId(level=0, index=0, width=signed.size)

        status, data = await edge.get(f"/v1/{SLUG}/log/{log}/{place.path}", headers=person.headers)

        assert status == 200
        assert merkle.root(tiles.hashes_of(data)) == signed.root


async def test_the_bundle_of_id_holds_its_leaves(edge: Edge) -> None:
    """In order."""
    person = await council(edge)
    size = edge.host.council.idn
    place = TileId(level=0, index=0, width=size)

    status, data = await edge.get(f"/v1/{SLUG}/log/id/{place.entries_path}", headers=person.headers)

    assert status == 200
    assert tiles.decode_bundle(data) == list((await page(edge, person.headers)).leaves)


async def test_entries_of_ops_are_for_auditors(edge: Edge) -> None:
    """Hashes for all, leaves for few."""
    person = await council(edge)
    watch = await edge.agency(Cap.AUDIT, kind=AgencyKind.AUDIT)
    auditor = await edge.enrol(watch, Cap.AUDIT)
    await edge.sign_in(auditor)
    path = f"/v1/{SLUG}/log/ops/tile/entries/000.p/1"

    status, reply = await edge.get(path, headers=person.headers)
    assert (status, code_of(reply)) == (403, "FORBIDDEN")
    assert (await edge.get(path))[0] == 401
    status, data = await edge.get(path, headers=auditor.headers)
    assert status == 200
    assert b'"k":"auth.login"' in data


async def test_what_is_no_tile_of_the_tree_is_unknown(edge: Edge) -> None:
    """Beyond the tree, misnamed, or of no log."""
    person = await council(edge)
    paths = [
        "id/tile/0/001",
        "id/tile/entries/000",
        "id/tile/0/0",
        "id/tile/99/000",
        "other/checkpoint",
    ]
    for path in paths:
        status, reply = await edge.get(f"/v1/{SLUG}/log/{path}", headers=person.headers)
        assert (status, code_of(reply)) == (404, "UNKNOWN_ID")


async def test_every_leaf_has_a_proof(edge: Edge) -> None:
    """That it stands in the tree of the checkpoint."""
    person = await council(edge)
    signed = await checkpoint(edge, "id", person)
    for index, leaf in enumerate((await page(edge, person.headers)).leaves):
        leaf_hash = merkle.leaf_hash(leaf)
        query = f"hash={codec.b64u(leaf_hash)}&size={signed.size}"

        _, reply = await edge.get(
            f"/v1/{SLUG}/log/id/proof/inclusion?{query}", headers=person.headers
        )

        proof = codec.decode(reply, Proof)
        assert proof.index == index
        merkle.verify_inclusion(
            leaf=leaf_hash,
            index=index,
            size=signed.size,
            path=proof.hashes,
            root=signed.root,
        )


async def test_a_later_checkpoint_extends_an_earlier_one(edge: Edge) -> None:
    """As the proof between them shows."""
    person = await council(edge)
    old = await checkpoint(edge, "ops", person)
    await edge.sign_in(person)
    await edge.level()
    new = await checkpoint(edge, "ops", person)
    query = f"from={old.size}&to={new.size}"

    _, reply = await edge.get(
        f"/v1/{SLUG}/log/ops/proof/consistency?{query}", headers=person.headers
    )

    assert new.size > old.size
    merkle.verify_consistency(
        old_size=old.size,
        old_root=old.root,
        size=new.size,
        root=new.root,
        path=codec.decode(reply, Proof).hashes,
    )


async def test_there_is_no_proof_of_what_is_not_there(edge: Edge) -> None:
    """Unknown leaf, size beyond the checkpoint, a smaller tree from a larger one."""
    person = await council(edge)
    size = edge.host.council.idn
    nothing = codec.b64u(bytes(32))
    questions = {
        f"inclusion?hash={nothing}&size={size}": "UNKNOWN_ID",
        f"inclusion?hash={nothing}&size={size + 1}": "UNKNOWN_ID",
        f"inclusion?hash=&size={size}": "BAD_LENGTH",
        f"consistency?from={size}&to={size - 1}": "BAD_PROOF",
        f"consistency?from=0&to={size + 1}": "UNKNOWN_ID",
    }
    for question, code in questions.items():
        _, reply = await edge.get(f"/v1/{SLUG}/log/id/proof/{question}", headers=person.headers)
        assert code_of(reply) == code
