"""What a client makes of rows that are late, hidden or her own: the server is in memory."""

from collections.abc import Awaitable, Coroutine, Generator
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from crypto.errors import Code
from protocol import envelope
from protocol.headers import NoteText
from protocol.shapes import Closed
from protocol.vocabulary import DocClass
from protocol.wire import Frame, Rows
from sdk import seating
from sdk.receipts import verify_head
from sdk.room import Room
from tests.lying import traitor
from tests.lying.arena import Arena
from tests.refusals import code_after

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


def done(arena: Arena, work: Coroutine[Any, Any, T]) -> T:
    """Let somebody do something to its end."""
    return arena.loop.run_until_complete(work)


def refusal(arena: Arena, work: Awaitable[object]) -> Code | None:
    """The code with which something is refused."""
    return done(arena, code_after(work))


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


# --- a roster kept back ------------------------------------------------------------------------


def hide(arena: Arena, *, first: int, last: int) -> None:
    """Of some rows she is shown the place alone, whenever she asks or listens."""

    def hidden(frame: Frame) -> Frame:
        seen = not first <= frame.seq <= last
        return frame if seen else replace(frame, view="skel", bytes=None)

    def bent(answer: Closed) -> Closed:
        assert isinstance(answer, Rows)
        return replace(answer, frames=tuple(hidden(each) for each in answer.frames))

    arena.server.moods[WHO].bends[Rows] = bent
    arena.server.moods[WHO].queue.clear()


def remove_unseen(arena: Arena) -> None:
    """The chair sends somebody away; of her whole batch one member is shown places alone."""
    first = len(arena.line(WHO).rows) + 1
    chair = done(arena, arena.writer("chair"))
    done(arena, seating.remove(chair, [arena.start.town.people["eve"].wid]))
    hide(arena, first=first, last=len(arena.line(WHO).rows))
    done(arena, room_of(arena).fetch())
    assert room_of(arena).state.epoch == arena.line(WHO).room.state.epoch - 1


async def say(arena: Arena, who: str) -> None:
    """Somebody writes into the text of the open item."""
    member = await arena.writer(who)
    doc = arena.document(member.room, DocClass.ITEM)
    await member.note(doc, NoteText(text=arena.word(), fact=True))


def test_a_row_of_a_later_epoch_halts_who_was_not_shown_its_roster(arena: Arena) -> None:
    """She would go on sealing to whoever was removed; the row is kept as the proof."""
    remove_unseen(arena)
    assert room_of(arena).halted is None
    done(arena, say(arena, "chair"))
    done(arena, room_of(arena).fetch())

    assert room_of(arena).halted is Code.FORK_OR_GAP
    [proof] = room_of(arena).session.evidence
    assert proof.code == "FORK_OR_GAP"
    assert bytes(proof.second) == envelope.parse(arena.line(WHO).rows[-1].data).bare()
    assert refusal(arena, say(arena, WHO)) is Code.FORK_OR_GAP
