"""Checkpoints of C2SP tlog-checkpoint: origin, size and root in three lines, never more.

Extension lines are refused: signatures of other algorithms do not cover them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from audit import merkle, note
from crypto.errors import Code, Refused
from protocol import codec

MAX_SIZE: Final = 2**53 - 1
"""Largest size, so that a browser counts exactly."""

_TEXT = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A state of one log: `root` is 32 bytes over `size` leaves."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> bytes:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{codec.b64(self.root)}\n".encode()


def parse(text: bytes) -> Checkpoint:
    """Read the text of a checkpoint.

    Raises BAD_PROOF unless writing it again would give the same bytes; BAD_B64.
    """
    match = _TEXT.fullmatch(_utf8(text))
    if match is None or int(match[2]) > MAX_SIZE:
        raise Refused(Code.BAD_PROOF, why="checkpoint")
    found = Checkpoint(origin=match[1], size=int(match[2]), root=codec.from_b64(match[3]))
    if found.size == 0 and found.root != merkle.EMPTY_ROOT:
        raise Refused(Code.BAD_PROOF, why="checkpoint")
    return found


def open_signed(raw: bytes, verifiers: Sequence[note.Verifier]) -> Checkpoint:
    """Check a signed checkpoint; the keys that signed it must carry its origin as their name.

    Raises what `note.open_note` and `parse` raise; WRONG_NET for another origin.
    """
    opened = note.open_note(raw, verifiers)
    found = parse(opened.text)
    if any(signer.name != found.origin for signer in opened.signed_by):
        raise Refused(Code.WRONG_NET)
    return found


def _utf8(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise Refused(Code.BAD_PROOF, why="checkpoint") from error
