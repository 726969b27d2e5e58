"""Entry points that take bytes in this process: every statement, operation and document format."""

import base64
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from audit import archive, checkpoint, entry, evidence, export, merkle, note, tiles
from audit.model import Question
from consent import register
from crypto import aead, padding
from crypto.hashing import sha256
from crypto.sealing import SealingKey
from crypto.signing import SigningKey, verify
from protocol import (
    bundle,
    codec,
    envelope,
    headers,
    invitation,
    statement,
    wire,
)
from protocol.headers import HEADERS, OpHeader
from protocol.ids import Hash, Key
from protocol.leaf import Leaf
from protocol.ops import OPS
from protocol.payloads import PAYLOADS
from protocol.times import Instant
from sdk import contents, vault_format
from sdk.enrol import read_ticket
from server import announce
from server.http import page as reports
from tests.vectors.mutations import bytewise, compact, jsonwise
from tests.vectors.samples import sample
from tools.make_vectors.cases import FOLDER

Json = Any
Make = Callable[[random.Random], bytes]
_TRIES: Final = 40
_HELD: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry point: how an input is made, and what takes it."""

    name: str
    make: Make
    ask: Callable[[bytes], object]
    clean: tuple[type[Exception], ...] = ()
    weight: int = 1


# ---------------------------------------------------------------- inputs


_EXTREMES: Final = (
    b"",
    b"\x00",
    b"9" * 5000,
    b"\xff" * 4096,
    b"[" * 5000,
    b'{"a":' * 3000,
    '"\ud800"'.encode("utf-8", "surrogatepass"),
    b'{"a":"\\ud800"}',
    b'{"a":"\\u0000"}',
    b"\xef\xbb\xbf{}",
    b"{}" + b" " * 70000,
)


def of_json(value: Callable[[random.Random], Json]) -> Make:
    """Values of JSON, most of them changed a little."""

    def make(rng: random.Random) -> bytes:
        made = value(rng)
        written = compact(made).encode("utf-8", "surrogatepass")
        match rng.randrange(10):
            case 0:
                return written
            case 1 | 2:
                return of_bytes([written])(rng)
            case _:
                return jsonwise(made, rng)

    return make


def of_bytes(seeds: Sequence[bytes]) -> Make:
    """Bytes, changed one to four times, now and then extreme ones."""

    def make(rng: random.Random) -> bytes:
        if not rng.randrange(50):
            return rng.choice(_EXTREMES)
        data = rng.choice(seeds)
        for _ in range(rng.choice((0, 1, 1, 1, 2, 4))):
            data = bytewise(data, rng)
        return data

    return make


def cases(name: str, op: str, field: str) -> list[bytes]:
    """Inputs of a vector file that are accepted, as bytes."""
    rows = json.loads((FOLDER / name).read_text(encoding="utf-8"))["cases"]
    found = [row["in"][field] for row in rows if row["op"] == op and row["expect"] == "accept"]
    return [bytes.fromhex(each) if _is_hex(each) else each.encode() for each in found]


def _is_hex(text: str) -> bool:
    return len(text) % 2 == 0 and all(letter in "0123456789abcdef" for letter in text)


def fitting(kind: type[msgspec.Struct]) -> Callable[[random.Random], Json]:
    """Draw values that fit a struct, what its fields say about each other included if it can."""

    def draw(rng: random.Random) -> Json:
        made: Json = None
        for _ in range(_TRIES):
            made = sample(kind, rng)
            try:
                codec.decode(compact(made).encode(), kind)
            except Exception:  # noqa: BLE001, S112 -- whatever it is, it is found by asking
                continue
            return made
        return made

    return _cached(draw)


def _cached(draw: Callable[[random.Random], Json]) -> Callable[[random.Random], Json]:
    """Draw some values and choose among them, since drawing costs more than asking."""
    held: list[Json] = []

    def choose(rng: random.Random) -> Json:
        if len(held) < _HELD:
            held.append(draw(rng))
            return held[-1]
        return rng.choice(held)

    return choose


_KEY: Final = bytes(range(32))
_SIGNER: Final = SigningKey.from_seed(bytes(32))
_KEY_ID: Final = statement.key_id(_SIGNER.public)


# ---------------------------------------------------------------- structs and statements


def _shapes() -> Iterator[Entry]:
    """Every struct of the wire, as bodies of requests and as events."""
    for name, kind in sorted(vars(wire).items()):
        if (
            isinstance(kind, type)
            and issubclass(kind, msgspec.Struct)
            and kind.__module__ == wire.__name__
        ):
            yield Entry(name=f"wire.{name}", make=of_json(fitting(kind)), ask=_decoding(kind))


def _decoding(kind: type[msgspec.Struct]) -> Callable[[bytes], object]:
    return lambda data: codec.decode(data, kind, limit=wire.MAX_BODY)


def _statements() -> Iterator[Entry]:
    """Every type of statement, as DSSE; what parses is written and hashed again."""
    for typ, kind in sorted(PAYLOADS.items()):
        yield Entry(name=f"statement.{typ}", make=_dsse(typ, kind), ask=_statement, weight=3)


def _dsse(typ: str, kind: type[msgspec.Struct]) -> Make:
    body = of_json(fitting(kind))

    def make(rng: random.Random) -> bytes:
        payload = body(rng)
        sig = _SIGNER.sign(statement.to_be_signed(typ, payload))
        signature = {"keyid": _KEY_ID, "sig": base64.b64encode(sig).decode()}
        outer: Json = {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": statement.payload_type(typ),
            "signatures": [signature] * rng.choice((1, 1, 1, 2, 9)),
        }
        match rng.randrange(8):
            case 0:
                return jsonwise(outer, rng)
            case 1:
                return bytewise(compact(outer).encode(), rng)
            case _:
                return compact(outer).encode()

    return make


def _statement(data: bytes) -> object:
    parsed = statement.parse(data)
    signatures = statement.match(parsed, [Key(Hash(_SIGNER.public))])
    statement.signature_hash(signatures)
    return statement.to_dsse(parsed, signatures)


def _headers() -> Iterator[Entry]:
    """Every kind of envelope header, and for operations the facts of each."""
    for k, kind in sorted(HEADERS.items()):
        if kind is not OpHeader:
            yield Entry(name=f"header.{k}", make=of_json(fitting(kind)), ask=headers.parse)
    for op, facts in sorted(OPS.items()):
        yield Entry(name=f"op.{op}", make=of_json(_op(op, facts)), ask=headers.parse)


def _op(op: str, kind: type[msgspec.Struct]) -> Callable[[random.Random], Json]:
    inner = fitting(kind)
    return lambda rng: {**sample(OpHeader, rng), "op": op, "m": inner(rng)}


def _texts() -> Iterator[Entry]:
    """Plaintexts of documents, the vault's contents, and words between nodes."""
    own: list[tuple[str, type[msgspec.Struct]]] = [
        (name, kind)
        for module in (headers, contents, vault_format, export)
        for name, kind in sorted(vars(module).items())
        if isinstance(kind, type)
        and issubclass(kind, msgspec.Struct)
        and kind.__module__ == module.__name__
        and not name.startswith("_")
        and kind not in {headers.Header, OpHeader}
    ]
    for name, kind in own:
        yield Entry(name=f"document.{name}", make=of_json(fitting(kind)), ask=_decoding(kind))
    word = announce._Envelope  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # what Redis brings
    yield Entry(name="redis.word", make=of_json(fitting(word)), ask=_decoding(word))


