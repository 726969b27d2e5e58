"""Which identity statements are valid at their own leaf, and who must have signed them.

A server asks before it admits a statement, a replica asks again for every leaf: what
breaks a rule here is void for everybody (protocol, sections 5.2, 5.3, 5.5 and 6.14).
"""

from collections.abc import Iterable
from typing import Final

from crypto.errors import Code, Refused
from crypto.signing import require_point
from protocol.certificates import MAX_AGENCY_LIFE, certifiable
from protocol.derived import device_id, worker_id
from protocol.directory import Directory
from protocol.ids import Key, Wid
from protocol.payloads import (
    Agency,
    Basis,
    Device,
    Handover,
    Invite,
    Pledge,
    Release,
    Revoke,
    Root,
    Withdraw,
    Worker,
)
from protocol.shapes import UNSET
from protocol.statement import Signature, Statement, match
from protocol.vocabulary import BasisKind, Cap, RevokeWhat

MEMBER_ONLY: Final = (Cap.MEMBER,)


def verify(  # noqa: C901, PLR0911 -- one arm for each type, nothing else
    directory: Directory, statement: Statement, n: int
) -> tuple[Signature, ...]:
    """Check rules and signatures of an identity statement at log size `n`.

    Returns the signatures that verify under the keys allowed for it, ascending by key.

    Raises:
        Refused: WRONG_NET, UNTRUSTED (void), WEAK_KEY, BAD_SIG, EXPIRED, REVOKED,
            RULE_DENIED, UNKNOWN_ID, UNKNOWN_TYPE; trust's codes for device-signed types.
    """
    _require_net(directory, statement)
    match statement.body:
        case Root() as body:
            return _root(directory, statement, body, n)
        case Agency() as body:
            return _agency(directory, statement, body, n)
        case Invite() as body:
            return _invite(directory, statement, body, n)
        case Worker() as body:
            return _worker(directory, statement, body, n)
        case Device() as body:
            return _device(directory, statement, body, n)
        case Revoke() as body:
            return _revoke(directory, statement, body, n)
        case Pledge() as body:
            return _pledge(directory, statement, body, n)
        case Release():
            return _release(directory, statement, n)
        case Basis() as body:
            return _basis(directory, statement, body, n)
        case Withdraw() | Handover():
            return signed_by_device(directory, statement, n)
        case _:
            raise Refused(Code.UNKNOWN_TYPE)


def _require_net(directory: Directory, statement: Statement) -> None:
    named = statement.body.net
    first = isinstance(statement.body, Root) and named is UNSET
    if not first and named != directory.net:
        raise Refused(Code.WRONG_NET)


def _signed(statement: Statement, keys: Iterable[Key], *, t: int) -> tuple[Signature, ...]:
    """Demand `t` distinct keys of a list."""
    keys = list(keys)
    for key in keys:
        require_point(key)
    found = match(statement, keys)
    if len(found) < t:
        raise Refused(Code.BAD_SIG)
    return found


def _all_of(statement: Statement, *keys: Key) -> tuple[Signature, ...]:
    return _signed(statement, keys, t=len(set(keys)))


def _require(code: Code = Code.UNTRUSTED, *, holds: bool) -> None:
    if not holds:
        raise Refused(code)


# --- root and agencies -------------------------------------------------------------------------


def _root(directory: Directory, statement: Statement, body: Root, n: int) -> tuple[Signature, ...]:
    _require(holds=not body.wit and body.wt == 0)  # v1 runs with no witness and says so
    if body.n == 0:
        _require(holds=not directory.roots)
        return _signed(statement, body.keys, t=body.t)
    old = directory.root(n)
    _require(holds=body.prev == directory.roots[-1].sid and body.n == old.n + 1)
    _signed(statement, old.keys, t=old.t)
    _signed(statement, body.keys, t=body.t)
    return match(statement, {*old.keys, *body.keys})


def _agency(
    directory: Directory, statement: Statement, body: Agency, n: int
) -> tuple[Signature, ...]:
    chain = directory.agencies.get(body.aid)
    newest = chain.newest(n) if chain else None
    _require(holds=body.prev == (newest.sid if newest else None))
    _require(Code.REVOKED, holds=chain is None or not chain.ended(n))
    _require(holds=body.exp - body.nbf <= MAX_AGENCY_LIFE)
    root = directory.root(n)
    simple = body.caps == MEMBER_ONLY and (newest is None or newest.body.caps == MEMBER_ONLY)
    if simple:
        by_sec = match(statement, root.sec.keys)
        if len(by_sec) >= root.sec.t:
            return by_sec
    return _signed(statement, root.keys, t=root.t)


