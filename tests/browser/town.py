"""The people of the story at their browsers: two agencies beside the city's."""

from typing import Final

from protocol.vocabulary import AgencyKind, Cap
from tests.browser.office import Office
from tests.browser.people import Person, join
from tests.browser.stage import Hall

CITY: Final = "水瀬市 福祉部 地域共生課"
CSW: Final = "水瀬市社会福祉協議会"
HEALTH: Final = "水瀬市保健所 保健予防課"


async def town(hall: Hall, office: Office) -> dict[str, Person]:
    """Chair, worker and nurse at browsers of their own; 本庄 by the SDK, who approves."""
    city = await office.agency(1, CITY, AgencyKind.CITY, Cap.HOST, Cap.MEMBER)
    csw = await office.agency(2, CSW, AgencyKind.CSW, Cap.MEMBER)
    health = await office.agency(5, HEALTH, AgencyKind.HEALTH, Cap.MEMBER)
    await office.bring(city, "本庄 亮", Cap.CHAIR, Cap.MEMBER)
    seats = [
        (city, "高瀬 律子", (Cap.CHAIR, Cap.MEMBER, Cap.MINUTES)),
        (csw, "三枝 千尋", (Cap.MEMBER,)),
        (health, "新田 果歩", (Cap.MEMBER,)),
    ]
    return {
        name: await join(hall, office, agency, name, *caps) for agency, name, caps in seats
    }
