"""What the server signed: receipts and heads, and whether it keeps its word (sections 5.2a, 7)."""

import asyncio
from collections.abc import Sequence
from typing import Final

from audit import checkpoint as checkpoints
from audit import merkle
from audit.note import Verifier
from crypto.errors import Code, Refused
from protocol.codec import b64u
from protocol.ids import Digest, Hash, NetId
from protocol.payloads import Head, Receipt, Root
from protocol.statement import match, parse
from protocol.times import SECOND, Instant
from protocol.wire import Proof
from sdk.contents import LogPin, Unredeemed
from sdk.idlog import IdLog
from sdk.transport import Http

GRACE: Final = 60 * SECOND
"""How long an acknowledged thing may take to stand in its log."""


def verify_receipt(raw: bytes, *, root: Root, net: NetId) -> Receipt:
    """Check the server's signature on a receipt: BAD_SIG, WRONG_NET, UNKNOWN_TYPE."""
    body = _signed(raw, root=root, net=net)
    if not isinstance(body, Receipt):
        raise Refused(Code.UNKNOWN_TYPE)
    return body


def verify_head(raw: bytes, *, root: Root, net: NetId) -> Head:
    """Check the server's signature on a head: BAD_SIG, WRONG_NET, UNKNOWN_TYPE."""
    body = _signed(raw, root=root, net=net)
    if not isinstance(body, Head):
        raise Refused(Code.UNKNOWN_TYPE)
    return body


def _signed(raw: bytes, *, root: Root, net: NetId) -> object:
    statement = parse(raw)
    if not match(statement, root.srv):
        raise Refused(Code.BAD_SIG)
    if statement.body.net != net:
        raise Refused(Code.WRONG_NET)
    return statement.body


class OpsLog:
    """The other log, of which a client holds only its newest verified size and root."""

    def __init__(self, *, http: Http, pin: LogPin | None) -> None:
        """Go on from the pin."""
        self._http = http
        self.pin = pin
        self.checkpoint: bytes = b""
        self._growing = asyncio.Lock()

    async def sync(self, root: Root, now: Instant) -> LogPin:
        """Take the newest checkpoint, provided that it extends the last one.

        Raises:
            Refused: UNTRUSTED, BAD_SIG, ROLLBACK, BAD_PROOF, EQUIVOCATION.
        """
        # One after another: an answer that comes late must not be taken for a log that shrank.
        async with self._growing:
            return await self._sync(root, now)

    async def _sync(self, root: Root, now: Instant) -> LogPin:
        raw = await self._http.text("log/ops/checkpoint")
        verifiers = [Verifier.parse(vkey) for vkey in root.logs.ops.vkeys]
        signed = checkpoints.open_signed(raw, verifiers)
        if self.pin is not None:
            await self._require_grown(self.pin, signed)
        self.checkpoint = raw
        self.pin = LogPin(n=signed.size, r=Digest(Hash(signed.root)), at=int(now))
        return self.pin

    async def _require_grown(self, pin: LogPin, signed: checkpoints.Checkpoint) -> None:
        if signed.size < pin.n:
            raise Refused(Code.ROLLBACK, size=signed.size, known=pin.n)
        if signed.size == pin.n:
            if signed.root != pin.r:
                raise Refused(Code.EQUIVOCATION, why="ops")
            return
        query = {"from": str(pin.n), "to": str(signed.size)}
        proof = await self._http.get("log/ops/proof/consistency", Proof, query=query)
        try:
            merkle.verify_consistency(
                old_size=pin.n,
                old_root=pin.r,
                size=signed.size,
                root=signed.root,
                path=proof.hashes,
            )
        except Refused as error:
            raise Refused(Code.EQUIVOCATION, why="ops") from error

    async def require_included(self, leaf: bytes) -> int:
        """Prove that a leaf hash stands under the verified root; give its index.

        Raises:
            Refused: NOT_LOGGED while it does not; BAD_PROOF for a false proof.
        """
        pin = self.pin  # of one moment: it may grow while the proof is on its way
        if pin is None:
            raise Refused(Code.NOT_LOGGED)
        query = {"hash": b64u(leaf), "size": str(pin.n)}
        try:
            proof = await self._http.get("log/ops/proof/inclusion", Proof, query=query)
        except Refused as refusal:
            if refusal.code in {Code.UNKNOWN_ID, Code.NOT_LOGGED}:
                raise Refused(Code.NOT_LOGGED) from refusal
            raise
        if proof.index is None:
            raise Refused(Code.BAD_PROOF)
        merkle.verify_inclusion(
            leaf=leaf, index=proof.index, size=pin.n, path=proof.hashes, root=pin.r
        )
        return proof.index


async def redeem(
    waiting: Sequence[Unredeemed], *, log: IdLog, ops: OpsLog, net: NetId
) -> tuple[Unredeemed, ...]:
    """Look for the leaves of receipts in both verified logs; give those from the first missing on.

    Logs grow in order, so what comes after it is not asked for: while a log stands still, whoever
    waits asks once a round, however much she wrote.
    """
    for place, one in enumerate(waiting):
        receipt = verify_receipt(one.rcpt, root=log.root(), net=net)
        if not await _is_kept(receipt, log, ops):
            return tuple(waiting[place:])
    return ()


async def _is_kept(receipt: Receipt, log: IdLog, ops: OpsLog) -> bool:
    if receipt.idn > log.size or not all(log.holds(leaf) for leaf in receipt.leaves.id):
        return False
    try:
        for leaf in receipt.leaves.ops:
            await ops.require_included(leaf)
    except Refused as refusal:
        if refusal.code is not Code.NOT_LOGGED:
            raise
        return False
    return True


def is_overdue(waiting: Sequence[Unredeemed], now: Instant) -> bool:
    """Tell whether a receipt is older than 60 s and its leaves are still missing: NOT_LOGGED."""
    return any(now - one.at > GRACE for one in waiting)
