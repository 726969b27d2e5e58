"""Two things at once: whichever comes first, what stands afterwards is lawful, and so is the log.

Each race is begun by tasks that wait for one event, and is run several times over real HTTP.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from audit import export, verify
from audit.entry import Kind
from conference.fold import Record
from protocol import codec
from protocol.ids import Blob, Hash
from protocol.invitation import Secret
from protocol.ops import ItemClose, SeatEnded
from protocol.payloads import Revoke
from protocol.shapes import Closed
from protocol.vocabulary import Cap, DocClass, Outcome, RevokeWhat, RevokeWhy, SeatEnd
from protocol.wire import Admit, InRoom, Post
from server.app import JOBS
from server.service import SERVICE, Host
from tests.edges.live.stage import Admin, entries
from tests.edges.people import SLUG, Edge, code_of, nonce, now, seed, signed
from tests.edges.rights import deeds
from tests.edges.rights.asks_rooms import read_of, sub_of
from tests.edges.rights.callers import Caller
from tests.edges.rights.rows import document, note, operation, state_of
from tests.edges.rights.test_waiting import joining
from tests.edges.rights.town import HERE, Place, Who, registrar
from tests.edges.rights.trying import line
from tests.edges.test_sockets import Phone

Deed = Callable[[], Awaitable[str]]
TIMES = 5


async def race(*runners: Deed) -> list[str]:
    """Let all run from one moment on; their answers in order."""
    start = asyncio.Event()

    async def run(deed: Deed) -> str:
        await start.wait()
        return await deed()

    tasks = [asyncio.create_task(run(each)) for each in runners]
    start.set()
    return list(await asyncio.gather(*tasks))


async def sent(edge: Edge, path: str, body: Closed, *, token: str = "", slug: str = HERE) -> str:
    """Send something; `ok` or the code of the refusal."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    status, reply = await edge.send(f"/v1/{slug}/{path}", body, headers=headers)
    return "ok" if status == 200 else code_of(reply)


async def require_valid(host: Host, edge: Edge, folder: Path) -> None:
    """Verify both logs as an export from its files alone."""
    await edge.app[JOBS].level(host)
    for log in ("id", "ops"):
        council = host.council
        tree = await council.log.newest_checkpoint(log)
        if tree is None:
            assert log == "ops"  # nobody signed in or was refused
            continue
        leaves = [
            raw
            for start in range(0, tree.size, 500)
            for raw in await council.log.leaves(log, start=start, limit=min(500, tree.size - start))
        ]
        names = council.keys.origins
        vkey = names.id_vkeys[0] if log == "id" else names.ops_vkeys[0]
        await asyncio.to_thread(_verify, folder / log, leaves, tree.note, vkey)


def _verify(folder: Path, leaves: Sequence[bytes], checkpoint: bytes, vkey: str) -> None:
    export.write_folder(folder, leaves=leaves, checkpoint=checkpoint, vkey=vkey)
    assert verify.verify_folder(folder, vkey=vkey).checkpoint.size == len(leaves)


# ---------------------------------------------------------------- sign-in, invitations


async def test_a_challenge_answered_twice_at_once_signs_in_once(edge: Edge, tmp_path: Path) -> None:
    """The nonce is used up by one of them, whichever."""
    await edge.found()
    person = await edge.enrol(await edge.agency(Cap.MEMBER), Cap.MEMBER)
    assert person.device is not None
    for _ in range(TIMES):
        answer = edge.answer_to(person, await edge.challenge(person.device))

        told = await race(*[lambda a=answer: sent(edge, "auth", a, slug=SLUG) for _ in range(4)])

        assert Counter(told) == {"ok": 1, "REPLAY": 3}
    await require_valid(edge.host, edge, tmp_path / "export")


async def test_an_invitation_used_twice_at_once_brings_one_person(
    edge: Edge, tmp_path: Path
) -> None:
    """One join waits, and of two certificates that name it one is logged."""
    await edge.found()
    office = await edge.agency(Cap.MEMBER)
    for _ in range(TIMES):
        secret = Secret(seed()[:16])
        await edge.admitted(edge.invitation(office, secret, Cap.MEMBER), office.registrar)
        await edge.host.council.settled()
        people = [edge.newcomer(office, secret.inv, name=name) for name in ("一", "二")]
        joins = [joining(edge, person, secret) for person in people]
        papers = [
            signed(edge.worker(each, secret.inv, Cap.MEMBER), office.registrar, each.ik)[1]
            for each in people
        ]

        asked = await race(*[lambda j=j: sent(edge, "pend", j, slug=SLUG) for j in joins])
        told = await race(
            *[lambda p=p: sent(edge, "admit", Admit(statement=p), slug=SLUG) for p in papers]
        )

        assert Counter(asked) == {"ok": 1, "CONFLICT": 1}
        assert Counter(told) == {"ok": 1, "UNTRUSTED": 1}
        assert people[0].wid in edge.host.council.directory.workers
    await require_valid(edge.host, edge, tmp_path / "export")


