"""A server that lies as it likes, and a member who helps it, against the real clients.

`python -m tools.lying` runs the same for as long as one likes.
"""

import pytest

from tests.lying.arena import Arena
from tests.lying.machine import replay, settle
from tests.lying.seeded import BUGS, planted
from tests.lying.transcripts import Transcript, read

TRANSCRIPTS = read()
DAY = [
    ("note", "elder", 0),
    ("share", "elder", 0),
    ("share", "csw", 1),
    ("hear", "chair", 3),
    ("remove", "chair", 0),
    ("hear", "csw", 3),
    ("hear", "elder", 3),
    ("note", "csw", 0),
    ("admit", "chair", 0),
    ("look", "csw", 0),
    ("look", "elder", 0),
    ("revoke", "chair", 1),
    ("hear", "chair", 3),
    ("sync", "chair", 0),
    ("mend", "chair", 0),
    ("look", "elder", 0),
    ("aloud", "elder", 0),
    ("restart", "csw", 0),
    ("restart", "elder", 1),
    ("note", "elder", 0),
    ("keep", "elder", 0),
]


def test_with_an_honest_server_nothing_is_refused_and_all_come_level() -> None:
    """The lies below are told by this very server: without them a day's work just works."""
    arena = Arena()
    refused = [arena.do(*step) for step in DAY]
    for who in ("chair", "csw", "elder"):
        arena.do("look", who)
        arena.do("read", who)

    rooms = [arena.people[who].room(arena.start.case) for who in ("chair", "csw", "elder")]
    arena.close()

    assert refused == [None] * len(DAY)
    assert {room.state.fh for room in rooms if room} == {arena.server.lines[0].room.state.fh}
    assert all(room is not None and room.halted is None for room in rooms)
    assert all(room is not None and not room.is_stale() for room in rooms)
    assert len({len(room.conference.items) for room in rooms if room}) == 1


def test_whatever_it_does_nobody_is_deceived() -> None:
    """Hypothesis plays people, server and traitor; every step is followed by every check."""
    tally = settle(runs=6, steps=20, start=4)

    assert tally.runs >= 6
    assert tally.broken == ""


@pytest.mark.parametrize("kept", TRANSCRIPTS, ids=lambda kept: kept.bug)
def test_what_was_found_once_stays_found(kept: Transcript) -> None:
    """A recorded run holds for the code as it is, and breaks with its planted fault."""
    assert replay(kept.steps) == ""
    with planted(kept.bug):
        assert replay(kept.steps) == kept.broken


def test_every_planted_fault_has_its_transcript() -> None:
    """And no transcript is of a fault that is gone."""
    assert {kept.bug for kept in TRANSCRIPTS} == set(BUGS)
