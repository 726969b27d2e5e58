"""Requests, answers and frames between clients and server (protocol, section 5.24).

HTTP bodies and socket messages are these structs in JSON; bytes travel as base64url. A
request with an unknown field is refused. Statements are DSSE bytes, content is envelopes.
"""

from typing import Annotated, Literal

import msgspec

from protocol.ids import (
    Blob,
    CaseId,
    Did,
    Digest,
    Hash,
    InvId,
    Key,
    LinkId,
    NetId,
    RowHash,
    Sid,
    SitId,
    Wid,
)
from protocol.shapes import U53, UNSET, Bit, Closed, CodeText, Text, Unset
from protocol.times import Instant

MAX_BATCH_ROWS = 64
MAX_BODY = 2 * 1024 * 1024
Slug = Annotated[str, msgspec.Meta(pattern=r"\A[a-z0-9][a-z0-9-]{1,31}\Z")]
CaseCode = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z]-[0-9]{3,6}\Z")]
Purpose = Annotated[str, msgspec.Meta(pattern=r"\A[a-z][a-z0-9.-]{0,31}\Z")]


# --- answers -----------------------------------------------------------------------------------


class Failure(Closed, frozen=True, kw_only=True):
    """A refusal: a stable code, facts for the client, and a sentence in both languages."""

    code: str
    facts: dict[str, str | int | bool | None]
    ja: str
    en: str


class Receipted(Closed, frozen=True, kw_only=True):
    """A committed submission, answered by the server's signed receipt (DSSE bytes)."""

    rcpt: Blob


# --- council and sign-in -----------------------------------------------------------------------


class Reserve(Closed, frozen=True, kw_only=True):
    """Reserve a council with the one-time setup token."""

    setup: str
    slug: Slug


class LogInfo(Closed, frozen=True, kw_only=True):
    """Origin and verifier key of one log."""

    origin: Text
    vkey: Text


class Reserved(Closed, frozen=True, kw_only=True):
    """What the root statement must name."""

    origin: Text
    srv: Hash
    id: LogInfo
    ops: LogInfo


class NameBeside(Closed, frozen=True, kw_only=True):
    """A worker's name and salt, which her certificate only commits to."""

    name: str
    salt: Hash


class Admit(Closed, frozen=True, kw_only=True):
    """Put a complete identity statement into the `id` log; `ek`, `name` travel beside."""

    statement: Blob
    ek: Blob | Unset = UNSET
    name: NameBeside | Unset = UNSET


class Pend(Closed, frozen=True, kw_only=True):
    """Leave an incomplete statement, a `join` or a `link` for whom it waits.

    `key`: inv of a `join`, lid of a `link` (its offer must wait there), else the sid. The
    other side finds a `worker` also under its wid and a `device` under its did. Whoever
    completes a statement adds her signature to what she fetched and puts it to `admit`.
    """

    key: Blob
    statement: Blob
    mac: Digest | Unset = UNSET
    name: NameBeside | Unset = UNSET


class Wanted(Closed, frozen=True, kw_only=True):
    """Asks which council an invitation or an offer for a further device belongs to."""

    inv: InvId | None
    lid: LinkId | None


class Where(Closed, frozen=True, kw_only=True):
    """The council's place on this server."""

    slug: Text


class LinkOffer(Closed, frozen=True, kw_only=True):
    """What an old device leaves for the new one under `lid` (section 5.4, step 5)."""

    key: Blob
    net: NetId
    wid: Wid
    ik: Key
    mac: Digest


class Pending(Closed, frozen=True, kw_only=True):
    """A waiting statement as its counterpart fetches it."""

    key: Blob
    statement: Blob
    mac: Digest | None
    name: NameBeside | None


class Waits(Closed, frozen=True, kw_only=True):
    """What waits for the caller's own signature: bases that name her as approver."""

    pending: tuple[Pending, ...]


class Challenge(Closed, frozen=True, kw_only=True):
    """Ask for a nonce to sign in with."""

    device: Sid


class Challenged(Closed, frozen=True, kw_only=True):
    """A single-use nonce, good for 60 s, and the server's time in ms."""

    nonce: Hash
    time: U53


class SignIn(Closed, frozen=True, kw_only=True):
    """Answer the challenge: `time` in seconds, `sig` over the `auth` encoding."""

    device: Sid
    nonce: Hash
    time: U53
    sig: Blob


class SignedIn(Closed, frozen=True, kw_only=True):
    """An access token for ten minutes; times in ms."""

    token: str
    expires: U53
    time: U53
    did: Did


# --- the identity log --------------------------------------------------------------------------


class LogPage(Closed, frozen=True, kw_only=True):
    """Leaves from an index on, with the statement behind each; null for a beat.

    Statements with a scope are null for who may not see their case.
    """

    start: U53
    leaves: tuple[Blob, ...]
    statements: tuple[Blob | None, ...]
    checkpoint: str


class Proof(Closed, frozen=True, kw_only=True):
    """An inclusion or consistency proof; `index` is null for consistency."""

    index: U53 | None
    size: U53
    hashes: tuple[Digest, ...]


class SealingKeys(Closed, frozen=True, kw_only=True):
    """Sealing keys by their hash, for devices one seals to."""

    eks: tuple[Blob, ...]


class NameRow(Closed, frozen=True, kw_only=True):
    """The name of a person one shares a room with, to be checked against `nh`."""

    wid: Wid
    name: str
    salt: Hash


