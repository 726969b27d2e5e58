"""Somebody who has no mouse: everything is reached by the tab key and done by keys."""

from typing import Final

from playwright.async_api import Locator

from tests.browser.people import Person

_FAR: Final = 250
"""Stops after which something counts as out of reach."""

_PARTS: Final = 6
_YEAR: Final = 4

_HAS_FOCUS: Final = "(element) => document.activeElement === element"
_HAS_GROUP: Final = """(element) => document.activeElement?.type === 'radio'
  && document.activeElement.name === element.name"""
_CHOSEN: Final = "(element) => element.selectedOptions[0]?.label ?? ''"


class Typist(Person):
    """A person at the keyboard alone."""

    async def click(self, what: Locator) -> None:
        """Go there, and press Enter."""
        await self._reach(what, _HAS_FOCUS)
        await self.seat.page.keyboard.press("Enter")

    async def check(self, what: Locator) -> None:
        """Go to the box and press Space; among circles go on by arrows."""
        if await what.is_checked():
            return
        keyboard = self.seat.page.keyboard
        if await what.get_attribute("type") != "radio":
            await self._reach(what, _HAS_FOCUS)
            await keyboard.press("Space")
            return
        await self._reach(what, _HAS_GROUP)
        await keyboard.press("Space")
        for _ in range(_FAR):
            if await what.is_checked():
                return
            await keyboard.press("ArrowDown")
        raise AssertionError(what)

    async def fill(self, what: Locator, words: str) -> None:
        """Go to the field and write over what stands there; days and times come from a picker."""
        await self._reach(what, _HAS_FOCUS)
        if await what.get_attribute("data-date") is not None:
            await self._date(what, words)
            return
        await self.seat.page.keyboard.press("Control+A")
        await self.seat.page.keyboard.insert_text(words)

    async def _date(self, what: Locator, words: str) -> None:
        """Type the parts of a day, and of a time, in the order of the browser's own field."""
        for parts in _orders(words):
            for _ in range(_PARTS):
                await self.seat.page.keyboard.press("ArrowLeft")
            await self._parts(parts)
            if await what.input_value() == words:
                return
        message = f"{words} cannot be typed into {what}"
        raise AssertionError(message)

    async def _parts(self, parts: list[str]) -> None:
        """After two digits the field goes on by itself; a year may have more than four."""
        for part in parts:
            await self.seat.page.keyboard.type(part)
            if len(part) == _YEAR:
                await self.seat.page.keyboard.press("ArrowRight")

    async def select(self, what: Locator, option: str) -> None:
        """Go to the list and along it."""
        await self._reach(what, _HAS_FOCUS)
        await self.seat.page.keyboard.press("Home")
        for _ in range(_FAR):
            if await what.evaluate(_CHOSEN) == option:
                return
            await self.seat.page.keyboard.press("ArrowDown")
        raise AssertionError(what)

    async def _reach(self, what: Locator, arrived: str) -> None:
        """Press Tab until it has the focus; nothing may be out of reach."""
        await what.wait_for()
        for _ in range(_FAR):
            if await what.evaluate(arrived):
                return
            await self.seat.page.keyboard.press("Tab")
        message = f"{what} cannot be reached by the keyboard"
        raise AssertionError(message)


def _orders(words: str) -> list[list[str]]:
    """A day and time as a Japanese browser takes them, and as an English one does."""
    day, _, time = words.partition("T")
    year, month, date = day.split("-")
    hour, _, minute = time.partition(":")
    if not time:
        return [[year, month, date], [month, date, year]]
    twelve, half = f"{(int(hour) - 1) % 12 + 1:02}", "PM" if int(hour) >= 12 else "AM"
    return [[year, month, date, hour, minute], [month, date, year, twelve, minute, half]]
