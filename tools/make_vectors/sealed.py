"""Files 06 (sealing), 11 (key bundles) and 12 (grants).

HPKE draws its own randomness. So that a second run changes nothing, ciphertexts are kept in
`vectors/kept.json` and made anew only when they no longer open to the expected bytes.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from crypto.errors import Code, Refused
from crypto.hashing import sha256
from crypto.sealing import seal
from protocol import bundle, grants
from protocol.ids import CaseId, Digest, DocId, Hash, Id, NetId, Sid
from protocol.keys import epoch_commitment
from protocol.vocabulary import GrantWhat
from tools.make_vectors.cases import Case, Record
from tools.make_vectors.values import (
    CASE,
    DOC,
    DOC_KEY,
    EK,
    EK_SEED,
    EPOCH_KEY,
    NET,
    accept,
    flip,
    reject,
    seq,
)


class Kept:
    """Ciphertexts by name, kept from run to run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        known: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        self._known = known
        self._used: dict[str, str] = {}

    def seal(self, name: str, *, info: bytes, plaintext: bytes) -> bytes:
        """Return a ciphertext to the key of Appendix A.2, the kept one if it still opens."""
        sealed = bytes.fromhex(self._used.get(name) or self._known.get(name, ""))
        if not _opens(sealed, info=info, plaintext=plaintext):
            sealed = seal(EK.public, info=info, plaintext=plaintext)
        self._used[name] = sealed.hex()
        return sealed

    def text(self) -> str:
        """Return the file's text, used names only."""
        return json.dumps(self._used, indent=0) + "\n"


def _opens(sealed: bytes, *, info: bytes, plaintext: bytes) -> bool:
    try:
        return EK.open(sealed, info=info) == plaintext
    except Refused:
        return False


# --- 06 -----------------------------------------------------------------------------------


def sealing(kept: Kept) -> Iterator[Case]:
    """Seed to key, then open."""
    for name, seed in (
        ("of the X-Wing draft", bytes.fromhex(_DRAFT_SEED)),
        ("of zeros", bytes(32)),
        ("of Appendix A.2", EK_SEED),
    ):
        yield accept(f"key {name}", "sealing-key", seed=seed.hex())
    for name, plaintext in (("32 bytes", EPOCH_KEY), ("nothing", b""), ("a text", b"x" * 300)):
        info = b"info of " + name.encode()
        sealed = kept.seal(name, info=info, plaintext=plaintext)
        yield accept(f"open {name}", "open-sealed", **_open(sealed, info=info))
    info = b"info of 32 bytes"
    sealed = kept.seal("32 bytes", info=info, plaintext=EPOCH_KEY)
    for name, changed in _spoilt(sealed).items():
        yield reject(f"open {name}", "open-sealed", Code.BAD_TAG, **_open(changed, info=info))
    yield reject("another info", "open-sealed", Code.BAD_TAG, **_open(sealed, info=b"info"))
    yield reject("no info", "open-sealed", Code.BAD_TAG, **_open(sealed, info=b""))
    other = {**_open(sealed, info=info), "seed": seq(8, 32).hex()}
    yield reject("another key", "open-sealed", Code.BAD_TAG, **other)


# draft-connolly-cfrg-xwing-kem, appendix C, first vector
_DRAFT_SEED: Final = "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26"


def _open(sealed: bytes, *, info: bytes) -> dict[str, str]:
    return {"seed": EK_SEED.hex(), "sealed": sealed.hex(), "info": info.hex()}


def _spoilt(sealed: bytes) -> dict[str, bytes]:
    x25519 = slice(1088, 1120)
    return {
        "a changed ML-KEM ciphertext": flip(sealed, 0),
        "a changed X25519 share": flip(sealed, x25519.start),
        "a changed ciphertext": flip(sealed, x25519.stop),
        "a changed tag": flip(sealed, len(sealed) - 1),
        "a share of zeros": sealed[: x25519.start] + bytes(32) + sealed[x25519.stop :],
        "a share of small order": sealed[: x25519.start]
        + b"\x01".ljust(32, b"\0")
        + sealed[x25519.stop :],
        "shares in the other order": sealed[x25519] + sealed[:1088] + sealed[x25519.stop :],
        "a byte too few": sealed[:-1],
        "a byte too many": sealed + b"\0",
        "the share cut off": sealed[:1119],
        "no ciphertext": sealed[:1120],
        "nothing at all": b"",
    }


