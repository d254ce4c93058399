"""A visit is moved: by its client while that is free, by the shop until it is completed."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import httpx2 as httpx
import pytest

from bookedbarber import ids
from bookedbarber.money import Money, currency
from bookedbarber.shops import queries as shops
from bookedbarber.shops.opening import BarberPlan, ServicePlan
from tests.conftest import Databases
from tests.patience import until_blocked
from tests.world import WEEKDAYS, Shop, World

THURSDAY = "2035-03-08T10:00:00+00:00"
FRIDAY = "2035-03-09T14:00:00+00:00"
TODAY = "2035-03-05T15:00:00+00:00"
SUNDAY = "2035-03-11T10:00:00+00:00"
ALONE = [BarberPlan("Marco", WEEKDAYS)]
BEN = {"name": "Ben", "email": "ben@example.com"}


def own(booking: dict[str, Any]) -> str:
    """The path of a client's own booking in the API."""
    return "/api/v2/own/" + link_of(booking)


def link_of(booking: dict[str, Any]) -> str:
    """The secret part of a client's own link."""
    return str(booking["manage_url"]).rsplit("/", 1)[1]


async def booked(world: World, shop: Shop, starts_at: str, **changes: Any) -> dict[str, Any]:
    """A paid booking, with the link that only its client has."""
    answer = await world.book(shop, starts_at=starts_at, **changes)
    assert answer.status_code == 201, answer.text
    await world.pay(answer.json())
    await world.settle()
    return dict(answer.json())


async def by_client(
    world: World, booking: dict[str, Any], starts_at: str, key: str | None = None, **more: Any
) -> httpx.Response:
    """Move as the client does."""
    headers = {"Idempotency-Key": key} if key else {}
    body = {"starts_at": starts_at, **more}
    return await world.http.post(f"{own(booking)}/move", json=body, headers=headers)


def at(booking: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(booking["starts_at"])


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def standing(world: World) -> list[tuple[str, int]]:
    """What the books hold of each account."""
    rows = await world.query(
        "select account, sum(case side when 'debit' then amount else -amount end)::bigint as open"
        " from postings group by account order by account"
    )
    return [(row["account"], row["open"]) for row in rows]


@pytest.mark.proves("R0.2")
async def test_a_client_moves_and_nothing_but_time_and_barber_changes(world: World) -> None:
    shop = await world.open_shop()
    booking = await booked(world, shop, THURSDAY, pay="deposit")
    before, books = await world.booking(shop, booking["id"]), await standing(world)
    shown = (await world.http.get(f"{own(booking)}/move", params={"starts_at": FRIDAY})).json()
    assert (shown["paid"]["amount"], shown["due_at_shop"]["amount"]) == (800, 2400)
    assert (shown["old"]["starts_at"], shown["new"]["starts_at"]) == (
        "2035-03-08T10:00:00Z",
        "2035-03-09T14:00:00Z",
    )
    assert (shown["free"], shown["free_until"]) == (True, "2035-03-08T14:00:00Z")
    assert shown["new"]["barber"] == shown["old"]["barber"], "no other barber unless it must be"
    moved = (await by_client(world, booking, FRIDAY)).raise_for_status().json()
    assert at(moved) == datetime.fromisoformat(FRIDAY)
    after = await world.booking(shop, booking["id"])
    assert after == moved
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"starts_at", "ends_at"}
    assert await standing(world) == books


@pytest.mark.proves("R0.2", "R2.6")
async def test_a_move_is_kept_and_noted_with_who_when_why_and_where_it_was(world: World) -> None:
    shop = await world.open_shop()
    booking = await booked(world, shop, THURSDAY)
    elif_ = next(b["id"] for b in shop.menu["barbers"] if b["name"] == "Elif")
    await by_client(world, booking, FRIDAY)
    await world.move(shop, booking, TODAY, barber=elif_, reason="Marco is ill")
    path = f"/api/v2/bookings/{booking['id']}/moves"
    first, second = (await world.http.get(path, headers=shop.headers)).json()
    assert (first["number"], first["moved_by"], first["actor"]) == (1, "client", "client")
    assert (first["from_starts_at"], first["to_starts_at"]) == (
        "2035-03-08T10:00:00Z",
        "2035-03-09T14:00:00Z",
    )
    assert (second["number"], second["moved_by"], second["reason"]) == (2, "shop", "Marco is ill")
    assert second["to_barber"] == "Elif"
    assert datetime.fromisoformat(second["moved_at"]) == world.clock.now()
    trail = await world.query(
        "select actor, facts from audit_events where act = 'appointment.moved'"
        " order by facts ->> 'by'"
    )
    assert [row["actor"][:4] for row in trail] == ["clie", "api:"]
    facts = trail[1]["facts"]
    assert facts["before"]["starts_at"] == "2035-03-09T14:00:00+00:00"
    assert facts["after"] == {"barber": elif_, "starts_at": "2035-03-05T15:00:00+00:00"}


