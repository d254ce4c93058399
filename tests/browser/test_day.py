"""The day at the desk, as staff work it: by click, by keyboard, on a tablet and on a phone."""

from datetime import datetime
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from bookedbarber.access.roles import Role
from tests.browser.client import Client
from tests.browser.conftest import Clients
from tests.browser.looks import look
from tests.world import Shop, World

AT = "2035-03-05T{}:00+00:00".format
PEOPLE = ("Amara Okafor", "Ben Adeyemi", "Chiara Conti", "Dev Patel", "Ewan Reid", "Hana Sato")


def barber(shop: Shop, name: str) -> str:
    return next(str(b["id"]) for b in shop.menu["barbers"] if b["name"] == name)


async def booked(
    world: World, shop: Shop, at: str, name: str, with_: str = "Marco", **given: Any
) -> dict[str, Any]:
    """A paid booking of somebody, on Monday."""
    client = {"name": name, "email": f"{name.lower().replace(' ', '.')}@example.com"}
    return await world.paid_booking(
        shop, starts_at=AT(at), client=client, barber=barber(shop, with_), **given
    )


async def to(world: World, at: str) -> None:
    await world.advance(datetime.fromisoformat(AT(at)) - world.clock.now())


async def a_day(world: World) -> Shop:
    """A day with somebody in every state, at half past twelve."""
    shop = await world.open_shop()
    early = await booked(world, shop, "09:00", PEOPLE[0], tip={"amount": 500, "currency": "usd"})
    missed = await booked(world, shop, "10:00", PEOPLE[1], "Elif", pay="deposit")
    await booked(world, shop, "12:00", PEOPLE[2], pay="deposit")
    here = await booked(world, shop, "12:15", PEOPLE[3], "Elif")
    await booked(world, shop, "14:00", PEOPLE[4])
    gone = await booked(world, shop, "15:00", PEOPLE[5], "Elif")
    await booked(world, shop, "16:00", PEOPLE[5], "Elif", service="Hot towel shave")
    await to(world, "12:35")
    await world.complete(shop, early)
    await world.desk(shop, "POST", f"bookings/{missed['id']}/no-show")
    await world.desk(shop, "POST", f"bookings/{here['id']}/check-in")
    await world.cancel(shop, gone)
    await world.walk_in(shop, "Hot towel shave", starts_at=AT("13:00"))
    await world.settle()
    return shop


async def at_day(client: Client, world: World, shop: Shop, role: Role = Role.MANAGER) -> Page:
    """Somebody opens the day and is asked at the door who they are."""
    staff, page = await world.employ(shop, role), client.page
    await client.visit(f"/desk/{shop.slug}/day")
    await page.get_by_label("E-mail address").fill(staff.email)
    await page.get_by_label("Password").fill(staff.password)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_url("**/day")
    return page


@pytest.mark.proves("R0.2", "R5.4")
async def test_every_page_of_the_day_can_be_used_by_anybody(world: World, client: Client) -> None:
    shop = await a_day(world)
    page = await at_day(client, world, shop)
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


def told(page: Page) -> Locator:
    """What the page says was done, or was wrong."""
    return page.locator("main .alert")


def card(page: Page, name: str) -> Locator:
    """Somebody's visit on the day."""
    return page.locator("[data-visit]").filter(has_text=name)


@pytest.mark.proves("R0.2")
async def test_a_visit_from_check_in_to_completion_by_click(world: World, client: Client) -> None:
    shop = await world.open_shop()
    await booked(world, shop, "10:00", PEOPLE[0], pay="deposit")
    await to(world, "09:50")
    page = await at_day(client, world, shop, Role.RECEPTIONIST)
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
async def test_a_refund_in_part_by_keyboard_alone(world: World, client: Client) -> None:
    shop = await world.open_shop()
    await booked(world, shop, "09:00", PEOPLE[0])
    await booked(world, shop, "10:00", PEOPLE[1])
    page = await at_day(client, world, shop)
    press = page.keyboard.press
    await card(page, PEOPLE[0]).focus()
    await press("ArrowDown")  # over the free quarter of an hour between them
    await press("ArrowDown")
    await expect(card(page, PEOPLE[1])).to_be_focused()
    await press("Enter")
    panel = page.get_by_role("dialog")
    await expect(panel).to_be_visible()
    await tab_to(page, panel.get_by_role("link", name="Refund…"))
    await press("Enter")
    await expect(page.get_by_label("Amount")).to_be_focused()
    await expect(page.get_by_label("Amount")).to_have_value("32.00")
    await press("ControlOrMeta+a")
    await page.keyboard.type("99")
    await press("Enter")
    await expect(page.get_by_text("That is more than is left of this payment.")).to_be_visible()
    await client.excuse("422 /desk/fade/visits/…/refund")
    await press("ControlOrMeta+a")
    await page.keyboard.type("5.50")
    await press("Tab")
    await press("ArrowDown")  # goodwill
    await press("Tab")
    await page.keyboard.type("Waited long")
    await press("Tab")
    await press("Enter")
    await expect(page.get_by_role("heading", name="Refund US$5.50?")).to_be_visible()
    await client.reads("Visa ending in 4242", "This cannot be undone", "Waited long")
    assert not await world.query("select from refunds")
    await press("Enter")  # the one button that does it has the focus
    await expect(told(page)).to_contain_text("Refunded.")
    await client.reads("Goodwill", "Waited long")
    [kept] = await world.query("select amount, reason, note, requested_by from refunds")
    assert (kept["amount"], kept["reason"], kept["note"]) == (550, "goodwill", "Waited long")
    assert kept["requested_by"].startswith("staff:per_")