# --- 11 -----------------------------------------------------------------------------------

_SIDS: Final = sorted(Sid(Hash(sha256(name))) for name in (b"device", b"second", b"third"))
_MINE: Final = Sid(Hash(sha256(b"device")))
_PREV: Final = Sid(Hash(sha256(b"prev")))


def _epoch(n: int, prev: Sid | None) -> bundle.Epoch:
    return bundle.Epoch(net=NetId(Hash(NET)), case=CaseId(Id(CASE)), n=n, prev=prev)


def _epoch_fields(epoch: bundle.Epoch) -> dict[str, str | int | None]:
    prev = None if epoch.prev is None else epoch.prev.hex()
    return {"net": epoch.net.hex(), "case": epoch.case.hex(), "n": epoch.n, "prev": prev}


def bundles(kept: Kept) -> Iterator[Case]:
    """Info of a seal, the strict binary form, and opening one's own entry."""
    for epoch in (_epoch(0, None), _epoch(1, _PREV)):
        fields = _epoch_fields(epoch)
        yield accept(f"info of epoch {epoch.n}", "bundle-info", **fields, sid=_MINE.hex(), eg=0)
    data = _bundle(kept)
    yield accept("three entries", "parse-bundle", data=data.hex())
    yield accept("one entry", "parse-bundle", data=_only_first(data).hex())
    yield accept("no entry", "parse-bundle", data=_empty(0).hex())
    for name, (code, spoilt) in _spoilt_bundles(data).items():
        yield reject(name, "parse-bundle", code, data=spoilt.hex())
    yield from _openings(data)


def _bundle(kept: Kept) -> bytes:
    epoch = _epoch(1, _PREV)
    entries = [
        bundle.Entry(
            sid=sid,
            eg=eg,
            ct=kept.seal(
                f"bundle {eg}", info=bundle.info(epoch, sid=sid, eg=eg), plaintext=EPOCH_KEY
            ),
        )
        for eg, sid in enumerate(_SIDS)
    ]
    return bundle.encode(case=epoch.case, n=epoch.n, entries=entries)


_HEAD: Final = 26
_ENTRY: Final = 32 + 4 + 2 + 1168


def _empty(count: int) -> bytes:
    return b"SHB1" + CASE + (1).to_bytes(4, "big") + count.to_bytes(2, "big")


def _only_first(data: bytes) -> bytes:
    return _empty(1) + data[_HEAD : _HEAD + _ENTRY]


def _spoilt_bundles(data: bytes) -> dict[str, tuple[Code, bytes]]:
    length, magic = Code.BAD_LENGTH, Code.BAD_MAGIC
    first, rest = data[_HEAD : _HEAD + _ENTRY], data[_HEAD + _ENTRY :]
    at = _HEAD + 36
    return {
        "nothing": (magic, b""),
        "magic of an envelope": (magic, b"SHK1" + data[4:]),
        "magic only": (length, b"SHB1"),
        "cut off in the head": (length, data[: _HEAD - 1]),
        "cut off in the last entry": (length, data[:-1]),
        "a trailing byte": (length, data + b"\0"),
        "count too small": (length, _empty(2) + data[_HEAD:]),
        "count too great": (length, _empty(4) + data[_HEAD:]),
        "count of an empty bundle": (length, _empty(1)),
        "an entry twice": (length, _empty(2) + first + first),
        "not ascending": (length, _empty(3) + rest + first),
        "length of one byte less": (length, data[:at] + b"\x04\x8f" + data[at + 2 :]),
        "length of one byte more": (length, data[:at] + b"\x04\x91" + data[at + 2 :]),
    }


