"""Inputs that are a little wrong, from ones that are right: the same ones for the same seed."""

import json
import random
from collections.abc import Callable, Iterable
from copy import copy
from typing import Any, Final, cast

Json = Any
Path = tuple[str | int, ...]

_MARK: Final = "@@here@@"
_BYTES: Final = b'\x00\x09\x0a\x1f "\\{}[]:,.-+=eE019AZaz_/\x7f\x80\xbf\xc0\xc2\xe3\xed\xf4\xff'
_NUMBERS: Final = (
    "0",
    "-0",
    "00",
    "01",
    "1",
    "-1",
    "2",
    "1.0",
    "1.5",
    "1e0",
    "1E2",
    "1e400",
    "+1",
    ".5",
    "0x1",
    "NaN",
    "Infinity",
    "4294967295",
    "4294967296",
    "9007199254740991",
    "9007199254740992",
    "9007199254740993",
    "-9007199254740991",
    "-9007199254740992",
    "1000000000000000",
    "10000000000000000",
    "99999999999999999999",
)
_STRINGS: Final = (
    '""',
    '"a"',
    '"A"',
    '"="',
    '"YQ"',
    '"YR"',
    '"YQ=="',
    '"YR=="',
    '"YQ\\n"',
    '"\\u0000"',
    '"\\ud800"',
    '"\\udc00"',
    '"\\ud83d\\ude00"',
    '"\\uD83D\\uDE00"',
    '"\\ud83d\\ud83d"',
    '"\\x41"',
    '"\\u004"',
    '"\\/"',
    '"\t"',
    '"\x7f"',
    '"\uff10"',
    '"\u795e\ufa19"',
    '"' + "\U00020bb7" * 512 + '"',
    '"' + "\U00020bb7" * 513 + '"',
    '"' + "a" * 32 + '"',
    '"' + "A" * 43 + '"',
    '"' + "A" * 42 + 'B"',
    '"' + "A" * 42 + '"',
    '"' + "A" * 44 + '"',
    '"' + "0" * 32 + '"',
    '"2026-11-21T00:00:00Z"',
    '"2026-02-29T00:00:00Z"',
    '"2028-02-29T24:00:00Z"',
    '"0000-01-01T00:00:00Z"',
    '"0001-01-01T00:00:00Z"',
    '"9999-12-31T23:59:60Z"',
    '"2026-11-21T00:00:00+00:00"',
    '"2026-02-31"',
)
_OTHER: Final = (
    "null",
    "true",
    "false",
    "True",
    "[]",
    "{}",
    "[null]",
    '{"a":1,"a":2}',
    "[[[[[1]]]]]",
)
_KEYS: Final = ("z", "x", "v", "typ", "__proto__", "constructor", "", "from", "case", "m", "k")


# --- bytes ---------------------------------------------------------------------------------------


def bytewise(data: bytes, rng: random.Random) -> bytes:
    """Change some bytes: a flipped bit, something cut off, put in, doubled or exchanged."""
    at = rng.randrange(len(data) + 1)
    return rng.choice(_BYTEWISE)(data, at, rng)


def _flip(data: bytes, at: int, rng: random.Random) -> bytes:
    at = min(at, len(data) - 1)
    if at < 0:
        return data
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def _cut(data: bytes, at: int, _: random.Random) -> bytes:
    return data[:at]


def _drop(data: bytes, at: int, rng: random.Random) -> bytes:
    return data[:at] + data[at + rng.randrange(1, 5) :]


def _insert(data: bytes, at: int, rng: random.Random) -> bytes:
    return data[:at] + bytes(rng.choices(_BYTES, k=rng.randrange(1, 3))) + data[at:]


def _replace(data: bytes, at: int, rng: random.Random) -> bytes:
    return data[:at] + bytes([rng.choice(_BYTES)]) + data[at + 1 :]


def _double(data: bytes, at: int, rng: random.Random) -> bytes:
    end = at + rng.randrange(1, 40)
    return data[:end] + data[at:end] + data[end:]


def _append(data: bytes, _: int, rng: random.Random) -> bytes:
    return data + bytes(rng.choices(_BYTES, k=rng.randrange(1, 3)))


_BYTEWISE: Final[tuple[Callable[[bytes, int, random.Random], bytes], ...]] = (
    _flip,
    _flip,
    _cut,
    _drop,
    _insert,
    _replace,
    _double,
    _append,
)


# --- JSON ----------------------------------------------------------------------------------------


def jsonwise(value: Json, rng: random.Random) -> bytes:
    """Change one value or key, or only how the text is written."""
    return rng.choice(_JSONWISE)(value, rng).encode("utf-8", "surrogatepass")


