"""What a document says now: the words of its newest generation, by what they are about.

A snapshot carries these words into the next generation; facts stay in the signed headers
(protocol, sections 5.10 S6 and 15.6).
"""

from collections.abc import Iterable, Mapping

import msgspec

from conference.content import Sealed
from conference.room import Record
from crypto.errors import Refused
from protocol import codec
from protocol.codec import b64u
from protocol.headers import AnyHeader, DkHeader, NoteHeader, NoteText, OpHeader
from protocol.ids import Hash, Id
from protocol.ops import Facts, PrioDel, RoleDel
from protocol.room import Generation
from protocol.shapes import Closed
from sdk.opening import PLAIN_LIMIT, Text, Words

Said = dict[str, Words]
"""Words by "operation:ids", or "note:eid"."""


class Snapshot(Closed, frozen=True, kw_only=True):
    """Words of `snap`."""

    rows: Said


_NAMES = ("sit", "it", "row", "act", "dec", "wid")


def subject(op: str, facts: Facts) -> str:
    """Name what an operation is about: its own id, for seats also the person's."""
    own = {"role": "row", "prio": "row", "act": "act", "dec": "dec", "item": "it"}
    first = own.get(op.partition(".")[0])
    names = (first,) if first else _NAMES
    found = [getattr(facts, name, None) for name in names]
    ids = [each.hex() for each in found if isinstance(each, Id)]
    return f"{op}:{'+'.join(ids)}"


def said(
    rows: Iterable[tuple[Record, Sealed]], texts: Mapping[Hash, Text], *, generation: Generation
) -> Said:
    """Fold the opened rows of one document's generation into its words."""
    words: Said = {}
    for record, sealed in rows:
        header = sealed.header
        if record.generation != generation or record.id not in texts:
            continue
        words = _with(words, header, texts[record.id], record.id)
    return words


def _with(words: Said, header: AnyHeader, text: Text, row_id: Hash) -> Said:
    if isinstance(header, DkHeader):
        return words
    if isinstance(header, NoteHeader) and isinstance(text, NoteText):
        return {**words, f"note:{b64u(row_id)}": msgspec.to_builtins(text)}
    if not isinstance(header, OpHeader) or not isinstance(text, dict):
        return words
    if header.op == "snap":
        return _rows_of(text)
    facts = header.facts
    if isinstance(facts, RoleDel | PrioDel):
        ending = f":{facts.row.hex()}"
        return {name: kept for name, kept in words.items() if not name.endswith(ending)}
    return {**words, subject(header.op, facts): text} if text else words


def _rows_of(snapshot: Words) -> Said:
    try:
        return codec.decode(codec.encode(snapshot), Snapshot, limit=PLAIN_LIMIT).rows
    except Refused:  # its author's mistake: nothing was carried
        return {}
