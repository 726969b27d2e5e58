"""One council as any client meets it: its identity log, submissions, and what waits."""

import asyncio
from collections.abc import Iterable
from typing import Final

from crypto.entropy import Entropy
from crypto.errors import Code, Refused
from crypto.signing import SigningKey
from protocol import admission
from protocol.codec import b64u
from protocol.derived import ek_hash
from protocol.ids import Blob, Digest, Id, InvId, NetId, Nonce, Sid, Wid
from protocol.keys import name_commitment
from protocol.payloads import Receipt, Root
from protocol.requests import name_message
from protocol.shapes import UNSET, Unset
from protocol.statement import Signature, Statement, parse, to_dsse
from protocol.times import SECOND, Instant
from protocol.wire import (
    Admit,
    NameBeside,
    NameRow,
    Names,
    Pend,
    Pending,
    Receipted,
    SealingKeys,
)
from sdk.clock import Clock
from sdk.contents import LogPin
from sdk.idlog import IdLog
from sdk.receipts import verify_receipt
from sdk.transport import Http

PATIENCE: Final = 60 * SECOND
_STEP: Final = 0.05  # seconds between two looks


def net_header(net: NetId) -> dict[str, str]:
    """Whoever knows the fingerprint may replicate the log."""
    return {"Entaku-Net": b64u(net)}


def invite_header(inv: InvId) -> dict[str, str]:
    """So may whoever holds a live invitation."""
    return {"Entaku-Invite": inv.hex()}


