"""JSON and base64 of the protocol: J1 is scanned first, the typed decoder runs after it.

Python, JavaScript and msgspec disagree on duplicate keys, big numbers, lone surrogates and
sloppy base64 (protocol, section 1.6); so nothing else in the program reads protocol bytes.
"""

import base64
import binascii
import functools
import itertools
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

import msgspec

from crypto.errors import Code, Refused
from protocol.ids import Blob, Hash, Id
from protocol.times import Instant

PAYLOAD_LIMIT: Final = 64 * 1024
HEADER_LIMIT: Final = 8 * 1024
STATE_HEADER_LIMIT: Final = 32 * 1024

T = TypeVar("T")


class B64(bytes):
    """Bytes of any length that JSON carries as standard, padded base64."""

    __slots__ = ()


class B64U(bytes):
    """Bytes of any length that JSON carries as base64url without padding."""

    __slots__ = ()


# --- base64 -------------------------------------------------------------------------------


def b64u(data: bytes) -> str:
    """Write base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def b64(data: bytes) -> str:
    """Write standard base64 with padding."""
    return base64.b64encode(data).decode()


def from_b64u(text: str) -> bytes:
    """Read base64url without padding; `BAD_B64` unless writing it again gives the same text."""
    padded = text + "=" * (-len(text) % 4)
    return _exact(text, functools.partial(base64.urlsafe_b64decode, padded), b64u)


def from_b64(text: str) -> bytes:
    """Read padded base64; `BAD_B64` unless writing it again gives the same text."""
    return _exact(text, functools.partial(base64.b64decode, text), b64)


def _exact(text: str, read: Callable[[], bytes], write: Callable[[bytes], str]) -> bytes:
    try:
        data = read()
    except (binascii.Error, ValueError) as error:
        raise Refused(Code.BAD_B64) from error
    if write(data) != text:
        raise Refused(Code.BAD_B64)
    return data


# --- J1 -----------------------------------------------------------------------------------

_DEPTH: Final = 6
_GREATEST: Final = 2**53 - 1
_SPACE: Final = " \t\n\r"
_ESCAPE: Final = (
    r'\\(?:["\\/bfnrt]'
    r"|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"
    r"|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)
_PLAIN: Final = r'[^"\\\x00-\x1f]*+'
_STRING: Final = rf'"{_PLAIN}(?:{_ESCAPE}{_PLAIN})*+"'
_TOKEN: Final = re.compile(
    rf"[{_SPACE}]*+(?:"
    rf"({_STRING})[{_SPACE}]*+:"  # 1: a key
    r"|([{}\[\],])"  # 2: structure
    rf"|{_STRING}|true|false|null|-?[1-9][0-9]{{0,14}}(?![0-9])|0"
    r"|(-?[1-9][0-9]{15})(?![0-9])"  # 3: may be too great
    r"|(.))",  # 4: nothing of J1
    re.DOTALL,
)
# A flat object or array in the outline of a text: k a key, s a scalar.
_FLAT: Final = re.compile(r"\{(?:ks(?:,ks)*+)?\}|\[(?:s(?:,s)*+)?\]")


def scan(data: bytes, *, limit: int) -> None:
    """Check the profile J1 of one object; `OVERSIZE` above `limit` bytes, else `BAD_J1`.

    Source: protocol, section 5.1.
    """
    if len(data) > limit:
        raise Refused(Code.OVERSIZE)
    outline, keys = _tokens(_text(data))
    _require_one_object(outline)
    _require_keys(outline, keys)


def _text(data: bytes) -> str:
    try:
        return data.decode().rstrip(_SPACE)
    except UnicodeDecodeError as error:
        raise Refused(Code.BAD_J1) from error


def _tokens(text: str) -> tuple[str, list[str]]:
    outline: list[str] = []
    keys: list[str] = []
    for token in _TOKEN.finditer(text):  # one at a time: garbage ends it before it is all read
        key, mark, great, stray = token.groups()
        if key:
            keys.append(key)
        elif stray or (great and abs(int(great)) > _GREATEST):
            raise Refused(Code.BAD_J1)
        outline.append(mark or (key and "k") or "s")
    return "".join(outline), keys


def _require_one_object(outline: str) -> None:
    # Each pass folds the innermost containers; so the number of passes is the depth.
    if not outline.startswith("{"):
        raise Refused(Code.BAD_J1)
    for _ in range(_DEPTH):
        outline = _FLAT.sub("s", outline)
        if outline == "s":
            return
    raise Refused(Code.BAD_J1)


def _require_keys(outline: str, keys: list[str]) -> None:
    names = [json.loads(key) if "\\" in key else key[1:-1] for key in keys]
    distinct = set(names)
    if "__proto__" in distinct:
        raise Refused(Code.BAD_J1)
    if len(distinct) < len(names):
        _require_distinct(outline, iter(names))


def _require_distinct(outline: str, names: Iterator[str]) -> None:
    # Only when a name occurs twice in the text: does it so within one object?
    path: list[set[str]] = []
    for mark in outline:
        if mark in "{[":
            path.append(set())
        elif mark in "}]":
            path.pop()
        elif mark == "k":
            name = next(names)
            if name in path[-1]:
                raise Refused(Code.BAD_J1)
            path[-1].add(name)


# --- typed --------------------------------------------------------------------------------

_HEX: Final = re.compile(r"[0-9a-f]{32}")


def decode(data: bytes, kind: type[T], *, limit: int = PAYLOAD_LIMIT) -> T:
    """Scan J1, then read one value of `kind`; what does not fit it is `BAD_J1`.

    A refusal raised by a struct's `__post_init__` keeps its own code.
    """
    scan(data, limit=limit)
    return typed(data, kind)


def typed(data: bytes | msgspec.Raw, kind: type[T]) -> T:
    """Read one value of `kind` from bytes that `scan` has already passed."""
    try:
        return _decoder(kind).decode(data)
    except msgspec.DecodeError as error:
        raise Refused(Code.BAD_J1) from error


def require_keys(data: bytes, kind: type[msgspec.Struct]) -> None:
    """Refuse (`BAD_J1`) an object that leaves out a key its schema does not mark with `?`.

    The decoder alone would fill in a constant such as `v` or `typ` that nobody signed.
    """
    if not _required_keys(kind) <= _KEYS.decode(data).keys():
        raise Refused(Code.BAD_J1)


@functools.cache
def _required_keys(kind: type[msgspec.Struct]) -> frozenset[str]:
    found = msgspec.structs.fields(kind)
    return frozenset(field.encode_name for field in found if field.default is not msgspec.UNSET)


def encode(value: object) -> bytes:
    """Write compact UTF-8 JSON in the order of the struct's fields; what is UNSET is left out."""
    return _ENCODER.encode(value)


