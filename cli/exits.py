"""Exit codes of `entaku`; scripts may rely on them."""

from enum import IntEnum

from crypto.errors import Code, Refused


class Exit(IntEnum):
    """How a command ended."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    UNREACHABLE = 3
    UNVERIFIED = 4
    CANNOT_START = 5
    DEVIATION = 6
    INTERRUPTED = 130


def exit_of(refusal: Refused) -> Exit:
    """Tell a server that does not answer from one that says no."""
    return Exit.UNREACHABLE if refusal.code is Code.UNAVAILABLE else Exit.REFUSED
