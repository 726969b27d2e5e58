"""K-101 at the page: consent and decision, a sitting with living boards, the record."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from sdk import bases
from tests.browser import chairing, meeting
from tests.browser.chairing import local
from tests.browser.office import Office
from tests.browser.people import Person
from tests.browser.stage import SCREENS, Hall
from tests.browser.town import CITY, CSW, HEALTH, Town, call, found, town

pytestmark = pytest.mark.timeout(300)

SEEN = "外に出る日が減った。"
CLOSED = "先月から通院が途切れている。"
DECIDED = "週に一度の訪問を続け、通院の再開を支える。"
RESERVED = "訪問の間隔は一か月後に見直したい。"


async def test_a_whole_sitting(hall: Hall, office: Office, tmp_path: Path) -> None:
    """From the consent to the printed record, with three people at browsers."""
    people = await town(hall, office)
    await found(people)
    await _decide(people, office)
    await call(people)
    await _share(people)
    await meeting.close_item(people.chair, "決めずに閉じる")
    await meeting.open_item(people.chair, 2)
    await _rank(people)
    await _assign(people)
    await _act(people)
    await _end(people)
    await _keep(people, tmp_path)


async def _decide(people: Town, office: Office) -> None:
    """A statutory decision about the son: effective only with a second signature."""
    chair, approver = people.chair, office.clients["本庄 亮"]
    scope = {CITY: ["c6"], CSW: ["c6"], HEALTH: ["c6"]}
    await chairing.propose_decision(chair, "修", "本庄 亮", scope)
    effect = chair.seat.page.get_by_role("region", name="新しく見られるようになる人")
    await expect(effect).to_contain_text("高瀬 律子")
    await chair.seat.shots("21-decision-effect")
    await chair.press("決定を提案する")
    await chair.sees("決定を提案しました")
    waiting = await bases.waiting(approver.session)
    await bases.approve(approver.session, waiting[0])
    await chair.seat.page.get_by_role("link", name="根拠（同意・法定の決定）").click()
    await chair.sees("見直して再決定する", within=30_000)
    await expect(chair.seat.page.get_by_text("承認・追加を待つ根拠")).to_have_count(0)
    await chair.seat.page.get_by_role("link", name="ケース室へ戻る").click()


async def _share(people: Town) -> None:
    """One paper for all, one for few: who may not read it sees that it is there, and why not."""
    chair, worker, nurse = people.chair, people.worker, people.nurse
    about = {"subject": "美佐江", "title": "暮らしの様子"}
    said = await meeting.share(chair, **about, source="本人の言葉", cats=["c6"], text=SEEN)
    assert "読めない人（0人）" in said
    for other in (worker, nurse):
        await other.sees(SEEN)
    about["title"] = "通院の様子"
    said = await meeting.share(chair, **about, source="機関の記録", cats=["c2"], text=CLOSED)
    assert "読めない人（1人）" in said
    await nurse.sees(CLOSED)
    await worker.sees("あなたには閉じられている資料")
    await worker.sees("この種類の情報は同意または法的根拠の範囲に含まれていません")
    await expect(worker.seat.page.get_by_text("通院の様子")).to_have_count(0)
    await worker.seat.shots("22-closed-paper")
    assert await worker.seat.axe() == []


async def _rank(people: Town) -> None:
    """Issues in an order that everybody sees at once."""
    chair, worker = people.chair, people.worker
    await meeting.add_issue(worker, "通院が途切れている", "緊急度 中", "体調の波が大きい")
    await chair.sees("通院が途切れている")
    await meeting.add_issue(chair, "家の中の片付け", "緊急度 高", "つまずく恐れ")
    await worker.sees("家の中の片付け")
    await chair.press("「家の中の片付け」を上へ")
    first = worker.seat.page.locator(".prio").first
    await expect(first).to_contain_text("家の中の片付け")
    await _clash(chair, worker)


async def _clash(chair: Person, worker: Person) -> None:
    """Both change one row: who comes second is shown what came first, and loses no word."""
    issue = "通院が途切れている"
    forms = [await meeting.edit_issue(one, issue) for one in (chair, worker)]
    await worker.fill(forms[1].get_by_label("この順番にした理由"), "薬が切れて二週間")
    await chair.fill(forms[0].get_by_label("この順番にした理由"), "体調の波が大きく、薬も切れた")
    await chair.click(forms[0].get_by_role("button", name="保存する"))
    await expect(forms[0]).to_have_count(0)
    await expect(forms[1]).to_contain_text("体調の波が大きく、薬も切れた")
    mine = forms[1].get_by_label("この順番にした理由")
    await expect(mine).to_have_value("薬が切れて二週間")
    await worker.seat.shots("23-clash")
    assert await worker.seat.axe() == []
    await worker.click(forms[1].get_by_role("button", name="自分の下書きで直す"))
    await worker.click(forms[1].get_by_role("button", name="保存する"))
    await expect(forms[1]).to_have_count(0)
    await chair.sees("薬が切れて二週間")


async def _assign(people: Town) -> None:
    """Offered, accepted, declined with a reason; until all answered, somebody stands in."""
    chair, worker, nurse = people.chair, people.worker, people.nurse
    await meeting.propose_role(chair, "主担当機関", CSW, None, "全体の調整")
    await worker.press("主担当機関：受ける")
    await meeting.propose_role(chair, "主たる援助者", CSW, "三枝 千尋", "週に一度の訪問")
    await meeting.propose_role(chair, "副担当", HEALTH, "新田 果歩", "健康の見守り")
    await _cannot_close(chair)
    await meeting.decline(nurse, "副担当", "人手・時間が足りない")
    await expect(meeting.panel(chair, "役割分担")).to_contain_text("人手・時間が足りない")
    for part in ("暫定の担当", "副担当"):
        await meeting.propose_role(chair, part, CITY, "高瀬 律子")
        await chair.press(f"{part}：受ける")
    for one in people.all:
        await expect(meeting.panel(one, "役割分担")).to_contain_text("必要な役割がそろいました")


async def _cannot_close(chair: Person) -> None:
    """As decided only with all roles: what is missing stands there."""
    await chair.press("この議題を閉じる")
    dialog = chair.seat.page.get_by_role("dialog")
    await dialog.get_by_label("決定して閉じる").check()
    await expect(dialog).to_contain_text("受諾まで暫定の担当が1つ")
    await expect(dialog.get_by_role("button", name="閉じる", exact=True).last).to_be_disabled()
    await chair.press("やめる")


async def _act(people: Town) -> None:
    """An action is offered and taken; a decision and a reservation are recorded."""
    chair, worker, nurse = people.chair, people.worker, people.nurse
    due = local(days=10)[:10]
    await meeting.add_action(chair, "受診に付き添う", HEALTH, "新田 果歩", due)
    await nurse.press("受診に付き添う：受ける")
    await meeting.record(chair, "決定", DECIDED)
    await meeting.record(worker, None, RESERVED)
    for one in people.all:
        await one.sees(DECIDED)
        await one.sees(RESERVED)
    await worker.press("主たる援助者：受ける")
    for one in people.all:
        await one.seat.shots(f"23-meeting-{'chair' if one is chair else 'worker'}")
        assert await one.seat.axe() == []


async def _end(people: Town) -> None:
    """The item is closed as decided, the next date is set, the sitting ends for everybody."""
    chair = people.chair
    await meeting.close_item(chair, "決定して閉じる")
    await meeting.set_next(chair, local(days=42), "母が入院した場合は臨時に開く。")
    await chair.press("閉会する")
    await meeting.confirm(chair)
    for one in people.all:
        await one.sees("会議録を印刷する")
        await one.sees(DECIDED)


async def _keep(people: Town, folder: Path) -> None:
    """The record prints; what goes into a calendar names nobody."""
    chair = people.chair
    page = chair.seat.page
    await chair.seat.shots("24-after")
    assert await chair.seat.axe() == []
    async with page.expect_download() as started:
        await page.get_by_role("button", name="次回を予定表に入れる").click()
    download = await started.value
    path = folder / download.suggested_filename
    await download.save_as(path)
    text = path.read_text(encoding="utf-8")
    assert "SUMMARY:支援会議" in text
    assert not any(word in text for word in ("美佐江", "高瀬", "K-101", "入院", "第2会議室"))
    await chair.press("会議録の様式を見る")
    await chair.sees("取扱注意 ― 個人情報を含みます")
    printed = await page.pdf(path=SCREENS / "25-record.pdf", format="A4")
    assert printed.startswith(b"%PDF-")
    await chair.seat.shots("25-record")
