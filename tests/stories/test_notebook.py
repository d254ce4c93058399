"""Worked examples, written as a bookkeeper writes them. Stripe's fee is read, never computed."""

import asyncio
from datetime import datetime, timedelta

import pytest

from tests import notebook
from tests.world import World

FIVE = {"amount": 500, "currency": "usd"}


@pytest.mark.proves("X1")
async def test_a_visit_paid_ahead_with_a_tip_becomes_income_tax_and_the_barbers_tip(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop, tip=FIVE)
    assert (await world.complete(shop, booking)).json()["state"] == "completed"
    [fee] = await notebook.fees(world)
    books = await notebook.in_the_books(world)
    assert books == notebook.by_hand(f"""
        payment_captured
            Dr awaiting_stripe   3700
            Cr client_deposits   3700
        balance_transaction
            Dr stripe_balance    {3700 - fee}
            Dr stripe_fees       {fee}
            Cr awaiting_stripe   3700
        visit_completed
            Dr client_deposits   3700
            Cr service_income    2667
            Cr tax_payable        533
            Cr tips_payable       500
    """)
    assert notebook.trial_balance(books) == {
        "service_income": -2667,
        "stripe_balance": 3700 - fee,
        "stripe_fees": fee,
        "tax_payable": -533,
        "tips_payable": -500,
    }


@pytest.mark.proves("X1")
async def test_a_deposit_leaves_the_rest_receivable_from_the_client(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop, pay="deposit")
    await world.complete(shop, booking)
    [fee] = await notebook.fees(world)
    books = await notebook.in_the_books(world)
    assert books == notebook.by_hand(f"""
        payment_captured
            Dr awaiting_stripe          800
            Cr client_deposits          800
        balance_transaction
            Dr stripe_balance           {800 - fee}
            Dr stripe_fees              {fee}
            Cr awaiting_stripe          800
        visit_completed
            Dr client_deposits          800
            Dr receivable_from_client  2400
            Cr service_income          2667
            Cr tax_payable              533
    """)
    assert notebook.trial_balance(books)["receivable_from_client"] == 2400


@pytest.mark.proves("X1")
async def test_a_late_cancellation_keeps_the_deposit_with_its_tax_and_returns_the_rest(
    world: World,
) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop, tip=FIVE)
    await world.cancel(shop, booking, cancelled_by="client")
    await world.settle()
    [fee] = await notebook.fees(world)
    books = await notebook.in_the_books(world)
    # Paid 32.00 and a tip of 5.00; 8.00 is kept, of which 1.33 is its share of the tax.
    assert books == notebook.by_hand(f"""
        payment_captured
            Dr awaiting_stripe            3700
            Cr client_deposits            3700
        balance_transaction
            Dr stripe_balance             {3700 - fee}
            Dr stripe_fees                {fee}
            Cr awaiting_stripe            3700
        cancelled_late
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
    assert notebook.trial_balance(books) == {
        "late_cancellation_income": -667,
        "stripe_balance": 800 - fee,
        "stripe_fees": fee,
        "tax_payable": -133,
    }


@pytest.mark.proves("X1", "X6")
async def test_a_refund_after_the_visit_comes_out_of_income_tax_and_tip_and_may_bounce(
    world: World,
) -> None:
    shop = await world.open_shop()
    answer = await world.book(shop, tip=FIVE)
    await world.pay(answer.json(), "pm_card_refundFail")
    await world.settle()
    booking = await world.booking(shop, answer.json()["id"])
    await world.complete(shop, booking)
    back = await world.refund(shop, booking["payments"][0], 1850)
    assert back.json()["state"] == "succeeded"
    await world.settle()
    [fee] = await notebook.fees(world)
    books = await notebook.in_the_books(world)
    # Half of 37.00, in its proportions; the bank sends it back, and it is owed again.
    assert books == notebook.by_hand(f"""
        payment_captured
            Dr awaiting_stripe   3700
            Cr client_deposits   3700
        balance_transaction
            Dr stripe_balance    {3700 - fee}
            Dr stripe_fees       {fee}
            Cr awaiting_stripe   3700
        visit_completed
            Dr client_deposits   3700
            Cr service_income    2667
            Cr tax_payable        533
            Cr tips_payable       500
        refund_promised
            Dr service_income    1334
            Dr tax_payable        266
            Dr tips_payable       250
            Cr refunds_payable   1850
        balance_transaction
            Dr refunds_payable   1850
            Cr stripe_balance    1850
        balance_transaction
            Dr stripe_balance    1850
            Cr refunds_payable   1850
    """)
    assert notebook.trial_balance(books)["refunds_payable"] == -1850
    assert (await world.booking(shop, booking["id"]))["refunds"][0]["state"] == "failed"


async def test_completing_twice_or_twice_at_once_books_it_once(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    await world.begin(booking)
    answers = await asyncio.gather(*(world.complete(shop, booking) for _ in range(4)))
    assert [a.status_code for a in answers] == [200] * 4
    assert (await world.complete(shop, booking)).json()["state"] == "completed"
    kinds = [kind for kind, _ in await notebook.in_the_books(world)]
    assert kinds.count("visit_completed") == 1
    acts = await world.query("select act from audit_events where act = 'appointment.completed'")
    assert len(acts) == 1


@pytest.mark.proves("R0.2")
async def test_a_visit_is_completed_from_its_first_moment_and_not_before(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    url = f"/api/v2/bookings/{booking['id']}/complete"
    starts_at = datetime.fromisoformat(booking["starts_at"])
    await world.advance(starts_at - timedelta(microseconds=1) - world.clock.now())
    before = await world.tally()
    early = await world.http.post(url, headers=shop.headers)
    assert (early.status_code, early.json()["code"]) == (409, "appointment_not_begun")
    assert datetime.fromisoformat(early.json()["starts_at"]) == starts_at
    assert await world.tally() == before
    await world.tick(timedelta(microseconds=1))
    assert (await world.http.post(url, headers=shop.headers)).json()["state"] == "completed"


async def test_only_a_confirmed_visit_is_completed(world: World) -> None:
    shop = await world.open_shop()
    held = (await world.book(shop)).json()
    refused = await world.complete(shop, held)
    assert (refused.status_code, refused.json()["code"]) == (409, "appointment_not_open")
    await world.cancel(shop, held)
    assert (await world.complete(shop, held)).json()["code"] == "appointment_not_open"
    assert not await notebook.in_the_books(world)
