"""What people read in place of a page: not there, too often, or a part of the house is out."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import pytest
from playwright.async_api import Page, expect

from bookedbarber.access.roles import Role
from bookedbarber.api.context import ASKS, DESK
from bookedbarber.database.embedded import Addresses
from bookedbarber.resilience.limiter import RateLimited, Rule
from tests.browser.client import Client
from tests.browser.daybook import PEOPLE, booked, card
from tests.browser.looks import look
from tests.browser.staff import sign_in
from tests.conftest import Databases, named
from tests.patience import until
from tests.world import World


async def test_whoever_asks_for_what_is_not_there_or_too_often_is_told_how_to_go_on(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    page = await sign_in(client, world, shop)
    await client.visit("/nothing-here")
    await client.reads("There is no such page", "Check the address")
    wrong = await look(page, "not-found")
    await client.visit(f"/desk/{shop.slug}/payments/pay_nothing")
    wrong += await look(page, "not-found-desk")
    [owner] = await world.query("select person_id from people")
    await use_up(world, DESK, str(owner["person_id"]))
    await client.link("Back to the desk").click()
    await client.reads("A little slower, please", "Wait a minute, then go on.")
    wrong += await look(page, "too-many-desk")
    await use_up(world, ASKS, "127.0.0.1")
    await client.visit(f"/b/{shop.slug}/my")
    await page.get_by_label("Email").fill("amara@example.com")
    await client.button("Send me the link").click()
    await client.reads("A little slower, please")
    wrong += await look(page, "too-many")
    await client.excuse(
        "404 /nothing-here",
        "400 /desk/fade/payments/…",
        "429 /desk/fade/overview",
        "429 /b/fade/my",
    )
    assert wrong == []


async def use_up(world: World, rule: Rule, key: str) -> None:
    """Ask as often as one may."""
    with contextlib.suppress(RateLimited):
        while True:
            await world.context.limiter.take(rule, key)


@asynccontextmanager
async def postgresql_is_out(postgres: Addresses, databases: Databases) -> AsyncIterator[None]:
    """PostgreSQL ends every session of the house, and takes no other."""
    name = urlsplit(databases.app_url).path.removeprefix("/")
    admin = await asyncpg.connect(named(postgres.admin_url, "postgres"))
    try:
        await admin.execute(f"alter database {name} connection limit 0")
        await admin.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1", name
        )
        yield
        await admin.execute(f"alter database {name} connection limit -1")
    finally:
        await admin.close()


@pytest.mark.proves("R0.2")
async def test_a_database_that_is_out_is_named_and_the_desk_goes_on_by_itself(
    world: World, client: Client, postgres: Addresses, databases: Databases
) -> None:
    shop = await world.open_shop()
    page = await sign_in(client, world, shop, Role.MANAGER, "day")
    live = page.locator("[data-live-word]")
    await expect(live).to_have_text("Live")
    other = await client.context.new_page()
    async with postgresql_is_out(postgres, databases):
        await other.goto(f"{world.site_url}/desk/{shop.slug}/payments")
        await expect(other.locator("main")).to_contain_text("Something on our side does not answer")
        wrong = await look(other, "out-desk")
        await other.goto(f"{world.site_url}/b/{shop.slug}")
        await expect(other.locator("main")).to_contain_text("We are out for a moment")
        wrong += await look(other, "out")
    assert wrong == []
    await until(lambda: back(world))
    booking = await booked(world, shop, "09:00", PEOPLE[0])
    await expect(card(page, PEOPLE[0])).to_be_visible(timeout=30_000)
    assert booking["state"] == "confirmed"
    assert {line.split()[0] for line in client.noise} == {"503"}  # as often as the day looked again
    client.noise.clear()


async def back(world: World) -> bool:
    """Whether the house reaches its database again."""
    return (await world.http.get("/api/v2/shops/fade")).status_code == 200


async def about_to_refund(client: Client, world: World) -> Page:
    """The page that asks once more before $5.50 of a paid visit goes back."""
    shop = await world.open_shop()
    booking = await booked(world, shop, "09:00", PEOPLE[0])
    page = await sign_in(client, world, shop)
    await client.visit(f"/desk/{shop.slug}/visits/{booking['id']}")
    await client.link("Refund…").click()
    await page.get_by_label("Amount").fill("5.50")
    await client.button("Go on").click()
    return page


@pytest.mark.impatient(patience=1)
@pytest.mark.proves("R0.2")
async def test_a_refund_that_stripe_does_not_answer_is_kept_and_sent_later(
    world: World, client: Client
) -> None:
    page = await about_to_refund(client, world)
    await world.fault("POST", "/v1/refunds", "timeout_before", seconds=2)
    await client.button("Refund US$5.50").click()
    await client.reads("The refund is noted. Stripe does not answer", "On its way")
    assert await look(page, "visit-refund-waits") == []
    await world.settle()
    await page.reload()
    await client.reads("Returned")
    assert [row["amount"] for row in await world.rows("refund")] == [550]


@pytest.mark.proves("R0.2")
async def test_a_refund_that_stripe_refuses_is_never_called_sent(
    world: World, client: Client
) -> None:
    await about_to_refund(client, world)
    await world.hold_deliveries()
    [charge] = await world.rows("charge")
    await world.stripe.v1.refunds.create_async({"charge": charge["id"]})  # all of it, by hand
    await client.button("Refund US$5.50").click()
    await client.reads("Stripe refused the refund: nothing goes back.")
    await world.hold_deliveries(held=False)
    await world.settle()
