"""What it was measured on."""

import os
import platform
import re
import subprocess
from importlib import metadata
from pathlib import Path

import msgspec

from storage import embedded

_PACKAGES = ("aiohttp", "python-socketio", "asyncpg", "uvloop", "msgspec")


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Processor, memory, system, and the versions that matter."""

    processor: str
    cores: int
    memory_gib: int
    kernel: str
    python: str
    postgres: str
    packages: dict[str, str]
    load: float


def describe() -> Machine:
    """Look at this machine; `load` is the run queue's average over the last minute."""
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory_gib=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        kernel=f"{platform.system()} {platform.release().partition('-')[0]}",
        python=platform.python_version(),
        postgres=_postgres(),
        packages={name: metadata.version(name) for name in _PACKAGES},
        load=round(os.getloadavg()[0], 1),
    )


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def _postgres() -> str:
    said = subprocess.run(  # noqa: S603 -- a fixed program
        [embedded.tool("postgres"), "--version"], check=True, capture_output=True, text=True
    )
    return said.stdout.split()[-1]
