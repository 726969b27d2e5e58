"""The gallery: every screen over fixtures, under the very headers of the real page."""

import fcntl
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page

from server.http import page as served
from server.page import Page as Build
from server.page import load
from tests.browser.stage import OUTSIDE, ROOT, SCREENS, WIDTHS, Hall, Seat

_STANDS: Final = """() => document.querySelector("main")?.innerText.trim() > "" """
_STILL: Final = """(quiet) => new Promise((done) => {
  let timer = 0;
  const seen = new MutationObserver(() => wait());
  const end = () => { seen.disconnect(); done(); };
  const wait = () => { clearTimeout(timer); timer = setTimeout(end, quiet); };
  seen.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  wait();
})"""
_QUIET: Final = 160
"""Milliseconds without a change after which a scene stands; its answers take less."""

_CROWDED: Final = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
  const stops = all.map((each) => each.closest(".choice") ?? each)
    .filter((each) => each.checkVisibility({ visibilityProperty: true }))
    .filter((each) => !each.closest(".unseen, .phone-tabs"))
    .map((each) => [each, each.getBoundingClientRect()]);
  const name = (each) => (each.ariaLabel ?? each.innerText ?? each.id ?? each.tagName).slice(0, 30);
  const told = [];
  for (const [each, box] of stops) {
    const em = parseFloat(getComputedStyle(each).fontSize);
    const words = each.matches("button, a.button") && !each.querySelector(".unseen")
      ? each.innerText.trim() : "";
    if (words.length > 2 && box.width < 2.5 * em)
      told.push(`squeezed: ${name(each)}`);
    for (const [other, next] of stops) {
      if (each === other || each.contains(other) || other.contains(each)) continue;
      const wide = Math.min(box.right, next.right) - Math.max(box.left, next.left);
      const high = Math.min(box.bottom, next.bottom) - Math.max(box.top, next.top);
      if (wide > 1 && high > 1 && each.compareDocumentPosition(other) & 4)
        told.push(`${name(each)} over ${name(other)}`);
    }
  }
  return told;
}"""


def build() -> Build:
    """Build the gallery unless nothing changed, and read it; one process at a time."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    with (SCREENS.parent / "gallery.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = subprocess.run(  # noqa: S603 -- our own program
            [ROOT / "tools" / "web.sh", "gallery"], capture_output=True, text=True, check=False
        )
        assert made.returncode == 0, made.stderr
        found = load(ROOT / "web" / "dist-gallery")
    assert found is not None
    return found


@dataclass(kw_only=True)
class Gallery:
    """A person who walks from scene to scene in one tab."""

    seat: Seat
    scenes: list[str]

    @property
    def page(self) -> Page:
        """The tab."""
        return self.seat.page

    async def show(self, scene: str, *, width: int = 1280, **look: str) -> Page:
        """Open a scene; `look` is `lang`, `contrast` and `size` of the gallery's address."""
        await self.widen(width)
        await self.page.goto(f"/?{urlencode({'scene': scene, **look})}")
        await self.page.wait_for_function(_STANDS)
        await self.still()
        return self.page

    async def still(self) -> None:
        """Wait until nothing changes any more."""
        await self.page.evaluate(_STILL, _QUIET)

    async def widen(self, width: int) -> None:
        """Make the window so wide, and as high as such windows are."""
        await self.page.set_viewport_size({"width": width, "height": WIDTHS.get(width, 800)})

    async def outside(self) -> list[str]:
        """What makes the page scroll sideways: how wide it is, and the first that stick out."""
        found: list[str] = await self.page.evaluate(OUTSIDE)
        return found

    async def crowded(self) -> list[str]:
        """What one cannot hit or read: controls over one another, words in a slit."""
        found: list[str] = await self.page.evaluate(_CROWDED)
        return found

    def told(self) -> list[str]:
        """What the browser complained about since the last time."""
        told = self.seat.complaints()
        self.seat.troubles.clear()
        return told


@asynccontextmanager
async def opened(browser: Browser, built: Build) -> AsyncGenerator[Gallery]:
    """Serve the gallery as nodes serve the page, and open it; complaints at the end fail."""
    app = web.Application()
    served.offer(app, built)
    async with TestServer(app) as server:
        hall = Hall(browser=browser, url=str(server.make_url("")))
        seat = await hall.seat("visitor")
        links = seat.page.locator("[data-scene]")
        await links.first.wait_for()
        names: list[str] = await links.evaluate_all(
            "(all) => all.map((each) => each.dataset.scene)"
        )
        yield Gallery(seat=seat, scenes=names)
        assert await hall.leave() == []
