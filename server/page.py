"""The page: a sealed build held in memory, and the headers that fence it in.

Only files that the build's manifest names are ever served, from memory, so that no path leads
anywhere else. `entaku serve` and `entaku ui` serve the same bytes under the same headers.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from crypto.hashing import sha256
from protocol.codec import b64u

FOLDER: Final = Path(__file__).resolve().parent.parent / "web" / "dist"
"""Where `make web` leaves the build, and where the wheel carries it."""

MANIFEST: Final = "manifest.json"
INDEX: Final = "index.html"
REPORTS: Final = "/v1/reports"
"""Where browsers send what a policy blocked."""

_TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_NO_GZIP: Final = frozenset({".woff2"})
_FENCE: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "connect-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    f"trusted-types {{policies}}; report-uri {REPORTS}"  # at once; `report-to` waits a minute
)
_EVERYWHERE: Final = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Reporting-Endpoints": f'entaku="{REPORTS}"',
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}
_ALLOWED: Final = (
    *("camera", "clipboard-write", "fullscreen", "publickey-credentials-create"),
    *("publickey-credentials-get", "screen-wake-lock"),
)
_DENIED: Final = (
    *("accelerometer", "autoplay", "browsing-topics", "display-capture"),
    *("encrypted-media", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection"),
    *("local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture"),
    *("serial", "usb", "window-management", "xr-spatial-tracking"),
)
_OF_PAGE: Final = {
    # Starting a worker demands a policy; the page has one, which lets one address through.
    "Content-Security-Policy": _FENCE.format(policies="entaku-worker"),
    "Integrity-Policy": "blocked-destinations=(script), endpoints=(entaku)",
    "Origin-Agent-Cluster": "?1",
    "Permissions-Policy": ", ".join(
        [*(f"{name}=(self)" for name in _ALLOWED), *(f"{name}=()" for name in _DENIED)]
    ),
    "X-Frame-Options": "DENY",
}
_OF_REST: Final = {"Content-Security-Policy": _FENCE.format(policies="'none'")}
_FOREVER: Final = "public, max-age=31536000, immutable"


class DamagedPage(Exception):
    """A folder does not hold the build that its manifest describes."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a build says of itself: its version, and base64url(SHA-256) of each file by path."""

    version: str
    files: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file as it is sent: plain and, where it is smaller so, compressed with gzip."""

    body: bytes
    zipped: bytes | None
    kind: str
    etag: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A whole build by path; `digest` is the hash of the manifest that a release names."""

    version: str
    digest: bytes
    files: Mapping[str, File]


def load(folder: Path) -> Page | None:
    """Read a build; None where there is none.

    Raises DamagedPage when a file is missing, is another one, or has an unknown ending.
    """
    try:
        raw = (folder / MANIFEST).read_bytes()
    except OSError:
        return None
    try:
        manifest = msgspec.json.decode(raw, type=Manifest)
        files = {path: _read(folder, path, digest) for path, digest in manifest.files.items()}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OSError) as error:
        raise DamagedPage(str(folder)) from error
    if INDEX not in files:
        raise DamagedPage(INDEX)
    files[MANIFEST] = _file(MANIFEST, raw)
    return Page(version=manifest.version, digest=sha256(raw), files=files)


def _read(folder: Path, path: str, digest: str) -> File:
    place = (folder / path).resolve()
    if not place.is_relative_to(folder.resolve()):
        raise DamagedPage(path)
    body = place.read_bytes()
    if b64u(sha256(body)) != digest:
        raise DamagedPage(path)
    return _file(path, body)


def _file(path: str, body: bytes) -> File:
    ending = Path(path).suffix
    if ending not in _TYPES:
        raise DamagedPage(path)
    zipped = None if ending in _NO_GZIP else gzip.compress(body, mtime=0)
    own = _OF_PAGE if path == INDEX else _OF_REST
    kept = _FOREVER if path.startswith("assets/") else "no-cache"
    return File(
        body=body,
        zipped=zipped if zipped is not None and len(zipped) < len(body) else None,
        kind=_TYPES[ending],
        etag=f'"{b64u(sha256(body))}"',
        headers={**_EVERYWHERE, **own, "Cache-Control": kept},
    )