async def test_a_token_ends_in_the_middle_of_what_is_sent(edge: Edge) -> None:
    """What came before its end is answered, what came after is not; nothing in between."""
    await edge.found()
    person = await edge.enrol(await edge.agency(Cap.MEMBER), Cap.MEMBER)
    await edge.sign_in(person)
    service = edge.app[SERVICE]
    later = service.clock() + timedelta(minutes=11)

    async def ask() -> str:
        status, reply = await edge.get(f"/v1/{SLUG}/pend", headers=person.headers)
        return "ok" if status == 200 else code_of(reply)

    async def end() -> str:
        service.clock = lambda: later
        return ""

    told = await race(*[ask] * 6, end, *[ask] * 6)

    assert set(told) <= {"ok", "BAD_TOKEN", ""}
    assert await ask() == "BAD_TOKEN"


# ---------------------------------------------------------------- in a room


async def post(place: Place, who: Who, made: Post) -> str:
    """Post over HTTP."""
    return await sent(place.edge, f"cases/{place.case.case.hex()}/post", made, token=who.token)


async def read(place: Place, who: Who, wanted: Hash) -> str:
    """Read over HTTP."""
    asked = read_of(place, who, wanted)
    return await sent(place.edge, f"cases/{place.case.case.hex()}/read", asked, token=who.token)


def records(place: Place) -> Sequence[Record]:
    """The rows of the room as the node has them."""
    return place.rooms.desk.cache.known()[place.case.case].room.records


def revocation(place: Place, what: RevokeWhat, who: Who, number: int) -> Blob:
    """The end of a device or worker by her registrar."""
    body = Revoke(
        net=place.net,
        nce=nonce(),
        iat=now(),
        what=what,
        id=who.me.device if what is RevokeWhat.DEVICE else who.me.worker,
        why=RevokeWhy.ERROR,
        since=None,
    )
    return signed(body, registrar(number))[1]


@pytest.mark.timeout(300)  # a town of seventeen
async def test_what_ends_while_others_write_ends_for_good(
    place: Place, admin: Admin, tmp_path: Path
) -> None:
    """Seats, an item, a device, an agency's worker: nothing of hers follows in the feed."""
    await _enters_twice_at_once(place)
    await _goes_while_she_enters(place, admin)
    await _seat_ends_while_she_reads(place)
    await _item_closes_while_all_write(place)
    await _ended_while_her_batch_waits(place, "evicted")
    await _ended_while_she_posts(place, "left", RevokeWhat.DEVICE)
    await _ended_while_she_posts(place, "member", RevokeWhat.WORKER)
    await require_valid(place.edge.app[SERVICE].hosts[HERE], place.edge, tmp_path / "export")
    state = state_of(place)
    assert len(state.fhs) == state.seq + 1


async def _enters_twice_at_once(place: Place) -> None:
    """One socket is one listener however often it joins; leaving and posting do not hinder."""
    caller = Caller(name="member", who=place.people["member"], token=place.people["member"].token)
    did, listeners = caller.who.me.did, place.rooms.audience.listeners

    async def heard() -> int:
        return sum(each.did == did for each in await listeners.of(place.case.case))

    async with line(place, caller) as phone:
        assert isinstance(phone, Phone)

        async def enter() -> str:
            asked = sub_of(place, caller.who, place.case.sit)
            return "ok" if b"frames" in await phone.call("sub", asked) else ""

        async def leave() -> str:
            await phone.call("unsub", InRoom(case=place.case.case))
            return "ok"

        for _ in range(TIMES):
            assert await race(*[enter] * 3) == ["ok"] * 3
            assert await heard() == 1
            send = partial(post, place, caller.who, deeds.POSTS["meeting code"](place, caller.who))
            told = await race(leave, send, leave)
            assert told == ["ok"] * 3
            assert await heard() == 0


async def _goes_while_she_enters(place: Place, admin: Admin) -> None:
    """A socket that ends before its answer came listens to nothing, and left as it had come."""
    who, case = place.people["recorder"], place.case.case
    audience, live = place.rooms.audience, vars(place.edge.app[SERVICE].sockets)["_live"]
    joins, leaves = [await count_of(admin, kind) for kind in (Kind.JOIN, Kind.LEAVE)]
    async with line(place, Caller(name="recorder", who=who, token=who.token)) as phone:
        assert isinstance(phone, Phone)
        async with audience.door(case):  # she stands before it when her socket ends
            await phone.io.emit("sub", codec.encode(sub_of(place, who, place.case.sit)).decode())
            async with asyncio.timeout(30):
                while await count_of(admin, Kind.JOIN) == joins:  # noqa: ASYNC110 -- in the database
                    await asyncio.sleep(0.01)
            await phone.io.disconnect()
            await until(lambda: not live)
    async with asyncio.timeout(30):
        while await count_of(admin, Kind.LEAVE) == leaves:  # noqa: ASYNC110 -- in the database
            await asyncio.sleep(0.01)
        while await audience.listeners.of(case):  # noqa: ASYNC110 -- in the database
            await asyncio.sleep(0.01)
    assert not audience.joined[case]


