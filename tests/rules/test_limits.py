"""What one caller may ask for in a time and hold at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import Code, Refused
from server.limits import Allowance, Bounds, Buckets, Caller, Held, Limits, Rest, busy, told_wait

SMALL = Bounds(
    rate=60,
    device_rate=10,
    agency_rate=20,
    council_rate=40,
    at_once=2,
    device_sockets=1,
    agency_sockets=2,
    council_sockets=3,
    sockets=4,
)


def caller(device: int = 1, agency: int = 1, council: int = 1) -> Caller:
    """Somebody by small numbers."""
    return Caller(device=bytes([device]), agency=bytes([agency]), council=bytes([council]))


def limit_of(refusal: pytest.ExceptionInfo[Refused]) -> object:
    """Which limit refused."""
    assert refusal.value.code is Code.RATE_LIMITED
    return refusal.value.facts["limit"]


# ---------------------------------------------------------------- buckets


def test_a_bucket_gives_its_burst_then_its_rate() -> None:
    """After that one more for each second of a rate of one."""
    bucket = Buckets[str](Allowance(rate=1, burst=3))
    for _ in range(3):
        assert bucket.wait("a", now=0) == 0
        bucket.take("a", now=0)

    assert bucket.wait("a", now=0) == 1
    assert bucket.wait("a", now=0.25) == 0.75
    assert bucket.wait("a", now=1) == 0
    assert bucket.wait("b", now=0) == 0


def test_what_is_owed_is_waited_for_but_not_for_ever() -> None:
    """A debt is never larger than the burst."""
    bucket = Buckets[str](Allowance(rate=1, burst=3))
    for _ in range(100):
        bucket.take("a", now=0)

    assert bucket.wait("a", now=0) == 4


def test_what_costs_more_than_the_burst_waits_for_a_full_bucket() -> None:
    """Else it could never be had."""
    bucket = Buckets[str](Allowance(rate=1, burst=3))

    assert bucket.wait("a", now=0, cost=50) == 0


def test_a_clock_that_goes_back_gives_nothing_and_blocks_nobody_for_long() -> None:
    """Time counts again from where the clock stands."""
    bucket = Buckets[str](Allowance(rate=1, burst=1))
    bucket.take("a", now=1000)

    assert bucket.wait("a", now=0) == 1
    bucket.take("a", now=0)
    assert bucket.wait("a", now=2) == 0


def test_keys_are_forgotten_when_there_are_too_many() -> None:
    """Those that are full first; else the oldest, so that memory has an end."""
    bucket = Buckets[int](Allowance(rate=1, burst=1), most=10)
    for key in range(10):
        bucket.take(key, now=0)
    bucket.take(10, now=100)
    assert len(bucket) == 1

    for key in range(20, 31):
        bucket.take(key, now=100)
    assert len(bucket) <= 10
    assert bucket.wait(30, now=100) > 0


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 5)), max_size=60))
def test_no_caller_ever_gets_more_than_burst_and_rate(asked: list[tuple[float, int]]) -> None:
    """Whatever the order of pauses and costs."""
    bucket = Buckets[str](Allowance(rate=2, burst=6))
    now, given_out = 0.0, 0
    for pause, cost in asked:
        now += pause
        if bucket.wait("a", now=now, cost=cost) == 0:
            bucket.take("a", now=now, cost=cost)
            given_out += cost
    assert given_out <= 6 + 2 * now + 1e-6


def test_what_is_held_is_counted_and_forgotten() -> None:
    """A key without any is not kept."""
    held = Held[str]()
    held.enter("a")
    held.enter("a")
    held.leave("a")
    assert held["a"] == 1
    held.leave("a")
    assert held["a"] == 0


# ---------------------------------------------------------------- callers


def test_a_device_an_agency_and_a_council_have_each_their_own_rate() -> None:
    """The narrowest refuses first; others go on."""
    limits = Limits(SMALL)
    for _ in range(40):
        limits.require(caller(1), now=0)
    with pytest.raises(Refused) as refused:
        limits.require(caller(1), now=0)
    assert limit_of(refused) == "device"

    for _ in range(40):
        limits.require(caller(2), now=0)
    with pytest.raises(Refused) as refused:
        limits.require(caller(3), now=0)
    assert limit_of(refused) == "agency"

    for device in (4, 5):
        for _ in range(40):
            limits.require(caller(device, agency=2), now=0)
    with pytest.raises(Refused) as refused:
        limits.require(caller(6, agency=3), now=0)
    assert limit_of(refused) == "council"
    limits.require(caller(6, agency=3, council=2), now=0)
    assert limits.limited == {"device": 1, "agency": 1, "council": 1}


def test_what_is_dear_costs_more() -> None:
    """Joining a room eight units, a refusal twenty."""
    limits = Limits(SMALL)
    for _ in range(5):
        limits.require(caller(), now=0, what="sub")
    with pytest.raises(Refused):
        limits.require(caller(), now=0)

    limits.fine(caller(2), now=0)
    for _ in range(20):
        limits.require(caller(2), now=0)
    with pytest.raises(Refused):
        limits.require(caller(2), now=0)


def test_an_address_has_its_minute() -> None:
    """And is told how long to wait."""
    limits = Limits(SMALL)
    for _ in range(60):
        limits.require_address("here", now=0)

    with pytest.raises(Refused) as refused:
        limits.require_address("here", now=0)

    assert limit_of(refused) == "address"
    assert told_wait(refused.value) == 1000
    limits.require_address("there", now=0)
    limits.require_address("here", now=1)


def test_so_many_requests_at_once() -> None:
    """Counted while they last, by device or address."""
    limits = Limits(SMALL)
    with limits.under_way(b"d"), limits.under_way(b"d"):
        with pytest.raises(Refused) as refused, limits.under_way(b"d"):
            pass
        with limits.under_way("address"):
            pass

    assert limit_of(refused) == "at_once"
    with limits.under_way(b"d"):
        pass


@pytest.mark.parametrize(
    ("there", "comes", "limit"),
    [
        ([caller(1)], caller(1), "device_sockets"),
        ([caller(1), caller(2)], caller(3), "agency_sockets"),
        ([caller(1), caller(2), caller(3, 2)], caller(4, 2), "council_sockets"),
        ([caller(n, n, n) for n in range(4)], caller(5, 5, 5), "node_sockets"),
    ],
)
def test_so_many_sockets(there: list[Caller], comes: Caller, limit: str) -> None:
    """Of a device, an agency, a council and a node; one that goes makes room."""
    limits = Limits(SMALL)
    for each in there:
        limits.open(each)

    with pytest.raises(Refused) as refused:
        limits.open(comes)

    assert limit_of(refused) == limit
    assert limits.sockets == len(there)
    for each in there:
        limits.shut(each)
    limits.open(comes)


def test_only_a_limit_of_the_edge_tells_to_wait() -> None:
    """A rule of a room that is called RATE_LIMITED too has judged what was sent."""
    assert told_wait(busy(0.5, "device")) == 500
    assert told_wait(Refused(Code.RATE_LIMITED)) is None
    assert told_wait(Refused(Code.UNAVAILABLE, wait=5)) is None


def test_who_goes_on_too_fast_rests_longer_and_longer() -> None:
    """Twice as long each time up to eight seconds; from the beginning after a pause."""
    rest, now, rests = Rest(), 100.0, list[float]()
    for _ in range(5):
        rest.begin(now, 1.0)
        rests.append(rest.until - now)
        now = rest.until + 0.1
    assert rests == [1, 2, 4, 8, 8]
    rest.begin(rest.until + 8.1, 1.0)
    assert rest.seconds == 1
