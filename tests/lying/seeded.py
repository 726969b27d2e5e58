"""Planted faults: each takes one real check away, and the machine has to notice.

The last three are faults that the machine found in the clients; they are kept as they were.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from audit import merkle
from audit.checkpoint import Checkpoint
from conference import fold as folding
from conference import fold_contents
from conference.content import Content
from conference.fold import Live, Room
from crypto.errors import Code, Refused
from crypto.sealing import SealingKey
from protocol import bundle, envelope, roster
from protocol import certificates as certs
from protocol.codec import b64u
from protocol.feed import Row, feed_hash
from protocol.ids import Digest
from protocol.room import RoomState
from protocol.wire import Frame, NameRow, SealingKeys
from sdk import council, feed, idlog, opening, reader, room, stray, writer

Patch = tuple[object, str, Callable[..., object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """A check that is not made; `says` is what such code would have got wrong."""

    name: str
    says: str
    patches: Sequence[Patch]
    lean: Sequence[str] = ()  # what a walk that looks for it does more often


def _nothing(*_: object, **__: object) -> None:
    """Check nothing."""


def _yes(*_: object, **__: object) -> bool:
    return True


def _no(*_: object, **__: object) -> bool:
    return False


def _careless(
    folded: Room, row: Row, content: Content | None, *, live: Live | None = None
) -> Code | None:
    """Believe the hash that came with a row."""
    before = folded.state.fh
    fh = feed_hash(before=before, seq=row.seq, row_id=row.id, sg=row.sg, idn=row.idn)
    true = Row(seq=row.seq, id=row.id, sg=row.sg, idn=row.idn, fh=fh)
    code = folding.fold(folded, true, content, live=live)
    folded.state.fhs[-1] = row.fh
    return code


def _same_log(self: idlog.IdLog, signed: Checkpoint, new: Sequence[bytes]) -> None:
    """Look at the checkpoint alone, and not at what was pinned."""
    hashes = [*map(merkle.leaf_hash, self.leaves), *new]
    if merkle.root(hashes) != signed.root:
        raise Refused(Code.EQUIVOCATION, why="root")


async def _any_keys(self: council.Council, hashes: set[Digest]) -> dict[Digest, bytes]:
    """Take the keys in the order in which they were asked for."""
    query = [("h", b64u(each)) for each in sorted(hashes)]
    answer = await self.http.get("eks", SealingKeys, query=query)
    return {each: bytes(ek) for each, ek in zip(sorted(hashes), answer.eks, strict=True)}


def _any_name(_self: council.Council, row: NameRow) -> str:
    return row.name


def _any_bundle(_state: object, _entry: object, data: bytes) -> bundle.Bundle:
    return bundle.parse(data)


def _any_entry(
    entry: bundle.Entry, *, epoch: bundle.Epoch, key: SealingKey, kc: object, held: object
) -> bytes:
    del kc, held
    return key.open(entry.ct, info=bundle.info(epoch, sid=entry.sid, eg=entry.eg))


async def _fold_on(self: reader.Reader, frame: Frame) -> None:
    """As it was: a row that names another past was kept, and nothing else happened."""
    try:
        self.feed.take(frame)
    except Refused as refusal:
        await self.halt(refusal)
        raise


def _bug(name: str, says: str, *patches: Patch, lean: str = "") -> Bug:
    """One fault; `lean` names deeds, parted by blanks."""
    return Bug(name=name, says=says, patches=patches, lean=tuple(lean.split()))


BUGS: Final = {
    bug.name: bug
    for bug in (
        _bug(
            "feed-hash",
            "the hash of a row is believed, not computed",
            (feed, "fold", _careless),
        ),
        _bug(
            "log-rollback",
            "an identity log that is shorter than the pinned one is taken",
            (idlog.IdLog, "_require_same_log", _same_log),
            lean="roll_back_log restart",
        ),
        _bug(
            "room-rollback",
            "a room that is shorter than the pinned one is taken",
            (room.Room, "require_pins", _nothing),
            (room.Room, "_goes_on", _yes),
        ),
        _bug(
            "sealing-keys",
            "sealing keys are not compared with the hash in the certificate",
            (council.Council, "sealing_keys", _any_keys),
            lean="own_keys share",
        ),
        _bug(
            "bundle",
            "a bundle that its roster does not commit to is opened",
            (roster, "require_bundle", _any_bundle),
            (bundle, "open_entry", _any_entry),
            (stray, "require_epoch_key", _nothing),
            (opening, "require_epoch_key", _nothing),
            lean="own_bundle remove hear share",
        ),
        _bug("revocation", "a revoked certificate counts", (certs.Chain, "ended", _no)),
        _bug(
            "signature",
            "the author's signature on an envelope is not verified",
            (envelope, "check_signature", _nothing),
        ),
        _bug(
            "past",
            "the row that an author had seen last is not compared",
            (RoomState, "require_feed_point", _nothing),
            lean="misplace hear",
        ),
        _bug(
            "log-head",
            "the log head that a roster, grant or meet names is not compared",
            (RoomState, "require_log_head", _nothing),
            lean="usurp look",
        ),
        _bug(
            "replay",
            "a signed thing counts as often as it is shown",
            (folding, "_require_new", _nothing),
            lean="replay look",
        ),
        _bug(
            "chain",
            "gaps in an author's chain are not seen",
            (fold_contents, "_require_chain", _nothing),
            lean="misplace look",
        ),
        _bug(
            "rotation",
            "whoever rotates chooses the members",
            (roster, "_require_computed", _nothing),
        ),
        _bug(
            "heads",
            "heads and receipts are not compared with rows",
            (feed.Feed, "_require_heads", _nothing),
            (feed, "_contradict", _no),
        ),
        _bug(
            "hidden-roster",
            "a roster that was kept back is not missed when rows under it come",
            (Room, "heed_epoch", _nothing),
            lean="withhold_roster remove look note",
        ),
        _bug(
            "names",
            "a name is not compared with the one that was certified",
            (council.Council, "_checked", _any_name),
            lean="own_names names",
        ),
        _bug(
            "pins-go-back",
            "after a refused rollback the pins were moved back to it",
            (room.Room, "_goes_on", _yes),
        ),
        _bug(
            "other-past-goes-on",
            "a row that names another past did not halt the room",
            (reader.Reader, "fold", _fold_on),
        ),
        _bug(
            "sent-after-a-removal",
            "bytes sealed before a removal were sent again after it",
            (writer.Writer, "_is_overtaken", _no),
            lean="deaf note remove look",
        ),
        _bug(
            "receipt-goes-on",
            "a receipt that contradicts the rows did not halt the room",
            (writer.Writer, "_settle", vars(writer.Writer)["_settled"]),
        ),
    )
}


@contextmanager
def planted(name: str | None) -> Generator[None]:
    """Run with a fault in place; None for the code as it is."""
    patches: Sequence[Patch] = () if name is None else BUGS[name].patches
    kept = [(owner, attribute, vars(owner)[attribute]) for owner, attribute, _ in patches]
    for owner, attribute, instead in patches:
        setattr(owner, attribute, instead)
    try:
        yield
    finally:
        for owner, attribute, real in kept:
            setattr(owner, attribute, real)
