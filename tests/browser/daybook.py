"""A day at a shop, and how a browser finds its visits."""

from datetime import datetime
from typing import Any, Final

from playwright.async_api import Locator, Page

from tests.world import Shop, World

AT: Final = "2035-03-05T{}:00+00:00".format
PEOPLE: Final = (
    "Amara Okafor", "Ben Adeyemi", "Chiara Conti", "Dev Patel", "Ewan Reid", "Hana Sato",
)  # fmt: skip


def barber(shop: Shop, name: str) -> str:
    """The id of a barber."""
    return next(str(b["id"]) for b in shop.menu["barbers"] if b["name"] == name)


async def booked(
    world: World, shop: Shop, at: str, name: str, with_: str = "Marco", **given: Any
) -> dict[str, Any]:
    """A paid booking of somebody, on Monday."""
    client = {"name": name, "email": f"{name.lower().replace(' ', '.')}@example.com"}
    return await world.paid_booking(
        shop, starts_at=AT(at), client=client, barber=barber(shop, with_), **given
    )


async def all_booked(world: World, shop: Shop, *wanted: tuple[str, str, str]) -> None:
    """Paid bookings of several people, each as time, name and barber, that arrive together."""
    for at, name, with_ in wanted:
        client = {"name": name, "email": f"{name.lower().replace(' ', '.')}@example.com"}
        answer = await world.book(shop, starts_at=AT(at), client=client, barber=barber(shop, with_))
        await world.pay(answer.json())
    await world.settle()


async def to(world: World, at: str) -> None:
    """Let time pass until an hour of that Monday."""
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


def told(page: Page) -> Locator:
    """What the page says was done, or was wrong."""
    return page.locator("main .alert")


def card(page: Page, name: str) -> Locator:
    """Somebody's visit on the day."""
    return page.locator("[data-visit]").filter(has_text=name)
