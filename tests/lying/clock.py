"""Time and randomness of a run: the loop leaps to its next timer, bytes follow from a seed."""

import asyncio
import selectors
from collections.abc import Callable
from typing import Final

from crypto.hashing import sha256
from protocol.times import SECOND, Instant


class _Leap(selectors.SelectSelector):
    """Waits for nothing: what would be waited is added up instead."""

    def __init__(self) -> None:
        super().__init__()
        self.leapt = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Poll, and take the time as passed."""
        if timeout is None:
            raise RuntimeError("everybody waits for somebody else")
        self.leapt += max(timeout, 0.0)
        return super().select(0)


class Timeless(asyncio.SelectorEventLoop):
    """A loop in which thirty seconds of patience cost nothing."""

    def __init__(self) -> None:
        self._leap: Final = _Leap()
        super().__init__(self._leap)

    def time(self) -> float:
        """Seconds leapt so far."""
        return self._leap.leapt


def wall(loop: asyncio.AbstractEventLoop, *, start: Instant) -> Callable[[], Instant]:
    """The time that everybody in a run goes by."""
    return lambda: start.plus(int(loop.time() * SECOND))


class Drawn:
    """Bytes that follow from a name: the same at every run."""

    def __init__(self, name: str) -> None:
        """Begin at the first block."""
        self._name: Final = name.encode()
        self._count = 0

    def __call__(self, size: int) -> bytes:
        """Give the next bytes."""
        made = b""
        while len(made) < size:
            self._count += 1
            made += sha256(self._name + self._count.to_bytes(8, "big"))
        return made[:size]
