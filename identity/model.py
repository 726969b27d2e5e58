"""People and devices at the edge: what may be admitted, what may wait, who signs in; all pure.

Which statements are valid is `protocol.admission`'s business; here is what a server asks
beside that: the place of a statement, what travels with it, and what may wait for a signature.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from crypto.errors import Code, Refused
from crypto.hashing import keyed
from crypto.sealing import is_public
from protocol import codec
from protocol.certificates import invite_life
from protocol.derived import ek_hash, worker_id
from protocol.directory import Directory
from protocol.ids import CaseId, Did, Digest, InvId, Key, Sid, Wid
from protocol.payloads import (
    PAYLOADS,
    Agency,
    Basis,
    Device,
    Handover,
    Invite,
    Join,
    Link,
    Payload,
    Pledge,
    Release,
    Revoke,
    Root,
    Worker,
)
from protocol.requests import SLACK
from protocol.statement import Hinted, Signature, Statement, key_id, match, statement_id
from protocol.times import SECOND, Instant
from protocol.vocabulary import BasisKind
from protocol.wire import NameBeside

MAX_WAITING: Final = 1000
"""Most things that may wait in one council."""

MAX_OF_ONE: Final = 100
"""Of these, most that one person or registrar may have left."""


# ---------------------------------------------------------------- rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """Names and keys of the two logs of a council."""

    id_origin: str
    id_vkeys: Sequence[str]
    ops_origin: str
    ops_vkeys: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Council:
    """A council; `rev` counts its statements."""

    id: UUID
    slug: str
    rev: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A statement for the `id` log: signed bytes, distinct keys, leaf (SHL1, 93 bytes)."""

    sid: Sid
    typ: str
    prev: Sid | None
    payload: bytes
    leaf: bytes
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A room whose members a statement concerns, with its new limit (None keeps the old)."""

    case: CaseId
    gate_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What travels beside a statement: a sealing key, or a name with its salt."""

    ekh: Digest | None = None
    ek: bytes | None = None
    name: str | None = None
    salt: bytes | None = None


NOTHING_BESIDE = Beside()


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A statement that has no row in a feed, decided on at `rev` of its council.

    `done`: keys of what waited for it.
    """

    rev: int
    at: datetime
    statement: Logged
    case: CaseId | None = None
    beside: Beside = NOTHING_BESIDE
    touched: Sequence[Touched] = ()
    done: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A committed statement; `rev` is its place in the council's one order."""

    rev: int
    sid: Sid
    typ: str
    payload: bytes
    case: CaseId | None
    at: datetime
    leaf: bytes
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Something incomplete under its key.

    The key of a statement is its sid, of `join` its inv, of `link` its lid, of a reserved case
    the case id.
    """

    key: bytes
    typ: str
    payload: bytes
    signatures: tuple[Signature, ...]
    mac: bytes | None
    beside: bytes | None
    until: datetime


# ---------------------------------------------------------------- who acts


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A signed-in device: its certificate's id is `device`."""

    did: Did
    wid: Wid
    device: Sid


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What a council's root must name: this server's key and its two logs."""

    srv: Key
    origin: str
    logs: Origins


# ---------------------------------------------------------------- kept statements


def revive(kept: Stored | Waiting) -> Statement:
    """Read a stored or waiting statement again, with the signatures kept beside it."""
    return Statement(
        typ=kept.typ,
        body=codec.decode(kept.payload, PAYLOADS[kept.typ]),
        payload=kept.payload,
        sid=statement_id(kept.typ, kept.payload),
        signatures=tuple(Hinted(keyid=key_id(s.pk), sig=s.sig) for s in kept.signatures),
    )


def prev_of(body: Payload) -> Sid | None:
    """The statement that this one succeeds, of those that may have one successor."""
    return body.prev if isinstance(body, Root | Agency | Worker | Device | Basis) else None


# ---------------------------------------------------------------- admission


def require_place(body: Payload) -> None:
    """Refuse (WRONG_PLACE) what is not put into the `id` log by itself."""
    kinds = Root | Agency | Invite | Worker | Device | Revoke | Pledge | Release | Basis | Handover
    if not isinstance(body, kinds):
        raise Refused(Code.WRONG_PLACE, typ=body.typ)


def require_own(body: Payload, own: Own) -> None:
    """Refuse (RULE_DENIED) a root by which clients could not check this server's answers."""
    if not isinstance(body, Root):
        return
    logs = (body.logs.id.origin, body.logs.ops.origin)
    named = (
        body.origin == own.origin
        and own.srv in body.srv
        and logs == (own.logs.id_origin, own.logs.ops_origin)
        and set(own.logs.id_vkeys) <= set(body.logs.id.vkeys)
        and set(own.logs.ops_vkeys) <= set(body.logs.ops.vkeys)
    )
    if not named:
        raise Refused(Code.RULE_DENIED, field="origin")


