"""Small checks that every struct of the wire shares; a breach becomes `BAD_J1`."""

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Annotated, TypeVar

import msgspec

from crypto.errors import Code, Refused
from protocol.codec import b64u
from protocol.ids import Id

T = TypeVar("T", bound=str | bytes)

MAX_INT = 2**53 - 1
MAX_U32 = 2**32 - 1
HEX_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)

CodeText = Annotated[str, msgspec.Meta(pattern=r"\A[a-z0-9][a-z0-9.-]{0,31}\Z")]
Text = Annotated[str, msgspec.Meta(max_length=512)]
Day = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z")]
U32 = Annotated[int, msgspec.Meta(ge=0, le=MAX_U32)]
Count = Annotated[int, msgspec.Meta(ge=1, le=MAX_U32)]
U53 = Annotated[int, msgspec.Meta(ge=0, le=MAX_INT)]
Bit = Annotated[int, msgspec.Meta(ge=0, le=1)]
Unset = msgspec.UnsetType
UNSET = msgspec.UNSET


class Closed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A struct whose keys are exactly those of its schema."""


def _sort_key(item: str | bytes) -> str:
    if isinstance(item, str):
        return item
    return item.hex() if isinstance(item, Id) else b64u(item)


def as_set(items: Iterable[T]) -> tuple[T, ...]:
    """Sort by text and drop duplicates, as payloads hold sets."""
    by_text = {_sort_key(item): item for item in items}
    return tuple(by_text[key] for key in sorted(by_text))


def require_set(items: Sequence[str | bytes]) -> None:
    """Refuse (`BAD_J1`) a list that is not strictly ascending by text."""
    keys = [_sort_key(item) for item in items]
    if any(left >= right for left, right in itertools.pairwise(keys)):
        raise Refused(Code.BAD_J1)


def require_distinct(items: Sequence[str | bytes]) -> None:
    """Refuse a list that names something twice; its order is the author's."""
    if len(set(items)) != len(items):
        raise Refused(Code.BAD_J1)


def require(*, holds: bool) -> None:
    """Refuse a shape that the schema's types cannot say."""
    if not holds:
        raise Refused(Code.BAD_J1)
