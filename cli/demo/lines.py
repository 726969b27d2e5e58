"""What director and actors say to each other: one JSON object a line, on stdin and stdout.

Only the demo's own words travel here; what the protocol signs or seals never does.
"""

from typing import Any, TypeAlias

import msgspec

Json: TypeAlias = Any
"""Whatever JSON can say."""

LIMIT = 4 * 1024 * 1024
"""Longest line in bytes."""


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """First line to an actor: who it plays, and where its keys are; never in `argv`."""

    person: str
    vault: str
    passphrase: str
    url: str
    slug: str


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Do one thing, once as many rows of each case have come as are on anybody's screen."""

    id: int
    do: str
    args: dict[str, Json]
    rows: dict[str, int] = {}


class Report(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="report"):
    """What came of an order: a result, or the code and facts of a refusal; rows by case."""

    id: int
    rows: dict[str, int] = {}
    result: Json = None
    code: str | None = None
    facts: dict[str, Json] = {}


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="event"):
    """Something that happened to an actor unasked; `at` is the machine's monotonic clock in ms."""

    name: str
    at: float
    facts: dict[str, Json] = {}


def encode(line: Hello | Order | Report | Event) -> bytes:
    """Write one line."""
    return msgspec.json.encode(line) + b"\n"


def read_hello(line: bytes) -> Hello:
    """Read the first line."""
    return msgspec.json.decode(line, type=Hello)


def read_order(line: bytes) -> Order:
    """Read an order."""
    return msgspec.json.decode(line, type=Order)


def read_answer(line: bytes) -> Report | Event:
    """Read what an actor says."""
    return msgspec.json.decode(line, type=Report | Event)
