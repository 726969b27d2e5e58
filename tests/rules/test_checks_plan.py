"""Checks of batches, joins and reads, without a server: each falls if its condition is dropped."""

import pytest
from msgspec.structs import replace

from conference import usecases
from conference.room import Live, Record
from conference.usecases import Batch
from crypto.errors import Code
from crypto.hashing import sha256
from protocol import bundle, replica, statement
from protocol.bundle import SEALED_SIZE, Entry
from protocol.headers import SumHeader
from protocol.ids import Blob, Did, Digest, Hash, Sid, SumId
from protocol.ops import PlannedItem
from protocol.payloads import Roster
from protocol.statement import Statement
from protocol.times import DAY
from protocol.vocabulary import DocClass, ItemType, RevokeWhat, RosterRole, Why
from protocol.wire import MAX_BATCH_ROWS, Post, RowIn
from tests.refusals import code_of
from tests.room import Case, Fields, fields_of
from tests.world import MADE, START, Staff, hash32, id16, item_of, sit_of
from tools.make_vectors.meeting import opened
from tools.make_vectors.story import Story


@pytest.fixture
def story() -> Story:
    """A room of A01, A03 and A05 with a sitting convened."""
    return opened("a room to plan in")


# --- batches -----------------------------------------------------------------------------------


def wire_of(made: Statement) -> Blob:
    """The bytes of a statement."""
    return Blob(statement.to_dsse(made, MADE[made.sid, tuple(h.sig for h in made.signatures)]))


def post_of(k: Case, *rows: Blob, bundles: tuple[Blob, ...] = ()) -> Post:
    """A batch on the wire."""
    posted = tuple(RowIn(form="stm", bytes=row) for row in rows)
    return Post(case=k.case, rows=posted, bundles=bundles)


def ack_of(k: Case, by: Staff) -> Statement:
    """Something small to post."""
    return k.sign(k.ack_body(until=k.world.t), by.dk)


def planned(k: Case, by: Staff, *rows: Blob, bundles: tuple[Blob, ...] = ()) -> Code | None:
    """The code with which a batch is refused."""
    live = Live(now=k.world.t, author=by.dev.did, present=frozenset())
    batch = usecases.parse_batch(post_of(k, *rows, bundles=bundles))
    size = k.world.size
    return code_of(usecases.plan, k.room, batch, live=live, idn=size, devices=frozenset[Did]())


def test_a_batch_is_bounded_in_bytes_and_rows(story: Story) -> None:
    """One MiB, 64 things, at least one row; each limit by itself."""
    k, c = story.k, story.council
    row = wire_of(ack_of(k, c.chair))
    big = Blob(bytes(usecases.MAX_BATCH + 1))
    many = tuple(Blob(bytes([n])) for n in range(MAX_BATCH_ROWS))

    assert code_of(usecases.parse_batch, post_of(k, row, bundles=(big,))) is Code.OVERSIZE
    assert code_of(usecases.parse_batch, post_of(k, row, bundles=many)) is Code.OVERSIZE
    assert code_of(usecases.parse_batch, post_of(k, bundles=many[:1])) is Code.OVERSIZE
    assert code_of(usecases.parse_batch, post_of(k)) is Code.OVERSIZE
    assert code_of(usecases.parse_batch, post_of(k, row, row)) is Code.REPLAY
    assert code_of(usecases.parse_batch, post_of(k, row, bundles=many[1:])) is None


def test_a_row_is_taken_once(story: Story) -> None:
    """What stands in the feed already is refused before its place is computed."""
    k, c = story.k, story.council
    made = ack_of(k, c.chair)
    assert planned(k, c.chair, wire_of(made)) is None
    assert k.post(made) is None

    assert planned(k, c.chair, wire_of(made)) is Code.REPLAY


def test_an_envelope_of_an_unknown_device_has_no_signature_to_commit_to(story: Story) -> None:
    """No key is known under which it could have been made."""
    k, c = story.k, story.council
    k.announce("s", DocClass.SECTION, c.chair)
    fields: Fields = {**fields_of(k.place("s", c.elder)), "dev": Sid(hash32("no device"))}
    sealed = k.seal(SumHeader(**fields, sm=SumId(id16("sm")), ver=1, pv=None), c.elder.dk)
    batch = Batch(case=k.case, items=(("env", sealed.env.wire(), sealed),))
    live = Live(now=k.world.t, author=c.elder.dev.did, present=frozenset())

    found = code_of(
        usecases.plan, k.room, batch, live=live, idn=k.world.size, devices=frozenset[Did]()
    )
    assert found is Code.UNTRUSTED


