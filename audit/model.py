"""What an auditor asks and finds: entries with what opens them, never content."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from audit import entry as entries
from audit.entry import Entry, Opening
from crypto.errors import Code, Refused
from protocol.ids import Aid, CaseId, Did, Hash, Id, Sid, Wid
from protocol.shapes import HEX_ID
from protocol.times import Instant

_AFTER: Final = re.compile(r"[0-9]{0,16}")
"""An index; more digits than any log has, and fewer than a database refuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What an auditor asks for; what is None does not filter. `wid`: who acted."""

    case: CaseId | None = None
    wid: Wid | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The erasable side of an entry, with its key wrapped twice: `wrapped` is None once erased."""

    key_id: Id
    wrapped: bytes | None
    key_ct: bytes
    did: Did | None
    wid: Wid | None
    aid: Aid | None
    case: CaseId | None
    objects: tuple[bytes, ...]
    to: tuple[Id, ...]
    basis: bytes | None
    purpose: str | None
    result: str
    request: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One entry for an auditor; `opened` is None when its facts were erased."""

    index: int
    id: int
    at: datetime
    kind: str
    leaf: bytes
    opened: Opened | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An auditor's question: `after` is the last index she has; `denied` keeps refusals only."""

    filter: Filter
    after: int = -1
    denied: bool = False

    @classmethod
    def parse(
        cls, purpose: str, params: tuple[str, ...], *, case: Callable[[str], CaseId | None]
    ) -> Self:
        """Read `[subject?, since, until, after]`; what is empty or missing does not filter.

        The subject of a case timeline is a case (id in hex, or public code), of a person's
        timeline a wid in hex; the other purposes have none. Times as in J1, `after` a number.
        `case` finds a case by its code.

        Raises AUDITOR_NO_CONTENT for another purpose, UNKNOWN_ID, BAD_J1.
        """
        match purpose:
            case "audit.case-timeline":
                return cls._dated(params[1:], case=_case(params, case))
            case "audit.person-timeline":
                return cls._dated(params[1:], wid=Wid(_subject(params)))
            case "audit.openings":
                return cls._dated(params)
            case "audit.denied":
                return cls._dated(params, denied=True)
            case _:
                raise Refused(Code.AUDITOR_NO_CONTENT)

    @classmethod
    def _dated(
        cls,
        params: tuple[str, ...],
        *,
        case: CaseId | None = None,
        wid: Wid | None = None,
        denied: bool = False,
    ) -> Self:
        since, until, after = (*params, "", "", "")[:3]
        if len(params) > 3 or _AFTER.fullmatch(after) is None:  # noqa: PLR2004 -- as above
            raise Refused(Code.BAD_J1)
        return cls(
            filter=Filter(case=case, wid=wid, since=_time(since), until=_time(until)),
            after=int(after or -1),
            denied=denied,
        )


def _time(text: str) -> datetime | None:
    try:
        return Instant.parse(text).moment() if text else None
    except ValueError as error:
        raise Refused(Code.BAD_J1) from error


def _case(params: tuple[str, ...], find: Callable[[str], CaseId | None]) -> CaseId:
    found = find(params[0]) if params else None
    return CaseId(_subject(params)) if found is None else found


def _subject(params: tuple[str, ...]) -> Id:
    if not params or HEX_ID.fullmatch(params[0]) is None:  # as the database reads it, too
        raise Refused(Code.UNKNOWN_ID)
    return Id(bytes.fromhex(params[0]))


def openings_of(found: Found, *, unwrap: Callable[[Id, bytes], bytes]) -> list[Opening]:
    """All openings of an entry; none once its facts or keys are erased.

    `unwrap` takes an audit key (its id, its wrapping) out again. Raises, with the index, BAD_TAG
    for a key and BAD_PROOF for a kind that somebody changed in the database.
    """
    try:
        return _openings_of(found, unwrap)
    except Refused as refusal:
        raise Refused(refusal.code, **refusal.facts, index=found.index) from refusal


def _openings_of(found: Found, unwrap: Callable[[Id, bytes], bytes]) -> list[Opening]:
    opened = found.opened
    if opened is None or opened.wrapped is None:
        return []
    leaf = entries.parse(found.leaf)
    if found.kind != leaf.k:
        raise Refused(Code.BAD_PROOF, why="kind")
    audit_key = unwrap(opened.key_id, opened.wrapped)
    key = entries.unwrap_key(audit_key=audit_key, entry=leaf.e, wrapped=opened.key_ct)
    facts = Entry(
        kind=leaf.k,
        at_ms=leaf.t,
        id=leaf.e,
        actor=opened.wid,
        case=opened.case,
        objects=opened.objects,
        recipients=opened.to,
        purpose=opened.purpose,
        basis=None if opened.basis is None else Sid(Hash(opened.basis)),
    )
    return entries.openings(facts, key=key)
