"""What people do at the edge of a council: admit, leave something waiting, sign in.

Each reads, decides, writes, in this order. A decision stands on the statements known here; if
another came first, the store raises asyncpg's SerializationError and the edge asks again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from msgspec.structs import replace

from crypto import signing
from crypto.errors import Code, Refused
from identity import model
from identity.model import Actor, Admission, Logged, Own, Touched, Waiting
from protocol import admission, codec, statement
from protocol.directory import Directory, Signer
from protocol.ids import Blob, Digest, Hash, Id, LinkId, NetId, Sid, Wid
from protocol.leaf import case_of, leaf_for
from protocol.payloads import PAYLOADS, Basis, Device, Join, Link, Worker
from protocol.requests import auth_message, name_message, require_recent
from protocol.statement import Statement, signature_hash, to_dsse
from protocol.times import Instant
from protocol.wire import Admit, LinkOffer, NameBeside, Pend, Pending, SignIn

LINK_LIFE: Final = timedelta(minutes=30)
BEGUN_LIFE: Final = timedelta(days=14)
OFFER: Final = "offer"


class Statements(Protocol):
    """Where statements are stored."""

    async def admit(self, admission: Admission, /) -> None:
        """Store a statement decided on at `admission.rev`."""
        ...


class WaitingRoom(Protocol):
    """Where things wait."""

    async def pend(self, waiting: Waiting, /, *, now: datetime, answers: str | None = None) -> None:
        """Keep something until its time, in the place of what it answers if it is of that type.

        CONFLICT when something else waits under its key.
        """
        ...

    async def all(self, *, now: datetime) -> list[Waiting]:
        """Read everything whose time has not passed."""
        ...


class Challenges(Protocol):
    """Nonces of sign-in."""

    async def take(self, nonce: bytes, /, *, now: datetime) -> bool:
        """Use a nonce up; False when it is unknown, used or too old."""
        ...


class View(Protocol):
    """A council as the decisions see it; all its statements are in the directory."""

    @property
    def directory(self) -> Directory:
        """What the identity log says."""
        ...

    @property
    def rev(self) -> int:
        """Number of statements in the directory."""
        ...

    @property
    def own(self) -> Own:
        """What the root must name."""
        ...


# ---------------------------------------------------------------- admission


async def admit(
    request: Admit,
    *,
    view: View,
    statements: Statements,
    waiting: WaitingRoom,
    touched: Sequence[Touched],
    now: datetime,
) -> None:
    """Put a complete statement into the `id` log; what waited for it is forgotten.

    Raises:
        Refused: Codes of `statement.parse`, WRONG_PLACE, codes of `admission.verify`,
            BAD_COMMITMENT, and what the store raises; then nothing is stored.
    """
    new = statement.parse(request.statement)
    model.require_place(new.body)
    signatures = admission.verify(view.directory, new, view.directory.size)
    model.require_timely(new.body, directory=view.directory, now=Instant.of(now))
    model.require_own(new.body, view.own)
    waits = await waiting.all(now=now) if isinstance(new.body, Worker | Device | Basis) else []
    beside = model.beside_of(
        new.body,
        directory=view.directory,
        ek=request.ek or None,
        name=request.name or _name_that_waited(waits, new.sid),
    )
    leaf = leaf_for(new.body, sid=new.sid, sg=signature_hash(signatures), t=Instant.of(now))
    await statements.admit(
        Admission(
            rev=view.rev,
            at=now,
            statement=Logged(
                sid=new.sid,
                typ=new.typ,
                prev=model.prev_of(new.body),
                payload=new.payload,
                leaf=leaf.encode(),
                signatures=signatures,
            ),
            case=case_of(new.body),
            beside=beside,
            touched=touched,
            done=[each.key for each in waits if _is_done(each, new)],
        )
    )


def _name_that_waited(waits: Sequence[Waiting], sid: Sid) -> NameBeside | None:
    return next((_name(each) for each in waits if each.key == sid), None)


def _is_done(waiting: Waiting, new: Statement) -> bool:
    if waiting.key == new.sid:
        return True
    return waiting.typ in {"join", "link"} and model.is_answered(
        model.revive(waiting).body, new.body
    )


# ---------------------------------------------------------------- waiting


async def pend(request: Pend, *, view: View, waiting: WaitingRoom, now: datetime) -> None:
    """Leave a `join`, a `link` or an incomplete statement for its other side.

    The same once more changes nothing. Raises WRONG_PLACE for another key or type, RATE_LIMITED
    when too much waits, CONFLICT when something else waits under the key, and the codes of the
    checks in `identity.model`.
    """
    new = statement.parse(request.statement)
    waits = await waiting.all(now=now)
    if any(_is_same(one, request, new) for one in waits):
        return  # the answer to the first time was lost on its way
    match new.body:
        case Join() as body:
            _require_key(request, body.inv, has_mac=True)
            at = Instant.of(now)
            signatures = model.require_join(view.directory, new, body, now=at)
            until = model.require_live_invite(view.directory, body.inv, now=at).exp.moment()
        case Link() as body:
            _require_key(request, body.lid, has_mac=True)
            signatures = model.require_link(view.directory, new, body)
            _require_offer(waits, body)
            until = now + LINK_LIFE
        case body:
            _require_key(request, new.sid, has_mac=False)
            signatures = model.require_begun(view.directory, new)
            if isinstance(body, Worker) and request.name:
                model.require_name(body, request.name)
            until = now + BEGUN_LIFE
    hands = {signature.pk for signature in signatures}
    model.require_share(waits, lambda one: any(s.pk in hands for s in one.signatures))
    kept = Waiting(
        key=request.key,
        typ=new.typ,
        payload=new.payload,
        signatures=signatures,
        mac=request.mac or None,
        beside=_beside(request),
        until=until,
    )
    await waiting.pend(kept, now=now, answers=OFFER if isinstance(new.body, Link) else None)


def _beside(request: Pend) -> bytes | None:
    return codec.encode(request.name) if request.name else None


def _is_same(one: Waiting, request: Pend, new: Statement) -> bool:
    """Answer whether exactly this waits already: then it is the same request once more."""
    asked = (request.key, new.typ, new.payload, request.mac or None, _beside(request))
    return (one.key, one.typ, one.payload, one.mac, one.beside) == asked


def _require_key(request: Pend, key: bytes, *, has_mac: bool) -> None:
    if request.key != key:
        raise Refused(Code.WRONG_PLACE, field="key")
    if bool(request.mac) != has_mac:
        raise Refused(Code.BAD_TAG, field="mac")


def _require_offer(waits: Sequence[Waiting], body: Link) -> None:
    """One `link` answers one offer, of the same person, and takes its place."""
    offer = next((each for each in waits if each.key == body.lid and each.typ == OFFER), None)
    if offer is None or _offer(offer).wid != body.wid:
        raise Refused(Code.UNKNOWN_ID)


async def offer_link(
    offer: LinkOffer, *, actor: Signer, view: View, waiting: WaitingRoom, now: datetime
) -> None:
    """Leave an offer for a further device of the caller: FORBIDDEN for another person's."""
    mine = offer.net == view.directory.net and (offer.wid, offer.ik) == actor.person
    if not mine or len(offer.key) != Id.SIZE:
        raise Refused(Code.FORBIDDEN)
    model.require_share(
        await waiting.all(now=now), lambda one: one.typ == OFFER and _offer(one).wid == offer.wid
    )
    kept = Waiting(
        key=offer.key,
        typ=OFFER,
        payload=codec.encode(offer),
        signatures=(),
        mac=offer.mac,
        beside=None,
        until=now + LINK_LIFE,
    )
    await waiting.pend(kept, now=now)


