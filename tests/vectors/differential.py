"""Cases for the differential test, and how Python judges them.

TypeScript judges the same lines in `web/tests/vectors/differential.ts`; the operations of the
vector files are shared, those for whole byte strings stand in both.
"""

import base64
import json
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypedDict

import msgspec
from msgspec.structs import replace

from crypto.errors import Refused
from crypto.hashing import sha256
from protocol import codec, envelope, headers, requests, statement, wire
from protocol.codec import b64u, encode
from protocol.headers import HEADERS, OpHeader
from protocol.ids import CaseId, Hash, Id, NetId, Nonce, Sid, SitId
from protocol.leaf import Leaf
from protocol.ops import OPS
from protocol.payloads import PAYLOADS
from protocol.shapes import MAX_INT, UNSET
from tests.vectors.mutations import bytewise, compact, jsonwise
from tests.vectors.samples import sample
from tools.make_vectors import feed
from tools.make_vectors.cases import FOLDER, Fields, Operation, Record
from tools.make_vectors.operations import OPERATIONS

Json = Any
Line = dict[str, Any]
"""One case: its operation and input, as the vector files hold them."""

_TRIES: Final = 40


# --- what can be asked ---------------------------------------------------------------------------


def _bare_of_x(value: msgspec.Struct) -> bytes:
    return encode(replace(value, x=UNSET) if hasattr(value, "x") else value)


def _dsse(fields: Fields) -> Record:
    parsed = statement.parse(fields.hex("data"))
    return {
        "typ": parsed.typ,
        "sid": b64u(parsed.sid),
        "payload": parsed.payload.hex(),
        "body": _bare_of_x(parsed.body).hex(),
        "sigs": [f"{hinted.keyid}:{hinted.sig.hex()}" for hinted in parsed.signatures],
    }


def _header(fields: Fields) -> Record:
    parsed = headers.parse(fields.hex("data"))
    if isinstance(parsed, OpHeader):
        parsed = replace(parsed, m=msgspec.Raw(encode(parsed.facts)))
    return {"k": parsed.k, "header": _bare_of_x(parsed).hex()}


def _shape(fields: Fields) -> Record:
    return {"value": _bare_of_x(codec.decode(fields.hex("data"), _WIRE[fields.text("name")])).hex()}


def _front(env: envelope.Envelope) -> Record:
    return {"header": env.header.hex(), "eid": env.eid.hex(), "bare": env.bare().hex()}


def _envelope(fields: Fields) -> Record:
    return _front(envelope.parse(fields.hex("data")))


def _bare(fields: Fields) -> Record:
    return _front(envelope.parse_bare(fields.hex("data")))


def _leaf(fields: Fields) -> Record:
    leaf = Leaf.parse(fields.hex("data"))
    return {
        "kind": leaf.kind,
        "t": leaf.t if leaf.t <= MAX_INT else None,
        "sid": b64u(leaf.sid),
        "sg": b64u(leaf.sg),
        "scope": leaf.scope.hex(),
    }


class _Asking(TypedDict):
    net: NetId
    origin: str
    time: int
    device: Sid


def _sha256(fields: Fields) -> Record:
    return {"data": sha256(fields.hex("data")).hex()}


def _asking(fields: Fields) -> _Asking:
    return {
        "net": NetId(Hash(fields.hex("net"))),
        "origin": fields.text("origin"),
        "time": fields.number("time"),
        "device": Sid(Hash(fields.hex("device"))),
    }


def _auth(fields: Fields) -> Record:
    message = requests.auth_message(**_asking(fields), nonce=Hash(fields.hex("nonce")))
    return {"data": message.hex()}


def _read(fields: Fields) -> Record:
    case = fields.maybe_hex("case")
    message = requests.read_message(
        **_asking(fields),
        case=None if case is None else CaseId(Id(case)),
        nonce=Nonce(Id(fields.hex("nonce"))),
        purpose=fields.text("purpose"),
        ids=[bytes.fromhex(name) for name in fields.texts("ids")],
    )
    return {"data": message.hex()}


def _sub(fields: Fields) -> Record:
    sit = fields.maybe_hex("sit")
    message = requests.sub_message(
        **_asking(fields),
        case=CaseId(Id(fields.hex("case"))),
        sit=None if sit is None else SitId(Id(sit)),
        start=fields.number("start"),
        nonce=Nonce(Id(fields.hex("nonce"))),
    )
    return {"data": message.hex()}


