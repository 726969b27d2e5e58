"""Every screen at every width, in both languages: it fits, it is quiet, everybody can use it."""

from typing import Final

import pytest

from tests.browser.gallery import Gallery
from tests.browser.stage import SCREENS, WIDTHS, note

_NARROW: Final = 320
"""What a window of 1280 px has left at 400 %; WCAG 2.2, 1.4.10."""

_PHOTOGRAPHED: Final = {"ja": tuple(WIDTHS), "en": (1280,)}
_PARTS: Final = 4


@pytest.mark.parametrize("part", range(_PARTS))
@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_every_screen(
    gallery: Gallery, subtests: pytest.Subtests, lang: str, part: int
) -> None:
    """At each width, at twice the text, by the rules of WCAG 2.2 A and AA at two contrasts."""
    scenes = gallery.scenes[part::_PARTS]
    for scene in scenes:
        await gallery.show(scene, lang=lang)
        for width in (_NARROW, *WIDTHS):
            with subtests.test(scene=scene, lang=lang, width=width):
                await gallery.widen(width)
                await _fits(gallery)
                if width in _PHOTOGRAPHED[lang]:
                    await _photograph(gallery, f"{scene}-{lang}-{width}")
        await gallery.widen(1280)
        with subtests.test(scene=scene, lang=lang, rules="WCAG 2.2 AA"):
            assert await gallery.seat.axe() == []
        with subtests.test(scene=scene, lang=lang, size=200):
            await gallery.page.evaluate("document.documentElement.dataset.size = '200'")
            await _fits(gallery)
        with subtests.test(scene=scene, lang=lang, complaints=0):
            assert gallery.told() == []
    note("axe_runs", {"lang": lang, "runs": 2 * len(scenes)})


async def _fits(gallery: Gallery) -> None:
    """Nothing scrolls sideways, no control lies over another."""
    assert await gallery.outside() == []
    assert await gallery.crowded() == []


async def _photograph(gallery: Gallery, name: str) -> None:
    """Leave a picture for people."""
    await gallery.page.screenshot(
        path=SCREENS / f"scene-{name}.png", full_page=True, animations="disabled"
    )
