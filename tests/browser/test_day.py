"""The day at the desk, as staff work it by click, and as every other screen sees it."""

import pytest
from playwright.async_api import expect

from bookedbarber.access.roles import Role
from tests.browser.client import Client
from tests.browser.conftest import Clients
from tests.browser.daybook import PEOPLE, a_day, barber, booked, card, to, told
from tests.browser.looks import look
from tests.browser.staff import sign_in
from tests.world import World


@pytest.mark.proves("R0.2", "R5.4")
async def test_every_page_of_the_day_can_be_used_by_anybody(world: World, client: Client) -> None:
    shop = await a_day(world)
    page = await sign_in(client, world, shop, Role.MANAGER, "day")
    wrong = await look(page, "day")
    chiara = page.locator("[data-visit]").filter(has_text=PEOPLE[2])
    visit = str(await chiara.get_attribute("href"))
    for name, path in (
        ("visit", visit),
        ("cancel-visit", f"{visit}/cancel"),
        ("no-show", f"{visit}/no-show"),
        ("walk-in", f"/desk/{shop.slug}/walk-in"),
        ("day-empty", f"/desk/{shop.slug}/day?date=2035-03-04"),
    ):
        await client.visit(path)
        wrong += await look(page, name)
    await client.visit(visit)
    await page.get_by_role("link", name="Refund… of").click()
    wrong += await look(page, "refund-how-much")
    await page.get_by_label("Amount").fill("3")
    await page.get_by_role("button", name="Go on").click()
    wrong += await look(page, "refund-asking")
    await page.goto(f"{world.site_url}/desk/{shop.slug}/day")
    await chiara.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    wrong += await look(page, "day-panel")
    assert wrong == []


@pytest.mark.proves("R0.2")
async def test_a_visit_from_check_in_to_completion_by_click(world: World, client: Client) -> None:
    shop = await world.open_shop()
    await booked(world, shop, "10:00", PEOPLE[0], pay="deposit")
    await to(world, "09:50")
    page = await sign_in(client, world, shop, Role.RECEPTIONIST, "day")
    await expect(card(page, PEOPLE[0])).to_contain_text("Booked")
    await expect(card(page, PEOPLE[0])).to_contain_text("US$24.00 due")
    await card(page, PEOPLE[0]).click()
    panel = page.get_by_role("dialog")
    # Who is not here yet, before the time, is neither done with nor missed.
    await expect(panel.get_by_role("button", name="Complete")).to_have_count(0)
    await expect(panel.get_by_role("link", name="No-show…")).to_have_count(0)
    await panel.get_by_role("button", name="Check in", exact=True).click()
    await expect(told(page)).to_contain_text("Checked in.")
    await expect(card(page, PEOPLE[0])).to_contain_text("Checked in")
    await card(page, PEOPLE[0]).click()
    # A receptionist may not give money back.
    await expect(panel.get_by_text("deposit")).to_be_visible()
    await expect(panel.get_by_role("link", name="Refund…")).to_have_count(0)
    await panel.get_by_role("button", name="Complete US$24.00 due").click()
    await expect(told(page)).to_contain_text("Completed.")
    await expect(card(page, PEOPLE[0])).to_contain_text("US$24.00 left to pay at the shop")
    await expect(card(page, PEOPLE[0]).locator(".visit-money b")).to_have_count(0)
    await card(page, PEOPLE[0]).click()
    await expect(panel).to_contain_text("US$24.00 left to pay at the shop")
    await expect(panel.locator(".visit-due")).to_have_count(0)
    [act] = await world.query("select actor from audit_events where act = 'appointment.completed'")
    assert act["actor"].startswith("staff:per_")


