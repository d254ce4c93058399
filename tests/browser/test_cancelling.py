"""The client's own link: cancelling free and late, and figures that moved meanwhile."""

from datetime import timedelta
from typing import Any

from playwright.async_api import expect

from tests.browser.client import Client
from tests.world import World

THURSDAY = "2035-03-08T10:00:00+00:00"
TUESDAY = "2035-03-06T09:00:00+00:00"  # free to cancel for one more hour
AT_NINE = "2035-03-05T09:00:00+00:00"
TODAY = "2035-03-05T15:00:00+00:00"


async def booked(world: World, starts_at: str, **changes: Any) -> str:
    """The path of the manage page of a visit that is paid for."""
    shop = await world.open_shop()
    answer = await world.book(shop, starts_at=starts_at, **changes)
    await world.pay(answer.json())
    await world.settle()
    return str(answer.json()["manage_url"]).removeprefix(world.site_url)


async def standing(world: World) -> list[tuple[str, int]]:
    """What became of each visit, and what of its payment goes back."""
    rows = await world.query(
        "select appointments.state, refunding"
        " from appointments join payments using (shop_id, appointment_id)"
    )
    return [(row["state"], row["refunding"]) for row in rows]


async def test_cancelling_in_time_returns_everything(client: Client, world: World) -> None:
    await client.visit(await booked(world, THURSDAY))
    await client.reads("You can cancel free of charge until Wed 7 Mar, 10:00")
    await expect(client.line("You get back now")).to_have_text("US$32.00")
    await expect(client.line("The shop keeps")).to_have_text("US$0.00")
    await client.link("Cancel this appointment").click()
    await client.reads("Cancel this appointment?", "This cannot be undone")
    await client.link("Keep my appointment").click()
    assert await standing(world) == [("confirmed", 0)]
    await client.link("Cancel this appointment").click()
    await client.button("Cancel and refund US$32.00").click()
    await client.at("manage")
    await client.reads("Cancelled", "On its way")
    await world.settle()
    await client.page.reload()
    await client.reads("Returned")
    await expect(client.line("Refund")).to_have_text("\u2212US$32.00")
    assert await standing(world) == [("cancelled", 3200)]
    await client.link("Receipt").click()
    await client.reads("This appointment is cancelled", "Returned")


async def test_cancelling_late_shows_what_is_kept_first(client: Client, world: World) -> None:
    await client.visit(await booked(world, TODAY, tip={"amount": 300, "currency": "usd"}))
    await client.reads("The free period ended on Sun 4 Mar, 15:00.")
    await client.link("Cancel this appointment").click()
    await expect(client.line("You paid")).to_have_text("US$35.00")
    await expect(client.line("The shop keeps")).to_have_text("US$8.00")
    await expect(client.line("You get back")).to_have_text("US$27.00")
    await client.button("Cancel and refund US$27.00").click()
    await client.reads("Cancelled")
    assert await standing(world) == [("cancelled", 2700)]


async def test_a_late_deposit_is_cancelled_without_refund(client: Client, world: World) -> None:
    await client.visit(await booked(world, TODAY, pay="deposit"))
    await client.link("Cancel this appointment").click()
    await client.reads("Nothing goes back to your card: the free period ended on Sun 4 Mar, 15:00.")
    await client.button("Cancel without refund").click()
    await client.reads("Cancelled", "policy nothing is returned.")
    assert await standing(world) == [("cancelled", 0)]


async def test_figures_that_moved_meanwhile_are_asked_again(client: Client, world: World) -> None:
    await client.visit(await booked(world, TUESDAY))
    await client.link("Cancel this appointment").click()
    await world.advance(timedelta(minutes=65))
    await client.button("Cancel and refund US$32.00").click()
    await client.reads("The figures changed since you last saw them", "Nothing was cancelled yet")
    await expect(client.page.get_by_role("alert")).to_be_focused()
    await client.excuse("409 /manage/…/cancel")
    assert await standing(world) == [("confirmed", 0)]
    await expect(client.line("The shop keeps")).to_have_text("US$8.00")
    await client.button("Cancel and refund US$24.00").click()
    await client.reads("Cancelled")
    assert await standing(world) == [("cancelled", 2400)]


async def test_pressing_cancel_in_two_tabs_refunds_once(client: Client, world: World) -> None:
    path = await booked(world, THURSDAY)
    await client.visit(f"{path}/cancel")
    other = await client.context.new_page()
    await other.goto(world.site_url + path + "/cancel")
    await client.button("Cancel and refund US$32.00").click()
    await client.reads("Cancelled")
    await other.get_by_role("button", name="Cancel and refund US$32.00").click()
    await expect(other.locator("main")).to_contain_text("Cancelled")
    assert await standing(world) == [("cancelled", 3200)]


async def test_a_visit_that_began_can_no_longer_be_cancelled(client: Client, world: World) -> None:
    path = await booked(world, AT_NINE)
    await world.advance(timedelta(minutes=65))
    await client.visit(path)
    await client.reads("The appointment has begun, so it can no longer be cancelled here.")
    await expect(client.link("Cancel this appointment")).to_have_count(0)


async def test_a_link_cut_short_is_explained(client: Client, world: World) -> None:
    path = await booked(world, TODAY)
    await client.visit(path[:-6])
    await client.reads("This link does not work", "Open it again from your email")
    await client.excuse("404 /manage/…")