_KEYS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
# Building a decoder costs far more than using it; a dict, since type checkers doubt that a
# type is hashable, which functools.cache asks for.
_DECODERS: Final[dict[object, msgspec.json.Decoder[Any]]] = {}


def _decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    decoder = _DECODERS.get(kind)
    if decoder is None:
        decoder = _DECODERS[kind] = msgspec.json.Decoder(kind, dec_hook=_read)
    return decoder


def _read(kind: type[object], value: object) -> object:
    if not isinstance(value, str):
        raise Refused(Code.BAD_J1)
    if issubclass(kind, Id):
        return kind(_from_hex(value))
    if issubclass(kind, Hash):
        return kind(_sized(from_b64u(value), Hash.SIZE))
    if issubclass(kind, B64U | Blob):
        return kind(from_b64u(value))
    if issubclass(kind, B64):
        return kind(from_b64(value))
    if issubclass(kind, Instant):
        return _instant(value)
    raise NotImplementedError(kind)


def _from_hex(text: str) -> bytes:
    if _HEX.fullmatch(text) is None:
        raise Refused(Code.BAD_J1)
    return bytes.fromhex(text)


def _instant(text: str) -> Instant:
    try:
        return Instant.parse(text)
    except ValueError as error:
        raise Refused(Code.BAD_J1) from error


def _sized(data: bytes, size: int) -> bytes:
    if len(data) != size:
        raise Refused(Code.BAD_J1)
    return data


def text_of(value: object) -> str:
    """Write an id in hex, other bytes in base64, an instant as text: the form JSON holds."""
    match value:
        case Id():
            return value.hex()
        case Hash() | B64U() | Blob():
            return b64u(value)
        case B64():
            return b64(value)
        case Instant():
            return value.text()
        case _:
            raise NotImplementedError(type(value))


_ENCODER: Final = msgspec.json.Encoder(enc_hook=text_of)


# --- sets ---------------------------------------------------------------------------------


def as_set(items: Sequence[T]) -> tuple[T, ...]:
    """Return the members sorted by their text and without duplicates, as payloads hold sets."""
    by_text = {_sort_key(item): item for item in items}
    return tuple(by_text[key] for key in sorted(by_text))


def require_set(items: Sequence[object]) -> None:
    """Refuse (`BAD_J1`) a list that is not strictly ascending by text."""
    keys = [_sort_key(item) for item in items]
    if any(left >= right for left, right in itertools.pairwise(keys)):
        raise Refused(Code.BAD_J1)


def _sort_key(item: object) -> str:
    return item if isinstance(item, str) else text_of(item)
