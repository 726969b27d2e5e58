"""How long an invitation lives, judged by the server's own clock at the edges of the interval."""

import pytest

from crypto.errors import Code, Refused
from identity.model import require_live_invite, require_timely
from protocol.certificates import invite_life
from protocol.payloads import Payload
from protocol.times import DAY, HOUR, MINUTE, SECOND, Instant
from protocol.vocabulary import Cap
from tests.world import World, inv_of, registrar

SLACK = 2 * MINUTE


def refusal(world: World, body: Payload, now: Instant) -> Code | None:
    """The code with which a body is refused at a time."""
    try:
        require_timely(body, directory=world.directory, now=now)
    except Refused as refused:
        return refused.code
    return None


@pytest.mark.parametrize(
    ("caps", "life"),
    [
        ((Cap.MEMBER,), 72 * HOUR),
        ((Cap.MEMBER, Cap.MINUTES), 72 * HOUR),
        ((Cap.AUDIT,), 72 * HOUR),
        ((Cap.PRIVACY,), 72 * HOUR),
        ((Cap.CHAIR, Cap.MEMBER), 14 * DAY),
        ((Cap.RECORDS,), 14 * DAY),
    ],
)
def test_an_invitation_has_its_life(caps: tuple[Cap, ...], life: int) -> None:
    """Three days, or two weeks where the digits must be read aloud; two minutes for clocks."""
    world = World()
    body = world.invite_body("x", "A03", caps=caps, life=life)
    made = world.t

    assert invite_life(caps) == life
    assert refusal(world, body, made) is None
    assert refusal(world, body, made.plus(-SLACK)) is None
    assert refusal(world, body, made.plus(-SLACK - SECOND)) is Code.RULE_DENIED
    assert refusal(world, body, made.plus(life - 1)) is None
    assert refusal(world, body, made.plus(life)) is Code.EXPIRED


def test_a_person_comes_before_the_end_of_her_invitation() -> None:
    """Though the log, where nothing happened since, still says an hour ago."""
    world = World()
    world.agency("A03")
    world.log(world.invite_body("x", "A03", life=HOUR), registrar("A03"))
    end = world.directory.invites[inv_of("x")].versions[-1].body.exp
    body = world.worker_body("x", "A03")

    assert world.directory.time(world.size) < end
    assert refusal(world, body, end.plus(-1)) is None
    assert refusal(world, body, end) is Code.EXPIRED
    assert require_live_invite(world.directory, inv_of("x"), now=end.plus(-1)).exp == end
    with pytest.raises(Refused) as refused:
        require_live_invite(world.directory, inv_of("x"), now=end)
    assert refused.value.code is Code.EXPIRED


def test_nothing_else_has_an_invitation_to_end() -> None:
    """A renewal names none."""
    world = World()
    world.agency("A03")
    staff = world.staff("somebody", "A03")
    body = world.directory.workers[staff.wid].versions[-1].body
    far = world.t.plus(900 * DAY)

    assert refusal(world, world.pledge_body(staff.aid), far) is None
    assert body.inv is not None
    assert refusal(world, body, far) is Code.EXPIRED