class Names(Closed, frozen=True, kw_only=True):
    """Names of the people of one room or directory."""

    names: tuple[NameRow, ...]


# --- rooms -------------------------------------------------------------------------------------


class ReserveCase(Closed, frozen=True, kw_only=True):
    """Reserve a derived case id and its public code before the first roster."""

    case: CaseId
    code: CaseCode


class Invited(Closed, frozen=True, kw_only=True):
    """A seat as its invitee sees it: no sealed word."""

    sit: SitId
    kind: CodeText
    starts: Instant
    duty: CodeText
    state: CodeText


class CaseLine(Closed, frozen=True, kw_only=True):
    """A room as its members and invitees see it in a list; `locked` is a reason or empty."""

    case: CaseId
    code: str
    member: Bit
    n: int
    seq: U53
    locked: str
    invitations: tuple[Invited, ...]


class Cases(Closed, frozen=True, kw_only=True):
    """Rooms of the caller."""

    cases: tuple[CaseLine, ...]


class RowIn(Closed, frozen=True, kw_only=True):
    """One row of a batch: a statement or an envelope."""

    form: Literal["env", "stm"]
    bytes: Blob


class Post(Closed, frozen=True, kw_only=True):
    """A batch: all or nothing, in order; at most 64 rows and bundles, 1 MiB."""

    case: CaseId
    rows: tuple[RowIn, ...]
    bundles: tuple[Blob, ...]


class Sub(Closed, frozen=True, kw_only=True):
    """Join a room's live feed: the signed read request for all pushes until the token ends."""

    case: CaseId
    sit: SitId | None
    start: U53  # first seq wanted
    nonce: Blob  # 16 bytes
    time: U53  # seconds
    sig: Blob


class Read(Closed, frozen=True, kw_only=True):
    """A signed request for full rows or bundles; ids are eids, sids or bundle hashes."""

    case: CaseId
    purpose: Purpose
    ids: tuple[Hash, ...]
    nonce: Blob
    time: U53
    sig: Blob


class Frame(Closed, frozen=True, kw_only=True):
    """One feed row in the view its receiver may have; `bytes` is null for `skel`."""

    seq: U53
    id: Hash
    sg: Hash
    idn: U53
    fh: RowHash
    form: Literal["env", "stm"]
    view: Literal["full", "bare", "skel"]
    bytes: Blob | None


class Push(Closed, frozen=True, kw_only=True):
    """Frames of one room, in order, as a socket gets them."""

    case: CaseId
    frames: tuple[Frame, ...]


class Rows(Closed, frozen=True, kw_only=True):
    """Rows of a feed without ticketed content, and the server's signed head."""

    frames: tuple[Frame, ...]
    head: Blob


class Subbed(Closed, frozen=True, kw_only=True):
    """Joined: rows since the wanted number, the head, and who is live."""

    frames: tuple[Frame, ...]
    head: Blob
    live: tuple[Wid, ...]


class BlobOut(Closed, frozen=True, kw_only=True):
    """A bundle by its hash."""

    h: Digest
    bytes: Blob


class Served(Closed, frozen=True, kw_only=True):
    """What a ticket released; `entry` is the leaf hash of the entry committed before."""

    frames: tuple[Frame, ...]
    bundles: tuple[BlobOut, ...]
    entry: Digest


class Notice(Closed, frozen=True, kw_only=True):
    """The server's unsigned word: presence, and facts that members compute themselves."""

    case: CaseId
    code: CodeText
    facts: dict[str, str | int | bool | None]


class Gone(Closed, frozen=True, kw_only=True):
    """The socket leaves a room, and why."""

    case: CaseId
    code: str


class IdHead(Closed, frozen=True, kw_only=True):
    """The identity log has a new checkpoint."""

    size: U53


class InRoom(Closed, frozen=True, kw_only=True):
    """Names a room: what `unsub` and `head` on a socket ask for."""

    case: CaseId


class Hand(Closed, frozen=True, kw_only=True):
    """Ask to speak in a sitting, or no longer: shown to the room as a notice, never stored."""

    case: CaseId
    up: Bit


class Headed(Closed, frozen=True, kw_only=True):
    """The server's signed head (DSSE bytes), as answer and as push."""

    head: Blob


class Done(Closed, frozen=True, kw_only=True):
    """Accepted, and there is nothing to tell."""


class Token(Closed, frozen=True, kw_only=True):
    """A fresh access token for a living socket."""

    token: str


# --- auditor -----------------------------------------------------------------------------------


class Query(Closed, frozen=True, kw_only=True):
    """An auditor's signed question; `params` enter the signature as text."""

    purpose: Purpose  # audit.case-timeline, audit.person-timeline, audit.denied, audit.openings
    params: tuple[Text, ...]
    nonce: Blob
    time: U53
    sig: Blob


class OpeningOut(Closed, frozen=True, kw_only=True):
    """One opened field of an entry: the HMAC and the value behind the commitment."""

    field: Text
    hmac: Digest
    value: Blob


class EntryOut(Closed, frozen=True, kw_only=True):
    """One entry of the ops log: its leaf and what opens it; index null until integrated."""

    index: U53 | None
    leaf: Blob
    openings: tuple[OpeningOut, ...]


class Answered(Closed, frozen=True, kw_only=True):
    """The answer to a question; `entry` is the leaf hash of the question's own entry."""

    entries: tuple[EntryOut, ...]
    entry: Digest