def beside_of(
    body: Payload, *, directory: Directory, ek: bytes | None, name: NameBeside | None
) -> Beside:
    """Take what travels beside a statement; BAD_COMMITMENT unless it is what was signed."""
    if isinstance(body, Device):
        return _sealing_key(body, directory=directory, ek=ek)
    if isinstance(body, Worker) and name is not None:
        require_name(body, name)
        return Beside(name=name.name, salt=name.salt)
    return NOTHING_BESIDE


def _sealing_key(body: Device, *, directory: Directory, ek: bytes | None) -> Beside:
    chain = directory.devices.get(body.did)
    before = chain.newest(directory.size) if chain else None
    if ek is None and before is not None and before.body.ekh == body.ekh:
        return NOTHING_BESIDE
    if ek is None or not is_public(ek) or ek_hash(ek) != body.ekh:
        raise Refused(Code.BAD_COMMITMENT, field="ek")
    return Beside(ekh=body.ekh, ek=ek)


def require_name(body: Worker, name: NameBeside) -> None:
    """Refuse (BAD_COMMITMENT) a name that is not the one committed to."""
    if keyed(name.salt, name.name.encode()) != body.nh:
        raise Refused(Code.BAD_COMMITMENT, field="name")


def require_timely(body: Payload, *, directory: Directory, now: Instant) -> None:
    """Judge invitations by the server's own clock: the time of a quiet log is an hour late.

    Raises RULE_DENIED for an invitation that would live too long, EXPIRED for one that is over.
    """
    if isinstance(body, Invite):
        if body.exp - now > invite_life(body.caps) + SLACK * SECOND:
            raise Refused(Code.RULE_DENIED, field="exp")
        _require_before(body.exp, now)
    elif isinstance(body, Worker) and body.inv is not None:
        _require_before(directory.invites[body.inv].versions[-1].body.exp, now)


def _require_before(end: Instant, now: Instant) -> None:
    if now >= end:
        raise Refused(Code.EXPIRED)


# ---------------------------------------------------------------- waiting


def require_live_invite(directory: Directory, inv: InvId, *, now: Instant) -> Invite:
    """The invitation, unused and in force: UNKNOWN_ID, RULE_DENIED, REVOKED or EXPIRED."""
    chain = directory.invites.get(inv)
    cert = chain.newest(directory.size) if chain else None
    if chain is None or cert is None:
        raise Refused(Code.UNKNOWN_ID)
    if inv in directory.used:
        raise Refused(Code.RULE_DENIED)
    if chain.ended(directory.size):
        raise Refused(Code.REVOKED)
    _require_before(cert.body.exp, now)
    return cert.body


def is_live_invite(directory: Directory, inv: InvId, *, now: Instant) -> bool:
    """Tell whether an invitation is unused and in force."""
    try:
        require_live_invite(directory, inv, now=now)
    except Refused:
        return False
    return True


