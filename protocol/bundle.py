"""Key bundles: one epoch key sealed to every device of a roster, binary, stored by hash (5.7).

bundle = "SHB1", case, u32 n, u16 count, count entries    entry = sid, u32 eg, u16 length, ct
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise
from struct import Struct
from typing import Final

from crypto.errors import Code, Refused
from crypto.hashing import pae, parts, sha256, u32
from crypto.sealing import OVERHEAD, SealingKey, seal
from protocol.ids import CaseId, Digest, Hash, Id, NetId, Sid
from protocol.keys import epoch_commitment

MAGIC: Final = b"SHB1"
LIMIT: Final = 1024 * 1024
KEY_SIZE: Final = 32
SEALED_SIZE: Final = OVERHEAD + KEY_SIZE

_HEAD: Final = Struct(">4s16sIH")
_ENTRY: Final = Struct(f">32sIH{SEALED_SIZE}s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The epoch key for one device: its newest certificate, sealing-key counter and 1168 bytes."""

    sid: Sid
    eg: int
    ct: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """All entries of one epoch, ascending by certificate id."""

    case: CaseId
    n: int
    entries: tuple[Entry, ...]

    @property
    def recipients(self) -> tuple[tuple[Sid, int], ...]:
        """Whom it is sealed to: (certificate id, eg), in the bundle's order."""
        return tuple((entry.sid, entry.eg) for entry in self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """The roster an epoch key belongs to: part of every seal, so that none fits elsewhere."""

    net: NetId
    case: CaseId
    n: int
    prev: Sid | None


# --- bytes --------------------------------------------------------------------------------


def encode(*, case: CaseId, n: int, entries: Iterable[Entry]) -> bytes:
    """Write a bundle, entries in the order of their ids; the refusals are those of `parse`."""
    ordered = sorted(entries, key=lambda entry: entry.sid)
    body = [_ENTRY.pack(e.sid, e.eg, len(e.ct), e.ct) for e in ordered]
    data = _HEAD.pack(MAGIC, case, n, len(body)) + b"".join(body)
    parse(data)
    return data


def parse(data: bytes) -> Bundle:
    """Read a bundle strictly.

    Raises:
        Refused: `OVERSIZE` above 1 MiB, `BAD_MAGIC`, or `BAD_LENGTH` for a wrong length, count,
            order, duplicate or trailing byte.
    """
    case, n, count = _head(data)
    if len(data) != _HEAD.size + count * _ENTRY.size:
        raise Refused(Code.BAD_LENGTH)
    entries = tuple(_entry(*row) for row in _ENTRY.iter_unpack(data[_HEAD.size :]))
    if any(left.sid >= right.sid for left, right in pairwise(entries)):
        raise Refused(Code.BAD_LENGTH)
    return Bundle(case=case, n=n, entries=entries)


def _head(data: bytes) -> tuple[CaseId, int, int]:
    if len(data) > LIMIT:
        raise Refused(Code.OVERSIZE)
    if not data.startswith(MAGIC):
        raise Refused(Code.BAD_MAGIC)
    if len(data) < _HEAD.size:
        raise Refused(Code.BAD_LENGTH)
    _, case, n, count = _HEAD.unpack_from(data)
    return CaseId(Id(case)), n, count


def _entry(sid: bytes, eg: int, length: int, ct: bytes) -> Entry:
    if length != SEALED_SIZE:
        raise Refused(Code.BAD_LENGTH)
    return Entry(sid=Sid(Hash(sid)), eg=eg, ct=ct)


# --- seals --------------------------------------------------------------------------------


def info(epoch: Epoch, *, sid: Sid, eg: int) -> bytes:
    """Return the HPKE info of one entry."""
    place = (epoch.net, epoch.case, u32(epoch.n), epoch.prev or b"")
    return pae("shk1/seal/epoch", parts(*place, sid, u32(eg)))


def seal_epoch_key(epoch_key: bytes, *, epoch: Epoch, sid: Sid, eg: int, ek: bytes) -> Entry:
    """Seal an epoch key of 32 bytes to one device; `BAD_TAG` for a malformed `ek`."""
    ct = seal(ek, info=info(epoch, sid=sid, eg=eg), plaintext=epoch_key)
    return Entry(sid=sid, eg=eg, ct=ct)


def open_entry(
    entry: Entry, *, epoch: Epoch, key: SealingKey, kc: Digest, held: Collection[bytes]
) -> bytes:
    """Open one's own entry; every failure is `BAD_BUNDLE`.

    Args:
        entry: The entry that names this device's certificate.
        epoch: The roster whose bundle it is.
        key: This device's sealing key.
        kc: The commitment in that roster; the server cannot know it, the other members check it.
        held: Every epoch key this device already holds: a new roster must bring a new one.
    """
    try:
        epoch_key = key.open(entry.ct, info=info(epoch, sid=entry.sid, eg=entry.eg))
    except Refused as error:
        raise Refused(Code.BAD_BUNDLE) from error
    if epoch_commitment(epoch_key, case=epoch.case, n=epoch.n) != kc or epoch_key in held:
        raise Refused(Code.BAD_BUNDLE)
    return epoch_key


def bundle_hash(data: bytes) -> Digest:
    """`bun` of the roster: SHA-256 of the bundle's bytes."""
    return Digest(Hash(sha256(data)))
