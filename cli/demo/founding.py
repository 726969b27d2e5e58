"""Bases and rooms: consents, decisions, founding a room, bringing people in."""

from typing import Final

from cli import deeds
from cli.demo.lines import Json
from cli.demo.player import Player
from cli.demo.verbs import Verbs, case_of, ident, member_of, statement, verbs_of
from crypto.errors import Code, Refused
from protocol.ids import Aid, Wid
from protocol.payloads import Scope
from protocol.shapes import as_set
from protocol.times import DAY
from protocol.vocabulary import (
    RosterRole,
)
from sdk import bases, seating
from sdk.seating import Row

PURPOSES: Final = ("advice", "coordination")
_GUEST: Final = DAY
VERBS: Verbs = {}
_verb = verbs_of(VERBS)


@_verb
async def reserve(player: Player, *, code: str) -> str:
    """Reserve a case id under a public code."""
    return (await seating.reserve(player.session, code)).hex()


@_verb
async def consent(
    player: Player, *, case: str, subject: Json, aids: dict[str, str]
) -> dict[str, str]:
    """Log a consent that this person took."""
    named = bases.new_subject(player.session, name=subject["name"], birth=subject["birth"])
    evidence = bases.new_evidence(player.session, dict(subject["evidence"]))
    sid = await bases.consent(
        player.session,
        case=case_of(case),
        subject=named,
        terms=_terms(player, subject, aids),
        evidence=evidence,
    )
    return {"basis": sid.hex(), "sub": named.sub.hex()}


@_verb
async def propose(
    player: Player, *, case: str, subject: Json, aids: dict[str, str], approver: str
) -> dict[str, str]:
    """Propose a statutory decision to somebody else."""
    named = bases.new_subject(player.session, name=subject["name"], birth=subject["birth"])
    sid = await bases.propose(
        player.session,
        case=case_of(case),
        subject=named,
        terms=_terms(player, subject, aids),
        approver=Wid(ident(approver)),
    )
    return {"basis": sid.hex(), "sub": named.sub.hex()}


def _terms(player: Player, subject: Json, aids: dict[str, str]) -> bases.Terms:
    now = player.clock.now()
    days = {name: subject[name] for name in ("from", "until", "review")}
    scope = [
        Scope(
            ag=as_set([Aid(ident(aids[code])) for code in pair["agencies"]]),
            cats=as_set(pair["cats"]),
        )
        for pair in subject["scope"]
    ]
    return bases.Terms(
        law=subject["law"],
        kinds=subject["kinds"],
        scope=scope,
        purp=PURPOSES,
        start=now.plus(days["from"] * DAY),
        until=now.plus(days["until"] * DAY),
        rev=None if days["review"] is None else now.plus(days["review"] * DAY),
    )


@_verb
async def approve_basis(player: Player, *, sid: str) -> None:
    """Read a decision that waits for one's own signature, and sign it."""
    waiting = await bases.waiting(player.session)
    found = [each for each in waiting if each.sid.hex() == sid]
    if not found:
        raise Refused(Code.UNKNOWN_ID)
    await bases.approve(player.session, found[0])


@_verb
async def create(
    player: Player, *, case: str, staff: list[str], acts: list[str], bases: list[str]
) -> dict[str, int]:
    """Found the room on its bases."""
    member = player.client.member(case_of(case))
    await seating.create(
        member,
        bases=[statement(each) for each in bases],
        staff=[Wid(ident(each)) for each in staff],
        act=[Wid(ident(each)) for each in acts],
    )
    return {"seq": member.room.state.seq}


@_verb
async def admit(
    player: Player, *, case: str, members: list[str], guests: list[str] | None = None
) -> dict[str, int]:
    """Bring people into the roster; guests have an end."""
    member = await member_of(player, case)
    until = player.clock.now().plus(_GUEST)
    rows = [Row(wid=Wid(ident(each))) for each in members]
    rows += [Row(wid=Wid(ident(each)), role=RosterRole.GUEST, until=until) for each in guests or ()]
    await seating.add(member, rows)
    return {"n": member.room.state.epoch}


@_verb
async def card(player: Player, *, case: str, wid: str, title: str, text: str) -> None:
    """Write the stage-1 card for a guest."""
    await deeds.card(await member_of(player, case), Wid(ident(wid)), title=title, text=text)
