"""What one caller may ask for in a time and hold at once; pure: the time is handed in, in seconds.

Every limit is kept for this node alone. A refusal says how long to wait: nothing was looked at
yet, so that the same bytes may be sent again.
"""

import math
from collections import Counter
from collections.abc import Generator, Hashable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from crypto.errors import Code, Refused

K = TypeVar("K", bound=Hashable)

SECOND: Final = 1000  # ms
_MINUTE: Final = 60  # s
_KEYS: Final = 20_000
_BURST: Final = 4
"""Seconds of its rate that a caller may use up at once."""

_PAUSE: Final = 1.0
"""Seconds told to whoever holds too much at once: nobody knows when something of it ends."""

_LONG_REST: Final = 8.0
"""Seconds of a rest at most: an honest line's heartbeat has 20 s to be read."""

LARGE: Final = 64 * 1024
"""Bytes for which a request costs one unit more: reading takes time before anything is judged."""

DEAR: Final = 20
"""What a refusal costs, beside what was asked: a caller who is right is seldom refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The numbers of one node; each is a setting of its name in upper case."""

    rate: int = 1200
    """Requests a minute from one address that carry no token."""

    device_rate: int = 100
    """Units a second of one device, four times as many at once; see COSTS for what costs more."""

    agency_rate: int = 400
    council_rate: int = 1000
    at_once: int = 32
    """Requests of one device, or of one address without a token, that are under way."""

    device_sockets: int = 8
    agency_sockets: int = 500
    council_sockets: int = 2000
    sockets: int = 4000
    """Signed-in sockets of one device, agency, council, and of the node."""

    connections: int = 6000
    address_connections: int = 1000
    """TCP connections of the node, and of one address unless a proxy stands before."""

    queue_bytes: int = 4 * 1024 * 1024
    queue_packets: int = 4000
    """What may wait for a slow socket before one packet more cuts it."""

    node_queue_bytes: int = 256 * 1024 * 1024
    """What may wait for all sockets; then the one with most is cut."""

    sign_in_seconds: int = 10
    """Until a socket without a token is cut."""

    body_seconds: int = 60
    """For the body of a request to come, and for an answer to be taken."""

    idle_seconds: int = 30
    """For the headers of a request to come, the first or the next of a connection."""

    rest_ms: int = 1000
    """How long nothing more is read from whoever was refused for going too fast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """So much a second, and so much at once after a silence."""

    rate: float
    burst: float

    @classmethod
    def of(cls, rate: float) -> "Allowance":
        """An allowance with four seconds' worth at once."""
        return cls(rate=rate, burst=rate * _BURST)


