"""People at browsers: contexts that are watched, screenshots, and the rules of accessibility."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import aiohttp
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Worker

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 20_000
"""Milliseconds that anything may take to appear; a machine of the CI does much at once."""

SCREENS: Final = ROOT / ".data" / "test-output" / "screens"
FIGURES: Final = SCREENS.parent / "figures.jsonl"
WIDTHS: Final = {390: 844, 1280: 800, 1920: 1080}
"""The widths of a phone, of an office PC and of a wall screen, with their heights."""

OUTSIDE: Final = """() => {
  const wide = document.documentElement.clientWidth;
  const whole = document.documentElement.scrollWidth;
  if (whole <= wide) return [];
  const out = [...document.body.querySelectorAll("*")].filter(
    (each) => each.getBoundingClientRect().right > wide + 0.5);
  const names = out.slice(0, 5).map((each) => `${each.tagName}.${each.className}`);
  return [`${whole} > ${wide}`, ...names];
}"""
"""What makes a page scroll sideways: how wide it is, and the first that stick out."""

_DRAWN: Final = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"

AXE: Final = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
_RUN_AXE: Final = """async (tags) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  return found.violations.map((rule) => ({
    rule: rule.id, impact: rule.impact, where: rule.nodes.map((node) => node.target.join(" ")),
  }));
}"""


def note(name: str, value: object) -> None:
    """Keep a figure that was measured, for people; a line of JSON in the test's output."""
    line = json.dumps({"name": name, "value": value}, ensure_ascii=False)
    with FIGURES.open("a", encoding="utf-8") as lines:
        lines.write(f"{line}\n")


Contrast = Literal["more", "no-preference"]


@dataclass(kw_only=True)
class Seat:
    """One person at one browser: a context of its own, with nothing of anybody else in it."""

    name: str
    context: BrowserContext
    page: Page
    troubles: list[str] = field(default_factory=list[str])
    """What the browser complained about: errors, refused resources, broken policies."""

    expected: list[str] = field(default_factory=list[str])
    """Pieces of complaints that the test provokes, such as a connection that it cuts."""

    def watch(self) -> None:
        """Hear everything from now on, in the page and in its workers."""
        self.context.on("console", self._heard)
        self.context.on("weberror", lambda event: self.troubles.append(str(event.error)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning", "assert"}:
            self.troubles.append(f"{message.type}: {message.text} ({message.location['url']})")

    def complaints(self) -> list[str]:
        """What nobody expected."""
        return [
            f"{self.name}: {each}"
            for each in self.troubles
            if not any(piece in each for piece in self.expected)
        ]

    async def worker(self) -> Worker:
        """The page's worker, as soon as it runs."""
        running = self.page.workers
        return running[0] if running else await self.page.wait_for_event("worker")

    async def shots(self, name: str) -> None:
        """Photograph the whole page at the three widths, where it may not scroll sideways."""
        before = self.page.viewport_size
        for width, height in WIDTHS.items():
            await self.page.set_viewport_size({"width": width, "height": height})
            await self.page.evaluate(_DRAWN)
            outside: list[str] = await self.page.evaluate(OUTSIDE)
            self.troubles += [f"{name} at {width} px: {each}" for each in outside]
            await self.page.screenshot(
                path=SCREENS / f"{name}-{width}.png", full_page=True, animations="disabled"
            )
        if before is not None:
            await self.page.set_viewport_size(before)

    async def axe(self, *, contrasts: Iterable[Contrast] = ("no-preference", "more")) -> list[str]:
        """Judge what is shown by WCAG 2.2 A and AA; answers what breaks a rule, and where.

        The rules come in through the debugger, which no policy of the page binds; the page's
        own policy stays in force.
        """
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = list[str]()
        for contrast in contrasts:
            await self.page.emulate_media(contrast=contrast)
            await self.page.evaluate(_DRAWN)
            broken: list[object] = await self.page.evaluate(_RUN_AXE, _RULES)
            found += [f"{contrast}: {json.dumps(each, ensure_ascii=False)}" for each in broken]
        await self.page.emulate_media(contrast="null")
        return found


@dataclass(kw_only=True)
class Hall:
    """A browser in which several people sit, each before the same server."""

    browser: Browser
    url: str
    seats: list[Seat] = field(default_factory=list[Seat])
    quota: int | None = None
    """Bytes that a browser may keep, where there is less room than usual."""

    provoked: bool = False
    """Whether the test itself broke a policy, so that reports are no complaint."""

    async def seat(self, name: str, *, width: int = 1280, place: str = "/") -> Seat:
        """Give somebody a browser of her own and open the page."""
        context = await self.browser.new_context(
            base_url=self.url,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            viewport={"width": width, "height": WIDTHS.get(width, 800)},
            service_workers="block",
        )
        seat = Seat(name=name, context=context, page=await context.new_page())
        seat.watch()
        self.seats.append(seat)
        if self.quota is not None:
            devtools: Any = await context.new_cdp_session(seat.page)  # no complete types
            room = {"origin": self.url, "quotaSize": self.quota}
            await devtools.send("Storage.overrideQuotaForOrigin", room)
        await seat.page.goto(place)
        return seat

    async def leave(self) -> list[str]:
        """Close everything; answers what any browser complained about, here or to the server."""
        told = [each for seat in self.seats for each in seat.complaints()]
        for number, seat in enumerate(self.seats):
            last = SCREENS / f"last-{number}.png"
            if not seat.page.is_closed():
                await seat.page.screenshot(path=last, animations="disabled")
            await seat.context.close()
        return told if self.provoked else told + await self.blocked()

    async def blocked(self) -> list[str]:
        """What browsers reported to the server as blocked by a policy."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.url}/v1/reports") as reply,
        ):
            counts = (await reply.json())["blocked"]
        return [f"reported: {name} x{count}" for name, count in counts.items()]