async def test_a_client_moves_until_the_last_free_moment_and_no_longer(world: World) -> None:
    shop = await world.open_shop()
    booking = await booked(world, shop, "2035-03-07T09:00:00Z")
    deadline = at(booking) - timedelta(hours=24)
    await world.advance(deadline - world.clock.now())
    ask = {"starts_at": FRIDAY}
    assert (await world.http.get(f"{own(booking)}/move", params=ask)).status_code == 200
    world.clock.advance(timedelta(microseconds=1))
    before = await world.tally()
    for answer in (
        await world.http.get(f"{own(booking)}/move", params=ask),
        await by_client(world, booking, FRIDAY),
    ):
        assert refusal(answer) == (409, "too_late_to_move")
        assert answer.json()["free_until"] == "2035-03-06T09:00:00+00:00"
    assert await world.tally() == before
    assert (await world.move(shop, booking, FRIDAY)).status_code == 200


async def test_after_a_move_cancelling_is_free_by_the_new_time(world: World) -> None:
    """Where the visit is nearer, the free time may be over at once; the offer says so."""
    shop = await world.open_shop()
    booking = await booked(world, shop, THURSDAY)
    shown = (await world.http.get(f"{own(booking)}/move", params={"starts_at": TODAY})).json()
    assert (shown["free"], shown["late_fee"]["amount"]) == (False, 800)
    await by_client(world, booking, TODAY)
    assert refusal(await by_client(world, booking, THURSDAY)) == (409, "too_late_to_move")
    done = (await world.http.post(f"{own(booking)}/cancel", json={})).json()
    assert (done["free"], done["kept"]["amount"]) == (False, 800)


async def test_a_client_moves_only_to_what_the_shop_offers(world: World) -> None:
    shop = await world.open_shop(barbers=ALONE)
    booking = await booked(world, shop, THURSDAY)
    await booked(world, shop, FRIDAY, client=BEN)
    other = await world.open_shop("blend")
    stranger = other.menu["barbers"][0]["id"]
    for starts_at, more, code in (
        (SUNDAY, {}, "slot_not_offered"),  # closed
        ("2035-03-08T10:07:00Z", {}, "slot_not_offered"),  # not on the grid
        ("2035-03-05T07:00:00Z", {}, "slot_not_offered"),  # past
        ("2036-03-05T10:00:00Z", {}, "slot_not_offered"),  # too far ahead
        (FRIDAY, {}, "slot_not_offered"),  # somebody else's
        ("2035-03-09T13:30:00Z", {}, "slot_not_offered"),  # runs into it
        (THURSDAY, {}, "move_changes_nothing"),
        (FRIDAY, {"barber": stranger}, "barber_unknown"),
    ):
        answer = await by_client(world, booking, starts_at, **more)
        assert refusal(answer)[1] == code, starts_at
    assert (await world.booking(shop, booking["id"]))["starts_at"] == booking["starts_at"]


async def test_a_visit_is_not_in_its_own_way(world: World) -> None:
    shop = await world.open_shop(barbers=ALONE)
    booking = await booked(world, shop, THURSDAY)
    url = f"{own(booking)}/move/times"
    free = (await world.http.get(url, params={"day": "2035-03-08"})).json()["slots"]
    assert "10:15" in [slot["local_time"] for slot in free]
    assert (await by_client(world, booking, "2035-03-08T10:15:00Z")).status_code == 200


async def test_the_shop_moves_anywhere_and_is_told_what_speaks_against_it(world: World) -> None:
    late = {weekday: hours for weekday, hours in WEEKDAYS.items() if weekday != 3}
    shop = await world.open_shop(
        barbers=[BarberPlan("Marco", WEEKDAYS), BarberPlan("Elif", late)], notice_minutes=600
    )
    booking = await booked(world, shop, FRIDAY)
    marco, elif_ = (barber["id"] for barber in shop.menu["barbers"])
    for starts_at, barber, against in (
        (THURSDAY, marco, []),
        (THURSDAY, elif_, ["off_duty"]),
        (SUNDAY, marco, ["closed", "off_duty"]),
        ("2035-03-09T17:45:00Z", marco, ["closed", "off_duty"]),  # open as it begins
        ("2035-03-08T10:07:00Z", marco, []),  # the grid is for clients
        (TODAY, marco, []),  # and so is notice
    ):
        shown = await world.http.get(
            f"/api/v2/bookings/{booking['id']}/move",
            params={"starts_at": starts_at, "barber": barber},
            headers=shop.headers,
        )
        assert shown.json()["against"] == against, starts_at
    assert (await world.move(shop, booking, SUNDAY, barber=marco)).status_code == 200
    assert refusal(await by_client(world, booking, SUNDAY)) == (409, "slot_not_offered")


