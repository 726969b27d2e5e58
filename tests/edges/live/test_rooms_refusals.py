"""Bad input: its own code, a sentence in both languages, nothing stored, and an entry."""

import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
import structlog
from aiohttp import web
from msgspec.structs import replace

from audit.entry import Kind
from crypto.errors import Code
from protocol import codec
from protocol.ids import Blob, CaseId, Hash, Id, NetId, SitId
from protocol.payloads import Payload, Seat
from protocol.statement import compose, sign, to_dsse
from protocol.vocabulary import Cap, SeatAnswer
from protocol.wire import Failure, InRoom, Post, RowIn
from sdk import seating
from sdk.session import Session
from server.app import create_app
from server.errors import STATUS
from server.settings import Settings
from tests.edges.live.stage import Admin, counts, entries, sealed, section, text
from tests.edges.people import LOOSE, ORIGIN, Edge
from tests.edges.sdk.stage import Cast, Held, hold, level
from tests.edges.test_sockets import Phone

SECRET = "夜眠れないと話している"
PURPOSE = "今後の支援"


@pytest.fixture
def lines() -> io.StringIO:
    """What the node logs."""
    return io.StringIO()


@pytest.fixture
async def application(database: str, tmp_path: Path, lines: io.StringIO) -> web.Application:
    """A node that logs everything where the test can read it."""
    settings = Settings(data=tmp_path, origin=ORIGIN, limits=LOOSE)
    logger = structlog.wrap_logger(
        structlog.PrintLogger(lines),
        processors=[structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(0),
    )
    login = database.replace("//postgres@", "//entaku_node@")
    return await create_app(settings, dsn=login, log_to=logger)


@dataclass(frozen=True, slots=True)
class Try:
    """A bad request of somebody, and the code that it gets."""

    name: str
    verb: str
    body: bytes
    who: Session
    code: Code


@dataclass(frozen=True, slots=True)
class Scene:
    """A sitting with a section for few, and batches that nobody sent yet."""

    held: Held
    cast: Cast
    old: Post
    new: Post
    closed: Hash


@pytest.fixture
async def scene(cast: Cast) -> Scene:
    """The elder's batches: one sealed before the key moved on, one after."""
    held = await hold(cast)
    elder = held.members["elder"]
    await elder.share(section(held, "c2"), text(SECRET))
    await level(held.members)
    closed = next(r.id for r in elder.room.feed.room.records if r.kind == "sum")
    old = await sealed(held, elder)
    await seating.rotate(held.members["chair"])
    await level(held.members)
    await elder.room.open_keys()
    await cast.bring("outsider", cast.aids["csw"], Cap.MEMBER)
    return Scene(held=held, cast=cast, old=old, new=await sealed(held, elder), closed=closed)


def bad_posts(scene: Scene) -> list[tuple[str, bytes, Code]]:
    """Batches with one thing wrong each, as JSON."""
    good, row = json.loads(codec.encode(scene.new)), scene.new.rows[0]

    def with_row(data: bytes, form: Literal["env", "stm"] = "env") -> bytes:
        rows = (RowIn(form=form, bytes=Blob(data)),)
        return codec.encode(replace(scene.new, rows=rows))

    forged = row.bytes[:-1] + bytes([row.bytes[-1] ^ 1])
    text_of = codec.encode(scene.new)
    elder = scene.held.members["elder"].room.session
    seat = answer(scene, elder)
    elsewhere = replace(seat, case=CaseId(Id(b"c" * 16)))
    another = replace(seat, net=NetId(Hash(b"n" * 32)))
    large = with_row(b"SHK1" + bytes(1100 * 1024))
    return [
        ("unknown field", json.dumps({**good, "zzz": 1}).encode(), Code.BAD_J1),
        ("wrong type", json.dumps({**good, "rows": 7}).encode(), Code.BAD_J1),
        ("duplicate key", text_of[:-1] + b',"bundles":[]}', Code.BAD_J1),
        ("no json", b"\xff{", Code.BAD_J1),
        ("bad base64", text_of.replace(b'"bytes":"', b'"bytes":"*', 1), Code.BAD_B64),
        ("oversize", large, Code.OVERSIZE),
        ("no rows", codec.encode(replace(scene.new, rows=())), Code.OVERSIZE),
        ("no envelope", with_row(b"XXXX" + row.bytes[4:]), Code.BAD_MAGIC),
        ("torn", with_row(row.bytes[:-5]), Code.BAD_LENGTH),
        ("no statement", with_row(b"{}", "stm"), Code.BAD_J1),
        ("forged", with_row(forged), Code.BAD_SIG),
        ("wrong epoch", codec.encode(scene.old), Code.WRONG_EPOCH),
        ("wrong case", with_row(signed(elder, elsewhere), "stm"), Code.WRONG_PLACE),
        ("wrong council", with_row(signed(elder, another), "stm"), Code.WRONG_NET),
        ("twice", codec.encode(replace(scene.new, rows=(row, row))), Code.REPLAY),
        ("bundle without roster", bundled(scene.new), Code.BAD_BUNDLE_HASH),
    ]


def answer(scene: Scene, session: Session) -> Seat:
    """Somebody's answer to an invitation."""
    council = session.council
    return Seat(
        net=council.net,
        nce=council.nonce(),
        iat=council.iat(),
        case=scene.held.case,
        sit=scene.held.sit,
        wid=session.me.wid,
        ans=SeatAnswer.ACCEPT,
        to=None,
        why=None,
    )


def signed(session: Session, body: Payload) -> bytes:
    """A statement under a device's key."""
    made = compose(body)
    return to_dsse(made, [sign(made, session.dk)])


def bundled(post: Post) -> bytes:
    """A batch with a bundle that no roster names."""
    return codec.encode(replace(post, bundles=(Blob(b"bundle"),)))


def bad_requests(scene: Scene) -> list[Try]:
    """Reads and joins with one thing wrong each."""
    case, clients = scene.held.case, scene.cast.clients
    elder, csw, outsider = (clients[n].session for n in ("elder", "csw", "outsider"))
    nowhere, nothing = CaseId(Id(b"n" * 16)), Hash(b"i" * 32)

    def read(who: Session, row_id: Hash, at: CaseId = case, **wrong: object) -> bytes:
        return codec.encode(replace(who.read_request(at, "view", [row_id]), **wrong))

    late = elder.council.clock.seconds() - 600
    zero = Blob(bytes(64))
    sit = SitId(Id(b"s" * 16))
    return [
        Try(
            "read of an unknown case", "read", read(elder, nothing, nowhere), elder, Code.UNKNOWN_ID
        ),
        Try("read of an unknown row", "read", read(elder, nothing), elder, Code.UNKNOWN_ID),
        Try("read by others", "read", read(csw, scene.closed), csw, Code.CATEGORY_NOT_COVERED),
        Try("read by outsiders", "read", read(outsider, scene.closed), outsider, Code.NOT_MEMBER),
        Try("old request", "read", read(elder, scene.closed, time=late), elder, Code.CLOCK),
        Try("forged request", "read", read(elder, scene.closed, sig=zero), elder, Code.BAD_SIG),
        Try(
            "short nonce",
            "read",
            read(elder, scene.closed, nonce=Blob(b"n")),
            elder,
            Code.BAD_LENGTH,
        ),
        Try(
            "head of an unknown case",
            "head",
            codec.encode(InRoom(case=nowhere)),
            elder,
            Code.UNKNOWN_ID,
        ),
        Try(
            "head for outsiders", "head", codec.encode(InRoom(case=case)), outsider, Code.NOT_MEMBER
        ),
        Try("join by outsiders", "sub", joining(outsider, case), outsider, Code.NOT_MEMBER),
        Try("join of an unknown case", "sub", joining(elder, nowhere), elder, Code.UNKNOWN_ID),
        Try("join of no sitting", "sub", joining(elder, case, sit), elder, Code.UNKNOWN_ID),
    ]


def joining(who: Session, case: CaseId, sit: SitId | None = None) -> bytes:
    """A request to join."""
    return codec.encode(who.sub_request(case, sit=sit, start=1))


def all_tries(scene: Scene) -> list[Try]:
    """Everything that is tried."""
    clients = scene.cast.clients
    elder, csw = clients["elder"].session, clients["csw"].session
    posts = [Try(name, "post", body, elder, code) for name, body, code in bad_posts(scene)]
    foreign = Try("posted by others", "post", codec.encode(scene.new), csw, Code.FORBIDDEN)
    once = codec.encode(elder.read_request(scene.held.case, "view", [scene.closed]))
    replayed = Try("read twice", "read", once, elder, Code.REPLAY)
    return [*posts, foreign, *bad_requests(scene), replayed]


Send = Callable[[Try], Awaitable[tuple[int | None, bytes]]]


async def require_refused(scene: Scene, admin: Admin, send: Send, tries: list[Try]) -> None:
    """Send everything; look at each answer, and at what is stored in the end."""
    replayed = tries[-1]
    await send(replayed)  # the first time it is good
    before, logged = await counts(admin), len(await entries(admin, Kind.DENIED))

    for one in tries:
        status, body = await send(one)
        failure = codec.decode(body, Failure)
        assert failure.code == one.code, one.name
        assert status in {None, STATUS[one.code]}
        assert failure.ja, one.name
        assert failure.en, one.name
        assert SECRET not in body.decode()

    assert await counts(admin) == before
    denied = (await entries(admin, Kind.DENIED))[logged:]
    assert [each["result"] for each in denied] == [one.code.value for one in tries]
    assert [each["did"] for each in denied] == [one.who.me.did for one in tries]
    assert replayed.code is Code.REPLAY
    assert scene.held.case in {each["case_id"] for each in denied}


def require_silent(lines: io.StringIO, scene: Scene) -> None:
    """Nothing of content, names or tokens, and nothing unexpected, is in the node's log."""
    said = lines.getvalue()
    assert '"code": "CATEGORY_NOT_COVERED"' in said
    assert "trace" not in said
    for client in scene.cast.clients.values():
        assert (client.session.council.http.token or "-") not in said
    for word in (SECRET, PURPOSE, "美佐江", "孤立", *scene.cast.clients):
        assert word not in said


async def test_every_bad_request_over_http_is_refused_and_logged(
    scene: Scene, edge: Edge, admin: Admin, lines: io.StringIO
) -> None:
    """Also with its own status."""
    tries = [one for one in all_tries(scene) if one.verb in {"post", "read"}]

    async def send(one: Try) -> tuple[int, bytes]:
        case = json.loads(one.body)["case"] if "unknown case" in one.name else scene.held.case.hex()
        headers = {"Authorization": f"Bearer {one.who.council.http.token}"}
        path = f"/v1/minato/cases/{case}/{one.verb}"
        async with edge.client.post(path, data=io.BytesIO(one.body), headers=headers) as reply:
            return reply.status, await reply.read()

    await require_refused(scene, admin, send, tries)
    require_silent(lines, scene)


@pytest.fixture
async def phones(scene: Scene, edge: Edge) -> AsyncIterator[dict[str, Phone]]:
    """A raw socket for each device."""
    found: dict[str, Phone] = {}
    for client in scene.cast.clients.values():
        phone = Phone()
        auth = {"token": client.session.council.http.token, "slug": "minato"}
        await phone.io.connect(
            str(edge.client.make_url("/")), auth=auth, transports=["websocket"], wait_timeout=5
        )
        found[client.session.me.did.hex()] = phone
    yield found
    for phone in found.values():
        await phone.io.disconnect()


async def test_every_bad_request_over_a_socket_is_refused_and_logged(
    scene: Scene, phones: dict[str, Phone], admin: Admin
) -> None:
    """The socket stays open; each packet has its answer."""
    tries = [one for one in all_tries(scene) if one.name != "no json"]  # a packet is text

    async def send(one: Try) -> tuple[None, bytes]:
        phone = phones[one.who.me.did.hex()]
        reply: str = await phone.io.call(one.verb, one.body.decode(), timeout=10)
        return None, reply.encode()

    await require_refused(scene, admin, send, tries)
    assert not any(phone.gone.is_set() for phone in phones.values())
