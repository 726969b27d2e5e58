"""The people of the story at their browsers, and their way to a sitting under way."""

from dataclasses import dataclass
from typing import Final

from playwright.async_api import expect

from protocol.vocabulary import AgencyKind, Cap
from tests.browser import chairing, meeting
from tests.browser.office import Office
from tests.browser.people import Person, join
from tests.browser.stage import Hall

CITY: Final = "水瀬市 福祉部 地域共生課"
CSW: Final = "水瀬市社会福祉協議会"
HEALTH: Final = "水瀬市保健所 保健予防課"
ITEMS: Final = ["根拠の確認・資料の取扱い", "課題の整理、方針と役割分担"]
DUTIES: Final = {"高瀬 律子": "記録", "三枝 千尋": "事例提供", "新田 果歩": "構成員"}
_LISTED = 40_000
"""Milliseconds within which a list of rooms shows what happened elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Town:
    """Three people of three agencies, each at a browser of her own."""

    chair: Person
    worker: Person
    nurse: Person

    @property
    def all(self) -> list[Person]:
        """Everybody."""
        return [self.chair, self.worker, self.nurse]


async def town(hall: Hall, office: Office) -> Town:
    """Everybody joins; 本庄, who approves decisions, by the SDK."""
    city = await office.agency(1, CITY, AgencyKind.CITY, Cap.HOST, Cap.MEMBER)
    csw = await office.agency(2, CSW, AgencyKind.CSW, Cap.MEMBER)
    health = await office.agency(5, HEALTH, AgencyKind.HEALTH, Cap.MEMBER)
    await office.bring(city, "本庄 亮", Cap.CHAIR, Cap.MEMBER)
    caps = (Cap.CHAIR, Cap.MEMBER, Cap.MINUTES)
    return Town(
        chair=await join(hall, office, city, "高瀬 律子", *caps),
        worker=await join(hall, office, csw, "三枝 千尋", Cap.MEMBER),
        nurse=await join(hall, office, health, "新田 果歩", Cap.MEMBER),
    )


async def found(people: Town) -> None:
    """The chair founds K-101 on the mother's consent: health is for the city and the nurse."""
    scope = {CITY: ["c2", "c6"], CSW: ["c6"], HEALTH: ["c2", "c6"]}
    await chairing.new_case(people.chair, "K-101", "美佐江", scope)


async def call(people: Town) -> None:
    """A sitting is called, answered at home, entered and opened, with its first item."""
    await chairing.convene(people.chair, items=ITEMS, duties=DUTIES)
    await people.chair.home()
    for one in people.all:
        await one.button("出席する（K-101）").click(timeout=_LISTED)
    for one in people.all:
        door = one.seat.page.get_by_role("link", name="準備を見る")
        await door.click(timeout=_LISTED)
    for one in (people.worker, people.nurse):
        await chairing.confirm_newcomers(one)
        await expect(one.seat.page.get_by_text("美佐江").first).to_be_visible(timeout=_LISTED)
    await expect(people.chair.seat.page.get_by_text("返事待ち")).to_have_count(0)
    await meeting.open_sitting(people.chair)
    for one in people.all:
        await one.sees("開催中")
    await meeting.open_item(people.chair, 1)
