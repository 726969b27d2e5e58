"""How something is refused: the code alone, since that is what others see of it."""

from collections.abc import Awaitable, Callable

from crypto.errors import Code, Refused


def code_of(call: Callable[..., object], *args: object, **facts: object) -> Code | None:
    """The code a call refuses with."""
    try:
        call(*args, **facts)
    except Refused as refusal:
        return refusal.code
    return None


async def code_after(call: Awaitable[object]) -> Code | None:
    """The code with which something is refused that takes its time."""
    try:
        await call
    except Refused as refusal:
        return refusal.code
    return None
