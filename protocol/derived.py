"""Ids that are computed and never chosen (protocol, sections 5.3 and 5.6)."""

from crypto.hashing import pae, parts, sha256
from protocol.ids import (
    Aid,
    CaseId,
    Did,
    Digest,
    Hash,
    Id,
    InvId,
    Key,
    NetId,
    RowHash,
    Sid,
    Wid,
)


def _short(kind: str, *items: bytes) -> Id:
    return Id(sha256(pae(kind, parts(*items)))[: Id.SIZE])


def worker_id(*, net: NetId, aid: Aid, inv: InvId) -> Wid:
    """Derive the id of a person from the invitation that brought her in."""
    return Wid(_short("shk1/wid", net, aid, inv))


def device_id(*, net: NetId, wid: Wid, dk: Key) -> Did:
    """Derive the id of a device from its owner and signing key."""
    return Did(_short("shk1/did", net, wid, dk))


def case_id(*, net: NetId, dk: Key, nonce: Digest) -> CaseId:
    """Derive the id of a room from its creator's device key and a nonce of 32 bytes."""
    return CaseId(_short("shk1/case", net, dk, nonce))


def scope_id(*, case: CaseId, sid: Sid) -> Id:
    """Blind the case of a statement in the identity log: only who knows the case finds it."""
    return _short("shk1/scope", case, sid)


def feed_start(*, net: NetId, case: CaseId) -> RowHash:
    """Compute fh_0, the feed hash before the first row."""
    return RowHash(Hash(sha256(pae("shk1/feed0", parts(net, case)))))


def ek_hash(ek: bytes) -> Digest:
    """Hash a sealing key of 1216 bytes as certificates name it."""
    return Digest(Hash(sha256(ek)))