def _openings(data: bytes) -> Iterator[Case]:
    epoch = _epoch(1, _PREV)
    good: Record = {
        **_epoch_fields(epoch),
        "data": data.hex(),
        "index": _SIDS.index(_MINE),
        "seed": EK_SEED.hex(),
        "kc": epoch_commitment(EPOCH_KEY, case=epoch.case, n=epoch.n).hex(),
        "held": [DOC_KEY.hex()],
    }
    yield accept("open mine", "open-bundle", **good)
    changes: dict[str, Record] = {
        "another commitment": {"kc": sha256(b"kc").hex()},
        "a key held before": {"held": [DOC_KEY.hex(), EPOCH_KEY.hex()]},
        "another device": {"seed": seq(8, 32).hex()},
        "another net": {"net": sha256(b"another").hex()},
        "another case": {"case": DOC.hex()},
        "another epoch": {"n": 2},
        "another prev": {"prev": sha256(b"another").hex()},
        "no prev": {"prev": None},
    }
    for name, change in changes.items():
        yield reject(f"open with {name}", "open-bundle", Code.BAD_BUNDLE, **{**good, **change})


# --- 12 -----------------------------------------------------------------------------------


def passing(kept: Kept) -> Iterator[Case]:
    """Ids of a grant, its info, and opening its keys in their order."""
    second = seq(216, 16)
    for name, docs, gs in (
        ("one document", [DOC], [1]),
        ("two generations", [DOC, DOC], [1, 2]),
        ("two documents", [DOC, second], [1, 1]),
        ("two documents in the other order", [second, DOC], [1, 1]),
    ):
        yield accept(name, "docs-hash", docs=[doc.hex() for doc in docs], gs=gs)
    yield accept("two epochs", "epochs-hash", epochs=[0, 1])
    yield accept("one epoch", "epochs-hash", epochs=[1])
    generations = grants.docs_hash([(DocId(Id(DOC)), 1), (DocId(Id(DOC)), 2)])
    for name, what, ids in (
        ("one document", GrantWhat.DOCS, grants.docs_hash([(DocId(Id(DOC)), 1)])),
        ("two epochs", GrantWhat.EPOCH, grants.epochs_hash([0, 1])),
        ("two generations", GrantWhat.DOCS, generations),
    ):
        yield accept(f"info of {name}", "grant-info", **_passing_fields(_passing(what, ids)))
    yield from _grant_openings(kept, _passing(GrantWhat.DOCS, generations))


def _passing(what: GrantWhat, ids: Digest) -> grants.Passing:
    return grants.Passing(
        net=NetId(Hash(NET)),
        case=CaseId(Id(CASE)),
        n=1,
        by=Sid(Hash(sha256(b"by"))),
        to=Sid(Hash(sha256(b"to"))),
        eg=0,
        what=what,
        ids=ids,
    )


def _passing_fields(one: grants.Passing) -> dict[str, str | int]:
    return {
        "net": one.net.hex(),
        "case": one.case.hex(),
        "n": one.n,
        "by": one.by.hex(),
        "to": one.to.hex(),
        "eg": one.eg,
        "what": one.what.value,
        "ids": one.ids.hex(),
    }


def _grant_openings(kept: Kept, one: grants.Passing) -> Iterator[Case]:
    ct = kept.seal("grant", info=grants.info(one), plaintext=DOC_KEY + EPOCH_KEY)
    good: Record = {**_passing_fields(one), "ct": ct.hex(), "seed": EK_SEED.hex(), "count": 2}
    yield accept("open two keys", "open-grant", **good)
    for count in (0, 1, 3):
        yield reject(
            f"open as {count} keys", "open-grant", Code.BAD_LENGTH, **{**good, "count": count}
        )
    other = sha256(b"other").hex()
    changes: Record = {
        "net": other,
        "case": DOC.hex(),
        "n": 2,
        "by": other,
        "to": other,
        "eg": 1,
        "what": "epoch",
        "ids": other,
    }
    for field, value in changes.items():
        changed = {**good, field: value}
        yield reject(f"open under another {field}", "open-grant", Code.BAD_TAG, **changed)
