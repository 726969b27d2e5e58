"""`may_write`: whether this client may write now, judged by what it knows (section 5.22).

Validity is the same for everybody and judged when a row is folded; this is the other
judgement, mine and now. The first failing line decides.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crypto.errors import Code, Refused
from protocol.times import HOUR, MINUTE

CLOCK_TOLERANCE: Final = 10 * MINUTE
WARN_AFTER: Final = 5 * MINUTE
NO_NEW_RIGHTS_AFTER: Final = 24 * HOUR
NO_WRITING_AFTER: Final = 72 * HOUR


class Writing(StrEnum):
    """What is to be written, as far as the order of checks tells it apart."""

    CONTENT = "content"  # op, sum, note, ev, dk of a document that is already announced
    SECT = "sect"  # a new generation of a document
    SHARE = "share"  # whatever gives somebody new a key: grant, first sect for a few
    WIDEN = "widen"  # create, add, handover
    MEND = "mend"  # rotate, narrow, remove, close: a roster that only takes away
    BASIS = "basis"  # basis, and certificates of devices
    FREE = "free"  # withdraw, seat, meet, ack: needs no key and can only take away or tell


_GIVES: Final = frozenset({Writing.SHARE, Writing.WIDEN, Writing.BASIS})
_NEEDS_EPOCH: Final = frozenset({Writing.CONTENT, Writing.SECT, Writing.SHARE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """Where this client stands in a room.

    Attributes:
        halted: EQUIVOCATION, FORK_OR_GAP, MISSING_STATEMENT or NOT_LOGGED, once one was found.
        clock_off: How far this machine's clock is from the server's, in ms.
        log_age: Age of the newest fresh proof of the identity log, in ms (section 5.13).
        stale: A roster must come first.
        has_key: This device holds the current epoch's key.
        unconfirmed: New members or devices that the person has not yet seen by name.
        required: Lowest client version that may write, of the newest root.
        version: This client's version.
    """

    halted: Code | None
    clock_off: int
    log_age: int
    stale: bool
    has_key: bool
    unconfirmed: bool
    required: int
    version: int


def may_write(footing: Footing, writing: Writing, rights: Callable[[], None]) -> None:
    """Come back when this may be written; lines 8 to 11 are `rights`, called last.

    Raises:
        Refused: Line 1 the halting code, 2 CLOCK, 3 NO_FRESH_LOG, 4 STALE, 5 BAD_BUNDLE,
            6 UNSEEN_CHANGE, 7 OLD_CLIENT, then whatever `rights` raises.
    """
    refusal = _refusal(footing, writing)
    if refusal is not None:
        raise Refused(refusal)
    rights()


def _refusal(footing: Footing, writing: Writing) -> Code | None:
    needs_epoch = writing in _NEEDS_EPOCH
    waits = needs_epoch or writing is Writing.WIDEN
    lines = (
        (footing.halted is not None, footing.halted),
        (abs(footing.clock_off) > CLOCK_TOLERANCE, Code.CLOCK),
        (footing.log_age > _patience(writing), Code.NO_FRESH_LOG),
        (needs_epoch and footing.stale, Code.STALE),
        (needs_epoch and not footing.has_key, Code.BAD_BUNDLE),
        (waits and footing.unconfirmed, Code.UNSEEN_CHANGE),
        (footing.required > footing.version, Code.OLD_CLIENT),
    )
    return next((code for fails, code in lines if fails), None)


def _patience(writing: Writing) -> int:
    """What gives rights needs a log of today; the rest goes on for three days."""
    return NO_NEW_RIGHTS_AFTER if writing in _GIVES else NO_WRITING_AFTER
