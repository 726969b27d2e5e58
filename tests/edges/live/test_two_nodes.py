"""Two server processes over one database, with a real Redis between them."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest

from audit.entry import Kind
from cli.demo.leaks import search
from crypto.errors import Code
from protocol.ids import Hash, Wid
from protocol.payloads import Receipt
from protocol.statement import parse
from protocol.wire import Done, Hand, Receipted
from sdk.member import Member
from sdk.transport import Http
from tests.edges.live.conftest import Ears
from tests.edges.live.people import gather_cast
from tests.edges.live.stage import (
    Admin,
    Ear,
    entries,
    priority,
    require_unbroken,
    sealed,
    section,
    send,
    text,
)
from tests.edges.sdk.stage import Cast, hold, level
from tests.edges.sdk.town import make_town
from tests.faults.processes import Node, RedisServer, Wiretap

WORDS = ("夜眠れないと話している", "訪問を続けることにした")


HexId = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{32}\Z")]


class Ticket(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry by number, and devices by id."""

    entry: int
    to: list[HexId]


class Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ids and numbers, and nothing that could hold anything else."""

    kind: Literal["id", "feed", "gate", "seat", "hand", "resync"]
    case: HexId | None
    seq: int | None
    entries: list[Ticket]
    evicted: list[HexId]
    wid: HexId | None
    up: Literal[0, 1]


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that one message between nodes may say."""

    node: Literal["one", "two"]
    council: HexId
    word: Word


@dataclass(slots=True)
class Pair:
    """Two nodes and what is between them."""

    one: Node
    two: Node
    redis: RedisServer


@pytest.fixture
async def pair(database: str, tmp_path: Path) -> AsyncIterator[Pair]:
    """Node one has the chair and the recorder, node two the others."""
    login = database.replace("//postgres@", "//entaku_node@")
    redis = RedisServer(folder=tmp_path)
    async with AsyncExitStack() as stack:
        await redis.start()
        stack.push_async_callback(redis.kill)
        nodes = [
            Node(
                name=name,
                data=tmp_path / "data",
                log=tmp_path / f"{name}.log",
                database=login,
                origin="http://entaku.test",
                redis=redis.url,
            )
            for name in ("one", "two")
        ]
        for node in nodes:
            await node.start()
            stack.push_async_callback(node.stop)
        yield Pair(nodes[0], nodes[1], redis)


@pytest.fixture
async def cast(pair: Pair, tmp_path: Path) -> AsyncIterator[Cast]:
    """Four people; csw and elder talk to node two."""
    setup = await asyncio.to_thread((pair.one.data / "keys" / "setup").read_text)
    async with Http(url=pair.one.url, slug="minato") as http:
        town = await make_town(http, setup=setup, folder=tmp_path / "vaults")
        people = await gather_cast(town, {"csw": pair.two.url, "elder": pair.two.url})
        yield people
        for client in people.clients.values():
            await client.close()


async def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds that no event of the client tells of."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 -- the client has no event for it
            await asyncio.sleep(0.02)


def presence(member: Member, people: set[Wid]) -> bool:
    """Tell whether a client sees exactly these people live."""
    return member.room.live == people


async def test_what_is_posted_here_arrives_there_whole_for_whom_it_is(
    cast: Cast, ears: Ears, admin: Admin
) -> None:
    """Sections in both directions, everybody present on both nodes, one chain of hashes."""
    held = await hold(cast)
    heard = {
        name: await ears.open(client.session, held.case) for name, client in cast.clients.items()
    }

    everybody = {client.session.me.wid for client in cast.clients.values()}
    for member in held.members.values():
        await eventually(partial(presence, member, everybody))

    here = await held.members["chair"].share(section(held, "c2"), text("一"))
    await level(held.members)
    there = await held.members["elder"].share(section(held, "c6"), text("二"))
    await level(held.members)

    seq = held.members["chair"].room.state.seq
    records = held.members["chair"].room.feed.room.records
    for ear in heard.values():
        await ear.reach(seq)
        require_unbroken(ear.frames, net=cast.town.council.net, case=held.case)
    views = {
        shared.doc: {
            name: ear.view(r.id).view
            for name, ear in heard.items()
            for r in records
            if r.kind == "sum" and r.generation == (shared.doc, 1)
        }
        for shared in (here, there)
    }
    assert views[here.doc] == {"chair": "full", "recorder": "full", "elder": "full", "csw": "bare"}
    assert set(views[there.doc].values()) == {"full"}
    assert await admin.fetchval("SELECT count(DISTINCT node) FROM room.live") == 2


async def test_posters_on_both_nodes_make_one_order(cast: Cast, ears: Ears) -> None:
    """No gap and no duplicate at any socket of either node."""
    held = await hold(cast)
    heard = [await ears.open(each.session, held.case) for each in cast.clients.values()]
    before = held.members["chair"].room.state.seq

    async def post(member: Member) -> list[Hash]:
        return [Hash((await member.act(priority(held, member)))[0]) for _ in range(6)]

    made = await asyncio.gather(*(post(member) for member in held.members.values()))
    for ear in heard:
        await ear.reach(before + 24)
    await level(held.members)

    assert sum(len(each) for each in made) == 24
    assert len({member.room.state.fh for member in held.members.values()}) == 1
    for ear in heard:
        require_unbroken(ear.frames, net=cast.town.council.net, case=held.case)
        order = [frame.id for frame in ear.frames]
        assert all(sorted(mine, key=order.index) == mine for mine in made)


