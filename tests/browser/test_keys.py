"""By keyboard alone: everything can be reached, is seen when it is, and the focus is never lost."""

from typing import Final

import pytest
from playwright.async_api import Page, expect

from tests.browser.gallery import Gallery

_STOPS: Final = 400
"""More presses of Tab than any screen needs."""

_HERE: Final = """() => {
  const here = document.activeElement;
  return [here.tagName, (here.ariaLabel ?? here.innerText ?? "").trim()];
}"""
_STOP: Final = """() => {
  const here = document.activeElement;
  if (here === document.body) return null;
  const box = here.getBoundingClientRect();
  const name = `${here.tagName}.${here.className} ${here.ariaLabel ?? here.innerText ?? ""}`;
  const shown = here.closest(".choice") ?? here;
  const points = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9]];
  const seen = points.some(([x, y]) => {
    const found = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return found !== null && (shown.contains(found) || found.contains(here));
  });
  const look = getComputedStyle(here);
  const marked = look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2;
  here.dataset.stop ??= String(document.querySelectorAll("[data-stop]").length);
  return { id: here.dataset.stop, name: name.slice(0, 80), seen, marked, order: here.tabIndex };
}"""


async def reach(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, as a person does."""
    for _ in range(_STOPS):
        await page.keyboard.press("Tab")
        if await page.evaluate("(css) => document.activeElement.matches(css)", selector):
            return
    pytest.fail(f"Tab never comes to {selector}")


async def here(page: Page) -> tuple[str, str]:
    """Where the focus is: the element and its words."""
    tag, words = await page.evaluate(_HERE)
    return tag, words


# ---------------------------------------------------------------- going through a page


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scene", ["room-during", "room-before-invited", "home", "settings-vault"])
async def test_tab_goes_once_through_everything(gallery: Gallery, scene: str, width: int) -> None:
    """Each stop is seen, marked, in its natural order, and none is a trap."""
    page = await gallery.show(scene, width=width)
    stops = list[dict[str, object]]()
    for _ in range(_STOPS):
        await page.keyboard.press("Tab")
        stop = await page.evaluate(_STOP)
        if stop is None or stop["id"] in {each["id"] for each in stops}:
            break
        stops.append(stop)

    assert len(stops) > 5
    assert "skip" in str(stops[0]["name"])
    assert [each["name"] for each in stops if not each["seen"]] == []
    assert [each["name"] for each in stops if not each["marked"]] == []
    assert [each["name"] for each in stops if each["order"] != 0] == []


async def test_the_first_stop_leads_past_the_header(gallery: Gallery) -> None:
    """The next one lies in the content."""
    page = await gallery.show("room-during")
    await page.keyboard.press("Tab")
    assert await here(page) == ("A", "本文へ移動")
    await page.keyboard.press("Enter")
    assert (await here(page))[0] == "MAIN"

    await page.keyboard.press("Tab")

    assert await page.evaluate("document.activeElement.closest('main') !== null")


# ---------------------------------------------------------------- working in a room


async def test_priorities_change_their_order(gallery: Gallery) -> None:
    """By the button and by Alt with an arrow; the focus goes with the row, and it is said."""
    page = await gallery.show("room-during")
    rows = page.locator(".prio")
    first, second = [await rows.nth(at).get_attribute("data-row") for at in (0, 1)]
    await reach(page, f'[data-row="{first}"] [data-step="1"]')

    await page.keyboard.press("Enter")
    await expect(rows.first).to_have_attribute("data-row", str(second))
    await gallery.still()
    assert await page.evaluate("document.activeElement.closest('li')?.dataset.row") == first

    await page.keyboard.press("Alt+ArrowUp")
    await expect(rows.first).to_have_attribute("data-row", str(first))
    await gallery.still()
    assert await page.evaluate("document.activeElement.closest('li')?.dataset.row") == first
    await expect(page.locator("[aria-live=polite]").filter(has_text="1番")).to_have_count(1)


async def test_a_role_is_accepted_and_another_declined(gallery: Gallery) -> None:
    """Declining asks why; the reasons are chosen with the arrows."""
    page = await gallery.show("room-during-member")
    answers = page.locator(".role-parts .answer")
    waiting = await answers.count()
    assert waiting >= 2
    await reach(page, ".role-parts .answer .button")
    await page.keyboard.press("Enter")
    await expect(answers).to_have_count(waiting - 1)

    await reach(page, ".role-parts .answer .button:not([data-weight=main])")
    await page.keyboard.press("Enter")
    await reach(page, ".role-parts input[type=radio]")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")

    await expect(page.locator(".role-parts")).to_contain_text("辞退")
    await gallery.still()
    assert (await here(page))[0] != "BODY"


async def test_a_link_to_my_answer_leads_there(gallery: Gallery) -> None:
    """Whoever comes from ホーム begins at the question, not at the top of the room."""
    page = await gallery.show("room-before-invited", width=390)

    await page.evaluate("location.hash += '/seat'")
    await gallery.still()

    assert (await here(page))[1].startswith("この会議への出席の返事")
    await expect(page.get_by_role("radio", name="出席する", exact=True)).to_be_in_viewport()


async def test_a_dialog_takes_the_focus_and_gives_it_back(gallery: Gallery) -> None:
    """Opened from a menu, left with Escape; meanwhile Tab stays inside."""
    page = await gallery.show("room-during")
    await reach(page, ".prio [aria-haspopup=menu]")
    opener = await here(page)
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    await expect(dialog).to_be_visible()
    for _ in range(6):
        await page.keyboard.press("Tab")
        assert await page.evaluate(
            "document.activeElement === document.body"
            " || document.activeElement.closest('dialog') !== null"
        )

    await page.keyboard.press("Escape")

    await expect(dialog).to_have_count(0)
    assert await here(page) == opener


# ---------------------------------------------------------------- the frame


@pytest.mark.parametrize("keys", [["F9"], ["Escape", "Escape"]])
async def test_a_key_hides_the_screen_at_once(gallery: Gallery, keys: list[str]) -> None:
    """Nothing of the case is left to see or in the tab's title; then the work goes on."""
    page = await gallery.show("room-during")
    await reach(page, ".prio [data-step='1']")
    before = await here(page)
    for key in keys:
        await page.keyboard.press(key)
    cover = page.locator("dialog.cover")
    await expect(cover).to_be_visible()
    assert await page.title() == "円卓"
    await expect(page.locator("main")).not_to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await expect(cover).to_be_visible()

    await reach(page, "dialog.cover .button")
    await page.keyboard.press("Enter")

    await expect(cover).to_have_count(0)
    assert await here(page) == before


async def test_the_language_changes_under_the_focus(gallery: Gallery) -> None:
    """All words change, the focus stays."""
    page = await gallery.show("room-during")
    await reach(page, ".tools .button[lang=en]")

    await page.keyboard.press("Enter")

    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.get_by_role("link", name="Meeting", exact=True)).to_be_visible()
    assert await here(page) == ("BUTTON", "日本語")


async def test_the_lock_leaves_nothing_on_the_screen(gallery: Gallery) -> None:
    """The vaults come, the case is gone, and the focus is on the new heading."""
    page = await gallery.show("room-during")
    await reach(page, ".tools-wide .button:not([lang])")
    assert (await here(page))[1] == "鍵をかける"

    await page.keyboard.press("Enter")

    await expect(page.get_by_role("heading", level=1, name="保管庫を開く")).to_be_focused()
    assert "K-101" not in await page.locator("body").inner_text()
    assert "K-101" not in await page.title()


@pytest.mark.parametrize("scene", ["join-keys", "room-during", "home-loading"])
async def test_nothing_moves_for_who_asked_for_rest(gallery: Gallery, scene: str) -> None:
    """`prefers-reduced-motion` ends every animation at once."""
    await gallery.page.emulate_media(reduced_motion="reduce")
    page = await gallery.show(scene)

    moving = await page.evaluate("document.getAnimations().map((each) => each.animationName)")

    assert moving == []