def _name(fields: Fields) -> Record:
    key = Hash(fields.hex("key"))
    message = requests.name_message(net=NetId(Hash(fields.hex("net"))), key=key)
    return {"data": message.hex()}


_WIRE: Final[dict[str, type[msgspec.Struct]]] = {
    name: kind
    for name, kind in vars(wire).items()
    if isinstance(kind, type) and kind.__module__ == wire.__name__
}
_OPERATIONS: Final[Mapping[str, Operation]] = {
    **OPERATIONS,
    **feed.OPERATIONS,
    "dsse": _dsse,
    "header": _header,
    "shape": _shape,
    "envelope": _envelope,
    "bare": _bare,
    "leaf-bytes": _leaf,
    "auth": _auth,
    "read": _read,
    "sub": _sub,
    "name": _name,
    "sha256": _sha256,
}


def judge(line: Line) -> Json:
    """Give the output, or the reason code."""
    try:
        return {"out": _OPERATIONS[line["op"]](Fields(line["in"]))}
    except Refused as refused:
        return {"code": refused.code.value}


# --- what is asked -------------------------------------------------------------------------------


def lines(seed: int) -> list[Line]:
    """Make all cases, some right and most a little wrong."""
    rng = random.Random(seed)  # noqa: S311 -- the same cases every time
    return [line for make, count in _MAKERS for line in make(rng, count)]


def _line(op: str, **fields: object) -> Line:
    return {"op": op, "in": fields}


def _cases(name: str, op: str) -> list[dict[str, Any]]:
    rows = json.loads((FOLDER / name).read_text(encoding="utf-8"))["cases"]
    return [row["in"] for row in rows if row["op"] == op and row["expect"] == "accept"]


def _statements(rng: random.Random, count: int) -> Iterator[Line]:
    known = [json.loads(row["dsse"]) for row in _cases("05-dsse.json", "statement")]
    for number in range(count):
        outer = dict(known[number % len(known)])
        draw = rng.random()
        if draw < 0.5:
            inner = json.loads(base64.b64decode(outer["payload"]))
            outer["payload"] = base64.b64encode(jsonwise(inner, rng)).decode()
            yield _line("dsse", data=compact(outer).encode().hex())
        elif draw < 0.7:
            typ = rng.choice(list(PAYLOADS))
            body = compact(_fitting(PAYLOADS[typ], rng)).encode()
            outer["payloadType"] = statement.payload_type(typ)
            outer["payload"] = base64.b64encode(body).decode()
            yield _line("dsse", data=compact(outer).encode().hex())
        elif draw < 0.85:
            yield _line("dsse", data=jsonwise(outer, rng).hex())
        else:
            yield _line("dsse", data=bytewise(compact(outer).encode(), rng).hex())


def _fitting(kind: type[msgspec.Struct], rng: random.Random) -> Json:
    """Draw until a value also keeps what its fields say about each other, or give another."""
    for _ in range(_TRIES):
        made = sample(kind, rng)
        if _fits(made, kind):
            return made
    return sample(kind, rng)


def _fits(value: Json, kind: type[msgspec.Struct]) -> bool:
    try:
        codec.decode(compact(value).encode(), kind)
    except Refused:
        return False
    return True


def _sample_header(rng: random.Random) -> Json:
    made = _fitting(HEADERS[rng.choice([k for k in HEADERS if k != "op"])], rng)
    if rng.random() < 0.7:
        op = rng.choice(list(OPS))
        made = {**sample(OpHeader, rng), "op": op, "m": _fitting(OPS[op], rng)}
    return made


def _headers(rng: random.Random, count: int) -> Iterator[Line]:
    for number in range(count):
        made = _sample_header(rng)
        draw = number % 8
        if draw == 0:
            yield _line("header", data=compact(made).encode().hex())
        elif draw == 1:
            yield _line("header", data=bytewise(compact(made).encode(), rng).hex())
        else:
            yield _line("header", data=jsonwise(made, rng).hex())


def _shapes(rng: random.Random, count: int) -> Iterator[Line]:
    names = list(_WIRE)
    for number in range(count):
        name = names[number % len(names)]
        made = sample(_WIRE[name], rng)
        data = compact(made).encode() if rng.random() < 0.2 else jsonwise(made, rng)
        yield _line("shape", name=name, data=data.hex())


