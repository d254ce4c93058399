"""A client is told of a move once: where it was, where it is, and a calendar file that wins."""

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from bookedbarber.checkout import calendar_file
from tests.letters.visits import ALONE, letter, messages, read
from tests.world import World

THURSDAY = "2035-03-08T10:00:00+00:00"
FRIDAY = "2035-03-09T14:00:00+00:00"


def event_of(text: str) -> Any:
    """The one event of a calendar file."""
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    return event


async def sequence(world: World, shop: Any, booking: dict[str, Any]) -> int:
    return calendar_file.sequence(await read(world, shop, booking))


@pytest.mark.proves("R0.2")
async def test_a_move_by_the_shop_is_told_with_both_times_and_the_sums(world: World) -> None:
    shop = await world.open_shop(currency="gbp", barbers=ALONE)
    booking = await world.paid_booking(shop, starts_at=THURSDAY, pay="deposit")
    before = event_of((await letter(world, booking)).body.attachments[0].text)
    (await world.move(shop, booking, FRIDAY, reason="Marco is ill")).raise_for_status()
    await world.settle()
    told, seen = await letter(world, booking), await read(world, shop, booking)
    assert told.recipient == "amara@example.com"
    assert told.subject == "Moved: Skin fade, now 9 Mar 2035, 14:00"
    assert told.body.text == (
        "Hello Amara Okafor,\n\n"
        "We moved your appointment. If the new time does not suit you, write or call us.\n\n"
        "Service: Skin fade\nBarber: Marco\n"
        "When: Friday, 9 March 2035, 14:00 (London, GMT+00:00)\n"
        "Where: Fade Street Barbers, 12 Fade Street\n\n"
        "Before: Thursday, 8 March 2035, 10:00 (London, GMT+00:00)\nBarber before: Marco\n\n"
        "Paid, and goes with it: £8.00\nDue at the shop: £24.00\n\n"
        "You can cancel free of charge until Thursday, 8 March 2035, 14:00 (London, GMT+00:00). "
        "After that, and until the appointment begins, the shop keeps £8.00 and the rest goes "
        "back to you.\n\n"
        "Moving cost nothing. The price and the terms you agreed to when booking (version 1) "
        "stay as they were.\n\n"
        f"See, move or cancel your booking:\n{seen.links.manage}\n\n"
        f"Add it to your calendar:\n{seen.links.calendar}\n\n"
        f"All your bookings here:\n{seen.links.mine}\n\n"
        "Fade Street Barbers · 12 Fade Street\n"
    )
    (file,) = told.body.attachments
    after = event_of(file.text)
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after.decoded("dtstart") == seen.starts_at
    assert dict(file.parameters) == {"method": "PUBLISH"}


async def test_every_move_and_every_state_after_it_has_a_higher_sequence(world: World) -> None:
    shop = await world.open_shop(barbers=ALONE)
    booking = await world.paid_booking(shop, starts_at=THURSDAY)
    numbers = [await sequence(world, shop, booking)]
    for starts_at in (FRIDAY, THURSDAY, "2035-03-05T15:00:00+00:00"):
        (await world.move(shop, booking, starts_at)).raise_for_status()
        numbers.append(await sequence(world, shop, booking))
    await world.cancel(shop, booking)
    numbers.append(await sequence(world, shop, booking))
    assert numbers == sorted(set(numbers)), numbers


async def test_of_two_moves_in_a_row_the_last_is_told(world: World) -> None:
    shop = await world.open_shop(barbers=ALONE)
    booking = await world.paid_booking(shop, starts_at=THURSDAY)
    for starts_at in (FRIDAY, "2035-03-10T11:00:00+00:00"):
        (await world.move(shop, booking, starts_at)).raise_for_status()
    await world.settle()
    kinds = [one.kind for one in await messages(world, booking)]
    assert kinds == ["tell_confirmed", "tell_moved"]
    text = (await letter(world, booking)).body.text
    assert "When: Saturday, 10 March 2035, 11:00" in text


async def test_two_moves_with_time_between_are_two_letters(world: World) -> None:
    shop = await world.open_shop(barbers=ALONE)
    booking = await world.paid_booking(shop, starts_at=THURSDAY)
    for starts_at in (FRIDAY, "2035-03-10T11:00:00+00:00"):
        (await world.move(shop, booking, starts_at)).raise_for_status()
        await world.settle()
    kinds = [one.kind for one in await messages(world, booking)]
    assert kinds == ["tell_confirmed", "tell_moved", "tell_moved"]


async def test_a_move_that_was_cancelled_at_once_is_not_told(world: World) -> None:
    shop = await world.open_shop(barbers=ALONE)
    booking = await world.paid_booking(shop, starts_at=THURSDAY)
    (await world.move(shop, booking, FRIDAY)).raise_for_status()
    await world.cancel(shop, booking)
    await world.settle()
    kinds = [one.kind for one in await messages(world, booking)]
    assert kinds == ["tell_confirmed", "tell_cancelled"]


async def test_a_client_who_moved_near_is_told_that_cancelling_costs_now(world: World) -> None:
    shop = await world.open_shop(barbers=ALONE)
    booked = (await world.book(shop, starts_at=THURSDAY, locale="de")).json()
    await world.pay(booked)
    await world.settle()
    link = str(booked["manage_url"]).rsplit("/", 1)[1]
    soon = (world.clock.now() + timedelta(hours=3)).replace(minute=0, second=0)
    answer = await world.http.post(f"/api/v2/own/{link}/move", json={"starts_at": soon.isoformat()})
    answer.raise_for_status()
    await world.settle()
    told = await letter(world, booked)
    assert told.subject.startswith("Verlegt: Skin fade, jetzt 05.03.2035")
    assert "Ihr Termin ist verlegt." in told.body.text
