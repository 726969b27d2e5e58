"""`entaku consent`: consents and statutory decisions, and their withdrawal."""

from collections.abc import Sequence

import click

from cli.case import sid
from cli.client import Who, find_agency, for_person, signed_in
from cli.exits import Exit
from cli.rooms import agency_name, day, find_case, ident, in_room
from cli.speaking import Command, Group
from consent import register
from crypto.errors import Code, Refused
from protocol.basis import pairs_of
from protocol.codec import b64u
from protocol.ids import SubId, Wid
from protocol.payloads import Basis, Scope
from protocol.shapes import as_set
from protocol.vocabulary import BasisKind
from sdk import bases
from sdk.bases import Subject, Terms
from sdk.member import Member
from sdk.session import Session

PURPOSES = ("advice", "coordination")


@click.group("consent", cls=Group)
def group() -> None:
    """Legal bases."""


def _terms(session: Session, law: str, kinds: Sequence[str], to: Sequence[str], days: int) -> Terms:
    """Read `AGENCY:c1,c2` for each recipient; UNKNOWN_ID for a strange agency or law."""
    entry = register.load().bases.get(law)
    if entry is None:
        raise Refused(Code.UNKNOWN_ID, law=law)
    now = session.council.clock.now()
    scope: list[Scope] = []
    for each in to:
        name, _, cats = each.rpartition(":")
        aid = find_agency(session.council, name)
        scope.append(Scope(ag=(aid,), cats=as_set(cats.split(","))))
    review = entry.review_days
    return Terms(
        law=law,
        kinds=kinds or sorted(entry.kinds),
        scope=scope,
        purp=PURPOSES,
        start=now,
        until=day(now, days),
        rev=None if review is None else day(now, min(review, days)),
    )


def _subject(session: Session, name: str, birth: str, sub: str | None) -> Subject:
    made = bases.new_subject(session, name=name, birth=birth)
    if sub is None:
        return made
    return Subject(sub=SubId(ident(sub)), key=made.key, name=name, birth=birth)


@group.command("create", cls=Command)
@for_person
@click.argument("case")
@click.option("--subject", required=True)
@click.option("--birth", default="")
@click.option("--sub")
@click.option("--law", default="consent")
@click.option("--kind", "kinds", multiple=True)
@click.option("--to", multiple=True, required=True)
@click.option("--days", type=click.IntRange(1, 400), default=180)
@click.option("--approver")
async def create(  # noqa: PLR0913 -- the fields of a basis, each by its own option
    who: Who,
    *,
    case: str,
    subject: str,
    birth: str,
    sub: str | None,
    law: str,
    kinds: Sequence[str],
    to: Sequence[str],
    days: int,
    approver: str | None,
) -> int:
    """Log a consent, or propose a statutory decision to its approver."""
    async with signed_in(who) as session:
        found = await find_case(session, case)
        named = _subject(session, subject, birth, sub)
        terms = _terms(session, law, kinds, to, days)
        if approver is None:
            made = await bases.consent(
                session, case=found, subject=named, terms=terms, evidence=None
            )
        else:
            made = await bases.propose(
                session, case=found, subject=named, terms=terms, approver=Wid(ident(approver))
            )
    key = "consent.created" if approver is None else "consent.proposed"
    who.shell.give(
        {"basis": b64u(made), "sub": named.sub.hex()},
        who.shell.text(key, basis=b64u(made), sub=named.sub.hex()),
    )
    return Exit.OK


@group.command("waiting", cls=Command)
@for_person
async def waiting(who: Who) -> int:
    """List decisions that wait for one's own approval."""
    async with signed_in(who) as session:
        for statement in await bases.waiting(session):
            body = statement.body
            if isinstance(body, Basis):
                _give(who, b64u(statement.sid), body, [], taken=0)
    return Exit.OK


@group.command("approve", cls=Command)
@for_person
@click.argument("basis")
async def approve(who: Who, basis: str) -> int:
    """Approve a statutory decision that somebody else proposed."""
    async with signed_in(who) as session:
        for statement in await bases.waiting(session):
            if b64u(statement.sid) == basis:
                await bases.approve(session, statement)
                who.shell.say("consent.approved", basis=basis)
                return Exit.OK
    raise Refused(Code.UNKNOWN_ID, basis=basis)


@group.command("list", cls=Command)
@in_room
async def list_bases(who: Who, member: Member) -> int:
    """List the bases of a room: for whom, for which categories, until when."""
    state = member.room.state
    for listed in sorted(state.listed, key=lambda each: state.listed[each]):
        body = state.basis_of(listed)
        named = dict.fromkeys(aid for scope in body.scope for aid in scope.ag)
        names = [agency_name(member, aid) for aid in named]
        taken = sum(withdraw.basis == listed for _, withdraw in state.withdrawn.values())
        _give(who, b64u(listed), body, names, taken=taken)
    return Exit.OK


def _give(who: Who, basis: str, body: Basis, names: Sequence[str], *, taken: int) -> None:
    shell = who.shell
    record = {
        "basis": basis,
        "kind": body.kind.value,
        "law": body.law,
        "sub": body.sub.hex(),
        "until": body.until.text(),
        "review": body.rev.text() if body.rev else None,
        "pairs": sorted(f"{aid.hex()}:{cat}" for aid, cat in pairs_of(body)),
        "withdrawals": taken,
    }
    ended = shell.text("consent.taken", n=taken) if taken else ""
    shell.give(
        record,
        f"{basis[:8]}  {register.load().citation(body.law, shell.lang)}  {body.sub.hex()[:8]}  "
        f"~ {shell.when(body.until)} {ended}",
        *([f"          {'、'.join(names)}"] if names else []),
    )


@group.command("withdraw", cls=Command)
@in_room
@click.argument("basis")
@click.option("--from", "agencies", multiple=True)
@click.option("--cat", "cats", multiple=True)
async def withdraw(
    who: Who, member: Member, *, basis: str, agencies: Sequence[str], cats: Sequence[str]
) -> int:
    """Withdraw a consent, whole or for some agencies and categories."""
    state = member.room.state
    found = [each for each in state.listed if b64u(each).startswith(basis)]
    wanted = found[0] if len(found) == 1 else sid(basis)
    if state.basis_of(wanted).kind is not BasisKind.CONSENT:
        who.shell.say("consent.law")
    named = {find_agency(member.room.session.council, each) for each in agencies}
    await member.withdraw(wanted, agencies=named or None, cats=set(cats) or None)
    await member.mend()
    left = len(member.room.members())
    who.shell.give(
        {"roster": member.room.state.epoch, "members": left},
        who.shell.text("consent.withdrawn", n=member.room.state.epoch, members=left),
    )
    return Exit.OK
