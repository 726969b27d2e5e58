"""Before the conference: the council, its agencies and people, and their pledges."""

from msgspec import to_builtins

from cli.demo.play import OFFICE, Play, gather
from cli.demo.stage import setup_token
from cli.demo.story import Person
from protocol.vocabulary import Cap

AGENCY_PLEDGE_DAYS = 168


async def found(play: Play) -> None:
    """Found the council and certify its agencies."""
    story = play.story
    play.teller.act("act.council", name=story.council.name)
    keys = [person.key for person in story.people]
    await play.engage([OFFICE, *keys])
    agencies = [to_builtins(agency) for agency in story.agencies]
    token = setup_token(play.folder)
    made, *_ = await gather(
        [
            play.ask(
                OFFICE, "make_council", setup=token, name=story.council.name, agencies=agencies
            ),
            *(play.ask(key, "prepare") for key in keys),
        ]
    )
    play.aids = made["aids"]
    play.facts["net"] = made["net"]
    play.facts["page"] = made["page"]
    play.teller.tell("council.founded", net=made["net"][:16], agencies=len(story.agencies))


async def enrol(play: Play) -> None:
    """Let everybody in: invitation, keys on her own device, certificate, sign-in."""
    people = play.story.people
    play.teller.tell("council.people", people=len(people))
    await gather([*(_enrol(play, person) for person in people), _agencies_pledge(play)])
    play.expect("council.enrolled", holds=len(play.wids) == len(people), people=len(people))


async def _enrol(play: Play, person: Person) -> None:
    where = {"code": person.agency, "aid": play.aids[person.agency]}
    caps = [cap.value for cap in person.caps]
    invited = await play.ask(OFFICE, "invite", **where, caps=caps)
    chair = Cap.CHAIR in person.caps
    spoken = await play.ask(person.key, "join", ticket=invited["link" if chair else "code"])
    heard = await play.ask(OFFICE, "approve", **where, inv=invited["inv"], name=person.name)
    if spoken != heard:
        play.deviate(f"{person.key}.digits", f"{spoken} / {heard}")
    if person.key == play.story.k101.chair:
        play.teller.tell("council.digits", who=play.name(person.key), digits=spoken)
    me = await play.ask(person.key, "become")
    play.wids[person.key] = me["wid"]


async def _agencies_pledge(play: Play) -> None:
    for code in dict.fromkeys(person.agency for person in play.story.people):
        where = {"code": code, "aid": play.aids[code]}
        await play.ask(OFFICE, "agency_pledge", **where, days=AGENCY_PLEDGE_DAYS)


async def pledge(play: Play) -> None:
    """Sign the 誓約書 of agencies and people; one person's has run out."""
    codes = {person.agency for person in play.story.people}
    await gather(
        play.ask(person.key, "own_pledge", days=person.pledge) for person in play.story.people
    )
    late = [person.key for person in play.story.people if person.pledge < 0]
    play.teller.tell("council.pledged", agencies=len(codes), people=len(play.story.people))
    for key in late:
        play.teller.tell("council.lapsed", who=play.name(key))
    await play.dismiss(OFFICE)
