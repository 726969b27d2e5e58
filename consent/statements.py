"""Rules of new bases and withdrawals beyond their shape, and what a change takes from whom.

The facts about the signers (their capabilities, their place in the case) come from the
caller, who verified the signatures (protocol, sections 5.5 and 5.14).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from consent.model import NO_CATEGORY, BasisView, Categories
from consent.register import Register
from crypto.errors import Code, Refused
from protocol.ids import Aid, SubId, Wid
from protocol.payloads import Basis, Withdraw
from protocol.times import DAY, Instant
from protocol.vocabulary import Cap


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signed: `member` is a non-guest member of the case, `host` of its host agency."""

    wid: Wid
    aid: Aid
    caps: frozenset[Cap]
    member: bool
    host: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Categories of one subject that one person can no longer read; `leaves` ends her seat."""

    wid: Wid
    aid: Aid
    sub: SubId
    cats: Categories
    leaves: bool


def require_basis(new: Basis, *, newest: Basis | None, register: Register) -> None:
    """Refuse a basis that the register, its predecessor or the calendar does not allow.

    `newest` is the version that `new.prev` names, None for a first version; raises
    `RULE_DENIED` with the name of the rule.
    """
    entry = register.bases.get(new.law)
    if entry is None or entry.kind is not new.kind:
        raise Refused(Code.RULE_DENIED, rule="law")
    _require("kinds", holds=entry.kinds.issuperset(new.kinds))
    _require("approver", holds=new.apr != new.prop)
    _require("review", holds=_reviewed_in_time(new, entry.review_days))
    _require("version", holds=_continues(new, newest))


def require_basis_signers(new: Basis, signers: Collection[Signer], *, newest: Basis | None) -> None:
    """Refuse other signers than the proposer, for a decision also the approver, a chair.

    Each must belong to the case, its host agency, or an agency in the scope of `newest`
    (of `new` itself, when it is the first version); raises `RULE_DENIED`.
    """
    named = {new.prop} if new.apr is None else {new.prop, new.apr}
    _require("signers", holds={signer.wid for signer in signers} == named)
    chairs = {signer.wid for signer in signers if Cap.CHAIR in signer.caps}
    _require("chair", holds=new.apr is None or new.apr in chairs)
    for signer in signers:
        _require("standing", holds=_has_standing(signer, newest or new))


def require_withdrawal(new: Withdraw, signer: Signer, *, basis: Basis) -> None:
    """Refuse a withdrawal from another case or by a stranger; it can only take away."""
    if new.case != basis.case:
        raise Refused(Code.WRONG_PLACE)
    _require("standing", holds=_has_standing(signer, basis))


def losses(
    now: Instant,
    *,
    people: Mapping[Wid, Aid],
    before: Sequence[BasisView],
    after: Sequence[BasisView],
) -> tuple[Loss, ...]:
    """List who loses which categories of whom between two sets of bases, by wid and subject.

    `people` are the room's non-guest members with their agencies; shown for confirmation
    before a withdrawal or a narrower version is signed.
    """
    subjects = sorted({basis.sub for basis in before})
    return tuple(
        Loss(wid=wid, aid=aid, sub=sub, cats=gone, leaves=not _is_covered(now, aid, after))
        for wid, aid in sorted(people.items())
        for sub in subjects
        if (gone := _readable(now, aid, sub, before) - _readable(now, aid, sub, after))
    )


def _readable(now: Instant, aid: Aid, sub: SubId, bases: Sequence[BasisView]) -> Categories:
    running = (basis for basis in bases if basis.sub == sub and basis.in_force(now))
    return NO_CATEGORY.union(*(basis.covers(aid) for basis in running))


def _is_covered(now: Instant, aid: Aid, bases: Sequence[BasisView]) -> bool:
    return any(basis.in_force(now) and basis.covers(aid) for basis in bases)


def _reviewed_in_time(new: Basis, review_days: int | None) -> bool:
    if new.rev is None:  # consent alone: the shape asks a decision for its review
        return True
    latest = None if review_days is None else new.from_.plus(review_days * DAY)
    return new.from_ < new.rev and (latest is None or new.rev <= latest)


def _continues(new: Basis, newest: Basis | None) -> bool:
    """Tell whether a version keeps case, subject and kind, and counts on by one."""
    if newest is None:
        return new.prev is None
    same = (new.case, new.sub, new.kind) == (newest.case, newest.sub, newest.kind)
    return new.prev is not None and same and new.ver == newest.ver + 1


def _has_standing(signer: Signer, basis: Basis) -> bool:
    return signer.member or signer.host or any(signer.aid in pair.ag for pair in basis.scope)


def _require(rule: str, *, holds: bool) -> None:
    if not holds:
        raise Refused(Code.RULE_DENIED, rule=rule)
