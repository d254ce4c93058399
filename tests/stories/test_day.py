"""The desk's day through the API: who is here, who did not come, and who walked in."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from bookedbarber import ids
from bookedbarber.reconciliation import books
from bookedbarber.shops.opening import BarberPlan
from tests import notebook
from tests.settings.owner import Owner
from tests.world import WEEKDAYS, World

FIVE = {"amount": 500, "currency": "usd"}
MINUTE = timedelta(minutes=1)


def usd(minor: int) -> dict[str, Any]:
    return {"amount": minor, "currency": "usd"}


async def acts(world: World) -> list[str]:
    """What the trail says of appointments and refunds, sorted."""
    rows = await world.query("select act from audit_events where act ~ '^(appointment|refund)'")
    return sorted(row["act"] for row in rows)


async def at_start(world: World, booking: dict[str, Any], after: timedelta = timedelta()) -> None:
    starts_at = datetime.fromisoformat(booking["starts_at"])
    await world.advance(starts_at + after - world.clock.now())


@pytest.mark.proves("R0.2")
async def test_a_client_is_checked_in_once_and_it_can_be_taken_back(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    for _ in range(2):
        seen = await world.desk(shop, "POST", f"bookings/{booking['id']}/check-in")
        assert seen.json()["state"] == "arrived", seen.text
        assert datetime.fromisoformat(seen.json()["arrived_at"]) == world.clock.now()
    for _ in range(2):
        seen = await world.desk(shop, "POST", f"bookings/{booking['id']}/undo-check-in")
        assert (seen.json()["state"], seen.json()["arrived_at"]) == ("confirmed", None)
    assert await acts(world) == [
        "appointment.arrival_undone", "appointment.arrived", "appointment.held",
    ]  # fmt: skip
    [who] = await world.query("select actor from audit_events where act = 'appointment.arrived'")
    assert who["actor"] == shop.actor


@pytest.mark.proves("R0.2")
async def test_who_is_here_early_is_served_early_and_the_time_stays_taken(world: World) -> None:
    shop = await world.open_shop(barbers=[BarberPlan("Marco", WEEKDAYS)])
    booking = await world.paid_booking(shop, tip=FIVE)
    assert datetime.fromisoformat(booking["starts_at"]) > world.clock.now()
    early = await world.desk(shop, "POST", f"bookings/{booking['id']}/complete")
    assert (early.status_code, early.json()["code"]) == (409, "appointment_not_begun")
    await world.desk(shop, "POST", f"bookings/{booking['id']}/check-in")
    assert booking["starts_at"] not in [s["starts_at"] for s in await world.slots(shop)]
    taken = await world.book(shop, starts_at=booking["starts_at"])
    assert taken.json()["code"] in ("slot_not_offered", "slot_taken")
    walked = await world.walk_in(shop, starts_at=booking["starts_at"])
    assert walked.json()["code"] == "slot_taken"
    # And what was paid is still the client's, so the books close.
    await world.settle()
    assert (await books.read(world.means, now=world.clock.now())).faults == ()
    done = await world.desk(shop, "POST", f"bookings/{booking['id']}/complete")
    assert done.json()["state"] == "completed", done.text
    assert done.json()["arrived_at"] is not None
    undo = await world.desk(shop, "POST", f"bookings/{booking['id']}/undo-check-in")
    assert (undo.status_code, undo.json()["code"]) == (409, "appointment_not_open")


async def test_nobody_is_checked_in_for_another_day(world: World) -> None:
    shop = await world.open_shop()
    day = (world.clock.now() + timedelta(days=1)).date().isoformat()
    service = shop.service("Skin fade")["id"]
    there = f"/api/v2/shops/{shop.slug}/availability?service={service}&day={day}"
    starts_at = (await world.http.get(there)).json()["slots"][0]["starts_at"]
    booking = await world.paid_booking(shop, starts_at=starts_at)
    url = f"bookings/{booking['id']}/check-in"
    refused = await world.desk(shop, "POST", url)
    assert (refused.status_code, refused.json()["code"]) == (409, "check_in_too_early")
    midnight = datetime.fromisoformat(f"{day}T00:00:00+00:00")
    world.clock.set(midnight)
    assert (await world.desk(shop, "POST", url)).json()["state"] == "arrived"


@pytest.mark.proves("R0.2")
async def test_who_was_checked_in_cancels_as_before(world: World) -> None:
    shop = await world.open_shop()
    for who, kept in (("client", 800), ("shop", 0)):
        booking = await world.paid_booking(shop, pay="deposit")
        await world.desk(shop, "POST", f"bookings/{booking['id']}/check-in")
        done = await world.cancel(shop, booking, cancelled_by=who)
        assert done.json()["kept"] == usd(kept)


@pytest.mark.proves("R0.2", "X1")
async def test_a_no_show_keeps_the_deposit_with_its_tax_and_returns_the_rest_and_the_tip(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop, tip=FIVE)
    url = f"bookings/{booking['id']}/no-show"
    await at_start(world, booking)
    shown = (await world.desk(shop, "GET", url)).json()
    assert (shown["refund"], shown["kept"]) == (usd(2900), usd(800))
    done = await world.desk(shop, "POST", url, "once", expected_refund=usd(2900))
    again = await world.desk(shop, "POST", url, "once", expected_refund=usd(2900))
    assert done.json() == again.json() == shown
    await world.settle()
    seen = await world.booking(shop, booking["id"])
    assert seen["state"] == "no_show"
    [back] = seen["refunds"]
    assert (back["state"], back["amount"], back["tip"], back["reason"]) == (
        "succeeded", usd(2900), usd(500), "no_show",
    )  # fmt: skip
    [fee] = await notebook.fees(world)
    # Paid 32.00 and a tip of 5.00; 8.00 is kept, of which 1.33 is its share of the tax.
    assert await notebook.in_the_books(world) == notebook.by_hand(f"""
        payment_captured
            Dr awaiting_stripe            3700
            Cr client_deposits            3700
        balance_transaction
            Dr stripe_balance             {3700 - fee}
            Dr stripe_fees                {fee}
            Cr awaiting_stripe            3700
        no_show
            Dr client_deposits             800
            Cr late_cancellation_income    667
            Cr tax_payable                 133
        refund_promised
            Dr client_deposits            2900
            Cr refunds_payable            2900
        balance_transaction
            Dr refunds_payable            2900
            Cr stripe_balance             2900
    """)
    charges = [c for c in await world.rows("charge") if c["paid"]]
    assert len(charges) == 1, "a no-show is never charged"


@pytest.mark.proves("R0.2")
@pytest.mark.parametrize("share_back", [0, 3333, 10_000])
@pytest.mark.parametrize("pay", ["deposit", "full"])
async def test_a_no_show_keeps_what_a_late_cancellation_would(
    world: World, pay: str, share_back: int
) -> None:
    shop = await world.open_shop(late_refund_basis_points=share_back)
    booking = await world.paid_booking(shop, pay=pay, tip=FIVE)
    await at_start(world, booking, -timedelta(seconds=1))
    late = await world.desk(shop, "GET", f"bookings/{booking['id']}/cancellation")
    await at_start(world, booking)
    missed = await world.desk(shop, "GET", f"bookings/{booking['id']}/no-show")
    client = late.json()["client"]
    assert missed.json() == {"refund": client["refund"], "kept": client["kept"]}


@pytest.mark.proves("R0.2")
async def test_a_no_show_keeps_by_the_policy_that_was_agreed_to(world: World) -> None:
    """Booked when the whole deposit went back late; the shop has thought again since."""
    shop = await world.open_shop(late_refund_basis_points=10_000)
    booking = await world.paid_booking(shop, pay="deposit")
    await Owner(world, shop).change("policy", late_refund_basis_points=0)
    await at_start(world, booking)
    shown = await world.desk(shop, "GET", f"bookings/{booking['id']}/no-show")
    assert shown.json() == {"refund": usd(800), "kept": usd(0)}


@pytest.mark.proves("R0.2")
async def test_a_no_show_is_only_of_a_visit_that_has_begun_and_of_a_client_who_is_not_here(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    url = f"bookings/{booking['id']}/no-show"
    for method in ("GET", "POST"):
        early = await world.desk(shop, method, url)
        assert (early.status_code, early.json()["code"]) == (409, "appointment_not_begun")
    await at_start(world, booking)
    await world.desk(shop, "POST", f"bookings/{booking['id']}/check-in")
    here = await world.desk(shop, "POST", url)
    assert (here.status_code, here.json()["code"]) == (409, "client_arrived")
    await world.desk(shop, "POST", f"bookings/{booking['id']}/undo-check-in")
    changed = await world.desk(shop, "POST", url, expected_refund=usd(1))
    assert (changed.json()["code"], changed.json()["refund"]) == ("refund_changed", usd(2400))
    assert (await world.desk(shop, "POST", url)).is_success
    # It cannot be undone: not by coming after all, nor by anything else.
    for path in ("check-in", "undo-check-in", "complete", "no-show"):
        late = await world.desk(shop, "POST", f"bookings/{booking['id']}/{path}")
        assert (late.status_code, late.json()["code"]) == (409, "appointment_not_open"), path
    assert (await world.cancel(shop, booking)).json()["code"] == "appointment_not_open"


@pytest.mark.proves("R0.2", "R1.6")
async def test_two_who_note_a_no_show_at_once_give_back_once(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    await at_start(world, booking)
    url = f"bookings/{booking['id']}/no-show"
    answers = await asyncio.gather(
        *(world.desk(shop, "POST", url) for _ in range(2)),
        *(world.desk(shop, "POST", url, "same") for _ in range(2)),
    )
    assert [a.status_code for a in answers if a.status_code != 409]
    await world.settle()
    assert [r["amount"] for r in await world.rows("refund")] == [2400]


async def test_what_was_kept_of_a_no_show_can_be_given_back_and_leaves_the_fee_account(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop, pay="deposit")
    await at_start(world, booking)
    await world.desk(shop, "POST", f"bookings/{booking['id']}/no-show")
    back = await world.refund(shop, booking["payments"][0], 800, reason="goodwill")
    assert back.json()["amount"] == usd(800)
    await world.settle()
    totals = notebook.trial_balance(await notebook.in_the_books(world))
    assert not {"late_cancellation_income", "tax_payable", "client_deposits"} & set(totals)


@pytest.mark.proves("R0.2")
async def test_a_client_who_did_not_come_is_told_what_is_kept(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop, pay="deposit")
    await at_start(world, booking)
    await world.desk(shop, "POST", f"bookings/{booking['id']}/no-show")
    await world.settle()
    page = await world.http.get("/outbox", follow_redirects=True)
    assert "Missed: Skin fade" in page.text
    [kind] = await world.query("select kind from messages where kind = 'tell_missed'")
    assert kind


@pytest.mark.proves("R0.2", "X1")
async def test_somebody_walks_in_is_served_and_owes_the_price(world: World) -> None:
    shop = await world.open_shop()
    made = await world.walk_in(shop)
    assert made.status_code == 201, made.text
    visit = made.json()
    assert (visit["state"], visit["walk_in"], visit["guest"]) == ("arrived", True, "Walter Inn")
    assert (visit["total"], visit["payments"]) == (usd(3200), [])
    assert datetime.fromisoformat(visit["starts_at"]) == world.clock.now()
    done = await world.desk(shop, "POST", f"bookings/{visit['id']}/complete")
    assert done.json()["state"] == "completed"
    await world.settle()
    assert await notebook.in_the_books(world) == notebook.by_hand("""
        visit_completed
            Dr receivable_from_client  3200
            Cr service_income          2667
            Cr tax_payable              533
    """)
    [posted] = await world.query("select distinct stripe_account from postings")
    assert posted["stripe_account"] == world.stripe_account
    # No address, no letter; and nothing died for want of one.
    assert await world.query("select from messages") == []
    assert await acts(world) == ["appointment.completed", "appointment.walked_in"]


async def test_a_walk_in_that_was_sent_twice_is_seated_once(world: World) -> None:
    shop = await world.open_shop()
    first, *others = await asyncio.gather(*(world.walk_in(shop, key="once") for _ in range(3)))
    assert first.status_code == 201
    assert {a.json()["id"] for a in others} == {first.json()["id"]}
    other = await world.walk_in(shop, key="once", name="Somebody Else")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.proves("R0.6")
async def test_a_walk_in_overlaps_no_visit_but_may_run_into_a_buffer(world: World) -> None:
    """Marco's towel shave is 30 minutes at 10:00, and 15 minutes of its buffer are his own."""
    shop = await world.open_shop(barbers=[BarberPlan("Marco", WEEKDAYS)])
    booked = await world.paid_booking(
        shop, service="Hot towel shave", starts_at="2035-03-05T10:00:00+00:00"
    )
    at = "2035-03-05T{}:00+00:00".format
    for begins in (at("09:16"), at("10:00"), at("10:29")):
        taken = await world.walk_in(shop, starts_at=begins)
        assert (taken.status_code, taken.json()["code"]) == (409, "slot_taken"), begins
    before = await world.walk_in(shop, starts_at=at("09:15"))
    after = await world.walk_in(shop, starts_at=at("10:30"))
    assert (before.status_code, after.status_code) == (201, 201), after.text
    assert before.json()["state"] == after.json()["state"] == "confirmed"
    seen = await world.booking(shop, booked["id"])
    assert (seen["starts_at"], seen["ends_at"]) == (booked["starts_at"], booked["ends_at"])
    # And nobody is offered the time of either on the public page.
    offered = [s["local_time"] for s in await world.slots(shop)]
    assert not {"09:15", "09:30", "10:00", "10:30", "11:00"} & set(offered)
    assert "11:15" in offered


