"""The only place that draws randomness; everybody else is handed an `Entropy`."""

import secrets
from collections.abc import Callable

Entropy = Callable[[int], bytes]
"""Given a number of bytes, returns that many unpredictable ones."""


def system(size: int) -> bytes:
    """Return `size` bytes of the operating system's generator."""
    return secrets.token_bytes(size)