def _release(directory: Directory, statement: Statement, n: int) -> tuple[Signature, ...]:
    """Only the keys that a root names for it; a council whose root names none trusts no build."""
    rel = directory.root(n).rel
    if rel is None:
        raise Refused(Code.UNTRUSTED)
    return _signed(statement, rel.keys, t=rel.t)


# --- people ------------------------------------------------------------------------------------


def _invite(
    directory: Directory, statement: Statement, body: Invite, n: int
) -> tuple[Signature, ...]:
    agency = directory.require_agency(body.aid, n)
    _require(holds=body.inv not in directory.invites)
    _require(Code.RULE_DENIED, holds=set(body.caps) <= certifiable(agency.caps))
    known = body.wid is None or body.wid in directory.workers
    _require(Code.UNKNOWN_ID, holds=known)
    return _signed(statement, agency.keys, t=agency.t)


def _worker(
    directory: Directory, statement: Statement, body: Worker, n: int
) -> tuple[Signature, ...]:
    agency = directory.require_agency(body.aid, n)
    _require(holds=set(body.caps) <= certifiable(agency.caps))
    chain = directory.workers.get(body.wid)
    newest = chain.newest(n) if chain else None
    _require(holds=body.prev == (newest.sid if newest else None))
    _require(Code.REVOKED, holds=chain is None or not chain.ended(n))
    if newest is None:
        derived = body.inv is not None and body.wid == worker_id(
            net=body.net, aid=body.aid, inv=body.inv
        )
        _require(holds=derived and body.gen == 0)
    else:
        _require(holds=newest.body.aid == body.aid)
    if newest is None or body.ik != newest.body.ik:
        _require_new_person(directory, body, newest.body if newest else None, n)
    else:
        _require(holds=body.gen == newest.body.gen and body.inv is None)
    registrar = _signed(statement, agency.keys, t=agency.t)
    own = _all_of(statement, body.ik)
    return tuple(sorted({*registrar, *own}))


def _require_new_person(directory: Directory, body: Worker, before: Worker | None, n: int) -> None:
    """A new ik is another person: one invitation, live and unused, made for her."""
    _require(holds=before is None or body.gen == before.gen + 1)
    _require(holds=body.ik not in directory.by_ik and body.ik not in directory.by_dk)
    chain = directory.invites.get(body.inv) if body.inv is not None else None
    cert = chain.newest(n) if chain else None
    if chain is None or cert is None:
        raise Refused(Code.UNTRUSTED)
    invite = cert.body
    _require(holds=invite.inv not in directory.used and invite.aid == body.aid)
    _require(holds=invite.wid == (None if before is None else body.wid))
    _require(holds=set(body.caps) <= set(invite.caps))
    _require(Code.EXPIRED, holds=directory.time(n) < invite.exp)
    _require(Code.REVOKED, holds=not chain.ended(n))


def _device(
    directory: Directory, statement: Statement, body: Device, n: int
) -> tuple[Signature, ...]:
    directory.require_worker(body.wid, body.ik, n)
    _require(holds=body.did == device_id(net=body.net, wid=body.wid, dk=body.dk))
    chain = directory.devices.get(body.did)
    newest = chain.newest(n) if chain else None
    _require(holds=body.prev == (newest.sid if newest else None))
    _require(Code.REVOKED, holds=chain is None or not chain.ended(n))
    _require(holds=newest is None or body.ik == newest.body.ik)
    _require(holds=newest is None or _renewed(newest.body, body))
    _require(holds=newest is not None or body.eg == 0)
    own = _all_of(statement, body.ik, body.dk)
    if newest is not None:
        return own
    _require(holds=body.dk not in directory.by_dk and body.dk not in directory.by_ik)
    return tuple(sorted({*own, *_sibling(directory, statement, body, n)}))


def _renewed(before: Device, after: Device) -> bool:
    """Keep the sealing key and its counter, or move both on."""
    if before.ekh == after.ekh:
        return after.eg == before.eg
    return after.eg == before.eg + 1