async def count_of(admin: Admin, kind: Kind) -> int:
    """How many entries of a kind there are."""
    return len(await entries(admin, kind))


async def _ended_while_her_batch_waits(place: Place, name: str) -> None:
    """A batch that was sent before the end of her device, and had no turn yet, is refused."""
    who, case = place.people[name], place.case.case
    made = [deeds.POSTS["meeting code"](place, who) for _ in range(3)]
    end = Admit(statement=revocation(place, RevokeWhat.DEVICE, who, 2))
    directory = place.rooms.desk.council.directory
    async with place.rooms.desk.cache.turn(case):
        posting = [asyncio.create_task(post(place, who, each)) for each in made]
        await until(lambda: len(place.rooms.posting.queues.get(case, ())) == len(made))
        ending = asyncio.create_task(sent(place.edge, "admit", end))
        await until(lambda: directory.is_device_seen_ended(who.me.did))

    assert await asyncio.gather(*posting) == ["REVOKED"] * 3
    assert await ending == "ok"


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds of which no event tells."""
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 -- it is inside the node
            await asyncio.sleep(0.005)


async def _seat_ends_while_she_reads(place: Place) -> None:
    chair, reader = place.people["chair"], place.people["recorder"]
    wid, words = place.people["adviser"].me.wid, deeds.board_words(place)
    ends = SeatEnded(sit=place.case.sit, wid=wid, why=SeatEnd.EVICTED)
    made = operation(place, chair, ends, cls=DocClass.AGENDA)

    told = await race(
        *[lambda: read(place, reader, words)] * 4,
        lambda: post(place, chair, made),
        *[lambda: read(place, reader, words)] * 4,
    )

    assert told[4] == "ok"
    assert set(told) == {"ok"}  # a ticket that died with the gate is asked for again


async def _item_closes_while_all_write(place: Place) -> None:
    chair = place.people["chair"]
    doc = document(place, DocClass.ITEM)
    writers = [place.people[name] for name in ("deputy", "recorder", "member")]
    notes = [note(place, who, doc, item=place.case.it) for who in writers]
    close = operation(
        place, chair, ItemClose(it=place.case.it, out=Outcome.NONE), cls=DocClass.AGENDA
    )

    told = await race(
        *[lambda n=n, w=w: post(place, w, n) for n, w in zip(notes[:2], writers[:2], strict=True)],
        lambda: post(place, chair, close),
        lambda: post(place, writers[2], notes[2]),
    )

    assert set(told) <= {"ok", "ITEM_NOT_OPEN", "CONFLICT"}
    if told[2] == "CONFLICT":  # somebody's operation came first: she looks and closes again
        close = operation(
            place, chair, ItemClose(it=place.case.it, out=Outcome.NONE), cls=DocClass.AGENDA
        )
        assert await post(place, chair, close) == "ok"
    late = note(place, writers[0], doc, item=place.case.it)
    assert await post(place, writers[0], late) == "ITEM_NOT_OPEN"


async def _ended_while_she_posts(place: Place, name: str, what: RevokeWhat) -> None:
    who, number = place.people[name], 2
    meets = [deeds.POSTS["meeting code"](place, who) for _ in range(6)]
    words = deeds.board_words(place)
    end = Admit(statement=revocation(place, what, who, number))

    told = await race(
        *[lambda m=m: post(place, who, m) for m in meets[:3]],
        lambda: sent(place.edge, "admit", end),
        *[lambda m=m: post(place, who, m) for m in meets[3:]],
        *[lambda: read(place, who, words)] * 3,
    )

    assert told[3] == "ok"
    assert set(told) <= {"ok", "REVOKED", "STALE", "CONFLICT"}
    for made in meets:  # what was refused stays refused, and so does what was stored
        assert await post(place, who, made) == "REVOKED"
    assert await read(place, who, words) == "REVOKED"
    last = max((r.seq for r in records(place) if r.author == who.me.did), default=0)
    assert last <= state_of(place).seq
    stored = sum(r.kind == "meet" and r.author == who.me.did for r in records(place))
    assert stored >= told[:3].count("ok") + told[4:7].count("ok")
