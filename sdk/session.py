"""A signed-in device: vault, council, tokens, signed requests (sections 5.20 and 7)."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Self, TypedDict, TypeVar

from msgspec.structs import replace

from crypto.entropy import Entropy
from crypto.errors import Code, Refused
from crypto.signing import SigningKey
from protocol import requests
from protocol.certificates import Cert
from protocol.directory import Signer
from protocol.ids import Blob, CaseId, Digest, Hash, Nonce, SitId
from protocol.payloads import Device
from protocol.shapes import Closed
from protocol.times import SECOND
from protocol.wire import (
    Challenge,
    Challenged,
    Read,
    Served,
    SignedIn,
    SignIn,
    Sub,
)
from sdk.clock import Clock
from sdk.contents import Contents, Evidence, Identity, Unredeemed
from sdk.council import Council, net_header
from sdk.receipts import OpsLog, is_overdue, redeem
from sdk.transport import Http
from sdk.vault import USUAL, Costs, Vault

VERSION: Final = 1
"""Version of this client, compared with the root's `req`."""

_CONTRADICTIONS: Final = frozenset({Code.EQUIVOCATION, Code.ROLLBACK})

A = TypeVar("A", bound=Closed)


class Asking(TypedDict):
    """What makes a request mine, fresh and good for once."""

    nonce: Blob
    time: int
    sig: Blob


