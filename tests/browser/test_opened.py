"""What opens over a screen or inside it: dialogs, forms and menus, judged while they are open."""

import pytest
from playwright.async_api import expect

from tests.browser.gallery import Gallery

_OPENED = {
    "room-during": [
        "資料を共有する",
        "課題を加える",
        "対応事項を加える",
        "記録する",
        "この議題を閉じる",
    ],
    "settings-devices": ["止める"],
    "vaults": ["この保管庫を消す"],
}


@pytest.mark.parametrize("scene", _OPENED)
async def test_what_is_opened_follows_the_rules_too(
    gallery: Gallery, subtests: pytest.Subtests, scene: str
) -> None:
    """By WCAG 2.2 A and AA at two contrasts; it fits, and no control is over another."""
    for name in _OPENED[scene]:
        page = await gallery.show(scene)
        await page.get_by_role("button", name=name).first.click()
        await expect(page.locator("dialog[open], form.inline-form").first).to_be_visible()
        await gallery.still()
        with subtests.test(scene=scene, opened=name):
            assert await gallery.outside() == []
            assert await gallery.seat.axe() == []
    assert gallery.told() == []
