"""Makes `vectors/24-views.json`: what a reader who has folded a room makes of it later.

Every story with a room is told again: who is given how much of each row at some moments, what
is stale, due and covered then, also once a revocation was seen that no leaf shows yet; what is
judged when rows are withheld; what its author would have been told when submitting each row.
"""

import json
from collections.abc import Iterator
from typing import Final

from conference.content import Content, Sealed, parse_bare
from conference.fold import Live, Room, fold
from conference.gate import FOREVER, Gate
from conference.usecases import standing_in
from conference.visibility import view_of
from crypto.errors import Code, Refused
from protocol.documents import person_of
from protocol.ids import Did
from protocol.statement import match
from protocol.times import DAY, MINUTE, Instant
from tools.make_vectors.cases import FOLDER
from tools.make_vectors.retell import Json, Retold, content_of, read, row_of
from tools.make_vectors.story import COUNCIL

NAME: Final = "24-views.json"
FILES: Final = ("10-rosters.json", "12-documents.json", "15-rows.json", "19-effects.json")
_ABOUT: Final = "What a reader makes of a folded room: views, withheld rows, rows before they stand"
_LATER: Final = (0, 100)  # days after the log's last leaf


def text() -> str:
    """The whole file."""
    council = read(FOLDER / COUNCIL)
    rooms = [
        _told(council, story) | {"file": name, "id": story["id"]}
        for name in FILES
        for story in read(FOLDER / name)["stories"]
    ]
    lines = ",\n".join(json.dumps(room, ensure_ascii=False, sort_keys=True) for room in rooms)
    return f'{{"about": {json.dumps(_ABOUT)}, "rooms": [\n{lines}\n]}}\n'


def _told(council: Json, story: Json) -> Json:
    told = Retold(council, story)
    start = told.directory.time(told.directory.size)
    moments = [_moment(told, start.plus(days * DAY)) for days in _LATER]
    return {
        "moments": moments,
        "seen": list(_seen_ended(council, story)),
        "bare": list(_withheld(council, story, envelopes=True)),
        "withheld": list(_withheld(council, story, envelopes=False)),
        "submitted": list(_submitted(council, story)),
    }


# --- moments -----------------------------------------------------------------------------------


def _moment(told: Retold, now: Instant) -> Json:
    room = _room(told)
    held = room.willing(now)
    return {
        "now": now,
        "until": None if held.until == FOREVER else held.until,
        "stale": held.is_stale(),
        "covered": sorted(aid.hex() for aid in held.covered()),
        "due": sorted(f"{doc.hex()} {g}" for doc, g in filter(held.is_due, room.state.documents)),
        "views": {did.hex(): views for did, views in _seen(room, held) if set(views) != {"s"}},
        "standing": {did.hex(): code for did, code in _staying(held) if code != Code.NOT_MEMBER},
    }


def _room(told: Retold) -> Room:
    assert told.room is not None  # noqa: S101 -- every story of these files has a room
    return told.room


def _seen(room: Room, held: Gate) -> Iterator[tuple[Did, str]]:
    """First letters of the views of all rows, for each device of the council."""
    for did in sorted(room.state.directory.devices):
        yield did, "".join(view_of(room, held, record, did)[0] for record in room.records)


def _staying(held: Gate) -> Iterator[tuple[Did, str | None]]:
    """Why the owner of each device may not be in the room."""
    for did in sorted(held.room.directory.devices):
        yield did, standing_in(held, person_of(held.room, did))


def _seen_ended(council: Json, story: Json) -> Iterator[Json]:
    """A moment, and the last row's code, once its author's device, self or agency is seen ended."""
    told = Retold(council, {**story, "rows": story["rows"][:-1]})
    record, directory = story["rows"][-1], told.directory
    author, now = _author(told, content_of(record)), directory.time(record["idn"])
    device = directory.devices[author]
    worker = directory.workers[device.versions[0].body.wid]
    agency = directory.agencies[worker.versions[0].body.aid]
    for what, chain in (("device", device), ("worker", worker), ("agency", agency)):
        directory.seen_ended = {id(chain)}
        code = _refusal(_room(told), record, _live(told, author, now))
        moment = _moment(told, now)
        del moment["views"]  # they say what the standing says
        yield {"what": what, "code": code, "moment": moment}


# --- rows told otherwise -----------------------------------------------------------------------


def _withheld(council: Json, story: Json, *, envelopes: bool) -> Iterator[str | None]:
    """Codes for a reader who gets envelopes bare, and some rows not at all.

    Either every second envelope is withheld, as from who does not hold its key, or every third
    row, whatever it is.
    """
    room = _room(Retold(council, {**story, "rows": []}))
    seen = 0
    for record in story["rows"]:
        content = content_of(record)
        seen += isinstance(content, Sealed)
        drops = isinstance(content, Sealed) and seen % 2 if envelopes else record["seq"] % 3 == 0
        yield fold(room, row_of(record), None if drops else _bare(content))


def _bare(content: Content | None) -> Content | None:
    if not isinstance(content, Sealed):
        return content
    return parse_bare("env", content.env.bare())


def _submitted(council: Json, story: Json) -> Iterator[Json]:
    """What each row's author is told, with the story's whole log known by then.

    `late` is the code eleven minutes later, `other` that for somebody else who submits the row;
    `held` counts the devices that hold some document's key once the row stands, `due` the
    documents that owe a new one.
    """
    told = Retold(council, {**story, "rows": []})
    room = _room(told)
    for record in story["rows"]:
        row, now = row_of(record), told.directory.time(record["idn"])
        author = _author(told, content_of(record))
        other = next(did for did in sorted(told.directory.devices) if did != author)
        codes = {
            "code": _refusal(room, record, _live(told, author, now)),
            "late": _refusal(room, record, _live(told, author, now.plus(11 * MINUTE))),
            "other": _refusal(room, record, _live(told, other, now)),
        }
        fold(room, row, content_of(record))
        held, documents = room.valid(), room.state.documents
        yield codes | {
            "author": author.hex(),
            "held": sum(len(held.holders(one)) for one in documents),
            "due": sum(map(held.is_due, documents)),
        }


def _live(told: Retold, author: Did, now: Instant) -> Live:
    return Live(now=now, author=author, present=frozenset(told.directory.workers))


def _refusal(room: Room, record: Json, live: Live) -> str | None:
    try:
        fold(room.fork(), row_of(record), content_of(record), live=live)
    except Refused as refusal:
        return refusal.code
    return None


def _author(told: Retold, content: Content | None) -> Did:
    """The device behind a row; any device where none can be told."""
    directory = told.directory
    if isinstance(content, Sealed):
        chain = directory.chains.get(content.header.dev)
        found = [did for did, known in directory.devices.items() if known is chain]
    elif content is not None:
        keys = [signature.pk for signature in match(content, directory.by_dk)]
        found = [directory.by_dk[key] for key in keys]
    else:
        found = []
    return next(iter(found), min(directory.devices))
