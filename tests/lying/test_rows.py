"""What a client makes of rows that are late, hidden or her own: the server is in memory."""

import asyncio
from collections.abc import Awaitable, Coroutine, Generator
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from conference.content import Sealed, parse_full
from consent import register
from crypto.errors import Code, Refused
from protocol import envelope
from protocol.headers import NoteText
from protocol.shapes import Closed
from protocol.vocabulary import DocClass
from protocol.wire import Frame, Post, Receipted, Rows, Served
from sdk import seating
from sdk.client import Client, Happening
from sdk.receipts import verify_head
from sdk.room import Room
from sdk.transport import ATTEMPTS
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


# --- sent again ----------------------------------------------------------------------------------


def lose(arena: Arena, *, answers: bool) -> list[Post]:
    """Her words do not arrive, or their answer does not; gives all that arrives from now on."""
    arrived: list[Post] = []
    took, mood = arena.server.posted, arena.server.moods[WHO]

    def posted(name: str, post: Post) -> None:
        took(name, post)
        if name == WHO:
            arrived.append(post)

    arena.server.posted = posted
    done(arena, arena.writer(WHO))
    mood.mute, mood.deaf = (ATTEMPTS, 0) if answers else (0, ATTEMPTS)
    assert refusal(arena, say(arena, WHO)) is Code.UNAVAILABLE
    return arrived


async def remove(arena: Arena) -> None:
    """The chair sends somebody away, and everybody learns of it."""
    member = await arena.writer("chair")
    await seating.remove(member, [arena.start.town.people["eve"].wid])
    await room_of(arena).fetch()


def test_what_was_sealed_before_a_removal_is_not_sent_after_it(arena: Arena) -> None:
    """The words are sealed anew, for those who are there."""
    arrived, dropped = lose(arena, answers=False), list[str]()
    assert len(room_of(arena).session.vault.contents.unsent) == 1
    done(arena, remove(arena))
    done(arena, arena.member(WHO)).on_dropped = lambda: dropped.append(WHO)
    done(arena, say(arena, WHO))

    [post] = arrived
    [content] = [parse_full(row.form, row.bytes) for row in post.rows if row.form == "env"][-1:]
    assert isinstance(content, Sealed)
    assert content.header.e == room_of(arena).state.epoch
    assert room_of(arena).session.vault.contents.unsent == ()
    assert dropped == [WHO]  # she is told that the first words were not sent


def test_a_client_says_in_which_room_something_was_dropped(arena: Arena) -> None:
    """Nobody asked for it, so it comes by itself."""
    told: list[Happening] = []
    client = Client(room_of(arena).session, register=register.load(), happened=told.append)
    client.member(arena.start.case).on_dropped()

    assert told == [Happening(what="dropped", case=arena.start.case)]


def test_nor_what_was_sealed_before_a_revocation_that_nobody_mended_yet(arena: Arena) -> None:
    """The room is stale: the next roster will lose somebody."""
    arrived = lose(arena, answers=False)
    arena.revoke(arena.line(WHO), "eve")
    member = done(arena, arena.member(WHO))
    done(arena, member.room.session.sync())
    done(arena, member.room.complete())
    assert member.room.is_stale()
    done(arena, member.resume())

    assert arrived == []
    assert member.room.session.vault.contents.unsent == ()


def test_what_was_accepted_before_a_removal_still_gets_its_receipt(arena: Arena) -> None:
    """It stands in the feed: sending it again tells nobody anything."""
    arrived = lose(arena, answers=True)
    done(arena, remove(arena))
    kept = len(room_of(arena).session.vault.contents.receipts)
    member, dropped = done(arena, arena.member(WHO)), list[str]()
    member.on_dropped = lambda: dropped.append(WHO)
    done(arena, member.resume())

    assert (len(set(arrived)), dropped) == (1, [])
    contents = member.room.session.vault.contents
    assert (len(contents.unsent), len(contents.receipts)) == (0, kept + 1)


def test_what_stands_is_not_said_to_be_lost(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the server refuses to give its receipt again."""
    lose(arena, answers=True)
    member, dropped = done(arena, arena.member(WHO)), list[str]()
    member.on_dropped = lambda: dropped.append(WHO)

    async def refuse(_post: Post) -> Receipted:
        raise Refused(Code.NOT_MEMBER)

    monkeypatch.setattr(member, "deliver", refuse)
    done(arena, member.resume())

    assert (member.room.session.vault.contents.unsent, dropped) == ((), [])


def test_a_room_that_halted_sends_nothing_again(arena: Arena) -> None:
    """What has no answer waits until the contradiction is cleared up."""
    arrived = lose(arena, answers=False)
    member = done(arena, arena.member(WHO))
    member.room.halted = Code.EQUIVOCATION
    done(arena, member.resume())

    assert arrived == []
    assert len(member.room.session.vault.contents.unsent) == 1


def test_no_bundle_is_reported_of_an_epoch_that_nobody_made(arena: Arena) -> None:
    """Neither does she send it, nor would the server take it."""
    member = done(arena, arena.writer(WHO))
    epoch = member.room.state.epoch

    assert refusal(arena, member.report_bundle(epoch + 1)) is Code.UNKNOWN_ID
    assert refusal(arena, member.report_bundle(epoch)) is None


# --- bundles -------------------------------------------------------------------------------------


def keep_bundles_back(arena: Arena) -> None:
    """Her next answer holds no bundle."""

    def without(answer: Closed) -> Closed:
        assert isinstance(answer, Served)
        return replace(answer, bundles=())

    arena.server.moods[WHO].bends[Served] = without


def test_a_bundle_that_was_kept_back_is_asked_for_again(arena: Arena) -> None:
    """After a while, and not each time that something happens; then the epoch is as any other."""
    room, n = room_of(arena), room_of(arena).state.epoch + 1
    done(arena, remove(arena))
    keep_bundles_back(arena)
    done(arena, room.open_keys())
    assert (n in room.epochs, room.bad_epochs) == (False, {n})
    entries = len(arena.server.ops)
    done(arena, room.open_keys())
    assert len(arena.server.ops) == entries
    assert refusal(arena, say(arena, WHO)) is Code.BAD_BUNDLE
    done(arena, asyncio.sleep(10))
    done(arena, room.open_keys())

    assert (n in room.epochs, room.bad_epochs) == (True, set())
    assert room.flaws == {}
    assert refusal(arena, say(arena, WHO)) is None


def test_one_that_does_not_open_is_not(arena: Arena) -> None:
    """Its roster commits to these bytes: no others will come."""
    room, n = room_of(arena), room_of(arena).state.epoch + 1
    done(arena, traitor.roster(arena, arena.line(WHO), 4))
    done(arena, room.fetch())
    done(arena, room.open_keys())
    entries = len(arena.server.ops)
    done(arena, asyncio.sleep(60))
    done(arena, room.open_keys())

    assert len(arena.server.ops) == entries
    assert room.bad_epochs == {n}
    assert list(room.flaws.values()) == [Code.BAD_BUNDLE]
