"""A registrar's work: invite, approve a join, pledge for the agency, revoke (section 5.4)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from crypto.errors import Code, Refused
from crypto.signing import SigningKey
from protocol.certificates import invite_life
from protocol.derived import ek_hash, worker_id
from protocol.ids import Aid, Blob, Digest, Hash, InvId, Sid, Wid
from protocol.invitation import SECRET_SIZE, Secret, enrolment_digits, grouped, require_mac
from protocol.keys import name_commitment
from protocol.payloads import Invite, Join, Pledge, Revoke, Worker
from protocol.shapes import as_set
from protocol.statement import Statement, compose, match, parse, sign
from protocol.times import Instant
from protocol.vocabulary import Cap, RevokeWhat, RevokeWhy
from protocol.wire import NameBeside, Pending
from sdk.contents import Contents, SecretOf
from sdk.council import Council
from sdk.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What the registrar hands over: a link, or a code to be typed; one of them once."""

    inv: InvId
    sid: Sid
    link: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A checked request to join, and the twelve digits both sides read aloud."""

    join: Join
    invite: Invite
    digits: str


class Registrar:
    """Signs for one agency; the secrets of its invitations stay in the vault."""

    def __init__(self, council: Council, *, vault: Vault, key: SigningKey, aid: Aid) -> None:
        """`key` is named by the agency's newest certificate."""
        self._council = council
        self._vault = vault
        self._key = key
        self._aid = aid

    async def invite(
        self, caps: Sequence[Cap], *, exp: Instant, wid: Wid | None = None
    ) -> Invitation:
        """Make and log a single-use invitation; `wid` names a person who lost all her devices.

        Raises RULE_DENIED for one that would live longer than 72 hours, or 14 days where the
        digits must be read aloud.
        """
        council = self._council
        if exp - council.clock.now() > invite_life(caps):
            raise Refused(Code.RULE_DENIED, field="exp")
        seed = council.entropy(SECRET_SIZE)
        secret = Secret(seed)
        statement = compose(
            Invite(
                net=council.net,
                nce=council.nonce(),
                iat=council.iat(),
                inv=secret.inv,
                aid=self._aid,
                wid=wid,
                caps=as_set(caps),
                exp=exp,
                am=secret.invite_net(council.net),
            )
        )
        kept = SecretOf(inv=secret.inv, s=Blob(seed))
        await self._vault.update(lambda c: replace(c, invites=(*c.invites, kept)))
        await council.admit_logged(statement, sign(statement, self._key))
        return Invitation(
            inv=secret.inv,
            sid=statement.sid,
            link=secret.link(origin=council.root().origin, net=council.net),
            code=grouped(secret.code()),
        )

    async def request(self, inv: InvId, *, patience: int = 0) -> Request:
        """Fetch and check what waits under an invitation.

        Raises:
            Refused: UNKNOWN_ID while nothing waits, BAD_TAG for a foreign mac, RULE_DENIED for
                other caps or another person, EXPIRED.
        """
        pending = await self._council.wait_for(inv, patience=patience)
        statement = parse(pending.statement)
        join = _join(statement)
        invite = self._invite(inv)
        self._require_mac(pending, statement, inv)
        self._require_fit(join, invite)
        if len(match(statement, (join.ik, join.dk))) != len({join.ik, join.dk}):
            raise Refused(Code.BAD_SIG)
        digits = await asyncio.to_thread(
            enrolment_digits,
            net=self._council.net,
            inv=inv,
            ik=join.ik,
            dk=join.dk,
            ekh=ek_hash(join.ek),
        )
        return Request(join=join, invite=invite, digits=digits)

    def _invite(self, inv: InvId) -> Invite:
        chain = self._council.log.directory.invites.get(inv)
        cert = chain.newest(self._council.log.size) if chain else None
        if cert is None or cert.body.aid != self._aid:
            raise Refused(Code.UNKNOWN_ID)
        if self._council.clock.now() >= cert.body.exp:
            raise Refused(Code.EXPIRED)
        return cert.body

    def _require_mac(self, pending: Pending, statement: Statement, inv: InvId) -> None:
        found = (kept.s for kept in self._vault.contents.invites if kept.inv == inv)
        seed = next(found, None)
        if seed is None or pending.mac is None:
            raise Refused(Code.BAD_TAG)
        ours = Secret(seed).join(self._council.net, tbs=statement.tbs)
        require_mac(ours=ours, theirs=pending.mac)

    def _require_fit(self, join: Join, invite: Invite) -> None:
        council = self._council
        derived = worker_id(net=council.net, aid=self._aid, inv=invite.inv)
        fits = join.net == council.net and join.inv == invite.inv
        fits = fits and join.wid == (invite.wid or derived) and join.caps == invite.caps
        if not fits or join.root != council.log.directory.roots[-1].sid:
            raise Refused(Code.RULE_DENIED)

    async def certify(self, request: Request, *, name: str, nbf: Instant, exp: Instant) -> Sid:
        """Sign the worker's certificate and leave it for her own signature."""
        council = self._council
        beside = NameBeside(name=name, salt=Hash(council.entropy(Hash.SIZE)))
        before = council.log.directory.workers.get(request.join.wid)
        newest = before.newest(council.log.size) if before else None
        statement = compose(
            Worker(
                net=council.net,
                nce=council.nonce(),
                iat=council.iat(),
                wid=request.join.wid,
                aid=self._aid,
                nh=name_commitment(beside.salt, name=name),
                ik=request.join.ik,
                caps=request.join.caps,
                gen=newest.body.gen + 1 if newest else 0,
                inv=request.join.inv,
                nbf=nbf,
                exp=exp,
                prev=newest.sid if newest else None,
            )
        )
        await council.pend(statement.sid, statement, sign(statement, self._key), name=beside)
        await self._vault.update(lambda c: _without(c, request.join.inv))
        return statement.sid

    async def pledge(self, text: Digest, *, ver: int, until: Instant) -> Sid:
        """Log the agency's 誓約書."""
        council = self._council
        statement = compose(
            Pledge(
                net=council.net,
                nce=council.nonce(),
                iat=council.iat(),
                aid=self._aid,
                wid=None,
                text=text,
                ver=ver,
                until=until,
            )
        )
        await council.admit_logged(statement, sign(statement, self._key))
        return statement.sid

    async def revoke(
        self, what: RevokeWhat, sid: Sid, *, why: RevokeWhy, since: int | None = None
    ) -> Sid:
        """End a certificate's whole chain, or an unused invitation."""
        statement = compose(
            Revoke(
                net=self._council.net,
                nce=self._council.nonce(),
                iat=self._council.iat(),
                what=what,
                id=sid,
                why=why,
                since=since,
            )
        )
        await self._council.admit_logged(statement, sign(statement, self._key))
        return statement.sid


def _join(statement: Statement) -> Join:
    if not isinstance(statement.body, Join):
        raise Refused(Code.UNKNOWN_TYPE)
    return statement.body


def _without(contents: Contents, inv: InvId) -> Contents:
    left = tuple(kept for kept in contents.invites if kept.inv != inv)
    return replace(contents, invites=left)
