"""05 and 15: statements as bytes, and the hashes that put rows and leaves into one order."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from crypto.errors import Code
from crypto.hashing import sha256
from protocol import statement
from protocol.codec import b64, b64u, encode, from_b64u
from protocol.derived import case_id, device_id, feed_start, scope_id, worker_id
from protocol.feed import feed_hash
from protocol.ids import Aid, CaseId, Digest, Hash, Id, InvId, Key, NetId, RowHash, Sid, Wid
from protocol.leaf import Leaf, beat
from protocol.payloads import Head, LeafHashes, Payload, Receipt
from protocol.statement import Signature, signature_hash
from protocol.vocabulary import DocClass, RevokeWhat
from tests.room import Case as Room
from tests.world import (
    MADE,
    Council,
    aid_of,
    council,
    hash32,
    id16,
    inv_of,
    public,
    signed,
    signing_key,
)
from tools.make_vectors.cases import Case, Fields, Record, Value, VectorFile, run

# --- what can be asked ---------------------------------------------------------------------------


def _hash(fields: Fields, name: str) -> Hash:
    return Hash(fields.hex(name))


def _parse(fields: Fields) -> Record:
    parsed = statement.parse(fields.text("dsse").encode())
    return {
        "typ": parsed.typ,
        "sid": b64u(parsed.sid),
        "payload": parsed.payload.hex(),
        "sigs": [hinted.sig.hex() for hinted in parsed.signatures],
    }


def _match(fields: Fields) -> Record:
    parsed = statement.parse(fields.text("dsse").encode())
    found = statement.match(parsed, [Key(Hash(from_b64u(pk))) for pk in fields.texts("keys")])
    return {"pks": [b64u(s.pk) for s in found], "sg": signature_hash(found).hex()}


def _sg(fields: Fields) -> Record:
    pairs = zip(fields.texts("pks"), fields.texts("sigs"), strict=True)
    made = [Signature(pk=Key(Hash(bytes.fromhex(pk))), sig=bytes.fromhex(sig)) for pk, sig in pairs]
    return {"sg": signature_hash(made).hex()}


def _feed_start(fields: Fields) -> Record:
    net, case = NetId(_hash(fields, "net")), CaseId(Id(fields.hex("case")))
    return {"fh": feed_start(net=net, case=case).hex()}


def _feed(fields: Fields) -> Record:
    after = feed_hash(
        before=RowHash(_hash(fields, "before")),
        seq=fields.number("seq"),
        row_id=_hash(fields, "id"),
        sg=_hash(fields, "sg"),
        idn=fields.number("idn"),
    )
    return {"fh": after.hex()}


def _leaf(fields: Fields) -> Record:
    leaf = Leaf(
        kind=fields.number("kind"),
        t=fields.number("t"),
        sid=Sid(_hash(fields, "sid")),
        sg=_hash(fields, "sg"),
        scope=Id(fields.hex("scope")),
    )
    return {"leaf": leaf.encode().hex()}


def _beat(fields: Fields) -> Record:
    return {"leaf": beat(fields.number("t")).encode().hex()}


def _read_leaf(fields: Fields) -> Record:
    leaf = Leaf.parse(fields.hex("leaf"))
    return {
        "kind": leaf.kind,
        "t": leaf.t,
        "sid": leaf.sid.hex(),
        "sg": leaf.sg.hex(),
        "scope": leaf.scope.hex(),
    }


def _scope(fields: Fields) -> Record:
    case, sid = CaseId(Id(fields.hex("case"))), Sid(_hash(fields, "sid"))
    return {"scope": scope_id(case=case, sid=sid).hex()}


def _wid(fields: Fields) -> Record:
    net, aid = NetId(_hash(fields, "net")), Aid(Id(fields.hex("aid")))
    return {"wid": worker_id(net=net, aid=aid, inv=InvId(Id(fields.hex("inv")))).hex()}


def _did(fields: Fields) -> Record:
    net, wid = NetId(_hash(fields, "net")), Wid(Id(fields.hex("wid")))
    return {"did": device_id(net=net, wid=wid, dk=Key(_hash(fields, "dk"))).hex()}


def _room_id(fields: Fields) -> Record:
    net, dk = NetId(_hash(fields, "net")), Key(_hash(fields, "dk"))
    return {"case": case_id(net=net, dk=dk, nonce=Digest(_hash(fields, "nonce"))).hex()}


_WHAT: Final = RevokeWhat.WORKER
_CONSTANT: Final = {"v", "typ", "kem", "sig", "t", "mmd"}
_SECTION: Final = DocClass.SECTION
OPERATIONS: Final[dict[str, Callable[[Fields], Record]]] = {
    "statement": _parse,
    "match": _match,
    "sg": _sg,
    "feed-start": _feed_start,
    "feed": _feed,
    "leaf": _leaf,
    "beat": _beat,
    "leaf-read": _read_leaf,
    "scope": _scope,
    "wid": _wid,
    "did": _did,
    "case": _room_id,
}


# --- cases ---------------------------------------------------------------------------------------


def files() -> dict[str, str]:
    """The text of both files by name."""
    return {
        "05-dsse.json": _file("05-dsse.json", "Statements as bytes", _statements()),
        "15-feed.json": _file("15-feed.json", "Rows, leaves and derived ids", _order()),
    }


def _file(name: str, about: str, cases: Iterator[Case]) -> str:
    return VectorFile(name=name, about=about, cases=tuple(_judged(c) for c in cases)).text()


def _judged(case: Case) -> Case:
    judged = run(case, OPERATIONS)
    if judged.code != case.code:
        raise AssertionError(case.id, case.code, judged.code)
    return judged


def _case(ident: str, op: str, code: Code | None = None, **facts: Value) -> Case:
    return Case(id=ident, op=op, input=facts, code=code)


def _dsse(parsed: statement.Statement) -> dict[str, Any]:
    made = MADE[parsed.sid, tuple(s.sig for s in parsed.signatures)]
    found: dict[str, Any] = json.loads(statement.to_dsse(parsed, made))
    return found


def _statements() -> Iterator[Case]:
    """Every built type once, then everything that is wrong with one."""
    c = council()
    room = Room(world=c.world, creator=c.chair)
    bodies = _bodies(c, room)
    for body in bodies:
        parsed = signed(statement.compose(body), c.chair.dk)
        yield _case(f"a {body.typ}", "statement", dsse=json.dumps(_dsse(parsed)))
    good = signed(statement.compose(bodies[1]), c.chair.dk)
    yield from _broken_dsse(_dsse(good))
    yield from _broken_payload(bodies)
    yield from _matches(c, bodies[1])


def _bodies(c: Council, room: Room) -> list[Payload]:
    """One payload of each type."""
    w, base = c.world, c.world.base()
    basis = w.log(room.basis_body(c.chair), c.chair.dk)
    assert room.post(basis) is None  # noqa: S101 -- the maker's own room
    assert room.create(bases=[basis]) is None  # noqa: S101 -- the same
    logged = [x.statement.body for x in w.directory.logged.values()]
    ids = (Digest(hash32("row")),)
    receipt = Receipt(
        net=base.net,
        nce=base.nce,
        iat=base.iat,
        case=room.case,
        seq=1,
        ids=ids,
        fh=room.state.fh,
        idn=5,
        leaves=LeafHashes(id=(), ops=ids),
    )
    head = Head(net=base.net, nce=w.nonce(), iat=base.iat, case=None, seq=None, fh=None, idn=5)
    return [
        w.root_body(),
        *logged,
        w.agency_body("A03"),
        w.invite_body("x", "A03"),
        w.worker_body("elder", "A03"),
        w.device_body("elder", wid=c.elder.wid, ik=public(c.elder.ik)),
        w.revoke_body(_WHAT, c.elder.sid),
        w.pledge_body(aid_of("A03")),
        room.withdraw_body(basis, ag=("A03",)),
        room.state.roster,
        room.sect_body("s", _SECTION, sub="mother", cats=("c1",), ag=("A03",)),
        room.grant_body(c.chair, c.elder.dev.sid, ("s", 1)),
        room.seat_body(c.elder),
        room.ack_body(until=w.t),
        room.meet_body(),
        receipt,
        head,
    ]


def _broken_dsse(good: dict[str, Any]) -> Iterator[Case]:
    sig = good["signatures"][0]
    tries: list[tuple[str, Code | None, dict[str, Any]]] = [
        ("an unknown type", Code.UNKNOWN_TYPE, {"payloadType": "application/vnd.shk1.devek+json"}),
        ("another media type", Code.UNKNOWN_TYPE, {"payloadType": "application/json"}),
        ("no suffix", Code.UNKNOWN_TYPE, {"payloadType": "application/vnd.shk1.basis"}),
        (
            "the type of another payload",
            Code.BAD_J1,
            {"payloadType": "application/vnd.shk1.seat+json"},
        ),
        ("a payload in base64url", Code.BAD_B64, {"payload": good["payload"][:-4] + "_-=="}),
        ("a payload without padding", Code.BAD_B64, {"payload": good["payload"] + "A"}),
        ("a further key", Code.BAD_J1, {"keyid": "x"}),
        ("seventeen signatures", Code.OVERSIZE, {"signatures": [sig] * 17}),
        ("a short signature", Code.BAD_LENGTH, {"signatures": [{**sig, "sig": b64(bytes(63))}]}),
        ("a long hint", Code.BAD_LENGTH, {"signatures": [{**sig, "keyid": "a" * 65}]}),
        ("a signature with another key", Code.BAD_J1, {"signatures": [{**sig, "x": 1}]}),
        ("no signature", None, {"signatures": []}),
        ("a hint of 64 characters", None, {"signatures": [{**sig, "keyid": "a" * 64}]}),
    ]
    for ident, code, changes in tries:
        yield _case(ident, "statement", code, dsse=json.dumps({**good, **changes}))
    text = json.dumps(good)
    yield _case("white space", "statement", dsse=text.replace(",", " ,\n"))
    yield _case("a key twice", "statement", Code.BAD_J1, dsse=text[:-1] + ', "payloadType": "x"}')
    big = b64(b'{"v":1,"typ":"basis","x":{"y":"' + b"z" * (64 * 1024) + b'"}}')
    yield _case(
        "a payload above 64 KiB",
        "statement",
        Code.OVERSIZE,
        dsse=json.dumps({**good, "payload": big}),
    )
    unknown = {**good, "payloadType": "application/vnd.shk1.later+json", "payload": b64(b"[]")}
    yield _case(
        "an unknown type that is not J1", "statement", Code.BAD_J1, dsse=json.dumps(unknown)
    )


def _broken_payload(bodies: list[Payload]) -> Iterator[Case]:
    """What a typed decoder would fill in must be there; of a roster, every key."""
    for body in bodies:
        whole: dict[str, Any] = json.loads(encode(body))
        optional = {"nonce", "from", "ref"} if body.typ == "roster" else set[str]()
        needed = set(whole) - optional if body.typ == "roster" else _CONSTANT & set(whole)
        for key in sorted(needed):
            rest = {k: v for k, v in whole.items() if k != key}
            yield _payload(f"a {body.typ} without {key}", body.typ, rest, Code.BAD_J1)
    seat: dict[str, Any] = json.loads(encode(bodies[-5]))
    yield _payload("a seat with y", "seat", {**seat, "y": 1}, Code.BAD_J1)
    yield _payload("a seat with x", "seat", {**seat, "x": {"y": 1}}, None)
    yield _payload("a seat with x as null", "seat", {**seat, "x": None}, Code.BAD_J1)


def _payload(ident: str, typ: str, body: dict[str, Any], code: Code | None) -> Case:
    data = json.dumps(body, ensure_ascii=False).encode()
    dsse: dict[str, Any] = {"payloadType": statement.payload_type(typ), "payload": b64(data)}
    dsse["signatures"] = []
    return _case(ident, "statement", code, dsse=json.dumps(dsse))


def _matches(c: Council, body: Payload) -> Iterator[Case]:
    """Which keys signed: hints decide nothing, a key counts once, strangers are left out."""
    pks = sorted(b64u(public(key)) for key in (c.chair.dk, c.elder.dk, c.health.dk))
    made = _dsse(signed(statement.compose(body), c.chair.dk, c.elder.dk))
    one, two = made["signatures"]
    swapped = [{**one, "keyid": two["keyid"]}, {**two, "keyid": one["keyid"]}]
    forged = {**one, "sig": b64(bytes(64))}
    for ident, signatures in (
        ("two signers", [one, two]),
        ("in the other order", [two, one]),
        ("with each other's hints", swapped),
        ("without hints", [{**one, "keyid": ""}, {**two, "keyid": "zz"}]),
        ("one twice", [one, one, two]),
        ("one forged", [forged, two]),
        ("none", []),
    ):
        dsse = json.dumps({**made, "signatures": signatures})
        yield _case(f"match: {ident}", "match", dsse=dsse, keys=pks)
    yield _case(
        "match: a stranger", "match", dsse=json.dumps(made), keys=[b64u(public(c.health.dk))]
    )


def _order() -> Iterator[Case]:
    net, case, sid = hash32("net"), id16("case"), hash32("sid")
    sg, fh = hash32("sg"), hash32("fh")
    yield _case("before the first row", "feed-start", net=net.hex(), case=case.hex())
    for seq, idn in ((1, 0), (1, 5), (2, 5), (2**32 - 1, 2**53 - 1)):
        yield _case(
            f"row {seq} at {idn}",
            "feed",
            before=fh.hex(),
            seq=seq,
            id=sid.hex(),
            sg=sg.hex(),
            idn=idn,
        )
    for kind in (1, 9, 255):
        yield _case(
            f"a leaf of kind {kind}",
            "leaf",
            kind=kind,
            t=1795222800123,
            sid=sid.hex(),
            sg=sg.hex(),
            scope=case.hex(),
        )
    yield _case("a beat", "beat", t=1795222800123)
    raw = beat(1).encode()
    yield _case("reading a leaf", "leaf-read", leaf=raw.hex())
    yield _case("a short leaf", "leaf-read", Code.BAD_LENGTH, leaf=raw[:-1].hex())
    yield _case("a long leaf", "leaf-read", Code.BAD_LENGTH, leaf=(raw + b"0").hex())
    late = raw[:5] + (2**53).to_bytes(8, "big") + raw[13:]
    yield _case("a time beyond what numbers hold", "leaf-read", Code.OVERSIZE, leaf=late.hex())
    yield _case("another magic", "leaf-read", Code.BAD_MAGIC, leaf=(b"SHL2" + raw[4:]).hex())
    yield _case("the scope of a case", "scope", case=case.hex(), sid=sid.hex())
    aid, inv, dk = aid_of("A03"), inv_of("x"), public(signing_key("dk"))
    yield _case("a worker's id", "wid", net=net.hex(), aid=aid.hex(), inv=inv.hex())
    yield _case("a device's id", "did", net=net.hex(), wid=case.hex(), dk=dk.hex())
    yield _case("a case's id", "case", net=net.hex(), dk=dk.hex(), nonce=fh.hex())
    yield from _groups()


def _groups() -> Iterator[Case]:
    """Signature groups: ascending by key, whoever signed first."""
    made = sorted(
        (public(key).hex(), sha256(key.public).hex() * 2)
        for key in (signing_key("a"), signing_key("b"))
    )
    pks, sigs = [pk for pk, _ in made], [sig for _, sig in made]
    yield _case("no signature", "sg", pks=[], sigs=[])
    yield _case("one signature", "sg", pks=pks[:1], sigs=sigs[:1])
    yield _case("two signatures", "sg", pks=pks, sigs=sigs)
    yield _case("in the other order", "sg", pks=pks[::-1], sigs=sigs[::-1])
