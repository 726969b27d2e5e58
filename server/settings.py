"""Settings from the environment, read once at start; a bad one is named and nothing starts.

For each secret there is a variant `…_FILE` that names a file which holds it.
"""

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Final

from server import page
from server.limits import Bounds

PREFIX: Final = "ENTAKU_"
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")
_NODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_LISTEN = re.compile(r"(?P<host>[a-z0-9.-]+|\[[0-9a-f:.]+\]):(?P<port>[0-9]{1,5})")
_TOP_PORT: Final = 65535
_TOP_LIMIT: Final = 2**40
_HOST_PART: Final = 24
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
"""Python reads no number of more than some thousand digits."""


class Flaw(StrEnum):
    """What is wrong with a setting."""

    NOT_A_PORT = "NOT_A_PORT"
    NOT_AN_ORIGIN = "NOT_AN_ORIGIN"
    NOT_A_NODE = "NOT_A_NODE"
    NOT_A_LEVEL = "NOT_A_LEVEL"
    NOT_A_NUMBER = "NOT_A_NUMBER"
    NOT_AN_ADDRESS = "NOT_AN_ADDRESS"
    NOT_A_PAGE = "NOT_A_PAGE"
    NOT_A_PLACE = "NOT_A_PLACE"
    UNREADABLE = "UNREADABLE"
    UNKNOWN = "UNKNOWN"


class BadSetting(Exception):
    """A setting cannot be used: its full name and what is wrong with it, never its value."""

    def __init__(self, name: str, flaw: Flaw) -> None:
        super().__init__(name, flaw.value)
        self.name = name
        self.flaw = flaw


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this node runs."""

    data: Path
    """Folder of keys and, without a database address, of a PostgreSQL of our own."""

    host: str = "127.0.0.1"
    port: int = 8080
    origin: str = "http://127.0.0.1:8080"
    """How clients reach the service; signed into roots, tokens and sign-ins."""

    node: str = "node1"
    """Name of this process, its own among those that share the database."""

    database_url: str | None = None
    migrate_url: str | None = None
    """The same database for the login that migrates; without it the one that serves does."""

    redis_url: str | None = None
    log_level: str = "info"
    behind_proxy: bool = False
    """Whether the last address in X-Forwarded-For is the caller's."""

    limits: Bounds = field(default_factory=Bounds)
    metrics_listen: tuple[str, int] | None = None
    """Address and port of the metrics, which are for nobody but the operator; None: none."""

    web: Path = page.FOLDER
    """Folder of the page that `make web` built; without a build no page is served."""


_NAMES: Final = frozenset(
    {"DATA", "HOST", "PORT", "ORIGIN", "NODE", "DATABASE_URL", "REDIS_URL", "LOG_LEVEL"}
    | {"BEHIND_PROXY", "WEB", "METRICS_LISTEN", "DATABASE_URL_FILE", "REDIS_URL_FILE"}
    | {"MIGRATE_URL", "MIGRATE_URL_FILE"}
    | {each.name.upper() for each in fields(Bounds)}
)
_CLIENTS: Final = frozenset({"LANG", "VAULT", "PASSPHRASE", "PASSPHRASE_FILE"})
"""Settings of the commands that people type, which share the prefix."""

_POSTGRES: Final = ("postgresql://", "postgres://")
_LEVELS: Final = frozenset({"debug", "info", "warning", "error"})


