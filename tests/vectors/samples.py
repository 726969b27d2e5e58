"""Values that fit a schema, drawn from it alone."""

import base64
import enum
import random
import types
import typing
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal, Union

import msgspec

from protocol.codec import B64, B64U
from protocol.ids import Blob, Hash, Id
from protocol.times import DAY, Instant

Json = Any

_TEXTS: Final = ("", "市", "支援会議の要約", "a b", '引用 " と \\ と 改行\n', "𠮷\u2028", "x" * 200)
_FIT: Final = ("c1", "case-5y", "2026-12-03", "2024-02-29", "K-101", "audit.denied", "suita-city")
_START: Final = Instant.parse("2026-11-21T00:00:00Z")
_NOTHING: Final[frozenset[object]] = frozenset({type(None), msgspec.UnsetType})


def sample(kind: object, rng: random.Random) -> Json:
    """Draw a value of a type as JSON holds it; what fields say about each other may not hold."""
    draw = _BY_ORIGIN.get(typing.get_origin(kind))
    return _plain(kind, rng) if draw is None else draw(typing.get_args(kind), rng)


def _plain(kind: object, rng: random.Random) -> Json:
    while isinstance(kind, typing.NewType):
        kind = kind.__supertype__
    if isinstance(kind, type) and issubclass(kind, enum.StrEnum):
        return rng.choice([member.value for member in kind])
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _struct(kind, rng)
    return _PLAIN[kind](rng)


def _struct(kind: type[msgspec.Struct], rng: random.Random) -> Json:
    made: dict[str, Json] = {}
    for field in msgspec.structs.fields(kind):
        if field.default is msgspec.UNSET and rng.random() < 0.5:
            continue
        made[field.encode_name] = sample(field.type, rng)
    return made


def _union(members: tuple[object, ...], rng: random.Random) -> Json:
    if type(None) in members and rng.random() < 0.3:
        return None
    return sample(rng.choice([m for m in members if m not in _NOTHING]), rng)


def _literal(values: tuple[object, ...], rng: random.Random) -> Json:
    return rng.choice(values)


def _tuple(items: tuple[object, ...], rng: random.Random) -> Json:
    if items[-1] is not Ellipsis:
        return [sample(item, rng) for item in items]
    made = [sample(items[0], rng) for _ in range(rng.randrange(4))]
    return sorted(set(made)) if all(isinstance(item, str) for item in made) else made


def _dict(items: tuple[object, ...], rng: random.Random) -> Json:
    return {name: sample(items[1], rng) for name in rng.sample(("main", "key", "pq"), 2)}


def _bounded(items: tuple[object, ...], rng: random.Random) -> Json:
    base, meta = items
    assert isinstance(meta, msgspec.Meta)
    if base is int:
        least, most = meta.ge, meta.le
        assert isinstance(least, int)
        assert isinstance(most, int)
        return rng.choice((least, most, min(most, least + 1), rng.randint(least, most)))
    if meta.pattern is None:
        return rng.choice(_TEXTS)
    return rng.choice([text for text in _FIT if msgspec_fits(base, meta, text)])


def msgspec_fits(base: object, meta: msgspec.Meta, text: str) -> bool:
    """Answer whether a text fits a bounded type."""
    try:
        msgspec.convert(text, Annotated[base, meta])
    except msgspec.ValidationError:
        return False
    return True


def _b64u(size: int) -> Callable[[random.Random], Json]:
    return lambda rng: base64.urlsafe_b64encode(rng.randbytes(size)).decode().rstrip("=")


def _instant(rng: random.Random) -> Json:
    return _START.plus(rng.randrange(-400, 400) * DAY).text()


_PLAIN: Final[Mapping[object, Callable[[random.Random], Json]]] = {
    Id: lambda rng: rng.randbytes(16).hex(),
    Hash: _b64u(32),
    Blob: lambda rng: _b64u(rng.randrange(40))(rng),
    B64U: lambda rng: _b64u(rng.randrange(40))(rng),
    B64: lambda rng: base64.b64encode(rng.randbytes(rng.randrange(40))).decode(),
    Instant: _instant,
    msgspec.Raw: lambda rng: rng.choice((1, None, "a", [1, {"b": True}])),
    str: lambda rng: rng.choice(_TEXTS),
    int: lambda rng: rng.choice((0, 1, -1, 2**53 - 1, 1 - 2**53)),
    bool: lambda rng: rng.random() < 0.5,
}
_BY_ORIGIN: Final[Mapping[object, Callable[[tuple[object, ...], random.Random], Json]]] = {
    Annotated: _bounded,
    Union: _union,
    types.UnionType: _union,
    Literal: _literal,
    tuple: _tuple,
    dict: _dict,
}
