"""A client or the shop cancels: what goes back and what is kept, to the cent."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.world import Shop, World

FIVE = {"amount": 500, "currency": "usd"}


def usd(minor: int) -> dict[str, Any]:
    return {"amount": minor, "currency": "usd"}


async def in_two_days(world: World, shop: Shop, **changes: Any) -> dict[str, Any]:
    """A paid booking two days ahead, at the first time of that day."""
    day = (world.clock.now() + timedelta(days=2)).date().isoformat()
    answer = await world.http.get(
        f"/api/v2/shops/{shop.slug}/availability",
        params={"service": shop.service("Skin fade")["id"], "day": day},
    )
    starts_at = answer.json()["slots"][0]["starts_at"]
    return await world.paid_booking(shop, starts_at=starts_at, **changes)


async def offered(world: World, shop: Shop, booking: dict[str, Any]) -> Any:
    """What the desk is shown before cancelling."""
    url = f"/api/v2/bookings/{booking['id']}/cancellation"
    return (await world.http.get(url, headers=shop.headers)).raise_for_status().json()


def own(booking: dict[str, Any]) -> str:
    return str(booking["manage_url"]).rsplit("/", 1)[1]


async def test_in_time_everything_goes_back(world: World) -> None:
    shop = await world.open_shop()
    booking = await in_two_days(world, shop, tip=FIVE)
    shown = (await offered(world, shop, booking))["client"]
    assert (shown["free"], shown["refund"], shown["kept"]) == (True, usd(3700), usd(0))
    done = await world.cancel(shop, booking, cancelled_by="client", expected_refund=usd(3700))
    assert done.json() == shown
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert seen["state"] == "cancelled"
    assert [(r["state"], r["amount"]) for r in seen["refunds"]] == [("succeeded", usd(3700))]


@pytest.mark.parametrize(
    ("pay", "back", "share_back", "kept"),
    [
        ("deposit", 500, 0, 800),  # the deposit is kept, the tip goes back
        ("full", 2900, 0, 800),  # the rest of a full payment goes back as well
        ("deposit", 500 + 267, 3333, 533),  # a third goes back; the broken cent is the client's
        ("full", 2900 + 800, 10_000, 0),
    ],
)
async def test_late_the_deposit_is_kept_by_the_shops_policy(
    world: World, pay: str, back: int, share_back: int, kept: int
) -> None:
    shop = await world.open_shop(late_refund_basis_points=share_back)
    booking = await world.paid_booking(shop, pay=pay, tip=FIVE)
    done = (await world.cancel(shop, booking, cancelled_by="client")).json()
    assert done["free"] is False
    assert (done["refund"]["amount"], done["kept"]["amount"]) == (back, kept)
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    [returned] = seen["refunds"]
    assert returned["amount"]["amount"] == back
    assert returned["tip"]["amount"] == 500


async def test_the_deadline_itself_is_in_time_and_the_moment_after_is_late(world: World) -> None:
    shop = await world.open_shop()
    booking = await in_two_days(world, shop)
    deadline = datetime.fromisoformat(booking["starts_at"]) - timedelta(hours=24)
    await world.advance(deadline - world.clock.now())
    at_it = (await offered(world, shop, booking))["client"]
    assert (at_it["free"], at_it["refund"]) == (True, usd(3200))
    world.clock.advance(timedelta(microseconds=1))
    after = (await offered(world, shop, booking))["client"]
    assert (after["free"], after["refund"], after["kept"]) == (False, usd(2400), usd(800))
    # Whoever agreed to the first sum is asked again, and nothing has happened.
    before = await world.tally()
    refused = await world.cancel(shop, booking, cancelled_by="client", expected_refund=usd(3200))
    assert (refused.status_code, refused.json()["code"]) == (409, "refund_changed")
    assert refused.json()["refund"] == usd(2400)
    assert await world.tally() == before


async def test_once_it_has_begun_it_is_too_late_for_the_client(world: World) -> None:
    shop = await world.open_shop()
    booked = (await world.book(shop)).json()
    await world.pay(booked)
    await world.settle()
    starts_at = datetime.fromisoformat(booked["starts_at"])
    world.clock.set(starts_at - timedelta(microseconds=1))
    link = f"/api/v2/own/{own(booked)}"
    assert (await world.http.get(f"{link}/cancellation")).json()["kept"] == usd(800)
    assert (await offered(world, shop, booked))["client"]["kept"] == usd(800)
    world.clock.set(starts_at)
    assert (await offered(world, shop, booked))["client"] is None
    for answer in (
        await world.http.get(f"{link}/cancellation"),
        await world.http.post(f"{link}/cancel", json={}),
        await world.cancel(shop, booked, cancelled_by="client"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "too_late_to_cancel")


@pytest.mark.proves("R0.2", "X1")
@pytest.mark.parametrize(
    "since", [timedelta(hours=-1), timedelta(hours=5)], ids=["late", "after it began"]
)
async def test_a_shop_that_cannot_keep_the_appointment_gives_everything_back(
    world: World, since: timedelta
) -> None:
    """The barber is ill: the terms bind the client who agreed to them, never the shop."""
    shop = await world.open_shop()
    booking = await world.paid_booking(shop, pay="deposit", tip=FIVE)
    await world.advance(datetime.fromisoformat(booking["starts_at"]) + since - world.clock.now())
    shown = (await offered(world, shop, booking))["shop"]
    assert (shown["free"], shown["refund"], shown["kept"]) == (True, usd(1300), usd(0))
    done = await world.cancel(shop, booking, expected_refund=usd(1300))
    assert done.json() == shown
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert (seen["state"], seen["cancelled_by"]) == ("cancelled", "shop")
    [back] = seen["refunds"]
    assert (back["state"], back["amount"], back["reason"]) == (
        "succeeded", usd(1300), "cancelled_by_shop",
    )  # fmt: skip
    [act] = await world.query(
        "select actor, facts from audit_events where act = 'appointment.cancelled'"
    )
    assert (act["actor"], act["facts"]["by"]) == (shop.actor, "shop")


@pytest.mark.proves("R0.2")
async def test_a_completed_visit_is_cancelled_by_nobody(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    (await world.complete(shop, booking)).raise_for_status()
    for who in ("client", "shop"):
        answer = await world.cancel(shop, booking, key=who, cancelled_by=who)
        assert (answer.status_code, answer.json()["code"]) == (409, "appointment_not_open")


async def test_the_desk_cancels_for_a_client_who_telephones_as_the_clients_link_would(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    shown = await offered(world, shop, booking)
    assert (shown["client"]["kept"], shown["shop"]["kept"]) == (usd(800), usd(0))
    done = await world.cancel(shop, booking, cancelled_by="client")
    assert done.json() == shown["client"]
    seen = await world.booking(shop, booking["id"])
    assert (seen["cancelled_by"], seen["refunds"][0]["reason"]) == (
        "client", "requested_by_customer",
    )  # fmt: skip


async def test_a_clients_link_cannot_cancel_on_the_shops_account(world: World) -> None:
    shop = await world.open_shop()
    booked = (await world.book(shop)).json()
    await world.pay(booked)
    await world.settle()
    link = f"/api/v2/own/{own(booked)}/cancel"
    refused = await world.http.post(link, json={"cancelled_by": "shop"})
    assert (refused.status_code, refused.json()["code"]) == (422, "request_invalid")
    done = (await world.http.post(link, json={})).json()
    assert (done["cancelled_by"], done["kept"]) == ("client", usd(800))


@pytest.mark.proves("R1.6")
async def test_cancelling_twice_gives_back_once(world: World) -> None:
    shop = await world.open_shop()
    booking = await in_two_days(world, shop)
    at_once = await asyncio.gather(*(world.cancel(shop, booking, key="same") for _ in range(4)))
    assert [a.status_code for a in at_once] == [200] * 4, [a.text for a in at_once]
    assert len({a.text for a in at_once}) == 1
    again = await world.cancel(shop, booking, key="another")
    assert (again.status_code, again.json()["code"]) == (409, "appointment_not_open")
    await world.settle()
    assert [row["amount"] for row in await world.rows("refund")] == [3200]


async def test_two_who_cancel_at_once_under_their_own_keys_give_back_once(world: World) -> None:
    shop = await world.open_shop()
    booking = await in_two_days(world, shop)
    answers = await asyncio.gather(*(world.cancel(shop, booking, key=f"k{n}") for n in range(4)))
    assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]
    await world.settle()
    assert len(await world.rows("refund")) == 1


async def test_a_client_cancels_by_the_link_they_were_given_and_only_their_own(
    world: World,
) -> None:
    shop = await world.open_shop()
    first, second = [(await world.book(shop)).json() for _ in range(2)]
    for booking in (first, second):
        await world.pay(booking)
    await world.settle()
    seen = await world.http.get(f"/api/v2/own/{own(first)}")
    assert seen.json()["id"] == first["id"]
    # Two clients may well choose the same key: each cancels their own visit.
    for booking in (first, second):
        done = await world.http.post(
            f"/api/v2/own/{own(booking)}/cancel", json={}, headers={"Idempotency-Key": "cancel"}
        )
        assert done.status_code == 200, done.text
    await world.settle()
    for booking in (first, second):
        assert (await world.booking(shop, booking["id"]))["state"] == "cancelled"
    forged = own(first)[:-4] + "AAAA"
    for url in (f"/api/v2/own/{forged}", f"/api/v2/own/{first['id']}"):
        answer = await world.http.get(url)
        assert (answer.status_code, answer.json()["code"]) == (404, "link_invalid")
    pay_link = str(first["pay_url"]).rsplit("/", 1)[1]
    assert (await world.http.get(f"/api/v2/own/{pay_link}")).status_code == 404


async def test_another_shops_key_finds_nothing(world: World) -> None:
    shop, stranger = await world.open_shop("fade"), await world.open_shop("blend")
    booking = await world.paid_booking(shop)
    payment = booking["payments"][0]
    before = await world.tally()
    apart = f"/api/v2/bookings/{booking['id']}"
    for method, url in [
        ("GET", apart),
        ("GET", f"{apart}/cancellation"),
        ("POST", f"{apart}/cancel"),
        ("POST", f"{apart}/complete"),
        ("GET", f"/api/v2/payments/{payment['id']}"),
        ("POST", f"/api/v2/payments/{payment['id']}/refunds"),
    ]:
        answer = await world.http.request(
            method,
            url,
            json={} if method == "POST" else None,
            headers={**stranger.headers, "Idempotency-Key": "theirs"},
        )
        assert answer.status_code == 404, f"{method} {url}: {answer.text}"
        assert answer.json()["code"] in ("appointment_unknown", "payment_unknown")
    listed = await world.http.get("/api/v2/payments", headers=stranger.headers)
    assert listed.json()["data"] == []
    assert await world.tally() == before
