"""Rooms that are already convened or opened: where most stories begin."""

from crypto.errors import Code
from protocol.ids import Hash
from protocol.ops import ItemBasis, PlannedItem
from protocol.statement import Statement, to_dsse
from protocol.times import DAY
from protocol.vocabulary import DocClass, Duty, ItemType
from tests.room import Case
from tests.world import MADE, START, Staff, hash32, item_of, sit_of, sub_of
from tools.make_vectors.story import Story


def convened(name: str) -> Story:
    """A room of A01 with an agenda and a board; four people of others accepted their seats."""
    s = Story(id=name)
    c, k = s.council, s.convene(s.council.chair)
    basis = k.consent()
    s.told("create", k.create(c.deputy, c.recorder, bases=[basis], act=[c.deputy]))
    k.announce("agenda", DocClass.AGENDA, c.chair)
    k.announce("board", DocClass.BOARD, c.chair)
    pair = ItemBasis(sub=sub_of("mother"), basis=basis.sid)
    items = tuple(
        PlannedItem(it=item_of(str(no)), no=no, typ=ItemType.DECIDE, bases=(pair,)) for no in (1, 2)
    )
    starts = START.plus(DAY)
    s.told(
        "convene",
        k.op("sit.conv", c.chair, sit=sit_of("1"), kind="shien", no=1, starts=starts, items=items),
    )
    seat(s, k, c.recorder, Duty.RECORDER)
    for person in (c.elder, c.health, c.livelihood):
        seat(s, k, person, Duty.MEMBER)
    return s


def seat(s: Story, k: Case, person: Staff, duty: Duty) -> None:
    """Invite and accept."""
    s.told("invited", k.invite(person, duty=duty))
    s.told("accepted", k.seat(person))


def opened(name: str) -> Story:
    """The same with A03 and A05 in the roster."""
    s = convened(name)
    c, k = s.council, s.k
    s.told("add", k.add(k.row_of(c.elder), k.row_of(c.health)))
    return s


def misplaced(s: Story, statement: Statement) -> Code | None:
    """Post a statement in a row that commits to other signatures."""
    row = s.k.next_row(statement, sg=Hash(hash32("other signatures")))
    made = MADE[statement.sid, tuple(h.sig for h in statement.signatures)]
    return s.k.fold(row, statement, form="stm", data=to_dsse(statement, made))
