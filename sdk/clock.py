"""The server's time as this client knows it: its own clock and a measured offset (section 5.13)."""

from collections.abc import Callable

from crypto.errors import Code, Refused
from protocol.times import MINUTE, SECOND, Instant

TOLERANCE = 10 * MINUTE


class Clock:
    """Local time plus the offset heard from the server."""

    def __init__(self, local: Callable[[], Instant]) -> None:
        """`local` gives the machine's time."""
        self._local = local
        self.offset = 0

    def heard(self, server: int) -> None:
        """Take the server's word on the time, in ms."""
        self.offset = server - self._local()

    def now(self) -> Instant:
        """The server's time, as near as can be told."""
        return self._local().plus(self.offset)

    def seconds(self) -> int:
        """The same in whole seconds, as signed requests name it."""
        return self.now() // SECOND

    def is_off(self) -> bool:
        """Tell whether this machine's clock is more than ten minutes away from the server's."""
        return abs(self.offset) > TOLERANCE

    def require_near(self, t: int) -> None:
        """Refuse (CLOCK) a time more than ten minutes from now, in ms."""
        if abs(t - self.now()) > TOLERANCE:
            raise Refused(Code.CLOCK)
