"""Joining a council from a link or a typed code (section 5.4, flow 15.1)."""

import asyncio
from dataclasses import dataclass

from msgspec.structs import replace

from crypto.errors import Code, Refused
from crypto.sealing import SealingKey
from crypto.signing import SigningKey
from protocol.certificates import Cert
from protocol.derived import device_id, ek_hash, worker_id
from protocol.ids import Blob, Hash, Key, NetId, Sid
from protocol.invitation import Secret, enrolment_digits, read_code, read_link, require_mac
from protocol.keys import name_commitment
from protocol.payloads import Device, Invite, Join, Worker
from protocol.statement import Statement, compose, match, parse, sign
from protocol.wire import Pending
from sdk.contents import Contents, CouncilPin, Identity, Joining, SealingSeed
from sdk.council import Council, invite_header, net_header
from sdk.vault import Vault
from sdk.vault_format import new_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What somebody was handed: the secret, and the fingerprint if it came as a link."""

    secret: Secret
    net: NetId | None


def read_ticket(text: str) -> Ticket:
    """Read a link or a typed code; BAD_B64, BAD_LENGTH."""
    if "://" in text:
        link = read_link(text.strip())
        return Ticket(secret=link.secret, net=link.net)
    return Ticket(secret=read_code(text), net=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _NewKeys:
    """Seeds of 32 bytes, fresh for this device."""

    ik: bytes
    dk: bytes
    ek: bytes

    @property
    def person(self) -> SigningKey:
        return SigningKey.from_seed(self.ik)

    @property
    def device(self) -> SigningKey:
        return SigningKey.from_seed(self.dk)


async def ask(council: Council, vault: Vault, *, ticket: Ticket, passphrase: str) -> str:
    """Check the network, make this device's keys, and ask the registrar for a certificate.

    The keys are in the vault before anything is sent. Returns the twelve digits to read aloud.

    Raises:
        Refused: WRONG_NET or BAD_TAG for a network that is not the inviting one, UNKNOWN_ID,
            EXPIRED, REVOKED or REPLAY for an invitation that no longer counts.
    """
    inv = ticket.secret.inv
    council.log.headers = invite_header(inv)
    await council.sync()
    if ticket.net not in {None, council.net}:
        raise Refused(Code.WRONG_NET)
    invite = require_invite(council, ticket.secret)
    keys = _NewKeys(
        ik=council.entropy(Hash.SIZE), dk=council.entropy(Hash.SIZE), ek=new_key(council.entropy)
    )
    joining = _joining(council, invite, keys)
    await vault.keep_device_key(keys.dk, did=joining.did)
    await vault.keep_person_key(keys.ik, passphrase, did=joining.did)
    await vault.update(lambda c: _begun(c, council, joining, keys.ek))
    return await _send(council, ticket.secret, joining, keys)


def require_invite(council: Council, secret: Secret) -> Invite:
    """Find the invitation live and unused, under a network that knows its secret."""
    directory, n = council.log.directory, council.log.size
    chain = directory.invites.get(secret.inv)
    if chain is None:
        raise Refused(Code.UNKNOWN_ID)
    cert = chain.versions[-1]
    require_mac(ours=secret.invite_net(council.net), theirs=cert.body.am)
    if chain.ended(n):
        raise Refused(Code.REVOKED)
    if council.clock.now() >= cert.body.exp:
        raise Refused(Code.EXPIRED)
    if secret.inv in directory.used:
        raise Refused(Code.REPLAY)
    return cert.body


def _joining(council: Council, invite: Invite, keys: _NewKeys) -> Joining:
    wid = invite.wid or worker_id(net=council.net, aid=invite.aid, inv=invite.inv)
    chain = council.log.directory.workers.get(wid)
    before = chain.newest(council.log.size) if chain else None
    dk = Key(Hash(keys.device.public))
    return Joining(
        inv=invite.inv,
        wid=wid,
        aid=invite.aid,
        ik=Key(Hash(keys.person.public)),
        dk=dk,
        did=device_id(net=council.net, wid=wid, dk=dk),
        caps=invite.caps,
        gen=before.body.gen + 1 if before else 0,
        prev=before.sid if before else None,
    )


def _begun(contents: Contents, council: Council, joining: Joining, ek: bytes) -> Contents:
    return replace(
        contents,
        council=CouncilPin(url=council.http.url, slug=council.http.slug, net=council.net),
        joining=joining,
        ek=(SealingSeed(eg=0, seed=Hash(ek)),),
    )


async def _send(council: Council, secret: Secret, joining: Joining, keys: _NewKeys) -> str:
    ek = SealingKey.from_seed(keys.ek).public
    statement = compose(
        Join(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            inv=joining.inv,
            wid=joining.wid,
            root=council.log.directory.roots[-1].sid,
            ik=joining.ik,
            dk=joining.dk,
            ek=Blob(ek),
            caps=joining.caps,
        )
    )
    mac = secret.join(council.net, tbs=statement.tbs)
    signatures = (sign(statement, keys.person), sign(statement, keys.device))
    await council.pend(joining.inv, statement, *signatures, mac=mac)
    return await asyncio.to_thread(
        enrolment_digits,
        net=council.net,
        inv=joining.inv,
        ik=joining.ik,
        dk=joining.dk,
        ekh=ek_hash(ek),
    )


async def finish(council: Council, vault: Vault, *, passphrase: str, patience: int) -> Identity:
    """Accept the certificate if it is what was asked for, then log person and device.

    Waits up to `patience` ms for the registrar. Both leaves are verified before the vault
    calls this device its own.

    Raises:
        Refused: UNKNOWN_ID while nothing waits, UNTRUSTED for a certificate of somebody else.
    """
    joining = vault.contents.joining
    if joining is None:
        raise Refused(Code.UNKNOWN_ID)
    council.log.headers = net_header(council.net)
    person = await vault.person_key(passphrase)
    worker, name = await _certificate(council, joining, person, patience=patience)
    ek = SealingKey.from_seed(vault.contents.ek[-1].seed).public
    device = await _device(council, vault, joining, person, worker.body, ek=ek)
    identity = _identity(joining, worker.sid, device, name)
    pin = council.log.pin(council.clock.now())
    await vault.update(lambda c: replace(c, joining=None, identity=identity, id=pin))
    return identity


async def _certificate(
    council: Council, joining: Joining, person: SigningKey, *, patience: int
) -> tuple[Cert[Worker], str]:
    """Accept the waiting certificate, unless that was done before a break."""
    await council.sync()
    accepted = council.log.directory.by_ik.get(joining.ik)
    name = ""
    if accepted is None:
        pending = await council.wait_for(joining.wid, patience=patience, person=person)
        await council.sync()
        statement = parse(pending.statement)
        body = _own_certificate(statement, joining, pending)
        keys = council.log.directory.agency(body.aid, council.log.size).keys
        await council.admit_logged(statement, *match(statement, keys), sign(statement, person))
        name = pending.name.name if pending.name else ""
    return council.log.directory.require_worker(joining.wid, joining.ik, council.log.size), name


async def _device(
    council: Council,
    vault: Vault,
    joining: Joining,
    person: SigningKey,
    worker: Worker,
    *,
    ek: bytes,
) -> Sid:
    known = council.log.directory.devices.get(joining.did)
    if known is not None:
        return known.versions[0].sid
    device = first_device(council, joining, worker, ek=ek)
    await council.admit_logged(device, sign(device, person), sign(device, vault.dk), ek=ek)
    return device.sid


def _own_certificate(statement: Statement, joining: Joining, pending: Pending) -> Worker:
    """The certificate names my keys, my invitation and the caps I was offered, and my name."""
    body = statement.body
    if not isinstance(body, Worker):
        raise Refused(Code.UNKNOWN_TYPE)
    mine = (body.wid, body.aid, body.ik, body.caps, body.inv, body.gen, body.prev)
    asked = (
        *(joining.wid, joining.aid, joining.ik, joining.caps, joining.inv),
        *(joining.gen, joining.prev),
    )
    named = pending.name is not None and body.nh == name_commitment(
        pending.name.salt, name=pending.name.name
    )
    if mine != asked or not named:
        raise Refused(Code.UNTRUSTED)
    return body


def first_device(council: Council, joining: Joining, worker: Worker, *, ek: bytes) -> Statement:
    """The certificate of this device, as long as the person's own."""
    return compose(
        Device(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            did=joining.did,
            wid=joining.wid,
            ik=joining.ik,
            dk=joining.dk,
            ekh=ek_hash(ek),
            eg=0,
            nbf=worker.nbf,
            exp=worker.exp,
            prev=None,
        )
    )


def _identity(joining: Joining, worker: Sid, device: Sid, name: str) -> Identity:
    return Identity(
        wid=joining.wid,
        aid=joining.aid,
        ik=joining.ik,
        did=joining.did,
        dk=joining.dk,
        worker=worker,
        device=device,
        name=name,
    )
