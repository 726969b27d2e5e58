"""What a server can do with what it holds: drop, delay, replay, reorder, fork, roll back, swap.

What is shown of a history lasts until `well`, a bent answer is bent once. The server signs
whatever it likes with its own keys, and feed hashes add up wherever it inserts a row.
"""

from typing import Final

from msgspec.structs import replace

from crypto.errors import Code, Refused
from protocol import bundle, codec
from protocol.derived import device_id, ek_hash
from protocol.ids import Blob, Digest, Wid
from protocol.payloads import Device, Roster
from protocol.shapes import Closed
from protocol.statement import Statement, compose, parse, sign, to_dsse
from protocol.wire import (
    BlobOut,
    Challenged,
    Frame,
    LogPage,
    Names,
    Push,
    Receipted,
    Rows,
    SealingKeys,
    Served,
    Subbed,
)
from tests.lying import traitor
from tests.lying.arena import Arena, act, pick
from tests.lying.line import Line
from tests.lying.server import Bend
from tests.lying.town import sealing_key
from tests.world import hash32, public, signing_key

GHOST: Final = "ghost"


def nothing() -> None:
    """There is nothing to lie about yet."""
    raise Refused(Code.UNKNOWN_ID)


# --- moods -----------------------------------------------------------------------------------


@act
async def well(arena: Arena, who: str, _k: int) -> None:
    """Be honest again to somebody, whichever history she is told."""
    mood = arena.server.moods[who]
    mood.rows = mood.leaves = None
    mood.deaf = mood.mute = 0
    mood.bends.clear()


@act
async def deaf(arena: Arena, who: str, k: int) -> None:
    """Some of what she sends does not arrive."""
    arena.server.moods[who].deaf = 1 + k % 7


@act
async def mute(arena: Arena, who: str, k: int) -> None:
    """What she sends arrives, and some answers do not come back."""
    arena.server.moods[who].mute = 1 + k % 7


@act
async def freeze(arena: Arena, who: str, _k: int) -> None:
    """From now on she is shown no row and no leaf more."""
    mood = arena.server.moods[who]
    mood.rows, mood.leaves = arena.server.seen(who), arena.line(who).ledger.size


@act
async def roll_back(arena: Arena, who: str, k: int) -> None:
    """She is shown the room as it was some rows ago."""
    arena.server.moods[who].rows = max(1, arena.server.seen(who) - 1 - k % 6)


@act
async def roll_back_log(arena: Arena, who: str, k: int) -> None:
    """She is shown the identity log as it was some leaves ago."""
    arena.server.moods[who].leaves = max(1, arena.line(who).ledger.size - 1 - k % 3)


# --- pushes ----------------------------------------------------------------------------------


@act
async def lose(arena: Arena, who: str, _k: int) -> None:
    """The next thing for her is lost."""
    if arena.server.moods[who].queue:
        arena.server.moods[who].queue.popleft()


@act
async def swap(arena: Arena, who: str, _k: int) -> None:
    """The next thing comes last."""
    if arena.server.moods[who].queue:
        arena.server.moods[who].queue.rotate(-1)


@act
async def again(arena: Arena, who: str, k: int) -> None:
    """An old row is pushed once more."""
    line = arena.line(who)
    seen = arena.server.seen(who)
    stored = line.rows[max(0, seen - 1 - k % 8)]
    frame = arena.server.frame(who, stored, pushed=True)
    push = Push(case=arena.start.case, frames=(frame,))
    arena.server.moods[who].queue.append(("push", codec.encode(push)))


@act
async def old_head(arena: Arena, who: str, k: int) -> None:
    """The server signs anew what was true some rows ago."""
    line = arena.line(who)
    seq = max(1, arena.server.seen(who) - k % 5)
    arena.server.push_head(who, arena.server.head(line, seq, idn=line.idn(seq)))


