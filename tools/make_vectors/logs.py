"""Makes `vectors/15-log.json`: proofs, checkpoints, notes and leaves of the audit log.

`python -m tools.make_vectors.logs`. The cases of proofs are judged by an implementation not
written here as well (`tools/independent`).
"""

from collections.abc import Iterator, Mapping
from typing import Final

from audit import checkpoint, entry, merkle, note
from audit.checkpoint import Checkpoint
from audit.entry import Entry, Kind, Opening
from crypto.errors import Code
from crypto.hashing import sha256
from crypto.signing import SigningKey
from protocol.ids import CaseId, Digest, Hash, Id, Sid, Wid
from tools.make_vectors.cases import FOLDER, Case, Fields, Operation, Record, VectorFile, run
from tools.make_vectors.values import CASE, EPOCH_KEY, WID, accept, flip, reject, seq

NAME: Final = "15-log.json"

# --- operations ------------------------------------------------------------------------


def _inclusion(fields: Fields) -> Record:
    merkle.verify_inclusion(
        leaf=fields.hex("leaf"),
        index=fields.number("index"),
        size=fields.number("size"),
        root=fields.hex("root"),
        path=[bytes.fromhex(each) for each in fields.texts("path")],
    )
    return {}


def _consistency(fields: Fields) -> Record:
    merkle.verify_consistency(
        old_size=fields.number("old_size"),
        old_root=fields.hex("old_root"),
        size=fields.number("size"),
        root=fields.hex("root"),
        path=[bytes.fromhex(each) for each in fields.texts("path")],
    )
    return {}


def _checkpoint(fields: Fields) -> Record:
    found = checkpoint.parse(fields.hex("text"))
    return {"origin": found.origin, "size": found.size, "root": found.root.hex()}


def _note(fields: Fields) -> Record:
    known = [note.Verifier.parse(vkey) for vkey in fields.texts("vkeys")]
    opened = note.open_note(fields.hex("note"), known)
    return {"text": opened.text.hex(), "signed_by": [each.vkey for each in opened.signed_by]}


def _leaf(fields: Fields) -> Record:
    found = entry.parse(fields.hex("leaf"))
    commitments = found.commitments().items()
    return {
        "kind": found.k.value,
        "hash": merkle.leaf_hash(fields.hex("leaf")).hex(),
        "commitments": [f"{field}={each.hex()}" for field, each in commitments],
    }


def _opening(fields: Fields) -> Record:
    opening = Opening(field=fields.text("field"), mac=fields.hex("mac"), value=fields.hex("value"))
    entry.check_opening(entry.parse(fields.hex("leaf")), opening)
    return {}


OPERATIONS: Final[Mapping[str, Operation]] = {
    "log-inclusion": _inclusion,
    "log-consistency": _consistency,
    "log-checkpoint": _checkpoint,
    "log-note": _note,
    "log-leaf": _leaf,
    "log-opening": _opening,
}

# --- proofs ----------------------------------------------------------------------------

LEAVES: Final = [merkle.leaf_hash(n.to_bytes(2, "big")) for n in range(300)]


def _root(size: int) -> bytes:
    return merkle.root(LEAVES[:size])


def _prove(ranges: list[merkle.Range]) -> list[str]:
    return [merkle.root(LEAVES[start:end]).hex() for start, end in ranges]


def _proof_of(index: int, size: int) -> Record:
    path = _prove(merkle.inclusion_ranges(index=index, size=size))
    leaf, root = LEAVES[index].hex(), _root(size).hex()
    return {"leaf": leaf, "index": index, "size": size, "root": root, "path": path}


def _growth_of(old: int, size: int) -> Record:
    path = _prove(merkle.consistency_ranges(old=old, size=size))
    roots = {"old_root": _root(old).hex(), "root": _root(size).hex()}
    return {"old_size": old, "size": size, "path": path, **roots}


