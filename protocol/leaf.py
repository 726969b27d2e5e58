"""Leaves of the identity log: 93 bytes, replicated whole by every client (section 8)."""

from dataclasses import dataclass
from typing import Final, Self

from crypto.errors import Code, Refused
from crypto.hashing import u8, u64
from protocol.derived import scope_id
from protocol.ids import ZERO_HASH, ZERO_ID, CaseId, Hash, Id, Sid
from protocol.payloads import LEAF_KINDS, Basis, Handover, Payload, Withdraw
from protocol.shapes import MAX_INT

MAGIC: Final = b"SHL1"
SIZE: Final = 93
BEAT: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One leaf; `t` is the server's commit time in milliseconds, `scope` blinds a case."""

    kind: int
    t: int
    sid: Sid
    sg: Hash
    scope: Id

    def encode(self) -> bytes:
        """Write the 93 bytes."""
        return b"".join([MAGIC, u8(self.kind), u64(self.t), self.sid, self.sg, self.scope])

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read exactly 93 bytes; BAD_LENGTH, BAD_MAGIC, or OVERSIZE for a time over 2^53 - 1 ms."""
        if len(data) != SIZE:
            raise Refused(Code.BAD_LENGTH)
        if not data.startswith(MAGIC):
            raise Refused(Code.BAD_MAGIC)
        t = int.from_bytes(data[5:13], "big")
        if t > MAX_INT:
            raise Refused(Code.OVERSIZE)
        return cls(
            kind=data[4],
            t=t,
            sid=Sid(Hash(data[13:45])),
            sg=Hash(data[45:77]),
            scope=Id(data[77:]),
        )


def beat(t: int) -> Leaf:
    """Make a leaf that only moves the log's clock."""
    return Leaf(kind=BEAT, t=t, sid=Sid(ZERO_HASH), sg=ZERO_HASH, scope=ZERO_ID)


def leaf_for(body: Payload, *, sid: Sid, sg: Hash, t: int) -> Leaf:
    """Make the leaf of one committed identity statement."""
    return Leaf(kind=LEAF_KINDS[body.typ], t=t, sid=sid, sg=sg, scope=scope_for(body, sid))


def scope_for(body: Payload, sid: Sid) -> Id:
    """Compute the scope of a statement: blinded for one of a case, else zero."""
    case = case_of(body)
    return ZERO_ID if case is None else scope_id(case=case, sid=sid)


def case_of(body: Payload) -> CaseId | None:
    """Name the case an identity statement belongs to, if any."""
    return body.case if isinstance(body, Basis | Withdraw | Handover) else None
