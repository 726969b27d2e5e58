"""The one place of the command line that reads the machine's clock."""

import time

from protocol.times import Instant


def now() -> Instant:
    """The machine's time, for whoever is handed a clock."""
    return Instant(time.time_ns() // 1_000_000)


def monotonic() -> float:
    """Milliseconds of a clock that all processes of this machine share and nobody sets back."""
    return time.monotonic_ns() / 1_000_000
