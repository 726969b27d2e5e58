"""The auditor at the page: questions, charts, both logs verified; a changed log is named."""

import asyncpg
import pytest
from playwright.async_api import expect

from crypto.errors import Refused
from protocol.vocabulary import AgencyKind, Cap
from tests.browser.office import Office
from tests.browser.people import Person, join
from tests.browser.stage import Hall
from tests.edges.sdk.stage import Cast, hold
from tests.edges.sdk.town import Town

pytestmark = pytest.mark.timeout(300)

_LONG = 60_000

# What somebody with all powers over the database can do, with the triggers switched off.
_OPEN = "ALTER TABLE audit.entry DISABLE TRIGGER ALL"
_ALTER = """
UPDATE audit.entry e
   SET leaf = convert_to(replace(convert_from(e.leaf, 'UTF8'), '"k":"', '"k":"x'), 'UTF8')
  FROM audit.leaf l JOIN audit.log g ON g.log_id = l.log_id AND g.name = 'ops'
 WHERE e.id = l.entry_id AND l.idx = $1
"""
_NEWEST = """
SELECT max(l.idx) FROM audit.leaf l JOIN audit.log g ON g.log_id = l.log_id AND g.name = 'ops'
"""


async def _meeting(office: Office) -> None:
    """A sitting that people of the SDK hold, and somebody who is refused."""
    city = await office.agency(1, "水瀬市 福祉部 地域共生課", AgencyKind.CITY, Cap.HOST, Cap.MEMBER)
    csw = await office.agency(2, "水瀬市社会福祉協議会", AgencyKind.CSW, Cap.MEMBER)
    elder = await office.agency(3, "こもれび", AgencyKind.ELDER, Cap.MEMBER)
    outsider = await office.bring(csw, "outsider", Cap.MEMBER)
    clients = {
        "chair": await office.bring(city, "chair", Cap.CHAIR, Cap.MEMBER, Cap.MINUTES),
        "recorder": await office.bring(city, "recorder", Cap.MEMBER, Cap.MINUTES),
        "csw": await office.bring(csw, "csw", Cap.MEMBER),
        "elder": await office.bring(elder, "elder", Cap.MEMBER),
    }
    cast = Cast(
        town=Town(
            url=office.url,
            folder=office.folder,
            council=office.council,
            root=office.root,
            registrars=office.registrars,
        ),
        register=office.register,
        clients=clients,
        aids={"chair": city, "recorder": city, "csw": csw, "elder": elder},
    )
    held = await hold(cast)
    row = held.members["chair"].room.feed.room.records[-1].id
    with pytest.raises(Refused):
        await outsider.session.read(held.case, "view", [row])


async def _ask(auditor: Person, how: str, code: str | None = None) -> None:
    """Ask the log; waits until every entry was checked against it."""
    await auditor.seat.page.get_by_label(how, exact=True).check()
    if code is not None:
        await auditor.type("ケース番号", code)
    await auditor.press("調べる")
    await auditor.sees("すべての記録を、記録簿の署名と照らして確かめました", within=_LONG)


async def test_an_auditor_asks_and_verifies(
    hall: Hall, office: Office, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    """By case and by refusal, with charts; honest logs hold, and a changed entry is named."""
    await _meeting(office)
    agency = await office.agency(14, "水瀬市 監査委員事務局", AgencyKind.AUDIT, Cap.AUDIT)
    auditor = await join(hall, office, agency, "早乙女 実", Cap.AUDIT)
    page = auditor.seat.page
    await page.get_by_role("link", name="監査", exact=True).click()

    await _ask(auditor, "ケース", "K-101")
    await auditor.seat.shots("40-audit-case")
    assert await auditor.seat.axe() == []
    assert "美佐江" not in await page.locator("main").inner_text()
    await page.get_by_role("tab", name="図").click()
    await expect(page.locator("main canvas, main svg").first).to_be_visible()
    await auditor.seat.shots("41-audit-charts")
    await _ask(auditor, "拒否された操作")
    await auditor.seat.shots("42-audit-denied")

    await page.get_by_role("link", name="改ざんを検証する").click()
    await auditor.press("検証を始める")
    await expect(page.get_by_text("改ざんは見つかりませんでした")).to_have_count(2, timeout=_LONG)
    await auditor.seat.shots("43-audit-verified")
    assert await auditor.seat.axe() == []

    await _tamper(auditor, admin)


async def _tamper(auditor: Person, admin: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Somebody changes what was written since; its place is named, with what is wrong."""
    page = auditor.seat.page
    await page.get_by_role("link", name="記録を調べる").click()
    await _ask(auditor, "拒否された操作")
    index: int = await admin.fetchval(_NEWEST)
    await admin.execute(_OPEN)
    assert await admin.execute(_ALTER, index) == "UPDATE 1"
    await page.get_by_role("link", name="改ざんを検証する").click()
    await auditor.press("もう一度検証する")
    await auditor.sees("食い違いが1件見つかりました", within=_LONG)
    await auditor.sees(f"{index:,}番目の記録")
    await auditor.seat.shots("44-audit-tampered")
    assert await auditor.seat.axe() == []
