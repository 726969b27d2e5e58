"""The page in a real Chromium before a real server: a full room, frames, one screen to another."""

import asyncio
import os
import statistics
import subprocess
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from playwright.async_api import Browser, ElementHandle, Page, async_playwright

from bench import crowded, machine
from bench.crowded import Crowded
from bench.machine import Machine
from storage import embedded
from tests.browser import meeting, office
from tests.browser.chairing import confirm_newcomers
from tests.browser.people import PASSPHRASE, Person
from tests.browser.stage import ROOT, SCREENS, Hall
from tests.browser.town import Town, call, found, town
from tests.faults.processes import Node

DATABASES: Final = ("crowded", "town")
PEOPLE: Final = 12
JOIN_BAR: Final = 800.0  # ms
SCREEN_BAR: Final = 100.0  # ms
FRAME_BAR: Final = 1000 / 60 * 1.5  # ms: at 99 of 100 frames no refresh of 60 Hz is left out

_TURN: Final = 40
"""Turns of the wheel before it goes back."""

_COUNT: Final = "new Set(document.body.textContent.match(/記録その\\d+の終わり/g)).size"
_UNTIL: Final = f"""([button, count]) => new Promise((done) => {{
  const begun = performance.now();
  const watch = new MutationObserver(() => {{
    if ({_COUNT} < count) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
  }});
  watch.observe(document.body, {{ childList: true, subtree: true, characterData: true }});
  button.click();
}})"""
"""Milliseconds from a press to the frame after the last of so many papers is on the screen."""

_UNTIL_SAID: Final = """([button, words]) => new Promise((done) => {
  const begun = performance.now();
  const watch = new MutationObserver(() => {
    if (!document.body.textContent.includes(words)) return;
    watch.disconnect();
    done(performance.now() - begun);
  });
  watch.observe(document.body, { childList: true, subtree: true, characterData: true });
  button.click();
})"""
_SEEN: Final = """(words) => new Promise((done) => {
  const look = () => document.body.textContent.includes(words)
    && done(performance.timeOrigin + performance.now());
  new MutationObserver(look).observe(document.body,
    { childList: true, subtree: true, characterData: true });
  look();
})"""
# What a page keeps after it has shown a room (pins, the log, receipts) it keeps without a word, and
# a reload cuts it short; the next visit must not be measured beside what the last one left undone.
_AFTERWARDS: Final = 0.5  # seconds after a visit that found everything kept
_PUT_AWAY: Final = 2.0  # seconds after one that had a whole log to keep
_PRESS: Final = """(button) => {
  const pressed = performance.timeOrigin + performance.now();
  button.click();
  return pressed;
}"""
_FRAMES: Final = """() => {
  window.frameTimes = [];
  let last = performance.now();
  const frame = (now) => {
    window.frameTimes.push(now - last);
    last = now;
    window.frameLoop = requestAnimationFrame(frame);
  };
  window.frameLoop = requestAnimationFrame(frame);
}"""
_FRAMES_END: Final = """() => {
  cancelAnimationFrame(window.frameLoop);
  return window.frameTimes.slice(2);
}"""


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How much is measured."""

    leaves: int = 5000
    sections: int = 50
    visits: int = 9
    events: int = 520
    frames: int = 240
    papers: int = 40


QUICK: Final = Size(leaves=400, sections=10, visits=2, events=150, frames=60, papers=5)


class Frames(msgspec.Struct, frozen=True, kw_only=True):
    """Lengths of frames in ms."""

    p50: float
    p99: float
    longest: float
    count: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of one run; every time in ms."""

    taken: str
    machine: Machine
    chromium: str
    size: Size
    leaves: int
    first_visit: float
    argon2: list[float]
    unlock: list[float]
    """From the press on 開く to every paper, in a page that was just loaded."""

    enter: list[float]
    """From the link at home to every paper, in a vault that was opened before."""

    grown: int
    unlock_grown: list[float]
    scrolling: Frames
    typing: Frames
    shared: list[float]


