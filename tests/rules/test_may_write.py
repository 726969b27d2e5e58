"""Whether a client may write now: seven lines of its own, in their order, then the room's rules."""

from dataclasses import replace

import pytest

from crypto.errors import Code, Refused
from protocol.may_write import Footing, Writing, may_write
from protocol.times import HOUR, MINUTE

GOOD = Footing(
    halted=None,
    clock_off=0,
    log_age=0,
    stale=False,
    has_key=True,
    unconfirmed=False,
    required=1,
    version=1,
)
WORST = Footing(
    halted=Code.EQUIVOCATION,
    clock_off=HOUR,
    log_age=100 * HOUR,
    stale=True,
    has_key=False,
    unconfirmed=True,
    required=2,
    version=1,
)
REPAIRS = (
    (Code.EQUIVOCATION, replace(WORST, halted=None)),
    (Code.CLOCK, replace(WORST, halted=None, clock_off=0)),
    (Code.NO_FRESH_LOG, replace(WORST, halted=None, clock_off=0, log_age=0)),
    (Code.STALE, replace(WORST, halted=None, clock_off=0, log_age=0, stale=False)),
    (Code.BAD_BUNDLE, replace(GOOD, unconfirmed=True, required=2)),
    (Code.UNSEEN_CHANGE, replace(GOOD, required=2)),
    (Code.OLD_CLIENT, GOOD),
)


def allowed() -> None:
    """The room's rules have nothing against it."""


def denied() -> None:
    """The room's rules do."""
    raise Refused(Code.FORBIDDEN)


def answer(footing: Footing, writing: Writing) -> Code | None:
    """What `may_write` says, None for yes."""
    try:
        may_write(footing, writing, allowed)
    except Refused as refusal:
        return refusal.code
    return None


def test_the_first_failing_line_decides() -> None:
    """Mending one line after the other gives the codes in the order of the paper."""
    footing = WORST
    seen: list[Code | None] = []
    for _, mended in REPAIRS:
        seen.append(answer(footing, Writing.CONTENT))
        footing = mended

    assert seen == [code for code, _ in REPAIRS]
    assert answer(footing, Writing.CONTENT) is None


def test_the_rules_of_the_room_come_last() -> None:
    """They are not even asked while a line of the client's own fails."""
    with pytest.raises(Refused) as last:
        may_write(GOOD, Writing.CONTENT, denied)
    with pytest.raises(Refused) as first:
        may_write(replace(GOOD, required=2), Writing.CONTENT, denied)

    assert last.value.code is Code.FORBIDDEN
    assert first.value.code is Code.OLD_CLIENT


@pytest.mark.parametrize("writing", [Writing.MEND, Writing.FREE, Writing.BASIS])
def test_a_stale_room_without_a_key_can_still_be_mended(writing: Writing) -> None:
    """A roster, a withdrawal or a seat needs no key, and waits for no confirmation."""
    footing = replace(GOOD, stale=True, has_key=False, unconfirmed=True)

    assert answer(footing, writing) is None


def test_bringing_somebody_in_waits_for_confirmation_but_not_for_a_key() -> None:
    """The chair sees who is new before she adds the next one."""
    assert answer(replace(GOOD, stale=True, has_key=False), Writing.WIDEN) is None
    assert answer(replace(GOOD, unconfirmed=True), Writing.WIDEN) is Code.UNSEEN_CHANGE


@pytest.mark.parametrize(
    ("writing", "hours"),
    [
        (Writing.SHARE, 24),
        (Writing.WIDEN, 24),
        (Writing.BASIS, 24),
        (Writing.CONTENT, 72),
        (Writing.SECT, 72),
        (Writing.MEND, 72),
        (Writing.FREE, 72),
    ],
)
def test_an_old_log_stops_first_what_gives_rights(writing: Writing, hours: int) -> None:
    """One day for what gives, three days for the rest, to the millisecond."""
    limit = hours * HOUR

    assert answer(replace(GOOD, log_age=limit), writing) is None
    assert answer(replace(GOOD, log_age=limit + 1), writing) is Code.NO_FRESH_LOG


@pytest.mark.parametrize("sign", [1, -1])
def test_ten_minutes_off_are_tolerated_and_not_more(sign: int) -> None:
    """In either direction."""
    assert answer(replace(GOOD, clock_off=sign * 10 * MINUTE), Writing.FREE) is None
    assert answer(replace(GOOD, clock_off=sign * (10 * MINUTE + 1)), Writing.FREE) is Code.CLOCK
