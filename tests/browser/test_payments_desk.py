"""Staff look payments up: by click, by keyboard, on a phone, and in a file."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bookedbarber.access.roles import Role
from tests.browser.client import Client
from tests.browser.keys import Keyboard
from tests.browser.looks import look
from tests.browser.staff import sign_in
from tests.lookup.desk import BEN, Day, lived, payment_of
from tests.world import Shop, World


async def at_payments(
    client: Client, world: World, role: Role = Role.OWNER
) -> tuple[Page, Shop, Day]:
    """Somebody signed in, at the list of a day's payments."""
    shop = await world.open_shop()
    day = await lived(world, shop)
    return await sign_in(client, world, shop, role, "payments"), shop, day


async def shown(page: Page) -> list[str | None]:
    """The payments of the list, as they stand there."""
    rows = await page.locator("tr[data-payment]").all()
    return [await row.get_attribute("data-payment") for row in rows]


@pytest.mark.proves("R5.4")
async def test_the_list_is_filtered_and_the_filters_are_taken_away_one_by_one(
    world: World, client: Client
) -> None:
    page, _, day = await at_payments(client, world)
    assert await shown(page) == day.ids()
    await page.get_by_label("State").select_option(label="Partly refunded")
    await page.get_by_label("At least").fill("20")
    await client.button("Show").click()
    await page.wait_for_url("**/payments?*state=partly_refunded*")
    assert await shown(page) == day.ids("partly")
    assert await look(page, "payments-filtered") == []
    await page.get_by_role("link", name="State Partly refunded").click()
    await page.wait_for_url("**/payments?min=20.00")
    assert await shown(page) == day.ids("paid", "partly", "declined", "open", "cancelled")
    await client.link("Clear all").click()
    await page.wait_for_url("**/payments")
    assert await shown(page) == day.ids()
    assert await look(page, "payments") == []


async def test_a_filter_that_cannot_be_taken_is_named_and_nothing_is_shown(
    world: World, client: Client
) -> None:
    page, shop, _ = await at_payments(client, world)
    await page.get_by_label("At least").fill("lots")
    await client.button("Show").click()
    await expect(page.get_by_role("alert")).to_contain_text("At least: Write an amount")
    await expect(page.get_by_label("At least")).to_have_value("lots")
    assert await shown(page) == []
    assert await look(page, "payments-wrong") == []
    await client.visit(f"/desk/{shop.slug}/payments?colour=red")
    await expect(page.get_by_role("alert")).to_contain_text("no filter named “colour”")
    await client.excuse(*["400 /desk/fade/payments"] * 2)


@pytest.mark.proves("R0.2")
async def test_the_file_has_the_rows_that_are_shown(
    world: World, client: Client, tmp_path: Path
) -> None:
    page, shop, day = await at_payments(client, world)
    await client.visit(f"/desk/{shop.slug}/payments?q={BEN['email']}")
    await page.get_by_text("Download CSV").click()
    assert await look(page, "payments-file") == []
    async with page.expect_download() as coming:
        await client.button("Download").click()
    download = await coming.value
    assert re.fullmatch(
        r"payments_fade_first_to_2035-03-05_Europe-London\.csv", download.suggested_filename
    )
    await download.save_as(tmp_path / "file.csv")
    text = (tmp_path / "file.csv").read_bytes().decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert (
        [row["Payment"] for row in rows]
        == await shown(page)
        == day.ids("partly", "refunded", "open")
    )
    for row in rows:
        line = page.locator(f"tr[data-payment={row['Payment']}]")
        for column in ("Client", "Service", "Barber", "Kind", "Amount", "Refunded", "Status"):
            await expect(line).to_contain_text(row[column])


@pytest.mark.proves("R5.4")
async def test_payments_are_filtered_searched_and_read_by_keyboard_alone(
    world: World, client: Client
) -> None:
    page, shop, day = await at_payments(client, world)
    keys, here = Keyboard(page), f"**/desk/{shop.slug}/payments"
    await keys.enter("Skip to content")
    await keys.tab_to("State")
    await keys.type("Partly")
    await keys.enter("Show")
    await page.wait_for_url(f"{here}?*state=partly_refunded*")
    assert await shown(page) == day.ids("partly")
    await keys.enter("Skip to content", "Ben Adeyemi")
    await client.reads("Skin fade with Elif", "Ben Adeyemi", "Sent back")
    await keys.enter("Skip to content", "Payments")  # where one came from, filter and all
    await page.wait_for_url(f"{here}?*state=partly_refunded*")
    await keys.enter("Skip to content", page.get_by_role("link", name="State Partly refunded"))
    await page.wait_for_url(here)
    await keys.press("/")
    await keys.type(payment_of(day.partly))
    await keys.press("Enter")
    await page.wait_for_url("**/search?q=*")
    assert await look(page, "search") == []
    await keys.enter("Skip to content", "Ben Adeyemi")
    await page.wait_for_url(f"{here}/{payment_of(day.partly)}")
    await keys.press("g", "p")
    await page.wait_for_url(here)