@pytest.mark.proves("R0.2")
async def test_cancelling_says_what_it_comes_to_for_whoever_cancels(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    await booked(world, shop, "10:00", PEOPLE[0])
    page = await sign_in(client, world, shop, Role.MANAGER, "day")
    await card(page, PEOPLE[0]).click()
    await page.get_by_role("link", name="Cancel…").click()
    by_client = page.get_by_role("region", name="The client cancels")
    await expect(by_client).to_contain_text("US$8.00")
    await expect(page.get_by_role("region", name="The shop cancels")).to_contain_text("US$32.00")
    await page.get_by_role("button", name="Cancel for the client, refund US$24.00").click()
    await expect(told(page)).to_contain_text("Cancelled.")
    await client.reads("Cancelled by the client", "The client asked")


@pytest.mark.proves("R0.2")
async def test_what_goes_back_has_changed_meanwhile_and_is_asked_again(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    booking = await booked(world, shop, "09:00", PEOPLE[0])
    await to(world, "09:10")
    page = await sign_in(client, world, shop, Role.MANAGER, "day")
    await client.visit(f"/desk/{shop.slug}/visits/{booking['id']}/no-show")
    await world.refund(shop, booking["payments"][0], 1000)
    await page.get_by_role("button", name="No-show, refund US$24.00").click()
    await expect(told(page)).to_contain_text("has changed meanwhile")
    await client.excuse("409 /desk/fade/visits/…/no-show")
    await page.get_by_role("button", name="No-show, refund US$14.00").click()
    await expect(told(page)).to_contain_text("Noted as a no-show.")


@pytest.mark.proves("R0.2")
async def test_a_walk_in_is_seated_in_the_gap_that_was_pressed(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    await booked(world, shop, "09:00", PEOPLE[0])
    await to(world, "09:05")
    page = await sign_in(client, world, shop, Role.RECEPTIONIST, "day")
    await page.get_by_role("link", name="Free 09:45 to 18:00").click()
    await expect(page.get_by_label("Start")).to_have_value("09:45")
    await expect(page.get_by_label("Barber", exact=True)).to_have_value(barber(shop, "Marco"))
    await page.get_by_role("button", name="Seat them").click()  # the name is required
    await page.get_by_label("Name").fill("Walter Inn")
    await page.get_by_label("Start").fill("09:30")
    await page.get_by_role("button", name="Seat them").click()
    await expect(page.get_by_text("The barber has somebody else then.")).to_be_visible()
    await expect(page.get_by_label("Name")).to_have_value("Walter Inn")
    await client.excuse(f"422 /desk/{shop.slug}/walk-in")
    await page.get_by_label("Start").fill("")
    await page.get_by_label("Barber", exact=True).select_option("Elif, free now")
    await page.get_by_role("button", name="Seat them").click()
    await expect(told(page)).to_contain_text("The walk-in has a place.")
    await expect(card(page, "Walter Inn")).to_contain_text("Checked in")
    await expect(card(page, "Walter Inn")).to_contain_text("US$32.00 due")


@pytest.mark.proves("R0.2", "R7.3")
async def test_a_barber_sees_and_works_their_own_column_alone(world: World, client: Client) -> None:
    shop = await world.open_shop()
    await booked(world, shop, "09:00", PEOPLE[0])
    theirs = await booked(world, shop, "09:00", PEOPLE[1], "Elif")
    await to(world, "09:00")
    page = await sign_in(client, world, shop, Role.BARBER, "day")
    await expect(page.get_by_role("heading", name="Marco")).to_be_visible()
    await expect(page.get_by_role("heading", name="Elif")).to_have_count(0)
    await expect(card(page, PEOPLE[1])).to_have_count(0)
    await card(page, PEOPLE[0]).click()
    panel = page.get_by_role("dialog")
    for name in ("Cancel…", "Move", "Refund…"):
        await expect(panel.get_by_role("link", name=name)).to_have_count(0)
    await panel.get_by_role("button", name="Check in", exact=True).click()
    await expect(card(page, PEOPLE[0])).to_contain_text("Checked in")
    for verb in ("", "/no-show"):
        answer = await page.goto(f"{world.site_url}/desk/fade/visits/{theirs['id']}{verb}")
        assert answer is not None
        assert answer.status == 403
        await client.excuse(f"403 /desk/fade/visits/…{verb}")
    await client.visit(f"/desk/{shop.slug}/walk-in")
    assert await page.get_by_label("Barber", exact=True).locator("option").all_inner_texts() == [
        "Marco, free from 09:45"
    ]


@pytest.mark.proves("R0.2")
async def test_other_days_are_a_press_away_and_nothing_is_seated_there(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    page = await sign_in(client, world, shop, Role.MANAGER, "day")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("5 March 2035")
    await expect(page.get_by_role("link", name="Walk-in", exact=True)).to_be_visible()
    await page.get_by_role("link", name="The day after").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("6 March 2035")
    await expect(page.get_by_text("Free 09:00 to 18:00")).to_have_count(2)
    await expect(page.get_by_role("link", name="Free 09:00")).to_have_count(0)
    await expect(page.get_by_role("link", name="Walk-in", exact=True)).to_have_count(0)
    await page.get_by_label("Another day").fill("2035-03-04")
    await page.get_by_role("button", name="Go", exact=True).click()
    await expect(page.get_by_text("Does not work that day")).to_have_count(2)
    await page.get_by_role("link", name="Today").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("5 March 2035")


@pytest.mark.proves("R0.2", "R5.4")
async def test_a_check_in_is_seen_on_every_other_screen_without_reloading(
    world: World, clients: Clients
) -> None:
    shop = await world.open_shop()
    booking = await booked(world, shop, "09:00", PEOPLE[0])
    one, other, third = [
        await sign_in(await clients(), world, shop, Role.MANAGER, "day") for _ in range(3)
    ]
    for page in (one, other, third):
        await expect(page.locator("[data-live-word]")).to_have_text("Live")
    await card(other, PEOPLE[0]).focus()
    await card(third, PEOPLE[0]).click()  # who has the visit open sees it there as well
    await card(one, PEOPLE[0]).click()
    await one.get_by_role("button", name="Check in", exact=True).click()
    await expect(told(one)).to_contain_text("Checked in.")
    await expect(card(other, PEOPLE[0])).to_contain_text("Checked in", timeout=10_000)
    await expect(card(other, PEOPLE[0])).to_be_focused()
    panel = third.get_by_role("dialog")
    await expect(panel.get_by_role("button", name="Undo check-in")).to_be_visible(timeout=10_000)
    await panel.get_by_role("button", name="Undo check-in").click()
    await expect(told(third)).to_contain_text("The check-in was taken back.")
    await expect(card(one, PEOPLE[0])).to_contain_text("Booked", timeout=10_000)
    assert (await world.booking(shop, booking["id"]))["state"] == "confirmed"


@pytest.mark.proves("R0.2")
async def test_what_somebody_else_did_meanwhile_is_said_and_done_once(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    booking = await booked(world, shop, "09:00", PEOPLE[0])
    await to(world, "09:05")
    page = await sign_in(client, world, shop, Role.MANAGER, "day")
    await page.get_by_role("button", name="Pause updates").click()
    await client.visit(f"/desk/{shop.slug}/visits/{booking['id']}")
    await world.cancel(shop, booking)
    await page.get_by_role("button", name="Check in", exact=True).click()
    await expect(told(page)).to_contain_text("not possible any more")
    await client.reads("Cancelled by the shop")