async def test_a_withdrawal_here_cuts_there(
    cast: Cast, ears: Ears, admin: Admin, record_property: Callable[[str, object], None]
) -> None:
    """The devices of the other node are in the entry of the change, and are told at once."""
    held = await hold(cast)
    ear = await ears.open(cast.clients["csw"].session, held.case, sit=held.sit)

    started = time.monotonic()
    await held.members["chair"].withdraw(held.basis, agencies={cast.aids["csw"]}, cats=None)
    await ear.is_cut()
    record_property("cut_ms", round((time.monotonic() - started) * 1000))
    await held.members["elder"].act(priority(held, held.members["elder"]))

    assert ear.gone is not None
    assert ear.gone.code == Code.BASIS_WITHDRAWN
    did = cast.clients["csw"].session.me.did
    logged = [each for each in await entries(admin, Kind.EVICT) if did in each["objects"]]
    assert len(logged) == 1  # by the node that committed it, not once more by hers


async def test_without_redis_nothing_is_lost(cast: Cast, pair: Pair, ears: Ears) -> None:
    """Killed: rows arrive all the same, a little later; back: words flow again."""
    held = await hold(cast)
    chair, ear = held.members["chair"], await ears.open(cast.clients["csw"].session, held.case)

    await pair.redis.kill()
    for _ in range(3):
        await chair.act(priority(held, chair))
    await ear.reach(chair.room.state.seq)
    await pair.redis.start()
    await asyncio.gather(*(chair.act(priority(held, chair)) for _ in range(3)))
    await ear.reach(chair.room.state.seq)
    await level(held.members)

    require_unbroken(ear.frames, net=cast.town.council.net, case=held.case)
    assert ear.frames[-1].seq == chair.room.state.seq


async def test_only_ids_and_numbers_cross_redis(
    cast: Cast, pair: Pair, ears: Ears, tmp_path: Path
) -> None:
    """Everything said to Redis during a sitting is taken down and searched."""
    tap = Wiretap()
    await tap.start(pair.redis)
    held = await hold(cast)
    ear = await ears.open(cast.clients["csw"].session, held.case, sit=held.sit)
    await held.members["elder"].share(section(held, "c2"), text(WORDS[0]))
    await held.members["chair"].share(section(held, "c6"), text(WORDS[1]))
    await held.members["chair"].withdraw(held.basis, agencies={cast.aids["csw"]}, cats=None)
    await ear.is_cut()
    await asyncio.sleep(0.3)
    await tap.stop()

    words = [
        msgspec.json.decode(said.replace(b'\\"', b'"'), type=Said)
        for said in re.findall(rb'"PUBLISH" "entaku" "(.*)"', bytes(tap.heard))
    ]
    assert len(words) > 10
    assert {said.node for said in words} == {"one", "two"}
    assert {said.word.kind for said in words} >= {"feed", "seat"}
    taken = tmp_path / "tap"
    await asyncio.to_thread(taken.write_bytes, bytes(tap.heard))
    secret = [*WORDS, "美佐江", "今後の支援", "recorder"]
    assert await asyncio.to_thread(search, secret[:2], [taken]) == []
    tokens = [client.session.council.http.token or "" for client in cast.clients.values()]
    assert all(token and token.encode() not in tap.heard for token in tokens)
    assert all(word.encode() not in tap.heard for word in secret)


async def test_a_node_that_is_behind_answers_as_the_other_did(
    cast: Cast, pair: Pair, admin: Admin
) -> None:
    """Without a word from it: the same promise for the same batch, and the bytes of its row."""
    held = await hold(cast)
    elder, csw = held.members["elder"], cast.clients["csw"].session
    await level(held.members)
    post = await sealed(held, elder)
    await pair.redis.kill()
    async with Http(url=pair.one.url, slug="minato") as elsewhere:
        elsewhere.token = elder.room.session.council.http.token
        path = f"cases/{held.case.hex()}/post"

        first = await elsewhere.post_once(path, post, Receipted)
        second = await send(elder, post)

    promises = [parse(each.rcpt).body for each in (first, second)]
    assert all(isinstance(each, Receipt) for each in promises)
    one, two = (each for each in promises if isinstance(each, Receipt))
    assert (one.seq, one.fh, one.ids, one.leaves) == (two.seq, two.fh, two.ids, two.leaves)
    assert await admin.fetchval("SELECT count(*) FROM room.feed WHERE id = $1", one.ids[0]) == 1
    newer = await held.members["chair"].act(priority(held, held.members["chair"]))
    served = await csw.read(held.case, "view", [Hash(newer[0])])
    assert [frame.view for frame in served.frames] == ["full"]


def shows(ear: Ear, wids: str) -> bool:
    """Tell whether somebody was told of these hands."""
    return any(notice.facts.get("wids") == wids for notice in ear.notices)


async def test_a_hand_raised_here_is_seen_there(cast: Cast, ears: Ears) -> None:
    """The other node tells its own sockets."""
    held = await hold(cast)
    heard = {
        name: await ears.open(each.session, held.case, sit=held.sit)
        for name, each in cast.clients.items()
    }
    asker = heard["elder"]
    assert asker.socket is not None

    await asker.socket.call("hand", Hand(case=held.case, up=1), Done)

    wids = asker.session.me.wid.hex()
    for ear in heard.values():
        await ear.until(partial(shows, ear, wids))
    assert all(ear.gone is None for ear in heard.values())
