"""The machine's Chromium, looked for in one place and started in one way.

`python -m tests.chromium` says where it is; exit code 1 when there is none.
"""

import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import Browser, async_playwright

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-features=AutofillServerCommunication",  # Chromium's own question about forms
)


def find() -> str | None:
    """Where the machine's own Chromium is; None when it has none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@asynccontextmanager
async def running() -> AsyncIterator[Browser]:
    """The machine's own Chromium, else the one Playwright brought, until the block ends."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find(), args=FLAGS)
        yield browser
        await browser.close()


if __name__ == "__main__":
    found = find()
    sys.stdout.write(f"{found or 'There is no Chromium on the path.'}\n")
    sys.exit(0 if found else 1)
