"""Somebody who has no mouse: everything is reached by the tab key and done by keys."""

from typing import Final

from playwright.async_api import Locator

from tests.browser.people import Person

_FAR: Final = 250
"""Stops after which something counts as out of reach."""

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
            await what.fill(words)  # its parts differ from browser to browser
            return
        await self.seat.page.keyboard.press("Control+A")
        await self.seat.page.keyboard.insert_text(words)

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
