"""A further device of one person, vouched for by a sibling (section 5.4, step 5).

The old device shows a code; whoever types it into the new one proves nothing but that: the
person confirms on the old device, and only then do ik and the old dk sign.
"""

from dataclasses import dataclass

from msgspec.structs import replace

from crypto.errors import Code, Refused
from crypto.sealing import SealingKey
from crypto.signing import SigningKey
from protocol.codec import b64u
from protocol.derived import device_id, ek_hash
from protocol.ids import Blob, Hash, Key
from protocol.invitation import SECRET_SIZE, Secret, grouped, require_mac
from protocol.payloads import Device, Link
from protocol.statement import compose, match, parse, sign
from protocol.wire import Done, LinkOffer
from sdk.contents import CouncilPin, Identity, SealingSeed
from sdk.council import Council, net_header
from sdk.session import Session
from sdk.vault import Vault
from sdk.vault_format import new_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the old device shows: a code to type, and the secret behind it."""

    secret: Secret
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """What a new device keeps between asking and being certified."""

    offer: LinkOffer
    link: Link


async def offer(session: Session) -> Offer:
    """On the old device: leave an offer that only the typed code can read."""
    council, me = session.council, session.me
    secret = Secret(council.entropy(SECRET_SIZE))
    body = LinkOffer(
        key=Blob(secret.lid),
        net=council.net,
        wid=me.wid,
        ik=me.ik,
        mac=secret.link_net(council.net, wid=me.wid, ik=me.ik),
    )
    await council.http.post("pend/offer", body, Done)
    return Offer(secret=secret, code=grouped(secret.code()))


async def ask(council: Council, vault: Vault, *, secret: Secret) -> Linking:
    """On the new device: find the offer, make keys, and ask the old device for a certificate.

    Raises:
        Refused: UNKNOWN_ID without an offer, BAD_TAG when it is not of who showed the code.
    """
    path = f"pend/{b64u(secret.lid)}/offer"
    found = await council.http.get(path, LinkOffer)
    ours = secret.link_net(found.net, wid=found.wid, ik=found.ik)
    require_mac(ours=ours, theirs=found.mac)
    council.log.net = found.net
    council.log.headers = net_header(found.net)
    await council.sync()
    dk, ek = council.entropy(Hash.SIZE), new_key(council.entropy)
    device = SigningKey.from_seed(dk)
    public = Key(Hash(device.public))
    did = device_id(net=council.net, wid=found.wid, dk=public)
    await vault.keep_device_key(dk, did=did)
    pin = CouncilPin(url=council.http.url, slug=council.http.slug, net=council.net)
    await vault.update(lambda c: replace(c, council=pin, ek=(SealingSeed(eg=0, seed=ek),)))
    statement = compose(
        Link(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            lid=secret.lid,
            wid=found.wid,
            dk=public,
            ek=Blob(SealingKey.from_seed(ek).public),
        )
    )
    mac = secret.link_request(council.net, tbs=statement.tbs)
    await council.pend(secret.lid, statement, sign(statement, device), mac=mac)
    body = statement.body
    assert isinstance(body, Link)  # noqa: S101 -- composed above
    return Linking(offer=found, link=body)


async def approve(session: Session, offered: Offer, *, passphrase: str, patience: int) -> Device:
    """On the old device, after the person confirmed: certify the new one with ik and my dk.

    Raises:
        Refused: UNKNOWN_ID while nothing waits, BAD_TAG, BAD_SIG, RULE_DENIED.
    """
    council, me = session.council, session.me
    pending = await council.wait_for(offered.secret.lid, patience=patience)
    statement = parse(pending.statement)
    link = statement.body
    if not isinstance(link, Link) or pending.mac is None or link.wid != me.wid:
        raise Refused(Code.RULE_DENIED)
    ours = offered.secret.link_request(council.net, tbs=statement.tbs)
    require_mac(ours=ours, theirs=pending.mac)
    if not match(statement, (link.dk,)):
        raise Refused(Code.BAD_SIG)
    certificate = compose(_certificate(session, link))
    person = await session.vault.person_key(passphrase)
    signatures = (sign(certificate, person), sign(certificate, session.dk))
    await council.pend(certificate.sid, certificate, *signatures)
    body = certificate.body
    assert isinstance(body, Device)  # noqa: S101 -- composed above
    return body


def _certificate(session: Session, link: Link) -> Device:
    council, me = session.council, session.me
    worker = council.log.directory.require_worker(me.wid, me.ik, council.log.size).body
    return Device(
        net=council.net,
        nce=council.nonce(),
        iat=council.iat(),
        did=device_id(net=council.net, wid=me.wid, dk=link.dk),
        wid=me.wid,
        ik=me.ik,
        dk=link.dk,
        ekh=ek_hash(link.ek),
        eg=0,
        nbf=worker.nbf,
        exp=worker.exp,
        prev=None,
    )


async def finish(council: Council, vault: Vault, *, linking: Linking, patience: int) -> Identity:
    """On the new device: accept the certificate if it is mine, log it, and take the identity."""
    link, found = linking.link, linking.offer
    did = device_id(net=council.net, wid=link.wid, dk=link.dk)
    pending = await council.wait_for(did, patience=patience)
    await council.sync()
    statement = parse(pending.statement)
    body = statement.body
    worker = council.log.directory.require_worker(found.wid, found.ik, council.log.size)
    mine = isinstance(body, Device) and (body.did, body.wid, body.ik, body.dk, body.ekh) == (
        *(did, found.wid, found.ik, link.dk),
        ek_hash(link.ek),
    )
    if not mine:
        raise Refused(Code.UNTRUSTED)
    siblings = council.log.directory.devices_of((found.wid, found.ik), council.log.size)
    keys = [found.ik, *(cert.body.dk for cert in siblings)]
    signatures = (*match(statement, keys), sign(statement, vault.dk))
    await council.admit_logged(statement, *signatures, ek=link.ek)
    identity = Identity(
        wid=found.wid,
        aid=worker.body.aid,
        ik=found.ik,
        did=did,
        dk=link.dk,
        worker=worker.sid,
        device=statement.sid,
        name="",
    )
    pin = council.log.pin(council.clock.now())
    await vault.update(lambda c: replace(c, identity=identity, id=pin))
    return identity
