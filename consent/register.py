"""The bases register: what may justify a conference, for whom, and what must be recorded.

Bases are data: `bases.toml` beside this module holds every statute, meeting and access
row, and this module refuses the file when a row, column, name or text is missing.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from crypto.hashing import sha256
from protocol.ids import Digest, Hash
from protocol.shapes import CodeText
from protocol.vocabulary import AgencyKind, BasisKind

Lang = Literal["ja", "en"]
Part = Literal["secrecy", "penalty"]

LONGEST_REVIEW_DAYS = 90


class Access(StrEnum):
    """What one kind of agency may see under one class of basis (domain, section 1.4)."""

    FULL = "full"  # ○ what the agenda item needs
    NAMED = "named"  # △ the named categories, if it is a named recipient
    ANON = "anon"  # the card without identity
    NONE = "none"  # x nothing at all


class Cell(StrEnum):
    """A cell of the access matrix; two words are what a guest and what a member may see."""

    FULL = "full"
    NAMED = "named"
    ANON = "anon"
    NONE = "none"
    ANON_FULL = "anon/full"
    ANON_NAMED = "anon/named"

    def access(self, *, guest: bool) -> Access:
        """Read the cell for a guest, or for a member with a seat."""
        words = self.value.split("/")
        return Access(words[0] if guest else words[-1])


class _Closed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file: every key is known."""


class Label(_Closed, frozen=True):
    """A name on the screen."""

    ja: str
    en: str

    def __post_init__(self) -> None:
        """Both languages say something."""
        _require(self.ja and self.en, "a label is empty")


class LawText(_Closed, frozen=True):
    """A sentence on the law; printed only once somebody compared it with the statute."""

    ja: str
    en: str
    verified: bool


class Pledge(_Closed, frozen=True):
    """誓約書: the text that this build shows; the Japanese one is hashed and signed."""

    ver: int
    ja: str
    en: str

    @property
    def digest(self) -> Digest:
        """SHA-256 of the Japanese text in UTF-8, as `pledge` statements name it."""
        return Digest(Hash(sha256(self.ja.encode())))


class Entry(_Closed, frozen=True, kw_only=True):
    """One legal basis; a gathering without `kind` can never be named by a statement."""

    column: CodeText
    label: Label
    needs: tuple[CodeText, ...]
    kinds: frozenset[CodeText]
    kind: BasisKind | None = None
    statute: Label | None = None
    article: Label | None = None
    review_days: int | None = None
    secrecy: LawText | None = None
    penalty: LawText | None = None

    def __post_init__(self) -> None:
        """A decision has a review within 90 days; consent sets its own."""
        law = self.kind is BasisKind.LAW
        _require((self.review_days is not None) == law, "review_days belongs to law alone")
        days = 1 if self.review_days is None else self.review_days
        _require(1 <= days <= LONGEST_REVIEW_DAYS, "review_days is out of range")


class Register(_Closed, frozen=True, kw_only=True):
    """The whole register, with the names of the codes that bases and sections use."""

    sittings: Mapping[CodeText, Label]
    categories: Mapping[CodeText, Label]
    purposes: Mapping[CodeText, Label]
    needs: Mapping[CodeText, Label]
    columns: tuple[CodeText, ...]
    matrix: Mapping[AgencyKind, tuple[Cell, ...]]
    neutral: Label
    pledge: Pledge
    bases: Mapping[CodeText, Entry]

    def __post_init__(self) -> None:
        """The matrix is full, and every code that a basis names has a label."""
        _require(set(self.matrix) == set(AgencyKind), "a kind of agency has no row")
        for row in self.matrix.values():
            _require(len(row) == len(self.columns), "a row misses a column")
        for entry in self.bases.values():
            _require(entry.column in self.columns, "a basis names an unknown column")
            _require(set(entry.needs) <= set(self.needs), "a basis names an unknown need")
            _require(entry.kinds <= set(self.sittings), "a basis names an unknown sitting")

    def access(self, law: str, kind: AgencyKind, *, guest: bool) -> Access:
        """Look up the matrix; a basis that the register does not know admits nobody."""
        entry = self.bases.get(law)
        if entry is None:
            return Access.NONE
        return self.matrix[kind][self.columns.index(entry.column)].access(guest=guest)

    def law_text(self, law: str, part: Part, lang: Lang) -> str:
        """Give a sentence on the law for print; the neutral one unless the text is verified."""
        entry = self.bases.get(law)
        text = None if entry is None else (entry.secrecy if part == "secrecy" else entry.penalty)
        shown = text if text is not None and text.verified else self.neutral
        return shown.ja if lang == "ja" else shown.en

    def citation(self, law: str, lang: Lang) -> str:
        """Give the short name of a basis, with statute and article number where it has them."""
        entry = self.bases[law]
        parts = [entry.label, entry.statute, entry.article]
        names = [name.ja if lang == "ja" else name.en for name in parts if name is not None]
        if len(names) == 1:
            return names[0]
        return f"{names[0]}({''.join(names[1:])})" if lang == "ja" else ", ".join(names)


def _require(holds: object, fault: str) -> None:
    if not holds:
        raise ValueError(fault)


def parse(data: bytes) -> Register:
    """Read a register; raises `msgspec.DecodeError` for any other text or shape."""
    return msgspec.toml.decode(data, type=Register)


@cache
def load() -> Register:
    """Read the register that ships with the program."""
    return parse(resources.files("consent").joinpath("bases.toml").read_bytes())
