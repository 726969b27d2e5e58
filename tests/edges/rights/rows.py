"""Rows that somebody posts with her own key, whether the room will have them or not.

A server cannot look into an envelope, so any key does for its words: what is judged is who wrote
it, where, and which facts she signed.
"""

from typing import TypedDict

from msgspec import Raw

from protocol import codec, envelope
from protocol.headers import NoteHeader, OpHeader
from protocol.ids import Blob, CaseId, DocId, Eid, ItemId, Sid
from protocol.ops import OPS, Facts
from protocol.payloads import FeedPoint, Payload
from protocol.room import RoomState
from protocol.statement import compose, sign, to_dsse
from protocol.times import Instant
from protocol.vocabulary import DocClass
from protocol.wire import Post, RowIn
from server.service import SERVICE
from tests.edges.people import seed
from tests.edges.rights.town import Place, Who

_NAMES = {kind: name for name, kind in OPS.items()}


class _Place(TypedDict):
    c: CaseId
    e: int
    d: DocId
    g: int
    dev: Sid
    n: int
    p: Eid | None
    f: FeedPoint
    t: Instant


def state_of(place: Place) -> RoomState:
    """The room as the node has it."""
    return place.rooms.desk.cache.known()[place.case.case].room.state


def now_at(place: Place) -> Instant:
    """The node's time."""
    return Instant.of(place.edge.app[SERVICE].clock())


def document(place: Place, cls: DocClass) -> DocId:
    """The room's document of a class."""
    state = state_of(place)
    return next(doc for (doc, _), each in state.documents.items() if each.body.cls is cls)


def operation(place: Place, who: Who, facts: Facts, *, cls: DocClass) -> Post:
    """A batch of one operation."""
    doc = document(place, cls)
    header = OpHeader(**_place(place, who, doc), op=_NAMES[type(facts)], m=Raw(codec.encode(facts)))
    return _sealed(place, who, header)


def note(place: Place, who: Who, doc: DocId, *, item: ItemId | None = None) -> Post:
    """A batch of one remark to a document."""
    return _sealed(place, who, NoteHeader(**_place(place, who, doc), item=item))


def statement(place: Place, who: Who, body: Payload) -> Post:
    """A batch of one statement."""
    return _post(place, RowIn(form="stm", bytes=dsse(who, body)))


def dsse(who: Who, body: Payload) -> Blob:
    """A statement under a device's key."""
    made = compose(body)
    return Blob(to_dsse(made, [sign(made, who.dk)]))


def _place(place: Place, who: Who, doc: DocId) -> _Place:
    state = state_of(place)
    n, eid = state.chains.get(who.me.did, (0, None))
    return {
        "c": place.case.case,
        "e": state.epoch,
        "d": doc,
        "g": state.newest[doc],
        "dev": who.me.device,
        "n": n + 1,
        "p": eid,
        "f": state.head,
        "t": now_at(place),
    }


def _sealed(place: Place, who: Who, header: OpHeader | NoteHeader) -> Post:
    wire = envelope.seal(
        key=seed(),
        header=codec.encode(header),
        plaintext=b"{}",
        nonce=seed()[:24],
        signer=who.dk,
    )
    return _post(place, RowIn(form="env", bytes=Blob(wire)))


def _post(place: Place, row: RowIn) -> Post:
    return Post(case=place.case.case, rows=(row,), bundles=())
