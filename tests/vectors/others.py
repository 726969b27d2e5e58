"""Vectors of others as lines that both programs judge, each with the verdict they must give.

The files are read from the package `cryptography_vectors`, never copied: the Ed25519 authors'
`sign.input`, NIST's messages for SHA-256, the HPKE working group's set for X-Wing, FIPS 203's
for ML-KEM-768.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any, Final, cast

from nacl import bindings

from crypto.errors import Code
from tests.vectors import xwing
from tools.make_vectors import edwards
from tools.make_vectors.values import DK_SEED

Json = dict[str, Any]
Said = tuple[Json, Json]
"""A line as `differential.judge` takes it, and what must come of it."""

KEM_XWING: Final = 25722
_NONCE: Final = 7
_OWN: Final = edwards.secret_scalar(DK_SEED)
_TORSION: Final = edwards.torsion()


def read(name: str) -> str:
    """One file of the package, as text."""
    path = files("cryptography_vectors").joinpath(*name.split("/"))
    return path.read_text(encoding="utf-8")


def records(name: str) -> Iterator[dict[str, str]]:
    """The records of a file of `name = value` lines, apart by empty ones; names in lower case."""
    for block in re.split(r"\n\s*\n|\n(?=count = )", read(name).replace("\r", "")):
        pairs = re.findall(r"^(\w+)\s*= ?(.*)$", block, re.MULTILINE)
        if pairs:
            yield {key.lower(): value.strip() for key, value in pairs}


def hpke(name: str, **wanted: int) -> list[Json]:
    """The sets of a file of HPKE that have these numbers."""
    sets = cast("list[Json]", json.loads(read(f"HPKE/{name}")))
    return [each for each in sets if all(each[key] == value for key, value in wanted.items())]


def xwing_sets() -> list[Json]:
    """The working group's sets for the one suite in use."""
    return hpke("hpke-pq-test-vectors.json", kem_id=KEM_XWING, kdf_id=1, aead_id=3)


def _line(op: str, said: Json | Code, **fields: str) -> Said:
    told = {"code": said.value} if isinstance(said, Code) else {"out": said}
    return {"op": op, "in": fields}, told


# --- Ed25519: what its authors signed ------------------------------------------------------------


def signed() -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    """Seed, public key, message and signature of each line of `sign.input`."""
    for line in read("asymmetric/Ed25519/sign.input").splitlines():
        secret, public, message, signature = map(bytes.fromhex, line.split(":")[:4])
        yield secret[:32], public, message, signature[:64]


def ed25519() -> Iterator[Said]:
    """Each is signed the same, verifies, and does not with one bit changed."""
    for number, (seed, public, message, signature) in enumerate(signed()):
        made = {"public": public.hex(), "signature": signature.hex()}
        yield _line("sign", made, seed=seed.hex(), message=message.hex())
        yield _line("verify", {}, message=message.hex(), **made)
        broken = bytearray(signature)
        broken[number % 64] ^= 1 << number // 64 % 8
        spoilt = made | {"signature": broken.hex()}
        yield _line("verify", Code.BAD_SIG, message=message.hex(), **spoilt)


# --- Ed25519: edges, built from the facts of the curve -------------------------------------------


def _encodings(point: edwards.Point) -> Iterator[bytes]:
    """A point as it is written, and every other way to write it."""
    x, y = point
    for raw in (y, y + edwards.P):
        for sign in {x & 1} if x else (0, 1):
            if raw < 2**255:
                yield edwards.encode_raw(raw, sign=sign)