class Buckets(Generic[K]):
    """A token bucket for each key; those that are full are forgotten."""

    def __init__(self, allowance: Allowance, *, most: int = _KEYS) -> None:
        self._allowance: Final = allowance
        self._most: Final = most
        self._left: Final[dict[K, tuple[float, float]]] = {}

    def __len__(self) -> int:
        return len(self._left)

    def wait(self, key: K, *, now: float, cost: float = 1) -> float:
        """Seconds until so much is there; 0 when it is there now."""
        missing = min(cost, self._allowance.burst) - self._there(key, now)
        return max(0.0, missing / self._allowance.rate)

    def take(self, key: K, *, now: float, cost: float = 1) -> None:
        """Take so much, beyond what is there if need be: then it is owed."""
        left = self._there(key, now) - cost
        self._left.pop(key, None)
        self._left[key] = max(left, -self._allowance.burst), now
        if len(self._left) > self._most:
            self._forget(now)

    def _there(self, key: K, now: float) -> float:
        """What is there now; a clock that went back gives nothing and takes nothing."""
        known = self._left.get(key)
        if known is None:
            return self._allowance.burst
        left, at = known
        return min(self._allowance.burst, left + max(0.0, now - at) * self._allowance.rate)

    def _forget(self, now: float) -> None:
        full = [key for key in self._left if self._there(key, now) >= self._allowance.burst]
        for key in full or list(self._left)[: self._most // 2]:
            del self._left[key]


@dataclass(slots=True)
class Rest:
    """How long a line is not read: longer each time that it goes on as before; in seconds."""

    until: float = 0.0
    seconds: float = 0.0

    def begin(self, now: float, least: float) -> None:
        """Rest, twice as long as the last time when that was just over."""
        again = now < self.until + self.seconds
        self.seconds = min(self.seconds * 2, max(least, _LONG_REST)) if again else least
        self.until = now + self.seconds


class Held(Generic[K]):
    """Counts what each key holds at once."""

    def __init__(self) -> None:
        self._counts: Final[Counter[K]] = Counter()

    def __getitem__(self, key: K) -> int:
        return self._counts[key]

    def enter(self, key: K) -> None:
        """Count one more."""
        self._counts[key] += 1

    def leave(self, key: K) -> None:
        """Count one less; a key without any is forgotten."""
        self._counts[key] -= 1
        if self._counts[key] <= 0:
            del self._counts[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: a signed-in device of an agency of a council, by their ids."""

    device: bytes
    agency: bytes
    council: bytes

    @property
    def keys(self) -> tuple[tuple[str, bytes], ...]:
        """By what it is counted, the narrowest first; ids of two councils never meet."""
        return (
            ("device", self.council + self.device),
            ("agency", self.council + self.agency),
            ("council", self.council),
        )


COSTS: Final = {
    "head": 2,
    "read": 4,
    "sub": 8,
    "connect": 8,
    "/v1/{slug}/cases": 2,
    "/v1/{slug}/cases/{case}/head": 2,
    "/v1/{slug}/cases/{case}/rows": 2,
    "/v1/{slug}/cases/{case}/read": 4,
    "/v1/{slug}/auth": 4,
    "/v1/{slug}/admit": 4,
    "/v1/{slug}/pend": 4,
    "/v1/{slug}/audit/query": 10,
    "/v1/setup/reserve": 20,
}
"""Units of what is not 1: verbs of the socket, routes of HTTP."""


def busy(wait: float, limit: str) -> Refused:
    """The refusal of somebody who goes too fast or holds too much; `wait` in seconds."""
    return Refused(Code.RATE_LIMITED, wait=math.ceil(wait * SECOND), limit=limit)


def told_wait(refusal: Refused) -> int | None:
    """How many ms a limit of the edge tells to wait; None for every other refusal."""
    wait = refusal.facts.get("wait")
    return wait if refusal.code is Code.RATE_LIMITED and isinstance(wait, int) else None


@dataclass(slots=True)
class Limits:
    """All limits of one node on those who ask."""

    bounds: Bounds
    limited: Counter[str] = field(default_factory=Counter[str])
    """How often each kind of limit refused."""

    _rates: dict[str, Buckets[bytes]] = field(init=False)
    _addresses: Buckets[str] = field(init=False)
    _at_once: Held[bytes | str] = field(init=False, default_factory=Held[bytes | str])
    _sockets: Held[tuple[str, bytes]] = field(init=False, default_factory=Held[tuple[str, bytes]])

    def __post_init__(self) -> None:
        """Begin with nothing used."""
        bounds = self.bounds
        self._addresses = Buckets(Allowance(rate=bounds.rate / _MINUTE, burst=bounds.rate))
        self._rates = {
            "device": Buckets(Allowance.of(bounds.device_rate)),
            "agency": Buckets(Allowance.of(bounds.agency_rate)),
            "council": Buckets(Allowance.of(bounds.council_rate)),
        }

    def _refuse(self, limit: str, wait: float) -> Refused:
        self.limited[limit] += 1
        return busy(wait, limit)

    # --- rates -------------------------------------------------------------------------------

    def require_address(self, address: str, *, now: float, what: str = "", size: int = 0) -> None:
        """Count a request without a token, of so many bytes; RATE_LIMITED."""
        cost = COSTS.get(what, 1) + size // LARGE
        wait = self._addresses.wait(address, now=now, cost=cost)
        if wait > 0:
            raise self._refuse("address", wait)
        self._addresses.take(address, now=now, cost=cost)

    def require(self, caller: Caller, *, now: float, what: str = "", size: int = 0) -> None:
        """Count a request of a device, of so many bytes; RATE_LIMITED by the first limit."""
        cost = COSTS.get(what, 1) + size // LARGE
        for kind, key in caller.keys:
            wait = self._rates[kind].wait(key, now=now, cost=cost)
            if wait > 0:
                raise self._refuse(kind, wait)
        self._charge(caller, now=now, cost=cost)

    def fine(self, caller: Caller, *, now: float) -> None:
        """Count a refusal: it is an entry of the log, and who is right is seldom refused."""
        self._charge(caller, now=now, cost=DEAR)

    def _charge(self, caller: Caller, *, now: float, cost: float) -> None:
        for kind, key in caller.keys:
            self._rates[kind].take(key, now=now, cost=cost)

    # --- at once -----------------------------------------------------------------------------

    @contextmanager
    def under_way(self, key: bytes | str) -> Generator[None]:
        """Count a request of a device or an address while it lasts; RATE_LIMITED."""
        if self._at_once[key] >= self.bounds.at_once:
            raise self._refuse("at_once", _PAUSE)
        self._at_once.enter(key)
        try:
            yield
        finally:
            self._at_once.leave(key)

    def open(self, caller: Caller) -> None:
        """Count a socket; RATE_LIMITED by the first limit that is reached."""
        for (kind, key), most in self._most_sockets(caller):
            if self._sockets[kind, key] >= most:
                raise self._refuse(f"{kind}_sockets", _PAUSE)
        for (kind, key), _ in self._most_sockets(caller):
            self._sockets.enter((kind, key))

    def shut(self, caller: Caller) -> None:
        """Count a socket no more."""
        for (kind, key), _ in self._most_sockets(caller):
            self._sockets.leave((kind, key))

    def _most_sockets(self, caller: Caller) -> Sequence[tuple[tuple[str, bytes], int]]:
        bounds = self.bounds
        mosts = (bounds.device_sockets, bounds.agency_sockets, bounds.council_sockets)
        of_caller = list(zip(caller.keys, mosts, strict=True))
        return [*of_caller, (("node", b""), bounds.sockets)]

    @property
    def sockets(self) -> int:
        """Signed-in sockets now."""
        return self._sockets["node", b""]
