"""Where the demo is played: a folder, a PostgreSQL of its own, a server process."""

import asyncio
import errno
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import aiohttp

from cli.exits import Exit
from cli.failures import Stop
from storage import embedded
from storage.pool import OWNER, SERVER, ensure_database

FOLDER: Final = Path(".data/demo")
HOST: Final = "127.0.0.1"
DATABASE: Final = "entaku"
_OURS: Final = ("postgres", "server", "keys", "logs", "export", "tampered")
_PATIENCE: Final = 30.0
_STEP: Final = 0.05
_TROUBLES: Final = {
    embedded.Trouble.DISK_FULL: "demo.disk-full",
    embedded.Trouble.NOT_WRITABLE: "demo.not-writable",
    embedded.Trouble.IN_USE: "demo.in-use",
}


@dataclass(frozen=True, slots=True)
class Folder:
    """The demo's folder, held by one director at a time."""

    path: Path
    lock: BinaryIO

    @property
    def keys(self) -> Path:
        """One folder of keys for each person."""
        return self.path / "keys"

    @property
    def logs(self) -> Path:
        """What server and actors complained about."""
        return self.path / "logs"

    @property
    def export(self) -> Path:
        """What is left for whoever wants to verify."""
        return self.path / "export"

    @property
    def tampered(self) -> Path:
        """Exports of a database that somebody altered."""
        return self.path / "tampered"

    @property
    def server(self) -> Path:
        """The server's data: its own keys."""
        return self.path / "server"

    def vault(self, person: str) -> Path:
        """The vault of one person."""
        return self.keys / person / "vault"


def prepare(path: Path = FOLDER) -> Folder:
    """Take the folder and empty it of what an earlier run left; raises Stop."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = (path / "director.lock").open("wb")
        try:
            return _emptied(Folder(path, lock))
        except BaseException:
            lock.close()
            raise
    except BlockingIOError as error:
        raise Stop("demo.in-use", exit=Exit.CANNOT_START, folder=path) from error
    except OSError as error:
        raise disk_stop(error, path) from error


def _emptied(folder: Folder) -> Folder:
    fcntl.flock(folder.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    for name in _OURS:
        if (folder.path / name).exists():
            shutil.rmtree(folder.path / name)
    for part in (folder.keys, folder.logs, folder.server):
        part.mkdir(mode=0o700)
    return folder


def disk_stop(error: OSError, folder: Path) -> Stop:
    """Tell a full disk from a folder that cannot be written."""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    key = "demo.disk-full" if full else "demo.not-writable"
    return Stop(key, exit=Exit.CANNOT_START, folder=folder)


def choose_port(wanted: int | None) -> int:
    """Give the wanted port if it is free, else refuse; without a wish, any free one."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted or 0))
        except OSError as error:
            raise Stop("demo.port-taken", exit=Exit.CANNOT_START, port=wanted) from error
        port: int = probe.getsockname()[1]
        return port


async def start_database(folder: Folder) -> embedded.Server:
    """Start PostgreSQL in the folder; raises Stop with its reason."""
    place = folder.path / "postgres"
    try:
        database = await asyncio.to_thread(embedded.start, place)
    except embedded.CannotStart as error:
        key = _TROUBLES.get(error.trouble, "demo.no-database")
        raise Stop(key, exit=Exit.CANNOT_START, folder=place) from error
    await ensure_database(database.dsn())
    return database


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The server process."""

    process: asyncio.subprocess.Process
    url: str
    log: Path

    async def stop(self) -> None:
        """Ask it to finish, and wait for it."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), 10)
        except TimeoutError:
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()


async def start_service(folder: Folder, *, port: int, database: embedded.Server) -> Service:
    """Start `entaku serve` and wait until it is ready; raises Stop."""
    url = f"http://{HOST}:{port}"
    settings = {
        "ENTAKU_DATA": str(folder.server),
        "ENTAKU_DATABASE_URL": database.dsn(DATABASE, user=SERVER),
        "ENTAKU_MIGRATE_URL": database.dsn(DATABASE, user=OWNER),
        "ENTAKU_HOST": HOST,
        "ENTAKU_PORT": str(port),
        "ENTAKU_ORIGIN": url,
        "ENTAKU_RATE": "100000",  # everybody of the demo calls from one address
    }
    log = folder.logs / "server.log"
    with log.open("wb") as lines:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli.main", "serve"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=lines,
            stderr=lines,
            env=environment(settings),
            start_new_session=True,  # Ctrl-C reaches the director, who stops it in order
        )
    service = Service(process=process, url=url, log=log)
    try:
        await _until_ready(service)
    except BaseException:
        await service.stop()
        raise
    return service


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without settings of another server, and what is added."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ENTAKU_")}
    return {**kept, "PYTHONUNBUFFERED": "1", **more}


async def _until_ready(service: Service) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + _PATIENCE
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
        while loop.time() < end:
            if service.process.returncode is not None:
                break
            with suppress(aiohttp.ClientError, TimeoutError):
                async with session.get(f"{service.url}/readyz") as answer:
                    if answer.ok:
                        return
            await asyncio.sleep(_STEP)
    raise Stop("demo.no-server", exit=Exit.CANNOT_START, log=service.log)


def setup_token(folder: Folder) -> str:
    """Read the one-time token that the server left at its first start."""
    return (folder.server / "keys" / "setup").read_text(encoding="ascii").strip()


def write_helper(folder: Folder, *, passphrase: str) -> Path:
    """Write a script that runs `entaku` as one person: `.data/demo/as PERSON COMMAND…`."""
    helper = folder.path / "as"
    keys = folder.keys.absolute()
    lines = (
        "#!/bin/sh",
        "who=$1; shift",
        f"export ENTAKU_PASSPHRASE='{passphrase}' ENTAKU_VAULT='{keys}'/\"$who\"/vault",
        f"exec '{sys.executable}' -m cli.main \"$@\"",
    )
    helper.write_text("\n".join(lines) + "\n", encoding="utf-8")
    helper.chmod(0o700)
    return helper


async def dump(database: embedded.Server, file: Path) -> None:
    """Write everything in the database as SQL."""
    await run_tool("pg_dump", "--file", str(file), database.dsn(DATABASE))


async def run_tool(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs; raises Stop with what it complained about."""
    done = await asyncio.create_subprocess_exec(
        *(str(embedded.tool(name)), *arguments),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    _, complaint = await done.communicate()
    if done.returncode != 0:
        why = complaint.decode("utf-8", "replace").strip()
        raise Stop("demo.no-dump", exit=Exit.DEVIATION, why=why)
