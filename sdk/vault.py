"""The encrypted vault of one person on one device: a file, one owner at a time (section 5.19)."""

import asyncio
import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from crypto.entropy import Entropy
from crypto.errors import Code, Refused
from crypto.profiles import FLOOR, STANDARD, Argon2Profile
from crypto.signing import SigningKey
from protocol import codec
from protocol.ids import Did
from sdk import vault_format as fmt
from sdk.contents import Contents

_PRIVATE: Final = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a passphrase costs; only tests and their demo name a cheaper floor."""

    profile: Argon2Profile = STANDARD
    floor: Argon2Profile = FLOOR


USUAL: Final = Costs()


class Vault:
    """An open vault; `contents` is what was last saved."""

    def __init__(
        self,
        *,
        path: Path,
        lock: int,
        key: bytes,
        sealed: fmt.Sealed,
        contents: Contents,
        rev: int,
        costs: Costs,
        entropy: Entropy,
    ) -> None:
        """Use `create` or `open`."""
        self._path = path
        self._lock = lock
        self._key = key
        self._sealed = sealed
        self._costs = costs
        self._entropy = entropy
        self._saving = asyncio.Lock()
        self.contents = contents
        self.rev = rev
        self._dk = None if sealed.dk is None else fmt.open_device_key(key, sealed.dk)

    @classmethod
    async def create(
        cls, path: Path, passphrase: str, *, entropy: Entropy, costs: Costs = USUAL
    ) -> Self:
        """Make a new vault; CONFLICT when the file exists or is in use."""
        return await asyncio.to_thread(cls._create, path, passphrase, entropy, costs)

    @classmethod
    async def open(
        cls,
        path: Path,
        passphrase: str,
        *,
        entropy: Entropy,
        costs: Costs = USUAL,
        at_least: int = 0,
    ) -> Self:
        """Unlock a vault.

        Raises:
            Refused: CONFLICT while another program uses it, UNKNOWN_ID without a file,
                KDF_FLOOR, BAD_COMMITMENT for a wrong passphrase, ROLLBACK when the file was
                saved fewer than `at_least` times; the codes of its bytes.
        """
        return await asyncio.to_thread(cls._open, path, passphrase, entropy, costs, at_least)

    @classmethod
    def _create(cls, path: Path, passphrase: str, entropy: Entropy, costs: Costs) -> Self:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = _own(path)
        try:
            return cls._fresh(path, passphrase, entropy, costs, held)
        except BaseException:
            os.close(held)
            raise

    @classmethod
    def _fresh(cls, path: Path, passphrase: str, entropy: Entropy, costs: Costs, held: int) -> Self:
        if path.exists():
            raise Refused(Code.CONFLICT, why="vault-exists")
        key = fmt.new_key(entropy)
        contents = Contents()
        locked = fmt.lock(
            key, passphrase, profile=costs.profile, floor=costs.floor, entropy=entropy
        )
        body = fmt.seal_body(key, codec.encode(contents), rev=1, entropy=entropy)
        sealed = fmt.Sealed(lock=locked, body=body)
        write_file(path, sealed.encode())
        return cls(
            path=path,
            lock=held,
            key=key,
            sealed=sealed,
            contents=contents,
            rev=1,
            costs=costs,
            entropy=entropy,
        )

    @classmethod
    def _open(
        cls, path: Path, passphrase: str, entropy: Entropy, costs: Costs, at_least: int
    ) -> Self:
        if not path.exists():
            raise Refused(Code.UNKNOWN_ID, why="no-vault")
        held = _own(path)
        try:
            sealed = fmt.parse(path.read_bytes())
            key = fmt.unlock(sealed.lock, passphrase, floor=costs.floor)
            rev, body = fmt.open_body(key, sealed.body)
            _require_newest(rev, at_least)
            contents = codec.decode(body, Contents, limit=fmt.PLAIN_LIMIT)
            return cls(
                path=path,
                lock=held,
                key=key,
                sealed=sealed,
                contents=contents,
                rev=rev,
                costs=costs,
                entropy=entropy,
            )
        except BaseException:
            os.close(held)
            raise

    async def update(self, change: Callable[[Contents], Contents]) -> None:
        """Change the contents; coming back means that they are on the disk."""
        async with self._saving:
            contents = change(self.contents)
            saving = asyncio.create_task(asyncio.to_thread(self._save, codec.encode(contents)))
            try:
                await asyncio.shield(saving)
            except asyncio.CancelledError:
                await asyncio.wait({saving})  # a thread is not cancelled; the next one waits
                raise
            finally:
                if saving.done() and saving.exception() is None:
                    self.contents = contents

    def _save(self, plain: bytes) -> None:
        if len(plain) > fmt.PLAIN_LIMIT:
            raise Refused(Code.OVERSIZE)
        body = fmt.seal_body(self._key, plain, rev=self.rev + 1, entropy=self._entropy)
        sealed = replace(self._sealed, body=body)
        write_file(self._path, sealed.encode())
        self._sealed = sealed
        self.rev += 1

    # --- signing keys ------------------------------------------------------------------------

    @property
    def dk(self) -> SigningKey:
        """The device's signing key; UNTRUSTED in a vault without a device."""
        if self._dk is None:
            raise Refused(Code.UNTRUSTED, why="no-device")
        return self._dk

    async def keep_device_key(self, seed: bytes, *, did: Did) -> None:
        """Keep dk; saved together with the contents next."""
        async with self._saving:
            item = fmt.seal_device_key(self._key, seed, did=did, entropy=self._entropy)
            self._sealed = replace(self._sealed, dk=item)
            self._dk = SigningKey.from_seed(seed)

    async def keep_person_key(self, seed: bytes, passphrase: str, *, did: Did) -> None:
        """Keep ik under its own passphrase step; saved together with the contents next."""
        async with self._saving:
            costs = self._costs
            item = await asyncio.to_thread(
                fmt.seal_person_key,
                seed,
                passphrase,
                did=did,
                profile=costs.profile,
                floor=costs.floor,
                entropy=self._entropy,
            )
            self._sealed = replace(self._sealed, ik=item)

    async def person_key(self, passphrase: str) -> SigningKey:
        """Give ik, for changes of devices only; the passphrase is asked for anew."""
        item = self._sealed.ik
        if item is None:
            raise Refused(Code.UNTRUSTED, why="no-person")
        return await asyncio.to_thread(
            fmt.open_person_key, item, passphrase, floor=self._costs.floor
        )

    def close(self) -> None:
        """Drop the keys and let others use the file."""
        self._key, self._dk = b"", None
        os.close(self._lock)


def _own(path: Path) -> int:
    """Take the lock beside the file; it ends with the process."""
    held = os.open(path.with_name(path.name + ".lock"), os.O_WRONLY | os.O_CREAT, _PRIVATE)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(held)
        raise Refused(Code.CONFLICT, why="vault-in-use") from error
    return held


def _require_newest(rev: int, at_least: int) -> None:
    if rev < at_least:
        raise Refused(Code.ROLLBACK, saved=rev, known=at_least)


def write_file(path: Path, data: bytes) -> None:
    """Write beside, flush to the disk, then rename: a cut leaves the old file or the new one."""
    beside = path.with_name(path.name + ".new")
    with suppress(FileNotFoundError):
        beside.unlink()
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