@pytest.mark.proves("R0.2", "R5.4")
async def test_one_payment_shows_where_every_cent_went(world: World, client: Client) -> None:
    page, shop, day = await at_payments(client, world)
    await page.get_by_role("link", name="Ben Adeyemi").last.click()
    await client.visit(f"/desk/{shop.slug}/payments/{payment_of(day.partly)}")
    [charge] = [
        c for c in await world.rows("charge") if c["payment_intent"] == await intent_of(world)
    ]
    moved = [
        m
        for m in await world.rows("balance_transaction")
        if m["source"] == charge["id"] or m["amount"] == -700
    ]
    net, fee = sum(m["net"] for m in moved), sum(m["fee"] for m in moved)
    await expect(client.line("Paid")).to_have_text("US$32.00")
    await expect(client.line("Stripe's fee")).to_have_text(f"\N{MINUS SIGN}US${fee / 100:.2f}")
    await expect(client.line("Sent back")).to_have_text("\N{MINUS SIGN}US$7.00")
    await expect(client.line("Net")).to_have_text(f"US${net / 100:.2f}")
    await client.reads("Payment taken", "Refund promised", "payment_intent.succeeded", "127.0.0.1")
    assert await look(page, "payment") == []
    await client.visit(f"/desk/{shop.slug}/payments/{payment_of(day.declined)}")
    await client.reads("The last attempt was declined: Insufficient funds", "Nothing is booked yet")
    assert await look(page, "payment-declined") == []


async def intent_of(world: World) -> str:
    [row] = await world.query("select intent_id from payments where status = 'partly_refunded'")
    return str(row["intent_id"])


async def test_a_list_is_paged_through_and_read_on_a_phone(world: World, client: Client) -> None:
    shop = await world.open_shop()
    for number in range(27):
        who = {"name": f"Client {number}", "email": f"c{number}@example.com"}
        await world.book(shop, "Hot towel shave", client=who)
        world.clock.advance(timedelta(seconds=1))
    await client.page.set_viewport_size({"width": 390, "height": 844})
    page = await sign_in(client, world, shop, Role.RECEPTIONIST, "payments")
    first = await shown(page)
    assert len(first) == 25
    assert await page.get_by_text("Download CSV").count() == 0
    await client.link("Older").click()
    await page.wait_for_url("**before=pay_*")
    rest = await shown(page)
    assert len(rest) == 2
    assert not set(rest) & set(first)
    await client.link("Newer").click()
    await page.wait_for_url("**after=pay_*")
    assert await shown(page) == first
    await page.get_by_text("Filter", exact=True).click()
    await page.get_by_role("textbox", name="Search").last.fill("c3@example.com")
    await client.button("Show").click()
    await expect(page.locator("tr[data-payment]")).to_have_count(1)


async def test_a_barber_sees_their_own_payments_and_no_others(world: World, client: Client) -> None:
    page, shop, day = await at_payments(client, world, Role.BARBER)
    own = await world.query("select payment_id from payments p join barbers b using (shop_id,"
                            " barber_id) where b.name = 'Marco'")  # fmt: skip
    assert len(await shown(page)) == len(own)
    assert payment_of(day.partly) not in await shown(page)
    await client.visit(f"/desk/{shop.slug}/payments/{payment_of(day.partly)}")
    await client.reads("There is no such page")
    await client.visit(f"/desk/{shop.slug}/payments.csv")
    await client.excuse("404 /desk/fade/payments/…", "403 /desk/fade/payments.csv")
    await client.visit(f"/desk/{shop.slug}/search?q={payment_of(day.partly)}")
    await client.reads("Nothing found")
    await client.visit(f"/desk/{shop.slug}/payments/{payment_of(day.paid)}")
    await client.reads("Amara Okafor")
    await expect(page.get_by_text("Evidence kept")).to_have_count(0)
    await expect(client.link("Refund")).to_have_count(0)


async def test_empty_pages_teach(world: World, client: Client) -> None:
    shop = await world.open_shop()
    page = await sign_in(client, world, shop, Role.OWNER, "payments")
    await client.reads("No payments yet", "4242 4242 4242 4242")
    await client.visit(f"/desk/{shop.slug}/payments?state=declined")
    await client.reads("No payment matches all of this")
    await client.visit(f"/desk/{shop.slug}/search?q=Amara")
    await client.reads("Nothing found for “Amara”", "whole e-mail address")
    assert await look(page, "search-empty") == []


@pytest.mark.proves("R5.4")
async def test_the_list_and_one_payment_follow_what_happens(world: World, client: Client) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    await world.settle()
    page = await sign_in(client, world, shop, Role.OWNER, "payments")
    row = page.locator("[data-payment]").first
    await expect(row).to_contain_text("Paid")
    await expect(page.locator("[data-live-word]")).to_have_text("Live")
    await world.refund(shop, booking["payments"][0], 500)
    await expect(row).to_contain_text("Partly refunded")
    await row.get_by_role("link").click()
    await expect(page.locator("[data-live-word]")).to_have_text("Live")
    await expect(page.locator("#refunds")).to_contain_text("US$5.00")
    await world.refund(shop, booking["payments"][0], 700)
    await expect(page.locator("#refunds")).to_contain_text("US$7.00")
    await world.settle()
    await expect(page.locator("#refunds").get_by_text("Sent back")).to_have_count(2)
