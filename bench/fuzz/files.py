"""Entry points that take files or an environment: exports, vaults, settings, pages, memories."""

import contextlib
import io
import json
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from audit import checkpoint, merkle, note, signer
from audit.verify import verify_folder
from bench.fuzz.parsers import Entry, fitting, of_bytes, of_json
from cli.main import run
from crypto import entropy
from crypto.hashing import sha256
from crypto.profiles import Argon2Profile
from crypto.signing import SigningKey
from protocol import codec
from sdk import vault_format
from sdk.contents import Contents
from server import page, settings
from tests.vectors.mutations import bytewise
from tools.make_vectors.cases import FOLDER

Json = Any
_CHEAP: Final = Argon2Profile(memory_bytes=8 * 1024, passes=1)
_KEY: Final = bytes(range(32))
_COSTLY: Final = 2**22


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder for one run."""

    folder: Path

    def entries(self) -> list[Entry]:
        """Every entry point that takes files."""
        return [*self._exports(), *self._vaults(), *self._settings(), *self._beside()]

    # --- exports -----------------------------------------------------------------------------

    def _exports(self) -> Iterator[Entry]:
        for log in ("id", "ops"):
            source = FOLDER / "log-folder" / log
            copy = self.folder / log
            shutil.copytree(source, copy)
            vkey = (source / "vkey").read_text(encoding="ascii").strip()
            ask = _verifying(copy, source, vkey)
            yield Entry(name=f"export.{log}", make=_one_file(source), ask=ask)
        vkeys = [(FOLDER / "log-folder" / "id" / "vkey").read_bytes().strip(), b"x" * 300]
        yield Entry(name="cli.verify", make=of_bytes(vkeys), ask=self._cli)

    def _cli(self, data: bytes) -> object:
        """`entaku audit verify`: the key as text, the same bytes as an old checkpoint."""
        old = self.folder / "old"
        old.write_bytes(data)
        text = data.decode("utf-8", "surrogateescape").replace("\0", "")
        said = io.StringIO()
        arguments = ["audit", "verify", str(FOLDER / "log-folder" / "id"), f"--vkey={text}"]
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            run([*arguments, "--old", str(old)], {})
            return run([*arguments[:3], "--vkey", str(old)], {})

    # --- vaults ------------------------------------------------------------------------------

    def _vaults(self) -> Iterator[Entry]:
        locked = vault_format.lock(_KEY, "x", profile=_CHEAP, floor=_CHEAP, entropy=entropy.system)
        body = vault_format.seal_body(_KEY, codec.encode(Contents()), rev=1, entropy=entropy.system)
        whole = vault_format.Sealed(lock=locked, body=body).encode()
        yield Entry(name="vault.file", make=of_bytes([whole]), ask=_vault, weight=2)
        contents = fitting(Contents)
        yield Entry(name="vault.contents", make=of_json(contents), ask=_contents)

    # --- settings ----------------------------------------------------------------------------

    def _settings(self) -> Iterator[Entry]:
        yield Entry(
            name="settings",
            make=_environment(self.folder),
            ask=lambda data: settings.read(json.loads(data)),
            clean=(settings.BadSetting,),
        )
        for name in ("database", "passphrase"):
            (self.folder / name).write_bytes(b"postgresql://x")
        secret = self.folder / "database"
        yield Entry(
            name="settings.file",
            make=of_bytes([b"postgresql://entaku@127.0.0.1/x", b"\xff\xfe"]),
            ask=_written_to(
                secret, lambda: settings.read({"ENTAKU_DATABASE_URL_FILE": str(secret)})
            ),
            clean=(settings.BadSetting,),
        )

    # --- pages and memories ------------------------------------------------------------------

    def _beside(self) -> Iterator[Entry]:
        folder = self.folder / "page"
        folder.mkdir()
        (folder / "index.html").write_bytes(b"x")
        hashed = codec.b64u(sha256(b"x"))
        manifest: Json = {"version": "1", "files": {"index.html": hashed}}
        yield Entry(
            name="page",
            make=of_json(lambda _: manifest),
            ask=_written_to(folder / page.MANIFEST, lambda: page.load(folder)),
            clean=(page.DamagedPage,),
        )
        key = note.Signer(name="x/id", key=SigningKey.from_seed(_KEY))
        memory = self.folder / "id.state"
        held = signer.LogSigner(path=memory, key=key)
        held.adopt(size=0, root=merkle.EMPTY_ROOT, now_ms=1)
        yield Entry(
            name="signer.state",
            make=of_bytes([memory.read_bytes(), b"shk1 " + b"9" * 5000]),
            ask=_written_to(memory, held.state),
        )
        raw = note.sign(checkpoint.Checkpoint(origin="x/id", size=1, root=_KEY).text, key)
        yield Entry(name="checkpoint.file", make=of_bytes([raw]), ask=_opening(key))


def _opening(key: note.Signer) -> Callable[[bytes], object]:
    return lambda data: checkpoint.open_signed(data, [key.verifier])


def _written_to(path: Path, ask: Callable[[], object]) -> Callable[[bytes], object]:
    """Write an input to a file, then read it the program's way."""

    def judge(data: bytes) -> object:
        path.write_bytes(data)
        return ask()

    return judge


