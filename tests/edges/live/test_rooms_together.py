"""Batches that wait for one room are stored in one call, as if one had come after the other."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from audit.entry import Kind
from conference.store import Change, CommittedRow
from crypto.errors import Code, Refused
from protocol.ids import Blob
from protocol.payloads import Receipt
from protocol.statement import parse
from protocol.wire import Post, Receipted, RowIn
from server.app import system_clock
from server.audience import Audience
from server.live import LiveRooms
from server.service import SERVICE
from tests.edges.live.conftest import Ears
from tests.edges.live.stage import (
    Admin,
    counts,
    entries,
    require_unbroken,
    sealed,
    send,
    unsent,
)
from tests.edges.people import Edge
from tests.edges.sdk.stage import Cast, Held, hold

T = TypeVar("T")


class Calls:
    """Every change that the store of a node was called with."""

    def __init__(self, edge: Edge, patch: pytest.MonkeyPatch) -> None:
        rooms = edge.app[SERVICE].hosts["minato"].rooms
        assert isinstance(rooms, LiveRooms)
        self.rooms = rooms
        self.changes: list[Change] = []
        self.called = asyncio.Event()
        self.refuse_many = False
        self.hold: asyncio.Event | None = None
        self.commit = rooms.desk.cache.store.commit
        patch.setattr(rooms.desk.cache.store, "commit", self._commit)

    async def _commit(self, change: Change) -> list[CommittedRow]:
        self.changes.append(change)
        self.called.set()
        if self.refuse_many and len(change.rows) > 1:
            raise Refused(Code.CONFLICT)
        if self.hold is not None:
            await self.hold.wait()
        return await self.commit(change)

    @property
    def sizes(self) -> list[int]:
        """Rows of each call."""
        return [len(change.rows) for change in self.changes]

    async def waiting(self, held: Held, count: int) -> None:
        """Wait until so many batches wait for the room."""
        async with asyncio.timeout(10):
            while len(self.rooms.posting.queues.get(held.case, ())) < count:  # noqa: ASYNC110 -- a queue tells nobody
                await asyncio.sleep(0.01)

    @asynccontextmanager
    async def turn(self, held: Held) -> AsyncGenerator[None]:
        """Keep the room from everybody for a while."""
        async with self.rooms.desk.cache.turn(held.case):
            yield


@pytest.fixture
def calls(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> Calls:
    """The calls of the node under test."""
    return Calls(edge, monkeypatch)


async def all_of(calls: Calls, held: Held, posts: dict[str, Post]) -> dict[str, Receipt | Code]:
    """Send one batch each, in this order, so that all wait at once; receipts or refusals."""
    tasks: dict[str, asyncio.Task[Receipt | Code]] = {}
    async with calls.turn(held):
        for name, post in posts.items():
            author = held.members[name.rstrip("'")]
            tasks[name] = asyncio.create_task(outcome(send(author, post)))
            await calls.waiting(held, len(tasks))
    return {name: await task for name, task in tasks.items()}


async def outcome(sending: Awaitable[Receipted]) -> Receipt | Code:
    """The promise, or the code of the refusal."""
    try:
        body = parse((await sending).rcpt).body
    except Refused as refusal:
        return refusal.code
    assert isinstance(body, Receipt)
    return body


def promise(value: Receipt | Code) -> Receipt:
    """Demand a receipt."""
    assert isinstance(value, Receipt)
    return value


def place(value: Receipt | Code) -> int:
    """The number of a batch's last row."""
    seq = promise(value).seq
    assert seq is not None
    return seq


def torn(post: Post) -> Post:
    """The same batch with its last bit flipped."""
    row = post.rows[-1]
    bad = RowIn(form=row.form, bytes=Blob(row.bytes[:-1] + bytes([row.bytes[-1] ^ 1])))
    return Post(case=post.case, rows=(*post.rows[:-1], bad), bundles=())


NAMES = ("elder", "csw", "chair", "recorder")


