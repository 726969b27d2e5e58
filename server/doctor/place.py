"""This machine: the folder of the data, the keys in it, the page, and how callers come here."""

import os
import shutil
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from server.doctor.finding import Finding, bad, look
from server.page import DamagedPage, load
from server.settings import Settings

GIB: Final = 2**30
_LITTLE: Final = 1 * GIB
_LOW: Final = 5 * GIB
_OTHERS: Final = 0o077
_KEYS: Final = ("srv", "token", "wrapping")


def examine(settings: Settings) -> list[Finding]:
    """Look at everything that needs neither database nor network."""
    folder = settings.data
    if not folder.exists():
        return [look("folder", "missing", folder=folder), _page(settings), _origin(settings)]
    return [
        _folder(folder),
        _room(folder),
        _keys(folder / "keys"),
        _page(settings),
        _origin(settings),
    ]


def _folder(folder: Path) -> Finding:
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return bad("folder", "closed", folder=folder)
    return Finding(check="folder", facts={"folder": folder})


def _room(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    facts = {"gib": round(free / GIB, 1)}
    if free < _LITTLE:
        return bad("room", "full", **facts)
    return look("room", "low", **facts) if free < _LOW else Finding(check="room", facts=facts)


def _keys(folder: Path) -> Finding:
    """Every key is there, and for nobody but the server's user."""
    if not folder.exists():
        return look("keys", "none")
    missing = [name for name in _KEYS if not (folder / name).is_file()]
    if missing:
        return bad("keys", "missing", name=", ".join(missing))
    public = [path for path in _secrets(folder) if path.stat().st_mode & _OTHERS]
    if public:
        return bad("keys", "open", name=public[0].relative_to(folder))
    return Finding(check="keys")


def _secrets(folder: Path) -> Iterator[Path]:
    """The folder itself, and files that hold a key; memories and locks of signers are none."""
    yield folder
    for path in sorted(folder.rglob("*")):
        if path.name in {*_KEYS, "setup", "id", "ops"}:
            yield path


def _page(settings: Settings) -> Finding:
    try:
        found = load(settings.web)
    except DamagedPage:
        return bad("page", "damaged")
    if found is None:
        return look("page", "missing")
    return Finding(check="page", facts={"version": found.version})


def _origin(settings: Settings) -> Finding:
    """People's addresses are TLS; whatever stands in front of us must name the caller."""
    address = urlsplit(settings.origin)
    if _is_here(address.hostname or ""):
        return look("origin", "here", origin=settings.origin)
    if address.scheme != "https":
        return bad("origin", "plain", origin=settings.origin)
    if not settings.behind_proxy:
        return look("origin", "proxy", origin=settings.origin)
    return Finding(check="origin", facts={"origin": settings.origin})


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
