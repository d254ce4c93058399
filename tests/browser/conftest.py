"""One Chromium for the session; in each test a client with a browser of their own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, Protocol

import pytest
from playwright.async_api import Browser, expect

from bookedbarber.pages import assets
from tests import chromium
from tests.browser.client import REPORT_VIOLATIONS, Client
from tests.world import World

expect.set_options(timeout=15_000)


class Clients(Protocol):
    """Another client walks in, with a browser of their own."""

    async def __call__(self, **options: Any) -> Client:
        """`options` are Playwright's for a context."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever looks at a page looks at two of its six faces here, and at all in `make prove`."""
    for item in items:
        if isinstance(item, pytest.Function) and "look" in item.function.__code__.co_names:
            item.add_marker(pytest.mark.whole)


@pytest.fixture(scope="session")
def vendored() -> None:
    """The browser files of others, as the lock names them."""
    assets.install()


@pytest.fixture(scope="session")
async def browser(vendored: None) -> AsyncIterator[Browser]:  # noqa: ARG001 # must come first
    """The machine's own Chromium, else the one Playwright brought."""
    async with chromium.running() as browser:
        yield browser


@pytest.fixture
async def clients(browser: Browser, world: World) -> AsyncIterator[Clients]:
    """Clients of this test's world. Afterwards none of their pages had broken its policy, or
    logged an error that the test did not name."""
    there: list[Client] = []
    async with AsyncExitStack() as stack:

        async def enter(**options: Any) -> Client:
            context = await browser.new_context(
                **{
                    "viewport": {"width": 1440, "height": 900},
                    "locale": "en-GB",
                    "reduced_motion": "reduce",
                    **options,
                }
            )
            stack.push_async_callback(context.close)
            context.set_default_timeout(15_000)
            await context.add_init_script(REPORT_VIOLATIONS)
            client = Client(world, context, await context.new_page())
            there.append(client)
            return client

        yield enter
        for client in there:
            assert client.noise == []


@pytest.fixture
async def client(clients: Clients) -> Client:
    """One client at a desk."""
    return await clients()