# ---------------------------------------------------------------- bytes

_NOTE: Final = note.Signer(name="entaku.test/a/id", key=_SIGNER)
_CHECKPOINT: Final = checkpoint.Checkpoint(origin=_NOTE.name, size=300, root=bytes(range(32)))


def _envelopes() -> Iterator[Entry]:
    wires = [*cases("08-envelope.json", "open-envelope", "wire"), *_signed_envelopes()]
    bares = cases("08-envelope.json", "parse-bare", "bare")
    yield Entry(name="envelope", make=of_bytes(wires), ask=_envelope, weight=3)
    yield Entry(name="envelope.bare", make=of_bytes(bares), ask=envelope.parse_bare)
    sealed = [_sealed(size) for size in (0, 1, 100)]
    yield Entry(name="envelope.opened", make=of_bytes(sealed), ask=_opened)
    packs = cases("11-bundle.json", "parse-bundle", "data")
    yield Entry(name="bundle", make=of_bytes(packs), ask=bundle.parse, weight=3)
    yield Entry(name="bundle.sealed", make=of_bytes([bytes(1168), bytes(1200)]), ask=_unsealed)
    leaves = cases("15-feed.json", "leaf-read", "leaf")
    yield Entry(name="leaf.id", make=of_bytes(leaves), ask=Leaf.parse)


