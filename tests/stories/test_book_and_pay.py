"""A client books and pays, and the books close."""

import pytest

from tests.world import World


@pytest.mark.proves("R0.1", "X1")
async def test_a_client_books_pays_in_full_and_the_books_close(world: World) -> None:
    shop = await world.open_shop()
    booked = await world.book(shop)
    assert booked.status_code == 201, booked.text
    assert booked.json()["state"] == "held"
    await world.pay(booked.json())
    await world.settle()
    seen = await world.booking(shop, booked.json()["id"])
    assert seen["state"] == "confirmed"
    assert seen["payments"][0]["state"] == "captured"
    assert seen["payments"][0]["amount"] == {"amount": 3200, "currency": "usd"}
