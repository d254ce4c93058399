"""The minutes after a visit, for sweeping up: nobody is booked into them, by any door."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from bookedbarber.shops.opening import BarberPlan
from tests.world import WEEKDAYS, Shop, World

SHAVE = "Hot towel shave"  # half an hour, and a quarter to sweep up
ALONE = [BarberPlan("Marco", WEEKDAYS)]


def at(clock: str) -> str:
    return f"2035-03-06T{clock}:00+00:00"


async def offered(world: World, shop: Shop) -> set[str]:
    answer = await world.http.get(
        f"/api/v2/shops/{shop.slug}/availability",
        params={"service": shop.service(SHAVE)["id"], "day": "2035-03-06"},
    )
    return {
        datetime.fromisoformat(slot["starts_at"]).strftime("%H:%M")
        for slot in answer.json()["slots"]
    }


@pytest.mark.proves("R0.6")
async def test_the_buffer_after_a_visit_is_neither_offered_nor_sold(world: World) -> None:
    shop = await world.open_shop(barbers=ALONE)
    booked = await world.paid_booking(shop, service=SHAVE, starts_at=at("11:00"))
    ends = datetime.fromisoformat(booked["starts_at"]) + timedelta(minutes=30)
    assert datetime.fromisoformat(booked["ends_at"]) == ends
    free = await offered(world, shop)
    # Until 11:45 the chair is not free; what would end at 11:00 must be swept up by then too.
    assert free & {"10:15", "10:30", "10:45", "11:00", "11:15", "11:30", "11:45"} == {
        "10:15",
        "11:45",
    }
    for clock, status in (("11:30", 409), ("10:30", 409), ("11:45", 201), ("10:15", 201)):
        answer = await world.book(shop, SHAVE, starts_at=at(clock))
        assert answer.status_code == status, clock
        if status == 409:
            assert answer.json()["code"] == "slot_not_offered"


@pytest.mark.proves("R0.6")
async def test_of_two_at_once_for_a_visit_and_its_buffer_one_is_served(world: World) -> None:
    shop = await world.open_shop(barbers=ALONE)

    async def wish(clock: str, number: int) -> dict[str, Any]:
        client = {"name": "Amara", "email": f"amara{number}@example.com"}
        return await world.wish(shop, SHAVE, starts_at=at(clock), client=client)

    for hour in range(9, 17):
        wishes = [await wish(f"{hour:02}:00", hour), await wish(f"{hour:02}:30", 100 + hour)]
        answers = await asyncio.gather(*(world.send(shop, one) for one in wishes))
        assert sorted(answer.status_code for answer in answers) == [201, 409], hour
    taken = await world.query(
        "select a.starts_at from appointments a join appointments b"
        " on a.appointment_id <> b.appointment_id and a.starts_at - b.starts_at"
        " between interval '0' and interval '44 minutes'"
    )
    assert taken == []
