"""Looks at a page as a demanding eye would: barriers, width, and a picture when one is wanted.

`BOOKEDBARBER_PICTURES=folder pytest tests/browser` keeps a picture of every page of the album, in
both themes and at two widths.
"""

import os
from pathlib import Path
from typing import Final, Literal

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped] # has no types
from playwright.async_api import Page

from tests.browser import album
from tests.browser.client import FRAME
from tests.whole import WHOLE

Theme = Literal["light", "dark"]
THEMES: Final[tuple[Theme, ...]] = ("light", "dark")
WIDTHS: Final = (1440, 768, 390)
EDGES: Final = (320, 2560)  # the narrowest phone, and a television; only whether the page fits
PICTURED: Final = (1440, 390)
# Colours hang on the theme and boxes on the width: two of the six cover each, `make prove` all.
SLICE: Final = {("light", 1440), ("dark", 390)}
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
    """Everything wrong with a page of the album as it stands: barriers in two themes at three
    widths, and whether it fits from the narrowest window to the widest."""
    assert album.shows(page.url, name), f"{name} is not a picture of {page.url}"
    before = page.viewport_size or {"width": WIDTHS[0], "height": 900}
    wrong = []
    for theme, width in _faces():
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        wrong += await _fits(page, name, width)
        wrong += [f"{name} {theme} {width}: {line}" for line in await barriers(page)]
        await _picture(page, theme, width, name)
    for width in EDGES:
        wrong += await _fits(page, name, width)
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    await page.set_viewport_size(before)
    return wrong


def _faces() -> list[tuple[Theme, int]]:
    """In which theme and how wide the page is looked at."""
    every = [(theme, width) for theme in THEMES for width in WIDTHS]
    return [face for face in every if WHOLE or face in SLICE or (PICTURES and face[1] in PICTURED)]


async def _fits(page: Page, name: str, width: int) -> list[str]:
    """The complaint, if the page needs more than the width that it gets."""
    await page.set_viewport_size({"width": width, "height": 900})
    return [f"{name} {width}: wider than the window"] if any(await too_wide(page)) else []


async def _picture(page: Page, theme: Theme, width: int, name: str) -> None:
    if PICTURES and width in PICTURED:
        path = Path(PICTURES) / f"{name}-{theme}-{width}.png"
        await page.screenshot(path=path, full_page=True)
