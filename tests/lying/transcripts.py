"""Recorded runs: what was done, and which planted fault it uncovers."""

import json
from pathlib import Path
from typing import Final

import msgspec

from tests.lying.arena import Step

FOLDER: Final = Path(__file__).parent / "transcripts"


class Transcript(msgspec.Struct, frozen=True, kw_only=True):
    """Steps that hold for the sound code, and that break `broken` with the fault `bug`."""

    bug: str
    says: str
    broken: str
    steps: tuple[Step, ...]


def write(transcript: Transcript) -> None:
    """Keep one, a step a line."""
    head = {key: getattr(transcript, key) for key in ("bug", "says", "broken")}
    lines = ",\n".join("    " + json.dumps(list(step)) for step in transcript.steps)
    text = json.dumps(head, ensure_ascii=False, indent=2)[:-2]
    text += f',\n  "steps": [\n{lines}\n  ]\n}}\n'
    (FOLDER / f"{transcript.bug}.json").write_text(text)


def read() -> list[Transcript]:
    """All of them, by name."""
    paths = sorted(FOLDER.glob("*.json"))
    return [msgspec.json.decode(path.read_bytes(), type=Transcript) for path in paths]
