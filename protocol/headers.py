"""Headers and plaintexts of content envelopes (protocol, sections 5.9 and 5.23).

The header is public and signed; the plaintext is what the key protects.
"""

from typing import Literal

import msgspec

from crypto.errors import Code, Refused
from protocol import codec
from protocol.ids import CaseId, DocId, Eid, Hash, ItemId, Sid, SubId, SumId
from protocol.ops import OPS, Facts
from protocol.payloads import Extra, FeedPoint
from protocol.shapes import U32, UNSET, Closed, Count, Unset
from protocol.times import Instant
from protocol.vocabulary import Kind, Provenance

MAX_HEADER = 8 * 1024


class Header(Closed, frozen=True, kw_only=True):
    """What every envelope says in clear about its author and place.

    `f` is the last row its author had processed; (`n`, `p`) chain the author's own rows.
    """

    v: Literal[1] = 1
    c: CaseId
    e: U32
    k: str
    d: DocId
    g: Count
    dev: Sid
    n: Count
    p: Eid | None
    f: FeedPoint
    t: Instant


class DkHeader(Header, frozen=True, kw_only=True):
    """A document key under the epoch key."""

    k: Literal["dk"] = "dk"
    x: Extra | Unset = UNSET


class SumHeader(Header, frozen=True, kw_only=True):
    """A version of a summary's section."""

    k: Literal["sum"] = "sum"
    sm: SumId
    ver: Count
    pv: Eid | None
    x: Extra | Unset = UNSET

    def __post_init__(self) -> None:
        """The first version alone has no predecessor."""
        if (self.pv is None) != (self.ver == 1):
            raise Refused(Code.BAD_J1)


class NoteHeader(Header, frozen=True, kw_only=True):
    """A remark, to an item or to the room."""

    k: Literal["note"] = "note"
    item: ItemId | None
    x: Extra | Unset = UNSET


class EvHeader(Header, frozen=True, kw_only=True):
    """Sealed evidence of one subject's basis."""

    k: Literal["ev"] = "ev"
    sub: SubId
    x: Extra | Unset = UNSET


class OpHeader(Header, frozen=True, kw_only=True):
    """An operation with its public facts."""

    k: Literal["op"] = "op"
    op: str
    m: msgspec.Raw
    x: Extra | Unset = UNSET

    def __post_init__(self) -> None:
        """The facts follow the schema of the operation."""
        _ = self.facts

    @property
    def facts(self) -> Facts:
        """Decode `m` by the operation's own schema; UNKNOWN_TYPE for an unknown one."""
        kind = OPS.get(self.op)
        if kind is None:
            raise Refused(Code.UNKNOWN_TYPE)
        return codec.typed(self.m, kind)


AnyHeader = DkHeader | SumHeader | NoteHeader | EvHeader | OpHeader

HEADERS: dict[str, type[AnyHeader]] = {
    Kind.DK: DkHeader,
    Kind.SUM: SumHeader,
    Kind.NOTE: NoteHeader,
    Kind.EV: EvHeader,
    Kind.OP: OpHeader,
}


class _Peek(msgspec.Struct, frozen=True):
    k: str


def parse(data: bytes) -> AnyHeader:
    """Read a header by its kind; BAD_J1, OVERSIZE, or UNKNOWN_TYPE for kinds not built."""
    kind = HEADERS.get(codec.decode(data, _Peek, limit=MAX_HEADER).k)
    if kind is None:
        raise Refused(Code.UNKNOWN_TYPE)
    codec.require_keys(data, kind)
    return codec.typed(data, kind)


class DkText(Closed, frozen=True, kw_only=True):
    """Plaintext of `dk`: the key of one document generation."""

    doc: DocId
    g: Count
    D: Hash
    x: Extra | Unset = UNSET


class SumText(Closed, frozen=True, kw_only=True):
    """Plaintext of `sum`."""

    prov: Provenance
    hid: bool
    title: str
    text: str
    x: Extra | Unset = UNSET


class NoteText(Closed, frozen=True, kw_only=True):
    """Plaintext of `note`; `fact` tells facts from interpretation."""

    text: str
    fact: bool
    x: Extra | Unset = UNSET


class EvText(Closed, frozen=True, kw_only=True):
    """Plaintext of `ev`: what opens `subc` and `evc` of a basis."""

    key: Hash
    name: str
    birth: str
    evkey: Hash
    ev: dict[str, str]
    x: Extra | Unset = UNSET
