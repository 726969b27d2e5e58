"""A roster that is kept back shows in what others sign later, and in nothing else."""

from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from conference.room import Room
from crypto.errors import Code
from protocol.headers import NoteHeader
from protocol.ids import CaseId
from protocol.payloads import Roster
from protocol.vocabulary import DocClass, Why
from tests.room import Case, fields_of
from tests.world import Council, council, id16

NOTES = "notes"


@dataclass(kw_only=True)
class Moved(Case):
    """A room that has gone on to epoch 1."""

    council: Council

    def seen(self, *hidden: int) -> Room:
        """The room by somebody who is shown the places alone of some rows."""
        return self.replay(dict.fromkeys(hidden))

    def later(self, n: int, *, case: CaseId | None = None) -> Roster:
        """A roster with a number."""
        body = self.next_body(Why.ROTATE)
        return replace(body, n=n, case=case or self.case)


@pytest.fixture
def k() -> Moved:
    """Two people and a document, and a rotation."""
    c = council()
    made = Moved(world=c.world, creator=c.chair, council=c)
    assert made.create(c.recorder, bases=[made.consent()]) is None
    made.announce(NOTES, DocClass.AGENDA, c.chair)
    assert made.rotate(c.chair) is None
    return made


def test_an_envelope_of_a_later_epoch_shows_it(k: Moved) -> None:
    """Its author was given the epoch by a roster that I was not shown."""
    roster = k.state.seq
    assert not k.seen(roster).misses_roster
    assert k.note(NOTES, k.council.chair) is None

    assert k.seen(roster).misses_roster
    assert not k.seen().misses_roster
    assert not k.seen(roster - 1).misses_roster


def test_so_does_a_grant(k: Moved) -> None:
    """It names the number of the roster that stood."""
    roster, c = k.state.seq, k.council
    second = k.world.second_device(c.chair, "second")
    assert k.grant(c.chair, second.sid, (NOTES, 1)) is None

    assert k.seen(roster).misses_roster
    assert not k.seen(roster - 1).misses_roster


def test_so_does_the_roster_after_it(k: Moved) -> None:
    """But not one that no device signed, nor one of another room."""
    roster, c = k.state.seq, k.council
    for body, key in (
        (k.later(2), k.world.srv_key),
        (k.later(2, case=CaseId(id16("elsewhere"))), c.chair.dk),
    ):
        assert k.post(k.sign(body, key)) is not None
    assert not k.seen(roster).misses_roster
    assert k.rotate(c.chair) is None

    assert k.seen(roster).misses_roster
    assert not k.seen(roster - 1).misses_roster


def test_where_every_row_came_whole_it_is_only_wrong(k: Moved) -> None:
    """Nothing was kept back: its author made the number up."""
    place = replace(k.place(NOTES, k.council.chair), e=2)

    assert k.put(NoteHeader(**fields_of(place), item=None), k.council.chair) is Code.WRONG_EPOCH
    assert not k.room.misses_roster
    assert k.seen(1).misses_roster


def test_a_draft_knows_what_its_room_misses(k: Moved) -> None:
    """It is tried on a copy."""
    roster = k.state.seq
    assert k.note(NOTES, k.council.chair) is None

    assert k.seen(roster).fork().misses_roster
