"""JSON Schemas of the wire's structs, for the documents that describe the edges."""

from collections.abc import Iterable
from typing import Any, Final, cast

import msgspec

from protocol.codec import B64
from protocol.ids import Blob, Hash, Id
from protocol.times import Instant

Json = dict[str, Any]
REF: Final = "#/components/schemas/{name}"
HASH: Final = "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"
"""32 bytes in base64url leave two bits of the last letter, which are zero."""

_BYTES: Final[dict[type, Json]] = {
    Id: {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    Hash: {"type": "string", "pattern": HASH, "contentEncoding": "base64url"},
    Blob: {"type": "string", "pattern": "^[A-Za-z0-9_-]*$", "contentEncoding": "base64url"},
    B64: {"type": "string", "pattern": "^[A-Za-z0-9+/]*={0,2}$", "contentEncoding": "base64"},
    Instant: {
        "type": "string",
        "format": "date-time",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
    },
}


def components(kinds: Iterable[type[msgspec.Struct]]) -> dict[str, Json]:
    """The schemas of structs and of all that they hold, by name."""
    _, found = msgspec.json.schema_components(
        sorted(set(kinds), key=lambda kind: kind.__name__), schema_hook=_hook, ref_template=REF
    )
    return {name: cast("Json", _portable(found[name])) for name in sorted(found)}


def inline(kind: object) -> Json:
    """The schema of a text or number, or of a struct by its name."""
    (found,), _ = msgspec.json.schema_components([kind], schema_hook=_hook, ref_template=REF)
    return cast("Json", _portable(found))


def _hook(kind: type) -> Json:
    """Bytes and instants as the codec writes them."""
    return dict(_BYTES[kind])


def _portable(value: object) -> object:
    """Write the ends of patterns as ECMA-262 does, which OpenAPI asks for."""
    match value:
        case dict():
            fields = cast("dict[str, object]", value)
            return {name: _portable(item) for name, item in fields.items()}
        case list():
            return [_portable(item) for item in cast("list[object]", value)]
        case str() if value.startswith(r"\A") and value.endswith(r"\Z"):
            return f"^{value[2:-2]}$"
        case _:
            return value