def _j1(rng: random.Random, count: int) -> Iterator[Line]:
    known = [bytes.fromhex(row["data"]) for row in _cases("02-j1.json", "j1")]
    known = [data for data in known if len(data) < 10_000]
    for _ in range(count):
        if rng.random() < 0.5:
            data = bytewise(rng.choice(known), rng)
        else:
            data = jsonwise(json.loads(rng.choice(known)), rng)
        yield _line("j1", data=data.hex(), limit=64 * 1024)


def _mutated(file: str, op: str, field: str, *, to: str | None = None) -> "_Maker":
    """Change the bytes of one field of the accepted cases of a file."""

    def make(rng: random.Random, count: int) -> Iterator[Line]:
        known = _cases(file, op)
        for _ in range(count):
            row = rng.choice(known)
            data = bytewise(bytes.fromhex(row[field]), rng).hex()
            yield _line(to, data=data) if to else _line(op, **{**row, field: data})

    return make


def _base64(rng: random.Random, count: int) -> Iterator[Line]:
    for _ in range(count):
        raw = rng.randbytes(rng.randrange(12))
        op = rng.choice(("b64", "b64u"))
        text = b64u(raw) if op == "b64u" else codec.b64(raw)
        at = rng.randrange(len(text) + 1)
        letter = rng.choice(("", "=", "==", "A", "B", "-", "_", "+", "/", " ", "\n", "é", "\uff21"))
        yield _line(op, text=text[:at] + letter + text[at + rng.randrange(2) :])


def _codes(rng: random.Random, count: int) -> Iterator[Line]:
    known = [
        ("read-code", "typed", row["typed"]) for row in _cases("09-invitation.json", "read-code")
    ]
    known += [
        ("read-link", "link", row["link"]) for row in _cases("09-invitation.json", "read-link")
    ]
    for _ in range(count):
        op, field, text = rng.choice(known)
        at = rng.randrange(len(text) + 1)
        letter = rng.choice(
            (
                "",
                "0",
                "1",
                "8",
                "9",
                "a",
                "ａ",
                "－",
                "ー",
                " ",
                "\u3000",
                "\u00a0",
                "ß",
                "é",
                "𠮷",
                "/",
            )
        )
        yield _line(op, **{field: text[:at] + letter + text[at + rng.randrange(2) :]})


def _requests(rng: random.Random, count: int) -> Iterator[Line]:
    for _ in range(count):
        asking = {
            "net": rng.randbytes(32).hex(),
            "origin": rng.choice(("https://entaku.example.jp", "http://127.0.0.1:8000", "")),
            "time": rng.choice((0, 1_795_222_800, MAX_INT)),
            "device": rng.randbytes(32).hex(),
        }
        place = {"case": rng.randbytes(16).hex(), "nonce": rng.randbytes(16).hex()}
        ids = [rng.randbytes(rng.choice((0, 5, 32))).hex() for _ in range(rng.randrange(4))]
        yield _line("name", net=asking["net"], key=rng.randbytes(32).hex())
        yield _line("auth", **asking, nonce=rng.randbytes(32).hex())
        yield _line("read", **asking, **place, purpose="open", ids=ids)
        yield _line("read", **asking, **place | {"case": None}, purpose="audit.denied", ids=ids)
        yield _line("sub", **asking, **place, sit=rng.randbytes(16).hex(), start=rng.randrange(9))
        yield _line("sub", **asking, **place, sit=None, start=MAX_INT)


_Maker = Callable[[random.Random, int], Iterator[Line]]
_MAKERS: Final[tuple[tuple[_Maker, int], ...]] = (
    (_statements, 5000),
    (_headers, 3500),
    (_shapes, 2000),
    (_j1, 1500),
    (_base64, 800),
    (_codes, 400),
    (_mutated("08-envelope.json", "open-envelope", "wire"), 600),
    (_mutated("08-envelope.json", "open-envelope", "wire", to="envelope"), 400),
    (_mutated("08-envelope.json", "parse-bare", "bare", to="bare"), 400),
    (_mutated("11-bundle.json", "parse-bundle", "data"), 400),
    (_mutated("11-bundle.json", "open-bundle", "data"), 100),
    (_mutated("12-grant.json", "open-grant", "ct"), 100),
    (_mutated("06-sealing.json", "open-sealed", "sealed"), 100),
    (_mutated("04-ed25519.json", "verify", "signature"), 300),
    (_mutated("04-ed25519.json", "verify", "public"), 300),
    (_mutated("07-padding.json", "unpad", "data"), 300),
    (_mutated("15-feed.json", "leaf-read", "leaf", to="leaf-bytes"), 300),
    (_requests, 20),
)
