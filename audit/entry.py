"""Leaves of the `ops` log: who did what, in commitments that can be opened or forgotten.

A leaf holds no personal data. Each value in it that could be one is a commitment under a key
drawn for this entry alone; whoever gets an opening can check it, and once the key is erased
nobody can tell what stood there (protocol, section 8). A leaf never holds a sequence number.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from crypto import aead
from crypto.errors import Code, Refused
from crypto.hashing import pae, parts, sha256
from protocol import codec
from protocol.ids import CaseId, Digest, Hash, Id, Sid, Wid
from protocol.shapes import Closed

LEAF_LIMIT: Final = 0xFFFF
"""Longest leaf in bytes, as long as an entry bundle can hold."""

KEY_SIZE: Final = 32
_VERSION: Final = 1


class Kind(StrEnum):
    """What an entry is about; `NUMBERS` follows this order, so new kinds go to the end."""

    LOGIN = "auth.login"
    LOGIN_FAILED = "auth.fail"
    LOGOUT = "auth.logout"
    JOIN = "sub.join"
    LEAVE = "sub.leave"
    EVICT = "evict"
    POST = "change.post"
    PEND = "change.pend"
    PUSH = "push"
    READ = "read"
    DENIED = "denied"
    DENIED_COUNT = "denied.count"  # refusals without a valid token, added up
    BUNDLE = "key.bundle"
    GRANT = "key.grant"
    LAPSE = "basis.lapse"  # a consent, review, pledge or seat ended by time alone
    QUERY = "audit.query"
    EXPORT = "audit.export"
    STATISTICS = "stats.export"
    ERASE = "audit.erase"
    PRUNE = "audit.prune"
    KEY_ROTATION = "audit.key-rotation"
    CONFIG = "admin.config"


NUMBERS: Final = {kind: number for number, kind in enumerate(Kind, start=1)}
"""Small stable numbers for a column of the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The plain facts of one entry, as the erasable side row keeps them."""

    kind: Kind
    at_ms: int
    id: Id
    epoch: int | None = None
    actor: Wid | None = None
    case: CaseId | None = None
    objects: tuple[bytes, ...] = ()
    recipients: tuple[Id, ...] = ()  # devices
    purpose: str | None = None
    basis: Sid | None = None
    reason: Code | None = None
    bound: tuple[Hash, ...] = ()  # eids and sids, in clear: an eid binds its ciphertext
    request: Digest | None = None  # hash of the signed request


class Leaf(Closed, frozen=True):
    """A leaf as it stands in the log; the fields are sorted as its keys are."""

    a: Hash | None
    b: Hash | None
    c: Hash | None
    d: str
    e: Id
    k: Kind
    n: int | None
    o: tuple[Hash, ...]
    p: Hash | None
    r: Hash | None
    s: Hash | None
    t: int
    v: int
    x: tuple[Hash, ...]

    def commitments(self) -> dict[str, Hash]:
        """The commitments by the full names of their fields, such as `actor` or `object/1`."""
        objects = {f"object/{place}": item for place, item in enumerate(self.o)}
        single = {
            "actor": self.a,
            "case": self.c,
            "to": self.r,
            "purpose": self.p,
            "basis": self.b,
        }
        return objects | {field: item for field, item in single.items() if item is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What makes one commitment readable: the HMAC of its name (32 bytes), and its value."""

    field: str
    mac: bytes
    value: bytes

    @classmethod
    def make(cls, field: str, value: bytes, *, key: bytes) -> Self:
        """Open a field under the 32-byte key of its entry."""
        return cls(field=field, mac=hmac.digest(key, field.encode(), "sha256"), value=value)

    def commitment(self) -> Hash:
        """`H(pae("shk1/audit", parts(field, mac, value)))`, 32 bytes."""
        body = parts(self.field.encode(), self.mac, self.value)
        return Hash(sha256(pae("shk1/audit", body)))


