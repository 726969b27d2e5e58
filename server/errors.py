"""Refusals at the edge: the HTTP status of every code, and what a person is told."""

from collections.abc import Mapping
from typing import Final

import asyncpg

from crypto.errors import Code, Refused
from protocol.sentences import sentence
from protocol.wire import Failure
from storage.transaction import is_moved

_BAD: Final = 400
_UNSIGNED: Final = 401
_FORBIDDEN: Final = 403
_UNKNOWN: Final = 404
_CONFLICT: Final = 409
_TOO_LARGE: Final = 413
_UNFIT: Final = 422
_TOO_MANY: Final = 429
_UNAVAILABLE: Final = 503

_BY_STATUS: Final = {
    _BAD: "BAD_MAGIC BAD_LENGTH BAD_J1 BAD_B64 UNKNOWN_TYPE WRONG_NET",
    _UNSIGNED: "BAD_TOKEN",
    _FORBIDDEN: (
        "UNTRUSTED NOT_LOGGED WEAK_KEY BAD_SIG EXPIRED REVOKED UNTYPED_KEY FORBIDDEN NOT_MEMBER"
        " MEMBER_ENDED PLEDGE_MISSING PLEDGE_EXPIRED KIND_EXCLUDED ANON_ONLY NO_BASIS"
        " BASIS_NOT_YET BASIS_EXPIRED REVIEW_OVERDUE BASIS_WITHDRAWN RECIPIENT_NOT_COVERED"
        " CATEGORY_NOT_COVERED MEETING_NOT_COVERED ITEM_NOT_OPEN NOT_SEATED OUT_OF_SCOPE"
        " RULE_DENIED AUDITOR_NO_CONTENT"
    ),
    _UNKNOWN: "UNKNOWN_ID MISSING_STATEMENT",
    _CONFLICT: (
        "WRONG_PLACE REPLAY WRONG_EPOCH FORK_OR_GAP LH_BEHIND CHAIN_GAP CHAIN_FORK EQUIVOCATION"
        " ROLLBACK CLOCK NO_FRESH_LOG STALE NEEDS_NEW_GENERATION UNSEEN_CHANGE INVARIANT CONFLICT"
    ),
    _TOO_LARGE: "OVERSIZE",
    _UNFIT: (
        "BAD_BUNDLE_HASH BAD_RECIPIENTS BAD_BUNDLE OLD_CLIENT AUDIENCE_TOO_WIDE BAD_DOC_KEY"
        " BAD_COMMITMENT BAD_TAG BAD_PADDING KDF_FLOOR BAD_PROOF"
    ),
    _TOO_MANY: "RATE_LIMITED",
    _UNAVAILABLE: "UNAVAILABLE",
}

STATUS: Final[Mapping[Code, int]] = {
    Code(name): status for status, names in _BY_STATUS.items() for name in names.split()
}
"""Total over `Code`; the edge alone knows HTTP."""


TROUBLES: Final = (Refused, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""What may hinder work that nobody waits for; it is found again by looking."""


def failure(refusal: Refused) -> Failure:
    """Say a refusal to the client: code, facts, one sentence in each language."""
    return Failure(
        code=refusal.code.value,
        facts=refusal.facts,
        ja=sentence(refusal.code, "ja"),
        en=sentence(refusal.code, "en"),
    )


def as_refused(error: Exception) -> Refused | None:
    """A refusal for what the stores let through; None for what nobody expected."""
    if isinstance(error, Refused):
        return error
    if is_moved(error):
        return Refused(Code.CONFLICT)
    if isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError | OSError | TimeoutError):
        return Refused(Code.UNAVAILABLE)
    return None
