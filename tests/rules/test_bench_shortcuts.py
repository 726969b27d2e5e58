"""What is remembered or read faster answers as it did before."""

import pytest

from crypto.errors import Code, Refused
from crypto.signing import require_point
from protocol.times import Instant
from protocol.vocabulary import RevokeWhat
from tests.world import council, public, registrar, signing_key


def test_a_remembered_key_ends_with_the_leaf_that_ends_it() -> None:
    """At the next size the log is asked again; at the old one the answer stays."""
    people = council()
    world, key = people.world, public(people.elder.dk)
    before = world.size
    signer = world.directory.trust(key, "env", before)

    world.revoke(RevokeWhat.DEVICE, people.elder.dev.sid, registrar("A03"))

    with pytest.raises(Refused) as refusal:
        world.directory.trust(key, "env", world.size)
    assert refusal.value.code is Code.REVOKED
    assert world.directory.trust(key, "env", before) == signer


def test_a_remembered_key_is_still_asked_what_it_may_sign() -> None:
    """The type is judged at every question, not with the key."""
    people = council()
    world, key = people.world, public(people.elder.dk)

    signer = world.directory.trust(key, "env", world.size)

    assert world.directory.trust(key, "auth", world.size) is signer
    with pytest.raises(Refused) as refusal:
        world.directory.trust(key, "agency", world.size)
    assert refusal.value.code is Code.UNTYPED_KEY


def test_a_weak_key_is_refused_each_time() -> None:
    """The answer is remembered, whichever it was."""
    require_point(signing_key("a good one").public)
    for _ in range(2):
        with pytest.raises(Refused) as refusal:
            require_point(bytes([1]) + bytes(31))
        assert refusal.value.code is Code.WEAK_KEY


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T24:00:00Z",
        "2026-11-21T23:59:60Z",
        "2026-02-29T00:00:00Z",
        "2026-11-21T00:00:00z",
        "2026-11-21 00:00:00Z",
        "２０２６-11-21T00:00:00Z",
    ],
)
def test_a_time_that_is_none_is_refused(text: str) -> None:
    """No leap second, no hour 24, no other day, shape or digits."""
    with pytest.raises(ValueError, match=r".+"):
        Instant.parse(text)
