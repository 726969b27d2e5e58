"""What all verbs share: ids from text, and the room a person works in."""

from collections.abc import Callable

from cli.demo.player import Player, Verb
from conference.records import Owner
from protocol.ids import Aid, CaseId, Hash, Id, Sid, Wid
from sdk.member import Member

Verbs = dict[str, Verb]


def verbs_of(found: Verbs) -> Callable[[Verb], Verb]:
    """Make a decorator that lists a verb under its own name."""

    def listed(work: Verb) -> Verb:
        found[work.__name__] = work
        return work

    return listed


def ident(text: str) -> Id:
    """Read an id."""
    return Id(bytes.fromhex(text))


def statement(text: str) -> Sid:
    """Read the id of a statement."""
    return Sid(Hash(bytes.fromhex(text)))


def case_of(text: str) -> CaseId:
    """Read the id of a case."""
    return CaseId(ident(text))


def owner_of(aid: str, wid: str | None) -> Owner:
    """An agency, or one person of it."""
    return Owner(ag=Aid(ident(aid)), w=None if wid is None else Wid(ident(wid)))


async def member_of(player: Player, case: str) -> Member:
    """The room, live since `enter`; before that its rows are fetched for each deed."""
    member = player.client.member(case_of(case))
    if case not in player.joined:
        await member.room.open()
    await member.room.confirm_changes()
    return member
