"""What the worst two megabytes of JSON cost the loop: `python -m bench.shapes`.

Each shape comes once as the body of a request and once as an event of a socket, through the code
of the server, and once through the codec alone, as it would be without a limit on values.
"""

import contextlib
import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from socketio.packet import Packet

from crypto.errors import Refused
from protocol import codec, wire
from server import bodies
from server.bodies import MOST_MARKS

RESULTS: Final = Path("bench/results/shapes.json")
_ROUNDS: Final = 5
_SIZE: Final = wire.MAX_BODY - 1024
_FULL: Final = MOST_MARKS - 16


def _object(values: str) -> str:
    return f'{{"a":[{values}]}}'


def _filled(part: str, *, marks: int) -> str:
    """As many values as a body may have, and the rest of its bytes in one text."""
    some = part * (_FULL // marks)
    return _object(some + f'"{"a" * (_SIZE - len(some) - 16)}"')


def shapes() -> Mapping[str, str]:
    """Bodies by name: those that are refused unread, and the dearest of those that are read."""
    crowded = {"numbers": "0,", "lists": "[],", "objects": '{"a":1},', "texts": '"",'}
    bundles = '{"case":"' + "0" * 32 + '","rows":[],"bundles":['
    return {name: _object(part * (_SIZE // len(part)) + "0") for name, part in crowded.items()} | {
        "keys": "{" + ",".join(f'"{n:x}":0' for n in range(_SIZE // 10)) + "}",
        "depth": "[" * _SIZE,
        "escapes": _object('"' + "\\n" * (_SIZE // 2) + '"'),
        "most numbers": _filled("0,", marks=1),
        "most objects": _filled('{"a":1},', marks=3),
        "most escapes": _object('"' + "\\n" * _FULL + "a" * (_SIZE - 2 * _FULL) + '"'),
        "one text": _object('"' + "a" * _SIZE + '"'),
        "one bundle": bundles + '"' + "YWFh" * (_SIZE // 4) + '"]}',
    }


def _milliseconds(work: Callable[[], object]) -> float:
    """The best of some rounds, since other work of the machine is not the shape's."""
    taken: list[float] = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        with contextlib.suppress(Refused, ValueError, TypeError, RecursionError):
            work()
        taken.append(time.perf_counter() - began)
    return round(min(taken) * 1000, 1)


def _heard(frame: str) -> None:
    """As `Lines` and `Sockets` read an event."""
    if bodies.is_crowded(frame):
        return
    packet: Any = Packet(encoded_packet=frame)  # it has no types
    text: object = packet.data[1]
    if isinstance(text, str):
        bodies.read(text.encode(), wire.Post)


def measure() -> dict[str, dict[str, float]]:
    """Milliseconds of each shape, by the way it comes in."""
    return {name: _each_way(text) for name, text in shapes().items()}


def _each_way(text: str) -> dict[str, float]:
    data, event = text.encode(), "2" + json.dumps(["post", text])
    return {
        "body": _milliseconds(lambda: bodies.read(data, wire.Post)),
        "event": _milliseconds(lambda: _heard(event)),
        "bare": _milliseconds(lambda: _heard(f'2["post",{text}]')),
        "unlimited": _milliseconds(lambda: codec.decode(data, wire.Post, limit=wire.MAX_BODY)),
    }


def main() -> int:
    """Print a line for each shape and keep the figures."""
    found = measure()
    for name, each in found.items():
        sys.stdout.write(
            f"{name:14}" + "".join(f" {k} {v:7.1f} ms" for k, v in each.items()) + "\n"
        )
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
