"""Makes `vectors/20-ops.json`: what each operation does to a conference (protocol, section 5.23).

What is expected is written down by hand; nothing here asks the program. A case continues a
named scene with further rows; from the last row on the room differs from `room` as it states.
`accept`: every row stands, and `out` names parts of the outcome. `reject`: the last row alone is
refused, with `code` and, where the case names any, `facts`.
"""

import json

from tools.make_vectors.ops_board import ACTIONS, BOARDS, STORY
from tools.make_vectors.ops_sittings import ITEMS, PLACES, SEATS, SITTINGS
from tools.make_vectors.ops_stage import ROOM, SCENES

NAME = "20-ops.json"
ABOUT = "Operations on a conference: a scene, further rows, the outcome or the code (5.23)"


def text() -> str:
    """Return the file: one scene, one case a line."""
    cases = (*PLACES, *SITTINGS, *ITEMS, *SEATS, *BOARDS, *ACTIONS, *STORY)
    scenes = ",\n".join(f"{json.dumps(n)}: {json.dumps(t.rows)}" for n, t in SCENES.items())
    lines = ",\n".join(json.dumps(case.record()) for case in cases)
    head = f'{{"about": {json.dumps(ABOUT)},\n"room": {json.dumps(ROOM)},\n'
    return f'{head}"scenes": {{\n{scenes}\n}},\n"cases": [\n{lines}\n]}}\n'
