"""An owner changes their shop at the desk: by click, by keyboard, on a phone, in both themes."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from bookedbarber.access.roles import Role
from tests.browser.client import Client
from tests.browser.conftest import Clients
from tests.browser.keys import Keyboard
from tests.browser.looks import look
from tests.browser.staff import give, set_up_authenticator, sign_in
from tests.settings.test_look import picture
from tests.world import World


@pytest.mark.proves("R5.4")
async def test_every_room_of_the_settings_can_be_used_by_anybody(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    await sign_in(client, world, shop, Role.OWNER, "settings/services")
    barber = shop.menu["barbers"][0]["id"]
    service = shop.service("Skin fade")["id"]
    for name, room in {
        "settings-services": "services", "settings-service-new": "services/new",
        "settings-service": f"services/{service}", "settings-barbers": "barbers",
        "settings-barber-new": "barbers/new", "settings-barber": f"barbers/{barber}",
        "settings-hours": "hours", "settings-policy": "policy", "settings-terms": "terms",
        "settings-look": "look", "settings-shop": "shop", "settings-people": "people",
        "settings-keys": "keys",
    }.items():  # fmt: skip
        await client.visit(f"/desk/{shop.slug}/settings/{room}")
        assert await look(client.page, name) == []


async def test_a_price_changed_at_the_desk_is_the_one_that_clients_see(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    await sign_in(client, world, shop, Role.OWNER, "settings/services")
    await client.link("Skin fade").click()
    await client.page.get_by_label("Price in USD").fill("abc")
    await client.page.get_by_label("Name").fill("")
    await client.button("Save service").click()
    await client.reads("2 things to put right", "Enter the price as an amount", "Fill this in.")
    await expect(client.page.get_by_label("Price in USD")).to_have_value("abc")
    await client.excuse(f"422 /desk/fade/settings/services/{shop.service('Skin fade')['id']}")
    await client.page.get_by_label("Name").fill("Skin fade")
    await client.page.get_by_label("Price in USD").fill("35.50")
    await client.button("Save service").click()
    await client.reads("Saved.", "$35.50")
    await client.visit(f"/b/{shop.slug}")
    await client.reads("$35.50")


async def test_somebody_who_was_overtaken_is_told_and_decides(
    world: World, clients: Clients
) -> None:
    shop = await world.open_shop()
    one, other = await clients(), await clients()
    for client in (one, other):
        await sign_in(client, world, shop, Role.OWNER, "settings/shop")
    await one.page.get_by_label("Address").fill("1 First Street")
    await one.button("Save shop").click()
    await one.reads("Saved.")
    await other.page.get_by_label("Address").fill("2 Second Street")
    await other.button("Save shop").click()
    await other.reads("Somebody changed this while you were at it")
    await other.excuse("409 /desk/fade/settings/shop")
    await expect(other.page.get_by_label("Address")).to_have_value("2 Second Street")
    await other.button("Save shop").click()
    await other.reads("Saved.")
    await expect(other.page.get_by_label("Address")).to_have_value("2 Second Street")


async def test_price_policy_and_hours_are_changed_by_keyboard_alone(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    booked = await world.paid_booking(shop, starts_at="2035-03-06T09:00:00Z")
    keys = Keyboard(await sign_in(client, world, shop, Role.OWNER, "settings/services"))
    await keys.enter("Skip to content", "Skin fade")
    await client.reads("As clients see it on the booking page.")
    await keys.write("Price in USD", "35.50")
    await keys.enter("Save service")
    await client.reads("Saved.", "$35.50")
    await keys.enter("Skip to content", "Policy")
    await client.reads("What cancelling costs")
    await keys.write("Free until", "48")
    await keys.tab_to("On your own page")
    await keys.press("ArrowDown")  # on Stripe's
    await keys.enter("Save policy")
    await client.reads("Saved.", "until 48 hours before")
    await expect(client.page.get_by_role("radio", name="On Stripe's page")).to_be_checked()
    await keys.enter("Skip to content", "Opening hours")
    await client.reads("Changing hours moves no booking.")
    await change_hours(client, keys)
    await client.reads("Saved.", "1 visit to come lies outside the hours")
    assert (await world.booking(shop, booked["id"]))["state"] == "confirmed"


async def change_hours(client: Client, keys: Keyboard) -> None:
    """Open later on every day but Sunday, which is closed."""
    page = client.page
    await keys.tab_to("Monday from")
    await keys.type("1100AM")
    await keys.enter("Copy Monday to every day")
    await expect(page.get_by_label("Sunday from", exact=True)).to_have_value("11:00")
    await empty(keys, "Sunday from")
    await keys.enter("Save hours")
    await client.reads("Give both times, or leave both empty.")
    await client.excuse("422 /desk/fade/settings/hours")
    await empty(keys, "Sunday to")
    await keys.enter("Save hours")


async def empty(keys: Keyboard, field: str) -> None:
    """Take a time away, part by part."""
    await keys.tab_to(field)
    while await keys.name() == field:
        await keys.press("Delete", "Tab")


async def test_a_barber_goes_on_holiday_and_nobody_can_book_them(
    world: World, clients: Clients
) -> None:
    shop = await world.open_shop()
    client = await clients(viewport={"width": 390, "height": 844}, has_touch=True)
    await sign_in(client, world, shop, Role.OWNER, "settings/barbers")
    await client.link("Marco").click()
    await client.page.get_by_label("Away from").fill("2035-03-05T00:00")
    await client.page.get_by_label("Back at").fill("2035-03-12T00:00")
    await client.button("Add time off").click()
    await client.reads("Saved.", "5 Mar 2035")
    marco = next(b["id"] for b in shop.menu["barbers"] if b["name"] == "Marco")
    free = await world.http.get(
        f"/api/v2/shops/{shop.slug}/availability",
        params={"service": shop.service("Skin fade")["id"], "barber": marco},
    )
    assert free.json()["day"] == "2035-03-12"
    await client.button("Take back").click()
    await client.reads("No holidays planned")


async def test_the_booking_page_wears_the_shops_colour_and_logo(
    world: World, client: Client, tmp_path: Path
) -> None:
    shop = await world.open_shop()
    logo = tmp_path / "logo.png"
    logo.write_bytes(picture())
    await sign_in(client, world, shop, Role.OWNER, "settings/look")
    await client.page.get_by_label("Your colour").fill("#ffd400")
    await client.button("Save colour").click()
    await client.reads("Saved.", "shown a little darker")
    await client.page.get_by_label("Picture").set_input_files(logo)
    await client.button("Save logo").click()
    await expect(client.page.get_by_alt_text("Your logo")).to_be_visible()
    assert await look(client.page, "settings-look-own") == []
    await client.visit(f"/b/{shop.slug}")
    brand = await client.page.evaluate(
        "getComputedStyle(document.querySelector('.btn.primary')).backgroundColor"
    )
    assert brand == "rgb(133, 109, 0)"
    assert await client.page.evaluate("document.querySelector('img.logo').naturalWidth") == 300
    assert await look(client.page, "booking-own-look") == []
    wrong = tmp_path / "logo.txt"
    wrong.write_text("not a picture")
    await client.visit(f"/desk/{shop.slug}/settings/look")
    await client.page.get_by_label("Picture").set_input_files(wrong)
    await client.button("Save logo").click()
    await client.reads("That is no picture we can show.")
    await client.excuse("422 /desk/fade/settings/look")


async def test_a_key_is_shown_once_and_works_until_it_is_revoked(
    world: World, client: Client
) -> None:
    shop = await world.open_shop()
    await sign_in(client, world, shop, Role.OWNER, "settings/keys")
    await client.page.get_by_label("What it is for").fill("Website")
    await client.button("Make a key").click()
    secret = await client.page.locator("#secret").inner_text()
    headers = {"Authorization": f"Bearer {secret}"}
    assert (await world.http.get("/api/v2/bookings", headers=headers)).status_code == 200
    await client.visit(f"/desk/{shop.slug}/settings/keys")
    await client.reads(f"…{secret[-4:]}")
    assert secret not in await client.page.content()
    await client.button("Revoke Website").click()
    await client.reads("Saved.", "Revoked")
    assert (await world.http.get("/api/v2/bookings", headers=headers)).status_code == 401


async def test_somebody_new_signs_in_with_the_password_that_was_handed_over(
    world: World, clients: Clients
) -> None:
    shop = await world.open_shop()
    owner, other = await clients(), await clients()
    await sign_in(owner, world, shop, Role.OWNER, "settings/people")
    await owner.page.get_by_label("Name", exact=True).fill("Nadia Reception")
    await owner.page.get_by_label("E-mail address").fill("nadia@example.com")
    await owner.button("Add").click()
    await owner.reads("Nadia Reception can sign in now.")
    password = await owner.page.locator("code.secret").inner_text()
    assert await look(owner.page, "settings-people-welcome") == []
    await other.visit("/desk/sign-in")
    await give(other, "nadia@example.com", password)
    await set_up_authenticator(other.page, world.clock.now())
    await other.page.wait_for_url("**/desk/fade/**")
    await other.page.goto(f"{world.site_url}/desk/fade/settings/services")
    await expect(other.page.locator("body")).not_to_contain_text("Add a service")
    await other.excuse("403 /desk/fade/settings/services")
    await owner.visit("/desk/fade/settings/people")
    await owner.button("Works here no more Nadia Reception").click()
    await owner.reads("Saved.")
    await expect(owner.page.locator("main")).not_to_contain_text("Nadia")
