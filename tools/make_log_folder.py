"""Write `vectors/log-folder/`: two exports that verify, and ways to tamper with them.

    python -m tools.make_log_folder

`tamperings.json` names for each way the files it changes, and what verification must then say:
the reason code, and the facts that name the place. Both languages replay it.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Final

from audit import entry, export, merkle, note, verify
from audit.checkpoint import Checkpoint
from audit.entry import Entry, Kind, Opening
from crypto.errors import Code, Fact, Refused
from crypto.hashing import sha256
from crypto.signing import SigningKey
from protocol import codec, statement
from protocol import leaf as identity
from protocol.ids import ZERO_HASH, ZERO_ID, CaseId, Id, Wid
from tools.independent import tamper
from tools.make_vectors.cases import FOLDER as VECTORS
from tools.make_vectors.values import CASE, flip, seq

FOLDER: Final = VECTORS / "log-folder"
TAMPERINGS: Final = "tamperings.json"
OPS: Final = "ops"
ID: Final = "id"

SIZE, EARLY, KEPT = 260, 100, 257
START: Final = 1_795_222_800_000
KEY: Final = SigningKey.from_seed(seq(0, 32))
SIGNERS: Final = {name: note.Signer(name=f"minase.example/{name}", key=KEY) for name in (OPS, ID)}
STRANGER: Final = note.Signer(name="minase.example/ops", key=SigningKey.from_seed(seq(64, 32)))

# --- the logs --------------------------------------------------------------------------


def _secret(n: int) -> bytes:
    return sha256(b"log-folder %d" % n)


def _entry(n: int) -> Entry:
    """A sign-in; now and then a refusal, or a change for two devices."""
    kind, objects, recipients = Kind.LOGIN, tuple[bytes, ...](), tuple[Id, ...]()
    if n % 20 == 0:
        kind = Kind.DENIED
    elif n % 10 == 1:
        kind, objects = Kind.POST, (b"sect", b"dk", b"op")
        recipients = (Id(seq(16, 16)), Id(seq(32, 16)))
    return Entry(
        kind=kind,
        at_ms=START + 60_000 * n,
        id=Id(_secret(n)[16:]),
        epoch=1 if kind is Kind.POST else None,
        actor=Wid(Id(_secret(n % 5)[:16])),
        case=None if kind is Kind.LOGIN else CaseId(Id(CASE)),
        objects=objects,
        recipients=recipients,
        reason=Code.CATEGORY_NOT_COVERED if kind is Kind.DENIED else None,
    )


ENTRIES: Final = [_entry(n) for n in range(SIZE)]
LEAVES: Final = [entry.leaf(each, key=_secret(n)) for n, each in enumerate(ENTRIES)]
OPENED: Final = (0, 1, 2, 21, 255, 256, 259)

PAYLOADS: Final = [b'{"n":%d}' % n for n in range(3)]  # judged by the directory, not here
ID_LEAVES: Final = [
    identity.beat(START).encode(),
    *(
        identity.Leaf(
            kind=3,
            t=START + n,
            sid=statement.statement_id("worker", payload),
            sg=ZERO_HASH,
            scope=ZERO_ID,
        ).encode()
        for n, payload in enumerate(PAYLOADS)
    ),
]


def signed(log: str, size: int, *, leaves: list[bytes], signer: note.Signer | None = None) -> bytes:
    """Sign the state of a log at a size."""
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves[:size]]
    by = signer or SIGNERS[log]
    return note.sign(Checkpoint(origin=by.name, size=size, root=merkle.root(hashes)).text, by)


def vkey(log: str) -> str:
    """Give the key that a verifier of this log holds."""
    return SIGNERS[log].verifier.vkey


def openings() -> Iterator[tuple[int, Opening]]:
    """Open all fields of some leaves."""
    for n in OPENED:
        fields = sorted(entry.openings(ENTRIES[n], key=_secret(n)), key=lambda each: each.field)
        yield from ((n, each) for each in fields)


def _dsse(payload: bytes) -> bytes:
    media = statement.payload_type("worker")
    made = statement.Dsse(payloadType=media, payload=codec.b64(payload), signatures=())
    return codec.encode(made)


def write_good(folder: Path) -> None:
    """Write both exports."""
    ops = export.FolderWriter(folder / OPS)
    ops.add(LEAVES)
    ops.write_openings(openings())
    early = signed(OPS, EARLY, leaves=LEAVES)
    ops.finish(checkpoint=signed(OPS, SIZE, leaves=LEAVES), vkey=vkey(OPS), early=early)
    ident = export.FolderWriter(folder / ID)
    ident.add(ID_LEAVES)
    ident.write_statements([(1, _dsse(PAYLOADS[0])), (3, _dsse(PAYLOADS[2]))])
    ident.finish(checkpoint=signed(ID, len(ID_LEAVES), leaves=ID_LEAVES), vkey=vkey(ID))


# --- tampering -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Tampering:
    """A way to tamper with an export, or another thing to verify it against."""

    name: str
    log: str = OPS
    change: Callable[[Path], object] = lambda _: None
    old: bytes | None = None
    signer: note.Signer | None = None

    @property
    def vkey(self) -> str:
        """The key to verify with."""
        return self.signer.verifier.vkey if self.signer else vkey(self.log)


def _flip(name: str, at: int) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(flip((folder / name).read_bytes(), at))

    return change


def _put(name: str, data: bytes) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)

    return change


def _anew(leaves: list[bytes]) -> Callable[[Path], object]:
    return lambda folder: tamper.rewrite(folder, leaves)


def _swap(first: int, second: int) -> list[bytes]:
    leaves = list(LEAVES)
    leaves[first], leaves[second] = leaves[second], leaves[first]
    return leaves


def _line(at: int, *, index: int | None = None, value: bytes | None = None) -> bytes:
    """Give all openings with one of them changed."""
    lines = list(openings())
    n, was = lines[at]
    other = Opening(field=was.field, mac=was.mac, value=was.value if value is None else value)
    lines[at] = (n if index is None else index, other)
    encoded = (
        export.OpeningLine(i=n, f=o.field, h=codec.B64U(o.mac), v=codec.B64U(o.value))
        for n, o in lines
    )
    return b"".join(codec.encode(line) + b"\n" for line in encoded)


OTHER: Final = [LEAVES[1], *LEAVES[1:]]
LONGER: Final = [*LEAVES, LEAVES[0]]
PLACE_OF_130: Final = sum(2 + len(leaf) for leaf in LEAVES[:130])
NOW: Final = signed(OPS, SIZE, leaves=LEAVES)

WAYS: Final = (
    Tampering(name="nothing, with a checkpoint from before", old=signed(OPS, KEPT, leaves=LEAVES)),
    Tampering(name="nothing, of the identity log", log=ID),
    Tampering(name="a bit of a leaf", change=_flip("tile/entries/000", PLACE_OF_130 + 200)),
    Tampering(name="a bit of a leaf's length", change=_flip("tile/entries/001.p/4", 1)),
    Tampering(
        name="two leaves exchanged, every tile made anew",
        change=_anew(_swap(257, 258)),
    ),
    Tampering(name="the newest leaf cut off", change=_anew(LEAVES[:-1])),
    Tampering(name="a hash of a tile", change=_flip("tile/0/001.p/4", 2 * 32)),
    Tampering(name="a hash one level up", change=_flip("tile/1/000.p/1", 31)),
    Tampering(name="a bundle gone", change=lambda at: (at / "tile/entries/001.p/4").unlink()),
    Tampering(name="a tile of no tree", change=_put("tile/0/002.p/1", bytes(32))),
    Tampering(name="the checkpoint's size", change=_put("checkpoint", NOW.replace(b"260", b"259"))),
    Tampering(name="the checkpoint's signature", change=_flip("checkpoint", 150)),
    Tampering(
        name="the checkpoint signed by a stranger",
        change=_put("checkpoint", signed(OPS, SIZE, leaves=LEAVES, signer=STRANGER)),
    ),
    Tampering(name="another key to verify with", signer=STRANGER),
    Tampering(
        name="an early checkpoint of another history",
        change=_put("checkpoint.early", signed(OPS, EARLY, leaves=OTHER)),
    ),
    Tampering(
        name="a kept checkpoint of another history",
        old=signed(OPS, KEPT, leaves=OTHER),
    ),
    Tampering(name="a kept checkpoint of a longer log", old=signed(OPS, SIZE + 1, leaves=LONGER)),
    Tampering(
        name="an opening of another value", change=_put("openings.jsonl", _line(3, value=bytes(16)))
    ),
    Tampering(name="an opening of another leaf", change=_put("openings.jsonl", _line(0, index=3))),
    Tampering(
        name="a statement that its leaf does not name",
        log=ID,
        change=_put("statements.jsonl", b'{"i":2,"dsse":%b}\n' % _dsse(PAYLOADS[0])),
    ),
    Tampering(name="a bit of an identity leaf", log=ID, change=_flip("tile/entries/000.p/4", 20)),
)


def verdict(folder: Path, way: Tampering) -> dict[str, Fact | dict[str, Fact]]:
    """Verify a folder: sizes and counts, or the code and the facts."""
    try:
        report = verify.verify_folder(folder, vkey=way.vkey, old=way.old)
    except Refused as refusal:
        return {"code": refusal.code.value, "facts": dict(refusal.facts)}
    return {
        "size": report.checkpoint.size,
        "early": report.early_size,
        "old": report.old_size,
        "kinds": dict(sorted(report.kinds.items())),
        "openings": report.openings,
        "statements": report.statements,
    }


def described(good: Path, way: Tampering) -> dict[str, object]:
    """Tamper with a copy; tell which files changed and what verification says."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / way.log
        shutil.copytree(good / way.log, copy)
        way.change(copy)
        return {
            "id": way.name,
            "log": way.log,
            "vkey": way.vkey,
            "old": None if way.old is None else way.old.decode(),
            "changes": list(_changes(good / way.log, copy)),
            "expect": verdict(copy, way),
        }


def files_of(folder: Path) -> dict[str, bytes]:
    """Read all files below a folder by their names."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _changes(good: Path, bad: Path) -> Iterator[dict[str, object]]:
    before, after = files_of(good), files_of(bad)
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, b""), after.get(name)
        if new is None:
            yield {"file": name, "gone": True}
        elif old != new:
            head = _common(old, new)
            tail = _common(old[head:][::-1], new[head:][::-1])
            middle = new[head : len(new) - tail]
            yield {"file": name, "at": head, "cut": len(old) - tail - head, "hex": middle.hex()}


def _common(one: bytes, other: bytes) -> int:
    """Count the bytes with which both begin."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def text(good: Path) -> str:
    """Write all ways of tampering."""
    ways = [described(good, way) for way in WAYS]
    about = "ways to tamper: from `at` on, `cut` bytes give way to `hex`; and what must be said"
    return json.dumps({"about": about, "cases": ways}, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the folder anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    write_good(FOLDER)
    (FOLDER / TAMPERINGS).write_text(text(FOLDER), encoding="utf-8")
    print(FOLDER.name, sum(len(data) for data in files_of(FOLDER).values()))


if __name__ == "__main__":
    main()
