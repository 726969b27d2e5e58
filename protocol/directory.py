"""What the identity log says, indexed, and `trust()`: whose a key was at a log size.

Server and client fill it with the same leaves (`protocol.replica`) and ask the same
questions. Validity is judged at a point of the log, so that it is the same for everybody,
now and in ten years (protocol, sections 5.2a, 5.3, 5.22).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from crypto.errors import Code, Refused
from crypto.signing import require_point
from protocol.certificates import AnyChain, Cert, Chain, certifiable
from protocol.ids import Aid, CaseId, Did, InvId, Key, NetId, Sid, Wid
from protocol.payloads import Agency, Device, Invite, Pledge, Release, Root, Withdraw, Worker
from protocol.statement import Signature, Statement
from protocol.times import DAY, Instant
from protocol.vocabulary import Cap

IK_TYPES: Final = frozenset({"worker", "join", "device", "revoke"})
DK_TYPES: Final = frozenset(
    {"join", "device", "link", "pledge", "basis", "withdraw", "handover", "roster", "sect"}
    | {"grant", "seat", "meet", "ack", "env", "auth", "read", "sub"}
)
RECIPIENT_LIFE: Final = 120 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Whose device signed: person, device and certificate, with what the worker may be."""

    wid: Wid
    ik: Key
    did: Did
    dk: Key
    device: Sid
    aid: Aid
    caps: frozenset[Cap]

    @property
    def person(self) -> tuple[Wid, Key]:
        """A person is the pair of id and identity key, never one alone."""
        return (self.wid, self.ik)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStatement:
    """A basis, withdrawal or handover that stands in the identity log."""

    index: int
    statement: Statement
    signatures: tuple[Signature, ...]
    signers: tuple[Signer, ...]


