"""Looks at a page as a demanding eye would: barriers, width, and a picture when one is wanted.

`BOOKEDBARBER_PICTURES=folder pytest tests/browser/test_looks.py` keeps a picture of every page
reached, in both themes and at both widths.
"""

import os
from pathlib import Path
from typing import Final, Literal

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped] # has no types
from playwright.async_api import Page

from tests.browser.client import FRAME
from tests.whole import WHOLE

WIDTHS: Final = (1440, 390)
NARROWEST: Final = 320
# Colours hang on the theme and boxes on the width: two of the four cover each, `make prove` all.
SLICE: Final = {("light", 1440), ("dark", 390)}
THEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
PICTURES: Final = os.environ.get("BOOKEDBARBER_PICTURES", "")
_RULES: Final = """async () => {
    const found = await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa",
        "wcag22aa", "best-practice"] });
    return found.violations.map(({ id, nodes }) =>
        `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join(" | ")}`);
}"""
_TOO_WIDE: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_PAINT: Final = """(body) => {
    const card = matchMedia("(prefers-color-scheme: dark)").matches ? "#171a21" : "#ffffff";
    body.style.background = card;
}"""
"""The card frame is transparent and axe cannot see through it: it gets the card's own colour."""


async def barriers(page: Page) -> list[str]:
    """What axe finds wrong in the page and all its frames."""
    for frame in page.frames:
        await frame.evaluate(AXE_SCRIPT)
        await frame.evaluate("axe.configure({ allowedOrigins: ['<unsafe_all_origins>'] })")
    if await page.locator(FRAME).count():
        await page.frame_locator(FRAME).locator("body").evaluate(_PAINT)
    found: list[str] = await page.evaluate(_RULES)
    return found


async def too_wide(page: Page) -> list[int]:
    """By how many pixels the page and each of its frames are too wide for their window."""
    return [await frame.evaluate(_TOO_WIDE) for frame in page.frames]


async def look(page: Page, name: str) -> list[str]:
    """Everything wrong with the page as it stands, in two themes and three widths."""
    wrong = []
    before = page.viewport_size or {"width": WIDTHS[0], "height": 900}
    for theme in THEMES:
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for width in (*WIDTHS, NARROWEST):
            await page.set_viewport_size({"width": width, "height": 900})
            if any(await too_wide(page)):
                wrong.append(f"{name} {theme} {width}: wider than the window")
            if width == NARROWEST or not (WHOLE or PICTURES or (theme, width) in SLICE):
                continue
            wrong += [f"{name} {theme} {width}: {line}" for line in await barriers(page)]
            await _picture(page, f"{name}-{theme}-{width}")
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    await page.set_viewport_size(before)
    return wrong


async def _picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
