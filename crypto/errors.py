"""Refusals: one closed list of reason codes for both ends of the wire.

It lives in the lowest layer so that every check may raise it; the sentences a
person reads are in `protocol/sentences.toml`.
"""

from enum import StrEnum


class Code(StrEnum):
    """Stable reason codes, in the order in which checks run (protocol, section 5.22)."""

    # bytes
    OVERSIZE = "OVERSIZE"
    BAD_MAGIC = "BAD_MAGIC"
    BAD_LENGTH = "BAD_LENGTH"
    BAD_J1 = "BAD_J1"
    BAD_B64 = "BAD_B64"
    UNKNOWN_TYPE = "UNKNOWN_TYPE"
    WRONG_NET = "WRONG_NET"
    # keys
    UNTRUSTED = "UNTRUSTED"
    NOT_LOGGED = "NOT_LOGGED"
    WEAK_KEY = "WEAK_KEY"
    BAD_SIG = "BAD_SIG"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"
    UNTYPED_KEY = "UNTYPED_KEY"
    # place and order
    WRONG_PLACE = "WRONG_PLACE"
    UNKNOWN_ID = "UNKNOWN_ID"
    REPLAY = "REPLAY"
    WRONG_EPOCH = "WRONG_EPOCH"
    FORK_OR_GAP = "FORK_OR_GAP"
    LH_BEHIND = "LH_BEHIND"
    CHAIN_GAP = "CHAIN_GAP"
    CHAIN_FORK = "CHAIN_FORK"
    EQUIVOCATION = "EQUIVOCATION"
    ROLLBACK = "ROLLBACK"
    MISSING_STATEMENT = "MISSING_STATEMENT"
    CLOCK = "CLOCK"
    NO_FRESH_LOG = "NO_FRESH_LOG"
    # roster
    RULE_DENIED = "RULE_DENIED"
    NOT_SEATED = "NOT_SEATED"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    NO_BASIS = "NO_BASIS"
    BAD_BUNDLE_HASH = "BAD_BUNDLE_HASH"
    BAD_RECIPIENTS = "BAD_RECIPIENTS"
    BAD_BUNDLE = "BAD_BUNDLE"
    STALE = "STALE"
    # content
    OLD_CLIENT = "OLD_CLIENT"
    NEEDS_NEW_GENERATION = "NEEDS_NEW_GENERATION"
    AUDIENCE_TOO_WIDE = "AUDIENCE_TOO_WIDE"
    UNSEEN_CHANGE = "UNSEEN_CHANGE"
    BAD_DOC_KEY = "BAD_DOC_KEY"
    BAD_COMMITMENT = "BAD_COMMITMENT"
    BAD_TAG = "BAD_TAG"
    BAD_PADDING = "BAD_PADDING"
    # gate
    FORBIDDEN = "FORBIDDEN"
    NOT_MEMBER = "NOT_MEMBER"
    MEMBER_ENDED = "MEMBER_ENDED"
    PLEDGE_MISSING = "PLEDGE_MISSING"
    PLEDGE_EXPIRED = "PLEDGE_EXPIRED"
    KIND_EXCLUDED = "KIND_EXCLUDED"
    ANON_ONLY = "ANON_ONLY"
    BASIS_NOT_YET = "BASIS_NOT_YET"
    BASIS_EXPIRED = "BASIS_EXPIRED"
    REVIEW_OVERDUE = "REVIEW_OVERDUE"
    BASIS_WITHDRAWN = "BASIS_WITHDRAWN"
    RECIPIENT_NOT_COVERED = "RECIPIENT_NOT_COVERED"
    CATEGORY_NOT_COVERED = "CATEGORY_NOT_COVERED"
    MEETING_NOT_COVERED = "MEETING_NOT_COVERED"
    ITEM_NOT_OPEN = "ITEM_NOT_OPEN"
    # state and service
    INVARIANT = "INVARIANT"
    CONFLICT = "CONFLICT"
    RATE_LIMITED = "RATE_LIMITED"
    AUDITOR_NO_CONTENT = "AUDITOR_NO_CONTENT"
    KDF_FLOOR = "KDF_FLOOR"
    # service, beside the protocol's own list
    BAD_PROOF = "BAD_PROOF"
    BAD_TOKEN = "BAD_TOKEN"  # noqa: S105 -- a reason code, not a secret
    UNAVAILABLE = "UNAVAILABLE"


Fact = str | int | bool | None


class Refused(Exception):
    """A check failed: `code` for machines, `facts` for the client, no prose to translate."""

    def __init__(self, code: Code, **facts: Fact) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts
