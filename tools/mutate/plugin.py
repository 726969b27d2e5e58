"""Of a pytest run: switches off the check named by ENTAKU_MUTATE; notes how long each test took.

ENTAKU_MUTATE=agenda.model:add:CONFLICT .venv/bin/pytest -p tools.mutate.plugin tests/rules
"""

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from tools.mutate import swap

_SECONDS: defaultdict[str, float] = defaultdict(float)
_FAILED: set[str] = set()


def pytest_configure() -> None:
    """Before anything is collected: the check is off in the whole run."""
    rule = os.environ.get("ENTAKU_MUTATE")
    if rule:
        swap.switch_off(swap.site_named(rule))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up set-up, call and tear-down; a test that fails anyway is no witness."""
    if report.failed:
        _FAILED.add(report.nodeid)
    _SECONDS[report.nodeid] += report.duration


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave the seconds where the survey asked for them; workers leave it to their controller."""
    path = os.environ.get("ENTAKU_SECONDS")
    if path and not hasattr(config, "workerinput"):
        passed = {name: spent for name, spent in _SECONDS.items() if name not in _FAILED}
        Path(path).write_text(json.dumps(passed), encoding="utf-8")
