"""What may go wrong around the page: each has words of its own, and the vault is unharmed."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Route, expect

from protocol.vocabulary import AgencyKind, Cap
from tests.browser import chairing
from tests.browser.office import Office
from tests.browser.people import PASSPHRASE, Person, join
from tests.browser.stage import Hall
from tests.browser.town import CITY
from tests.faults.processes import Node

pytestmark = pytest.mark.timeout(240)

_OPENING = 60_000
_BACK = 40_000
DRAFT = "書きかけの目的"


async def _chair(hall: Hall, office: Office) -> Person:
    """A chair in the room that she founded."""
    city = await office.agency(1, CITY, AgencyKind.CITY, Cap.HOST, Cap.MEMBER)
    chair = await join(hall, office, city, "高瀬 律子", Cap.CHAIR, Cap.MEMBER, Cap.MINUTES)
    await chairing.new_case(chair, "K-101", "美佐江", {CITY: ["c6"]})
    return chair


async def test_a_reload_keeps_place_and_draft(hall: Hall, office: Office) -> None:
    """In the middle of a form: the vault is opened again, and every word is still there."""
    chair = await _chair(hall, office)
    page = chair.seat.page
    await page.get_by_role("link", name="会議を招集する").first.click()
    await chair.type("会議の目的", DRAFT)
    await page.wait_for_timeout(1500)  # a draft is kept when one stops typing

    await page.reload()
    await chair.unlock()
    await expect(chair.field("会議の目的")).to_have_value(DRAFT, timeout=_OPENING)


async def test_the_network_goes_and_comes_back(hall: Hall, office: Office, server: Node) -> None:
    """Offline is said, what stands there stays; afterwards the page goes on by itself."""
    chair = await _chair(hall, office)
    chair.seat.expected += ["ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "WebSocket"]
    await server.kill()
    await chair.sees("オフラインです", within=_BACK)
    await chair.sees("美佐江")
    await chair.seat.shots("50-offline")
    await server.start()
    await expect(chair.seat.page.get_by_text("オフラインです")).to_have_count(0, timeout=_BACK)
    await chair.sees("接続中", within=_BACK)
    await chair.sees("美佐江")


async def test_a_second_tab_follows(hall: Hall, office: Office) -> None:
    """Only one tab holds the keys; when it goes, the other one can be used."""
    chair = await _chair(hall, office)
    second = await chair.seat.context.new_page()
    await second.goto("/")
    await expect(second.get_by_text("別のタブで開いています").first).to_be_visible()
    await chair.seat.page.close()
    await expect(second.get_by_role("heading", name="保管庫を開く", exact=True)).to_be_visible(
        timeout=_BACK
    )
    chair.seat.page = second
    await chair.unlock()
    await chair.sees("今日の会議はありません", within=_OPENING)


def _cut(keep: float) -> Callable[[Route], Awaitable[None]]:
    """A proxy that loses the end of every answer."""

    async def answer(route: Route) -> None:
        response = await route.fetch()
        body = await response.body()
        await route.fulfill(response=response, body=body[: int(len(body) * keep)])

    return answer


async def test_truncated_rows_are_named(hall: Hall, office: Office) -> None:
    """A server that sends half of a room is not believed; afterwards the room opens as before."""
    chair = await _chair(hall, office)
    page, context = chair.seat.page, chair.seat.context
    await chair.lock()
    await context.route("**/rows*", _cut(0.6))
    await chair.unlock()
    await expect(page.get_by_role("heading", name="ケース室を開けませんでした")).to_be_visible(
        timeout=_OPENING
    )
    await expect(page.get_by_text("理由コード").first).to_be_visible()
    await chair.seat.shots("51-truncated")

    await context.unroute("**/rows*")
    await chair.press("もう一度試す")
    await chair.sees("美佐江")


async def test_a_page_without_its_cryptography_stops(hall: Hall, office: Office) -> None:
    """Where the house forbids WebAssembly, the page says so, and the vault is unharmed."""
    chair = await _chair(hall, office)

    async def forbid(route: Route) -> None:
        response = await route.fetch()
        fence = response.headers.get("content-security-policy", "")
        headers = {
            **response.headers,
            "content-security-policy": fence.replace("'wasm-unsafe-eval'", ""),
        }
        await route.fulfill(response=response, headers=headers)

    chair.seat.expected.append("")
    hall.provoked = True
    await chair.seat.context.route("**/*", forbid)
    await chair.seat.page.reload()
    await chair.sees("始められません", within=_OPENING)
    await chair.sees("保管庫は壊れていません")
    await chair.seat.shots("53-no-wasm")
    await chair.seat.context.unroute("**/*")
    await chair.seat.page.reload()
    await chair.unlock(PASSPHRASE)
    await chair.sees("美佐江", within=_OPENING)


async def test_a_changed_program_never_runs(hall: Hall, office: Office) -> None:
    """A worker that somebody added a line to on the way is blocked, and the vault is unharmed."""
    chair = await _chair(hall, office)

    async def change(route: Route) -> None:
        response = await route.fetch()
        await route.fulfill(response=response, body="void 0;\n" + await response.text())

    chair.seat.expected.append("integrity")
    await chair.seat.context.route("**/assets/worker-*.js", change)
    await chair.seat.page.reload()
    await chair.sees("署名された版と一致しません", within=_OPENING)
    await chair.sees("保管庫は壊れていません")
    await chair.seat.context.unroute("**/assets/worker-*.js")
    await chair.seat.page.reload()
    await chair.unlock()
    await chair.sees("美佐江", within=_OPENING)
