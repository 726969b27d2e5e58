"""What is shared reaches whom it is for, once, in order, and as the log says."""

import asyncio
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from audit.entry import Kind
from conference.store import Change, CommittedRow
from crypto.errors import Code, Refused
from protocol import codec
from protocol.ids import Blob, Hash
from protocol.ops import Facts, SeatInv
from protocol.payloads import Receipt
from protocol.statement import parse
from protocol.vocabulary import Cap, Duty, SeatAnswer
from protocol.wire import Names, Post, Receipted, RowIn
from sdk import seating
from sdk.member import Member
from sdk.opening import Words
from server.app import create_app
from server.live import LiveRooms
from server.ports import Announcement, Named
from server.posting import ATTEMPTS
from server.service import SERVICE
from server.settings import Settings
from tests.edges.live.conftest import Ears
from tests.edges.live.stage import (
    Admin,
    counts,
    entries,
    priority,
    record,
    require_unbroken,
    section,
    send,
    text,
)
from tests.edges.people import ORIGIN, Edge
from tests.edges.sdk.stage import Cast, Held, hold, level


def receipt(answer: Receipted) -> Receipt:
    """The promise in an answer."""
    body = parse(answer.rcpt).body
    assert isinstance(body, Receipt)
    return body


def live(edge: Edge) -> LiveRooms:
    """The rooms inside the node."""
    rooms = edge.app[SERVICE].hosts["minato"].rooms
    assert isinstance(rooms, LiveRooms)
    return rooms


async def test_a_section_for_few_goes_whole_to_the_devices_its_entry_names(
    cast: Cast, ears: Ears, admin: Admin
) -> None:
    """The others get its place or its public part; the chain of hashes is whole for everybody."""
    held = await hold(cast)
    heard = {
        name: await ears.open(client.session, held.case) for name, client in cast.clients.items()
    }

    for_few = await held.members["elder"].share(section(held, "c2"), text("夜眠れない"))
    for_all = await held.members["chair"].share(section(held, "c6"), text("訪問する"))
    await level(held.members)
    seq = held.members["chair"].room.state.seq

    for ear in heard.values():
        await ear.reach(seq)
        require_unbroken(ear.frames, net=cast.town.council.net, case=held.case)
    assert for_few.audience is not None
    assert for_all.audience is None
    records = held.members["chair"].room.feed.room.records
    tickets = await admin.fetch("SELECT seq, kind, entry_id FROM room.feed ORDER BY seq")
    named = {each["id"]: each["to_dids"] for each in await entries(admin, Kind.POST)}
    pushed = [
        one for one in tickets if one["seq"] > seq - 8 and one["kind"] in {"sum", "dk", "grant"}
    ]
    assert {one["kind"] for one in pushed} == {"sum", "dk", "grant"}
    for one in pushed:
        to = named[one["entry_id"]]
        for name, ear in heard.items():
            did = cast.clients[name].session.me.did
            whole = did in {to[k : k + 16] for k in range(0, len(to), 16)}
            frame = ear.view(records[int(one["seq"]) - 1].id)
            assert (frame.view == "full") == whole
            assert frame.view != "skel" or frame.bytes is None
    few = next(r for r in records if r.kind == "sum" and r.generation == (for_few.doc, 1))
    views = {name: ear.view(few.id).view for name, ear in heard.items()}
    assert views == {"chair": "full", "recorder": "full", "csw": "bare", "elder": "full"}


async def test_without_a_ticket_nobody_is_shown_ciphertext_or_sealed_keys(
    cast: Cast, ears: Ears
) -> None:
    """Who joins later gets statements and public parts; a grant to her shows that it is there."""
    held = await hold(cast)
    await held.members["elder"].share(section(held, "c2"), text("夜眠れない"))
    await level(held.members)
    records = held.members["chair"].room.feed.room.records

    late = {name: await ears.open(each.session, held.case) for name, each in cast.clients.items()}

    for ear in late.values():
        assert all(frame.view != "full" for frame in ear.frames if frame.form == "env")
        grants = [frame for frame in ear.frames if records[frame.seq - 1].kind == "grant"]
        assert grants
        assert all(frame.bytes is None for frame in grants)
        mine = {
            r.id for r in records if r.kind == "grant" and ear.session.me.did in {r.to, r.author}
        }
        assert {frame.id for frame in grants if frame.view == "bare"} == mine