def compact(value: Json) -> str:
    """Write JSON without white space."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _fields(value: Json) -> dict[str, Json] | None:
    return cast("dict[str, Json]", value) if isinstance(value, dict) else None


def _items(value: Json) -> list[Json] | None:
    return list(cast("Iterable[Json]", value)) if isinstance(value, list) else None


def _paths(value: Json, here: Path = ()) -> list[Path]:
    found = [here]
    for key, item in (_fields(value) or {}).items():
        found.extend(_paths(item, (*here, key)))
    for place, item in enumerate(_items(value) or []):
        found.extend(_paths(item, (*here, place)))
    return found


def _at(value: Json, path: Path) -> Json:
    for key in path:
        value = value[key]
    return value


def _with(value: Json, path: Path, item: Json) -> Json:
    if not path:
        return item
    changed: Json = copy(value)
    changed[path[0]] = _with(value[path[0]], path[1:], item)
    return changed


def _objects(value: Json) -> list[Path]:
    return [path for path in _paths(value) if _fields(_at(value, path)) is not None]


def _other_value(value: Json, rng: random.Random) -> str:
    path = rng.choice(_paths(value))
    raw = rng.choice((*_NUMBERS, *_STRINGS, *_OTHER))
    return compact(_with(value, path, _MARK)).replace(f'"{_MARK}"', raw)


def _other_of_its_kind(value: Json, rng: random.Random) -> str:
    path = rng.choice(_paths(value))
    old = _at(value, path)
    raws = _STRINGS if isinstance(old, str) else _NUMBERS if isinstance(old, int) else _OTHER
    return compact(_with(value, path, _MARK)).replace(f'"{_MARK}"', rng.choice(raws))


def _other_letter(value: Json, rng: random.Random) -> str:
    texts = [path for path in _paths(value) if isinstance(_at(value, path), str)]
    path = rng.choice(texts or [()])
    old = _at(value, path)
    if not isinstance(old, str):
        return compact(value)
    at = rng.randrange(len(old) + 1)
    letter = rng.choice("AZaz09-_+/= .\u3000é\uff10\U00020bb7")
    return compact(_with(value, path, old[:at] + letter + old[at + rng.randrange(2) :]))


def _exchanged(value: Json, rng: random.Random) -> str:
    one, two = rng.choice(_paths(value)), rng.choice(_paths(value))
    if one[: len(two)] == two or two[: len(one)] == one:
        return compact(value)
    return compact(_with(_with(value, one, _at(value, two)), two, _at(value, one)))


def _without_key(value: Json, rng: random.Random) -> str:
    path = rng.choice(_objects(value) or [()])
    inner = _fields(_at(value, path))
    if not inner:
        return compact(value)
    gone = rng.choice(list(inner))
    return compact(_with(value, path, {k: v for k, v in inner.items() if k != gone}))


def _more_key(value: Json, rng: random.Random) -> str:
    path = rng.choice(_objects(value) or [()])
    inner = _fields(_at(value, path))
    if inner is None:
        return compact(value)
    key = rng.choice((*_KEYS, *inner))
    raw = rng.choice(("1", "null", "{}", '{"a":[1]}', compact(inner.get(key))))
    item = f"{compact(key)}:{raw}"
    whole = compact(inner)
    parts = (item, whole[1:-1]) if rng.random() < 0.5 else (whole[1:-1], item)
    text = "{" + ",".join(part for part in parts if part) + "}"
    return compact(_with(value, path, _MARK)).replace(f'"{_MARK}"', text)


def _reordered(value: Json, rng: random.Random) -> str:
    path = rng.choice(_paths(value))
    fields, items = _fields(_at(value, path)), _items(_at(value, path))
    if fields is not None:
        return compact(_with(value, path, dict(rng.sample(list(fields.items()), len(fields)))))
    if items is not None:
        return compact(_with(value, path, rng.sample(items, len(items))))
    return compact(value)


def _doubled(value: Json, rng: random.Random) -> str:
    lists = [path for path in _paths(value) if isinstance(_at(value, path), list)]
    if not lists:
        return compact(value)
    path = rng.choice(lists)
    inner = _at(value, path)
    return compact(_with(value, path, inner * rng.randrange(3)))


def _spaced(value: Json, rng: random.Random) -> str:
    text = json.dumps(value, ensure_ascii=rng.random() < 0.5, indent=rng.randrange(3))
    return rng.choice((" ", "\n", "\t\r", "", "\u00a0", "\ufeff")) + text + rng.choice(" \n\x00")


_JSONWISE: Final[tuple[Callable[[Json, random.Random], str], ...]] = (
    _other_value,
    _other_of_its_kind,
    _other_of_its_kind,
    _other_letter,
    _other_letter,
    _exchanged,
    _without_key,
    _more_key,
    _more_key,
    _reordered,
    _doubled,
    _spaced,
)