def _signed_envelopes() -> list[bytes]:
    rng = random.Random(0)  # noqa: S311 -- any fitting header will do
    kinds = [kind for kind in HEADERS.values() if kind is not OpHeader]
    return [_sealed(50, compact(fitting(kind)(rng)).encode()) for kind in kinds]


def _envelope(data: bytes) -> object:
    parsed = envelope.parse(data)
    envelope.check_signature(parsed, _SIGNER.public)
    return headers.parse(parsed.header)


def _sealed(size: int, header: bytes = b"{}") -> bytes:
    return envelope.seal(
        key=_KEY, header=header, plaintext=bytes(size), nonce=bytes(24), signer=_SIGNER
    )


def _opened(data: bytes) -> object:
    return envelope.open_(envelope.parse(data), key=_KEY)


def _unsealed(data: bytes) -> object:
    return SealingKey.from_seed(bytes(32)).open(data, info=b"x")


def _crypto() -> Iterator[Entry]:
    signature = _SIGNER.public + _SIGNER.sign(b"x")
    yield Entry(name="signature", make=of_bytes([signature]), ask=_signature)
    yield Entry(name="padding", make=of_bytes([padding.pad(b"abc", constant=None)]), ask=_unpad)
    yield Entry(name="aead", make=of_bytes([bytes(64)]), ask=_decrypt)
    text = [b"YQ", b"YWI", codec.b64u(_KEY).encode()]
    yield Entry(name="base64url", make=of_bytes(text), ask=_text(codec.from_b64u))
    yield Entry(name="base64", make=of_bytes([b"YQ==", b"YWI="]), ask=_text(codec.from_b64))
    instants = [b"2026-11-21T00:00:00Z", b"2028-02-29T23:59:59Z"]
    yield Entry(
        name="instant", make=of_bytes(instants), ask=_text(Instant.parse), clean=(ValueError,)
    )


def _signature(data: bytes) -> None:
    verify(public=data[:32], message=b"x", signature=data[32:])


def _unpad(data: bytes) -> object:
    return padding.unpad(data, constant=None)


def _decrypt(data: bytes) -> object:
    return aead.decrypt(key=_KEY, nonce=bytes(24), aad=b"", ciphertext=data)


def _text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    """Hand an input over as text, as a terminal or a URL does; half pairs included."""
    return lambda data: read(data.decode("utf-8", "surrogateescape"))


def _invitations() -> Iterator[Entry]:
    typed = cases("09-invitation.json", "read-code", "typed")
    links = cases("09-invitation.json", "read-link", "link")
    yield Entry(name="invitation.code", make=of_bytes(typed), ask=_text(invitation.read_code))
    yield Entry(name="invitation.link", make=of_bytes(links), ask=_text(invitation.read_link))
    yield Entry(name="invitation.ticket", make=of_bytes([*typed, *links]), ask=_text(read_ticket))


# ---------------------------------------------------------------- the logs


