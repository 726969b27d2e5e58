"""Figures of the page, measured between real browsers; printed, and not judged by time."""

import asyncio
import statistics
from typing import Final

import pytest
from playwright.async_api import expect

from tests.browser import meeting
from tests.browser.office import Office
from tests.browser.stage import Hall, note
from tests.browser.town import Town, call, found, town

pytestmark = pytest.mark.timeout(300)

_PAPERS: Final = 12
_ISSUES: Final = 6
_WATCHED: Final = 6000
_LATE: Final = 50
_WAIT: Final = """(words) => new Promise((done) => {
  const look = () => document.body.innerText.includes(words)
    && done(performance.timeOrigin + performance.now());
  new MutationObserver(look).observe(document.body,
    { childList: true, subtree: true, characterData: true });
  look();
})"""
_PRESS: Final = """(button) => {
  button.click();
  return performance.timeOrigin + performance.now();
}"""
_FRAMES: Final = """(ms) => new Promise((done) => {
  const deltas = [];
  let last = performance.now();
  const end = last + ms;
  const frame = (now) => {
    deltas.push(now - last);
    last = now;
    if (now < end) requestAnimationFrame(frame); else done(deltas);
  };
  requestAnimationFrame(frame);
})"""


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def test_how_fast_it_is(hall: Hall, office: Office) -> None:
    """A shared paper on the other screen; frames while a feed is full."""
    people = await town(hall, office)
    await found(people)
    await call(people)
    await _share(people)
    await _frames(people)
    await _enter(people)


async def _share(people: Town) -> None:
    """Milliseconds from the press of the chair's button to the words on the worker's screen."""
    took = [await _shared(people, no) for no in range(_PAPERS)]
    note("share_to_screen_ms", {"p50": statistics.median(took), "p95": percentile(took, 0.95)})
    assert len(took) == _PAPERS


async def _shared(people: Town, no: int) -> float:
    """Share one paper."""
    words = f"記録その{no}の終わり。"
    chair, page = people.chair, people.chair.seat.page
    watch = asyncio.create_task(people.worker.seat.page.evaluate(_WAIT, words))
    paper = {"subject": "美佐江", "source": "本人の言葉", "title": f"記録{no}", "text": words}
    await meeting.fill_paper(chair, **paper, cats=["c6"])
    button = await chair.button("人に共有する", exact=False).element_handle()
    pressed: float = await page.evaluate(_PRESS, button)
    seen: float = await watch
    await expect(page.get_by_role("dialog")).to_have_count(0)
    return seen - pressed


async def _frames(people: Town) -> None:
    """Lengths of frames while issues come in on the other screen."""
    watch = asyncio.create_task(people.nurse.seat.page.evaluate(_FRAMES, _WATCHED))
    for no in range(_ISSUES):
        await meeting.add_issue(people.worker, f"課題{no}", "緊急度 中", "理由")
    deltas: list[float] = await watch
    late = sum(delta > _LATE for delta in deltas)
    middle, slow = statistics.median(deltas), percentile(deltas, 0.99)
    note("frame_ms", {"p50": middle, "p99": slow, "frames": len(deltas), "late": late})


async def _enter(people: Town) -> None:
    """Milliseconds from the link to the last paper, in a room that is folded already."""
    nurse, page = people.nurse, people.nurse.seat.page
    took = list[float]()
    for _ in range(3):
        await nurse.home()
        link = page.get_by_role("link", name="入室する").first
        await link.wait_for()
        watch = asyncio.create_task(page.evaluate(_WAIT, f"記録その{_PAPERS - 1}の終わり。"))
        pressed: float = await page.evaluate(_PRESS, await link.element_handle())
        seen: float = await watch
        took.append(seen - pressed)
    note("enter_room_ms", {"papers": _PAPERS, "each": took})