@pytest.mark.proves("R0.6")
async def test_a_walk_in_and_a_client_online_never_win_one_slot(world: World) -> None:
    shop = await world.open_shop(barbers=[BarberPlan("Marco", WEEKDAYS)])
    at = "2035-03-05T12:00:00+00:00"
    online, walked = await asyncio.gather(
        world.book(shop, starts_at=at), world.walk_in(shop, starts_at=at)
    )
    assert sorted((online.status_code, walked.status_code)) == [201, 409]
    # A hold that ran out is in nobody's way.
    later = "2035-03-05T14:00:00+00:00"
    assert (await world.book(shop, starts_at=later)).status_code == 201
    await world.tick(timedelta(minutes=11))
    assert (await world.walk_in(shop, starts_at=later)).status_code == 201


async def test_walk_ins_are_of_today_with_a_name_a_service_and_a_barber_who_gives_it(
    world: World,
) -> None:
    shop = await world.open_shop(
        barbers=[
            BarberPlan("Marco", WEEKDAYS),
            BarberPlan("Elif", WEEKDAYS, services=["Skin fade"]),
        ]
    )
    elif_ = next(b["id"] for b in shop.menu["barbers"] if b["name"] == "Elif")
    now = world.clock.now()
    for given, code in (
        ({"starts_at": (now + timedelta(days=1)).isoformat()}, "walk_in_not_today"),
        ({"starts_at": (now - 31 * MINUTE).isoformat()}, "walk_in_not_today"),
        ({"starts_at": "2035-03-05T10:00:00"}, "slot_not_offered"),
        ({"name": " \t"}, "name_missing"),
        ({"email": "nowhere"}, "email_invalid"),
        ({"barber": ids.show("bar", shop.id)}, "barber_unknown"),
        ({"barber": elif_, "service": "Hot towel shave"}, "barber_unknown"),
    ):
        refused = await world.walk_in(shop, **given)
        assert refused.json()["code"] == code, refused.text
    marco = shop.menu["barbers"][0]["id"]
    nothing = {"barber": marco, "service": ids.show("svc", shop.id), "name": "Walter"}
    refused = await world.desk(shop, "POST", "walk-ins", **nothing)
    assert refused.json()["code"] == "service_unknown"
    assert await world.query("select from appointments") == []
    begun = await world.walk_in(shop, starts_at=(now - 30 * MINUTE).isoformat())
    assert begun.json()["state"] == "arrived"


