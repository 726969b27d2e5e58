"""From key to key: bundle and grant give E and D, `dk` gives D, D gives the words (5.7 to 5.12)."""

from collections.abc import Collection
from typing import Any

from conference.content import Sealed
from crypto.errors import Code, Refused
from crypto.sealing import SealingKey
from protocol import bundle, codec, envelope, grants
from protocol.headers import (
    DkHeader,
    DkText,
    EvHeader,
    EvText,
    NoteHeader,
    NoteText,
    OpHeader,
    SumHeader,
    SumText,
)
from protocol.ids import NetId, Sid
from protocol.keys import body_key, doc_commitment, epoch_commitment, wrap_key
from protocol.payloads import Grant, Sect
from protocol.room import Generation, RosterEntry
from protocol.shapes import Closed
from protocol.vocabulary import GrantWhat

PLAIN_LIMIT = 1024 * 1024

Words = dict[str, Any]
"""What was typed with an operation: J1, its keys depend on the operation."""

Text = DkText | SumText | NoteText | EvText | Words


def open_bundle(
    parsed: bundle.Bundle,
    entry: RosterEntry,
    *,
    net: NetId,
    mine: Collection[Sid],
    key: SealingKey,
    held: Collection[bytes],
) -> bytes:
    """Give E of a roster from my entry in its bundle; BAD_BUNDLE."""
    found = next((each for each in parsed.entries if each.sid in mine), None)
    if found is None:
        raise Refused(Code.BAD_BUNDLE)
    body = entry.body
    epoch = bundle.Epoch(net=net, case=body.case, n=body.n, prev=body.prev)
    return bundle.open_entry(found, epoch=epoch, key=key, kc=body.kc, held=held)


def passing_of(grant: Grant, *, net: NetId) -> grants.Passing:
    """The place of a grant as its seal binds it."""
    docs = grant.what is GrantWhat.DOCS
    return grants.Passing(
        net=net,
        case=grant.case,
        n=grant.n,
        by=grant.by,
        to=grant.to,
        eg=grant.eg,
        what=grant.what,
        ids=grants.docs_hash(grant.docs) if docs else grants.epochs_hash(grant.epochs),
    )


def open_grant(grant: Grant, *, net: NetId, key: SealingKey) -> tuple[bytes, ...]:
    """Give the keys of a grant, in the order of its ids; BAD_TAG, BAD_LENGTH."""
    passing = passing_of(grant, net=net)
    return grants.open_keys(grant.ct, passing=passing, key=key, count=len(grant.ids))


def require_doc_key(doc_key: bytes, sect: Sect) -> None:
    """Refuse (BAD_DOC_KEY) a key that is not the one its `sect` committed to."""
    if doc_commitment(doc_key, case=sect.case, doc=sect.doc, g=sect.g) != sect.dc:
        raise Refused(Code.BAD_DOC_KEY)


def require_epoch_key(epoch_key: bytes, entry: RosterEntry) -> None:
    """Refuse (BAD_BUNDLE) a key that is not the one its roster committed to."""
    body = entry.body
    if epoch_commitment(epoch_key, case=body.case, n=body.n) != body.kc:
        raise Refused(Code.BAD_BUNDLE)


def open_dk(sealed: Sealed, epoch_key: bytes, *, sect: Sect) -> bytes:
    """Give D from a `dk` under its epoch's key; BAD_DOC_KEY when it speaks of another document."""
    header = sealed.header
    key = wrap_key(epoch_key, case=header.c, n=header.e)
    plain = envelope.open_(sealed.env, key=key)
    text = codec.decode(plain, DkText, limit=PLAIN_LIMIT)
    if (text.doc, text.g) != (header.d, header.g):
        raise Refused(Code.BAD_DOC_KEY)
    require_doc_key(text.D, sect)
    return text.D


def open_text(sealed: Sealed, doc_key: bytes) -> Text:
    """Give the words of an envelope: BAD_COMMITMENT, BAD_TAG, BAD_PADDING, BAD_J1."""
    header = sealed.header
    key = body_key(doc_key, case=header.c, doc=header.d, g=header.g)
    plain = envelope.open_(sealed.env, key=key)
    match header:
        case SumHeader():
            return codec.decode(plain, SumText, limit=PLAIN_LIMIT)
        case NoteHeader():
            return codec.decode(plain, NoteText, limit=PLAIN_LIMIT)
        case EvHeader():
            return codec.decode(plain, EvText, limit=PLAIN_LIMIT)
        case OpHeader():
            return codec.decode(plain, Words, limit=PLAIN_LIMIT)
        case DkHeader():
            raise Refused(Code.WRONG_PLACE)


def plain_of(text: Closed | Words) -> bytes:
    """Write words as they are sealed."""
    return codec.encode(text)


def generation_of(sealed: Sealed) -> Generation:
    """The document generation an envelope belongs to."""
    return (sealed.header.d, sealed.header.g)