def rotation(k: Case, by: Staff) -> tuple[Blob, Blob]:
    """A rotation that keeps everybody, with its bundle."""
    body = k.next_body(Why.ROTATE, mem=k.state.roster.mem)
    current = k.state.current
    assert current is not None
    sealed = [Entry(sid=sid, eg=0, ct=bytes(SEALED_SIZE)) for sid in sorted(current.recipients)]
    data = bundle.encode(case=k.case, n=body.n, entries=sealed)
    named: Roster = _with_bundle(body, data)
    return wire_of(k.sign(named, by.dk)), Blob(data)


def _with_bundle(body: Roster, data: bytes) -> Roster:
    return replace(body, bun=Digest(Hash(sha256(data))))


def test_a_bundle_comes_with_its_roster_and_with_no_other(story: Story) -> None:
    """Sealed to the computed devices, named by a roster of the batch, and nothing beside it."""
    k, c = story.k, story.council
    row, data = rotation(k, c.chair)
    other = Blob(b"SHB1 of nobody")

    assert planned(k, c.chair, row, bundles=(data,)) is None
    assert planned(k, c.chair, row) is Code.BAD_BUNDLE_HASH
    assert planned(k, c.chair, row, bundles=(data, other)) is Code.BAD_BUNDLE_HASH
    ack = wire_of(ack_of(k, c.chair))
    assert planned(k, c.chair, ack, bundles=(other,)) is Code.BAD_BUNDLE_HASH


def test_a_bundle_for_others_than_the_computed_devices_is_refused(story: Story) -> None:
    """Its hash is the named one, but one entry is missing."""
    k, c = story.k, story.council
    current = k.state.current
    assert current is not None
    sids = sorted(current.recipients)[1:]
    sealed = [Entry(sid=sid, eg=0, ct=bytes(SEALED_SIZE)) for sid in sids]
    body = k.next_body(Why.ROTATE, mem=k.state.roster.mem)
    data = bundle.encode(case=k.case, n=body.n, entries=sealed)
    row = wire_of(k.sign(_with_bundle(body, data), c.chair.dk))

    assert planned(k, c.chair, row, bundles=(Blob(data),)) is Code.BAD_RECIPIENTS


