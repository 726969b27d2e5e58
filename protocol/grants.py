"""Sealed keys of a grant: documents to those who may read them, epochs to one's own devices.

Source: protocol, section 5.12. The keys stand in the order of the ids and carry no names:
the receiver checks each against `dc` of its `sect` or `kc` of its roster.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crypto.errors import Code, Refused
from crypto.hashing import pae, parts, sha256, u32
from crypto.sealing import SealingKey, seal
from protocol.bundle import KEY_SIZE
from protocol.ids import CaseId, Digest, DocId, Hash, NetId, Sid
from protocol.vocabulary import GrantWhat


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """Who hands what to whom: `by` and `to` are device certificates, `n` is the roster now."""

    net: NetId
    case: CaseId
    n: int
    by: Sid
    to: Sid
    eg: int
    what: GrantWhat
    ids: Digest


def docs_hash(ids: Sequence[tuple[DocId, int]]) -> Digest:
    """H(ids) of document generations (doc, g)."""
    return _hash([field for doc, g in ids for field in (doc, u32(g))])


def epochs_hash(ids: Sequence[int]) -> Digest:
    """H(ids) of epoch numbers."""
    return _hash([u32(n) for n in ids])


def info(passing: Passing) -> bytes:
    """Return the HPKE info of a grant."""
    place = (passing.net, passing.case, u32(passing.n))
    devices = (passing.by, passing.to, u32(passing.eg))
    return pae("shk1/seal/grant", parts(*place, *devices, passing.what.encode(), passing.ids))


def seal_keys(keys: Sequence[bytes], *, passing: Passing, ek: bytes) -> bytes:
    """Seal keys of 32 bytes, in the order of the ids, to one device."""
    return seal(ek, info=info(passing), plaintext=b"".join(keys))


def open_keys(ct: bytes, *, passing: Passing, key: SealingKey, count: int) -> tuple[bytes, ...]:
    """Open a grant of `count` keys; `BAD_TAG`, or `BAD_LENGTH` when it holds more or fewer."""
    keys = key.open(ct, info=info(passing))
    if len(keys) != count * KEY_SIZE:
        raise Refused(Code.BAD_LENGTH)
    return tuple(keys[at : at + KEY_SIZE] for at in range(0, len(keys), KEY_SIZE))


def _hash(fields: Sequence[bytes]) -> Digest:
    return Digest(Hash(sha256(parts(*fields))))
