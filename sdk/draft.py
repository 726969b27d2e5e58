"""A batch being made: each row is sealed, signed, and judged on a copy of the room at once.

What the server checks is checked here first; a refusal leaves nothing behind. Rows carry the
place of before the batch, and the epoch of a roster that stands before them in it.
"""

from typing import Final, TypedDict

from conference import content as contents
from conference.content import Content
from conference.fold import Live, Room, fold
from conference.gate import Gate
from crypto import aead
from crypto.errors import Code, Refused
from protocol import codec, envelope
from protocol.feed import Row, feed_hash
from protocol.headers import AnyHeader, DkHeader
from protocol.ids import Blob, CaseId, DocId, Eid, Hash, Id, Sid, Wid
from protocol.keys import body_key, wrap_key
from protocol.payloads import FeedPoint, Payload
from protocol.room import Generation, RoomState
from protocol.statement import Statement, compose, sign, to_dsse
from protocol.times import Instant
from protocol.wire import RowIn
from sdk.contents import ChainHead
from sdk.guard import require_allowed
from sdk.opening import Text, plain_of
from sdk.session import Session


class Place(TypedDict):
    """What the header of every envelope says of its author and place (section 5.9)."""

    c: CaseId
    e: int
    d: DocId
    g: int
    dev: Sid
    n: int
    p: Eid | None
    f: FeedPoint
    t: Instant


class Draft:
    """Rows and bundles, with the keys that they bring, on a trial copy of the room."""

    def __init__(
        self,
        *,
        session: Session,
        room: Room,
        chain: ChainHead | None,
        epochs: dict[int, bytes],
        docs: dict[Generation, bytes],
    ) -> None:
        """`chain` is my newest envelope in the room, `epochs` and `docs` the keys I hold."""
        self.session: Final = session
        self.room: Final = room.fork()
        self.base: Final[FeedPoint] = room.state.head
        self.rows: Final[list[RowIn]] = []
        self.ids: Final[list[Hash]] = []
        self.sgs: Final[list[Hash]] = []
        self.contents: Final[dict[Hash, Content]] = {}
        self.texts: Final[dict[Hash, Text]] = {}
        self.bundles: Final[list[bytes]] = []
        self.chain = chain
        self.epochs: Final = dict(epochs)
        self.docs: Final = dict(docs)
        self.rosters: Final[list[Sid]] = []

    # --- the copy ----------------------------------------------------------------------------

    @property
    def state(self) -> RoomState:
        """The room as it will be."""
        return self.room.state

    @property
    def now(self) -> Instant:
        """The server's time."""
        return self.session.council.clock.now()

    def gate(self) -> Gate:
        """The gate on the room as it will be, by everything I know now."""
        return self.room.willing(self.now)

    def new_id(self) -> Id:
        """Draw the id of a document, item, row or action."""
        return Id(self.session.council.entropy(Id.SIZE))

    # --- statements --------------------------------------------------------------------------

    def statement(self, body: Payload) -> Statement:
        """Sign a statement with this device and add it."""
        made = compose(body)
        self.signed(to_dsse(made, [sign(made, self.session.dk)]))
        return made

    def signed(self, raw: bytes) -> None:
        """Add a statement that was signed before, unchanged."""
        self._add("stm", raw)

    # --- envelopes ---------------------------------------------------------------------------

    def place(self, generation: Generation) -> Place:
        """Where the next envelope stands: the keys that every header begins with."""
        chain, (doc, g) = self.chain, generation
        return Place(
            c=self.state.case,
            e=self.state.epoch,
            d=doc,
            g=g,
            dev=self.session.certificate().sid,
            n=1 if chain is None else chain.n + 1,
            p=None if chain is None else chain.eid,
            f=self.base,
            t=self.now,
        )

    def seal(self, header: AnyHeader, text: Text) -> Eid:
        """Seal words under the key that the header names, and add the envelope.

        Raises BAD_BUNDLE or BAD_DOC_KEY when this device does not hold the key, FORBIDDEN for
        words that must not be written down.
        """
        if not isinstance(header, DkHeader):
            require_allowed(text)
        wire = envelope.seal(
            key=self._key(header),
            header=codec.encode(header),
            plaintext=plain_of(text),
            nonce=self.session.council.entropy(aead.NONCE_SIZE),
            signer=self.session.dk,
        )
        eid = Eid(self._add("env", wire))
        self.texts[eid] = text
        self.chain = ChainHead(n=header.n, eid=eid)
        return eid

    def _key(self, header: AnyHeader) -> bytes:
        if isinstance(header, DkHeader):
            epoch_key = self.epochs.get(header.e)
            if epoch_key is None:
                raise Refused(Code.BAD_BUNDLE)
            return wrap_key(epoch_key, case=header.c, n=header.e)
        return body_key(self.doc_key((header.d, header.g)), case=header.c, doc=header.d, g=header.g)

    def doc_key(self, generation: Generation) -> bytes:
        """D of a document generation; BAD_DOC_KEY when this device does not hold it."""
        found = self.docs.get(generation)
        if found is None:
            raise Refused(Code.BAD_DOC_KEY)
        return found

    # --- rows --------------------------------------------------------------------------------

    def _add(self, form: str, data: bytes) -> Hash:
        content = contents.parse_full(form, data)
        row_id = contents.row_id(content)
        self._fold(content, row_id)
        self.rows.append(RowIn(form="env" if form == "env" else "stm", bytes=Blob(data)))
        self.ids.append(row_id)
        self.contents[row_id] = content
        return row_id

    def _fold(self, content: Content, row_id: Hash) -> None:
        state, idn = self.state, self.session.council.log.size
        sg, seq = contents.commitment(self.state.directory, content), self.state.seq + 1
        fh = feed_hash(before=state.fh, seq=seq, row_id=row_id, sg=sg, idn=idn)
        row = Row(seq=seq, id=row_id, sg=sg, idn=idn, fh=fh)
        live = Live(now=self.now, author=self.session.me.did, present=self._everybody())
        fold(self.room, row, content, live=live)
        self.sgs.append(sg)

    def _everybody(self) -> frozenset[Wid]:
        """Who is present is the server's to know; here nobody is taken to be absent."""
        rows = self.state.roster.mem if self.state.current else ()
        return frozenset(row.wid for row in rows)

    # --- documents ---------------------------------------------------------------------------

    def newest(self, doc: DocId) -> Generation:
        """The newest generation of a document; UNKNOWN_ID."""
        return (doc, self.state.latest(doc).body.g)
