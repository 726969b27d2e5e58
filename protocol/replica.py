"""Growing the replica of the identity log, one leaf at a time (protocol, section 8)."""

from crypto.errors import Code, Refused
from protocol import admission
from protocol.certificates import AnyChain, Cert, CertBody, Chain
from protocol.directory import Directory, LogStatement
from protocol.ids import Did, Key, NetId
from protocol.leaf import Leaf, leaf_for
from protocol.payloads import (
    Agency,
    Basis,
    Device,
    Invite,
    Payload,
    Pledge,
    Release,
    Revoke,
    Root,
    Withdraw,
    Worker,
)
from protocol.statement import Signature, Statement, key_id, signature_hash
from protocol.vocabulary import RevokeWhy


def append(directory: Directory, leaf: Leaf, statement: Statement | None) -> None:
    """Take the next leaf with the statement behind it; None for a beat or an unknown kind.

    A statement that breaks a rule is kept as a flaw and authorises nothing; the log goes on.
    A second leaf of one statement is void: a server could otherwise undo a withdrawal by
    logging the basis once more.

    Raises:
        Refused: EQUIVOCATION when the statement is not the one behind the leaf.
    """
    index = directory.size
    if statement is not None and statement.sid != leaf.sid:
        raise Refused(Code.EQUIVOCATION)
    directory.times.append(max(leaf.t, directory.time(index)))
    if statement is None:
        return
    try:
        _require_first(directory, statement, index)
        signatures = admission.verify(directory, statement, index)
        _require_leaf(leaf, statement, signatures)
    except Refused as refusal:
        directory.flaws[index] = refusal.code
        _remember_flaw(directory, statement.body, index, refusal.code)
    else:
        _take(directory, statement, signatures, index)


def heed(directory: Directory, statement: Statement) -> None:
    """Heed a valid revocation that is not logged yet: what I have seen takes away at once."""
    if isinstance(statement.body, Revoke) and _is_valid(directory, statement):
        ended = _ended_by(directory, statement.body)
        directory.seen_ended.update(id(chain) for chain in ended)


def _is_valid(directory: Directory, statement: Statement) -> bool:
    try:
        admission.verify(directory, statement, directory.size)
    except Refused:
        return False
    return True


def _require_first(directory: Directory, statement: Statement, index: int) -> None:
    if directory.statements.setdefault(statement.sid, index) != index:
        raise Refused(Code.UNTRUSTED)


def _require_leaf(leaf: Leaf, statement: Statement, signatures: tuple[Signature, ...]) -> None:
    sg = signature_hash(signatures)
    if leaf_for(statement.body, sid=statement.sid, sg=sg, t=leaf.t) != leaf:
        raise Refused(Code.BAD_SIG)


def _remember_flaw(directory: Directory, body: Payload, index: int, code: Code) -> None:
    match body:
        case Device():
            directory.flawed_keys.setdefault(body.dk, (index, code))
        case Worker():
            directory.flawed_keys.setdefault(body.ik, (index, code))
        case _:
            return


def _take(  # noqa: C901 -- one arm for each type, nothing else
    directory: Directory, statement: Statement, signatures: tuple[Signature, ...], index: int
) -> None:
    match statement.body:
        case Root() as body:
            directory.net = directory.net or NetId(statement.sid)
            directory.roots.append(_cert(body, statement, signatures, index))
        case Agency() as body:
            chain = directory.agencies.setdefault(body.aid, Chain())
            _extend(directory, chain, _cert(body, statement, signatures, index))
        case Invite() as body:
            invites = directory.invites.setdefault(body.inv, Chain())
            _extend(directory, invites, _cert(body, statement, signatures, index))
        case Worker() as body:
            _take_worker(directory, _cert(body, statement, signatures, index))
        case Device() as body:
            _take_device(directory, _cert(body, statement, signatures, index))
        case Pledge() as body:
            kept = directory.pledges.setdefault((body.aid, body.wid), [])
            kept.append(_cert(body, statement, signatures, index))
        case Release() as body:
            directory.releases.append(_cert(body, statement, signatures, index))
        case Revoke() as body:
            _take_revoke(directory, body, index)
        case _:
            _take_logged(directory, statement, signatures, index)


def _cert(
    body: CertBody, statement: Statement, signatures: tuple[Signature, ...], index: int
) -> Cert[CertBody]:
    return Cert(index=index, sid=statement.sid, body=body, signatures=signatures)


def _extend(directory: Directory, chain: AnyChain, cert: Cert[CertBody]) -> None:
    versions: list[Cert[CertBody]] = chain.versions  # type: ignore[assignment]
    versions.append(cert)
    directory.chains[cert.sid] = chain


def _take_worker(directory: Directory, cert: Cert[Worker]) -> None:
    _extend(directory, directory.workers.setdefault(cert.body.wid, Chain()), cert)
    directory.by_ik.setdefault(cert.body.ik, cert.body.wid)
    if cert.body.inv is not None:
        directory.used.add(cert.body.inv)


def _take_device(directory: Directory, cert: Cert[Device]) -> None:
    body = cert.body
    if body.did not in directory.devices:
        directory.devices[body.did] = Chain(linked_by=_linked_by(directory, cert))
        directory.owned.setdefault(body.wid, []).append(body.did)
        directory.hints.setdefault(key_id(body.dk), []).append(body.dk)
        directory.by_dk[body.dk] = body.did
    _extend(directory, directory.devices[body.did], cert)


def _linked_by(directory: Directory, cert: Cert[Device]) -> Did | None:
    others: list[Key] = [s.pk for s in cert.signatures if s.pk not in {cert.body.ik, cert.body.dk}]
    return directory.by_dk[others[0]] if others else None


def _take_logged(
    directory: Directory, statement: Statement, signatures: tuple[Signature, ...], index: int
) -> None:
    if isinstance(statement.body, Basis) and statement.body.prev is not None:
        directory.succeeded[statement.body.prev] = statement.sid
    if isinstance(statement.body, Withdraw):
        directory.withdrawals.setdefault(statement.body.case, {})[statement.sid] = statement.body
    directory.logged[statement.sid] = LogStatement(
        index=index,
        statement=statement,
        signatures=signatures,
        signers=tuple(directory.trust(s.pk, statement.typ, index) for s in signatures),
    )


def _take_revoke(directory: Directory, body: Revoke, index: int) -> None:
    for ended in _ended_by(directory, body):
        ended.end(index)
        named = ended.versions[0].body
        if body.why is RevokeWhy.COMPROMISED and isinstance(named, Device | Worker):
            directory.compromised.setdefault(named.wid, index)  # voids the person's handovers


def _ended_by(directory: Directory, body: Revoke) -> list[AnyChain]:
    chain = directory.chains[body.id]
    return [chain, *_since(directory, chain, body.since)]


def _since(directory: Directory, chain: AnyChain, since: int | None) -> list[AnyChain]:
    """Devices of the same person logged at or after `since` that no surviving device linked.

    What an ended device linked vouches for nobody either: a thief's second link ends too.
    """
    named = chain.versions[0].body
    if since is None or not isinstance(named, Device):
        return []
    ended: dict[Did | None, AnyChain] = {None: chain, named.did: chain}
    for did in directory.owned[named.wid]:  # in log order, so links come before their devices
        other = directory.devices[did]
        if other.versions[0].index >= since and other.linked_by in ended:
            ended.setdefault(did, other)
    return [other for other in ended.values() if other is not chain]