async def find_offer(key: bytes, *, waiting: WaitingRoom, now: datetime) -> LinkOffer:
    """Fetch an offer by its lid; UNKNOWN_ID while there is none."""
    for each in await waiting.all(now=now):
        if each.key == key and each.typ == OFFER:
            return _offer(each)
    raise Refused(Code.UNKNOWN_ID)


async def has_offer(lid: LinkId, *, waiting: WaitingRoom, now: datetime) -> bool:
    """Tell whether an offer waits under a lid."""
    return any(each.key == lid and each.typ == OFFER for each in await waiting.all(now=now))


async def find_waiting(
    key: bytes, *, sig: bytes | None, net: NetId, waiting: WaitingRoom, now: datetime
) -> Pending:
    """Fetch what waits under a key, or for the person or device of that id.

    Whoever knows an inv, lid, sid, wid or did may ask; bases are not found here. The name beside
    a certificate is for the person herself, who signs for it. UNKNOWN_ID, BAD_SIG.
    """
    for each in sorted(await waiting.all(now=now), key=lambda each: each.until, reverse=True):
        if each.typ not in PAYLOADS or each.typ == "basis":
            continue
        body = model.revive(each).body
        if each.key == key or model.answers_to(body, key):
            found = _pending(each)
            if sig is None or not isinstance(body, Worker):
                return replace(found, name=None)
            message = name_message(net=net, key=key)
            signing.verify(public=body.ik, message=message, signature=sig)
            return found
    raise Refused(Code.UNKNOWN_ID)


