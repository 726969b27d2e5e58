"""An item's life, fact by fact: a rule that loses or mixes up one of them fails here."""

from dataclasses import replace

import pytest

from agenda import model as agenda
from agenda.model import Item, ItemState
from conference import model
from conference.model import Conference
from crypto.errors import Code, Refused
from protocol.ids import Hash, Id, ItemId, Sid, SitId, SubId
from protocol.ops import ItemBasis
from protocol.times import Instant
from protocol.vocabulary import ItemType, Outcome
from tests.rules.conference_room import TableRoom

PREPARED_AT, LATER = Instant(1_760_000_000_000), Instant(1_760_000_060_000)
SIT = SitId(Id(b"\x01" * 16))
MOTHER, SON = SubId(Id(b"\x02" * 16)), SubId(Id(b"\x03" * 16))
CONSENT, DECISION = Sid(Hash(b"\x04" * 32)), Sid(Hash(b"\x05" * 32))
ITEM = Item(
    it=ItemId(Id(b"\x06" * 16)),
    sit=SIT,
    no=1,
    typ=ItemType.DECIDE,
    bases=(ItemBasis(sub=MOTHER, basis=CONSENT), ItemBasis(sub=SON, basis=DECISION)),
    touched=3,
    at=PREPARED_AT,
)
KINDS = frozenset({"shien"})


def room(**bases: frozenset[str]) -> TableRoom:
    """A room in which the bases named are in force, each for its own subject only."""
    pairs = {"mother": (CONSENT, MOTHER), "son": (DECISION, SON)}
    return TableRoom(
        chair=frozenset(),
        roster={},
        workers={},
        covers=frozenset(),
        minutes=frozenset(),
        bases={pairs[who]: kinds for who, kinds in bases.items()},
    )


BOTH = room(mother=KINDS, son=KINDS)


def refusal(item: Item, *, now: TableRoom) -> Refused:
    """How the start of an item is refused."""
    with pytest.raises(Refused) as refused:
        agenda.start({item.it: item}, item, kind="shien", seq=5, at=LATER, bases=now)
    return refused.value


def test_an_item_keeps_which_row_changed_it_last_and_when() -> None:
    """Opening and closing change its state, the row and the time, and nothing else."""
    opened = replace(ITEM, state=ItemState.OPEN, touched=5, at=LATER)
    closed = replace(opened, state=ItemState.CLOSED, out=Outcome.DECIDED, touched=9, at=PREPARED_AT)

    was = {ITEM.it: ITEM}
    now = agenda.start(was, ITEM, kind="shien", seq=5, at=LATER, bases=BOTH)
    then = agenda.finish(now, opened, out=Outcome.DECIDED, seq=9, at=PREPARED_AT)

    assert now == {ITEM.it: opened}
    assert then == {ITEM.it: closed}


def test_a_refusal_names_the_subject_whose_basis_is_missing() -> None:
    """The second of two is named when the first holds."""
    ended = refusal(ITEM, now=room(mother=KINDS))
    other = refusal(ITEM, now=room(mother=KINDS, son=frozenset({"individual"})))

    assert (ended.code, ended.facts) == (Code.NO_BASIS, {"sub": SON.hex()})
    assert other.code is Code.MEETING_NOT_COVERED
    assert other.facts == {"sub": SON.hex(), "kind": "shien"}


def test_a_refusal_names_the_state_that_was_in_the_way() -> None:
    """What was closed is not opened again."""
    closed = refusal(replace(ITEM, state=ItemState.CLOSED), now=BOTH)

    assert (closed.code, closed.facts) == (Code.CONFLICT, {"state": "closed"})


def test_an_open_item_is_suspended_once_one_of_its_bases_ends() -> None:
    """Neither while all hold, nor before it is opened; each basis is asked for its own subject."""
    opened = {ITEM.it: replace(ITEM, state=ItemState.OPEN)}

    assert agenda.suspended(opened, BOTH) == ()
    assert agenda.suspended(opened, room(mother=KINDS)) == (ITEM.it,)
    assert agenda.suspended({ITEM.it: ITEM}, room(mother=KINDS)) == ()
    assert model.suspended_items(Conference(items=opened), BOTH) == ()


def test_the_plain_state_has_the_protocols_names() -> None:
    """Another implementation compares it by these."""
    assert set(model.plain(Conference())) == {
        "sittings", "items", "seats", "prio", "roles", "actions", "decisions", "next", "last_op",
    }  # fmt: skip
