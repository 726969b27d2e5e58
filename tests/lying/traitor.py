"""A member who lies: her keys are valid, and the server commits what she signs unjudged."""

from typing import Any

from msgspec.structs import replace

from crypto.errors import Code, Refused
from protocol import basis, bundle, codec, envelope, grants
from protocol.feed import Point
from protocol.headers import NoteHeader
from protocol.ids import Blob, CaseId, Digest, DocId, Eid, Hash, Id, Nonce
from protocol.keys import body_key, epoch_commitment
from protocol.payloads import Grant, LogHead, MemberRow, Payload, Roster
from protocol.room import Generation
from protocol.shapes import UNSET
from protocol.statement import compose, sign, to_dsse
from protocol.vocabulary import DocClass, GrantWhat, RosterRole, Why
from protocol.wire import Post, RowIn
from sdk.opening import passing_of
from sdk.room import Room
from tests.lying.arena import WHO, Arena, act, pick
from tests.lying.line import Line
from tests.lying.town import sealing_key
from tests.world import Staff, hash32

LIAR = "mallory"


async def room_of(arena: Arena, name: str = LIAR) -> Room:
    """Her own room, by her own honest client."""
    person = arena.people[name]
    room = person.room(arena.start.case)
    return room if room is not None else (await arena.member(name)).room


def place(arena: Arena, line: Line, staff: Staff, doc: Generation) -> NoteHeader:
    """A header that is right in all."""
    state = line.room.state
    n, p = state.chains.get(staff.dev.did, (0, None))
    return NoteHeader(
        c=arena.start.case,
        e=state.epoch,
        d=doc[0],
        g=doc[1],
        dev=staff.dev.sid,
        n=n + 1,
        p=None if p is None else Eid(p),
        f=state.head,
        t=arena.now(),
        item=line.room.state.documents[doc].body.item,
    )


async def seal(
    arena: Arena, line: Line, *, staff: Staff, changes: dict[str, Any], by: str = LIAR
) -> bytes:
    """A note whose header says what `changes` say, under a key that the liar holds."""
    room = await room_of(arena, LIAR)
    doc = _item(arena, line)
    header = replace(place(arena, line, staff, doc), **changes)
    key = room.docs.get((header.d, header.g), hash32("no key"))
    text = codec.encode({"text": arena.word(), "fact": True})
    return envelope.seal(
        key=body_key(key, case=header.c, doc=header.d, g=header.g),
        header=codec.encode(header),
        plaintext=text,
        nonce=arena.draw(24),
        signer=arena.start.town.people[by].dk,
    )


def _item(arena: Arena, line: Line) -> tuple[DocId, int]:
    announced = line.room.state.document_of(DocClass.ITEM)
    if announced is None:
        raise Refused(Code.UNKNOWN_ID)
    del arena
    return (announced.body.doc, announced.body.g)


async def words(arena: Arena, line: Line, k: int) -> bytes:
    """Words of hers that nothing is wrong with."""
    del k
    staff = arena.start.town.people[LIAR]
    return await seal(arena, line, staff=staff, changes={})


def _learn(arena: Arena, form: str, data: bytes, bundles: tuple[bytes, ...] = ()) -> None:
    row = RowIn(form="env" if form == "env" else "stm", bytes=Blob(data))
    post = Post(case=CaseId(arena.start.case), rows=(row,), bundles=tuple(map(Blob, bundles)))
    arena.truth.posted(LIAR, post)


# --- words -----------------------------------------------------------------------------------


@act
async def forge(arena: Arena, who: str, k: int) -> None:
    """Words in somebody else's name."""
    line = arena.line(who)
    staff = arena.start.town.people[pick(k, WHO)]
    arena.insert(line, "env", await seal(arena, line, staff=staff, changes={}))


@act
async def misplace(arena: Arena, who: str, k: int) -> None:
    """Words with a wrong epoch, a jump in her chain, or a past that never was."""
    line, staff = arena.line(who), arena.start.town.people[LIAR]
    state = line.room.state
    changes: dict[str, Any] = (
        {"e": max(0, state.epoch - 1)},
        {"e": state.epoch + 1},
        {"n": 2 + state.chains.get(staff.dev.did, (0, None))[0]},
        {"f": (state.seq, hash32("never"))},
        {"f": (state.seq + 5, hash32("never"))},
        {"c": CaseId(Id(bytes(16)))},
    )[k % 6]
    arena.insert(line, "env", await seal(arena, line, staff=staff, changes=changes))


@act
async def haunt(arena: Arena, who: str, _k: int) -> None:
    """Whoever was sent away goes on writing, and the server takes it."""
    line, staff = arena.line(who), arena.start.town.people["eve"]
    if not arena.truth.is_out("eve"):
        raise Refused(Code.UNKNOWN_ID)
    data = await seal(arena, line, staff=staff, changes={}, by="eve")
    arena.insert(line, "env", data)


