"""Joining at the page by link and by typed code; the vault afterwards."""

from playwright.async_api import expect

from protocol.vocabulary import AgencyKind, Cap
from sdk.vault import USUAL
from tests.browser.office import Office
from tests.browser.people import PASSPHRASE, Person, join
from tests.browser.stage import Hall
from tests.edges.sdk.town import PASS

_OPENING = 60_000
"""Milliseconds that opening a vault may take on a busy machine."""


async def test_three_people_join(hall: Hall, office: Office) -> None:
    """Chair and worker by link, the auditor by a typed code; each pledges but the auditor."""
    city = await office.agency(1, "水瀬市 福祉部 地域共生課", AgencyKind.CITY, Cap.HOST, Cap.MEMBER)
    audit = await office.agency(14, "水瀬市 監査委員事務局", AgencyKind.AUDIT, Cap.AUDIT)

    chair = await join(hall, office, city, "高瀬 律子", Cap.CHAIR, Cap.MEMBER)
    auditor = await join(hall, office, audit, "早乙女 実", Cap.AUDIT, by_link=False)

    await chair.sees("今日の会議はありません")
    await chair.seat.shots("11-home-empty")
    assert await chair.seat.axe() == []
    await expect(auditor.seat.page.get_by_role("link", name="監査")).to_be_visible()
    await expect(chair.seat.page.get_by_role("link", name="監査")).to_have_count(0)


async def test_a_vault_is_locked_and_opened_again(hall: Hall, office: Office) -> None:
    """A wrong passphrase opens nothing and says so; the right one leads home, also later."""
    city = await office.agency(1, "水瀬市 福祉部 地域共生課", AgencyKind.CITY, Cap.HOST, Cap.MEMBER)
    chair = await join(hall, office, city, "高瀬 律子", Cap.CHAIR, Cap.MEMBER)
    await chair.lock()

    await chair.unlock("ちがう言葉でためす")
    await chair.sees("合言葉が違います", within=_OPENING)
    await chair.seat.shots("12-wrong-passphrase")
    await chair.unlock()
    await chair.sees("今日の会議はありません", within=_OPENING)

    await chair.seat.page.reload()
    await chair.sees("最後に開いた日")
    await chair.unlock(PASSPHRASE)
    await chair.sees("今日の会議はありません", within=_OPENING)


async def test_a_vault_of_the_sdk_opens_in_the_page(hall: Hall, office: Office) -> None:
    """Both clients write the same file; the page opens what the SDK wrote."""
    city = await office.agency(1, "水瀬市 福祉部 地域共生課", AgencyKind.CITY, Cap.HOST, Cap.MEMBER)
    path = await office.enrol(city, "倉持 あや", Cap.MEMBER, costs=USUAL)
    seat = await hall.seat("倉持 あや")
    person = Person(seat=seat, name=seat.name)

    await seat.page.get_by_label("保管庫のファイル").set_input_files(path)
    await person.unlock(PASS)
    await person.sees("今日の会議はありません", within=_OPENING)
    await person.sees("誓約書にまだ署名していません")
    await seat.shots("13-file-vault")