def require_join(
    directory: Directory, statement: Statement, body: Join, *, now: Instant
) -> tuple[Signature, ...]:
    """Check form and signatures of a `join`; its mac only the registrar can check.

    Raises WRONG_NET, UNKNOWN_ID, RULE_DENIED, REVOKED, EXPIRED, BAD_SIG.
    """
    if directory.net is None or body.net != directory.net:
        raise Refused(Code.WRONG_NET)
    invite = require_live_invite(directory, body.inv, now=now)
    derived = worker_id(net=directory.net, aid=invite.aid, inv=body.inv)
    fits = body.wid == (invite.wid or derived) and set(body.caps) <= set(invite.caps)
    if not fits or not is_public(body.ek) or body.ik == body.dk:
        raise Refused(Code.RULE_DENIED)
    return _signed_by_all(statement, body.ik, body.dk)


def require_link(directory: Directory, statement: Statement, body: Link) -> tuple[Signature, ...]:
    """Check form and signature of a `link`: WRONG_NET, RULE_DENIED, BAD_SIG."""
    if body.net != directory.net:
        raise Refused(Code.WRONG_NET)
    if body.wid not in directory.workers or not is_public(body.ek):
        raise Refused(Code.RULE_DENIED)
    return _signed_by_all(statement, body.dk)


def require_begun(directory: Directory, statement: Statement) -> tuple[Signature, ...]:
    """The signatures that an incomplete statement has already, at least one.

    Raises WRONG_NET, WRONG_PLACE for a type that never waits, BAD_SIG, and for whoever is not in
    force UNTRUSTED, EXPIRED, REVOKED or BAD_SIG.
    """
    if statement.body.net != directory.net:
        raise Refused(Code.WRONG_NET)
    found = match(statement, _may_begin(directory, statement.body))
    if not found:
        raise Refused(Code.BAD_SIG)
    return found


def _may_begin(directory: Directory, body: Payload) -> list[Key]:
    match body:
        case Worker():
            return list(directory.require_agency(body.aid, directory.size).keys)
        case Device():
            directory.require_worker(body.wid, body.ik, directory.size)
            siblings = directory.devices_of((body.wid, body.ik), directory.size)
            return [body.ik, *(cert.body.dk for cert in siblings)]
        case Basis() if body.kind is BasisKind.LAW:
            return _device_keys(directory, body.prop)
        case _:
            raise Refused(Code.WRONG_PLACE, typ=body.typ)


def _device_keys(directory: Directory, wid: Wid) -> list[Key]:
    """The keys of a person's devices in force; none once she is not."""
    worker = directory.worker_in_force(wid, directory.size)
    if worker is None:
        return []
    return [cert.body.dk for cert in directory.devices_of((wid, worker.ik), directory.size)]


def require_share(waits: Iterable[Waiting], mine: Callable[[Waiting], bool]) -> None:
    """Leave space for others: RATE_LIMITED when too much waits, of all or of one hand."""
    held = list(waits)
    if len(held) >= MAX_WAITING or sum(map(mine, held)) >= MAX_OF_ONE:
        raise Refused(Code.RATE_LIMITED)


def _signed_by_all(statement: Statement, *keys: Key) -> tuple[Signature, ...]:
    found = match(statement, keys)
    if len(found) < len(keys):
        raise Refused(Code.BAD_SIG)
    return found


def answers_to(body: Payload, key: bytes) -> bool:
    """Tell whether something that waits is what the other side asks for by an id of her own."""
    match body:
        case Worker():
            return body.wid == key
        case Device():
            return body.did == key
        case _:
            return False


def waits_for(body: Payload, wid: Wid) -> bool:
    """Tell whether a person's signature is what a statement waits for."""
    return isinstance(body, Basis) and body.apr == wid


def is_answered(waiting: Payload, done: Payload) -> bool:
    """Tell whether a `join` or `link` got the certificate it asked for."""
    match waiting, done:
        case Join(), Worker():
            return waiting.inv == done.inv
        case Link(), Device():
            return waiting.dk == done.dk
        case _:
            return False