class Council:
    """The parts that enrolment, administration and rooms all use."""

    def __init__(
        self,
        *,
        http: Http,
        clock: Clock,
        entropy: Entropy,
        net: NetId | None,
        pin: LogPin | None = None,
    ) -> None:
        """`net` is None only where the fingerprint is still to be learned."""
        self.http: Final = http
        self.clock: Final = clock
        self.entropy: Final = entropy
        self.log: Final = IdLog(http=http, net=net, pin=pin)

    # --- what every statement carries --------------------------------------------------------

    @property
    def net(self) -> NetId:
        """The council's fingerprint; UNTRUSTED before the first sync."""
        if self.log.net is None:
            raise Refused(Code.UNTRUSTED)
        return self.log.net

    def nonce(self) -> Nonce:
        """Draw 16 bytes."""
        return Nonce(Id(self.entropy(Id.SIZE)))

    def iat(self) -> Instant:
        """The time to claim."""
        return self.clock.now()

    def root(self) -> Root:
        """The newest root."""
        return self.log.root()

    # --- the identity log --------------------------------------------------------------------

    async def sync(self) -> bool:
        """Bring the replica up to date."""
        return await self.log.sync(self.clock.now())

    async def _sync_young(self) -> bool:
        """Sync; a council whose root is not yet checkpointed knows no fingerprint."""
        try:
            return await self.sync()
        except Refused as refusal:
            if refusal.code is not Code.FORBIDDEN or self.log.size:
                raise
            return False

    async def until_logged(self, sid: Sid) -> int:
        """Wait until a statement stands in the verified log; give its leaf index.

        Raises:
            Refused: NOT_LOGGED after 60 s, or the rule that it breaks.
        """
        deadline = self.clock.now().plus(PATIENCE)
        while sid not in self.log.directory.statements:
            if self.clock.now() > deadline:
                raise Refused(Code.NOT_LOGGED)
            if not await self._sync_young():
                await asyncio.sleep(_STEP)
        return self.log.require_valid(sid)

    # --- submissions -------------------------------------------------------------------------

    async def admit(
        self,
        statement: Statement,
        *signatures: Signature,
        ek: bytes | None = None,
        name: NameBeside | Unset = UNSET,
    ) -> Receipt:
        """Put a complete statement into the identity log, after judging it as the server will.

        Raises:
            Refused: the rule it breaks, or the server's refusal; EQUIVOCATION for a receipt
                that speaks of something else.
        """
        raw = to_dsse(statement, signatures)
        admission.verify(self.log.directory, parse(raw), self.log.size)
        beside = UNSET if ek is None else Blob(ek)
        body = Admit(statement=Blob(raw), ek=beside, name=name)
        answer = await self.http.post("admit", body, Receipted)
        root = statement.body if isinstance(statement.body, Root) else self.root()
        net = NetId(statement.sid) if self.log.net is None else self.net
        receipt = verify_receipt(answer.rcpt, root=root, net=net)
        if tuple(bytes(each) for each in receipt.ids) != (bytes(statement.sid),):
            raise Refused(Code.EQUIVOCATION, why="receipt")
        return receipt

    async def admit_logged(
        self,
        statement: Statement,
        *signatures: Signature,
        ek: bytes | None = None,
        name: NameBeside | Unset = UNSET,
    ) -> int:
        """Admit, then wait for the leaf."""
        await self.admit(statement, *signatures, ek=ek, name=name)
        return await self.until_logged(statement.sid)

    async def pend(
        self,
        key: bytes,
        statement: Statement,
        *signatures: Signature,
        mac: Digest | Unset = UNSET,
        name: NameBeside | Unset = UNSET,
    ) -> None:
        """Leave something incomplete for whom it waits."""
        raw = to_dsse(statement, signatures)
        await self.http.done("pend", Pend(key=Blob(key), statement=Blob(raw), mac=mac, name=name))

    async def pending(self, key: bytes, *, person: SigningKey | None = None) -> Pending | None:
        """Look for what waits under a key; the name beside a certificate is for its `person`."""
        query: list[tuple[str, str]] = []
        if person is not None:
            query = [("sig", b64u(person.sign(name_message(net=self.net, key=key))))]
        try:
            return await self.http.get(f"pend/{b64u(key)}", Pending, query=query)
        except Refused as refusal:
            if refusal.code is not Code.UNKNOWN_ID:
                raise
            return None

    async def wait_for(
        self, key: bytes, *, patience: int = PATIENCE, person: SigningKey | None = None
    ) -> Pending:
        """Look until something waits under a key; UNKNOWN_ID after `patience` ms."""
        deadline = self.clock.now().plus(patience)
        while (found := await self.pending(key, person=person)) is None:
            if self.clock.now() > deadline:
                raise Refused(Code.UNKNOWN_ID)
            await asyncio.sleep(_STEP)
        return found

    # --- sealing keys ------------------------------------------------------------------------

    async def sealing_keys(self, hashes: set[Digest]) -> dict[Digest, bytes]:
        """Fetch sealing keys by their hashes; UNKNOWN_ID unless all of them come."""
        query = [("h", b64u(each)) for each in sorted(hashes)]
        answer = await self.http.get("eks", SealingKeys, query=query)
        found: dict[Digest, bytes] = {ek_hash(ek): ek for ek in answer.eks}
        if not hashes <= found.keys():
            raise Refused(Code.UNKNOWN_ID)
        return {each: found[each] for each in hashes}

    # --- names -------------------------------------------------------------------------------

    async def names(self, wids: Iterable[Wid]) -> dict[Wid, str]:
        """Fetch the names of people one shares a room with; false ones are refused.

        Raises BAD_COMMITMENT for a name that is not the one a certificate commits to.
        """
        query = [("w", wid.hex()) for wid in sorted(wids)]
        answer = await self.http.get("names", Names, query=query) if query else Names(names=())
        return {row.wid: self._checked(row) for row in answer.names}

    def _checked(self, row: NameRow) -> str:
        chain = self.log.directory.workers.get(row.wid)
        committed = {cert.body.nh for cert in chain.versions} if chain else set[Digest]()
        if name_commitment(row.salt, name=row.name) not in committed:
            raise Refused(Code.BAD_COMMITMENT, field="name")
        return row.name