async def test_every_receipt_is_kept_by_the_logs(cast: Cast) -> None:
    """The leaves that the receipts of a sitting name are found in both logs."""
    held = await hold(cast)
    await held.members["chair"].withdraw(held.basis, agencies=None, cats={"c2"})

    async with asyncio.timeout(10):
        for client in cast.clients.values():
            while client.session.vault.contents.receipts:
                await client.session.redeem()
                await asyncio.sleep(0.1)

    assert all(not c.session.vault.contents.receipts for c in cast.clients.values())


async def test_the_same_batch_again_gets_the_same_promise(cast: Cast, admin: Admin) -> None:
    """From the same device; from another it is refused, and nothing is stored in either case."""
    held = await hold(cast)
    elder, csw = held.members["elder"], held.members["csw"]
    sent = record(elder)
    await elder.act(priority(held, elder))
    before = await counts(admin)

    first, second = receipt(await send(elder, sent[0])), receipt(await send(elder, sent[0]))
    with pytest.raises(Refused) as foreign:
        await send(csw, sent[0])

    same = ("seq", "ids", "fh", "idn", "leaves", "iat")
    assert [getattr(first, each) for each in same] == [getattr(second, each) for each in same]
    assert first.seq == elder.room.state.seq
    assert foreign.value.code is Code.FORBIDDEN
    assert await counts(admin) == before


