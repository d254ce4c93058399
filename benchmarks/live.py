"""How long a payment takes from Stripe's word to the screen: a house as `make run` starts it, in
processes of its own, Stripe's webhook over HTTP, and the overview open in Chromium.

The watch starts when the house notes that the webhook came, and stops when the page shows the
payment as paid and the volume with it. Payments come at odd moments, as clients do.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import httpx2 as httpx
import uvloop
from playwright.async_api import Page
from tests import chromium
from tests.browser.staff import set_up_authenticator
from tests.house.conftest import short_folder
from tests.house.processes import House, house, running_house

from benchmarks.figures import Delay

SHOP: Final = "fade-street"
OWNER: Final = "owner@example.com"
ROUNDS: Final = 15
MOST: Final = 2.0  # seconds
SHOWN: Final = """([payment, before]) => new Promise((seen) => {
    const look = () => {
        const paid = document.querySelector(`#${payment} .pill.ok`);
        const volume = document.querySelector("#tile-volume .tile-value").textContent;
        if (paid && volume !== before) seen(Date.now());
        else requestAnimationFrame(look);
    };
    look();
})"""


@dataclass(frozen=True, slots=True)
class Screen:
    """A house that runs, its overview on a screen, and a client of its API."""

    up: House
    page: Page
    api: httpx.AsyncClient


async def showing() -> Delay:
    """Measure every round."""
    async with _open() as screen:
        took = [await _seconds(screen, number) for number in range(ROUNDS)]
    return Delay("a payment on the overview, from its webhook on", took, most=MOST)


@asynccontextmanager
async def _open() -> AsyncIterator[Screen]:
    with short_folder() as folder, running_house(folder) as up:
        key = house("key", SHOP, "bench", **up.environment).stdout.strip()
        headers = {"Authorization": f"Bearer {key}"}
        async with (
            chromium.running() as browser,
            httpx.AsyncClient(base_url=up.site_url, headers=headers, timeout=30) as api,
        ):
            yield Screen(up, await _at_overview(await browser.new_page(), up), api)


async def _at_overview(page: Page, up: House) -> Page:
    hired = house("hire", OWNER, "--shop", SHOP, **up.environment).stdout
    await page.goto(f"{up.site_url}/desk/sign-in")
    await page.get_by_label("E-mail address").fill(OWNER)
    await page.get_by_label("Password").fill(hired.split()[-1])
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await set_up_authenticator(page, datetime.now(UTC))
    await page.wait_for_url(f"**/desk/{SHOP}/**")
    await page.goto(f"{up.site_url}/desk/{SHOP}/overview")
    await page.locator('[data-live-stream][data-state="on"]').wait_for()
    return page


async def _seconds(screen: Screen, number: int) -> float:
    booked = await _booked(screen.api, number)
    payment = booked["payments"][0]["id"]
    before = await screen.page.locator("#tile-volume .tile-value").text_content()
    await asyncio.sleep(number * 0.37 % 1)
    seen = asyncio.create_task(screen.page.evaluate(SHOWN, [payment, before]))
    await asyncio.to_thread(_pay, screen.up, booked["id"])
    shown = await asyncio.wait_for(seen, timeout=60)
    received = await _received(screen.api, payment)
    return float(shown) / 1000 - received.timestamp()


async def _booked(api: httpx.AsyncClient, number: int) -> dict[str, Any]:
    """The first free time, for a client of their own."""
    menu = (await api.get(f"/api/v2/shops/{SHOP}")).raise_for_status().json()
    service = menu["services"][0]["id"]
    free = await api.get(f"/api/v2/shops/{SHOP}/availability", params={"service": service})
    wish = {
        "service": service,
        "starts_at": free.raise_for_status().json()["slots"][0]["starts_at"],
        "pay": "full",
        "client": {"name": f"Client {number}", "email": f"client{number}@example.com"},
        "terms_version": menu["terms_version"],
    }
    answer = await api.post(f"/api/v2/shops/{SHOP}/bookings", json=wish)
    return dict(answer.raise_for_status().json())


def _pay(up: House, booking: str) -> None:
    """As the client's browser would, and without coming back: the webhook alone tells of it."""
    listed = up.stripe("/v1/payment_intents?limit=10")["data"]
    intent = next(one["id"] for one in listed if one["metadata"].get("appointment") == booking)
    up.stripe(
        f"/v1/payment_intents/{intent}/confirm",
        payment_method="pm_card_visa",
        return_url="https://example.com/back",
    )


async def _received(api: httpx.AsyncClient, payment: str) -> datetime:
    """When Stripe's word of the payment came in, as its timeline says."""
    answer = (await api.get(f"/api/v2/payments/{payment}/timeline")).raise_for_status()
    came = [
        step["at"] for step in answer.json()["data"] if step["what"] == "payment_intent.succeeded"
    ]
    return datetime.fromisoformat(came[0])


async def main() -> None:
    """This figure alone."""
    print((await showing()).show(), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
