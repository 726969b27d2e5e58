"""Agenda items: their states, the order they stand in, the bases they are opened on.

Source: protocol, section 5.23 (rows item.* and sit.conv) and 5.14 (suspended item).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from crypto.errors import Code, Refused
from protocol.ids import ItemId, Sid, SitId, SubId
from protocol.ops import ItemBasis
from protocol.times import Instant
from protocol.vocabulary import ItemType, Outcome


class Bases(Protocol):
    """The legal bases of a room at one point of its feed."""

    def basis_kinds(self, basis: Sid, sub: SubId) -> frozenset[str] | None:
        """Give the kinds of sitting that a listed basis in force serves for a subject, or None."""
        ...


class ItemState(StrEnum):
    """Where an item stands."""

    PREPARED = "prepared"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item; its bases never change, `out` is set when it is closed."""

    it: ItemId
    sit: SitId
    no: int
    typ: ItemType
    bases: tuple[ItemBasis, ...]
    state: ItemState = ItemState.PREPARED
    out: Outcome | None = None
    touched: int  # seq of the last row that changed it
    at: Instant  # time of that row

    @property
    def is_open(self) -> bool:
        """Tell whether the item is under discussion."""
        return self.state is ItemState.OPEN


Agenda = Mapping[ItemId, Item]


def require_item(agenda: Agenda, it: ItemId) -> Item:
    """Find an item, or refuse with UNKNOWN_ID."""
    item = agenda.get(it)
    if item is None:
        raise Refused(Code.UNKNOWN_ID)
    return item


def require_open(item: Item) -> None:
    """Refuse with ITEM_NOT_OPEN what belongs to a running discussion."""
    if not item.is_open:
        raise Refused(Code.ITEM_NOT_OPEN, state=item.state.value)


def require_bases(item: Item, *, kind: str, bases: Bases) -> None:
    """Refuse a basis not in force (NO_BASIS) or not for such sittings (MEETING_NOT_COVERED)."""
    for pair in item.bases:
        kinds = bases.basis_kinds(pair.basis, pair.sub)
        if kinds is None:
            raise Refused(Code.NO_BASIS, sub=pair.sub.hex())
        if kind not in kinds:
            raise Refused(Code.MEETING_NOT_COVERED, sub=pair.sub.hex(), kind=kind)


def add(agenda: Agenda, item: Item, *, kind: str, bases: Bases) -> Agenda:
    """Put a new item on the agenda; CONFLICT if its id, or its number in the sitting, is taken."""
    taken = any(other.sit == item.sit and other.no == item.no for other in agenda.values())
    if item.it in agenda or taken:
        raise Refused(Code.CONFLICT)
    require_bases(item, kind=kind, bases=bases)
    return {**agenda, item.it: item}


def start(agenda: Agenda, item: Item, *, kind: str, seq: int, at: Instant, bases: Bases) -> Agenda:
    """Open a prepared item: the only open one of its sitting, its bases in force again."""
    if item.state is not ItemState.PREPARED or current(agenda, item.sit) is not None:
        raise Refused(Code.CONFLICT, state=item.state.value)
    require_bases(item, kind=kind, bases=bases)
    return {**agenda, item.it: replace(item, state=ItemState.OPEN, touched=seq, at=at)}


def finish(agenda: Agenda, item: Item, *, out: Outcome, seq: int, at: Instant) -> Agenda:
    """Close an open item with its outcome."""
    require_open(item)
    closed = replace(item, state=ItemState.CLOSED, out=out, touched=seq, at=at)
    return {**agenda, item.it: closed}


def current(agenda: Agenda, sit: SitId) -> Item | None:
    """Give the open item of a sitting."""
    found = (i for i in agenda.values() if i.sit == sit and i.is_open)
    return next(found, None)


def suspended(agenda: Agenda, bases: Bases) -> tuple[ItemId, ...]:
    """List the open items whose basis for some subject has ended (protocol, section 5.14)."""
    return tuple(
        item.it
        for item in agenda.values()
        if item.is_open
        and any(bases.basis_kinds(pair.basis, pair.sub) is None for pair in item.bases)
    )