def _sibling(
    directory: Directory, statement: Statement, body: Device, n: int
) -> tuple[Signature, ...]:
    """Every device of an ik after the first needs a live sibling's signature."""
    earlier = [
        did
        for did in directory.owned.get(body.wid, ())
        if directory.devices[did].versions[0].body.ik == body.ik
    ]
    if not earlier:
        return ()
    live = [cert.body.dk for cert in directory.devices_of((body.wid, body.ik), n)]
    return _signed(statement, live, t=1)[:1]


def _revoke(
    directory: Directory, statement: Statement, body: Revoke, n: int
) -> tuple[Signature, ...]:
    _require(Code.UNKNOWN_ID, holds=body.id in directory.chains)
    named = directory.chains[body.id].versions[0].body
    _require(Code.UNKNOWN_ID, holds=RevokeWhat(named.typ) is body.what)
    match named:
        case Agency():
            return _revoke_agency(directory, statement, named, n)
        case Device():
            owner = directory.workers[named.wid].versions[0].body
            keys = {*directory.agency(owner.aid, n).keys, named.ik}
        case _:
            keys = set(directory.agency(named.aid, n).keys)
    return _signed(statement, keys, t=1)


def _revoke_agency(
    directory: Directory, statement: Statement, named: Agency, n: int
) -> tuple[Signature, ...]:
    root = directory.root(n)
    if directory.agency(named.aid, n).caps == MEMBER_ONLY:
        by_sec = match(statement, root.sec.keys)
        if len(by_sec) >= root.sec.t:
            return by_sec
    return _signed(statement, root.keys, t=root.t)


def _pledge(
    directory: Directory, statement: Statement, body: Pledge, n: int
) -> tuple[Signature, ...]:
    if body.wid is None:
        agency = directory.require_agency(body.aid, n)
        return _signed(statement, agency.keys, t=agency.t)
    signatures = signed_by_person(directory, statement, body.wid, n)
    worker = directory.workers[body.wid].newest(n)
    _require(Code.RULE_DENIED, holds=worker is not None and worker.body.aid == body.aid)
    return signatures


# --- bases -------------------------------------------------------------------------------------


def _basis(
    directory: Directory, statement: Statement, body: Basis, n: int
) -> tuple[Signature, ...]:
    _require_version(directory, body)
    proposer = signed_by_person(directory, statement, body.prop, n)
    if body.kind is BasisKind.CONSENT or body.apr is None:
        return proposer
    _require(Code.RULE_DENIED, holds=body.apr != body.prop)
    approver = signed_by_person(directory, statement, body.apr, n)
    signer = directory.trust(approver[0].pk, "basis", n)
    _require(Code.RULE_DENIED, holds=Cap.CHAIR in signer.caps)
    return tuple(sorted({*proposer, *approver}))


def _require_version(directory: Directory, body: Basis) -> None:
    """A version ends the one it names, is the first to do so, and keeps case and subject."""
    if body.prev is None:
        return
    before = directory.logged.get(body.prev)
    old = before.statement.body if before else None
    if not isinstance(old, Basis):
        raise Refused(Code.UNKNOWN_ID)
    same = (old.case, old.sub, old.ver + 1) == (body.case, body.sub, body.ver)
    _require(Code.RULE_DENIED, holds=same)
    _require(holds=body.prev not in directory.succeeded)


# --- device-signed types -----------------------------------------------------------------------


def signed_by_person(
    directory: Directory, statement: Statement, wid: Wid, n: int
) -> tuple[Signature, ...]:
    """Demand one signature of a live device of the named person."""
    keys = [directory.devices[did].versions[0].body.dk for did in directory.owned.get(wid, ())]
    found = match(statement, keys)
    if not found:
        raise Refused(Code.BAD_SIG)
    directory.trust(found[0].pk, statement.typ, n)
    return found[:1]


def signed_by_device(directory: Directory, statement: Statement, n: int) -> tuple[Signature, ...]:
    """Demand one signature of some live device; whose it is decides what it may do."""
    found = match(statement, directory.device_keys(s.keyid for s in statement.signatures))
    if not found:
        raise Refused(Code.BAD_SIG)
    directory.trust(found[0].pk, statement.typ, n)
    return found[:1]
