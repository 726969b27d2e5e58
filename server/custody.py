"""The server's own keys: files that only its user may read, never in the database or a log.

    keys/srv, keys/token, keys/wrapping      32 bytes each
    keys/setup                               the one-time setup token, until it is used
    keys/<council>/id, keys/<council>/ops    seeds of the logs' keys
    keys/<council>/id.state, ops.state       what each log's signer signed last

Nodes that share a database share this folder. Everything here blocks; call it from a thread.
"""

import contextlib
import fcntl
import hmac
import os
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from uuid import UUID

from audit import merkle, note
from audit.signer import LogSigner
from audit.store import LogName
from crypto.entropy import Entropy
from crypto.errors import Code, Refused
from crypto.signing import SigningKey
from identity.model import Origins
from protocol.codec import b64u

_SECRET: Final = 32
_SETUP: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKeys:
    """Both logs of a council: their names and keys, and what signs them."""

    origins: Origins
    signers: dict[LogName, LogSigner]


class Custody:
    """The folder of keys of one server."""

    def __init__(self, folder: Path, *, srv: bytes, token: bytes, wrapping: bytes) -> None:
        self._folder: Final = folder
        self.srv: Final = SigningKey.from_seed(srv)
        self.token_seed: Final = token
        self.wrapping: Final = wrapping

    @classmethod
    def open(cls, folder: Path, *, entropy: Entropy) -> Self:
        """Read the keys, or make them at the first start. Raises OSError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(folder):
            srv, token, wrapping = (
                _kept(folder / name, entropy(_SECRET)) for name in ("srv", "token", "wrapping")
            )
            _kept(folder / "setup", b64u(entropy(_SETUP)).encode())
        return cls(folder, srv=srv, token=token, wrapping=wrapping)

    @property
    def setup_file(self) -> Path:
        """Where the setup token is, as long as it was not used."""
        return self._folder / "setup"

    def claim_setup(self, token: str) -> None:
        """Use the setup token up; FORBIDDEN unless it is the one in the file."""
        with _alone(self._folder):
            try:
                expected = self.setup_file.read_bytes()
            except FileNotFoundError as error:
                raise Refused(Code.FORBIDDEN) from error
            if not hmac.compare_digest(expected, token.encode()):
                raise Refused(Code.FORBIDDEN)
            self.setup_file.rename(self.setup_file.with_name("setup.used"))

    def return_setup(self) -> None:
        """Make the token good again after a reservation that failed."""
        self.setup_file.with_name("setup.used").rename(self.setup_file)

    def make_logs(
        self, council: UUID, *, names: tuple[str, str], entropy: Entropy, now_ms: int
    ) -> LogKeys:
        """Make keys for the two logs of a new council, and their signers' memories at size 0."""
        folder = self._folder / council.hex
        folder.mkdir(mode=0o700)
        for log in ("id", "ops"):
            _kept(folder / log, entropy(_SECRET))
        keys = self.logs(council, names=names)
        for signer in keys.signers.values():
            signer.adopt(size=0, root=merkle.EMPTY_ROOT, now_ms=now_ms)
        return keys

    def logs(self, council: UUID, *, names: tuple[str, str]) -> LogKeys:
        """Read the log keys of a council; raises FileNotFoundError when they are not here."""
        folder = self._folder / council.hex
        ident = _signer(folder / "id", names[0])
        ops = _signer(folder / "ops", names[1])
        return LogKeys(
            origins=Origins(
                id_origin=names[0],
                id_vkeys=(ident.verifier.vkey,),
                ops_origin=names[1],
                ops_vkeys=(ops.verifier.vkey,),
            ),
            signers={
                "id": LogSigner(path=folder / "id.state", key=ident),
                "ops": LogSigner(path=folder / "ops.state", key=ops),
            },
        )


def _signer(path: Path, name: str) -> note.Signer:
    return note.Signer(name=name, key=SigningKey.from_seed(path.read_bytes()))


@contextlib.contextmanager
def _alone(folder: Path) -> Generator[None]:
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _kept(path: Path, fresh: bytes) -> bytes:
    """Read a secret, or keep a fresh one, on the disk before anybody uses it."""
    if path.exists():
        return path.read_bytes()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(fresh)
        file.flush()
        os.fsync(file.fileno())
    return fresh
