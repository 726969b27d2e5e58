"""What somebody signs to ask for something: sign-in, reading, joining a feed (section 5.20).

`origin` is the one of the pinned root, never one that a challenge or a page names; times are
in whole seconds.
"""

from collections.abc import Sequence
from typing import Final

from crypto.errors import Code, Refused
from crypto.hashing import pae, parts, u64
from protocol.ids import CaseId, Hash, NetId, Nonce, Sid, SitId
from protocol.times import SECOND, Instant

SLACK: Final = 120
"""Seconds that a signed request's time may be off the server's."""


def auth_message(*, net: NetId, origin: str, nonce: Hash, time: int, device: Sid) -> bytes:
    """Encode a sign-in: `nonce` is the server's, 32 bytes."""
    return pae("shk1/auth", parts(net, origin.encode(), nonce, u64(time), device))


def read_message(
    *,
    net: NetId,
    origin: str,
    case: CaseId | None,
    nonce: Nonce,
    time: int,
    device: Sid,
    purpose: str,
    ids: Sequence[bytes],
) -> bytes:
    """Encode a read request; for `audit.*` there is no case and `ids` are UTF-8 parameters."""
    head = (net, origin.encode(), case or b"", nonce, u64(time), device, purpose.encode())
    return pae("shk1/read", parts(*head, *ids))


def sub_message(
    *,
    net: NetId,
    origin: str,
    case: CaseId,
    sit: SitId | None,
    start: int,
    nonce: Nonce,
    time: int,
    device: Sid,
) -> bytes:
    """Encode a subscription: the read request for all pushes until the token ends."""
    head = (net, origin.encode(), case, sit or b"", u64(start), nonce, u64(time), device)
    return pae("shk1/sub", parts(*head))


def name_message(*, net: NetId, key: bytes) -> bytes:
    """Encode what a newcomer's ik signs for her name; `key` is under what her certificate waits."""
    return pae("shk1/pend", parts(net, key))


def signed_request(message: bytes, sig: bytes) -> bytes:
    """Join a request and its signature: what is kept, and what an entry's `s` hashes."""
    return parts(message, sig)


def require_recent(time: int, *, now: Instant) -> None:
    """Refuse (`CLOCK`) a request whose seconds are more than two minutes off."""
    if abs(time - now // SECOND) > SLACK:
        raise Refused(Code.CLOCK)