@act
async def false_head(arena: Arena, who: str, k: int) -> None:
    """The server signs a row that is none."""
    line = arena.line(who)
    seq = max(1, arena.server.seen(who) - k % 4)
    arena.server.push_head(who, arena.server.head(line, seq, fh=hash32(f"none {k}")))


# --- histories -------------------------------------------------------------------------------


@act
async def fork(arena: Arena, who: str, k: int) -> None:
    """From now on she is told another history, with the same beginning."""
    line = arena.line(who)
    rows = max(arena.server.seen(who) - k % 3, len(arena.start.rows))
    arena.server.lines.append(line.fork(rows=rows, leaves=line.ledger.size))
    arena.server.moods[who].line = len(arena.server.lines) - 1


@act
async def fork_log(arena: Arena, who: str, k: int) -> None:
    """She is told a history whose identity log lacks its last leaves and goes on otherwise."""
    line = arena.line(who)
    leaves = max(line.ledger.size - 1 - k % 2, len(arena.start.leaves))
    rows = sum(1 for each in line.rows if each.row.idn <= leaves)
    made = line.fork(rows=rows, leaves=leaves)
    for _ in range(1 + k % 3):
        made.ledger.beat(arena.now())
    arena.server.lines.append(made)
    arena.server.moods[who].line = len(arena.server.lines) - 1


@act
async def cross(arena: Arena, who: str, k: int) -> None:
    """She is shown a row of another history as the next of hers."""
    line = arena.line(who)
    others = [other for other in arena.server.lines if other is not line]
    held = line.room.state.ids
    rows = [row for other in others for row in other.rows if row.row.id not in held]
    if not rows:
        nothing()
    stored = rows[k % len(rows)]
    arena.insert(line, stored.form, stored.data)


@act
async def replay(arena: Arena, who: str, k: int) -> None:
    """A row is committed once more."""
    line = arena.line(who)
    far = len(line.rows) if k % 2 else min(8, len(line.rows))
    stored = line.rows[-1 - k % far]
    arena.insert(line, stored.form, stored.data)


@act
async def skip(arena: Arena, who: str, k: int) -> None:
    """She is told a history in which one of the last rows never was, and those after it were."""
    line = arena.line(who)
    at = len(line.rows) - 1 - k % 4
    if at < len(arena.start.rows):
        nothing()
    made = line.fork(rows=at, leaves=line.ledger.size)
    for stored in line.rows[at + 1 :]:
        made.force(stored.form, stored.data)
    arena.server.lines.append(made)
    arena.server.moods[who].line = len(arena.server.lines) - 1


# --- answers that are bent -------------------------------------------------------------------


