"""One row of a feed: judged, then folded into the room. The same code on both ends.

A server hands in its own time and who is live (`Live`) and stops at the first refusal; a
reader replays what was committed, judges each row at the row's own point, and keeps a
refused row with its code (protocol, sections 5.2a, 5.9, 6 and 7).
"""

from conference.content import Content, Sealed, require_id
from conference.fold_contents import take_envelope
from conference.fold_statements import take_statement
from conference.room import Live, Record, Room
from crypto.errors import Code, Refused
from protocol.feed import Row, feed_hash

__all__ = ["Live", "Record", "Room", "fold"]


def fold(room: Room, row: Row, content: Content | None, *, live: Live | None = None) -> Code | None:
    """Take the next row; returns the code of a refused one, which is kept and skipped.

    Raises:
        Refused: EQUIVOCATION when the row does not continue the chain, or the content is not
            the one behind its id; NOT_LOGGED while my identity log is shorter than the row's,
            so that nothing can be judged yet; with `live`, any refusal, and then the room is
            to be thrown away (it was a fork).
    """
    state = room.state
    if row.seq != state.seq + 1 or row.idn < state.idn:  # first: the hash has room for u32 alone
        raise Refused(Code.EQUIVOCATION, seq=row.seq)
    expected = feed_hash(before=state.fh, seq=row.seq, row_id=row.id, sg=row.sg, idn=row.idn)
    if row.fh != expected:
        raise Refused(Code.EQUIVOCATION, seq=row.seq)
    if row.idn > state.directory.size:
        raise Refused(Code.NOT_LOGGED, idn=row.idn)
    if content is not None:
        require_id(content, row.id)
    state.at = row.idn
    if content is None:
        room.has_gaps = True
        record, moves = Record(seq=row.seq, id=row.id, kind="skel"), False
    else:
        record, moves = _judged(room, row, content, live)
    state.take(row, gate=moves)
    room.records.append(record)
    return record.code


def _require_new(room: Room, row: Row) -> None:
    """A signed thing happens once, however often a server shows it."""
    if row.id in room.state.ids:
        raise Refused(Code.REPLAY)


def _judged(room: Room, row: Row, content: Content, live: Live | None) -> tuple[Record, bool]:
    try:
        _require_new(room, row)
        if isinstance(content, Sealed):
            return take_envelope(room, row, content, live)
        return take_statement(room, row, content, live)
    except Refused as refusal:
        if live is not None:
            raise
        kind = content.header.k if isinstance(content, Sealed) else content.typ
        return Record(seq=row.seq, id=row.id, kind=kind, code=refusal.code), False
