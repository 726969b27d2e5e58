"""What honest people do, and what an honest day brings: words, comings, goings, restarts."""

import asyncio

from protocol.headers import NoteText, SumText
from protocol.ops import SeatInv
from protocol.vocabulary import DocClass, Duty, Provenance, SeatAnswer
from sdk import seating
from sdk.documents import Plan
from tests.lying.arena import Arena, act, pick
from tests.lying.town import PEOPLE
from tests.lying.truth import End, require
from tests.world import aid_of

GOING = ("eve", "mallory")


@act
async def note(arena: Arena, who: str, _k: int) -> None:
    """Write into the text of the open item."""
    member = await arena.writer(who)
    doc = arena.document(member.room, DocClass.ITEM)
    await member.note(doc, NoteText(text=arena.word(), fact=True))


@act
async def share(arena: Arena, who: str, k: int) -> None:
    """Share a section: of health, which only three agencies may read, or for the whole room."""
    member = await arena.writer(who)
    few = k % 2 == 0
    cats = ("c2",) if few else ("c6",)
    plan = Plan(cls=DocClass.SECTION, item=arena.start.it, sub=arena.start.sub, cats=cats)
    arena.truth.for_few = few
    try:
        text = SumText(prov=Provenance.AGENCY, hid=False, title="所見", text=arena.word())
        await member.share(plan, text)
    finally:
        arena.truth.for_few = False


@act
async def read(arena: Arena, who: str, _k: int) -> None:
    """Open everything that can be opened."""
    await (await arena.member(who)).room.read()


@act
async def hear(arena: Arena, who: str, k: int) -> None:
    """The next things arrive that the server had for her."""
    person = arena.people[who]
    for _ in range(1 + k % 4):
        if person.client is not None and arena.server.moods[who].queue:
            event, data = arena.server.moods[who].queue.popleft()
            await person.client.take(event, data)


@act
async def look(arena: Arena, who: str, _k: int) -> None:
    """Fetch rows, compare with the pins, open keys."""
    await (await arena.member(who)).room.open()


@act
async def sync(arena: Arena, who: str, _k: int) -> None:
    """Bring the identity log up to date."""
    member = await arena.member(who)
    await member.room.session.sync()
    await member.room.complete()


@act
async def restart(arena: Arena, who: str, k: int) -> None:
    """Close the client, or let it die, and open it again."""
    await arena.people[who].stop(crash=k % 2 == 1)
    await arena.member(who)


@act
async def keep(arena: Arena, who: str, _k: int) -> None:
    """Six seconds pass: pins are kept, receipts are redeemed."""
    client = await arena.people[who].open()
    await client.housekeeping()


@act
async def mend(arena: Arena, who: str, _k: int) -> None:
    """Give a stale room its roster."""
    await (await arena.writer(who)).mend()


@act
async def aloud(arena: Arena, who: str, _k: int) -> None:
    """Say what my room looks like."""
    await (await arena.writer(who)).read_aloud()


@act
async def names(arena: Arena, who: str, _k: int) -> None:
    """Look who is there, by name."""
    found = await (await arena.member(who)).room.names()
    right = all(arena.truth.names.get(wid) == name for wid, name in found.items())
    require("I4 names as they were certified", holds=right, who=who)


@act
async def wait(arena: Arena, _who: str, k: int) -> None:
    """Time passes, and the log says so."""
    await asyncio.sleep(60 * (1 + k % 20))
    for line in arena.server.lines:
        line.ledger.beat(arena.now())
        arena.server.tell_log(line)


@act
async def remove(arena: Arena, _who: str, k: int) -> None:
    """The chair sends somebody away."""
    name = pick(k, GOING)
    member = await arena.writer("chair")
    sid = await seating.remove(member, [arena.start.town.people[name].wid])
    arena.truth.ends.append(End(name=name, row=sid))


@act
async def withdraw(arena: Arena, who: str, k: int) -> None:
    """The consent is taken back for one agency."""
    name = pick(k, GOING)
    member = await arena.writer(who)
    sid = await member.withdraw(arena.start.basis, agencies={aid_of(PEOPLE[name])}, cats=None)
    arena.truth.ends.append(End(name=name, row=sid))


@act
async def revoke(arena: Arena, who: str, k: int) -> None:
    """A registrar ends somebody's certificate."""
    line = arena.line(who)
    arena.revoke(line, pick(k, GOING))
    arena.server.tell_log(line)


@act
async def admit(arena: Arena, _who: str, _k: int) -> None:
    """Somebody comes later: invited, seated, brought in."""
    member = await arena.writer("chair")
    late, sit = arena.start.town.people["late"], arena.start.sit
    answered = late.wid in {each.body.wid for each in member.room.state.answers}
    if not answered:
        facts = SeatInv(sit=sit, wid=late.wid, duty=Duty.MEMBER, late=1)
        await member.act((facts, {}))
        client = await arena.people["late"].open()
        await seating.answer_seat(client.session, arena.start.case, sit, ans=SeatAnswer.ACCEPT)
        await member.room.fetch()
    arena.truth.admitted.add("late")
    await seating.add(member, [seating.Row(wid=late.wid)])