# --- rosters ---------------------------------------------------------------------------------


def _row(staff: Staff, n: int) -> MemberRow:
    wid, ik = staff.person
    return MemberRow(wid=wid, ik=ik, role=RosterRole.MEMBER, from_=n, until=None)


async def roster(arena: Arena, line: Line, k: int) -> None:
    """A roster of hers: with a stranger, without somebody, on a log that never was, or in order."""
    state, size = line.room.state, line.ledger.size
    before, n = state.roster, state.epoch + 1
    point, now = Point(n=size, s=state.seq), line.ledger.directory.time(size)
    mem = list(basis.prune_members(state, before, point, now))
    people, kind = arena.start.town.people, k % 5
    if kind in {0, 1}:
        mem.append(_row(people["stranger"], n))
    if kind == 2:
        mem = [row for row in mem if row.wid != people["elder"].wid]
    head = LogHead(n=size, r=Digest(hash32("no root") if kind == 3 else _root(line)))
    body = Roster(
        net=arena.server.net,
        nce=Nonce(Id(arena.draw(16))),
        iat=arena.now(),
        case=arena.start.case,
        n=n,
        prev=state.current.sid if state.current else None,
        nonce=UNSET,
        chair=before.chair,
        act=before.act,
        mem=tuple(sorted(mem, key=lambda row: row.wid)),
        basis=basis.prune_bases(state, before, point, now),
        pol=before.pol,
        kc=Digest(Hash(bytes(32))),
        bun=Digest(Hash(bytes(32))),
        lh=head,
        fd=state.head,
        void=(),
        why=Why.ADD if kind == 1 else Why.ROTATE,
        ref=UNSET,
    )
    await _send_roster(arena, line, body, poison=kind == 4)


def _root(line: Line) -> Hash:
    root = line.ledger.log_root(line.ledger.size)
    return Hash(root or bytes(32))


async def _send_roster(arena: Arena, line: Line, body: Roster, *, poison: bool) -> None:
    """Seal its key to everybody; `poison` gives one person another key."""
    state, people = line.room.state, arena.start.town.people
    key = arena.draw(32)
    place_ = bundle.Epoch(net=body.net, case=body.case, n=body.n, prev=body.prev)
    of = {staff.dev.sid: name for name, staff in people.items()}
    wanted = sorted(basis.recipients(state, body, body.lh.n))
    entries = [
        bundle.seal_epoch_key(
            arena.draw(32) if poison and of[sid] == "elder" else key,
            epoch=place_,
            sid=sid,
            eg=0,
            ek=sealing_key(of[sid]).public,
        )
        for sid in wanted
        if sid in of
    ]
    data = bundle.encode(case=body.case, n=body.n, entries=entries)
    whole = replace(
        body,
        kc=epoch_commitment(key, case=body.case, n=body.n),
        bun=bundle.bundle_hash(data),
    )
    arena.server.bundles[whole.bun] = data
    _post(arena, line, whole, bundles=(data,))


def _post(arena: Arena, line: Line, body: Payload, bundles: tuple[bytes, ...] = ()) -> None:
    made = compose(body)
    raw = to_dsse(made, [sign(made, arena.start.town.people[LIAR].dk)])
    _learn(arena, "stm", raw, bundles)
    arena.insert(line, "stm", raw)


@act
async def usurp(arena: Arena, who: str, k: int) -> None:
    """She rotates: with a stranger, without somebody, or with different keys."""
    await roster(arena, arena.line(who), k)


# --- grants ----------------------------------------------------------------------------------


@act
async def hand_on(arena: Arena, who: str, k: int) -> None:
    """She passes a key of the room to somebody who may not have it."""
    line, room = arena.line(who), await room_of(arena)
    held = [each for each in sorted(line.room.state.documents) if each in room.docs]
    if not held:
        raise Refused(Code.UNKNOWN_ID)
    chosen = held[k % len(held)]
    to = arena.start.town.people[pick(k, ("stranger", "eve", "late"))]
    bare = Grant(
        net=arena.server.net,
        nce=Nonce(Id(arena.draw(16))),
        iat=arena.now(),
        case=arena.start.case,
        fd=line.room.state.head,
        lh=LogHead(n=line.ledger.size, r=Digest(_root(line))),
        n=line.room.state.epoch,
        by=arena.start.town.people[LIAR].dev.sid,
        to=to.dev.sid,
        eg=0,
        what=GrantWhat.DOCS,
        ids=((chosen[0].hex(), chosen[1]),),
        ct=Blob(b""),
    )
    # What she holds she can leak without any server; here the sealed key is none.
    ct = grants.seal_keys(
        [arena.draw(32)], passing=passing_of(bare, net=bare.net), ek=sealing_key(to.name).public
    )
    _post(arena, line, replace(bare, ct=Blob(ct)))