async def test_what_waits_is_stored_in_one_call_and_promised_one_by_one(
    cast: Cast, ears: Ears, admin: Admin, calls: Calls
) -> None:
    """Each author has her own entry, leaf and place; every socket hears all rows in order."""
    held = await hold(cast)
    heard = [await ears.open(client.session, held.case) for client in cast.clients.values()]
    posts = {name: await sealed(held, held.members[name]) for name in NAMES}
    before = held.members["chair"].room.state.seq
    calls.changes.clear()

    receipts = {n: promise(r) for n, r in (await all_of(calls, held, posts)).items()}

    assert calls.sizes == [4]
    assert [receipts[name].seq for name in NAMES] == list(range(before + 1, before + 5))
    leaves = [receipt.leaves.ops for receipt in receipts.values()]
    assert [len(each) for each in leaves] == [1] * 4
    assert len(set(leaves)) == 4
    told = (await entries(admin, Kind.POST))[-4:]
    assert [each["did"] for each in told] == [cast.clients[n].session.me.did for n in NAMES]
    rows = await admin.fetch("SELECT did FROM room.feed ORDER BY seq DESC LIMIT 4")
    assert [row["did"] for row in rows] == [cast.clients[n].session.me.did for n in NAMES[::-1]]
    for ear in heard:
        await ear.reach(before + 4)
        require_unbroken(ear.frames, net=cast.town.council.net, case=held.case)


async def test_a_refused_batch_takes_nobody_with_it(cast: Cast, admin: Admin, calls: Calls) -> None:
    """Those before and after it are stored, and of it nothing."""
    held = await hold(cast)
    posts = {name: await sealed(held, held.members[name]) for name in NAMES[:3]}
    posts["csw"] = torn(posts["csw"])
    before = await counts(admin)
    calls.changes.clear()

    answers = await all_of(calls, held, posts)

    assert answers["csw"] is Code.BAD_SIG
    assert place(answers["chair"]) == place(answers["elder"]) + 1
    assert calls.sizes == [2]
    assert (await counts(admin))["feed"] == before["feed"] + 2


async def test_the_same_batch_twice_at_once_is_stored_once(cast: Cast, calls: Calls) -> None:
    """The second gets the promise of the first."""
    held = await hold(cast)
    post = await sealed(held, held.members["elder"])
    calls.changes.clear()

    answers = await all_of(calls, held, {"elder": post, "elder'": post})

    first, second = promise(answers["elder"]), promise(answers["elder'"])
    assert (first.seq, first.ids, first.fh) == (second.seq, second.ids, second.fh)
    assert calls.sizes == [1]


async def test_what_moves_the_gate_goes_alone(cast: Cast, calls: Calls) -> None:
    """A withdrawal is stored by itself; what comes after it finds a stale room."""
    held = await hold(cast)
    chair = held.members["chair"]
    withdrawal = await unsent(
        chair, lambda: chair.withdraw(held.basis, agencies={cast.aids["csw"]}, cats=None)
    )
    posts = {
        "elder": await sealed(held, held.members["elder"]),
        "chair": withdrawal,
        "csw": await sealed(held, held.members["csw"]),
    }
    calls.changes.clear()

    answers = await all_of(calls, held, posts)

    assert calls.sizes[:2] == [1, 1]
    assert place(answers["elder"]) + 1 == place(answers["chair"])
    assert answers["csw"] is Code.STALE


async def test_a_gate_that_moves_first_lets_nobody_ride_along(cast: Cast, calls: Calls) -> None:
    """Whoever waited behind it is decided anew."""
    held = await hold(cast)
    chair = held.members["chair"]
    withdrawal = await unsent(
        chair, lambda: chair.withdraw(held.basis, agencies={cast.aids["csw"]}, cats=None)
    )
    csw = await sealed(held, held.members["csw"])
    calls.changes.clear()

    answers = await all_of(calls, held, {"chair": withdrawal, "csw": csw})

    assert promise(answers["chair"]).leaves.id
    assert answers["csw"] is Code.STALE
    assert calls.sizes == [1]


