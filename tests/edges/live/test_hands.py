"""Whoever sits in a sitting may ask to speak; the room sees the order, and nothing is kept."""

import pytest

from crypto.errors import Code, Refused
from protocol.ids import CaseId, Id, Wid
from protocol.wire import Done, Hand
from server.hands import Hands
from tests.edges.live.conftest import Ears
from tests.edges.live.stage import Admin, Ear, counts
from tests.edges.sdk.stage import Cast, hold


def order(ear: Ear) -> list[str]:
    """The order as the last notice has it."""
    notices = [each for each in ear.notices if each.code == "hands"]
    return str(notices[-1].facts["wids"]).split() if notices else []


async def ask(ear: Ear, hand: Hand) -> Done:
    """Raise or lower a hand."""
    assert ear.socket is not None
    return await ear.socket.call("hand", hand, Done)


async def shows(ear: Ear, *wids: Wid) -> None:
    """Wait until somebody sees this order."""
    await ear.until(lambda: order(ear) == [wid.hex() for wid in wids])


async def test_the_first_who_asked_stands_first_until_she_lowers_her_hand(
    cast: Cast, ears: Ears, admin: Admin
) -> None:
    """Everybody in the room sees the same order; asking twice keeps one place."""
    held = await hold(cast)
    ear = {
        name: await ears.open(cast.clients[name].session, held.case, sit=held.sit)
        for name in ("elder", "csw", "chair")
    }
    elder, csw = (ear[name].session.me.wid for name in ("elder", "csw"))
    before = await counts(admin)
    up, down = Hand(case=held.case, up=1), Hand(case=held.case, up=0)

    for name in ("elder", "csw", "elder"):
        await ask(ear[name], up)
    for each in ear.values():
        await shows(each, elder, csw)
    await ask(ear["elder"], down)
    for each in ear.values():
        await shows(each, csw)

    told = [sum(note.code == "hands" for note in each.notices) for each in ear.values()]
    assert told == [3, 3, 3]
    assert await counts(admin) == before


def test_a_room_in_which_nobody_asks_any_more_leaves_nothing_behind() -> None:
    """A node that runs for months keeps no empty orders."""
    hands, case, wid = Hands(), CaseId(Id(bytes(16))), Wid(Id(bytes(16)))

    assert [hands.put(case, wid, up=up) for up in (False, True, True, False)] == [
        *(False, True, False, True)
    ]
    assert hands.raised == {}


async def test_who_joins_later_sees_the_order_and_who_leaves_gives_up_her_place(
    cast: Cast, ears: Ears
) -> None:
    """The order is of those who are there."""
    held = await hold(cast)
    for client in cast.clients.values():
        await client.leave(held.case)
    elder = await ears.open(cast.clients["elder"].session, held.case, sit=held.sit)
    await ask(elder, Hand(case=held.case, up=1))

    late = await ears.open(cast.clients["csw"].session, held.case, sit=held.sit)
    await shows(late, elder.session.me.wid)
    await elder.close()
    await shows(late)

    assert [note.code for note in late.notices if note.code == "hands"] == ["hands", "hands"]


async def test_who_only_reads_in_the_room_cannot_ask_to_speak(cast: Cast, ears: Ears) -> None:
    """Outside a sitting there is nobody to speak to."""
    held = await hold(cast)
    ear = await ears.open(cast.clients["csw"].session, held.case)

    with pytest.raises(Refused) as refusal:
        await ask(ear, Hand(case=held.case, up=1))

    assert refusal.value.code is Code.NOT_SEATED
