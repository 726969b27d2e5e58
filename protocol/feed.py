"""Rows of a room's feed and the hash that chains them (protocol, section 5.2a)."""

from dataclasses import dataclass
from typing import NamedTuple

from crypto.hashing import pae, parts, sha256, u32, u64
from protocol.ids import Hash, RowHash


class Point(NamedTuple):
    """A point of order: size `n` of the identity log, and the last feed row `s` before it."""

    n: int
    s: int


def feed_hash(*, before: RowHash, seq: int, row_id: Hash, sg: Hash, idn: int) -> RowHash:
    """Compute fh_i from fh_{i-1}; the body under the type string is always 128 bytes."""
    body = parts(before, u32(seq), row_id, sg, u64(idn))
    return RowHash(Hash(sha256(pae("shk1/feed", body))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One committed row as every reader gets it; its bytes travel beside, by view."""

    seq: int
    id: Hash
    sg: Hash
    idn: int
    fh: RowHash

    @property
    def point(self) -> Point:
        """Where the row's signer is judged."""
        return Point(n=self.idn, s=self.seq - 1)
