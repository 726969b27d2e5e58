"""What screens ask of a conference beside the rows themselves."""

from agenda.model import Item, ItemState
from conference import model
from conference.model import Conference, Owner
from conference.records import Role, RoleState, Sitting, SittingState
from protocol.ids import Aid, Id, ItemId, RowId, SitId, Wid
from protocol.times import Instant
from protocol.vocabulary import ItemType, Part

NOW = Instant(1_760_000_000_000)
FIRST, SECOND = SitId(Id(b"\x01" * 16)), SitId(Id(b"\x02" * 16))
TALK, DECIDE = ItemId(Id(b"\x03" * 16)), ItemId(Id(b"\x04" * 16))
CARE, NONOMURA = Aid(Id(b"\x05" * 16)), Wid(Id(b"\x06" * 16))


def _sitting(sit: SitId, state: SittingState) -> Sitting:
    return Sitting(sit=sit, kind="shien", no=1, starts=NOW, state=state, touched=1, at=NOW)


def _item(it: ItemId, state: ItemState) -> Item:
    return Item(it=it, sit=FIRST, no=1, typ=ItemType.FORM, bases=(), state=state, touched=1, at=NOW)


def _role(number: int, it: ItemId, part: Part) -> Role:
    return Role(
        row=RowId(Id(bytes([number]) * 16)),
        it=it,
        part=part,
        owner=Owner(ag=CARE, w=NONOMURA),
        state=RoleState.ACCEPTED,
        touched=2,
        at=NOW,
    )


def test_the_open_sitting_is_the_one_being_held() -> None:
    """Convened and closed sittings are not it."""
    closed, held = _sitting(FIRST, SittingState.CLOSED), _sitting(SECOND, SittingState.OPEN)

    assert model.open_sitting(Conference(sittings={FIRST: closed, SECOND: held})) == held
    assert model.open_sitting(Conference(sittings={FIRST: closed})) is None


def test_the_current_item_belongs_to_its_sitting() -> None:
    """Another sitting has no part in it."""
    talk = _item(TALK, ItemState.OPEN)
    conference = Conference(items={DECIDE: _item(DECIDE, ItemState.PREPARED), TALK: talk})

    assert model.current_item(conference, FIRST) == talk
    assert model.current_item(conference, SECOND) is None


def test_the_board_can_be_counted_by_item() -> None:
    """INV counts the whole board; one item's rows can be counted too."""
    roles = [_role(1, TALK, Part.MAIN), _role(2, DECIDE, Part.MAIN), _role(3, DECIDE, Part.KEY)]
    conference = Conference(roles={role.row: role for role in roles})
    members = {NONOMURA: CARE}

    assert model.invariant(conference, members).main == 2
    assert model.invariant(conference, members, TALK).main == 1
    assert model.invariant(conference, members, DECIDE).key == 1


def test_the_plain_state_lists_records_in_order_of_their_ids() -> None:
    """Two sides compare it when a generation begins; the order of arrival must not matter."""
    first, second = (
        _sitting(FIRST, SittingState.CLOSED),
        _sitting(SECOND, SittingState.CONVENED),
    )

    one = model.plain(Conference(sittings={FIRST: first, SECOND: second}))
    other = model.plain(Conference(sittings={SECOND: second, FIRST: first}))

    assert list(one) == list(other)
    assert one == other
    assert one["sittings"] == [
        {
            "touched": 1,
            "at": "2025-10-09T08:53:20Z",
            "sit": sit.hex(),
            "kind": "shien",
            "no": 1,
            "starts": "2025-10-09T08:53:20Z",
            "state": state,
        }
        for sit, state in ((FIRST, "closed"), (SECOND, "convened"))
    ]
