"""What a server signed, and the log in which it has to stand; each check by itself."""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from audit import merkle
from crypto.errors import Code, Refused
from crypto.signing import SigningKey
from protocol.ids import Blob, Digest, Hash, NetId
from protocol.payloads import Head, LeafHashes, Receipt, Root
from protocol.statement import to_dsse
from protocol.times import SECOND
from protocol.wire import Proof
from sdk import receipts
from sdk.contents import LogPin, Unredeemed
from sdk.idlog import IdLog
from sdk.receipts import OpsLog
from sdk.transport import A, Query
from tests.rules.answers import Answer, Answers
from tests.rules.ops_log import Town, checkpoint_of
from tests.world import hash32, signing_key

LEAVES = [merkle.leaf_hash(bytes([n])) for n in range(4)]
CHECKPOINT = "log/ops/checkpoint"
GROWTH = "log/ops/proof/consistency"
INCLUSION = "log/ops/proof/inclusion"


class Signing(Town):
    """The same, and what its server signs."""

    def receipt(self, *, by: SigningKey | None = None, ops: tuple[bytes, ...] = ()) -> bytes:
        """A receipt for nothing, with leaves in `ops`."""
        base = self.base()
        leaves = LeafHashes(id=(), ops=tuple(Digest(Hash(each)) for each in ops))
        body = Receipt(
            net=base.net,
            nce=base.nce,
            iat=base.iat,
            case=None,
            seq=None,
            ids=(),
            fh=None,
            idn=0,
            leaves=leaves,
        )
        made = self.sign(body, by or self.srv_key)
        return to_dsse(made, self.claimed(made))

    def head_of_log(self) -> bytes:
        """A head of the identity log alone."""
        base = self.base()
        made = self.sign(
            Head(net=base.net, nce=base.nce, iat=base.iat, case=None, seq=None, fh=None, idn=1),
            self.srv_key,
        )
        return to_dsse(made, self.claimed(made))

    @property
    def newest(self) -> Root:
        """The root that names the server's keys."""
        return self.directory.root(self.size)


@pytest.fixture
def town() -> Signing:
    """A council of one leaf."""
    return Signing()


def signed(size: int, *, other: bool = False) -> bytes:
    """A checkpoint over the first leaves, or over others."""
    root = hash32("other") if other else merkle.root(LEAVES[:size])
    return checkpoint_of(size, root)


def pin(n: int) -> LogPin:
    """What a client remembers."""
    return LogPin(n=n, r=Digest(Hash(merkle.root(LEAVES[:n]))), at=0)


def proof(*hashes: bytes, index: int | None = None) -> Proof:
    """A proof of these hashes."""
    return Proof(index=index, size=4, hashes=tuple(Digest(Hash(each)) for each in hashes))


def read(call: object, raw: bytes, town: Signing, net: NetId | None = None) -> Code | None:
    """The code with which a signed word is refused."""
    assert callable(call)
    try:
        call(raw, root=town.newest, net=net or town.net)
    except Refused as refused:
        return refused.code
    return None


def test_a_receipt_and_a_head_are_the_server_s_own(town: Signing) -> None:
    """Type, signature and network, each by itself."""
    receipt, head = town.receipt(), town.head_of_log()

    assert read(receipts.verify_receipt, receipt, town) is None
    assert read(receipts.verify_head, head, town) is None
    assert read(receipts.verify_receipt, head, town) is Code.UNKNOWN_TYPE
    assert read(receipts.verify_head, receipt, town) is Code.UNKNOWN_TYPE
    stranger = town.receipt(by=signing_key("stranger"))
    assert read(receipts.verify_receipt, stranger, town) is Code.BAD_SIG
    other = NetId(hash32("another net"))
    assert read(receipts.verify_receipt, receipt, town, other) is Code.WRONG_NET


@pytest.mark.parametrize(
    ("held", "served", "growth", "code"),
    [
        (None, signed(2), proof(), None),
        (2, signed(2), proof(), None),
        (2, signed(4), proof(merkle.root(LEAVES[2:])), None),
        (3, signed(2), proof(), Code.ROLLBACK),
        (2, signed(2, other=True), proof(), Code.EQUIVOCATION),
        (2, signed(4), proof(hash32("x")), Code.EQUIVOCATION),
        (2, signed(4, other=True), proof(merkle.root(LEAVES[2:])), Code.EQUIVOCATION),
    ],
    ids=["first", "same", "grown", "shrunk", "same size", "no proof", "another past"],
)
async def test_the_other_log_only_grows(
    town: Signing, held: int | None, served: bytes, growth: Proof, code: Code | None
) -> None:
    """A checkpoint that does not extend the last one is a contradiction, and nothing is pinned."""
    before = None if held is None else pin(held)
    ops = OpsLog(http=Answers({CHECKPOINT: [served], GROWTH: [growth]}), pin=before)

    found = None
    try:
        await ops.sync(town.newest, town.t)
    except Refused as refused:
        found = refused.code

    assert found is code
    assert (ops.checkpoint == served) is (code is None)


