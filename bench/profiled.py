"""Our server, telling where its processor time goes: a sample every millisecond of it.

    python -m bench.profiled FILE

SIGUSR1 begins, SIGUSR2 ends and writes the counts. A sample belongs to the innermost function
of a known layer, so that what a library does is counted to who asked for it.
"""

import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Final

import msgspec

from server.__main__ import main

_STEP: Final = 0.001  # seconds of processor time

LAYERS: Final = (
    ("signatures, hashes, sealing", ("/crypto/", "/nacl/")),
    ("JSON and base64 (strict J1)", ("/protocol/codec.py",)),
    ("sockets: python-socketio, aiohttp", ("/socketio/", "/engineio/", "/aiohttp/")),
    ("sockets: python-socketio, aiohttp", ("/server/fanout.py", "/server/sockets.py")),
    ("PostgreSQL client (asyncpg)", ("/asyncpg/",)),
    ("log: integrator, tiles, checkpoints", ("/audit/integrator", "/audit/tiles", "/audit/merkle")),
    ("log: integrator, tiles, checkpoints", ("/audit/signer", "/audit/note", "/server/jobs.py")),
    ("log: entry of the change", ("/audit/", "/server/entries.py", "/server/changes.py")),
    ("gate: bases, consent, views", ("/consent/", "/conference/gate.py", "/protocol/basis.py")),
    ("gate: bases, consent, views", ("/conference/visibility.py", "/protocol/documents.py")),
    ("who signed: identity log", ("/protocol/directory.py", "/protocol/certificates.py")),
    ("rows: parse, judge, fold, fork", ("/conference/", "/agenda/", "/protocol/")),
    ("verbs and wiring", ("/server/", "/identity/", "/storage/")),
)
LOOP: Final = "event loop"


def layer_of(frame: FrameType | None) -> str:
    """The layer of the innermost function that belongs to one."""
    while frame is not None and frame.f_code is not main.__code__:
        path = frame.f_code.co_filename
        for name, marks in LAYERS:
            if any(mark in path for mark in marks):
                return name
        frame = frame.f_back
    return LOOP


def watch(file: Path) -> None:
    """Count samples between the two signals."""
    counts: Counter[str] = Counter()

    def sample(_number: int, frame: FrameType | None) -> None:
        counts[layer_of(frame)] += 1

    def begin(_number: int, _frame: FrameType | None) -> None:
        counts.clear()
        signal.setitimer(signal.ITIMER_PROF, _STEP, _STEP)

    def end(_number: int, _frame: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        whole = file.with_suffix(".new")
        whole.write_bytes(msgspec.json.encode(dict(counts)))
        whole.rename(file)

    signal.signal(signal.SIGPROF, sample)
    signal.signal(signal.SIGUSR1, begin)
    signal.signal(signal.SIGUSR2, end)


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
    sys.exit(main())
