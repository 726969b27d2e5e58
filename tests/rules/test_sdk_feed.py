"""A feed compares every signed word with every other, and goes on after what it cannot read."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from consent.register import load
from crypto.errors import Code, Refused
from protocol.derived import feed_start
from protocol.feed import feed_hash
from protocol.ids import Blob, CaseId, Hash, RowHash
from protocol.wire import Frame
from sdk.feed import Feed
from sdk.idlog import IdLog
from tests.world import World, hash32, id16

CASE = CaseId(id16("a case"))


@pytest.fixture
def feed() -> Feed:
    """A room before its first row."""
    world = World()
    log: Any = SimpleNamespace(directory=world.directory, log_root=world.log_root)
    return Feed(net=world.net, case=CASE, log=cast("IdLog", log), register=load())


def frame(feed: Feed, *, form: str, data: bytes) -> Frame:
    """The next row with some bytes, whatever they say."""
    seq, row_id, sg = feed.state.seq + 1, hash32("row"), hash32("sg")
    fh = feed_hash(before=feed.state.fh, seq=seq, row_id=row_id, sg=sg, idn=1)
    kind: Any = form
    return Frame(seq=seq, id=row_id, sg=sg, idn=1, fh=fh, form=kind, view="full", bytes=Blob(data))


def test_a_row_of_an_unknown_kind_is_counted_and_skipped(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer client wrote it: the feed goes on, and it authorises nothing."""

    def unknown(_form: str, _data: bytes) -> None:
        raise Refused(Code.UNKNOWN_TYPE)

    assert feed.state.fh == feed_start(net=feed.state.net, case=CASE)
    monkeypatch.setattr("conference.content.parse_full", unknown)

    code = feed.take(frame(feed, form="stm", data=b"of a newer client"))

    assert code is None
    assert feed.state.seq == 1
    assert [record.kind for record in feed.room.records] == ["skel"]
    assert feed.contents == {}


def test_bytes_that_are_wrong_are_no_unknown_kind(feed: Feed) -> None:
    """What cannot be read at all is refused, and nothing is taken."""
    with pytest.raises(Refused) as refusal:
        feed.take(frame(feed, form="env", data=b"nothing"))

    assert refusal.value.code is not Code.UNKNOWN_TYPE
    assert feed.state.seq == 0


def contradicts(feed: Feed, heads: Iterable[tuple[int, str, int]]) -> bool:
    """Hear heads (seq, fh, idn); tell whether two cannot both be true."""
    try:
        for seq, fh, idn in heads:
            feed.hear(
                seq=seq, fh=RowHash(Hash(hash32(fh))), idn=idn, raw=f"{seq}{fh}{idn}".encode()
            )
    except Refused as refusal:
        return refusal.code is Code.EQUIVOCATION and feed.evidence is not None
    return False


@pytest.mark.parametrize(
    ("heads", "wrong"),
    [
        ([(5, "a", 3), (5, "a", 4)], False),
        ([(5, "a", 3), (6, "b", 3)], False),
        ([(5, "a", 3), (5, "b", 3)], True),
        ([(5, "a", 4), (6, "b", 3)], True),
        ([(6, "b", 3), (5, "a", 4)], True),
    ],
    ids=["again", "later", "two rows at one place", "the log shrank", "heard the other way"],
)
def test_two_heads_that_cannot_both_be_true_are_evidence(
    feed: Feed, heads: list[tuple[int, str, int]], *, wrong: bool
) -> None:
    """In whichever order they come."""
    assert contradicts(feed, heads) is wrong