async def test_what_cannot_be_stored_together_is_stored_one_by_one(
    cast: Cast, admin: Admin, calls: Calls
) -> None:
    """When PostgreSQL refuses something of a call, nobody else's batch is lost by it."""
    held = await hold(cast)
    posts = {name: await sealed(held, held.members[name]) for name in NAMES}
    before = await counts(admin)
    calls.changes.clear()
    calls.refuse_many = True

    places = [place(each) for each in (await all_of(calls, held, posts)).values()]

    assert sorted(places) == places
    assert (await counts(admin))["feed"] == before["feed"] + 4
    assert calls.sizes[0] == 4
    assert calls.sizes.count(1) == 4


async def test_one_call_stores_no_more_rows_than_one_batch_may_have(
    cast: Cast, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest waits for the next call."""
    held = await hold(cast)
    posts = {name: await sealed(held, held.members[name]) for name in NAMES}
    monkeypatch.setattr("protocol.wire.MAX_BATCH_ROWS", 3)
    calls.changes.clear()

    answers = await all_of(calls, held, posts)

    assert len({place(answers[name]) for name in NAMES}) == 4
    assert calls.sizes == [3, 1]


async def test_whoever_is_cut_off_in_the_middle_leaves_no_one_waiting(
    cast: Cast, calls: Calls
) -> None:
    """The task that stores for all is cancelled: the others are told to ask again, and can."""
    held = await hold(cast)
    posts = {name: await sealed(held, held.members[name]) for name in NAMES[:2]}
    sessions = {
        each.session.actor.did: each.session
        for each in calls.rooms.audience.joined[held.case].values()
    }
    mine = [sessions[cast.clients[name].session.me.did] for name in NAMES[:2]]
    calls.hold = asyncio.Event()
    calls.called.clear()

    async with calls.turn(held):
        first, second = (
            asyncio.create_task(outcome(calls.rooms.posting.post(session, post)))
            for session, post in zip(mine, posts.values(), strict=True)
        )
        await calls.waiting(held, 2)
    async with asyncio.timeout(10):
        await calls.called.wait()
    first.cancel()
    answer = await second
    calls.hold.set()
    again = {name: await outcome(send(held.members[name], post)) for name, post in posts.items()}

    assert answer is Code.UNAVAILABLE
    assert first.cancelled()
    assert place(again["elder"]) + 1 == place(again["csw"])


async def test_a_batch_whose_poster_went_before_its_turn_is_not_stored(
    cast: Cast, admin: Admin, calls: Calls
) -> None:
    """Nobody would be told of it; the next batch finds nothing left over."""
    held = await hold(cast)
    post = await sealed(held, held.members["elder"])
    other = await sealed(held, held.members["csw"])
    did = cast.clients["elder"].session.me.did
    joined = calls.rooms.audience.joined[held.case].values()
    session = next(each.session for each in joined if each.session.actor.did == did)
    before = await counts(admin)

    async with calls.turn(held):
        gone = asyncio.create_task(outcome(calls.rooms.posting.post(session, post)))
        await calls.waiting(held, 1)
        gone.cancel()
        await asyncio.wait({gone})
    assert calls.rooms.posting.queues == {}
    promise(await outcome(send(held.members["csw"], other)))

    assert (await counts(admin))["feed"] == before["feed"] + 1


async def test_what_is_stored_is_promised_although_its_push_failed(
    cast: Cast, ears: Ears, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The author has her receipt, the log a line; the others get the row at the next look."""
    held = await hold(cast)
    ear = await ears.open(cast.clients["csw"].session, held.case)
    post = await sealed(held, held.members["elder"])

    async def fail(*_args: object, **_named: object) -> None:
        raise OSError

    told: list[str] = []

    def warn(event: str, **_named: object) -> None:
        told.append(event)

    with monkeypatch.context() as patch:
        patch.setattr(Audience, "push", fail)
        patch.setattr(calls.rooms.desk.log, "warning", warn)
        made = place(await outcome(send(held.members["elder"], post)))
    heard = [frame.seq for frame in ear.frames]
    await calls.rooms.due(system_clock())
    await ear.reach(made)

    assert made not in heard
    assert told == ["push.failed"]