def _proofs() -> Iterator[Case]:
    for size in (1, 2, 3, 5, 7, 8, 64, 255, 256, 257, 300):
        for index in sorted({0, size // 2, size - 1}):
            name = f"leaf {index} of {size}"
            yield accept(name, "log-inclusion", **_proof_of(index, size))
            yield from _spoilt(name, "log-inclusion", _proof_of(index, size), ("leaf", "root"))
    for old, size in ((1, 2), (1, 8), (3, 7), (4, 7), (6, 8), (8, 8), (255, 257), (256, 300)):
        name = f"from {old} to {size}"
        yield accept(name, "log-consistency", **_growth_of(old, size))
        yield from _spoilt(name, "log-consistency", _growth_of(old, size), ("old_root", "root"))
    outside = _proof_of(3, 7) | {"index": 7}
    yield reject("leaf 7 of 7", "log-inclusion", Code.BAD_PROOF, **outside)
    shrunk = _growth_of(3, 7) | {"old_size": 7, "size": 3}
    yield reject("from 7 to 3", "log-consistency", Code.BAD_PROOF, **shrunk)


def _spoilt(name: str, op: str, record: Record, hashes: tuple[str, ...]) -> Iterator[Case]:
    for key in hashes:
        bad = {key: flip(bytes.fromhex(str(record[key])), 0).hex()}
        yield reject(f"{name}, {key} flipped", op, Code.BAD_PROOF, **(record | bad))
    path = Fields(record).texts("path")
    longer: Record = {"path": [*path, LEAVES[0].hex()]}
    yield reject(f"{name}, path longer", op, Code.BAD_PROOF, **(record | longer))
    for place, each in enumerate(path):
        turned = [*path[:place], flip(bytes.fromhex(each), 31).hex(), *path[place + 1 :]]
        flipped: Record = {"path": turned}
        yield reject(f"{name}, hash {place} flipped", op, Code.BAD_PROOF, **(record | flipped))
    if path:
        shorter: Record = {"path": path[:-1]}
        yield reject(f"{name}, path shorter", op, Code.BAD_PROOF, **(record | shorter))


# --- checkpoints and notes -------------------------------------------------------------

ORIGIN: Final = "minase.example/ops"
LOG: Final = note.Signer(name=ORIGIN, key=SigningKey.from_seed(seq(0, 32)))
WITNESS: Final = note.Signer(name="witness.example", key=SigningKey.from_seed(seq(32, 32)))
STATE: Final = Checkpoint(origin=ORIGIN, size=300, root=merkle.root(LEAVES))


def _checkpoints() -> Iterator[Case]:
    good = STATE.text.decode()
    yield accept("checkpoint", "log-checkpoint", text=STATE.text.hex())
    yield accept(
        "checkpoint of nothing",
        "log-checkpoint",
        text=Checkpoint(origin=ORIGIN, size=0, root=merkle.EMPTY_ROOT).text.hex(),
    )
    for size in ("+300", "0300", "3_00", "٣٠٠", " 300", "300 ", "-300", "", "3e2", "300\r"):
        text = good.replace("\n300\n", f"\n{size}\n").encode().hex()
        yield reject(f"size {size!r}", "log-checkpoint", Code.BAD_PROOF, text=text)
    for name, text in (
        ("extension line", good + "more\n"),
        ("no last newline", good[:-1]),
        ("no origin", good.removeprefix(ORIGIN)),
        ("31-byte root", good[:-5] + "=\n"),
        ("larger than 2^53", good.replace("\n300\n", "\n9007199254740992\n")),
        ("nothing with a root", good.replace("\n300\n", "\n0\n")),
    ):
        yield reject(name, "log-checkpoint", Code.BAD_PROOF, text=text.encode().hex())


def _notes() -> Iterator[Case]:
    signed = note.sign(STATE.text, WITNESS, LOG)
    vkeys = [LOG.verifier.vkey]
    both = [WITNESS.verifier.vkey, LOG.verifier.vkey]
    gap = len(STATE.text)
    yield accept("note", "log-note", note=note.sign(STATE.text, LOG).hex(), vkeys=vkeys)
    yield accept("note with an unknown signature", "log-note", note=signed.hex(), vkeys=vkeys)
    yield accept("note of two", "log-note", note=signed.hex(), vkeys=both)
    yield accept(
        "note with an empty line", "log-note", note=note.sign(b"a\n\nb\n", LOG).hex(), vkeys=vkeys
    )
    unknown = note.sign(STATE.text, WITNESS).hex()
    yield reject("note of strangers", "log-note", Code.UNTRUSTED, note=unknown, vkeys=vkeys)
    for name, code, raw in (
        ("text changed", Code.BAD_SIG, flip(signed, 0)),
        (
            "one known signature bad",
            Code.BAD_SIG,
            note.sign(STATE.text, WITNESS) + LOG.line(b"other\n"),
        ),
        ("no empty line", Code.BAD_PROOF, signed[:gap] + signed[gap + 1 :]),
        ("hyphen for dash", Code.BAD_PROOF, signed.replace("—".encode(), b"-")),
        ("carriage return", Code.BAD_PROOF, signed.replace(b"300", b"300\r")),
        ("no signature", Code.BAD_PROOF, signed[: gap + 1]),
        ("line cut off", Code.BAD_PROOF, signed[:-1]),
    ):
        yield reject(f"note, {name}", "log-note", code, note=raw.hex(), vkeys=both)


# --- leaves ----------------------------------------------------------------------------

FULL: Final = Entry(
    kind=Kind.PUSH,
    at_ms=1_795_222_800_123,
    id=Id(seq(0, 16)),
    epoch=3,
    actor=Wid(Id(WID)),
    case=CaseId(Id(CASE)),
    objects=(sha256(b"one"), sha256(b"two")),
    recipients=(Id(seq(48, 16)), Id(seq(32, 16))),
    purpose="view",
    basis=Sid(Hash(sha256(b"basis"))),
    bound=(Hash(sha256(b"one")),),
    request=Digest(Hash(sha256(b"request"))),
)


def _leaves() -> Iterator[Case]:
    raw = entry.leaf(FULL, key=EPOCH_KEY)
    refused = Entry(kind=Kind.DENIED, at_ms=0, id=Id(bytes(16)), reason=Code.NOT_SEATED)
    yield accept("leaf", "log-leaf", leaf=raw.hex())
    yield accept("leaf of a refusal", "log-leaf", leaf=entry.leaf(refused, key=EPOCH_KEY).hex())
    for name, bad in (
        ("a space", raw.replace(b",", b", ", 1)),
        ("another order", raw.replace(b'"t":1795222800123,"v":1', b'"v":1,"t":1795222800123')),
        ("another version", raw.replace(b'"v":1', b'"v":2')),
        ("an unknown kind", raw.replace(b'"push"', b'"pull"')),
        ("an escape", raw.replace(b'"push"', b'"p\\u0075sh"')),
        ("a key twice", raw.replace(b'"v":1', b'"v":1,"v":1')),
    ):
        yield reject(f"leaf with {name}", "log-leaf", Code.BAD_J1, leaf=bad.hex())
    for each in entry.openings(FULL, key=EPOCH_KEY):
        yield from _opened(raw, each)


def _opened(raw: bytes, opening: Opening) -> Iterator[Case]:
    good: Record = {
        "leaf": raw.hex(),
        "field": opening.field,
        "mac": opening.mac.hex(),
        "value": opening.value.hex(),
    }
    value: Record = {"value": flip(opening.value, 0).hex()}
    mac: Record = {"mac": flip(opening.mac, 0).hex()}
    other: Record = {"field": "case" if opening.field != "case" else "actor"}
    yield accept(f"opening of {opening.field}", "log-opening", **good)
    for name, bad in (("value", value), ("mac", mac), ("field", other)):
        yield reject(
            f"opening of {opening.field}, other {name}",
            "log-opening",
            Code.BAD_PROOF,
            **(good | bad),
        )


# --- the file --------------------------------------------------------------------------


def text() -> str:
    """Return the text of the file; AssertionError when the program judges a case otherwise."""
    cases = tuple(map(_judged, (*_proofs(), *_checkpoints(), *_notes(), *_leaves())))
    about = "RFC 9162 proofs, C2SP checkpoints and notes, leaves of the ops log"
    return VectorFile(name=NAME, about=about, cases=cases).text()


def _judged(case: Case) -> Case:
    judged = run(case, OPERATIONS)
    if judged.code != case.code:
        raise AssertionError(case.id, case.code, judged.code)
    return judged


if __name__ == "__main__":
    (FOLDER / NAME).write_text(text(), encoding="utf-8")