Tell = Callable[[str], None]


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def judged(page: Figures) -> list[tuple[str, str, str, bool]]:
    """What is promised: name, measured, bar, and whether it holds."""
    joined = statistics.median(page.unlock) - statistics.median(page.argon2)
    shared = percentile(page.shared, 0.95)
    size = page.size
    return [
        (
            f"room of {size.sections} sections, {PEOPLE} people, {page.leaves} leaves, warm",
            *_ms(joined, JOIN_BAR),
        ),
        ("the same from home, vault open", *_ms(statistics.median(page.enter), JOIN_BAR)),
        ("section on the other screen, p95", *_ms(shared, SCREEN_BAR)),
        ("frame while scrolling, p99", *_ms(page.scrolling.p99, FRAME_BAR)),
        ("frame while typing, p99", *_ms(page.typing.p99, FRAME_BAR)),
    ]


def _ms(value: float, bar: float) -> tuple[str, str, bool]:
    return f"{value:.0f} ms", f"<= {bar:.0f} ms", value <= bar


# --- the browser and the server ----------------------------------------------------------------


def _chromium() -> str:
    script = str(ROOT / "tools" / "chromium.sh")
    return subprocess.check_output([script, "--find"], text=True).strip()  # noqa: S603 -- ours


@asynccontextmanager
async def _browser() -> AsyncGenerator[Browser]:
    chromium = await asyncio.to_thread(_chromium)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium,
            chromium_sandbox=os.geteuid() != 0,
            args=["--disable-dev-shm-usage"],
        )
        yield browser
        await browser.close()


@asynccontextmanager
async def _served(
    browser: Browser, dsn: str, folder: Path
) -> AsyncGenerator[tuple[Hall, office.Office]]:
    for each in (folder, SCREENS):
        each.mkdir(parents=True, exist_ok=True)
    log = folder / "server.log"
    node = Node(name="bench", data=folder / "data", log=log, database=dsn, origin="")
    node.origin = node.url
    await node.start()
    hall = Hall(browser=browser, url=node.url)
    try:
        async with office.opened(node, folder) as opened:
            yield hall, opened
        await hall.leave()
    finally:
        await node.stop()


# --- joining a full room -----------------------------------------------------------------------


async def _unlock_button(person: Person, passphrase: str) -> ElementHandle:
    await person.fill(person.field("合言葉"), passphrase)
    found_one = await person.button("開く").element_handle()
    assert isinstance(found_one, ElementHandle)  # noqa: S101 -- the locator waited for it
    return found_one


async def _visit(person: Person, count: int) -> float:
    """Load the page anew in the room, unlock; milliseconds to every paper."""
    page = person.seat.page
    await page.reload()
    button = await _unlock_button(person, PASSPHRASE)
    took: float = await page.evaluate(_UNTIL, [button, count])
    await asyncio.sleep(_AFTERWARDS)
    return took


async def _refused(person: Person) -> float:
    """Milliseconds of a wrong passphrase: Argon2id, and little else."""
    page = person.seat.page
    await page.reload()
    button = await _unlock_button(person, "ちがう合言葉")
    took: float = await page.evaluate(_UNTIL_SAID, [button, "合言葉が違い"])
    return took


async def _enter(person: Person, count: int) -> float:
    """Milliseconds from the link at home to every paper; the page was just loaded."""
    page = person.seat.page
    room = page.url
    await page.goto("/#/home")
    await page.reload()
    await (await _unlock_button(person, PASSPHRASE)).click()
    link = page.get_by_role("link", name="入室する").first
    await link.wait_for()
    handle = await link.element_handle()
    took: float = await page.evaluate(_UNTIL, [handle, count])
    assert page.url == room  # noqa: S101 -- the link leads to the same room
    await asyncio.sleep(_AFTERWARDS)
    return took


async def _first(person: Person, count: int) -> float:
    """Enter for the first time, from a page that was just loaded with an old log."""
    page = person.seat.page
    await page.reload()
    await (await _unlock_button(person, PASSPHRASE)).click()
    link = page.get_by_role("link", name="入室する").first
    await link.wait_for(timeout=60_000)
    handle = await link.element_handle()
    took: float = await page.evaluate(_UNTIL, [handle, count])
    return took


# --- frames ------------------------------------------------------------------------------------


def _frames(lengths: list[float]) -> Frames:
    return Frames(
        p50=statistics.median(lengths),
        p99=percentile(lengths, 0.99),
        longest=max(lengths),
        count=len(lengths),
    )


async def _scroll(page: Page, steps: int) -> Frames:
    """Turn the wheel through the whole room and back."""
    await page.mouse.move(640, 400)
    await page.evaluate(_FRAMES)
    for step in range(steps):
        await page.mouse.wheel(0, 240 if step % (2 * _TURN) < _TURN else -240)
        await asyncio.sleep(0.016)
    return _frames(await page.evaluate(_FRAMES_END))


