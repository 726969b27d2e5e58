"""What people do in a sitting at the page: papers, boards, actions, decisions, the end."""

from collections.abc import Sequence

from playwright.async_api import Locator, expect

from tests.browser.chairing import CATEGORIES, choose
from tests.browser.people import Person


def panel(person: Person, title: str) -> Locator:
    """A card of the room by its title."""
    return person.seat.page.get_by_role("region", name=title, exact=True)


async def confirm(person: Person) -> None:
    """Press the button of the dialog that asks once more."""
    await person.click(person.seat.page.get_by_role("dialog").get_by_role("button").last)
    await expect(person.seat.page.get_by_role("dialog")).to_have_count(0)


async def open_sitting(person: Person) -> None:
    """Open the sitting."""
    await person.press("開会する")
    await confirm(person)
    await person.sees("開催中")


async def open_item(person: Person, no: int) -> None:
    """Go on to an item."""
    await person.click(person.button(f"議題{no}に入る").first)
    await expect(person.button("この議題を閉じる")).to_be_visible()


async def close_item(person: Person, how: str) -> None:
    """Close the item on the table."""
    await person.press("この議題を閉じる")
    dialog = person.seat.page.get_by_role("dialog")
    await person.check(dialog.get_by_label(how))
    await person.click(dialog.get_by_role("button", name="閉じる", exact=True).last)
    await expect(dialog).to_have_count(0)


async def share(
    person: Person,
    *,
    subject: str,
    source: str,
    cats: Sequence[str],
    title: str,
    text: str,
) -> str:
    """Share a paper; answers what the form said of readers before it was sent."""
    said = await fill_paper(
        person, subject=subject, source=source, cats=cats, title=title, text=text
    )
    await person.press("人に共有する", exact=False)
    await expect(person.seat.page.get_by_role("dialog")).to_have_count(0)
    return said


async def fill_paper(
    person: Person,
    *,
    subject: str,
    source: str,
    cats: Sequence[str],
    title: str,
    text: str,
) -> str:
    """Write a paper up to the last button; answers what stands above it of readers."""
    await person.press("資料を共有する")
    dialog = person.seat.page.get_by_role("dialog")
    await choose(person, "だれについての資料ですか", subject)
    await choose(person, "どこから得た内容ですか", source)
    for cat in cats:
        await choose(person, "含まれる項目", CATEGORIES[cat])
    await person.fill(dialog.get_by_label("題名"), title)
    await person.fill(dialog.get_by_role("textbox", name="内容"), text)
    await person.press("読める人を確かめる")
    readers = dialog.locator(".readers")
    await expect(readers).to_be_visible()
    return await readers.inner_text()


async def propose_role(
    person: Person, part: str, agency: str, who: str | None, words: str = ""
) -> None:
    """Propose a part on the role board."""
    await person.press(f"{part}を提案する")
    form = person.seat.page.get_by_role("form", name=f"{part}を提案する")
    await person.select(form.get_by_label("機関").first, agency)
    if who is not None:
        await person.select(form.get_by_label("担当者"), who)
    await person.fill(form.get_by_label("役割の内容"), words)
    await person.click(form.get_by_role("button", name="提案する"))
    await expect(form).to_have_count(0)


async def add_issue(person: Person, issue: str, urgency: str, reason: str) -> None:
    """Add an issue to the board of priorities."""
    await person.press("課題を加える")
    form = person.seat.page.get_by_role("form", name="課題を加える")
    await person.fill(form.get_by_label("課題").first, issue)
    await person.check(form.get_by_label(urgency))
    await person.fill(form.get_by_label("この順番にした理由"), reason)
    await person.click(form.get_by_role("button", name="保存する"))
    await expect(form).to_have_count(0)


async def edit_issue(person: Person, issue: str) -> Locator:
    """Open the form of an issue that stands on the board."""
    page, name = person.seat.page, f"「{issue}」を直す"
    await person.press(name)
    await person.click(page.get_by_role("menuitem", name=name))
    return page.get_by_role("form", name=name)


async def add_action(person: Person, what: str, agency: str, who: str, due: str) -> None:
    """Offer an action to somebody of the room."""
    await person.press("対応事項を加える")
    form = person.seat.page.get_by_role("form", name="対応事項を加える")
    await person.fill(form.get_by_label("すること"), what)
    await person.select(form.get_by_label("機関").first, agency)
    await person.select(form.get_by_label("担当者"), who)
    await person.fill(form.get_by_label("期限"), due)
    await person.click(form.get_by_role("button", name="提案する"))
    await expect(form).to_have_count(0)


async def record(person: Person, kind: str | None, text: str) -> None:
    """Record a decision, or one's own reservation where nothing can be chosen."""
    await person.press("記録する" if kind is not None else "自分の留保を記録する")
    form = person.seat.page.get_by_role("form", name="記録する")
    if kind is not None:
        await person.check(form.get_by_label(kind, exact=True))
    await person.fill(form.get_by_role("textbox", name="内容"), text)
    await person.click(form.get_by_role("button", name="記録に残す"))
    await expect(form).to_have_count(0)


async def decline(person: Person, what: str, why: str) -> None:
    """Decline what was offered, with a reason."""
    await person.press(f"{what}：受けられない")
    await person.check(person.seat.page.get_by_label(why))
    await person.press("この理由で返事をする")


async def set_next(person: Person, when: str, note: str) -> None:
    """Record the date of the next sitting."""
    await person.press("次回を決める")
    form = person.seat.page.get_by_role("form", name="次回を決める")
    await person.fill(form.get_by_label("日時"), when)
    await person.fill(form.get_by_label("申し合わせ"), note)
    await person.click(form.get_by_role("button", name="記録する"))
    await expect(form).to_have_count(0)
