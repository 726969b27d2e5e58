"""A writer and her room: what stops her, what is sent again, and what a receipt must say."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from consent.register import load
from crypto.errors import Code, Refused
from protocol import codec
from protocol.derived import feed_start
from protocol.ids import Blob, CaseId, Digest, Eid, Hash, RowHash
from protocol.may_write import Writing
from protocol.payloads import Head, LeafHashes, Receipt
from protocol.statement import to_dsse
from protocol.wire import Post, Rows
from sdk import writer as writers
from sdk.contents import ChainHead, Contents, RoomKeys, Unsent
from sdk.draft import Draft
from sdk.room import Room
from sdk.writer import ATTEMPTS, Build, T, Writer
from tests.refusals import code_after
from tests.room import Case
from tests.rules.answers import Answer, Answers, council_of
from tests.rules.signed_in import identity_of, session_of
from tests.world import Staff, World, council, hash32, id16

CASE = CaseId(id16("a case"))
REGISTER = load()
FH = RowHash(Hash(hash32("fh")))
OTHER = RowHash(Hash(hash32("other")))
IDS = [Hash(hash32("row"))]


class Stopped(Writer):
    """A writer whose batches are all refused with one code."""

    code = Code.STALE
    freshened = 0

    async def _write(self, build: Build[T], writing: Writing) -> T:  # noqa: ARG002 -- none is built
        await asyncio.sleep(0)
        raise Refused(self.code)

    async def _freshen(self) -> None:
        await asyncio.sleep(0)
        self.freshened += 1

    async def _wait_for_turn(self) -> None:
        await asyncio.sleep(0)

    def _may_mend(self) -> bool:
        return True


class Open(Writer):
    """A writer that tells what it would do."""

    async def write(self) -> None:
        """Write nothing."""
        await self._write(nothing, Writing.CONTENT)

    async def settle(self, raw: bytes) -> None:
        """Take a receipt for the row."""
        await self._settled(raw, Post(case=CASE, rows=(), bundles=()), IDS, None)


async def nothing(_: Draft) -> None:
    """Add no row."""
    await asyncio.sleep(0)


async def done() -> None:
    """Do nothing."""
    await asyncio.sleep(0)


async def forever(_: object) -> None:
    """Wait for what never comes."""
    await asyncio.Event().wait()


def room_of(world: World, unsent: tuple[Unsent, ...] = (), **facts: object) -> Room:
    """A room in which nothing is left to say."""
    council = council_of(world, {f"cases/{CASE.hex()}/post": [Code.UNAVAILABLE]})
    assert isinstance(council.http, Answers)
    made: Any = SimpleNamespace(
        case=CASE,
        own={},
        session=SimpleNamespace(
            council=council, sync=done, vault=SimpleNamespace(contents=Contents(unsent=unsent))
        ),
        feed=SimpleNamespace(evidence=None),
        open=done,
        open_keys=done,
        require_pins=lambda: None,
        is_stale=lambda: True,
        until=forever,
        footing=lambda: SimpleNamespace(halted=None),
        **facts,
    )
    return cast("Room", made)


@pytest.fixture
def world() -> World:
    """A council."""
    return World()


@pytest.mark.parametrize(("code", "freshened"), [(Code.STALE, ATTEMPTS - 1), (Code.FORBIDDEN, 0)])
async def test_a_batch_is_made_anew_only_for_a_room_that_moved_on(
    world: World, code: Code, freshened: int
) -> None:
    """So many times, and not for any other refusal."""
    writer = Stopped(room_of(world))
    writer.code = code

    assert await code_after(writer.submit(nothing)) is code
    assert writer.freshened == freshened


async def test_who_may_not_mend_is_not_asked_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a lost race is run again; and nobody waits for ever."""
    monkeypatch.setattr(writers, "_PATIENCE", 0.01)
    writer = Stopped(room_of(world))
    writer.code = Code.FORBIDDEN
    assert await code_after(writer.mend()) is Code.FORBIDDEN

    writer.code = Code.CONFLICT
    assert await code_after(writer.mend()) is Code.STALE


async def test_a_batch_without_an_answer_is_kept(world: World) -> None:
    """The server is away: nothing is given up."""
    post = Post(case=CASE, rows=(), bundles=())
    unsent = (Unsent(case=CASE, post=Blob(codec.encode(post))),)

    assert await code_after(Writer(room_of(world, unsent)).resume()) is Code.UNAVAILABLE


@pytest.mark.parametrize("first", [True, False])
async def test_pins_and_gate_come_before_the_draft(
    world: World, monkeypatch: pytest.MonkeyPatch, *, first: bool
) -> None:
    """Neither is left out."""

    def no(*_: object) -> None:
        raise Refused(Code.FORBIDDEN)

    def yes(*_: object) -> None:
        """Let her."""

    def empty(_: object) -> object:
        return SimpleNamespace(rows=())

    room = room_of(world)
    monkeypatch.setattr(room, "require_pins", no if first else yes)
    monkeypatch.setattr(writers, "may_write", yes if first else no)
    monkeypatch.setattr(Writer, "_draft", empty)

    assert await code_after(Open(room).write()) is Code.FORBIDDEN


