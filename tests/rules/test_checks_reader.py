"""A client opens what is hers and fits its commitment, and asks for nothing else."""

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec import structs

from conference.content import Sealed, parse_full
from conference.room import Record
from crypto.errors import Code
from crypto.hashing import sha256
from crypto.sealing import SealingKey
from protocol import envelope, grants, keys
from protocol.bundle import Bundle
from protocol.codec import encode
from protocol.headers import DkHeader, DkText
from protocol.ids import Blob, DocId, Hash
from protocol.payloads import Grant, Sect
from protocol.room import Generation
from protocol.times import SECOND
from protocol.vocabulary import DocClass
from sdk import opening
from sdk.contents import Contents, SealingSeed
from sdk.feed import Feed
from sdk.reader import Reader
from sdk.session import Session
from tests.refusals import code_of
from tests.room import AnyHeader, Case, fields_of
from tests.world import Council, Staff, council, doc_key, doc_of, epoch_key, hash32

NOTES = "notes"
DOC = doc_of(NOTES)
KEY = doc_key(DOC, 1)
EK = SealingKey.from_seed(sha256(b"ek"))
MINE = SealingSeed(eg=0, seed=Hash(sha256(b"ek")))


@dataclass(kw_only=True)
class Spoken(Case):
    """A room in which something is said."""

    said: bytes = b"{}"

    def words(self, header: AnyHeader) -> bytes:  # noqa: ARG002 -- the same everywhere
        """What is sealed."""
        return self.said


@pytest.fixture
def c() -> Council:
    """The council."""
    return council()


@pytest.fixture
def k(c: Council) -> Spoken:
    """A room of two with a document of its own section."""
    room = Spoken(world=c.world, creator=c.chair)
    assert room.create(c.recorder, bases=[room.consent()]) is None
    room.announce(NOTES, DocClass.AGENDA, c.chair)
    return room


def sect_of(k: Case) -> Sect:
    """The announcement of the document."""
    return k.state.documents[DOC, 1].body


# --- from key to key -------------------------------------------------------------------------


def test_a_key_is_the_one_that_was_committed_to(k: Spoken) -> None:
    """Of a document by its `sect`, of an epoch by its roster."""
    entry = k.state.rosters[0]

    assert code_of(opening.require_doc_key, KEY, sect_of(k)) is None
    assert code_of(opening.require_doc_key, hash32("x"), sect_of(k)) is Code.BAD_DOC_KEY
    assert code_of(opening.require_epoch_key, epoch_key(k.case, 0), entry) is None
    assert code_of(opening.require_epoch_key, hash32("x"), entry) is Code.BAD_BUNDLE


@pytest.mark.parametrize(
    ("doc", "g", "key", "code"),
    [
        (DOC, 1, KEY, None),
        (doc_of("other"), 1, KEY, Code.BAD_DOC_KEY),
        (DOC, 2, KEY, Code.BAD_DOC_KEY),
        (DOC, 1, hash32("x"), Code.BAD_DOC_KEY),
    ],
)
def test_a_sealed_key_speaks_of_its_own_document(
    c: Council, k: Spoken, doc: DocId, g: int, key: bytes, code: Code | None
) -> None:
    """Document, generation and commitment, each by itself."""
    k.said = encode(DkText(doc=doc, g=g, D=Hash(key)))
    sealed = k.seal(DkHeader(**fields_of(k.place(NOTES, c.chair))), c.chair.dk)

    found = code_of(opening.open_dk, sealed, epoch_key(k.case, 0), sect=sect_of(k))

    assert found is code


def test_a_bundle_without_an_entry_for_me_opens_nothing(k: Spoken) -> None:
    """Nobody else's entry is tried."""
    net, empty = k.world.net, Bundle(case=k.case, n=0, entries=())
    facts = {"net": net, "mine": (), "key": EK, "held": ()}

    code = code_of(opening.open_bundle, empty, k.state.rosters[0], **facts)

    assert code is Code.BAD_BUNDLE


def test_a_sealed_key_is_no_text(c: Council, k: Spoken) -> None:
    """Even if somebody sealed it under the document's own key."""
    header = DkHeader(**fields_of(k.place(NOTES, c.chair)))
    wire = envelope.seal(
        key=keys.body_key(KEY, case=k.case, doc=DOC, g=1),
        header=encode(header),
        plaintext=b"{}",
        nonce=bytes(24),
        signer=c.chair.dk,
    )
    sealed = parse_full("env", wire)
    assert isinstance(sealed, Sealed)

    assert code_of(opening.open_text, sealed, KEY) is Code.WRONG_PLACE


# --- what a device asks for ------------------------------------------------------------------


class Device(Reader):
    """A reader that tells what it would do."""

    def wants(self, record: Record) -> bool:
        """Tell whether a `dk` is fetched."""
        return self._is_wanted_dk(record)

    def reads(self, record: Record) -> bool:
        """Tell whether words are fetched."""
        return self._is_readable(record)

    def may_read(self, generation: Generation | None) -> bool:
        """Tell what the gate says."""
        return self._may_read(generation)

    def lacks(self, row_id: Hash) -> bool:
        """Tell whether a row's ciphertext is still to come."""
        return self._is_bare(row_id)

    def asks_for(self, n: int) -> bool:
        """Tell whether the bundle of an epoch is fetched."""
        return self._is_to_be_opened(n)

    def served(self, n: int, data: bytes) -> None:
        """Take what came for a bundle."""
        self._open_bundle(self.state.rosters[n], data)

    def accept(self, grant: Grant) -> None:
        """Open a grant."""
        self._open_grant(grant)


