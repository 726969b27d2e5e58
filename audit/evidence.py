"""What saved evidence proves: two words of one server that cannot both be true (section 5.2a).

Judged from the bytes alone. The keys come from the council's chain of roots, which the evidence
brings along; whether it is the council one knows, its fingerprint tells. Why the server said two
things, an attack or a restored backup, no signature can tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from audit import checkpoint
from audit.archive import Pair, Side
from audit.note import Verifier
from crypto.errors import Code, Refused
from protocol import admission, statement
from protocol.certificates import Cert
from protocol.directory import Directory
from protocol.ids import Key, NetId
from protocol.payloads import Head, Receipt, Root
from protocol.times import Instant


class Why(StrEnum):
    """What two words prove, or why they prove nothing by themselves."""

    FORKED = "forked"  # two rows at one place of a room's feed
    SHRUNK = "shrunk"  # a log that shrank while a room's feed grew
    SPLIT = "split"  # two trees of one size under the key of one log
    AGREE = "agree"  # both can be true
    SIZES = "sizes"  # checkpoints of two sizes: only the log itself tells
    ELSEWHERE = "elsewhere"  # of two rooms, of two logs, or of two kinds
    MEMBER = "member"  # a row of a member, whose key only the identity log knows
    UNSIGNED = "unsigned"  # one side is no signed thing
    SIGNATURE = "signature"  # not signed by a key of this council's server
    COUNCIL = "council"  # said in another council
    KEYS = "keys"  # no chain of roots beside it, or a broken one


PROOFS: Final = frozenset({Why.FORKED, Why.SHRUNK, Why.SPLIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Council:
    """Who may have said it: names and keys of every version of the council's root."""

    net: NetId
    name: str
    origin: str
    servers: frozenset[Key]
    vkeys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One thing that the server signed.

    `place` is the case (hex) of a head or receipt, the origin of a checkpoint; `seq` and `digest`
    are row and feed hash, or None and the root; `size` is that of the identity log, or the log's.
    """

    kind: Literal["head", "rcpt", "checkpoint"]
    at: Instant | None
    place: str
    seq: int | None
    size: int
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What became of a pair; a word is None where it could not be verified."""

    why: Why
    first: Word | None = None
    second: Word | None = None

    @property
    def is_proof(self) -> bool:
        """Whether the server provably said two things."""
        return self.why in PROOFS


def council_of(roots: Sequence[bytes]) -> Council | None:
    """Verify a chain of root statements from its first; None for none, or a broken one."""
    directory = Directory()
    try:
        for index, raw in enumerate(roots):
            _take(directory, raw, index)
    except Refused:
        return None
    if directory.net is None:
        return None
    bodies = [cert.body for cert in directory.roots]
    logs = [log for body in bodies for log in (body.logs.id, body.logs.ops)]
    return Council(
        net=directory.net,
        name=bodies[-1].name,
        origin=bodies[-1].origin,
        servers=frozenset(key for body in bodies for key in body.srv),
        vkeys=tuple(dict.fromkeys(vkey for log in logs for vkey in log.vkeys)),
    )


def _take(directory: Directory, raw: bytes, index: int) -> None:
    read = statement.parse(raw)
    if not isinstance(read.body, Root):
        raise Refused(Code.UNTRUSTED)
    signatures = admission.verify(directory, read, index)
    directory.net = directory.net or NetId(read.sid)
    directory.roots.append(Cert(index=index, sid=read.sid, body=read.body, signatures=signatures))


def judge(pair: Pair, council: Council | None) -> Finding:
    """Verify both words and compare them."""
    if council is None:
        return Finding(why=Why.KEYS)
    first, second = _word(pair.first, council), _word(pair.second, council)
    if isinstance(first, Why):
        return Finding(why=first, second=None if isinstance(second, Why) else second)
    if isinstance(second, Why):
        return Finding(why=second, first=first)
    return Finding(why=_compare(first, second), first=first, second=second)


def _word(side: Side, council: Council) -> Word | Why:
    if side.kind == "json":
        return _said(side.data, council)
    return _noted(side.data, council) if side.kind == "txt" else Why.UNSIGNED


def _said(raw: bytes, council: Council) -> Word | Why:
    """Read a head or receipt."""
    try:
        read = statement.parse(raw)
    except Refused:
        return Why.MEMBER
    body = read.body
    if not isinstance(body, Head | Receipt):
        return Why.MEMBER
    if body.net != council.net:
        return Why.COUNCIL
    if not statement.match(read, council.servers):
        return Why.SIGNATURE
    if body.case is None or body.seq is None or body.fh is None:
        return Why.ELSEWHERE
    place = body.case.hex()
    return Word(
        kind=body.typ, at=body.iat, place=place, seq=body.seq, size=body.idn, digest=body.fh
    )


def _noted(raw: bytes, council: Council) -> Word | Why:
    """Read a checkpoint."""
    try:
        found = checkpoint.open_signed(raw, [Verifier.parse(vkey) for vkey in council.vkeys])
    except Refused:
        return Why.SIGNATURE
    return Word(
        kind="checkpoint",
        at=None,
        place=found.origin,
        seq=None,
        size=found.size,
        digest=found.root,
    )


def _compare(first: Word, second: Word) -> Why:
    """As a client does that hears both (section 5.2a); two of its kind and place only."""
    if (first.seq is None) != (second.seq is None) or first.place != second.place:
        return Why.ELSEWHERE
    if first.seq is None or second.seq is None:
        return _compare_trees(first, second)
    if first.seq == second.seq:
        return Why.AGREE if first.digest == second.digest else Why.FORKED
    earlier, later = (first, second) if first.seq < second.seq else (second, first)
    return Why.SHRUNK if later.size < earlier.size else Why.AGREE


def _compare_trees(first: Word, second: Word) -> Why:
    if first.size != second.size:
        return Why.SIZES
    return Why.AGREE if first.digest == second.digest else Why.SPLIT