def _logs() -> Iterator[Entry]:
    signed = note.sign(_CHECKPOINT.text, _NOTE)
    vkey = _NOTE.verifier.vkey.encode()
    places = [
        b"tile/0/000",
        b"tile/1/x001/234.p/7",
        b"tile/entries/001.p/255",
        b"tile/0/" + b"x001/" * 1500 + b"000",
    ]
    bundles = [tiles.encode_bundle([b"a", b"", b"x" * 300])]
    leaves = cases("15-log.json", "log-leaf", "leaf")
    saved = cases("ts-15-evidence.json", "evidence", "zip")
    yield Entry(name="note", make=of_bytes([signed]), ask=_note, weight=2)
    huge = _CHECKPOINT.text.replace(b"300", b"3" * 5000)
    yield Entry(name="checkpoint", make=of_bytes([_CHECKPOINT.text, huge]), ask=checkpoint.parse)
    yield Entry(name="vkey", make=of_bytes([vkey]), ask=_text(note.Verifier.parse))
    yield Entry(name="tile.path", make=of_bytes(places), ask=_text(tiles.parse_path))
    yield Entry(name="tile.hashes", make=of_bytes([bytes(64)]), ask=tiles.hashes_of)
    yield Entry(name="tile.bundle", make=of_bytes(bundles), ask=tiles.decode_bundle)
    yield Entry(name="leaf.ops", make=of_bytes(leaves), ask=entry.parse, weight=2)
    yield Entry(name="recipients", make=of_bytes([bytes(48)]), ask=entry.split_recipients)
    yield Entry(name="proof.inclusion", make=_numbers(3), ask=_inclusion)
    yield Entry(name="proof.consistency", make=_numbers(3), ask=_consistency)
    yield Entry(name="evidence", make=of_bytes(saved), ask=_evidence)
    yield Entry(name="audit.question", make=of_json(_question), ask=_asked, weight=2)


def _evidence(data: bytes) -> object:
    found = archive.read(data)
    council = evidence.council_of(found.roots)
    return [evidence.judge(pair, council) for pair in found.pairs]


def _note(data: bytes) -> object:
    return checkpoint.open_signed(data, [_NOTE.verifier])


def _numbers(count: int) -> Make:
    """Numbers of 8 bytes, small ones and borders."""
    borders = (0, 1, 2, 3, 5, 255, 256, 257, 2**32, 2**53 - 1, 2**63 - 1, 2**63, 2**64 - 1)
    return lambda rng: b"".join(rng.choice(borders).to_bytes(8, "big") for _ in range(count))


def _split(data: bytes) -> tuple[int, int, list[bytes]]:
    first, second, length = (int.from_bytes(data[at : at + 8], "big") for at in (0, 8, 16))
    return first, second, [sha256(data)] * min(length, 70)


def _inclusion(data: bytes) -> None:
    index, size, path = _split(data)
    merkle.verify_inclusion(leaf=_KEY, index=index, size=size, path=path, root=_KEY)


def _consistency(data: bytes) -> None:
    old, size, path = _split(data)
    merkle.verify_consistency(old_size=old, old_root=_KEY, size=size, root=_KEY, path=path)


def _question(rng: random.Random) -> Json:
    purposes = ("case-timeline", "person-timeline", "denied", "openings", "other")
    numbers = ("", "0", "12", "-1", "１２", "9" * 19, "9" * 500, "1e3", " 1")
    times = ("", "2026-11-21T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "x")
    subject = rng.choice(("K-101", "00" * 16, "\u0000", "é" * 16, ""))
    params = [subject, rng.choice(times), rng.choice(times), rng.choice(numbers)]
    return {
        "purpose": f"audit.{rng.choice(purposes)}",
        "params": params[rng.randrange(2) : rng.randrange(5)],
        "nonce": codec.b64u(bytes(16)),
        "time": 1,
        "sig": codec.b64u(bytes(64)),
    }


def _asked(data: bytes) -> object:
    wanted = codec.decode(data, wire.Query)
    return Question.parse(wanted.purpose, wanted.params, case=lambda _: None)


# ---------------------------------------------------------------- beside the protocol


def _beside() -> Iterator[Entry]:
    report: Json = {"csp-report": {"effective-directive": "script-src"}, "type": "csp-violation"}
    yield Entry(
        name="report",
        make=of_json(lambda rng: rng.choice((report, [report, report]))),
        ask=lambda data: list(
            reports._directives(data)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # its parser
        ),
    )
    toml = (FOLDER.parent / "consent" / "bases.toml").read_bytes()
    yield Entry(
        name="bases.toml",
        make=of_bytes([toml]),
        ask=register.parse,
        clean=(msgspec.DecodeError, ValueError),
    )


def entries() -> list[Entry]:
    """Every entry point that takes bytes in this process."""
    made = (_shapes, _statements, _headers, _texts, _envelopes, _crypto, _invitations, _logs)
    return [each for make in (*made, _beside) for each in make()]
