"""What the auditor does: keep a checkpoint, ask, export; and what she is refused."""

import asyncio
import base64
from pathlib import Path
from typing import Final

from cli.demo.lines import Json
from cli.demo.player import Player, Verb
from protocol.ids import CaseId, Did, Hash, Id
from sdk.auditor import Auditor, Line

_PATIENCE: Final = 20


async def keep_checkpoints(player: Player) -> dict[str, str]:
    """Keep the newest checkpoints of both logs, to hold the operator to them later."""
    kept = await Auditor(player.session).checkpoints()
    return {
        name: base64.b64encode(raw).decode() for name, raw in zip(("id", "ops"), kept, strict=True)
    }


async def timeline(player: Player, *, code: str) -> list[dict[str, Json]]:
    """Every entry of a case, verified against the log and opened."""
    auditor = Auditor(player.session)
    lines = await auditor.ask("audit.case-timeline", code)
    player.lines[code] = lines
    return [_shown(auditor, line) for line in lines]


def _shown(auditor: Auditor, line: Line) -> dict[str, Json]:
    owners = {auditor.owner_of(did) for did in line.to}
    named = {auditor.owner_of(Did(Id(each))) for each in line.objects if len(each) == Id.SIZE}
    return {
        "index": line.index,
        "at": int(line.at),
        "kind": line.kind,
        "reason": line.reason,
        "actor": None if line.actor is None else line.actor.hex(),
        "to": sorted(wid.hex() for wid in owners if wid is not None),
        "about": sorted(wid.hex() for wid in named if wid is not None),
        "basis": line.basis is not None,
    }


async def refusals(player: Player) -> list[dict[str, Json]]:
    """Every refusal of the council; asked again until the auditor's own has its place."""
    auditor, me = Auditor(player.session), player.session.me.wid
    async with asyncio.timeout(_PATIENCE):
        while True:
            lines = await auditor.ask("audit.denied")
            if any(line.actor == me for line in lines):
                return [_shown(auditor, line) for line in lines]


async def ask_content(player: Player, *, case: str, eid: str) -> None:
    """Try to read a section."""
    row = Hash(bytes.fromhex(eid))
    await player.session.read(CaseId(Id(bytes.fromhex(case))), "view", [row])


async def export(player: Player, *, folder: str, early: dict[str, str]) -> dict[str, int]:
    """Write both logs as folders that verify without the server."""
    auditor = Auditor(player.session)
    old = {name: base64.b64decode(raw) for name, raw in early.items()}
    lines = [line for kept in player.lines.values() for line in kept]
    place = Path(folder)
    return {
        "id": await auditor.export_id(place / "id", early=old["id"]),
        "ops": await auditor.export_ops(place / "ops", lines=lines, early=old["ops"]),
    }


VERBS: dict[str, Verb] = {
    verb.__name__: verb for verb in (keep_checkpoints, timeline, refusals, ask_content, export)
}
