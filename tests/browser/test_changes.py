"""Price and terms change while a client fills the form: said, shown, and nothing booked unseen."""

import asyncpg
import pytest
from playwright.async_api import expect

from bookedbarber.shops import queries as shops
from tests.browser.client import Client
from tests.conftest import Databases
from tests.world import World


async def _reprice(databases: Databases, price: int) -> None:
    owner = await asyncpg.connect(databases.owner_url)
    try:
        await owner.execute("update services set price = $1 where name = 'Skin fade'", price)
    finally:
        await owner.close()


@pytest.mark.proves("R0.1")
async def test_a_price_and_terms_that_changed_meanwhile_are_seen_before_anything_is_booked(
    client: Client, world: World, databases: Databases
) -> None:
    shop = await world.open_shop()
    await client.fill_booking(shop)
    before = await world.tally()

    await _reprice(databases, 3300)
    await client.button("Continue to pay").click()
    await client.reads("The amount changed since you last saw it. Check it and book again.")
    await client.reads("US$33.00")
    await expect(client.page.get_by_label("Full name")).to_have_value("Amara Okafor")

    async with world.means.database.platform() as db:
        await shops.adopt_terms(
            db,
            shop_id=shop.id,
            version=2,
            text="No cancelling at all.",
            free_cancel_hours=24,
            late_refund_basis_points=0,
            now=world.clock.now(),
        )
    await client.button("Continue to pay").click()
    await client.reads("The shop changed its terms meanwhile. Read them and book again.")
    await client.reads("No cancelling at all.")
    await client.excuse("422 /b/fade", "422 /b/fade")
    assert await world.tally() == {**before, "shop_terms": before["shop_terms"] + 1}
    assert await world.rows("payment_intent") == []

    await client.button("Continue to pay").click()
    await client.at("pay")
    await client.pay()
    await client.at("receipt")
    await world.settle()
    [visit] = await world.query(
        "select terms_version, amount from appointments join payments using (appointment_id)"
    )
    assert (visit["terms_version"], visit["amount"]) == (2, 3300)