def read(environment: Mapping[str, str]) -> Settings:
    """Read the settings; raises BadSetting for the first that cannot be used.

    An unknown name with our prefix is refused, since it is a misspelt one.
    """
    for name in sorted(environment):
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in _NAMES | _CLIENTS:
            raise BadSetting(name, Flaw.UNKNOWN)
    host = _get(environment, "HOST", "127.0.0.1")
    port = _number(environment, "PORT", 8080, flaw=Flaw.NOT_A_PORT, most=_TOP_PORT)
    return Settings(
        data=Path(_get(environment, "DATA", ".data/server")),
        host=host,
        port=port,
        origin=_matching(
            environment, "ORIGIN", f"http://{host}:{port}", _ORIGIN, Flaw.NOT_AN_ORIGIN
        ),
        node=_matching(environment, "NODE", _node(port), _NODE, Flaw.NOT_A_NODE),
        database_url=_secret(environment, "DATABASE_URL", _POSTGRES),
        migrate_url=_secret(environment, "MIGRATE_URL", _POSTGRES),
        redis_url=_secret(environment, "REDIS_URL", ("redis://", "rediss://", "unix://")),
        log_level=_level(environment),
        behind_proxy=_get(environment, "BEHIND_PROXY", "") not in {"", "0"},
        limits=_limits(environment),
        metrics_listen=_listen(environment),
        web=_page(environment),
    )


def _limits(environment: Mapping[str, str]) -> Bounds:
    usual = Bounds()
    given = {
        each.name: _number(
            environment,
            each.name.upper(),
            getattr(usual, each.name),
            flaw=Flaw.NOT_A_NUMBER,
            most=_TOP_LIMIT,
        )
        for each in fields(Bounds)
    }
    return Bounds(**given)


def _listen(environment: Mapping[str, str]) -> tuple[str, int] | None:
    """Where the metrics are: `host:port`, an IPv6 host in brackets."""
    text = _get(environment, "METRICS_LISTEN", "")
    if not text:
        return None
    found = _LISTEN.fullmatch(text)
    if found is None or not 0 < int(found["port"]) <= _TOP_PORT:
        raise BadSetting(f"{PREFIX}METRICS_LISTEN", Flaw.NOT_A_PLACE)
    return found["host"].strip("[]"), int(found["port"])


def _page(environment: Mapping[str, str]) -> Path:
    """The folder of the page; one that is named must hold a build."""
    given = environment.get(f"{PREFIX}WEB")
    if not given:
        return page.FOLDER
    folder = Path(given)
    try:
        is_page = (folder / page.MANIFEST).is_file()
    except OSError:  # longer than a name may be
        is_page = False
    if not is_page:
        raise BadSetting(f"{PREFIX}WEB", Flaw.NOT_A_PAGE)
    return folder


def _node(port: int) -> str:
    """A name that no other process on any machine of the installation has by itself."""
    host = re.sub(r"[^a-z0-9]+", "-", socket.gethostname().lower()).strip("-")
    return f"{host[:_HOST_PART] or 'node'}-{port}"


def _get(environment: Mapping[str, str], name: str, default: str) -> str:
    return environment.get(PREFIX + name) or default


def _number(
    environment: Mapping[str, str], name: str, default: int, *, flaw: Flaw, most: int
) -> int:
    text = _get(environment, name, str(default))
    if _NUMBER.fullmatch(text) is None or not 0 < int(text) <= most:
        raise BadSetting(PREFIX + name, flaw)
    return int(text)


def _matching(
    environment: Mapping[str, str], name: str, default: str, shape: re.Pattern[str], flaw: Flaw
) -> str:
    text = _get(environment, name, default)
    if shape.fullmatch(text) is None:
        raise BadSetting(PREFIX + name, flaw)
    return text


def _level(environment: Mapping[str, str]) -> str:
    level = _get(environment, "LOG_LEVEL", "info").lower()
    if level not in _LEVELS:
        raise BadSetting(f"{PREFIX}LOG_LEVEL", Flaw.NOT_A_LEVEL)
    return level


def _secret(environment: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    file = environment.get(f"{PREFIX}{name}_FILE")
    value = _read_file(file, f"{PREFIX}{name}_FILE") if file else environment.get(PREFIX + name)
    if not value:
        return None
    if not value.startswith(schemes):
        raise BadSetting(PREFIX + name, Flaw.NOT_AN_ADDRESS)
    return value


def _read_file(file: str, name: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(name, Flaw.UNREADABLE) from error