def reader_of(k: Case, person: Staff) -> Device:
    """What somebody's device holds of the room: all rows, the epoch's key, no document's."""
    rows = {row.id: content for row, content, _, _ in k.rows if isinstance(content, Sealed)}
    contents = Contents(ek=(MINE,))
    clock = SimpleNamespace(now=lambda: k.world.t)
    session: Any = SimpleNamespace(
        vault=SimpleNamespace(contents=contents),
        council=SimpleNamespace(net=k.world.net, clock=clock),
        me=SimpleNamespace(wid=person.wid, ik=person.person[1], did=person.dev.did),
    )
    feed: Any = SimpleNamespace(room=k.room, state=k.state, sealed=rows.get)
    reader = Device(cast("Session", session), k.case, cast("Feed", feed))
    reader.epochs[0] = epoch_key(k.case, 0)
    return reader


def row_of(k: Case, kind: str) -> Record:
    """The record of the only row of a kind."""
    return next(record for record in k.room.records if record.kind == kind)


def test_a_device_without_the_sealing_key_opens_no_entry(c: Council, k: Spoken) -> None:
    """A counter whose seed is not in the vault."""
    reader = reader_of(k, c.chair)

    assert code_of(reader.sealing_key, 0) is None
    assert code_of(reader.sealing_key, 1) is Code.BAD_BUNDLE


def test_a_bundle_that_was_kept_back_is_asked_for_again_after_ten_seconds(
    c: Council, k: Spoken
) -> None:
    """One that came and does not open never will; nor is it asked for where its key is here."""
    reader, other = reader_of(k, c.recorder), reader_of(k, c.recorder)
    assert not reader.asks_for(0)
    for each in (reader, other):
        each.epochs.clear()
        assert each.asks_for(0)

    reader.served(0, b"")
    other.bad_epochs.add(0)
    k.world.t = k.world.t.plus(10 * SECOND - 1)
    assert not reader.asks_for(0)
    k.world.t = k.world.t.plus(1)
    assert reader.asks_for(0)
    assert not other.asks_for(0)
    reader.epochs[0] = epoch_key(k.case, 0)
    assert not reader.asks_for(0)


def test_a_document_key_is_asked_for_once_by_who_may_read_it(c: Council, k: Spoken) -> None:
    """A valid `dk` of a document whose key is missing, in an epoch that is open, for me."""
    reader, record = reader_of(k, c.recorder), row_of(k, "dk")
    assert reader.wants(record)

    assert not reader.wants(replace(record, kind="note"))
    assert not reader.wants(replace(record, code=Code.STALE))
    assert not reader.wants(replace(record, generation=None))
    assert not reader.wants(replace(record, epoch=1))
    assert not reader_of(k, c.npo).wants(record)
    reader.flaws[record.id] = Code.BAD_DOC_KEY
    assert not reader.wants(record)
    reader.flaws.clear()
    reader.docs[DOC, 1] = KEY
    assert not reader.wants(record)


def test_a_row_of_no_document_is_nothing_to_read(c: Council, k: Spoken) -> None:
    """Statements belong to none."""
    reader = reader_of(k, c.recorder)

    assert reader.may_read((DOC, 1))
    assert not reader.may_read(None)


def test_words_are_asked_for_where_they_can_be_opened(c: Council, k: Spoken) -> None:
    """Content without a flaw, whose key is here, for me."""
    assert k.note(NOTES, c.chair) is None
    record = row_of(k, "note")
    reader, stranger = reader_of(k, c.recorder), reader_of(k, c.npo)
    assert not reader.reads(record)
    for each in (reader, stranger):
        each.docs[DOC, 1] = KEY

    assert reader.reads(record)
    assert not reader.reads(replace(record, kind="dk"))
    assert not reader.reads(replace(record, code=Code.STALE))
    assert not stranger.reads(record)


def test_what_is_here_whole_is_not_fetched_again(c: Council, k: Spoken) -> None:
    """Only a row without its ciphertext is."""
    assert k.note(NOTES, c.chair) is None
    reader, record = reader_of(k, c.recorder), row_of(k, "note")

    assert not reader.lacks(record.id)
    assert reader.lacks(hash32("a row that never came"))


# --- grants ----------------------------------------------------------------------------------


def granted(k: Case, body: Grant, key: bytes) -> Grant:
    """The grant with a key sealed to this device."""
    passing = opening.passing_of(body, net=k.world.net)
    return structs.replace(body, ct=Blob(grants.seal_keys([key], passing=passing, ek=EK.public)))


def test_a_granted_key_is_the_one_that_was_committed_to(c: Council, k: Spoken) -> None:
    """Of a document, or of an epoch: a false one is not kept."""
    reader = reader_of(k, c.recorder)
    reader.epochs.clear()
    to = c.recorder.dev.sid
    doc, epoch = (
        k.grant_body(c.chair, to, (NOTES, 1)),
        k.grant_body(c.chair, to, epochs=(0,)),
    )

    assert code_of(reader.accept, granted(k, doc, hash32("x"))) is Code.BAD_DOC_KEY
    assert code_of(reader.accept, granted(k, epoch, hash32("x"))) is Code.BAD_BUNDLE
    assert (reader.docs, reader.epochs) == ({}, {})
    assert code_of(reader.accept, granted(k, doc, KEY)) is None
    assert code_of(reader.accept, granted(k, epoch, epoch_key(k.case, 0))) is None
    assert reader.docs == {(DOC, 1): KEY}
    assert reader.epochs == {0: epoch_key(k.case, 0)}
