"""Every state, in both themes and three widths: accessible, within its policy, and whole."""

from pathlib import Path

import axe_playwright_python  # type: ignore[import-untyped] # only its axe.min.js is used
import pytest

from tests.pages.conftest import Tab
from tests.pages.samples import STATES
from tests.whole import WHOLE

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
WIDTHS = (1440, 768, 320)
# Colours hang on the theme and boxes on the width: each of both is seen here, all in `make prove`.
SLICE = {("light", 1440), ("dark", 768), ("light", 320)}
RULES = """() => axe.run({resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a",
  "wcag21aa", "wcag22aa", "best-practice"]}).then(({violations}) =>
  violations.flatMap(({id, nodes}) =>
    nodes.map(({target, failureSummary}) => `${id} ${target}: ${failureSummary}`)))"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
TOO_SMALL = """() => [...document.querySelectorAll(
    "button, .btn, .opt, summary, .field input, .back, .shop[href]")]
  .filter((it) => it.checkVisibility() && !it.classList.contains("vh"))
  .map((it) => [it.getBoundingClientRect(), it])
  .filter(([box]) => Math.min(box.width, box.height) < 44)
  .map(([box, it]) => `${it.id || it.className || it.tagName} ${box.width}x${box.height}`)"""
# A browser reports the status of the document itself; that is the answer meant.
EXPECTED = "the server responded with a status of"


@pytest.mark.whole
@pytest.mark.parametrize("name", STATES)
async def test_a_state_is_accessible_and_keeps_its_policy(tab: Tab, name: str) -> None:
    await tab.open(f"/s/{name}")
    assert [line for line in tab.said if EXPECTED not in line] == []
    await tab.page.evaluate(AXE)
    for theme in ("light", "dark"):
        await tab.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for width in WIDTHS:
            await tab.page.set_viewport_size({"width": width, "height": 900})
            if WHOLE or (theme, width) in SLICE:
                assert await tab.page.evaluate(RULES) == [], (theme, width)
            assert await tab.page.evaluate(TOO_WIDE) == 0, width
            assert await tab.page.evaluate(TOO_SMALL) == [], width
    assert await tab.violations() == []


@pytest.mark.parametrize("name", STATES)
async def test_a_state_reads_without_javascript(plain_tab: Tab, name: str) -> None:
    await plain_tab.open(f"/s/{name}")
    assert await plain_tab.page.locator("h1:visible, h1.vh").count() == 1
    assert await plain_tab.page.locator("main").inner_text() != ""
