"""One thing that is asked of an endpoint or an event, made anew for everybody who asks it.

A request is always as good as its caller can make it: her own signature, her own place in the
room's chain, a fresh nonce. What is then refused is refused for who she is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from protocol.shapes import Closed
from tests.edges.rights.town import HERE, Place, Who

LARGE: Final = 1 << 24  # bytes of an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request: where to (a path, or an event), with what, under which headers."""

    to: str
    body: Closed | None = None
    headers: dict[str, str] | None = None


Make = Callable[[Place, Who], Sent]
Say = Callable[[Place, bytes], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One thing that is asked; `best` is who asks it when only her token is bad."""

    at: str
    name: str
    make: Make
    say: Say
    best: str


def _ok(_place: Place, _data: bytes) -> str:
    return "ok"


def ask(at: str, name: str, make: Make, *, say: Say = _ok, best: str = "chair") -> Ask:
    """Ask something of an endpoint (`GET /…`) or event (`socket …`)."""
    return Ask(at=at, name=name, make=make, say=say, best=best)


def v1(path: str) -> str:
    """Give a path below the council."""
    return f"/v1/{HERE}/{path}"


def plain(to: str, headers: dict[str, str] | None = None) -> Make:
    """Ask without a body."""
    return lambda _place, _who: Sent(to=to, headers=headers)


def with_body(to: str, make: Callable[[Place, Who], Closed]) -> Make:
    """Ask with the body that suits the place and who asks."""
    return lambda place, who: Sent(to=to, body=make(place, who))