# --- exports -----------------------------------------------------------------------------------


def _one_file(source: Path) -> Callable[[random.Random], bytes]:
    """Change one file of an export: its name, a zero byte, its new bytes."""
    files = sorted(path for path in source.rglob("*") if path.is_file())

    def make(rng: random.Random) -> bytes:
        path = rng.choice(files)
        data = path.read_bytes()
        for _ in range(rng.choice((1, 1, 2))):
            data = bytewise(data, rng)
        name = path.relative_to(source).as_posix()
        if not rng.randrange(10):
            name = rng.choice(("tile/0/x001/000", "tile/" + "x" * 100, "openings.jsonl", name))
        return name.encode() + b"\0" + data

    return make


def _verifying(copy: Path, source: Path, vkey: str) -> Callable[[bytes], object]:
    """Put the changed file into a copy, verify that, and put the right one back."""

    def judge(made: bytes) -> object:
        name, _, data = made.partition(b"\0")
        place, right = copy / name.decode(), source / name.decode()
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        try:
            return verify_folder(copy, vkey=vkey)
        finally:
            place.write_bytes(right.read_bytes()) if right.is_file() else place.unlink()

    return judge


# --- vaults ------------------------------------------------------------------------------------


def _vault(data: bytes) -> object:
    """What opening does with a file, but for a costly passphrase."""
    sealed = vault_format.parse(data)
    header = vault_format.header_of(sealed.lock, vault_format.LockHeader)
    if header.m > _COSTLY:
        return None
    key = vault_format.unlock(sealed.lock, "x", floor=_CHEAP)
    return codec.decode(vault_format.open_body(key, sealed.body)[1], Contents)


def _contents(data: bytes) -> object:
    """A vault that holds these contents under the right key."""
    items = vault_format.seal_body(_KEY, data, rev=1, entropy=entropy.system)
    _, body = vault_format.open_body(_KEY, items)
    return codec.decode(body, Contents, limit=vault_format.PLAIN_LIMIT)


# --- settings ----------------------------------------------------------------------------------

_USUAL: Final = {
    "HOST": "127.0.0.1",
    "PORT": "8080",
    "ORIGIN": "https://entaku.test",
    "NODE": "node1",
    "DATABASE_URL": "postgresql://x",
    "REDIS_URL": "redis://x",
    "LOG_LEVEL": "info",
    "BEHIND_PROXY": "1",
    "METRICS_LISTEN": "127.0.0.1:9100",
    "DATABASE_URL_FILE": "nowhere",
    "WEB": "nowhere",
    "RATE": "12",
}


def _environment(folder: Path) -> Callable[[random.Random], bytes]:
    """A few settings, one of them a little wrong."""

    def make(rng: random.Random) -> bytes:
        chosen = dict(rng.sample(sorted(_USUAL.items()), rng.randrange(1, 4)))
        name = rng.choice(sorted(chosen))
        wrong = of_bytes([chosen[name].encode(), str(folder).encode()])(rng)
        chosen[name] = wrong.decode("utf-8", "surrogateescape").replace("\0", "")
        return json.dumps({f"ENTAKU_{key}": value for key, value in chosen.items()}).encode()

    return make
