"""Checks of a client that no other test tells apart: each falls if its condition is dropped."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec.structs import replace

from consent.register import load
from crypto import entropy
from crypto.errors import Code, Refused
from crypto.profiles import Argon2Profile
from protocol.feed import Row, feed_hash
from protocol.ids import Blob, CaseId, Did, Hash, RowHash
from protocol.payloads import Head
from protocol.statement import to_dsse
from protocol.vocabulary import DocClass
from protocol.wire import Frame
from sdk import vault_format as fmt
from sdk.feed import Feed
from sdk.idlog import IdLog
from tests.refusals import code_of
from tests.room import Case
from tests.world import World, council, hash32, id16

CASE = CaseId(id16("a case"))
KEY = bytes(32)
CHEAP = Argon2Profile(memory_bytes=8 * 1024 * 1024, passes=1)


@pytest.fixture
def world() -> World:
    """A council of three leaves."""
    w = World()
    w.beat()
    w.beat()
    return w


@pytest.fixture
def feed(world: World) -> Feed:
    """A room before its first row."""
    log: Any = SimpleNamespace(directory=world.directory, log_root=world.log_root)
    return Feed(net=world.net, case=CASE, log=cast("IdLog", log), register=load())


def place_of(feed: Feed, name: str = "row", *, idn: int = 1) -> Frame:
    """The next row as a place alone."""
    seq, row_id, sg = feed.state.seq + 1, hash32(name), hash32("sg")
    fh = feed_hash(before=feed.state.fh, seq=seq, row_id=row_id, sg=sg, idn=idn)
    return Frame(seq=seq, id=row_id, sg=sg, idn=idn, fh=fh, form="stm", view="skel", bytes=None)


def refusal(feed: Feed, frame: Frame) -> Code | None:
    """The code with which a row is refused."""
    try:
        feed.take(frame)
    except Refused as refused:
        return refused.code
    return None


def heard(feed: Feed, seq: int, fh: RowHash, idn: int) -> Code | None:
    """The code with which a signed word is refused."""
    try:
        feed.hear(seq=seq, fh=fh, idn=idn, raw=b"signed")
    except Refused as refused:
        return refused.code
    return None


OTHER = RowHash(Hash(hash32("another row")))


def test_a_row_that_contradicts_a_head_heard_before_is_refused(feed: Feed) -> None:
    """The server signed another row for this place, and then sent this one."""
    assert heard(feed, 1, OTHER, 1) is None

    assert refusal(feed, place_of(feed)) is Code.EQUIVOCATION
    assert feed.evidence is not None


def test_a_head_that_contradicts_a_row_is_refused(feed: Feed) -> None:
    """The row is here, and the server signs another for its place."""
    first = place_of(feed)
    assert refusal(feed, first) is None

    assert heard(feed, 1, first.fh, 1) is None
    assert heard(feed, 1, OTHER, 1) is Code.EQUIVOCATION


def test_the_first_word_about_a_row_that_is_here_is_compared_with_it(feed: Feed) -> None:
    """No earlier word is needed to tell that another row was signed for its place."""
    assert refusal(feed, place_of(feed)) is None

    assert heard(feed, 1, OTHER, 1) is Code.EQUIVOCATION
    assert feed.evidence is not None


def test_an_older_head_does_not_judge_a_later_row(feed: Feed) -> None:
    """Only the word about this row, or words about rows that are here, are compared with it."""
    first = place_of(feed)
    assert refusal(feed, first) is None
    assert heard(feed, 1, first.fh, 1) is None
    second = place_of(feed, "second")
    assert refusal(feed, second) is None
    assert heard(feed, 2, second.fh, 1) is None


def test_after_a_head_no_row_names_a_smaller_log(feed: Feed) -> None:
    """The identity log that a row was committed at never shrinks."""
    assert heard(feed, 0, feed.state.fh, 2) is None

    assert refusal(feed, place_of(feed, idn=1)) is Code.EQUIVOCATION
    assert refusal(feed, place_of(feed, idn=2)) is None


def test_a_row_comes_after_the_one_before(feed: Feed) -> None:
    """A gap is told, so that it is fetched."""
    assert refusal(feed, replace(place_of(feed), seq=2)) is Code.CHAIN_GAP


def test_a_row_shown_again_is_the_same(feed: Feed) -> None:
    """Another hash or another id at a place that is taken is the server's lie."""
    first = place_of(feed)
    assert refusal(feed, first) is None

    assert refusal(feed, first) is None
    assert refusal(feed, replace(first, fh=OTHER)) is Code.EQUIVOCATION
    assert refusal(feed, replace(first, id=hash32("another"))) is Code.EQUIVOCATION


def test_bytes_belong_to_the_row_they_come_with(world: World, feed: Feed) -> None:
    """A statement under the id of another row, whatever the row's hash says."""
    data = Blob(to_dsse(world.root, world.claimed(world.root)))
    frame = replace(place_of(feed), view="full", bytes=data)

    assert refusal(feed, frame) is Code.EQUIVOCATION


def test_fuller_bytes_belong_to_the_row_that_was_taken_before() -> None:
    """Those of another row of the same room are not put in its place."""
    c = council()
    k = Case(world=c.world, creator=c.chair)
    assert k.create(c.recorder, bases=[k.consent()]) is None
    k.announce("notes", DocClass.AGENDA, c.chair)
    assert k.note("notes", c.chair) is None
    log: Any = SimpleNamespace(directory=c.world.directory, log_root=c.world.log_root)
    feed = Feed(net=c.world.net, case=k.case, log=cast("IdLog", log), register=load())
    frames = [
        Frame(seq=r.seq, id=r.id, sg=r.sg, idn=r.idn, fh=r.fh, form=form, view="full", bytes=data)
        for r, _, form, data in cast("list[tuple[Row, object, Any, Blob]]", k.rows)
    ]
    assert [refusal(feed, frame) for frame in frames] == [None] * len(frames)
    before, note = frames[-2:]
    held = feed.sealed(note.id)

    assert refusal(feed, note) is None
    assert refusal(feed, replace(note, bytes=before.bytes)) is Code.EQUIVOCATION
    assert held is not None
    assert feed.sealed(note.id) == held


def test_a_vault_holds_one_key_of_each_kind() -> None:
    """Nobody could say which of two device keys signs; nor is a key longer than it is."""
    seed, did = bytes(32), Did(id16("did"))
    lock = fmt.lock(KEY, "p", profile=CHEAP, floor=CHEAP, entropy=entropy.system)
    dk = fmt.seal_device_key(KEY, seed, did=did, entropy=entropy.system)

    def file(*items: bytes) -> bytes:
        return b"".join(len(item).to_bytes(4, "big") + item for item in items)

    assert fmt.parse(file(lock, dk)).dk == dk
    for items in ((lock, dk, dk), (lock, lock, dk), (dk,)):
        assert code_of(fmt.parse, file(*items)) is Code.BAD_LENGTH
    more = (len(dk) + 1).to_bytes(4, "big") + dk
    assert code_of(fmt.parse, file(lock) + more) is Code.BAD_LENGTH


def test_a_head_of_a_room_has_a_place(world: World, feed: Feed) -> None:
    """A number and a hash; without either it is no word about a row."""
    base = world.base()
    head = Head(net=base.net, nce=base.nce, iat=base.iat, case=CASE, seq=0, fh=feed.state.fh, idn=1)

    feed.hear_head(head, b"signed")
    for changed in (replace(head, seq=None), replace(head, fh=None)):
        with pytest.raises(Refused) as caught:
            feed.hear_head(changed, b"signed")
        assert caught.value.code is Code.BAD_J1