async def _type(person: Person, steps: int) -> Frames:
    """Type a paper, a key every 25 ms."""
    page = person.seat.page
    await person.press("資料を共有する")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("題名").click()
    await page.evaluate(_FRAMES)
    await page.keyboard.type("kirokuwokaku " * (steps // 16), delay=25)
    lengths = await page.evaluate(_FRAMES_END)
    await page.keyboard.press("Escape")
    return _frames(lengths)


# --- from one screen to another ----------------------------------------------------------------


async def _shared(people: Town, no: int) -> float:
    """Milliseconds from the chair's press to the words on the worker's screen."""
    words = crowded.ending(no)
    chair, page = people.chair, people.chair.seat.page
    paper = {"subject": "美佐江", "source": "本人の言葉", "title": f"記録{no}", "text": words}
    await meeting.fill_paper(chair, **paper, cats=["c6"])
    watch = asyncio.create_task(people.worker.seat.page.evaluate(_SEEN, words))
    button = await chair.button("人に共有する", exact=False).element_handle()
    await asyncio.sleep(0.3)  # the form's own work is over
    pressed: float = await page.evaluate(_PRESS, button)
    seen: float = await watch
    await page.get_by_role("dialog").wait_for(state="detached")
    return seen - pressed


# --- all of it ---------------------------------------------------------------------------------


class _Joined(msgspec.Struct, kw_only=True):
    leaves: int
    first: float
    argon2: list[float]
    unlock: list[float]
    enter: list[float]


async def _join(room: Crowded, size: Size, tell: Tell) -> _Joined:
    person, count = room.person, size.sections
    first = await _first(person, count)
    await confirm_newcomers(person)
    tell(f"first visit {first:.0f} ms")
    await asyncio.sleep(_PUT_AWAY)
    unlock = [await _visit(person, count) for _ in range(size.visits)]
    tell(f"warm {[round(each) for each in unlock]}")
    argon2 = [await _refused(person) for _ in range(min(3, size.visits))]
    tell(f"Argon2id {[round(each) for each in argon2]}")
    await person.unlock()
    await asyncio.sleep(_PUT_AWAY)
    enter = [await _enter(person, count) for _ in range(size.visits)]
    tell(f"from home {[round(each) for each in enter]}")
    leaves = room.office.council.log.size
    return _Joined(leaves=leaves, first=first, argon2=argon2, unlock=unlock, enter=enter)


async def measure(server: embedded.Server, folder: Path, size: Size, tell: Tell) -> Figures:
    """Measure all of it; `server` is a PostgreSQL with the databases `DATABASES`."""
    before = machine.describe()
    async with _browser() as browser:
        dsn = server.dsn("crowded", user="entaku")
        async with _served(browser, dsn, folder / "crowded") as (hall, opened):
            room = await crowded.gather(hall, opened, PEOPLE)
            await room.share(size.sections)
            tell(f"a room of {size.sections} sections")
            await crowded.crowd(opened, size.leaves)
            tell(f"{opened.council.log.size} leaves")
            joined = await _join(room, size, tell)
            await room.fill(size.events)
            grown = [await _visit(room.person, size.sections) for _ in range(size.visits)]
            tell(f"{room.events} events, warm {[round(each) for each in grown]}")
            events = room.events
            scrolling = await _scroll(room.person.seat.page, size.frames)
            typing = await _type(room.person, size.frames)
            tell(f"scrolling {scrolling}, typing {typing}")
        dsn = server.dsn("town", user="entaku")
        async with _served(browser, dsn, folder / "town") as (hall, opened):
            people = await town(hall, opened)
            await found(people)
            await call(people)
            shared = [await _shared(people, no) for no in range(size.papers + 2)][2:]
            tell(f"shared {[round(each) for each in shared]}")
        version = browser.version
    return Figures(
        taken=datetime.now(UTC).strftime("%Y-%m-%d"),
        machine=before,
        chromium=version,
        size=size,
        leaves=joined.leaves,
        first_visit=joined.first,
        argon2=joined.argon2,
        unlock=joined.unlock,
        enter=joined.enter,
        grown=events,
        unlock_grown=grown,
        scrolling=scrolling,
        typing=typing,
        shared=shared,
    )
