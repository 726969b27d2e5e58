"""Every screen at every width, in both languages: it fits, it is quiet, everybody can use it."""

from typing import Final

import pytest

from tests.browser.gallery import Gallery
from tests.browser.stage import SCREENS, WIDTHS, note

_NARROW: Final = 320
"""What a window of 1280 px has left at 400 %; WCAG 2.2, 1.4.10."""

_PHOTOGRAPHED: Final = {"ja": tuple(WIDTHS), "en": (1280,)}


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_every_screen_fits(
    gallery: Gallery, subtests: pytest.Subtests, lang: str, half: int
) -> None:
    """Nothing scrolls sideways, no policy is broken; pictures are left for people."""
    for scene in gallery.scenes[half::2]:
        await gallery.show(scene, lang=lang)
        for width in (_NARROW, *WIDTHS):
            with subtests.test(scene=scene, lang=lang, width=width):
                await gallery.widen(width)
                assert await gallery.outside() == []
                if width in _PHOTOGRAPHED[lang]:
                    await _photograph(gallery, f"{scene}-{lang}-{width}")
        with subtests.test(scene=scene, lang=lang, size=200):
            await gallery.page.evaluate("document.documentElement.dataset.size = '200'")
            await gallery.widen(1280)
            assert await gallery.outside() == []
            assert gallery.told() == []


async def _photograph(gallery: Gallery, name: str) -> None:
    await gallery.page.screenshot(
        path=SCREENS / f"scene-{name}.png", full_page=True, animations="disabled"
    )


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_everybody_can_use_every_screen(
    gallery: Gallery, subtests: pytest.Subtests, lang: str, half: int
) -> None:
    """By the rules of WCAG 2.2 A and AA that a program can judge, at two contrasts."""
    scenes = gallery.scenes[half::2]
    for scene in scenes:
        await gallery.show(scene, lang=lang)
        with subtests.test(scene=scene, lang=lang):
            assert await gallery.seat.axe() == []
    note("axe_runs", {"lang": lang, "runs": 2 * len(scenes)})
    assert gallery.told() == []