class Directory:
    """Chains of certificates by id and key, pledges, and the log's clock."""

    def __init__(self) -> None:
        """Start with the empty log."""
        self.net: NetId | None = None
        self.times: list[int] = []
        self.roots: list[Cert[Root]] = []
        self.agencies: dict[Aid, Chain[Agency]] = {}
        self.workers: dict[Wid, Chain[Worker]] = {}
        self.devices: dict[Did, Chain[Device]] = {}
        self.invites: dict[InvId, Chain[Invite]] = {}
        self.pledges: dict[tuple[Aid, Wid | None], list[Cert[Pledge]]] = {}
        self.releases: list[Cert[Release]] = []
        self.logged: dict[Sid, LogStatement] = {}
        self.succeeded: dict[Sid, Sid] = {}  # a basis version and the one that ended it
        self.withdrawals: dict[CaseId, dict[Sid, Withdraw]] = {}
        self.used: set[InvId] = set()
        self.statements: dict[Sid, int] = {}
        self.flaws: dict[int, Code] = {}
        self.flawed_keys: dict[Key, tuple[int, Code]] = {}
        self.by_ik: dict[Key, Wid] = {}
        self.by_dk: dict[Key, Did] = {}
        self.owned: dict[Wid, list[Did]] = {}
        self.hints: dict[str, list[Key]] = {}
        self.chains: dict[Sid, AnyChain] = {}
        self.compromised: dict[Wid, int] = {}  # leaf index of the first such revocation
        self.seen_ended: set[int] = set()
        self._trusted: dict[Key, Signer] = {}
        self._trusted_at = 0

    # --- the log's own facts -----------------------------------------------------------------

    @property
    def size(self) -> int:
        """Number of leaves taken in."""
        return len(self.times)

    def time(self, n: int) -> Instant:
        """Greatest `t` of the leaves below `n`; 0 before the first."""
        return Instant(self.times[n - 1] if n else 0)

    def root(self, n: int) -> Root:
        """Newest root below `n`; UNTRUSTED without one."""
        root = next((cert.body for cert in reversed(self.roots) if cert.index < n), None)
        if root is None:
            raise Refused(Code.UNTRUSTED)
        return root

    # --- agencies ----------------------------------------------------------------------------

    def agency(self, aid: Aid, n: int) -> Agency:
        """Newest version of an agency below `n`; UNTRUSTED for an unknown one."""
        chain = self.agencies.get(aid)
        cert = chain.newest(n) if chain else None
        if cert is None:
            raise Refused(Code.UNTRUSTED)
        return cert.body

    def require_agency(self, aid: Aid, n: int) -> Agency:
        """Newest version, provided that some version is in force: UNTRUSTED, EXPIRED, REVOKED."""
        newest = self.agency(aid, n)
        self._require_time([self._agency_versions(aid, n)], n)
        self._require_unrevoked([self.agencies[aid]], n)
        return newest

    def _agency_versions(self, aid: Aid, n: int) -> list[Agency]:
        return [cert.body for cert in self.agencies[aid].versions if cert.index < n]

    def hosts(self, n: int) -> frozenset[Aid]:
        """Agencies that may host a room."""
        known = (aid for aid, chain in self.agencies.items() if chain.newest(n))
        return frozenset(aid for aid in known if Cap.HOST in self.agency(aid, n).caps)

    # --- workers and devices -----------------------------------------------------------------

    def require_worker(self, wid: Wid, ik: Key, n: int) -> Cert[Worker]:
        """The newest certificate of (wid, ik) in force at `n`.

        Raises, in the order of `trust`: UNTRUSTED, EXPIRED, REVOKED.
        """
        chain = self.workers.get(wid)
        cert = chain.newest(n) if chain else None
        if chain is None or cert is None or cert.body.ik != ik:
            raise Refused(Code.UNTRUSTED)
        if not set(cert.body.caps) <= certifiable(self.agency(cert.body.aid, n).caps):
            raise Refused(Code.UNTRUSTED)
        self._require_time([[cert.body], self._agency_versions(cert.body.aid, n)], n)
        self._require_unrevoked([chain, self.agencies[cert.body.aid]], n)
        return cert

    def worker_in_force(self, wid: Wid, n: int) -> Worker | None:
        """The person now behind a worker id, or None."""
        chain = self.workers.get(wid)
        cert = chain.newest(n) if chain else None
        if cert is None or not self.is_live((wid, cert.body.ik), n):
            return None
        return cert.body

    def is_live(self, person: tuple[Wid, Key], n: int) -> bool:
        """Tell whether (wid, ik) is in force at `n`."""
        try:
            self.require_worker(*person, n)
        except Refused:
            return False
        return True

    def devices_of(self, person: tuple[Wid, Key], n: int) -> Iterator[Cert[Device]]:
        """Newest certificates of the person's devices in force at `n`."""
        now = self.time(n)
        for did in self.owned.get(person[0], ()):
            chain = self.devices[did]
            cert = chain.newest(n)
            if cert is None or cert.body.ik != person[1] or chain.ended(n):
                continue
            if cert.body.nbf <= now < cert.body.exp:
                yield cert

    def recipients_of(self, person: tuple[Wid, Key], n: int) -> Iterator[Cert[Device]]:
        """Devices in force whose certificate is younger than 120 days at `n`."""
        now = self.time(n)
        for cert in self.devices_of(person, n):
            if now - self.times[cert.index] < RECIPIENT_LIFE:
                yield cert

    # --- pledges -----------------------------------------------------------------------------

    def current_pledge(self, n: int) -> Pledge | None:
        """The council's current text: the newest version a host agency pledged."""
        hosts = self.hosts(n)
        own = (
            cert.body
            for (aid, wid), certs in self.pledges.items()
            if wid is None and aid in hosts
            for cert in certs
            if cert.index < n
        )
        return max(own, key=lambda pledge: pledge.ver, default=None)

    def require_pledge(self, aid: Aid, wid: Wid | None, n: int) -> None:
        """Demand a pledge to the current text: PLEDGE_MISSING or PLEDGE_EXPIRED."""
        certs = [cert for cert in self.pledges.get((aid, wid), ()) if cert.index < n]
        current = self.current_pledge(n)
        if not certs or current is None:
            raise Refused(Code.PLEDGE_MISSING)
        now = self.time(n)
        if not any(
            cert.body.text == current.text
            and cert.body.ver == current.ver
            and now < cert.body.until
            for cert in certs
        ):
            raise Refused(Code.PLEDGE_EXPIRED)

    def has_pledges(self, aid: Aid, wid: Wid, n: int) -> bool:
        """Tell whether the person's and her agency's pledges are both in force."""
        try:
            self.require_pledge(aid, wid, n)
            self.require_pledge(aid, None, n)
        except Refused:
            return False
        return True

    # --- trust -------------------------------------------------------------------------------

    def trust(self, pk: Key, typ: str, n: int) -> Signer:
        """Whose device key `pk` was at log size `n`, and whether it may sign `typ`.

        The first failing line decides, in the order of section 5.22: path (UNTRUSTED, or
        NOT_LOGGED when the certificate stands at or beyond `n`), signatures of the
        certificates, caps, time, revocation, type.
        """
        if n != self._trusted_at:  # what the leaves below `n` say is the same for ever
            self._trusted, self._trusted_at = {}, n
        if pk not in self._trusted:
            self._trusted[pk] = self._owner_of(pk, n)
        if typ not in DK_TYPES:
            raise Refused(Code.UNTYPED_KEY)
        return self._trusted[pk]

    def _owner_of(self, pk: Key, n: int) -> Signer:
        """All lines of `trust` but the last."""
        self.root(n)
        device, chain = self._device(pk, n)
        worker = self._owner(device.body, n)
        if not set(worker.body.caps) <= certifiable(self.agency(worker.body.aid, n).caps):
            raise Refused(Code.UNTRUSTED)
        aid = worker.body.aid
        self._require_time([[worker.body], [device.body], self._agency_versions(aid, n)], n)
        self._require_unrevoked([self.workers[worker.body.wid], chain, self.agencies[aid]], n)
        return Signer(
            wid=worker.body.wid,
            ik=worker.body.ik,
            did=device.body.did,
            dk=device.body.dk,
            device=device.sid,
            aid=worker.body.aid,
            caps=frozenset(worker.body.caps),
        )

    def _device(self, pk: Key, n: int) -> tuple[Cert[Device], Chain[Device]]:
        did = self.by_dk.get(pk)
        if did is None:
            require_point(pk)
            raise Refused(self._why_unknown(pk, n))
        chain = self.devices[did]
        cert = chain.newest(n)
        if cert is None:
            raise Refused(Code.NOT_LOGGED)
        return cert, chain

    def _why_unknown(self, pk: Key, n: int) -> Code:
        """Judge by what stands below `n` alone: an identity key, a void certificate, nothing."""
        owner = self.by_ik.get(pk)
        if owner is not None and self.workers[owner].newest(n) is not None:
            return Code.UNTYPED_KEY
        index, code = self.flawed_keys.get(pk, (n, Code.UNTRUSTED))
        return code if index < n else Code.UNTRUSTED

    def _owner(self, device: Device, n: int) -> Cert[Worker]:
        cert = self.workers[device.wid].newest(n)
        if cert is None or cert.body.ik != device.ik:
            raise Refused(Code.UNTRUSTED)
        return cert

    def _require_time(self, path: Iterable[Sequence[Worker | Device | Agency]], n: int) -> None:
        """Some version of each link is in force."""
        now = self.time(n)
        if not all(any(body.nbf <= now < body.exp for body in bodies) for bodies in path):
            raise Refused(Code.EXPIRED)

    def _require_unrevoked(self, path: Iterable[AnyChain], n: int) -> None:
        if any(link.ended(n) for link in path):
            raise Refused(Code.REVOKED)

    def is_seen_ended(self, signer: Signer) -> bool:
        """Tell whether a revocation that I have seen, logged or not, ends this device."""
        return self.is_device_seen_ended(signer.did)

    def is_device_seen_ended(self, did: Did) -> bool:
        """Ask the same of a device: its own end, its owner's or her agency's."""
        device = self.devices[did]
        worker = self.workers[device.versions[0].body.wid]
        agency = self.agencies[worker.versions[0].body.aid]
        path: list[AnyChain] = [device, worker, agency]
        return any(id(link) in self.seen_ended for link in path)

    def device_keys(self, hints: Iterable[str]) -> list[Key]:
        """Keys to try for a statement that names no signer: every device's, hinted ones first.

        A hint is not signed: were it to exclude keys, a server could make two readers of one
        row disagree by handing out different hints.
        """
        hinted = [key for hint in hints for key in self.hints.get(hint, ())]
        return [*hinted, *(key for key in self.by_dk if key not in hinted)]