def bend_frames(arena: Arena, who: str, change: Bend) -> None:
    """Bend every frame that she gets."""

    def bent(frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
        return tuple(made for each in frames if isinstance(made := change(each), Frame))

    def rows(answer: Closed) -> Closed:
        assert isinstance(answer, Rows | Subbed | Served)
        return replace(answer, frames=bent(answer.frames))

    for kind in (Rows, Subbed, Served):
        arena.server.moods[who].bends[kind] = rows


@act
async def withhold_row(arena: Arena, who: str, k: int) -> None:
    """Of one of the last rows she is shown the place alone."""
    seq = max(1, len(arena.line(who).rows) - k % 4)

    def hidden(frame: Closed) -> Closed:
        assert isinstance(frame, Frame)
        return replace(frame, view="skel", bytes=None) if frame.seq == seq else frame

    bend_frames(arena, who, hidden)


@act
async def withhold_roster(arena: Arena, who: str, _k: int) -> None:
    """Of the newest roster she is shown the place alone, when she asks or is told next."""
    seq = arena.line(who).room.state.rosters[-1].seq

    def hidden(frame: Closed) -> Closed:
        assert isinstance(frame, Frame)
        return replace(frame, view="skel", bytes=None) if frame.seq == seq else frame

    arena.server.moods[who].queue.clear()
    bend_frames(arena, who, hidden)


@act
async def swap_bytes(arena: Arena, who: str, k: int) -> None:
    """One row comes with the bytes of another, under its own id or under the other's."""
    line = arena.line(who)
    seq = len(line.rows) - k % 3
    other = arena.server.frame(who, line.rows[max(0, seq - 2)], pushed=True)

    def swapped(frame: Closed) -> Closed:
        assert isinstance(frame, Frame)
        if frame.seq != seq:
            return frame
        bent = replace(frame, bytes=other.bytes, form=other.form, view=other.view)
        return replace(bent, id=other.id, sg=other.sg) if k % 2 else bent

    bend_frames(arena, who, swapped)


@act
async def another_row(arena: Arena, who: str, k: int) -> None:
    """She gets a row that mallory wrote in the place of a real one, with the real one's hash."""
    line = arena.line(who)
    twin = line.fork(rows=len(line.rows) - 1, leaves=line.ledger.size)
    data = await traitor.words(arena, twin, k)
    stored = twin.force("env", data)
    seq = stored.row.seq

    def instead(frame: Closed) -> Closed:
        assert isinstance(frame, Frame)
        if frame.seq != seq:
            return frame
        row = stored.row
        whole = replace(frame, id=row.id, sg=row.sg, form="env", view="full")
        return replace(whole, bytes=Blob(stored.data))

    bend_frames(arena, who, instead)


@act
async def own_bundle(arena: Arena, who: str, _k: int) -> None:
    """The bundle she asks for holds a key that the server knows."""
    key = arena.draw(32)
    net, line, sid = arena.server.net, arena.line(who), arena.people[who].staff.dev.sid
    rosters = {bytes(e.body.bun): e.body for e in line.room.state.rosters}

    def forged(answer: Closed) -> Closed:
        assert isinstance(answer, Served)
        return replace(answer, bundles=tuple(map(instead, answer.bundles)))

    def instead(real: BlobOut) -> BlobOut:
        body = rosters.get(bytes(real.h)) or _roster_of(arena.line(who), bytes(real.h))
        if body is None:
            return real
        parsed = bundle.parse(bytes(real.bytes))
        place = bundle.Epoch(net=net, case=body.case, n=body.n, prev=body.prev)
        entries = [
            bundle.seal_epoch_key(key, epoch=place, sid=e.sid, eg=e.eg, ek=sealing_key(who).public)
            if e.sid == sid
            else e
            for e in parsed.entries
        ]
        arena.truth.knowers["server"].hold({body.n: key}, {})
        data = bundle.encode(case=body.case, n=body.n, entries=entries)
        return BlobOut(h=real.h, bytes=Blob(data))

    arena.server.moods[who].bends[Served] = forged


def _roster_of(line: Line, bun: bytes) -> Roster | None:
    bodies = (entry.body for entry in line.room.state.rosters)
    return next((body for body in bodies if bytes(body.bun) == bun), None)


@act
async def own_keys(arena: Arena, who: str, k: int) -> None:
    """Whoever's sealing key she asks for, she gets the server's, or a stranger's."""
    ek = Blob(sealing_key(pick(k, ("server", "stranger", "eve"))).public)

    def forged(answer: Closed) -> Closed:
        assert isinstance(answer, SealingKeys)
        return SealingKeys(eks=tuple(ek for _ in answer.eks))

    arena.server.moods[who].bends[SealingKeys] = forged


@act
async def own_names(arena: Arena, who: str, _k: int) -> None:
    """People change their names."""

    def forged(answer: Closed) -> Closed:
        assert isinstance(answer, Names)
        named = [row.name for row in answer.names]
        turned = zip(answer.names, [*named[1:], *named[:1]], strict=True)
        return Names(names=tuple(replace(row, name=name) for row, name in turned))

    arena.server.moods[who].bends[Names] = forged


@act
async def false_receipt(arena: Arena, who: str, k: int) -> None:
    """What she posts is acknowledged as something else, elsewhere, or as what it is not."""

    def forged(answer: Closed) -> Closed:
        assert isinstance(answer, Receipted)
        body = parse(bytes(answer.rcpt)).body
        changes = (
            {"ids": (Digest(hash32("another")),)},
            {"fh": hash32("another")},
            {"seq": (getattr(body, "seq", 0) or 1) - 1},
            {"case": None},
        )[k % 4]
        return Receipted(rcpt=arena.server.signed(replace(body, **changes)))

    arena.server.moods[who].bends[Receipted] = forged


@act
async def wrong_time(arena: Arena, who: str, k: int) -> None:
    """The server's clock is somewhere else when she signs in."""
    shift = (1, -1, 30, -30)[k % 4] * 3_600_000

    def forged(answer: Closed) -> Closed:
        assert isinstance(answer, Challenged)
        return replace(answer, time=answer.time + shift)

    arena.server.moods[who].bends[Challenged] = forged


# --- the identity log ------------------------------------------------------------------------


@act
async def withhold_statements(arena: Arena, who: str, _k: int) -> None:
    """New leaves come without the statements behind them."""

    def hidden(answer: Closed) -> Closed:
        assert isinstance(answer, LogPage)
        return replace(answer, statements=tuple(None for _ in answer.statements))

    arena.server.moods[who].bends[LogPage] = hidden


@act
async def swap_statements(arena: Arena, who: str, k: int) -> None:
    """New leaves come with a statement that is not theirs."""
    raws = [raw for raw in arena.line(who).ledger.statements if raw is not None]
    other = Blob(raws[k % len(raws)])

    def swapped(answer: Closed) -> Closed:
        assert isinstance(answer, LogPage)
        return replace(answer, statements=tuple(other for _ in answer.statements))

    arena.server.moods[who].bends[LogPage] = swapped


@act
async def false_checkpoint(arena: Arena, who: str, k: int) -> None:
    """A leaf is changed under the checkpoint, or the checkpoint is not signed by the log."""

    def bent(answer: Closed) -> Closed:
        assert isinstance(answer, LogPage)
        if k % 2 or not answer.leaves:
            text, _, line = answer.checkpoint.partition("\n\n")
            return replace(answer, checkpoint=text + "\n\n" + line[:-8] + "AAAAAA=\n")
        last = bytearray(answer.leaves[-1])
        last[12] ^= 1
        return replace(answer, leaves=(*answer.leaves[:-1], Blob(bytes(last))))

    arena.server.moods[who].bends[LogPage] = bent


@act
async def backdate(arena: Arena, who: str, k: int) -> None:
    """She is told a history in which a leaf claims another time."""
    line = arena.line(who)
    made = line.fork(rows=len(line.rows), leaves=line.ledger.size)
    made.ledger.beat(arena.now() + (-7_200_000, 7_200_000)[k % 2])
    arena.server.lines.append(made)
    arena.server.moods[who].line = len(arena.server.lines) - 1
    arena.server.tell_log(made)


@act
async def ghost_device(arena: Arena, who: str, k: int) -> None:
    """The server logs a device of somebody's, vouched for by nobody who may."""
    line, key = arena.line(who), signing_key(f"dk {GHOST} {k}")
    person = arena.start.town.people[pick(k, ("elder", "csw", "chair"))]
    net, wid = arena.server.net, Wid(person.wid)
    body = Device(
        net=net,
        nce=arena.start.town.world.nonce(),
        iat=arena.now(),
        did=device_id(net=net, wid=wid, dk=public(key)),
        wid=wid,
        ik=public(person.ik),
        dk=public(key),
        ekh=ek_hash(sealing_key("server").public),
        eg=0,
        nbf=arena.now().plus(-1000),
        exp=arena.now().plus(10_000_000_000),
        prev=None,
    )
    made: Statement = compose(body)
    mallory = arena.start.town.people["mallory"]
    helped = sorted([sign(made, key), sign(made, mallory.ik), sign(made, mallory.dk)])
    line.ledger.add(to_dsse(made, helped), t=arena.now())
    arena.server.tell_log(line)
