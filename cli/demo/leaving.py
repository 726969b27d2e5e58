"""Withdrawal: who records it, who waits for the new key, what who left can still do."""

from cli.demo.lines import Json
from cli.demo.player import Player
from cli.demo.verbs import Verbs, case_of, ident, member_of, statement, verbs_of
from conference import content
from crypto.errors import Refused
from protocol import envelope
from protocol.ids import Aid, Hash
from protocol.keys import body_key, wrap_key
from sdk.room import Room

VERBS: Verbs = {}
_verb = verbs_of(VERBS)


@_verb
async def standing(player: Player, *, case: str) -> dict[str, Json]:
    """Where this person's room stands."""
    room = (await member_of(player, case)).room
    return {
        "epoch": room.state.epoch,
        "seq": room.state.seq,
        "members": [row.wid.hex() for row in room.roster.mem],
        "has_key": room.state.epoch in room.epochs,
    }


@_verb
async def withdraw(player: Player, *, case: str, basis: str, agencies: list[str]) -> None:
    """Record a withdrawal of consent for some agencies."""
    member = await member_of(player, case)
    named = {Aid(ident(each)) for each in agencies}
    await member.withdraw(statement(basis), agencies=named, cats=None)


@_verb
async def until_epoch(player: Player, *, case: str, epoch: int) -> dict[str, Json]:
    """Wait for a new key, and tell where the room stands then."""
    room = player.client.member(case_of(case)).room
    await room.until(lambda: room.state.epoch >= epoch)
    await room.open_keys()
    found: dict[str, Json] = await standing(player, case=case)
    return found


@_verb
async def read_now(player: Player, *, case: str) -> None:
    """Ask the server for content, as somebody who may have left."""
    room = player.client.member(case_of(case)).room
    newest = [each.eid for each in room.state.versions.values()]
    await player.session.read(room.case, "view", [Hash(each) for each in newest[:1]])


@_verb
async def try_keys(player: Player, *, case: str, rows: list[tuple[int, str]]) -> dict[str, int]:
    """Try every key one ever held on every ciphertext, as if the operator had handed them over."""
    room = player.client.member(case_of(case)).room
    found = {"before": 0, "after": 0, "later": 0}
    for seq, data in rows:
        sealed = content.parse_full("env", bytes.fromhex(data))
        later = seq > room.state.seq
        found["later"] += later
        if isinstance(sealed, content.Sealed) and _opens(room, sealed):
            found["after" if later else "before"] += 1
    return found


def _opens(room: Room, sealed: content.Sealed) -> bool:
    header = sealed.header
    keys = [body_key(each, case=header.c, doc=header.d, g=header.g) for each in room.docs.values()]
    keys += [wrap_key(each, case=header.c, n=header.e) for each in room.epochs.values()]
    return any(_fits(sealed, key) for key in keys)


def _fits(sealed: content.Sealed, key: bytes) -> bool:
    try:
        envelope.open_(sealed.env, key=key)
    except Refused:
        return False
    return True
