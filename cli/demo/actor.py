"""An actor: one person's client in a process of its own, told what to do line by line."""

import asyncio
import sys
import traceback

from cli.demo import auditing, founding, leaving, lines, meeting, office
from cli.demo.lines import Json
from cli.demo.player import Player
from cli.now import monotonic
from crypto.errors import Refused

_PARTS = (office.VERBS, founding.VERBS, meeting.VERBS, leaving.VERBS, auditing.VERBS)
VERBS = {name: verb for part in _PARTS for name, verb in part.items()}
assert len(VERBS) == sum(map(len, _PARTS))  # noqa: S101 -- no verb hides another


def main() -> None:
    """Play until the director closes our input."""
    asyncio.run(_play())


async def _play() -> None:
    stdin = asyncio.StreamReader(limit=lines.LIMIT)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    hello = await stdin.readline()
    if not hello:
        return  # the director left before the play began
    player = Player(hello=lines.read_hello(hello), happened=_happened)
    try:
        while line := await stdin.readline():
            _say(await _obey(player, lines.read_order(line)))
    finally:
        await player.close()


async def _obey(player: Player, order: lines.Order) -> lines.Report:
    """Do it; a refusal is an answer, anything else ends the actor with its trace."""
    await player.catch_up(order.rows)
    try:
        result: Json = await VERBS[order.do](player, **order.args)
    except Refused as refusal:
        traceback.print_exc()
        return lines.Report(id=order.id, code=refusal.code.value, facts=refusal.facts)
    return lines.Report(id=order.id, result=result, rows=player.rows())


def _happened(name: str, facts: dict[str, Json]) -> None:
    _say(lines.Event(name=name, at=monotonic(), facts=facts))


def _say(line: lines.Report | lines.Event) -> None:
    sys.stdout.buffer.write(lines.encode(line))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
