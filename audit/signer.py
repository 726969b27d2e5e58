"""The signer of a log: it signs only what extends what it signed last.

Its memory is a file of its own, outside the database and its backups; that file, not the
database, is what stops a restored backup from becoming a second history. The file is on
disk before the signature it stands for is let out.
"""

import contextlib
import fcntl
import os
import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit import checkpoint, merkle, note
from audit.checkpoint import Checkpoint
from crypto.errors import Code, Refused

CLOCK_SLACK_MS: Final = 5_000
"""How far the clock may step back between two signatures."""

_HEAD: Final = "entaku-signer/1"
_STATE = re.compile(rb"entaku-signer/1 (0|[1-9][0-9]{0,15})\n(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What was signed last, and the latest time at which anything was."""

    latest: Checkpoint
    note: bytes
    at_ms: int


def require_successor(
    state: State, *, new: Checkpoint, proof: Sequence[bytes], now_ms: int
) -> None:
    """Decide whether a state of the same log may be signed after another.

    Raises:
        Refused: CLOCK, ROLLBACK for a smaller size, EQUIVOCATION for the same size with another
            root, BAD_PROOF when the proof does not hold.
    """
    old = state.latest
    if now_ms < state.at_ms - CLOCK_SLACK_MS:
        raise Refused(Code.CLOCK, back_ms=state.at_ms - now_ms)
    if new.size < old.size:
        raise Refused(Code.ROLLBACK, signed=old.size, asked=new.size)
    if new.size == old.size and new.root != old.root:
        raise Refused(Code.EQUIVOCATION, size=new.size)
    merkle.verify_consistency(
        old_size=old.size, old_root=old.root, size=new.size, root=new.root, path=proof
    )


class LogSigner:
    """Signs checkpoints of one log; the name of the key is the origin of the log.

    Calls block on the disk. Several processes may share the file: each call holds a lock on it
    and reads it anew, so that no copy in memory can be older than the disk.
    """

    def __init__(self, *, path: Path, key: note.Signer) -> None:
        self._path: Final = path
        self._key: Final = key

    def state(self) -> State:
        """Read the memory. Raises UNAVAILABLE when there is none, BAD_PROOF when it is damaged."""
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError as error:
            # A signer that forgot must not guess: `adopt` says by hand where to go on.
            raise Refused(Code.UNAVAILABLE, why="signer-state") from error
        match = _STATE.fullmatch(raw)
        if match is None:
            raise Refused(Code.BAD_PROOF, why="signer-state")
        latest = checkpoint.open_signed(match[2], [self._key.verifier])
        return State(latest=latest, note=match[2], at_ms=int(match[1]))

    def sign(self, *, size: int, root: bytes, proof: Sequence[bytes], now_ms: int) -> bytes:
        """Sign a state of the log, with the consistency proof from the one signed last.

        Asked again for the last state, it answers the same note. Raises what
        `require_successor` and `state` raise, OSError when the memory cannot be written; then
        nothing is signed.
        """
        new = Checkpoint(origin=self._key.name, size=size, root=root)
        with self._lock():
            state = self.state()
            require_successor(state, new=new, proof=proof, now_ms=now_ms)
            if new == state.latest:
                return state.note
            return self._remember(new, at_ms=max(now_ms, state.at_ms))

    def adopt(self, *, size: int, root: bytes, now_ms: int) -> bytes:
        """Begin a memory by hand: at size 0 for a new log, else where witnesses saw it last.

        Raises CONFLICT when there is one already.
        """
        with self._lock():
            if self._path.exists():
                raise Refused(Code.CONFLICT, why="signer-state")
            start = checkpoint.parse(Checkpoint(origin=self._key.name, size=size, root=root).text)
            return self._remember(start, at_ms=now_ms)

    def _remember(self, new: Checkpoint, *, at_ms: int) -> bytes:
        signed = note.sign(new.text, self._key)
        _write_durably(self._path, f"{_HEAD} {at_ms}\n".encode() + signed)
        return signed

    @contextlib.contextmanager
    def _lock(self) -> Generator[None]:
        with self._path.with_name(self._path.name + ".lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _write_durably(path: Path, data: bytes) -> None:
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    # Only with the folder on disk too does the new name survive a power cut.
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
