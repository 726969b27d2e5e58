"""What a vault holds: keys, pins that never go back, and what was sealed but not yet answered.

Source: protocol, sections 5.19 and 7. A vault is replaced as a whole; nothing here is mutable.
"""

from typing import Literal

from msgspec.structs import replace

from protocol.ids import (
    Aid,
    Blob,
    CaseId,
    Did,
    Digest,
    DocId,
    Eid,
    Hash,
    InvId,
    Key,
    NetId,
    RowHash,
    Sid,
    Wid,
)
from protocol.shapes import U32, U53, Closed, Count, Text
from protocol.vocabulary import Cap


class CouncilPin(Closed, frozen=True, kw_only=True):
    """Where the council lives, and the fingerprint of its first root."""

    url: Text  # where requests go; the root's own origin is what gets signed
    slug: Text
    net: NetId


class LogPin(Closed, frozen=True, kw_only=True):
    """Newest verified size and root of a log, and the server's time of that moment in ms."""

    n: U53
    r: Digest
    at: U53


class Identity(Closed, frozen=True, kw_only=True):
    """Who owns this vault, with the leaves that must stand in the log exactly as she made them."""

    wid: Wid
    aid: Aid
    ik: Key
    did: Did
    dk: Key
    worker: Sid
    device: Sid
    name: str


class Joining(Closed, frozen=True, kw_only=True):
    """An enrolment under way: what this device asked for and waits to see confirmed."""

    inv: InvId
    wid: Wid
    aid: Aid
    ik: Key
    dk: Key
    did: Did
    caps: tuple[Cap, ...]
    gen: U32
    prev: Sid | None


class SealingSeed(Closed, frozen=True, kw_only=True):
    """Seed of the sealing key with counter `eg`."""

    eg: U32
    seed: Hash


class EpochKey(Closed, frozen=True, kw_only=True):
    """E of roster n."""

    n: U32
    E: Hash


class DocKey(Closed, frozen=True, kw_only=True):
    """D of a document's generation."""

    doc: DocId
    g: Count
    D: Hash


class ChainHead(Closed, frozen=True, kw_only=True):
    """The newest envelope of this device in a room."""

    n: Count
    eid: Eid


class RoomKeys(Closed, frozen=True, kw_only=True):
    """Keys and pins of one room; `known` are the devices the owner has seen by name."""

    case: CaseId
    n: int = -1
    sid: Sid | None = None
    seq: U53 = 0
    fh: RowHash | None = None
    chain: ChainHead | None = None
    epochs: tuple[EpochKey, ...] = ()
    docs: tuple[DocKey, ...] = ()
    known: tuple[Sid, ...] = ()
    void: tuple[Sid, ...] = ()


class Reservation(Closed, frozen=True, kw_only=True):
    """A case id that this device derived and reserved, before the room exists."""

    case: CaseId
    nonce: Digest
    code: Text


class Unsent(Closed, frozen=True, kw_only=True):
    """A sealed batch that has no receipt yet; the same bytes are sent until it has one."""

    case: CaseId
    post: Blob


class Unredeemed(Closed, frozen=True, kw_only=True):
    """A receipt whose leaves were not yet found in the logs; `at` is the server's time in ms."""

    at: U53
    rcpt: Blob


class Evidence(Closed, frozen=True, kw_only=True):
    """Two signed things that cannot both be true."""

    code: Text
    first: Blob
    second: Blob


class NamedSeed(Closed, frozen=True, kw_only=True):
    """A further signing key kept here: a root's, a registrar's."""

    name: Text
    seed: Hash


class SecretOf(Closed, frozen=True, kw_only=True):
    """The secret of an invitation this registrar made, until it is used."""

    inv: InvId
    s: Blob


class Contents(Closed, frozen=True, kw_only=True):
    """Everything under the vault key."""

    v: Literal[1] = 1
    council: CouncilPin | None = None
    identity: Identity | None = None
    joining: Joining | None = None
    id: LogPin | None = None
    ops: LogPin | None = None
    ek: tuple[SealingSeed, ...] = ()
    rooms: tuple[RoomKeys, ...] = ()
    reserved: tuple[Reservation, ...] = ()
    unsent: tuple[Unsent, ...] = ()
    receipts: tuple[Unredeemed, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    keys: tuple[NamedSeed, ...] = ()
    invites: tuple[SecretOf, ...] = ()

    def room(self, case: CaseId) -> RoomKeys:
        """Keys and pins of a room; empty ones for a new room."""
        found = (room for room in self.rooms if room.case == case)
        return next(found, RoomKeys(case=case))

    def with_room(self, room: RoomKeys) -> "Contents":
        """Replace what is kept of one room."""
        others = tuple(kept for kept in self.rooms if kept.case != room.case)
        return replace(self, rooms=(*others, room))
