"""What every room verb needs: the council, its rooms, entries and signed answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from audit.entry import Entry, Kind
from audit.store import Asked
from conference import usecases
from crypto import signing
from crypto.entropy import Entropy
from crypto.errors import Code, Refused
from crypto.hashing import sha256
from protocol import documents, wire
from protocol.ids import Blob, CaseId, Digest, Hash, Id, Nonce, RowHash
from protocol.payloads import (
    Head,
    LeafHashes,
    Receipt,
)
from protocol.requests import require_recent, signed_request
from protocol.times import Instant
from server.council import Council
from server.logs import Logger
from server.metrics import Metrics
from server.ports import Announcer, Clock, Session
from server.rooms import Held, RoomCache
from storage.pool import Pool

NONCE_SIZE: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the last row of a submission came to stand."""

    seq: int
    fh: RowHash
    idn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The rooms of one council on this node, before any socket."""

    council: Council
    pool: Pool
    cache: RoomCache
    announcer: Announcer
    clock: Clock
    entropy: Entropy
    node: str
    hint: Callable[[], None]
    log: Logger
    metrics: Metrics

    def entry(
        self,
        session: Session,
        kind: Kind,
        case: CaseId,
        now: datetime,
        *,
        request: bytes | None = None,
    ) -> Entry:
        """Describe an entry of the caller: who, about which case, to which device."""
        return Entry(
            kind=kind,
            at_ms=Instant.of(now),
            id=self.council.entries.new_id(),
            actor=session.actor.wid,
            case=case,
            recipients=(session.actor.did,),
            request=None if request is None else Digest(Hash(sha256(request))),
        )

    async def note(
        self,
        session: Session,
        entry: Entry,
        signed: bytes | None,
        nonce: bytes | None,
        gate: int | None,
    ) -> tuple[int, bytes]:
        """Store an entry that changes nothing: its number, which is a ticket, and its leaf."""
        self.metrics.tickets.inc()
        asked = Asked(
            did=session.actor.did,
            aid=session.aid,
            request=signed,
            nonce=None if nonce is None else nonce_of(nonce),
        )
        return await self.council.entries.note(entry, asked=asked, gate=gate)

    def require_signed(
        self, session: Session, message: bytes, request: wire.Sub | wire.Read, now: datetime
    ) -> bytes:
        """Demand a fresh request under the device's own key; returns it with its signature.

        What is returned is kept beside the entry, so that nobody can invent or deny it.
        Raises CLOCK, WEAK_KEY, BAD_SIG.
        """
        require_recent(request.time, now=Instant.of(now))
        chain = self.council.directory.devices[session.actor.did]
        dk = chain.versions[0].body.dk
        signing.verify(public=dk, message=message, signature=request.sig)
        return signed_request(message, request.sig)

    def require_standing(self, session: Session, held: Held) -> None:
        """Refuse whoever may not be in the room now."""
        gate = held.room.willing(Instant.of(self.clock()))
        person = documents.person_of(held.room.state, session.actor.did)
        code = usecases.standing_in(gate, person)
        if code is not None:
            raise Refused(code)

    def head_of(self, case: CaseId, held: Held) -> wire.Headed:
        """Sign the head of a room."""
        body = Head(
            net=self.council.net,
            nce=Nonce(Id(self.entropy(Id.SIZE))),
            iat=Instant.of(self.clock()),
            case=case,
            seq=held.room.state.seq,
            fh=held.room.state.fh,
            idn=held.room.state.idn,
        )
        return wire.Headed(head=Blob(self.council.sign(body)))

    def receipt(
        self,
        case: CaseId,
        ids: Sequence[Hash],
        leaves: LeafHashes,
        place: Place,
        at: datetime,
    ) -> wire.Receipted:
        """Promise in writing what was committed."""
        body = Receipt(
            net=self.council.net,
            nce=Nonce(Id(self.entropy(Id.SIZE))),
            iat=Instant.of(at),
            case=case,
            seq=place.seq,
            ids=tuple(Digest(row_id) for row_id in ids),
            fh=place.fh,
            idn=place.idn,
            leaves=leaves,
        )
        return wire.Receipted(rcpt=Blob(self.council.sign(body)))


def leaf_hash(leaf: bytes) -> Digest:
    """Hash a leaf as RFC 6962 does: SHA-256 over 0x00 and its bytes."""
    return Digest(Hash(sha256(b"\0" + leaf)))


def nonce_of(value: bytes) -> Nonce:
    """A request's nonce: 16 bytes, BAD_LENGTH otherwise."""
    if len(value) != NONCE_SIZE:
        raise Refused(Code.BAD_LENGTH)
    return Nonce(Id(value))
