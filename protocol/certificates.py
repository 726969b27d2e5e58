"""Chains of certificates: what the identity log says of agencies, workers and devices.

Each chain keeps its accepted versions with their leaf indexes; a question is always asked
at a log size `n` and looks at leaves below it (protocol, sections 5.3 and 5.22).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from protocol.ids import Did, Sid
from protocol.payloads import Agency, Device, Invite, Pledge, Release, Root, Worker
from protocol.statement import Signature
from protocol.times import DAY, HOUR
from protocol.vocabulary import Cap

MAX_AGENCY_LIFE: Final = 3 * 366 * DAY
_INVITE_LIFE: Final = 72 * HOUR
_SPOKEN_LIFE: Final = 14 * DAY
_SPOKEN: Final = frozenset({Cap.CHAIR, Cap.RECORDS})
"""Whoever gets one of these must have read the digits aloud (section 5.4)."""

CAPS: Final[dict[Cap, frozenset[Cap]]] = {
    Cap.HOST: frozenset({Cap.MEMBER, Cap.CHAIR, Cap.MINUTES}),
    Cap.MEMBER: frozenset({Cap.MEMBER, Cap.MINUTES}),
    Cap.RECORDS: frozenset({Cap.RECORDS}),
    Cap.PRIVACY: frozenset({Cap.PRIVACY}),
    Cap.AUDIT: frozenset({Cap.AUDIT}),
}
"""What an agency with a capability may certify its workers for; the same in both languages."""

CertBody = TypeVar("CertBody", Root, Agency, Invite, Worker, Device, Pledge, Release)


def certifiable(caps: Iterable[Cap]) -> frozenset[Cap]:
    """Unite what an agency with these capabilities may certify."""
    return frozenset[Cap]().union(*(CAPS.get(cap, frozenset()) for cap in caps))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cert(Generic[CertBody]):
    """One accepted statement at its leaf index."""

    index: int
    sid: Sid
    body: CertBody
    signatures: tuple[Signature, ...]


@dataclass(slots=True)
class Chain(Generic[CertBody]):
    """Versions in log order; one revocation ends them all."""

    versions: list[Cert[CertBody]] = field(default_factory=list)
    revoked: int | None = None  # leaf index of the revocation
    linked_by: Did | None = None  # devices: the sibling that vouched

    def newest(self, n: int) -> Cert[CertBody] | None:
        """Give the newest version with a leaf below `n`."""
        return next((cert for cert in reversed(self.versions) if cert.index < n), None)

    def ended(self, n: int) -> bool:
        """Tell whether a revocation stands below `n`."""
        return self.revoked is not None and self.revoked < n

    def end(self, index: int) -> None:
        """Revoke; the first revocation stands."""
        if self.revoked is None:
            self.revoked = index


AnyChain = Chain[Agency] | Chain[Worker] | Chain[Device] | Chain[Invite]


def invite_life(caps: Iterable[Cap]) -> int:
    """How long an invitation to these caps may last, in ms: longer where digits are compulsory."""
    return _INVITE_LIFE if _SPOKEN.isdisjoint(caps) else _SPOKEN_LIFE
