"""One text as a key of several callers: each has their own effect, and none another's."""

import pytest

from bookedbarber.api import keys
from tests.world import Shop, World

SAME = "monday-1"


@pytest.mark.proves("R1.6")
async def test_two_keys_of_one_shop_do_not_answer_each_other(world: World) -> None:
    shop = await world.open_shop()
    async with world.means.database.platform() as db:
        other = await keys.create(db, shop_id=shop.id, name="web", now=world.clock.now())
    callers = [shop, Shop(shop.id, shop.slug, other, shop.menu)]
    payments = [(await world.paid_booking(shop))["payments"][0] for _ in callers]
    answers = [
        await world.refund(caller, payment, 500, key=SAME)
        for caller, payment in zip(callers, payments, strict=True)
    ]
    assert [a.status_code for a in answers] == [201, 201], [a.text for a in answers]
    assert [a.json()["payment"] for a in answers] == [p["id"] for p in payments]
    repeated = await world.refund(callers[1], payments[1], 500, key=SAME)
    assert repeated.json()["id"] == answers[1].json()["id"]
    assert len(await world.rows("refund")) == 2


@pytest.mark.proves("R1.6")
async def test_two_guests_of_one_shop_do_not_answer_each_other(world: World) -> None:
    shop = await world.open_shop()
    starts_at = (await world.slots(shop))[0]["starts_at"]
    guests = [{"name": name, "email": f"{name}@example.com"} for name in ("amara", "bruno")]
    answers = [
        await world.book(shop, key=SAME, starts_at=starts_at, client=guest) for guest in guests
    ]
    assert [a.status_code for a in answers] == [201, 201], [a.text for a in answers]
    assert {a.json()["barber"] for a in answers} == {"Marco", "Elif"}
    repeated = await world.book(shop, key=SAME, starts_at=starts_at, client=guests[0])
    assert repeated.json()["id"] == answers[0].json()["id"]
    assert len(await world.query("select 1 from appointments")) == 2
