"""K-104 at the page: consent to one agency is withdrawn in the middle of a sitting."""

import time

import pytest
from playwright.async_api import expect

from tests.browser import meeting
from tests.browser.chairing import choose, local
from tests.browser.office import Office
from tests.browser.stage import Hall, note
from tests.browser.town import CSW, Town, call, found, town

pytestmark = pytest.mark.timeout(300)

BEFORE = "外に出る日が減った。"
AFTER = "隣の人が朝に声をかけている。"
GONE = "この会議への参加は終わりました"
BAR = 2.0
"""Seconds within which the page of who has to go shows nothing of the room any more."""


async def test_a_withdrawal_in_the_middle(hall: Hall, office: Office) -> None:
    """Her page says so and shows nothing more; those who stay see what is to be done, and go on."""
    people = await town(hall, office)
    chair, worker, nurse = people.chair, people.worker, people.nurse
    await found(people)
    await call(people)
    paper = {"subject": "美佐江", "source": "本人の言葉", "title": "暮らしの様子", "text": BEFORE}
    await meeting.share(chair, **paper, cats=["c6"])
    for one in people.all:
        await one.sees(BEFORE)
    due = local(days=7)[:10]
    await meeting.add_action(chair, "週に一度たずねる", CSW, "三枝 千尋", due)
    await worker.press("週に一度たずねる：受ける")
    await expect(meeting.panel(chair, "対応事項")).to_contain_text("受諾")

    seconds = await _withdraw(people)
    note("eviction_ms", round(seconds * 1000))
    assert seconds <= BAR
    await _is_out(people)

    await _stay(people)
    await nurse.press("確認しました")
    await meeting.add_issue(nurse, "声かけの続け方", "緊急度 中", AFTER)
    await chair.sees(AFTER)
    await expect(worker.seat.page.get_by_text(AFTER)).to_have_count(0)


async def _withdraw(people: Town) -> float:
    """The chair takes it down; answers after how many seconds the page of 三枝 says it."""
    chair, page = people.chair, people.chair.seat.page
    await page.get_by_role("link", name="準備", exact=True).click()
    await page.get_by_role("link", name="根拠を変更する・撤回を受け付ける").click()
    await page.get_by_role("button", name="撤回を受け付ける：美佐江").click()
    await choose(chair, "どこまで撤回しますか", "一部の機関への提供だけ")
    await choose(chair, "提供をやめる機関", CSW)
    await chair.sees("三枝 千尋が退室します")
    await chair.sees("週に一度たずねる")
    await chair.seat.shots("30-withdraw-effect")
    assert await chair.seat.axe() == []
    await chair.press("撤回を登録する")
    began = time.monotonic()
    await people.worker.sees(GONE)
    seconds = time.monotonic() - began
    await chair.sees("撤回を登録しました")
    return seconds


async def _is_out(people: Town) -> None:
    """Nothing of the room is left on the page of who had to go, and she comes in no more."""
    worker = people.worker
    for word in (BEFORE, "美佐江", "週に一度たずねる"):
        await expect(worker.seat.page.get_by_text(word)).to_have_count(0)
    await worker.sees("同意を取りやめました")
    await worker.seat.shots("31-leaving")
    assert await worker.seat.axe() == []


async def _stay(people: Town) -> None:
    """Who stays sees who left, the kind of reason, and what needs a new owner."""
    await people.chair.seat.page.get_by_role("button", name="ケース室へ戻る").click()
    for one in (people.chair, people.nurse):
        await one.sees("三枝 千尋さん（水瀬市社会福祉協議会）")
        await one.sees("引継ぎ要の対応事項（1件）")
        await one.sees("本人の同意が撤回されたため")
        await one.sees("鍵は新しくなりました。")
        assert await one.seat.axe() == []
    await people.nurse.seat.shots("32-staying")