def values(entry: Entry) -> Iterator[tuple[str, bytes]]:
    """List the committed values of an entry by the full name of their field.

    The recipients are **one** value with one opening: their 16-byte ids, sorted and joined.
    """
    if entry.actor is not None:
        yield "actor", entry.actor
    if entry.case is not None:
        yield "case", entry.case
    for place, item in enumerate(entry.objects):
        yield f"object/{place}", item
    if entry.recipients:
        yield "to", b"".join(sorted(set(entry.recipients)))
    if entry.purpose is not None:
        yield "purpose", entry.purpose.encode()
    if entry.basis is not None:
        yield "basis", entry.basis


def openings(entry: Entry, *, key: bytes) -> list[Opening]:
    """All openings of an entry, for those who may read it."""
    return [Opening.make(field, value, key=key) for field, value in values(entry)]


def leaf(entry: Entry, *, key: bytes) -> bytes:
    """Write the leaf of an entry under its own 32-byte key: ASCII JSON, keys sorted, no spaces.

    Raises OVERSIZE above 65,535 bytes.
    """
    made = {opening.field: opening.commitment() for opening in openings(entry, key=key)}
    raw = codec.encode(
        Leaf(
            a=made.get("actor"),
            b=made.get("basis"),
            c=made.get("case"),
            d="" if entry.reason is None else entry.reason.value,
            e=entry.id,
            k=entry.kind,
            n=entry.epoch,
            o=tuple(made[f"object/{place}"] for place in range(len(entry.objects))),
            p=made.get("purpose"),
            r=made.get("to"),
            s=entry.request,
            t=int(entry.at_ms),  # an Instant would be written as text
            v=_VERSION,
            x=entry.bound,
        )
    )
    if len(raw) > LEAF_LIMIT:
        raise Refused(Code.OVERSIZE)
    return raw


def parse(raw: bytes) -> Leaf:
    """Read a leaf; writing it again must give the same bytes. Raises BAD_J1, BAD_B64, OVERSIZE."""
    found = codec.decode(raw, Leaf, limit=LEAF_LIMIT)
    if found.v != _VERSION or codec.encode(found) != raw:
        raise Refused(Code.BAD_J1)
    return found


def check_opening(found: Leaf, opening: Opening) -> None:
    """Check that an opening belongs to a leaf. Raises BAD_PROOF naming the field."""
    expected = found.commitments().get(opening.field)
    if expected is None or not hmac.compare_digest(expected, opening.commitment()):
        raise Refused(Code.BAD_PROOF, why="opening", field=opening.field[:40])


def split_recipients(value: bytes) -> list[Id]:
    """Cut the opened value of `to` into device ids. Raises BAD_PROOF for another length."""
    if len(value) % Id.SIZE:
        raise Refused(Code.BAD_PROOF, why="recipients")
    return [Id(value[at : at + Id.SIZE]) for at in range(0, len(value), Id.SIZE)]


# --- the key of an entry ---------------------------------------------------------------


def wrap_key(*, audit_key: bytes, entry: Id, key: bytes, nonce: bytes) -> bytes:
    """Wrap the key of an entry under the audit key of its case: nonce (24) then ciphertext (48)."""
    sealed = aead.encrypt(key=audit_key, nonce=nonce, aad=_key_context(entry), plaintext=key)
    return nonce + sealed


def unwrap_key(*, audit_key: bytes, entry: Id, wrapped: bytes) -> bytes:
    """Take the 32-byte key of an entry out again. Raises BAD_TAG."""
    nonce, sealed = wrapped[: aead.NONCE_SIZE], wrapped[aead.NONCE_SIZE :]
    if len(wrapped) != aead.NONCE_SIZE + KEY_SIZE + aead.TAG_SIZE:
        raise Refused(Code.BAD_TAG)
    return aead.decrypt(key=audit_key, nonce=nonce, aad=_key_context(entry), ciphertext=sealed)


def _key_context(entry: Id) -> bytes:
    return pae("shk1/audit-key", entry)
