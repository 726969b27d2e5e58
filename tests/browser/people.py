"""What people do at the page, in the words that they see on it."""

from dataclasses import dataclass

from playwright.async_api import Locator, expect

from protocol.ids import Aid
from protocol.vocabulary import Cap
from tests.browser.office import Office
from tests.browser.stage import PATIENCE, Hall, Seat

PASSPHRASE = "あさがお くじら 三角 定規"
_KEYS = 90_000
"""Milliseconds that making or opening a vault may take on a busy machine."""


@dataclass(kw_only=True)
class Person:
    """Somebody at a browser, known by her name."""

    seat: Seat
    name: str

    def button(self, name: str, *, exact: bool = True) -> Locator:
        """A button by what is written on it."""
        return self.seat.page.get_by_role("button", name=name, exact=exact)

    async def click(self, what: Locator) -> None:
        """Press something."""
        await what.click()

    async def check(self, what: Locator) -> None:
        """Tick a box, or choose a circle."""
        await what.check()

    async def fill(self, what: Locator, words: str) -> None:
        """Write into a field."""
        await what.fill(words)

    async def select(self, what: Locator, option: str) -> None:
        """Choose from a list, by the words of the option."""
        await what.select_option(label=option)

    async def press(self, name: str, *, exact: bool = True) -> None:
        """Press a button."""
        await self.click(self.button(name, exact=exact))

    async def sees(self, words: str, *, within: float = PATIENCE) -> None:
        """Wait until some words are on the page."""
        await expect(self.seat.page.get_by_text(words).first).to_be_visible(timeout=within)

    async def type(self, label: str, words: str) -> None:
        """Type into a field."""
        await self.fill(self.field(label), words)

    def field(self, label: str) -> Locator:
        """A field by its label, whether or not it is marked as required."""
        return self.seat.page.get_by_label(label).and_(self.seat.page.locator(_FIELDS)).first

    async def tick(self, label: str) -> None:
        """Tick a box or choose a circle."""
        await self.check(self.seat.page.get_by_label(label).first)

    async def lock(self) -> None:
        """Lock the vault."""
        await self.press("鍵をかける")
        await self.sees("保管庫を開く")

    async def unlock(self, passphrase: str = PASSPHRASE) -> None:
        """Open the vault that is chosen."""
        await self.fill(self.field("合言葉"), passphrase)
        await self.press("開く")

    async def home(self) -> None:
        """Go home, by the link at the top."""
        await self.click(self.seat.page.get_by_role("link", name="ホーム").first)
        await expect(self.seat.page.get_by_role("heading", name="ホーム")).to_be_visible()


_FIELDS = "input:not([type=checkbox]):not([type=radio]), textarea, select"


async def choose_keys(seat: Seat, *, code: str | None, place: str = "このブラウザーの中") -> None:
    """From an invitation to the making of keys; without a code the link was opened."""
    person = Person(seat=seat, name=seat.name)
    if code is not None:
        await person.type("招待リンクまたは招待コード", code)
        await person.press("招待を確かめる")
    await person.sees("招待の内容")
    await person.tick("誓約書を読みました")
    await person.press("次へ")
    await person.type("合言葉", PASSPHRASE)
    await person.type("合言葉（もう一度）", PASSPHRASE)
    await person.type("保管庫の名前", seat.name)
    await person.tick(place)
    await person.press("鍵を作って登録を申し込む")


async def ask_to_join(seat: Seat, *, code: str | None, place: str = "このブラウザーの中") -> None:
    """From an invitation to digits that are read aloud."""
    await choose_keys(seat, code=code, place=place)
    person = Person(seat=seat, name=seat.name)
    await person.sees("12桁の数字を読み上げてください", within=_KEYS)


async def shown_digits(seat: Seat) -> str:
    """The twelve digits on the page."""
    shown = await seat.page.locator("main").locator(".digits").inner_text()
    return "".join(character for character in shown if character.isdigit())


async def join(
    hall: Hall, office: Office, agency: Aid, name: str, *caps: Cap, by_link: bool = True
) -> Person:
    """Somebody enrols at a browser of her own and arrives at her home screen."""
    invitation = await office.invite(agency, *caps)
    place = invitation.link[len(office.url) :] if by_link else "/#/join"
    seat = await hall.seat(name, place=place)
    await ask_to_join(seat, code=None if by_link else invitation.code)
    assert await shown_digits(seat) == await office.digits(agency, invitation.inv)
    await office.certify(agency, invitation.inv, name)
    person = Person(seat=seat, name=name)
    if Cap.MEMBER in caps:
        await person.press("読みました。署名します")
        await person.sees("登録が終わりました", within=_KEYS)
        await seat.page.get_by_role("link", name="ホームへ").click()
    await expect(seat.page.get_by_role("heading", name="ホーム")).to_be_visible(timeout=_KEYS)
    return person
