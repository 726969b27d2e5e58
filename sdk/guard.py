"""What must never be written down here, judged before sealing, since the server cannot look.

番号法 forbids the use of マイナンバー for this work: twelve digits whose last one is the check
digit of the first eleven are refused, however they are grouped or typed.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final, cast

import msgspec

from crypto.errors import Code, Refused
from protocol import codec
from sdk.opening import Text

_SEPARATOR: Final = r"[\s\-\u2010-\u2015\u2212\u30fc・.]?"
# Not beside a hexadecimal digit: words name rows and items by ids of 32 such digits.
_TWELVE: Final = re.compile(rf"(?<![0-9a-f])\d(?:{_SEPARATOR}\d){{11}}(?![a-f])(?!{_SEPARATOR}\d)")
_LAST_OF_FIRST: Final = 6


def require_allowed(text: Text) -> None:
    """Refuse (FORBIDDEN) words that hold a マイナンバー."""
    plain = msgspec.to_builtins(text, enc_hook=codec.text_of)
    if any(holds_my_number(each) for each in _strings(plain)):
        raise Refused(Code.FORBIDDEN, why="my-number")


def holds_my_number(text: str) -> bool:
    """Tell whether a text holds twelve digits with a valid check digit."""
    folded = unicodedata.normalize("NFKC", text)
    found = (re.sub(r"\D", "", match.group()) for match in _TWELVE.finditer(folded))
    return any(is_my_number(digits) for digits in found)


def is_my_number(digits: str) -> bool:
    """Judge the check digit of twelve digits (総務省令第85号 第5条)."""
    total = sum(
        int(digit) * (place + 1 if place <= _LAST_OF_FIRST else place - 5)
        for place, digit in enumerate(reversed(digits[:-1]), start=1)
    )
    rest = total % 11
    return int(digits[-1]) == (0 if rest <= 1 else 11 - rest)


def _strings(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for pair in cast("dict[object, object]", value).items():
            yield from _strings(pair)
    elif isinstance(value, list | tuple):
        for each in cast("Iterable[object]", value):
            yield from _strings(each)
