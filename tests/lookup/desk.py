"""What the tests of lists share: a shop with payments of every kind, and how to ask for them."""

import csv
import io
from dataclasses import dataclass
from typing import Any

import pytest
import stripe

from tests.world import Shop, World

BEN = {"name": "Ben Adeyemi", "email": "ben@example.com"}
CHIARA = {"name": "Chiara Ricci", "email": "chiara@example.com"}


async def ask(world: World, shop: Shop, path: str = "payments", **params: Any) -> dict[str, Any]:
    """An answer of the API to the shop's own systems."""
    named = {name.rstrip("_"): value for name, value in params.items()}
    answer = await world.http.get(f"/api/v2/{path}", params=named, headers=shop.headers)
    return dict(answer.raise_for_status().json())


async def listed(world: World, shop: Shop, **params: Any) -> list[str]:
    """The ids of the payments that match, as they are listed."""
    return [one["id"] for one in (await ask(world, shop, **params))["data"]]


async def sheet(world: World, shop: Shop, **params: Any) -> list[dict[str, str]]:
    """The rows of the CSV file for a filter."""
    named = {name.rstrip("_"): value for name, value in params.items()}
    answer = await world.http.get("/api/v2/payments/export", params=named, headers=shop.headers)
    return list(csv.DictReader(io.StringIO(answer.raise_for_status().text, newline="")))


def payment_of(booking: dict[str, Any]) -> str:
    """The id of a booking's first payment."""
    return str(booking["payments"][0]["id"])


@dataclass
class Day:
    """A day at a shop, one payment of each kind; each is its booking."""

    paid: dict[str, Any]
    partly: dict[str, Any]
    refunded: dict[str, Any]
    declined: dict[str, Any]
    open: dict[str, Any]
    cancelled: dict[str, Any]

    def ids(self, *kinds: str) -> list[str]:
        """The payments of these kinds, or of all, newest first."""
        names = kinds or ("paid", "partly", "refunded", "declined", "open", "cancelled")
        return sorted((payment_of(getattr(self, name)) for name in names), reverse=True)


async def lived(world: World, shop: Shop) -> Day:
    """Payments that were made, given back, declined, left open and given up."""
    barbers = {barber["name"]: barber["id"] for barber in shop.menu["barbers"]}
    paid = await world.paid_booking(shop, barber=barbers["Marco"])
    partly = await world.paid_booking(shop, client=BEN, barber=barbers["Elif"])
    refunded = await world.paid_booking(shop, client=BEN, barber=barbers["Elif"], pay="deposit")
    gone = (await world.book(shop, client=CHIARA)).json()
    await world.cancel(shop, gone)
    await world.settle()
    await world.refund(shop, partly["payments"][0], 700)
    await world.refund(shop, refunded["payments"][0])
    await world.settle()
    declined = (await world.book(shop, client=CHIARA)).json()
    with pytest.raises(stripe.CardError):
        await world.pay(declined, "pm_card_chargeDeclinedInsufficientFunds")
    await world.arrive()
    left = (await world.book(shop, client=BEN)).json()
    return Day(paid, partly, refunded, declined, left, gone)
