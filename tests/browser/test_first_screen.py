"""The first screen in a real browser, from the real server."""

import asyncio
import statistics

import pytest

from tests.browser.stage import Hall, note

_FIRST_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
_READY = "main"


async def _first_paint(hall: Hall) -> float:
    """Milliseconds to the first usable paint in a browser that has nothing of us."""
    seat = await hall.seat("somebody")
    await seat.page.wait_for_selector(_READY)
    painted: float = await seat.page.evaluate(_FIRST_PAINT)
    return painted


async def test_the_page_shows_its_first_screen(hall: Hall) -> None:
    """In Japanese, then in English; nobody has to change a setting, and no cookie is left."""
    seat = await hall.seat("somebody")
    await seat.page.wait_for_selector(_READY)

    assert await seat.page.title() == "円卓"
    assert await seat.page.locator("html").get_attribute("lang") == "ja"
    await seat.shots("00-first-ja")
    assert await seat.axe() == []

    await seat.page.get_by_role("button", name="English").click()
    await seat.page.get_by_role("button", name="日本語").wait_for()
    assert await seat.page.locator("html").get_attribute("lang") == "en"
    await seat.shots("00-first-en")
    assert await seat.axe() == []
    assert await seat.context.cookies() == []


async def test_three_people_sit_at_browsers_of_their_own(hall: Hall) -> None:
    """Each with a worker of her own."""
    seats = [await hall.seat(name) for name in ("chair", "worker", "auditor")]
    for seat in seats:
        await seat.worker()

    assert [len(seat.page.workers) for seat in seats] == [1, 1, 1]


async def test_the_first_paint_comes_within_a_second(hall: Hall) -> None:
    """Cold, over loopback; the middle one of three."""
    times = [await _first_paint(hall) for _ in range(3)]
    note("first_paint_ms", times)

    assert 0 < statistics.median(times) <= 1000


_TRANSFERRED = """() => performance.getEntriesByType("resource")
  .concat(performance.getEntriesByType("navigation"))
  .map((each) => each.transferSize).reduce((a, b) => a + b, 0)"""


async def test_the_page_is_small(hall: Hall) -> None:
    """Everything the first load brings, compressed, the worker's cryptography included."""
    seat = await hall.seat("somebody")
    await seat.worker()
    await seat.page.wait_for_load_state("networkidle")
    size: int = await seat.page.evaluate(_TRANSFERRED)
    note("initial_load_bytes", size)

    assert 100_000 < size <= 450_000


# ---------------------------------------------------------------- the fence holds


@pytest.mark.parametrize(
    ("deed", "says", "directive"),
    [
        ("new Worker('/assets/other.js')", "TypeError", "require-trusted-types-for"),
        ("trustedTypes.createPolicy('mine', {})", "TypeError", "trusted-types"),
        ("document.body.innerHTML = '<b>x</b>'", "TypeError", "require-trusted-types-for"),
        ("await fetch('https://other.example/')", "TypeError", "connect-src"),
        ("document.body.setAttribute('style', 'color: red')", "done", "style-src-attr"),
        ("new Image().src = 'https://other.example/x.png'", "done", "img-src"),
    ],
)
async def test_a_stolen_script_gets_nowhere(
    hall: Hall, deed: str, says: str, directive: str
) -> None:
    """What it would try is blocked, and the server is told."""
    seat = await hall.seat("thief")
    await seat.page.wait_for_selector(_READY)
    seat.expected.append("")
    hall.provoked = True

    said = await seat.page.evaluate(
        f"async () => {{ try {{ {deed}; return 'done' }} catch (error) {{ return error.name }} }}"
    )

    assert said == says
    async with asyncio.timeout(10):
        while (told := await hall.blocked()) == []:  # noqa: ASYNC110 -- another process
            await asyncio.sleep(0.1)
    assert told == [f"reported: {directive} x1"]


async def test_a_module_without_integrity_is_blocked(hall: Hall) -> None:
    """Even one of this very origin: whoever can add a file cannot make the page run it."""
    seat = await hall.seat("thief")
    await seat.page.wait_for_selector(_READY)
    seat.expected.append("")
    script = await seat.page.locator("script[src]").get_attribute("src")

    attempt = "(address) => import(address).then(() => 'ran', (error) => error.name)"

    assert await seat.page.evaluate(attempt, script) == "ran"
    assert await seat.page.evaluate(attempt, f"{script}?again") == "TypeError"