async def waiting_for(wid: Wid, *, waiting: WaitingRoom, now: datetime) -> tuple[Pending, ...]:
    """List the statements that wait for a person's signature."""
    found = [each for each in await waiting.all(now=now) if each.typ in PAYLOADS]
    return tuple(_pending(each) for each in found if model.waits_for(model.revive(each).body, wid))


def _pending(waiting: Waiting) -> Pending:
    return Pending(
        key=Blob(waiting.key),
        statement=Blob(to_dsse(model.revive(waiting), waiting.signatures)),
        mac=None if waiting.mac is None else Digest(Hash(waiting.mac)),
        name=_name(waiting),
    )


def _name(waiting: Waiting) -> NameBeside | None:
    return None if waiting.beside is None else codec.decode(waiting.beside, NameBeside)


def _offer(waiting: Waiting) -> LinkOffer:
    return codec.decode(waiting.payload, LinkOffer)


# ---------------------------------------------------------------- sign-in


async def sign_in(
    request: SignIn, *, view: View, net: NetId, challenges: Challenges, now: datetime
) -> Signer:
    """Check a device's answer to a challenge; the nonce is used up in any case.

    Raises REPLAY for a nonce that is not open, CLOCK, UNTRUSTED, BAD_SIG, and the codes of
    `require_live`.
    """
    if not await challenges.take(request.nonce, now=now):
        raise Refused(Code.REPLAY)
    require_recent(request.time, now=Instant.of(now))
    actor = require_live(view.directory, request.device)
    message = auth_message(
        net=net,
        origin=view.directory.root(view.directory.size).origin,
        nonce=request.nonce,
        time=request.time,
        device=request.device,
    )
    signing.verify(public=actor.dk, message=message, signature=request.sig)
    return actor


def require_live(directory: Directory, device: Sid) -> Signer:
    """Whose device this is, if nothing that was seen has ended it.

    Raises UNTRUSTED, EXPIRED, REVOKED.
    """
    chain = directory.chains.get(device)
    body = chain.versions[0].body if chain else None
    if not isinstance(body, Device):
        raise Refused(Code.UNTRUSTED)
    signer = directory.trust(body.dk, "auth", directory.size)
    if directory.is_seen_ended(signer):
        raise Refused(Code.REVOKED)
    return signer


def actor_of(signer: Signer) -> Actor:
    """Name a signed-in device."""
    return Actor(did=signer.did, wid=signer.wid, device=signer.device)
