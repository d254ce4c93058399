"""The sample pages on a real server, seen by a real browser."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from tests import chromium
from tests.house.processes import free_port
from tests.pages.preview import Preview

# Watches from the first moment of every document; a page cannot report on itself.
_WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation",
  (e) => window.violations.push(`${e.effectiveDirective} ${e.blockedURI} ${e.sample}`));
"""


@dataclass(slots=True)
class Tab:
    """A page and everything its console said."""

    page: Page
    origin: str
    said: list[str] = field(default_factory=list)

    async def open(self, path: str) -> None:
        """Go there and wait until everything it names is loaded."""
        await self.page.goto(self.origin + path, wait_until="load")

    async def violations(self) -> list[str]:
        """What the Content Security Policy had to stop."""
        found: list[str] = await self.page.evaluate("window.violations")
        return found


@pytest.fixture(scope="session")
async def origin() -> AsyncIterator[str]:
    """Where the sample pages are served."""
    preview = Preview(pages_port=free_port(), stripe_port=free_port())
    running = asyncio.create_task(preview.run())
    await preview.started()
    yield preview.origin
    preview.stop()
    await running


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The machine's own Chromium."""
    async with chromium.running() as browser:
        yield browser


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A fresh profile."""
    context = await browser.new_context(
        viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    await context.add_init_script(_WATCH)
    yield context
    await context.close()


@pytest.fixture
async def tab(context: BrowserContext, origin: str) -> Tab:
    """A tab whose console is listened to."""
    tab = Tab(await context.new_page(), origin)
    tab.page.on("console", lambda line: tab.said.append(f"{line.type}: {line.text}"))
    tab.page.on("pageerror", lambda error: tab.said.append(f"uncaught: {error}"))
    return tab


@pytest.fixture
async def plain_tab(browser: Browser, origin: str) -> AsyncIterator[Tab]:
    """A tab with JavaScript switched off."""
    context = await browser.new_context(java_script_enabled=False)
    yield Tab(await context.new_page(), origin)
    await context.close()
