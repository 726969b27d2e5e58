"""Who is given how much of a row: everything, its public part, or its place alone.

Source: protocol, table of section 5.24. A key or ciphertext goes only to devices that may
hold it; everybody else of the room still gets an unbroken chain.
"""

from typing import Literal

from conference.fold import Record, Room
from conference.gate import Gate
from protocol import documents
from protocol.basis import device_of
from protocol.ids import Did
from protocol.vocabulary import Kind, RosterRole

View = Literal["full", "bare", "skel"]

_SEALED = frozenset(kind.value for kind in Kind)


def view_of(room: Room, held: Gate, record: Record, did: Did) -> View:
    """Choose the view of one row for one device of a member or guest."""
    if may_have(room, held, record, did):
        return "full"
    person = documents.person_of(room.state, did)
    row = room.state.member(person)
    if record.kind == Kind.OP and record.code is None:
        return "bare"
    if row is None or row.role is RosterRole.GUEST or record.kind == "grant":
        return "skel"
    entered = room.state.rosters[row.from_].seq
    return "bare" if record.kind in _SEALED and record.seq > entered else "skel"


def may_have(room: Room, held: Gate, record: Record, did: Did) -> bool:
    """Tell whether a device may be given all bytes of a row now."""
    person = documents.person_of(room.state, did)
    if room.state.member(person) is None or record.kind == "skel":
        return False
    if record.kind == "grant":
        return did in {record.to, record.author}
    if record.generation is None or record.kind not in _SEALED:
        return record.kind not in _SEALED  # a refused content: nobody knows what it is under
    if held.may_read(person, room.state.documents[record.generation].body) is not None:
        return False
    if record.kind == Kind.DK:
        return holds_epoch(room, did, record.epoch)
    return did in held.holders(record.generation)


def holds_epoch(room: Room, did: Did, epoch: int) -> bool:
    """Tell whether an epoch key was sealed to this device, in a bundle or by a grant."""
    state = room.state
    sealed = (device_of(state.directory, sid) for sid in state.rosters[epoch].recipients)
    granted = (g.to for g in state.grants if epoch in g.body.epochs)
    return did in {*sealed, *granted}


def full_receivers(room: Room, held: Gate, record: Record, live: frozenset[Did]) -> frozenset[Did]:
    """Live devices that a row's bytes are pushed to, and that its entry must therefore name."""
    key = (record.kind, record.generation, record.epoch, record.to, record.author, live)
    if key not in held.receivers:
        named = (did for did in live if may_have(room, held, record, did))
        held.receivers[key] = frozenset(named)
    return held.receivers[key]