@pytest.mark.proves("R0.2")
async def test_a_walk_in_who_leaves_an_address_is_the_client_of_that_address(world: World) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    visit = (await world.walk_in(shop, email="AMARA@example.com")).json()
    rows = await world.query("select distinct client_id from appointments")
    assert len(rows) == 1
    await world.settle()
    about = ids.parse("apt", visit["id"])
    written = await world.query("select kind from messages where appointment_id = $1", about)
    assert [row["kind"] for row in written] == ["tell_confirmed"]


@pytest.mark.proves("R0.2")
async def test_a_walk_in_who_leaves_again_is_cancelled_or_missed_and_nothing_moves(
    world: World,
) -> None:
    shop = await world.open_shop()
    gone = (await world.walk_in(shop)).json()
    assert (await world.cancel(shop, gone)).json()["refund"] == usd(0)
    later = (await world.walk_in(shop, starts_at=world.clock.now().isoformat())).json()
    await world.desk(shop, "POST", f"bookings/{later['id']}/undo-check-in")
    missed = await world.desk(shop, "POST", f"bookings/{later['id']}/no-show")
    assert missed.json() == {"refund": usd(0), "kept": usd(0)}
    assert await world.query("select from postings") == []


@pytest.mark.proves("R0.2")
async def test_the_time_of_who_did_not_come_is_free_for_a_walk_in(world: World) -> None:
    shop = await world.open_shop(barbers=[BarberPlan("Marco", WEEKDAYS)])
    booking = await world.paid_booking(shop)
    await at_start(world, booking, 10 * MINUTE)
    now = world.clock.now().isoformat()
    assert (await world.walk_in(shop, starts_at=now)).json()["code"] == "slot_taken"
    await world.desk(shop, "POST", f"bookings/{booking['id']}/no-show")
    assert (await world.walk_in(shop, starts_at=now)).status_code == 201


