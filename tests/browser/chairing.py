"""What a chair does at the page: found a room, propose a decision, call a sitting."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from playwright.async_api import Locator, expect

from tests.browser.people import Person

CATEGORIES: Final = {
    "c1": "基本属性・家族",
    "c2": "健康・障害・介護",
    "c4": "収入・資産・債務",
    "c5": "福祉制度の利用",
    "c6": "生活歴・課題",
}
PURPOSE: Final = "相談支援を円滑に行うため"
JAPAN: Final = timezone(timedelta(hours=9))

Scope = Mapping[str, Sequence[str]]
"""Categories by the name of an agency."""


def local(*, days: int = 0, minutes: int = 0) -> str:
    """A day and time in Japan as a field of the page takes it."""
    now = datetime.now(UTC)  # noqa: TID251 -- a real server's clock is met here
    there = (now + timedelta(days=days, minutes=minutes)).astimezone(JAPAN)
    return there.strftime("%Y-%m-%dT%H:%M")


async def on(person: Person) -> None:
    """Go to the next step of a form."""
    await person.press("次へ")


async def choose(person: Person, group: str | Locator, option: str) -> None:
    """Choose a circle, or tick a box, of a group by its label."""
    page = person.seat.page
    place = page.get_by_role("group", name=group) if isinstance(group, str) else group
    await person.check(place.first.get_by_label(option).first)


async def fill_scope(person: Person, scope: Scope) -> None:
    """Choose agencies one by one, and what each may see."""
    page = person.seat.page
    for agency, cats in scope.items():
        await person.click(page.get_by_role("button", name=f"{agency}を加える"))
        for cat in cats:
            await person.check(page.get_by_label(f"{agency}：{CATEGORIES[cat]}"))


async def new_case(person: Person, code: str, subject: str, scope: Scope) -> None:
    """Found a room on somebody's consent."""
    page = person.seat.page
    await person.click(page.get_by_role("link", name="進行管理"))
    await person.click(page.get_by_role("link", name="新しいケースを始める"))
    await person.type("ケース番号", code)
    await on(person)
    await person.type("氏名または呼び名", subject)
    await choose(person, "何に基づきますか", "本人の同意")
    await on(person)
    await fill_scope(person, scope)
    await on(person)
    await person.tick(PURPOSE)
    await on(person)
    await consent_record(person)
    await on(person)
    await person.press("ケース室を開く")
    await expect(page.get_by_role("heading", name=code)).to_be_visible(timeout=30_000)


async def consent_record(person: Person) -> None:
    """Record who consented, and how."""
    await choose(person, "同意した人", "本人")
    await choose(person, "代理人と本人の利害", "対立しない")
    await person.type("説明した内容", "自宅で口頭と書面により説明した。")
    await choose(person, "同意の方法", "書面")
    await person.press("標準の説明文を入れる")


async def propose_decision(person: Person, subject: str, approver: str, scope: Scope) -> None:
    """Propose a statutory decision about somebody new in the room on the screen."""
    page = person.seat.page
    await person.click(page.get_by_role("link", name="根拠を変更する").first)
    await person.click(page.get_by_role("link", name="根拠を登録する"))
    await choose(person, "だれの情報ですか", "このケースに新しく加える人")
    await person.type("氏名または呼び名", subject)
    await choose(person, "何に基づきますか", "法に基づく決定")
    await choose(person, "根拠とする法令", "社会福祉法第106条の6")
    await on(person)
    await fill_scope(person, scope)
    await on(person)
    await person.tick(PURPOSE)
    await choose(person, "承認者", approver)
    await on(person)
    await choose(person, "同意がない理由", "拒否している")
    await person.type("共有しない場合に予想される害", "暮らしが立ちゆかなくなる。")
    await person.type("必要な情報の項目と提供元", "生活歴。地域の機関から。")
    await person.type("参加機関を最小限とした検討", "三機関に限った。")
    await person.type("同意に向けた進め方", "相談員が月に一度訪ねる。")
    await on(person)
    await person.sees("承認されると、こうなります")


async def convene(person: Person, *, items: Sequence[str], duties: Mapping[str, str]) -> None:
    """Call a sitting that starts in a minute; the last item is one of decision."""
    page = person.seat.page
    await person.click(page.get_by_role("link", name="会議を招集する").first)
    await person.type("日時", local(minutes=2))
    await person.type("会議の目的", "方針と役割分担の決定(情報共有のみで終わらせない)")
    await person.type("場所・参加方法", "市役所3階 第2会議室、オンライン併用")
    await on(person)
    for no, title in enumerate(items, start=1):
        await person.press("議題を加える")
        item = page.get_by_role("listitem", name=f"議題{no}", exact=True)
        await person.fill(item.get_by_label("題", exact=True), title)
        if no == len(items):
            await person.select(item.get_by_label("種類"), "決定")
    await on(person)
    for name, duty in duties.items():
        await person.check(page.get_by_label(f"{name}さんを招集する"))
        await person.select(page.get_by_label(f"{name}さんの役目"), duty)
    await on(person)
    await person.sees("招集する人")
    await person.press("招集を送る")
    await person.sees("招集を送りました", within=30_000)
    await person.click(page.get_by_role("link", name="ケース室へ"))


async def confirm_newcomers(person: Person) -> None:
    """Say that the new people by name are who they should be."""
    await person.press("人で間違いありません", exact=False)
    await expect(person.button("人で間違いありません", exact=False)).to_have_count(0)
