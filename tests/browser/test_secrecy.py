"""No card digit reaches the product: every byte sent to its origin is read, off the wire."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from tests.browser.client import ASKS_THE_BANK, Card, Client
from tests.browser.conftest import Clients
from tests.browser.wire import Wire, tapped
from tests.patience import until
from tests.sandbox.browser.leaks import leaks
from tests.world import World

AMEX = Card("3782 822463 10005", cvc="7391")
REFUSED = Card("4000 0000 0000 9987", cvc="739")


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    """A tap that this test's browser sends everything through."""
    async with tapped() as wire:
        yield wire


@pytest.fixture
async def client(clients: Clients, wire: Wire) -> Client:
    """A client whose every byte is kept."""
    return await clients(proxy={"server": wire.address, "bypass": "<-loopback>"})


def told(wire: Wire, origin: str, card: Card) -> set[str]:
    """The digits of the card that this origin was sent."""
    number = card.number.replace(" ", "")
    return leaks(wire.sent[origin].decode("latin-1"), number=number, cvc=card.cvc)


@pytest.mark.proves("R7.1")
async def test_no_card_digit_reaches_the_product(client: Client, world: World, wire: Wire) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    for card in (REFUSED, ASKS_THE_BANK, AMEX):
        await client.pay(card)
        if card is REFUSED:
            await expect(client.page.locator("#decline")).to_be_visible()
        if card is ASKS_THE_BANK:
            await client.bank.get_by_role("button", name="Fail authentication").click()
            await expect(client.page.locator("#decline")).to_be_visible()
    await client.at("receipt")
    await client.excuse("402 stripe/v1/payment_intents/…/confirm")
    assert set(wire.sent) == {world.site_url, world.sandbox_url}
    assert b"/status" in wire.sent[world.site_url]
    assert b"amara%40example.com" in wire.sent[world.site_url]
    for card in (REFUSED, ASKS_THE_BANK, AMEX):
        assert told(wire, world.site_url, card) == set()
        assert told(wire, world.sandbox_url, card), "the same eye sees it where it belongs"


LEAKS = {
    "a body": "fetch('/leak', { method: 'POST', body: '3782 822463 10005' })",
    "an address": "fetch('/leak?of=378282246310005')",
    "a header": "fetch('/leak', { headers: { 'X-Seen': '37828224' } })",
    "a beacon": "navigator.sendBeacon('/leak', '7391')",
    "a form": "fetch('/leak', { method: 'POST', body: new URLSearchParams({ n: '3782 8224' }) })",
}


@pytest.mark.parametrize("way", LEAKS)
async def test_the_proof_notices_a_page_that_tells(
    client: Client, world: World, wire: Wire, way: str
) -> None:
    shop = await world.open_shop()
    await client.visit(f"/b/{shop.slug}")
    assert told(wire, world.site_url, AMEX) == set()
    async with client.page.expect_request("**/leak*"):
        await client.page.evaluate(f"void {LEAKS[way]}")

    async def noticed() -> bool:
        """The bytes are on the wire a moment after the browser says that it asks."""
        return bool(told(wire, world.site_url, AMEX))

    await until(noticed)
    client.noise.clear()


async def test_details_travel_in_bodies_and_never_in_an_address(
    client: Client, world: World, wire: Wire
) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    lines = [
        line
        for line in wire.sent[world.site_url].decode("latin-1").splitlines()
        if " HTTP/1.1" in line or line.lower().startswith("referer")
    ]
    assert len(lines) > 10
    assert not [line for line in lines if "amara" in line.lower() or "okafor" in line.lower()]