def test_over_a_sound_roster_one_rotates_once_an_hour(story: Story) -> None:
    """The second within the hour is one too many; after the hour it is welcome."""
    k, c = story.k, story.council
    assert k.rotate(c.elder) is None
    row, data = rotation(k, c.chair)

    assert planned(k, c.chair, row, bundles=(data,)) is Code.RATE_LIMITED
    k.world.beat(DAY // 24)
    row, data = rotation(k, c.chair)
    assert planned(k, c.chair, row, bundles=(data,)) is None


# --- joining -----------------------------------------------------------------------------------


def joined(k: Case, person: Staff, sit: str | None = None) -> Code | None:
    """The code with which somebody is kept out."""
    held, place = k.room.willing(k.world.t), None if sit is None else sit_of(sit)
    return code_of(usecases.require_join, k.room, held, person=person.person, sit=place)


def test_who_may_listen(story: Story) -> None:
    """Members to the room; to a sitting, who accepted a seat, and who presides."""
    k, c = story.k, story.council

    assert joined(k, c.elder) is None
    assert joined(k, c.npo) is Code.NOT_MEMBER
    assert joined(k, c.auditor) is Code.AUDITOR_NO_CONTENT
    assert joined(k, c.elder, "1") is None
    assert joined(k, c.chair, "1") is None
    assert joined(k, c.chair, "nowhere") is Code.UNKNOWN_ID
    items = next(iter(k.room.conference.items.values()))
    planned_item = PlannedItem(it=item_of("x"), no=1, typ=ItemType.TALK, bases=items.bases)
    assert (
        k.op(
            "sit.conv",
            c.chair,
            sit=sit_of("2"),
            kind="shien",
            no=2,
            starts=START,
            items=(planned_item,),
        )
        is None
    )
    assert joined(k, c.elder, "2") is Code.NOT_SEATED
    assert k.invite(c.elder, sit="2") is None
    assert joined(k, c.elder, "2") is Code.NOT_SEATED


# --- evictions ---------------------------------------------------------------------------------


def test_who_may_not_stay_is_put_out(story: Story) -> None:
    """A device revoked by log, or by what was heard alone, and a person without a row."""
    k, c, w = story.k, story.council, story.world
    seen = w.second_device(c.health, "heard of")
    w.revoke(RevokeWhat.DEVICE, c.elder.dev.sid, c.elder.ik)
    replica.heed(w.directory, w.sign(w.revoke_body(RevokeWhat.DEVICE, seen.sid), c.health.ik))
    devices = [c.chair.dev.did, c.elder.dev.did, seen.did, c.health.dev.did, c.npo.dev.did]

    assert usecases.evictions(k.room, k.room.willing(w.t), devices) == {
        c.elder.dev.did: Code.REVOKED,
        seen.did: Code.REVOKED,
        c.npo.dev.did: Code.NOT_MEMBER,
    }


# --- reading -----------------------------------------------------------------------------------


def read(k: Case, person: Staff, *ids: Hash) -> Code | None:
    """The code with which a reader is refused."""
    held = k.room.willing(k.world.t)
    return code_of(usecases.require_read, k.room, held, did=person.dev.did, ids=ids)


def row_of(k: Case, kind: str) -> Record:
    """The newest accepted row of a kind."""
    return next(r for r in reversed(k.room.records) if r.kind == kind and r.code is None)


def test_who_may_read_which_row(story: Story) -> None:
    """By the roster, by the gate, by the key one holds; a bundle is for its recipients."""
    k, c, w = story.k, story.council, story.world
    few = k.sect_body("few", DocClass.SECTION, sub="mother", cats=("c2",), ag=("A03", "A05"))
    assert k.sect(few, c.elder) is None
    assert k.summary("few", c.elder) is None
    summary, op = row_of(k, "sum").id, row_of(k, "op").id

    assert read(k, c.elder, summary) is None
    assert read(k, c.npo, summary) is Code.NOT_MEMBER
    assert read(k, c.chair, summary) is Code.FORBIDDEN  # not in the audience
    assert read(k, c.health, summary) is Code.FORBIDDEN  # in it, and holds no key
    assert read(k, c.chair, op, summary) is Code.FORBIDDEN
    assert read(k, c.chair, Hash(hash32("nothing"))) is Code.UNKNOWN_ID
    assert k.grant(c.elder, c.health.dev.sid, ("few", 1)) is None
    grant = row_of(k, "grant").id
    assert read(k, c.health, grant) is None
    assert read(k, c.chair, grant) is Code.FORBIDDEN
    assert read(k, c.health, summary) is None

    current = k.state.current
    assert current is not None
    assert read(k, c.elder, Hash(current.body.bun)) is None
    guest = k.row_of(c.doctor, role=RosterRole.GUEST, until=w.t.plus(DAY))
    assert k.add(guest) is None
    newest = k.state.current
    assert newest is not None
    assert read(k, c.doctor, Hash(newest.body.bun)) is Code.FORBIDDEN


def test_an_epoch_s_key_is_for_its_recipients(story: Story) -> None:
    """A device linked later is given no `dk` of an epoch whose key it never had."""
    k, c, w = story.k, story.council, story.world
    dk = row_of(k, "dk").id
    young = w.second_device(c.chair, "young")
    held = k.room.willing(w.t)

    assert read(k, c.chair, dk) is None
    found = code_of(usecases.require_read, k.room, held, did=young.did, ids=[dk])
    assert found is Code.FORBIDDEN


def test_a_reader_is_told_why(story: Story) -> None:
    """Who has no row, and whose agency lost the category, hear that and not a bare no."""
    k, c = story.k, story.council
    few = k.sect_body("few", DocClass.SECTION, sub="mother", cats=("c2",), ag=("A03", "A05"))
    assert k.sect(few, c.elder) is None
    assert k.summary("few", c.elder) is None
    summary = row_of(k, "sum").id
    assert read(k, c.npo, row_of(k, "roster").id) is Code.NOT_MEMBER

    listed = story.world.directory.logged[k.state.roster.basis[0]].statement
    assert k.withdraw(listed, c.chair, ag=("A05",), cats=("c2",)) is None
    assert read(k, c.health, summary) is Code.BASIS_WITHDRAWN
