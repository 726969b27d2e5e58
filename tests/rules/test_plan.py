"""Planning a batch: what a server asks beyond what every reader asks of its rows."""

import pytest

from conference import usecases
from conference.room import Live
from conference.usecases import Batch
from crypto.errors import Code, Refused
from protocol import replica, statement
from protocol.statement import Statement
from protocol.vocabulary import RevokeWhat, Why
from tests.room import Case
from tests.world import MADE, Staff
from tools.make_vectors.meeting import opened
from tools.make_vectors.story import Story


@pytest.fixture
def story() -> Story:
    """A room of A01, A03 and A05 with a sitting convened."""
    return opened("a room to plan in")


def batch_of(k: Case, made: Statement) -> Batch:
    """A batch of one statement and no bundle."""
    claimed = MADE[made.sid, tuple(h.sig for h in made.signatures)]
    data = statement.to_dsse(made, claimed)
    return Batch(case=k.case, items=(("stm", data, statement.parse(data)),))


def refusal(k: Case, made: Statement, by: Staff) -> Code:
    """The code with which a batch of one statement is refused."""
    live = Live(now=k.world.t, author=by.dev.did, present=frozenset())
    with pytest.raises(Refused) as caught:
        usecases.plan(k.room, batch_of(k, made), live=live, idn=k.world.size, devices=frozenset())
    return caught.value.code


def rotation(k: Case, by: Staff) -> Statement:
    """A rotation that keeps everybody."""
    return k.sign(k.next_body(Why.ROTATE, mem=k.state.roster.mem), by.dk)


def test_a_roster_that_is_stale_as_it_stands_is_behind(story: Story) -> None:
    """Its signer had not yet seen the end of somebody's device: sync and retry."""
    k, c = story.k, story.council
    made = rotation(k, c.chair)

    assert refusal(k, made, c.chair) is Code.BAD_BUNDLE_HASH  # level: only its bundle is missing
    body = story.world.revoke_body(RevokeWhat.DEVICE, c.elder.dev.sid)
    replica.heed(story.world.directory, story.world.sign(body, c.elder.ik))

    assert refusal(k, made, c.chair) is Code.LH_BEHIND


def test_a_roster_comes_with_its_bundle(story: Story) -> None:
    """Without the key for its members a roster is worth nothing."""
    k, c = story.k, story.council

    assert refusal(k, rotation(k, c.chair), c.chair) is Code.BAD_BUNDLE_HASH