async def test_where_two_are_free_the_shop_is_given_the_one_against_whom_nothing_speaks(
    world: World,
) -> None:
    late = {weekday: hours for weekday, hours in WEEKDAYS.items() if weekday != 3}
    shop = await world.open_shop(barbers=[BarberPlan("Elif", late), BarberPlan("Marco", WEEKDAYS)])
    elif_ = shop.menu["barbers"][0]["id"]
    booking = await booked(world, shop, FRIDAY, barber=elif_)
    moved = (await world.move(shop, booking, THURSDAY)).json()
    assert moved["barber"] == "Marco"


async def test_the_shop_moves_a_visit_that_has_begun_to_another_barber_but_never_back_in_time(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking = await booked(world, shop, TODAY)
    await world.begin(booking)
    world.clock.advance(timedelta(minutes=5))
    [other] = [b["id"] for b in shop.menu["barbers"] if b["name"] != booking["barber"]]
    assert (await world.move(shop, booking, TODAY, barber=other)).status_code == 200
    for wrong in ("2035-03-05T14:45:00Z", "2037-04-05T10:00:00Z"):
        assert refusal(await world.move(shop, booking, wrong)) == (409, "slot_not_offered")


async def test_only_a_visit_that_is_paid_and_to_come_is_moved(world: World) -> None:
    shop = await world.open_shop()
    cancelled = await booked(world, shop, THURSDAY, client=BEN)
    await world.cancel(shop, cancelled)
    done = await booked(world, shop, TODAY)
    await world.complete(shop, done)
    held = (await world.book(shop, starts_at=FRIDAY)).json()
    for booking, state in ((held, "held"), (cancelled, "cancelled"), (done, "completed")):
        for answer in (
            await by_client(world, booking, "2035-03-08T12:00:00Z"),
            await world.move(shop, booking, "2035-03-08T12:00:00Z"),
        ):
            assert refusal(answer) == (409, "appointment_not_open"), state
            assert answer.json()["state"] == state
    nobody = {"id": ids.show("apt", ids.new(world.clock.now()))}
    assert refusal(await world.move(shop, nobody, FRIDAY)) == (404, "appointment_unknown")


async def test_whoever_is_here_waits_for_a_chair_of_today_and_stays_checked_in(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking = await booked(world, shop, TODAY)
    path = f"/api/v2/bookings/{booking['id']}/check-in"
    (await world.http.post(path, headers=shop.headers)).raise_for_status()
    assert refusal(await world.move(shop, booking, FRIDAY)) == (409, "client_arrived")
    moved = (await world.move(shop, booking, "2035-03-05T15:45:00Z")).raise_for_status().json()
    assert moved["state"] == "arrived"
    assert refusal(await by_client(world, booking, FRIDAY)) == (409, "appointment_not_open")


async def test_a_hold_that_ran_out_is_not_in_the_way(world: World) -> None:
    shop = await world.open_shop(barbers=ALONE)
    booking = await booked(world, shop, THURSDAY)
    stale = (await world.book(shop, starts_at=FRIDAY, client=BEN)).json()
    assert refusal(await by_client(world, booking, FRIDAY)) == (409, "slot_not_offered")
    assert refusal(await world.move(shop, booking, FRIDAY)) == (409, "slot_taken")
    world.clock.advance(timedelta(minutes=11))  # and no worker looked meanwhile
    await world.control("POST", "clock", {"now": world.clock.now().timestamp()})
    assert (await by_client(world, booking, FRIDAY)).status_code == 200
    assert (await world.booking(shop, stale["id"]))["state"] == "expired"


async def test_a_move_asked_for_twice_under_one_key_is_made_once(world: World) -> None:
    shop = await world.open_shop()
    booking = await booked(world, shop, THURSDAY)
    once = await by_client(world, booking, FRIDAY, key="k")
    again = await by_client(world, booking, FRIDAY, key="k")
    assert (again.status_code, again.json()) == (200, once.json())
    assert refusal(await by_client(world, booking, TODAY, key="k")) == (
        422,
        "idempotency_key_reused",
    )
    [kept] = await world.query("select count(*) as moves from appointment_moves")
    assert kept["moves"] == 1
    unkeyed = await world.http.post(
        f"/api/v2/bookings/{booking['id']}/move", json={"starts_at": TODAY}, headers=shop.headers
    )
    assert refusal(unkeyed) == (400, "idempotency_key_missing")


async def test_who_saw_an_older_time_moves_nothing(world: World) -> None:
    shop = await world.open_shop()
    booking = await booked(world, shop, THURSDAY)
    await world.move(shop, booking, FRIDAY)
    late = await by_client(world, booking, TODAY, seen_at=THURSDAY)
    assert refusal(late) == (409, "moved_meanwhile")
    assert (await by_client(world, booking, TODAY, seen_at=FRIDAY)).status_code == 200


async def test_what_was_agreed_stays_whatever_the_shop_changed_since(
    world: World, databases: Databases
) -> None:
    shop = await world.open_shop(
        services=[
            ServicePlan("Skin fade", 45, Money(3200, currency("usd")), deposit=2500),
            ServicePlan("Hot towel shave", 30, Money(3200, currency("usd"))),
        ]
    )
    booking = await booked(world, shop, THURSDAY, pay="deposit")
    owner = await asyncpg.connect(databases.owner_url)
    await owner.execute(
        "update services set price = price * 2, duration_minutes = 90, buffer_minutes = 30,"
        " active = (name <> 'Skin fade')"
    )
    await owner.close()
    async with world.means.database.platform() as db:
        await shops.adopt_terms(
            db,
            shop_id=shop.id,
            version=2,
            text="Harsher.",
            free_cancel_hours=96,  # by which it would be too late
            late_refund_basis_points=0,
            now=world.clock.now(),
        )
    shown = (await world.http.get(f"{own(booking)}/move", params={"starts_at": FRIDAY})).json()
    assert (shown["terms_version"], shown["terms_in_force"]) == (1, 2)
    assert (shown["free"], shown["free_until"]) == (True, "2035-03-08T14:00:00Z")
    moved = (await by_client(world, booking, FRIDAY)).json()
    assert datetime.fromisoformat(moved["ends_at"]) - at(moved) == timedelta(minutes=45)
    assert (moved["price"]["amount"], moved["terms_version"]) == (3200, 1)


# --- at once --------------------------------------------------------------------------------------


@pytest.mark.proves("R0.6")
async def test_of_two_who_move_into_one_slot_one_has_it(world: World) -> None:
    shop = await world.open_shop(barbers=ALONE)
    first = await booked(world, shop, THURSDAY)
    second = await booked(world, shop, "2035-03-08T12:00:00Z", client=BEN)
    answers = await asyncio.gather(
        by_client(world, first, FRIDAY), world.move(shop, second, FRIDAY)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [lost] = [answer for answer in answers if answer.status_code == 409]
    assert lost.json()["code"] in ("slot_taken", "slot_not_offered")
    [row] = await world.query("select count(*) as there from appointments where starts_at = $1",
                              datetime.fromisoformat(FRIDAY))  # fmt: skip
    assert row["there"] == 1


async def test_two_who_move_it_to_one_place_move_it_once(
    world: World, databases: Databases
) -> None:
    shop = await world.open_shop(barbers=ALONE)
    booking = await booked(world, shop, THURSDAY)
    other = await asyncpg.connect(databases.platform_url)
    try:
        async with other.transaction():
            await other.execute("select from appointments for update")
            both = [asyncio.create_task(world.move(shop, booking, FRIDAY)) for _ in range(2)]
            await until_blocked(databases.platform_url, statements=2)
        answers = await asyncio.gather(*both)
    finally:
        await other.close()
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [lost] = [answer for answer in answers if answer.status_code == 409]
    assert refusal(lost) == (409, "move_changes_nothing")
    assert len(await world.query("select from appointment_moves")) == 1


async def test_two_who_change_places_are_told_and_stay_where_they_are(world: World) -> None:
    shop = await world.open_shop(barbers=ALONE)
    first = await booked(world, shop, THURSDAY)
    second = await booked(world, shop, FRIDAY, client=BEN)
    answers = await asyncio.gather(
        world.move(shop, first, FRIDAY), world.move(shop, second, THURSDAY)
    )
    assert [refusal(answer) for answer in answers] == [(409, "slot_taken")] * 2
    assert (await world.booking(shop, first["id"]))["starts_at"] == first["starts_at"]


async def test_of_a_move_a_cancellation_and_a_completion_at_once_none_sees_half_of_another(
    world: World,
) -> None:
    shop = await world.open_shop()
    for number in range(6):
        guest = {"name": "Amara", "email": f"amara{number}@example.com"}
        [first, *_] = await world.slots(shop)
        booking = await booked(world, shop, first["starts_at"], client=guest)
        await world.begin(booking)
        later = (world.clock.now() + timedelta(hours=1)).isoformat()
        moved, cancelled, completed = await asyncio.gather(
            world.move(shop, booking, later),
            world.cancel(shop, booking),
            world.http.post(f"/api/v2/bookings/{booking['id']}/complete", headers=shop.headers),
        )
        seen = await world.booking(shop, booking["id"])
        codes = (moved.status_code, cancelled.status_code, completed.status_code)
        assert seen["state"] in ("cancelled", "completed"), codes
        assert (cancelled.status_code == 200) is (seen["state"] == "cancelled"), codes
        assert (completed.status_code == 200) is (seen["state"] == "completed"), codes
        was = datetime.fromisoformat(booking["starts_at"])
        expected = datetime.fromisoformat(later) if moved.status_code == 200 else was
        assert at(seen) == expected
        for answer in (moved, cancelled, completed):
            if answer.status_code != 200:
                assert refusal(answer)[1] in ("appointment_not_open", "appointment_not_begun")
        await world.settle()


@pytest.mark.proves("R0.2")
@pytest.mark.parametrize("end", ["cancel", "no-show"])
async def test_a_client_whom_the_shop_moved_into_the_late_hours_loses_nothing(
    world: World, end: str
) -> None:
    shop = await world.open_shop()
    booking = await booked(world, shop, THURSDAY, pay="deposit")
    late = (world.clock.now() + timedelta(hours=2)).isoformat()
    moved = await world.http.post(
        f"/api/v2/bookings/{booking['id']}/move",
        json={"starts_at": late},
        headers={**shop.headers, "Idempotency-Key": "late"},
    )
    assert moved.status_code == 200, moved.text
    if end == "cancel":
        asked = await world.http.get(f"{own(booking)}/cancellation")
        assert (asked.json()["refund"]["amount"], asked.json()["kept"]["amount"]) == (800, 0)
        done = await world.http.post(f"{own(booking)}/cancel", json={})
    else:
        await world.advance(timedelta(hours=2, minutes=5))
        done = await world.http.post(
            f"/api/v2/bookings/{booking['id']}/no-show",
            json={},
            headers={**shop.headers, "Idempotency-Key": "missed"},
        )
    assert done.status_code == 200, done.text
    assert (done.json()["refund"]["amount"], done.json()["kept"]["amount"]) == (800, 0)
    await world.settle()


async def test_a_client_who_was_late_already_is_not_made_free_by_the_shops_move(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking = await booked(world, shop, TODAY, pay="deposit")
    later = (datetime.fromisoformat(TODAY) + timedelta(minutes=30)).isoformat()
    moved = await world.http.post(
        f"/api/v2/bookings/{booking['id']}/move",
        json={"starts_at": later},
        headers={**shop.headers, "Idempotency-Key": "later"},
    )
    assert moved.status_code == 200, moved.text
    asked = await world.http.get(f"{own(booking)}/cancellation")
    assert asked.json()["kept"]["amount"] == 800


async def test_whom_the_shop_surprised_may_move_free_and_then_the_terms_hold_again(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking = await booked(world, shop, THURSDAY, pay="deposit")
    path = f"/api/v2/bookings/{booking['id']}/move"
    shown = (await world.http.get(path, params={"starts_at": TODAY}, headers=shop.headers)).json()
    assert (shown["free"], shown["free_until"]) == (True, "2035-03-05T15:00:00Z")
    assert shown["late_fee"]["amount"] == 0
    assert (await world.move(shop, booking, TODAY)).status_code == 200
    assert "Move it" in (await world.http.get(f"/manage/{link_of(booking)}")).text
    shown = (await world.http.get(f"{own(booking)}/move", params={"starts_at": FRIDAY})).json()
    assert (shown["free"], shown["late_fee"]["amount"]) == (True, 800)
    assert (await by_client(world, booking, FRIDAY)).status_code == 200
    asked = (await world.http.get(f"{own(booking)}/cancellation")).json()
    assert asked["free_until"] == "2035-03-08T14:00:00Z", "they chose this time themselves"
    await world.settle()