class Session:
    """What a device does in its own name; rooms are built on it."""

    def __init__(self, *, vault: Vault, council: Council) -> None:
        """Use `open`."""
        self.vault: Final = vault
        self.council: Final = council
        self.ops: Final = OpsLog(http=council.http, pin=vault.contents.ops)
        self.expires = 0
        self._eks: Final[dict[Digest, bytes]] = {}
        self.fresh = 0
        self.contradicted: Code | None = None
        """Why nothing is written any more: the identity log came in two forms."""

    @classmethod
    async def open(
        cls,
        path: Path,
        passphrase: str,
        *,
        clock: Clock,
        entropy: Entropy,
        costs: Costs = USUAL,
    ) -> Self:
        """Unlock the vault of an enrolled device; UNTRUSTED when it never enrolled."""
        vault = await Vault.open(path, passphrase, entropy=entropy, costs=costs)
        pin = vault.contents.council
        if pin is None or vault.contents.identity is None:
            vault.close()
            raise Refused(Code.UNTRUSTED, why="no-device")
        http = await Http(url=pin.url, slug=pin.slug).__aenter__()
        council = Council(
            http=http, clock=clock, entropy=entropy, net=pin.net, pin=vault.contents.id
        )
        council.log.headers = net_header(pin.net)
        return cls(vault=vault, council=council)

    async def close(self) -> None:
        """Drop keys and connections."""
        await self.council.http.close()
        self.vault.close()

    # --- who I am ----------------------------------------------------------------------------

    @property
    def me(self) -> Identity:
        """The owner of this device."""
        identity = self.vault.contents.identity
        if identity is None:
            raise Refused(Code.UNTRUSTED)
        return identity

    @property
    def dk(self) -> SigningKey:
        """This device's signing key."""
        return self.vault.dk

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Contradictions found so far, as two signed things each, to be shown to others."""
        return self.vault.contents.evidence

    def certificate(self) -> Cert[Device]:
        """This device's newest certificate in the verified log."""
        chain = self.council.log.directory.devices.get(self.me.did)
        cert = chain.newest(self.council.log.size) if chain else None
        if cert is None:
            raise Refused(Code.NOT_LOGGED)
        return cert

    def signer(self) -> Signer:
        """What everybody else makes of this device now; trust's codes."""
        directory = self.council.log.directory
        return directory.trust(self.me.dk, "env", self.council.log.size)

    def require_own_leaves(self) -> None:
        """Refuse a log in which my own certificates are not exactly those I made.

        Raises NOT_LOGGED, or the rule that one of them breaks there.
        """
        for sid in (self.me.worker, self.me.device):
            self.council.log.require_valid(sid)

    # --- sign-in -----------------------------------------------------------------------------

    async def login(self) -> None:
        """Sync, check my own leaves, sign the challenge; the token lasts ten minutes.

        The server's clock is learned here; a difference of more than ten minutes stops writing.

        Raises:
            Refused: What the log contradicts or the server refuses.
        """
        http = self.council.http
        try:
            await self._login()
        except Refused as refusal:
            if refusal.code is not Code.BAD_TOKEN or http.token is None:
                raise
            http.token = (
                None  # one that ended while the machine slept is refused wherever it is sent
            )
            await self._login()

    async def _login(self) -> None:
        http, clock = self.council.http, self.council.clock
        device = self.me.device
        challenged = await http.post("auth/challenge", Challenge(device=device), Challenged)
        clock.heard(challenged.time)
        await self.sync()
        self.require_own_leaves()
        time = challenged.time // SECOND
        message = requests.auth_message(
            net=self.council.net,
            origin=self.council.root().origin,
            nonce=challenged.nonce,
            time=time,
            device=device,
        )
        answer = await http.post_once(
            "auth",
            SignIn(
                device=device,
                nonce=challenged.nonce,
                time=time,
                sig=Blob(self.dk.sign(message)),
            ),
            SignedIn,
        )
        http.token, self.expires = answer.token, answer.expires

    async def sync(self) -> bool:
        """Bring the identity log up to date and pin it; tell whether it grew."""
        try:
            grew = await self.council.sync()
        except Refused as refusal:
            if refusal.code in _CONTRADICTIONS:
                self.contradicted = refusal.code
            raise
        if grew:
            pin = self.council.log.pin(self.council.clock.now())
            await self.vault.update(lambda c: replace(c, id=pin))
        return grew

    # --- signed requests ---------------------------------------------------------------------

    def request_nonce(self) -> Nonce:
        """Draw the nonce of a signed request."""
        return self.council.nonce()

    def asking(self, case: CaseId | None, purpose: str, ids: Sequence[bytes]) -> Asking:
        """Sign that I ask for these rows, bundles or answers, now and once."""
        nonce, time = self.request_nonce(), self.council.clock.seconds()
        message = requests.read_message(
            net=self.council.net,
            origin=self.council.root().origin,
            case=case,
            nonce=nonce,
            time=time,
            device=self.me.device,
            purpose=purpose,
            ids=ids,
        )
        return {"nonce": Blob(nonce), "time": time, "sig": Blob(self.dk.sign(message))}

    async def ask_once(self, path: str, make: Callable[[], Closed], kind: type[A]) -> A:
        """Send a signed request; one whose answer was lost is asked anew, with another nonce."""
        try:
            return await self.council.http.post_once(path, make(), kind)
        except Refused as refusal:
            if refusal.code is not Code.UNAVAILABLE:
                raise
        return await self.council.http.post_once(path, make(), kind)

    def read_request(self, case: CaseId, purpose: str, ids: Sequence[Hash]) -> Read:
        """Ask for full rows or bundles, in my name."""
        signed = self.asking(case, purpose, ids)
        return Read(case=case, purpose=purpose, ids=tuple(ids), **signed)

    def sub_request(self, case: CaseId, *, sit: SitId | None, start: int) -> Sub:
        """Ask to join a room's live feed from a row on."""
        nonce, time = self.request_nonce(), self.council.clock.seconds()
        message = requests.sub_message(
            net=self.council.net,
            origin=self.council.root().origin,
            case=case,
            sit=sit,
            start=start,
            nonce=nonce,
            time=time,
            device=self.me.device,
        )
        return Sub(
            case=case,
            sit=sit,
            start=start,
            nonce=Blob(nonce),
            time=time,
            sig=Blob(self.dk.sign(message)),
        )

    async def read(self, case: CaseId, purpose: str, ids: Sequence[Hash]) -> Served:
        """Read full rows or bundles by ticket; a lost answer is asked for anew."""
        path = f"cases/{case.hex()}/read"
        return await self.ask_once(path, lambda: self.read_request(case, purpose, ids), Served)

    async def eks(self, hashes: set[Digest]) -> dict[Digest, bytes]:
        """Sealing keys by the hash that certificates name; fetched once."""
        missing = hashes - self._eks.keys()
        if missing:
            self._eks.update(await self.council.sealing_keys(missing))
        return {each: self._eks[each] for each in hashes}

    # --- freshness ---------------------------------------------------------------------------

    def heard(self, iat: int, idn: int) -> None:
        """Take a receipt's or head's time as proof that my log is fresh, if I hold its size."""
        if idn <= self.council.log.size:
            self.fresh = max(self.fresh, iat)

    def log_age(self) -> int:
        """Age in ms of the newest such proof (protocol, section 5.13; v1 has no witnesses).

        The newest leaf under a checkpoint I verified proves as much: its time is the server's
        signed word too, and a beat comes every hour.
        """
        log = self.council.log
        return self.council.clock.now() - max(self.fresh, log.directory.time(log.size))

    # --- receipts ----------------------------------------------------------------------------

    async def keep_receipt(self, raw: bytes) -> None:
        """Remember a receipt until its leaves are found."""
        one = Unredeemed(at=int(self.council.clock.now()), rcpt=Blob(raw))
        await self.vault.update(lambda c: replace(c, receipts=(*c.receipts, one)))

    async def redeem(self) -> None:
        """Look for the leaves of all receipts in both logs; NOT_LOGGED once one is overdue."""
        waiting = self.vault.contents.receipts
        if not waiting:
            return
        await self.sync()
        await self.ops.sync(self.council.root(), self.council.clock.now())
        left = await redeem(waiting, log=self.council.log, ops=self.ops, net=self.council.net)
        done = set(waiting) - set(left)
        await self.vault.update(lambda c: _redeemed(c, done))
        await self.vault.update(lambda c: replace(c, ops=self.ops.pin))
        if is_overdue(left, self.council.clock.now()):
            raise Refused(Code.NOT_LOGGED)


def _redeemed(contents: Contents, done: set[Unredeemed]) -> Contents:
    left = tuple(one for one in contents.receipts if one not in done)
    return replace(contents, receipts=left)
