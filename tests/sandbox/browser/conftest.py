"""A real browser, a sandbox and a merchant, each on an origin of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, expect

from tests import chromium
from tests.sandbox.browser.merchant import Merchant, open_merchant
from tests.sandbox.browser.sandbox_server import PUBLISHABLE, SECRET, open_sandbox
from tests.sandbox.browser.till import REPORT_VIOLATIONS, Till

expect.set_options(timeout=15_000)


@dataclass(frozen=True, slots=True)
class Server:
    """The merchant's server-side view of the sandbox: its address and the secret key."""

    origin: str
    client: httpx2.AsyncClient

    async def post(self, path: str, **params: str | int) -> dict[str, Any]:
        """One API call of the merchant's server; dots in names stand for brackets."""
        names = {name: _bracketed(name) for name in params}
        data = {names[name]: str(value) for name, value in params.items()}
        answer = await self.client.post(f"/v1/{path}", data=data)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def get(self, path: str) -> dict[str, Any]:
        """Reads one object."""
        answer = await self.client.get(f"/v1/{path}")
        body: dict[str, Any] = answer.json()
        return body


def _bracketed(name: str) -> str:
    first, *rest = name.split("__")
    return first + "".join(f"[{part}]" for part in rest)


@pytest_asyncio.fixture(scope="session")
async def server() -> AsyncIterator[Server]:
    """A running sandbox, seen by a merchant's server."""
    async with (
        open_sandbox() as origin,
        httpx2.AsyncClient(base_url=origin, auth=(SECRET, "")) as client,
    ):
        yield Server(origin, client)


@pytest_asyncio.fixture
async def merchant(server: Server) -> AsyncIterator[Merchant]:
    """A merchant's server that has received nothing yet."""
    async with open_merchant(server.origin) as merchant:
        yield merchant


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium: the system's own, else the one Playwright brought."""
    async with chromium.running() as browser:
        yield browser


@pytest_asyncio.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A client's browser with nothing in it."""
    context = await browser.new_context(locale="en-US", viewport={"width": 800, "height": 900})
    context.set_default_timeout(15_000)
    await context.add_init_script(REPORT_VIOLATIONS)
    yield context
    await context.close()


@pytest_asyncio.fixture
async def till(context: BrowserContext, server: Server, merchant: Merchant) -> AsyncIterator[Till]:
    """A client's page; afterwards nothing was violated, logged as an error, or asked of others."""
    till = Till(await context.new_page())
    yield till
    assert till.noise == []
    assert till.strangers(server.origin, merchant.origin) == set()


Shop = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def shop(till: Till, server: Server, merchant: Merchant) -> Shop:
    """Opens the payment page of a fresh intent; the answer is that intent."""

    async def open_page(
        *,
        amount: int = 3250,
        currency: str = "usd",
        scheme: str = "light",
        elements: dict[str, Any] | None = None,
        **setup: Any,
    ) -> dict[str, Any]:
        intent = await server.post("payment_intents", amount=amount, currency=currency)
        page = {"clientSecret": intent["client_secret"], **(elements or {})}
        address = merchant.page({"key": PUBLISHABLE, "elements": page, **setup}, scheme=scheme)
        await till.open(address)
        return intent

    return open_page
