"""What a client makes of rows that are late, hidden or her own: the server is in memory."""

from collections.abc import Awaitable, Generator
from typing import TypeVar

import pytest

from crypto.errors import Code, Refused
from protocol.shapes import Closed
from protocol.wire import Rows
from sdk.receipts import verify_head
from sdk.room import Room
from tests.lying import traitor
from tests.lying.arena import Arena

T = TypeVar("T")
WHO = "elder"


@pytest.fixture
def arena() -> Generator[Arena]:
    """A sitting that has begun, and one of its members looking at it."""
    made = Arena()
    try:
        done(made, made.member(WHO))
        yield made
    finally:
        made.close()


def done(arena: Arena, work: Awaitable[T]) -> T:
    """Let somebody do something to its end."""
    return arena.loop.run_until_complete(_awaited(work))


async def _awaited(work: Awaitable[T]) -> T:
    return await work


def refusal(arena: Arena, work: Awaitable[object]) -> Code | None:
    """The code with which something is refused."""
    try:
        done(arena, work)
    except Refused as refused:
        return refused.code
    return None


def room_of(arena: Arena, who: str = WHO) -> Room:
    """Somebody's room as she holds it."""
    room = arena.people[who].room(arena.start.case)
    assert room is not None
    return room


# --- a head that is ahead ----------------------------------------------------------------------


def hear_of_a_row(arena: Arena, data: bytes) -> None:
    """A row is committed, and its head is heard before it."""
    line, room = arena.line(WHO), room_of(arena)
    stored = arena.insert(line, "env", data)
    raw = arena.server.head(line, stored.row.seq)
    council = room.session.council
    room.feed.hear_head(verify_head(raw, root=council.root(), net=council.net), raw)


def hear_meanwhile(arena: Arena) -> None:
    """The same while her next answer is under way, which was given before."""
    data = done(arena, traitor.words(arena, arena.line(WHO), 0))

    def given_before(answer: Closed) -> Closed:
        hear_of_a_row(arena, data)
        return answer

    arena.server.moods[WHO].bends[Rows] = given_before


def test_a_head_heard_while_rows_are_on_their_way_is_no_gap(arena: Arena) -> None:
    """What it names comes with the next answer."""
    hear_meanwhile(arena)

    assert refusal(arena, room_of(arena).fetch()) is None
    assert room_of(arena).state.seq == len(arena.line(WHO).rows)


def test_a_row_that_was_signed_and_does_not_come_is_a_gap(arena: Arena) -> None:
    """Heard before the question, or while its answer was under way: it is asked for once more."""
    room, line = room_of(arena), arena.line(WHO)
    arena.server.moods[WHO].rows = room.state.seq
    hear_meanwhile(arena)

    assert refusal(arena, room.fetch()) is Code.FORK_OR_GAP
    assert refusal(arena, room.fetch()) is Code.FORK_OR_GAP
    assert room.state.seq == len(line.rows) - 1
    arena.server.moods[WHO].rows = None
    assert refusal(arena, room.fetch()) is None
