"""Many trials on one collection: a process that has collected the suite forks for each check."""

import contextlib
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Final, cast

import pytest

from tools.mutate import swap
from tools.mutate.sites import Site

PATIENCE: Final = 900.0
"""Seconds after which a trial counts as noticed: the check kept the program from hanging."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A check and the tests that may notice that it is off, in the order in which to ask them."""

    site: Site
    tests: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The first test that failed, None when none did; `tried` is how many were run.

    `broken` says why a trial could not be held.
    """

    rule: str
    by: str | None
    tried: int
    broken: str | None = None


@dataclass(frozen=True, slots=True)
class _Child:
    pid: int
    pipe: int
    trial: Trial
    started: float


Choose = Callable[[dict[str, pytest.Item]], Iterator[Trial]]


class Pool:
    """A pytest plugin that runs trials in place of the tests it has collected."""

    def __init__(self, *, jobs: int, choose: Choose, heed: Callable[[Verdict], None]) -> None:
        """Take the trials from `choose`, and give each verdict to `heed`."""
        self._jobs: Final = jobs
        self._choose: Final = choose
        self._heed: Final = heed
        self._running: Final[list[_Child]] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Fork for each trial, a few at a time."""
        items = {item.nodeid: item for item in session.items}
        _warm_up(session)
        for trial in self._choose(items):
            while len(self._running) >= self._jobs:
                self._wait()
            self._running.append(_start(session, items, trial))
        while self._running:
            self._wait()
        return True

    def _wait(self) -> None:
        pipes = [child.pipe for child in self._running]
        ready, _, _ = select.select(pipes, [], [], 1.0)
        now = time.monotonic()
        for child in [*self._running]:
            late = now - child.started > PATIENCE
            if child.pipe in ready or late:
                self._running.remove(child)
                self._heed(_end(child, late=late and child.pipe not in ready))


def _warm_up(session: pytest.Session) -> None:
    """Run one test that needs PostgreSQL, which then serves every trial."""
    for item in session.items:
        if "cluster" in getattr(item, "fixturenames", ()):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            return


def _start(session: pytest.Session, items: dict[str, pytest.Item], trial: Trial) -> _Child:
    ours, theirs = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        os.close(theirs)
        return _Child(pid, ours, trial, time.monotonic())
    os.close(ours)
    _try(session, [items[test] for test in trial.tests if test in items], trial.site, theirs)
    os._exit(0)


def _try(session: pytest.Session, items: list[pytest.Item], site: Site, pipe: int) -> None:
    """In the child: switch the check off and run tests until one fails."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    by: str | None = None
    broken: str | None = None
    tried = 0
    try:
        session.testsfailed = 0
        session.shouldfail = False
        swap.switch_off(site)
        for item, after in zip_longest(items, items[1:]):
            tried += 1
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if session.testsfailed:
                by = item.nodeid
                break
    except BaseException as error:  # noqa: BLE001 -- told to the parent, the child ends
        broken = repr(error)
    os.write(pipe, json.dumps([by, tried, broken]).encode())


def _end(child: _Child, *, late: bool) -> Verdict:
    answer = b"" if late else os.read(child.pipe, 65536)
    os.close(child.pipe)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    os.waitpid(child.pid, 0)
    rule = child.trial.site.id
    if not answer:
        return Verdict(rule=rule, by="(hung or died)", tried=0)
    by, tried, broken = cast("tuple[str | None, int, str | None]", json.loads(answer))
    return Verdict(rule=rule, by=by, tried=tried, broken=broken)


def run(folders: list[str], options: list[str], pool: Pool) -> None:
    """Collect the suites and run the trials."""
    quiet = ["-qq", "-s", "--continue-on-collection-errors"]
    code = pytest.main([*options, *quiet, *folders], plugins=[pool])
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        raise SystemExit(int(code))


def changed_since(items: dict[str, pytest.Item], since: float) -> set[str]:
    """Tests without a server, of files that were written after a moment."""
    files: dict[Path, bool] = {}
    for name, item in items.items():
        light = name.startswith("tests/rules/")
        files.setdefault(item.path, light and item.path.stat().st_mtime > since)
    return {name for name, item in items.items() if files[item.path]}