class Slow(Answers):
    """The same; what is looked for is found only after the log has grown."""

    async def get(
        self,
        path: str,
        kind: type[A],
        *,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> A:
        """Answer a question, one for a place a while later."""
        for _ in range(50 if path == INCLUSION else 0):
            await asyncio.sleep(0)
        return await super().get(path, kind, query=query, headers=headers)


class Late(Answers):
    """The same; what was asked for first is answered last."""

    files = 0

    async def text(self, path: str, *, headers: Mapping[str, str] | None = None) -> bytes:
        """Answer with a file, the first one a while later."""
        self.files += 1
        is_first = self.files == 1
        found = await super().text(path, headers=headers)
        for _ in range(50 if is_first else 0):
            await asyncio.sleep(0)
        return found


async def test_a_late_answer_is_no_log_that_shrank(town: Signing) -> None:
    """Whoever looks twice at once looks one after the other, and the pin never goes back."""
    growth = proof(merkle.root(LEAVES[2:]))
    http = Late({CHECKPOINT: [signed(2), signed(4)], GROWTH: [growth]})
    ops = OpsLog(http=http, pin=None)

    first, second = await asyncio.gather(*(ops.sync(town.newest, town.t) for _ in range(2)))

    assert (first.n, second.n) == (2, 4)
    assert ops.pin == second


async def test_a_proof_is_of_the_size_that_was_asked_for(town: Signing) -> None:
    """The log grows while it is on its way: no false proof of an honest server."""
    answers: dict[str, list[Answer]] = {
        INCLUSION: [proof(LEAVES[0], index=1)],
        CHECKPOINT: [signed(4)],
        GROWTH: [proof(merkle.root(LEAVES[2:]))],
    }
    ops = OpsLog(http=Slow(answers), pin=pin(2))

    index, _ = await asyncio.gather(ops.require_included(LEAVES[1]), ops.sync(town.newest, town.t))

    assert index == 1
    assert ops.pin is not None
    assert ops.pin.n == 4


@pytest.mark.parametrize(
    ("held", "answer", "code"),
    [
        (2, proof(LEAVES[0], index=1), None),
        (None, proof(LEAVES[0], index=1), Code.NOT_LOGGED),
        (2, Code.UNKNOWN_ID, Code.NOT_LOGGED),
        (2, Code.NOT_LOGGED, Code.NOT_LOGGED),
        (2, Code.FORBIDDEN, Code.FORBIDDEN),
        (2, proof(LEAVES[0]), Code.BAD_PROOF),
        (2, proof(LEAVES[2], index=1), Code.BAD_PROOF),
    ],
    ids=["there", "no log", "unknown", "not logged", "forbidden", "no index", "false"],
)
async def test_a_leaf_stands_in_the_other_log_by_proof(
    held: int | None, answer: Answer, code: Code | None
) -> None:
    """What is not there yet is told apart from what is proved falsely."""
    ops = OpsLog(http=Answers({INCLUSION: [answer]}), pin=None if held is None else pin(held))

    found = None
    try:
        assert await ops.require_included(LEAVES[1]) == 1
    except Refused as refused:
        found = refused.code

    assert found is code


@pytest.mark.parametrize(
    ("answer", "left", "code"),
    [
        (proof(LEAVES[0], index=1), 0, None),
        (Code.NOT_LOGGED, 1, None),
        (proof(LEAVES[2], index=1), 1, Code.BAD_PROOF),
    ],
    ids=["kept", "not yet", "false"],
)
async def test_a_promise_is_kept_open_or_broken(
    town: Signing, answer: Answer, left: int, code: Code | None
) -> None:
    """A false proof is not taken for one that is still to come."""
    http = Answers({INCLUSION: [answer]})
    held: Any = SimpleNamespace(root=lambda: town.newest, size=town.size)
    log = cast("IdLog", held)
    waiting = [Unredeemed(at=0, rcpt=Blob(town.receipt(ops=(LEAVES[1],))))]

    found, missing = None, 1
    try:
        missing = len(
            await receipts.redeem(waiting, log=log, ops=OpsLog(http=http, pin=pin(2)), net=town.net)
        )
    except Refused as refused:
        found = refused.code

    assert (found, missing) == (code, left)


async def test_while_a_log_stands_still_one_question_a_round_is_asked(town: Signing) -> None:
    """What was promised after the first missing leaf waits with it; nothing before it does."""
    http = Answers({INCLUSION: [proof(LEAVES[0], index=1), Code.NOT_LOGGED]})
    held: Any = SimpleNamespace(root=lambda: town.newest, size=town.size)
    waiting = [Unredeemed(at=at, rcpt=Blob(town.receipt(ops=(LEAVES[1],)))) for at in range(10)]

    left = await receipts.redeem(
        waiting, log=cast("IdLog", held), ops=OpsLog(http=http, pin=pin(2)), net=town.net
    )

    assert left == tuple(waiting[1:])
    assert http.asked == 2


def test_a_promise_has_sixty_seconds(town: Signing) -> None:
    """Then its leaves must have been found."""
    one = Unredeemed(at=town.t, rcpt=Blob(b""))

    assert not receipts.is_overdue([one], town.t.plus(60 * SECOND))
    assert receipts.is_overdue([one], town.t.plus(60 * SECOND + 1))
    assert not receipts.is_overdue([], town.t.plus(61 * SECOND))
