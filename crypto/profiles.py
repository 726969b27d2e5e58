"""Named costs of the password hash; none of them is ever read from a message."""

from dataclasses import dataclass
from typing import Final

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Argon2Profile:
    """What one Argon2id call costs; p is always 1."""

    memory_bytes: int
    passes: int

    def reaches(self, floor: "Argon2Profile") -> bool:
        """Answer whether neither cost is below the floor's."""
        return self.memory_bytes >= floor.memory_bytes and self.passes >= floor.passes


STANDARD: Final = Argon2Profile(memory_bytes=128 * _MIB, passes=3)
"""Protocol, section 5.1: about 0.3 s on an office PC, and it still fits into a phone's page."""

FLOOR: Final = STANDARD
"""Nothing cheaper opens a vault: a file that asks for less was tampered with."""