async def tab_to(page: Page, target: Locator) -> None:
    """Go on with Tab until something has the focus."""
    for _ in range(40):
        if await target.evaluate("(element) => element === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError("not reached by keyboard")


@pytest.mark.proves("R0.2")
async def test_a_panel_closes_with_escape_and_gives_the_focus_back(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    await booked(world, shop, "09:00", PEOPLE[0])
    await booked(world, shop, "09:00", PEOPLE[1], "Elif")
    page = await at_day(client, world, shop)
    await card(page, PEOPLE[0]).focus()
    await page.keyboard.press("ArrowRight")
    await expect(card(page, PEOPLE[1])).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text(PEOPLE[1])
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(card(page, PEOPLE[1])).to_be_focused()
    await page.keyboard.press("ArrowLeft")
    await expect(card(page, PEOPLE[0])).to_be_focused()


@pytest.mark.proves("R0.2")
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
async def test_a_no_show_on_a_phone_says_the_sum_first(
    world: World, clients: Clients, *, scripts: bool
) -> None:
    shop = await world.open_shop()
    await booked(world, shop, "09:00", PEOPLE[0], tip={"amount": 500, "currency": "usd"})
    await to(world, "09:20")
    client = await clients(
        viewport={"width": 390, "height": 844}, has_touch=True, java_script_enabled=scripts
    )
    page = await at_day(client, world, shop)
    await expect(card(page, PEOPLE[0])).to_contain_text("Not here yet")
    await card(page, PEOPLE[0]).tap()
    await page.get_by_role("link", name="No-show…").tap()
    await client.reads("No fee is charged", "This cannot be undone", "US$8.00", "US$29.00")
    await page.get_by_role("button", name="No-show, refund US$29.00").tap()
    await expect(told(page)).to_contain_text("Noted as a no-show.")
    await client.reads("No-show")
    await client.visit(f"/desk/{shop.slug}/day")
    await expect(page.locator(".gone")).to_contain_text(PEOPLE[0])
    await expect(page.locator(".gone")).to_contain_text("US$8.00 kept")
    await world.settle()
    assert [r["amount"] for r in await world.rows("refund")] == [2900]


@pytest.mark.proves("R0.2")
async def test_cancelling_says_what_it_comes_to_for_whoever_cancels(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    await booked(world, shop, "10:00", PEOPLE[0])
    page = await at_day(client, world, shop)
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
    page = await at_day(client, world, shop)
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
    page = await at_day(client, world, shop, Role.RECEPTIONIST)
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
    page = await at_day(client, world, shop, Role.BARBER)
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
    page = await at_day(client, world, shop)
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


@pytest.mark.proves("R0.2")
async def test_what_staff_press_is_large_enough_for_a_finger(
    world: World, clients: Clients
) -> None:
    shop = await world.open_shop()
    await booked(world, shop, "09:00", PEOPLE[0])
    await to(world, "09:00")
    for width in (390, 820):
        client = await clients(viewport={"width": width, "height": 1000}, has_touch=True)
        page = await at_day(client, world, shop)
        await page.goto(str(await card(page, PEOPLE[0]).evaluate("(link) => link.href")))
        for verb in await page.locator(".verbs :is(button, a), .visit-paid a").all():
            box = await verb.bounding_box()
            assert box is not None
            assert box["height"] >= 44
            assert box["width"] >= 44


@pytest.mark.proves("R0.2", "R5.4")
async def test_a_check_in_is_seen_on_every_other_screen_without_reloading(
    world: World, clients: Clients
) -> None:
    shop = await world.open_shop()
    booking = await booked(world, shop, "09:00", PEOPLE[0])
    one, other, third = [await at_day(await clients(), world, shop) for _ in range(3)]
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
    page = await at_day(client, world, shop)
    await page.get_by_role("button", name="Pause updates").click()
    await client.visit(f"/desk/{shop.slug}/visits/{booking['id']}")
    await world.cancel(shop, booking)
    await page.get_by_role("button", name="Check in", exact=True).click()
    await expect(told(page)).to_contain_text("not possible any more")
    await client.reads("Cancelled by the shop")