@pytest.mark.parametrize(
    ("case", "ids", "seq", "fh", "code"),
    [
        (CASE, [hash32("x")], 1, FH, Code.EQUIVOCATION),
        (CaseId(id16("x")), IDS, 1, FH, Code.EQUIVOCATION),
        (CASE, IDS, None, FH, Code.BAD_J1),
        (CASE, IDS, 1, None, Code.BAD_J1),
    ],
    ids=["other rows", "other case", "no place", "no hash"],
)
async def test_a_receipt_is_for_what_was_sent(
    world: World, case: CaseId, ids: list[Hash], seq: int | None, fh: RowHash | None, code: Code
) -> None:
    """Its rows, in this room, at a place."""
    base = world.base()
    made = world.sign(
        Receipt(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            case=case,
            seq=seq,
            ids=tuple(Digest(each) for each in ids),
            fh=fh,
            idn=1,
            leaves=LeafHashes(id=(), ops=()),
        ),
        world.srv_key,
    )
    raw = to_dsse(made, world.claimed(made))

    assert await code_after(Open(room_of(world)).settle(raw)) is code


# --- pins ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kept", "chain", "code"),
    [
        (RoomKeys(case=CASE, n=1, seq=1, fh=FH), None, None),
        (RoomKeys(case=CASE, seq=2), None, Code.ROLLBACK),
        (RoomKeys(case=CASE, n=2), None, Code.ROLLBACK),
        (RoomKeys(case=CASE, seq=1, fh=OTHER), None, Code.EQUIVOCATION),
        (RoomKeys(case=CASE), 1, Code.ROLLBACK),
        (RoomKeys(case=CASE, chain=ChainHead(n=1, eid=Eid(IDS[0]))), 2, Code.ROLLBACK),
        (RoomKeys(case=CASE, chain=ChainHead(n=2, eid=Eid(IDS[0]))), 2, None),
    ],
    ids=["same", "fewer rows", "fewer epochs", "other row", "no chain", "shorter", "as long"],
)
def test_a_room_does_not_go_back(kept: RoomKeys, chain: int | None, code: Code | None) -> None:
    """Rows, epochs, the row that was pinned, and my own chain; each by itself."""
    chains = {} if chain is None else {"me": (chain, IDS[0])}
    held: Any = SimpleNamespace(
        case=CASE,
        halted=None,
        session=SimpleNamespace(
            vault=SimpleNamespace(contents=Contents(rooms=(kept,))), me=SimpleNamespace(did="me")
        ),
        state=SimpleNamespace(seq=1, epoch=1, fhs=[FH, FH], chains=chains),
    )

    found = None
    try:
        Room.require_pins(held)
    except Refused as refused:
        found = refused.code

    assert found is code


async def test_a_head_speaks_of_this_room(world: World) -> None:
    """Another room's is signed just as well."""
    base = world.base()
    body = Head(
        net=base.net, nce=base.nce, iat=base.iat, case=CaseId(id16("x")), seq=0, fh=FH, idn=1
    )
    made = world.sign(body, world.srv_key)
    held: Any = SimpleNamespace(case=CASE, session=SimpleNamespace(council=council_of(world, {})))

    raw = to_dsse(made, world.claimed(made))

    assert await code_after(Room.hear_head(held, raw)) is Code.WRONG_PLACE


# --- a room on this device -------------------------------------------------------------------


def held(world: World, person: Staff, *heads: int, kept: RoomKeys | None = None) -> Room:
    """Her room, of which the server signs heads and sends no row."""
    rows: list[Answer] = [Rows(frames=(), head=head_of(world, seq)) for seq in heads]
    rows += [rows[-1]] * 5 if rows else []
    council = council_of(world, {f"cases/{CASE.hex()}/rows": [*rows, Code.RATE_LIMITED]})
    contents = Contents(identity=identity_of(person), rooms=() if kept is None else (kept,))
    return Room(session_of(council, person, contents), CASE, register=REGISTER)


def head_of(world: World, seq: int) -> Blob:
    """A head of the room before its first row, or of more than that."""
    base = world.base()
    fh = feed_start(net=world.net, case=CASE) if seq == 0 else FH
    made = world.sign(
        Head(net=base.net, nce=base.nce, iat=base.iat, case=CASE, seq=seq, fh=RowHash(fh), idn=1),
        world.srv_key,
    )
    return Blob(to_dsse(made, world.claimed(made)))


@pytest.fixture
def person(world: World) -> Staff:
    """Somebody of an agency."""
    world.agency("A03")
    return world.staff("elder", "A03")


async def test_rows_that_a_head_names_have_to_come(world: World, person: Staff) -> None:
    """A server that signs a head and sends no row is not asked for ever."""
    assert await code_after(held(world, person, 0).fetch()) is None
    assert await code_after(held(world, person, 2).fetch()) is Code.FORK_OR_GAP


async def test_a_room_is_opened_only_as_far_on_as_it_was(world: World, person: Staff) -> None:
    """Its pins are compared with the rows that came, before any key is opened."""
    kept = RoomKeys(case=CASE, seq=3)

    assert await code_after(held(world, person, 0).open()) is None
    assert await code_after(held(world, person, 0, kept=kept).open()) is Code.ROLLBACK


def test_a_room_is_stale_once_somebody_in_it_may_not_stay() -> None:
    """Not before, and not before there is a roster."""
    c = council()
    k = Case(world=c.world, creator=c.chair)
    assert k.create(c.recorder, bases=[k.consent()]) is None
    room: Any = held(c.world, c.chair)
    assert not room.is_stale()
    room.feed = SimpleNamespace(room=k.room, state=k.state)
    assert not room.is_stale()

    c.world.revoke_worker(c.recorder)
    assert room.is_stale()
