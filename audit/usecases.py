"""An auditor asks: her question is in the log before its answer leaves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from audit.entry import Entry, Kind
from audit.model import Filter, Found, Question, openings_of
from crypto import signing
from crypto.errors import Code, Refused
from crypto.hashing import sha256
from protocol.directory import Signer
from protocol.ids import Blob, CaseId, Did, Digest, Hash, Id, NetId, Nonce
from protocol.requests import read_message, require_recent, signed_request
from protocol.times import Instant
from protocol.vocabulary import Cap
from protocol.wire import EntryOut, OpeningOut, Query

LIMIT: Final = 500
"""Entries of one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A signed question that was checked, with the entry that tells of it."""

    question: Question
    entry: Entry
    request: bytes
    nonce: Nonce


class Log(Protocol):
    """Where an auditor may look."""

    async def query(
        self, wanted: Filter, *, ticket: int, did: Did, after: int = -1, limit: int = 1000
    ) -> list[Found]:
        """Answer by index against the entry of the question."""
        ...


def ask(
    request: Query,
    *,
    signer: Signer,
    net: NetId,
    origin: str,
    entry: Id,
    case: Callable[[str], CaseId | None],
    now: datetime,
) -> Asking:
    """Check a question and make the entry (its id is `entry`) that must be stored first.

    Raises FORBIDDEN for who is no auditor, CLOCK, BAD_LENGTH, BAD_SIG, and what
    `Question.parse` raises.
    """
    if Cap.AUDIT not in signer.caps:
        raise Refused(Code.FORBIDDEN)
    require_recent(request.time, now=Instant.of(now))
    if len(request.nonce) != Id.SIZE:
        raise Refused(Code.BAD_LENGTH, field="nonce")
    nonce = Nonce(Id(request.nonce))
    params = tuple(text.encode() for text in request.params)
    message = read_message(
        net=net,
        origin=origin,
        case=None,
        nonce=nonce,
        time=request.time,
        device=signer.device,
        purpose=request.purpose,
        ids=params,
    )
    signing.verify(public=signer.dk, message=message, signature=request.sig)
    question = Question.parse(request.purpose, request.params, case=case)
    kept = signed_request(message, request.sig)
    facts = Entry(
        kind=Kind.QUERY,
        at_ms=Instant.of(now),
        id=entry,
        actor=signer.wid,
        objects=params,
        recipients=(signer.did,),
        purpose=request.purpose,
        request=Digest(Hash(sha256(kept))),
    )
    return Asking(question=question, entry=facts, request=kept, nonce=nonce)


async def answer(
    question: Question,
    *,
    log: Log,
    ticket: int,
    did: Did,
    unwrap: Callable[[Id, bytes], bytes],
) -> tuple[EntryOut, ...]:
    """Fetch the entries asked for, at most `LIMIT`, each with all its openings."""
    kept: list[Found] = []
    after = question.after
    while len(kept) < LIMIT:
        page = await log.query(
            question.filter, ticket=ticket, did=did, after=after, limit=LIMIT - len(kept)
        )
        kept += [each for each in page if not question.denied or _is_denied(each)]
        if not page or not question.denied:
            break
        after = page[-1].index
    return tuple(_out(each, unwrap) for each in kept)


def _is_denied(found: Found) -> bool:
    return found.opened is not None and found.opened.result != ""


def _out(found: Found, unwrap: Callable[[Id, bytes], bytes]) -> EntryOut:
    return EntryOut(
        index=found.index,
        leaf=Blob(found.leaf),
        openings=tuple(
            OpeningOut(field=each.field, hmac=Digest(Hash(each.mac)), value=Blob(each.value))
            for each in openings_of(found, unwrap=unwrap)
        ),
    )