@cache
def _times_base(scalar: int) -> edwards.Point:
    return edwards.multiply(scalar % edwards.L, edwards.BASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forger:
    """Makes signatures that are right in the prime-order part, whatever else R and A carry.

    `scalar` 0 is a key of small order alone, `r` 0 a nonce of small order alone.
    """

    message: bytes
    scalar: int
    r: int = _NONCE

    def said(self, public: bytes, nonce: bytes, wraps: int = 0) -> Said:
        """S = r + h·a + wraps·L, with the verdict on it."""
        h = edwards.challenge(nonce, public, self.message)
        total = (self.r + h * self.scalar) % edwards.L + wraps * edwards.L
        signature = nonce + total.to_bytes(32, "little")
        fields = {"public": public.hex(), "message": self.message.hex()}
        return _line("verify", self._due(public, nonce, wraps), **fields, signature=signature.hex())

    def _due(self, public: bytes, nonce: bytes, wraps: int) -> Json | Code:
        if not self.scalar or public != edwards.encode(_times_base(self.scalar)):
            return Code.WEAK_KEY
        if wraps or not self.r or nonce != edwards.encode(_times_base(self.r)):
            return Code.BAD_SIG
        return {}


def edges() -> Iterator[Said]:
    """Keys and nonces with every small-order part, in every writing, and S with L added.

    Several messages, since what a small-order part does hangs on the challenge.
    """
    for number in range(8):
        yield from _odd_keys(b"message %d" % number)
        yield from _odd_nonces(b"message %d" % number)


def _odd_keys(message: bytes) -> Iterator[Said]:
    nonce = edwards.encode(_times_base(_NONCE))
    for scalar, twist in product((_OWN, 0), _TORSION):
        for public in _encodings(edwards.add(_times_base(scalar), twist)):
            yield _Forger(message=message, scalar=scalar).said(public, nonce)


def _odd_nonces(message: bytes) -> Iterator[Said]:
    public = edwards.encode(_times_base(_OWN))
    for r, twist in product((_NONCE, 0), _TORSION):
        forger = _Forger(message=message, scalar=_OWN, r=r)
        most = 16 if twist == edwards.IDENTITY else 2  # 15·L is the largest that has 32 bytes
        for nonce in _encodings(edwards.add(_times_base(r), twist)):
            yield from (forger.said(public, nonce, wraps) for wraps in range(most))


# --- SHA-256 -------------------------------------------------------------------------------------


def sha256(op: str = "sha256") -> Iterator[Said]:
    """NIST's short and long messages; `op` names the function that hashes."""
    for name in ("SHA256ShortMsg", "SHA256LongMsg"):
        for record in records(f"hashes/SHA2/{name}.rsp"):
            if "msg" in record:
                data = record["msg"][: int(record["len"]) // 4]
                yield _line(op, {"data": record["md"]}, data=data)


# --- HPKE over X-Wing ----------------------------------------------------------------------------


def sealed_by(vector: Json, text: bytes) -> str:
    """The set's encapsulation with a text under its first key and nonce, without other data."""
    key, nonce = bytes.fromhex(vector["key"]), bytes.fromhex(vector["base_nonce"])
    ct = bindings.crypto_aead_chacha20poly1305_ietf_encrypt(text, b"", nonce, key)
    return cast("str", vector["enc"]) + ct.hex()


def sealing() -> Iterator[Said]:
    """The set's seed gives its key; what its key schedule seals opens, and nothing near it."""
    for vector in xwing_sets():
        seed, info = vector["skRm"], vector["info"]
        yield _line("sealing-key", {"public": vector["pkRm"]}, seed=seed)
        for each in vector["encryptions"]:
            sealed = sealed_by(vector, bytes.fromhex(each["pt"]))
            told = {"plaintext": each["pt"]}
            yield _line("open-sealed", told, seed=seed, info=info, sealed=sealed)
        whole, bad = bytearray.fromhex(sealed_by(vector, b"text")), Code.BAD_TAG
        for at in range(0, len(whole), 16):
            broken = whole.copy()
            broken[at] ^= 1 << at % 8
            yield _line("open-sealed", bad, seed=seed, info=info, sealed=broken.hex())


def seals() -> Iterator[Said]:
    """The same bytes are sealed where randomness is an argument: in the browser's program."""
    for vector in xwing_sets():
        text = bytes.fromhex(vector["encryptions"][0]["pt"])
        fields = {"public": vector["pkRm"], "info": vector["info"], "entropy": vector["ikmE"]}
        told = {"sealed": sealed_by(vector, text)}
        yield _line("seal-with", told, plaintext=text.hex(), **fields)


def hostile_seals() -> Iterator[Said]:
    """Small-order X25519 halves, sealed by who knows that the shared secret is zero."""
    seed, info = bytes(range(32)), b"info"
    for point in xwing.SMALL_ORDER:
        sealed = xwing.seal(seed, info, b"text", share=point)
        fields = {"seed": seed.hex(), "info": info.hex(), "sealed": sealed.hex()}
        yield _line("open-sealed", Code.BAD_TAG, **fields)