async def test_a_batch_with_one_bad_row_leaves_nothing(
    cast: Cast, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The good rows before it are not stored either; the author goes on as if nothing was."""
    held = await hold(cast)
    elder = held.members["elder"]
    before = await counts(admin)

    async def torn(post: Post) -> Receipted:
        good, last = post.rows
        bad = RowIn(form=last.form, bytes=Blob(last.bytes[:-1] + bytes([last.bytes[-1] ^ 1])))
        return await send(elder, Post(case=post.case, rows=(good, bad), bundles=()))

    async def doubled(post: Post) -> Receipted:
        return await send(elder, Post(case=post.case, rows=post.rows[:1] * 2, bundles=()))

    codes: list[Code] = []
    for deliver in (torn, doubled):
        monkeypatch.setattr(elder, "deliver", deliver)
        with pytest.raises(Refused) as refusal:
            await elder.act(priority(held, elder), priority(held, elder))
        codes.append(refusal.value.code)
        monkeypatch.undo()
    refused = await counts(admin)
    await elder.act(priority(held, elder))

    assert codes == [Code.BAD_SIG, Code.REPLAY]
    assert refused == before
    assert (await counts(admin))["feed"] == before["feed"] + 1


async def four_more(cast: Cast, held: Held) -> None:
    """Seat four more people of the third agency."""
    chair = held.members["chair"]
    clients = {name: await cast.bring(name, cast.aids["elder"], Cap.MEMBER) for name in "abcd"}
    wids = {name: client.session.me.wid for name, client in clients.items()}
    invited = [SeatInv(sit=held.sit, wid=w, duty=Duty.MEMBER, late=1) for w in wids.values()]
    steps: list[tuple[Facts, Words]] = [(each, {}) for each in invited]
    await chair.act(*steps)
    for client in clients.values():
        await seating.answer_seat(client.session, held.case, held.sit, ans=SeatAnswer.ACCEPT)
    await chair.room.fetch()
    await seating.add(chair, [seating.Row(wid=wid) for wid in wids.values()])
    for name, client in clients.items():
        held.members[name] = await client.join(held.case, held.sit)
    await level(held.members)
    for member in held.members.values():
        await member.room.open_keys()
        await member.room.confirm_changes()


async def test_eight_posters_at_once_make_one_order(cast: Cast, ears: Ears) -> None:
    """No gap and no duplicate at any socket, and every author's rows in her own order."""
    held = await hold(cast)
    await four_more(cast, held)
    heard = [await ears.open(client.session, held.case) for client in cast.clients.values()]
    before = held.members["chair"].room.state.seq

    async def post(member: Member) -> list[Hash]:
        return [Hash((await member.act(priority(held, member)))[0]) for _ in range(6)]

    made = await asyncio.gather(*(post(member) for member in held.members.values()))
    total = sum(len(each) for each in made)
    for ear in heard:
        await ear.reach(before + total)
    await level(held.members)

    assert total == 48
    for ear in heard:
        require_unbroken(ear.frames, net=cast.town.council.net, case=held.case)
        order = [frame.id for frame in ear.frames]
        assert all(sorted(mine, key=order.index) == mine for mine in made)
    assert all(member.room.feed.flawed == [] for member in held.members.values())


async def test_a_room_that_moves_under_every_decision_is_a_conflict(
    cast: Cast, edge: Edge, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else is faster each time: nothing is stored, and the next try goes through."""
    held = await hold(cast)
    elder = held.members["elder"]
    before = await counts(admin)
    store = live(edge).desk.cache.store
    commit, tries = store.commit, list[int]()

    async def late(change: Change) -> list[CommittedRow]:
        tries.append(1)
        await admin.execute("UPDATE room.room SET gate = gate + 1")
        return await commit(change)

    with monkeypatch.context() as patch:
        patch.setattr(store, "commit", late)
        with pytest.raises(Refused) as refusal:
            await elder.act(priority(held, elder))
    after = await counts(admin)
    await elder.act(priority(held, elder))

    assert refusal.value.code is Code.CONFLICT
    assert len(tries) == ATTEMPTS
    assert after == before
    assert (await counts(admin))["feed"] == before["feed"] + 1


async def test_after_a_break_a_socket_resumes_from_any_row(
    cast: Cast, ears: Ears, admin: Admin
) -> None:
    """T20: whatever number she asks from, each later row comes once and in order."""
    held = await hold(cast)
    chair, session = held.members["chair"], cast.clients["csw"].session
    ear = await ears.open(session, held.case)
    await ear.close()
    for _ in range(3):
        await chair.act(priority(held, chair))
    last = chair.room.state.seq

    for start in (1, 2, last // 2, last - 3, last, last + 1):
        again = await ears.open(session, held.case, start=start)
        await chair.act(priority(held, chair))
        await again.reach(chair.room.state.seq)
        require_unbroken(again.frames, net=cast.town.council.net, case=held.case, start=start)
        assert again.frames[-1].seq == chair.room.state.seq
        await again.close()

    await asyncio.sleep(0.3)
    mine = {
        name: await entries(admin, kind) for name, kind in (("in", Kind.JOIN), ("out", Kind.LEAVE))
    }
    did = session.me.did
    joins, leaves = (sum(e["did"] == did for e in mine[each]) for each in ("in", "out"))
    assert joins == leaves + 1  # her client still listens


async def test_a_client_that_lost_its_line_comes_back_level(cast: Cast, edge: Edge) -> None:
    """T20: the server ends her socket; rows written meanwhile are there once, in order."""
    held = await hold(cast)
    csw, chair = held.members["csw"], held.members["chair"]

    for sid, each in list(live(edge).audience.joined[held.case].items()):
        if each.session.actor.did == cast.clients["csw"].session.me.did:
            await edge.app[SERVICE].sockets.close(sid, Code.UNAVAILABLE)
    for _ in range(3):
        await chair.act(priority(held, chair))
    await level(held.members)

    assert csw.room.state.fh == chair.room.state.fh
    assert [r.seq for r in csw.room.feed.room.records] == list(range(1, csw.room.state.seq + 1))


async def test_a_node_that_knows_no_room_yet_tells_colleagues_names(
    cast: Cast, database: str, tmp_path: Path
) -> None:
    """Who shares a room is found in the database, not in what a node happens to hold."""
    await hold(cast)
    csw, elder = cast.clients["csw"].session, cast.clients["elder"].session.me.wid
    settings = Settings(data=tmp_path, origin=ORIGIN, node="two", log_level="error")
    app = await create_app(settings, dsn=database.replace("//postgres@", "//entaku_node@"))
    headers = {"Authorization": f"Bearer {csw.council.http.token}"}

    async with TestClient(TestServer(app)) as client:
        path = f"/v1/minato/names?w={elder.hex()}"
        async with client.get(path, headers=headers) as reply:
            names = codec.decode(await reply.read(), Names)

    assert [row.name for row in names.names] == ["elder"]


async def test_a_word_whose_ticket_is_dead_ends_nothing(cast: Cast, edge: Edge, ears: Ears) -> None:
    """The node goes on hearing the others, and its sockets go on hearing the room."""
    held = await hold(cast)
    chair = held.members["chair"]
    ear = await ears.open(cast.clients["csw"].session, held.case)
    dead = Named(entry=1, to=(cast.clients["csw"].session.me.did,))

    await live(edge).announced(Announcement(kind="feed", case=held.case, seq=9, entries=(dead,)))
    await chair.act(priority(held, chair))

    await ear.reach(chair.room.state.seq)
    require_unbroken(ear.frames, net=cast.town.council.net, case=held.case)
