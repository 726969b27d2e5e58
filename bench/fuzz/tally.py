"""Counting verdicts: what is refused with a code is fine, everything else is a bug."""

import asyncio
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, TypeVar

import msgspec

from crypto.errors import Refused

HUNG: Final = 5.0
"""Seconds of work after which an input counts as hung."""

_KEPT: Final = 20
_MINUTE: Final = 60.0
T = TypeVar("T")


class Bug(msgspec.Struct, frozen=True, kw_only=True):
    """An input that was not judged cleanly."""

    entry: str
    verdict: str
    where: str
    data: str


class Tally(msgspec.Struct, kw_only=True):
    """What became of the inputs of one entry point; `verdicts` count `ok` and reason codes."""

    inputs: int = 0
    verdicts: dict[str, int] = {}
    fives: int = 0
    unhandled: int = 0
    hung: int = 0

    def count(self, verdict: str) -> None:
        """Count one input."""
        self.inputs += 1
        self.verdicts[verdict] = self.verdicts.get(verdict, 0) + 1


class Book:
    """The tallies of a run by entry point, and its bugs, each kind of them once."""

    def __init__(self) -> None:
        self.tallies: Final[dict[str, Tally]] = {}
        self.bugs: Final[list[Bug]] = []
        self._seen: Final = Counter[tuple[str, str]]()

    def tally(self, entry: str) -> Tally:
        """The tally of an entry point."""
        return self.tallies.setdefault(entry, Tally(verdicts={}))

    def bug(self, entry: str, verdict: str, *, where: str, data: bytes) -> None:
        """Keep an input that was not judged cleanly."""
        self._seen[(verdict, where)] += 1
        if self._seen[(verdict, where)] == 1 and len(self.bugs) < _KEPT * 10:
            shown = data[:2000].decode("utf-8", "backslashreplace")
            self.bugs.append(Bug(entry=entry, verdict=verdict, where=where, data=shown))

    @property
    def inputs(self) -> int:
        """All inputs so far."""
        return sum(each.inputs for each in self.tallies.values())

    # --- in this process ---------------------------------------------------------------------

    def judge(
        self,
        entry: str,
        ask: Callable[[bytes], object],
        data: bytes,
        clean: tuple[type[Exception], ...] = (),
    ) -> None:
        """Ask a parser; `clean` are its documented errors besides Refused."""
        tally = self.tally(entry)
        try:
            with _limited():
                ask(data)
        except Refused as refusal:
            tally.count(refusal.code.value)
        except clean as error:
            tally.count(type(error).__name__)
        except _Hung:
            tally.hung += 1
            tally.count("hung")
            self.bug(entry, "hung", where=entry, data=data)
        except Exception as error:  # noqa: BLE001 -- this is what is looked for
            tally.unhandled += 1
            tally.count("unhandled")
            self.bug(entry, repr(error)[:200], where=place(error), data=data)
        else:
            tally.count("ok")


def place(error: BaseException) -> str:
    """Where an error was raised, in our own code if it was there."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if "site-packages" not in each.filename]
    last = (ours or frames)[-1]
    return f"{last.filename.rpartition('/')[2]}:{last.lineno} {last.name}"


async def within(work: Coroutine[Any, Any, T]) -> T:
    """Wait for what this process does; TimeoutError when it works that long without an answer.

    Time on a busy machine says nothing: what counts is the processor's, or a whole minute.
    """
    task, worked, began = asyncio.ensure_future(work), time.process_time(), time.monotonic()
    while True:
        done, _ = await asyncio.wait({task}, timeout=1)
        if done:
            return task.result()
        if time.process_time() - worked > HUNG or time.monotonic() - began > _MINUTE:
            task.cancel()
            await asyncio.wait({task})
            raise TimeoutError


class _Hung(BaseException):
    """An input took too long; no handler of the program catches it."""


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise _Hung


@contextmanager
def _limited() -> Generator[None]:
    """Interrupt what takes too long; the main thread only."""
    before = signal.signal(signal.SIGPROF, _too_long)
    signal.setitimer(signal.ITIMER_PROF, HUNG)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
