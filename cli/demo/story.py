"""The story as data: who takes part, what they write, what must come of it."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Final, Literal

import msgspec

from protocol.vocabulary import (
    AgencyForm,
    AgencyKind,
    BasisKind,
    Cap,
    Decline,
    ItemType,
    Provenance,
)

_DATED: Final = re.compile(r"\{(年?)([+-]\d+)\}")
_REIWA: Final = 2018  # year 1 of 令和 is 2019


class _Closed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file: every key is known."""


class Council(_Closed, frozen=True, kw_only=True):
    """The council's address and name."""

    slug: str
    name: str


class Agency(_Closed, frozen=True, kw_only=True):
    """An agency of the council."""

    code: str
    name: str
    kind: AgencyKind
    form: AgencyForm
    caps: tuple[Cap, ...]
    block: str
    able: tuple[str, ...]


class Person(_Closed, frozen=True, kw_only=True):
    """Somebody who takes part; `pledge` is the day, from today, on which her pledge ends."""

    key: str
    name: str
    post: str
    agency: str
    caps: tuple[Cap, ...]
    pledge: int


class Scope(_Closed, frozen=True, kw_only=True):
    """Recipients and what they may read."""

    agencies: tuple[str, ...]
    cats: tuple[str, ...]


class Subject(_Closed, frozen=True, kw_only=True):
    """Somebody the case is about, with the basis for sharing; times in days from today."""

    key: str
    label: str
    name: str
    birth: str
    basis: BasisKind
    law: str
    kinds: tuple[str, ...]
    by: str
    from_: int = msgspec.field(name="from")
    until: int
    scope: tuple[Scope, ...]
    evidence: Mapping[str, str]
    approver: str | None = None
    review: int | None = None


class Item(_Closed, frozen=True, kw_only=True):
    """An item of the agenda; `minutes` is what it may take."""

    no: int
    typ: ItemType
    title: str
    minutes: int


class Card(_Closed, frozen=True, kw_only=True):
    """The stage-1 card."""

    title: str
    text: str


class Section(_Closed, frozen=True, kw_only=True):
    """A section of a summary; `to` names agencies, None is everyone of the room."""

    key: str
    by: str
    subject: str
    cats: tuple[str, ...]
    prov: Provenance
    title: str
    text: str
    to: tuple[str, ...] | None = None


class Priority(_Closed, frozen=True, kw_only=True):
    """A row of the priority board."""

    by: str
    rank: int
    level: str
    issue: str
    reason: str


class Said(_Closed, frozen=True, kw_only=True):
    """Words that somebody puts on record; without `by`, the recorder."""

    text: str
    by: str | None = None


class Lead(_Closed, frozen=True, kw_only=True):
    """Who is in charge of what."""

    main: str
    key: str
    deputy: str
    interim: str
    decline: Decline | None = None
    decline_reason: str = ""


class Action(_Closed, frozen=True, kw_only=True):
    """対応事項, due in so many days; an agency outside the room is only asked."""

    text: str
    report: str
    owner: str | None = None
    agency: str | None = None
    due: int | None = None


class Case(_Closed, frozen=True, kw_only=True):
    """A case and the sitting that is held on it."""

    code: str
    kind: str
    number: int
    chair: str
    recorder: str
    members: tuple[str, ...]
    purpose: str
    place: str
    next_in: int
    next_place: str
    subjects: tuple[Subject, ...]
    items: tuple[Item, ...]
    sections: tuple[Section, ...]
    actions: tuple[Action, ...]
    decision: Said
    lead: Lead
    deputy: str | None = None
    presenter: str | None = None
    guest: str | None = None
    card: Card | None = None
    priorities: tuple[Priority, ...] = ()
    reserve: Said | None = None
    undecided: Said | None = None

    def people(self) -> tuple[str, ...]:
        """Everybody with a seat, in the order of the seating plan."""
        named = (self.chair, self.deputy, self.recorder, *self.members, self.guest)
        return tuple(dict.fromkeys(key for key in named if key is not None))


class Leaks(_Closed, frozen=True, kw_only=True):
    """Words of the cases that nobody but the members may ever see."""

    words: tuple[str, ...]


class Story(_Closed, frozen=True, kw_only=True):
    """All of it."""

    council: Council
    agencies: tuple[Agency, ...]
    people: tuple[Person, ...]
    k101: Case
    k104: Case
    leaks: Leaks

    def person(self, key: str) -> Person:
        """Find a person; KeyError for a stranger."""
        return {person.key: person for person in self.people}[key]

    def agency(self, code: str) -> Agency:
        """Find an agency; KeyError for a stranger."""
        return {agency.code: agency for agency in self.agencies}[code]


@cache
def _file() -> bytes:
    return resources.files("cli.demo").joinpath("story.toml").read_bytes()


def load(today: date) -> Story:
    """Read the story with its days counted from `today`."""
    return msgspec.toml.decode(dated(_file().decode(), today), type=Story)


def dated(text: str, today: date) -> str:
    """Put days in place of `{+10}` (10月24日) and `{年-32}` (令和7年9月12日)."""

    def written(found: re.Match[str]) -> str:
        day = today + timedelta(days=int(found[2]))
        return wareki(day) if found[1] else month_day(day)

    return _DATED.sub(written, text)


def month_day(day: date) -> str:
    """Write 10月24日."""
    return f"{day.month}月{day.day}日"


def wareki(day: date) -> str:
    """Write 令和7年9月12日."""
    return f"令和{day.year - _REIWA}年{month_day(day)}"


Which = Literal["k101", "k104"]
