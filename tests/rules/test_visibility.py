"""Who is given how much of a row: the table of section 5.24."""

import pytest

from conference import visibility
from conference.fold import Record
from protocol.ids import Hash
from protocol.vocabulary import DocClass
from tools.make_vectors.meeting import opened
from tools.make_vectors.story import Story


@pytest.fixture
def story() -> Story:
    """A room of A01, A03 and A05 with a sitting convened."""
    return opened("a room to look at")


def test_a_stranger_is_given_nothing(story: Story) -> None:
    """No row of a room is for somebody its roster does not name, statements included."""
    k, c = story.k, story.council
    gate = k.room.willing(k.world.t)
    stranger = next(
        did
        for did, chain in k.world.directory.devices.items()
        if chain.versions[0].body.wid not in k.state.roster.rows
    )

    shown = [visibility.may_have(k.room, gate, record, stranger) for record in k.room.records]

    assert not any(shown)
    assert visibility.may_have(k.room, gate, k.room.records[0], c.elder.dev.did)


def test_a_row_without_bytes_stays_without(story: Story) -> None:
    """What I have not seen I can give to nobody."""
    k, c = story.k, story.council
    record = Record(seq=1, id=Hash(bytes(32)), kind="skel")

    gate = k.room.willing(k.world.t)

    assert not visibility.may_have(k.room, gate, record, c.elder.dev.did)
    assert visibility.view_of(k.room, gate, record, c.elder.dev.did) == "skel"


def test_a_refused_content_is_kept_from_everybody(story: Story) -> None:
    """Its place stays in the chain; its bytes are for nobody, its author included."""
    k, c = story.k, story.council
    k.announce("s", DocClass.SECTION, c.elder, sub="mother", cats=("c1",))
    assert k.note("s", c.recorder, g=2) is not None
    record = k.room.records[-1]

    gate = k.room.willing(k.world.t)

    assert record.code is not None
    assert not visibility.may_have(k.room, gate, record, c.recorder.dev.did)
    assert not visibility.may_have(k.room, gate, record, c.chair.dev.did)