@pytest.mark.proves("R0.2")
async def test_a_walk_in_waits_for_the_first_gap_that_is_long_enough(world: World) -> None:
    shop = await world.open_shop(barbers=[BarberPlan("Marco", WEEKDAYS)])
    at = "2035-03-05T{}:00+00:00".format
    for begins in (at("09:00"), at("10:15")):
        await world.paid_booking(shop, starts_at=begins)
    await world.advance(datetime.fromisoformat(at("09:30")) - world.clock.now())
    # 09:45 to 10:15 is long enough for a shave, and not for a fade.
    shave, fade = [await world.walk_in(shop, s) for s in ("Hot towel shave", "Skin fade")]
    assert [datetime.fromisoformat(v.json()["starts_at"]) for v in (shave, fade)] == [
        datetime.fromisoformat(at("09:45")), datetime.fromisoformat(at("11:00")),
    ]  # fmt: skip
    assert shave.json()["state"] == "confirmed"


@pytest.mark.proves("R0.2")
async def test_the_day_is_listed_by_barber(world: World) -> None:
    shop = await world.open_shop()
    marco, elif_ = (b["id"] for b in shop.menu["barbers"])
    mine = (await world.walk_in(shop, barber=marco)).json()
    theirs = (await world.walk_in(shop, barber=elif_)).json()
    for barber, visit in ((marco, mine), (elif_, theirs)):
        day = (await world.desk(shop, "GET", f"bookings?barber={barber}")).json()["data"]
        assert [(one["id"], one["barber_id"]) for one in day] == [(visit["id"], barber)]


async def test_another_shops_key_reaches_no_visit_of_the_day(world: World) -> None:
    shop, stranger = await world.open_shop(), await world.open_shop("blend")
    booking = await world.paid_booking(shop)
    await at_start(world, booking)
    for path in ("check-in", "undo-check-in", "no-show"):
        answer = await world.desk(stranger, "POST", f"bookings/{booking['id']}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "appointment_unknown"), path
    barber = shop.menu["barbers"][0]["id"]
    answer = await world.walk_in(stranger, barber=barber)
    assert answer.json()["code"] == "barber_unknown"
