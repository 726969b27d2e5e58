"""Identifiers: bytes inside, text only in JSON and on screens.

`Id` is 16 bytes, written as 32 lower-case hex digits; `Hash` is 32 bytes, written as
43 characters of base64url (protocol, section 5.1). The NewTypes keep kinds apart.
"""

from typing import NewType


class Id(bytes):
    """Sixteen bytes: people, devices, cases, documents, items."""

    __slots__ = ()
    SIZE = 16


class Blob(bytes):
    """Bytes of any length, written as base64url (`ek`, `ct`, macs)."""

    __slots__ = ()


class Hash(bytes):
    """Thirty-two bytes: digests, statement ids, public keys."""

    __slots__ = ()
    SIZE = 32


Aid = NewType("Aid", Id)  # agency
Wid = NewType("Wid", Id)  # worker
Did = NewType("Did", Id)  # device
InvId = NewType("InvId", Id)  # invitation
LinkId = NewType("LinkId", Id)  # link of a further device
CaseId = NewType("CaseId", Id)
DocId = NewType("DocId", Id)
SitId = NewType("SitId", Id)  # sitting
ItemId = NewType("ItemId", Id)  # agenda item
SubId = NewType("SubId", Id)  # subject within one case
RowId = NewType("RowId", Id)  # row of a board
ActId = NewType("ActId", Id)  # action
DecId = NewType("DecId", Id)  # decision
SumId = NewType("SumId", Id)  # summary
Nonce = NewType("Nonce", Id)

NetId = NewType("NetId", Hash)  # sid of root n=0
Sid = NewType("Sid", Hash)  # statement
Eid = NewType("Eid", Hash)  # envelope
RowHash = NewType("RowHash", Hash)  # fh of a feed row
Key = NewType("Key", Hash)  # Ed25519 public key
Digest = NewType("Digest", Hash)  # any other SHA-256 or BLAKE2b-256 value

ZERO_ID = Id(bytes(Id.SIZE))
ZERO_HASH = Hash(bytes(Hash.SIZE))
