"""A shop sells in a currency that its Stripe account does not keep: Stripe converts, both ways."""

import pytest

from bookedbarber.reconciliation import books
from tests import notebook
from tests.world import World


@pytest.mark.proves("X1")
async def test_what_stripe_converts_is_booked_in_both_currencies(world: World) -> None:
    await world.control("POST", "settings", {"settlement": {"eur": ["usd", 1.1]}})
    shop = await world.open_shop(currency="eur")
    booking = await world.paid_booking(shop)
    [fee] = await notebook.fees(world)
    await world.refund(shop, booking["payments"][0], 1000)
    await world.settle()
    entries = await notebook.in_the_books(world)
    assert entries == notebook.by_hand(f"""
        payment_captured
            Dr awaiting_stripe     3200
            Cr client_deposits     3200
        balance_transaction
            Dr stripe_balance      {3520 - fee}
            Dr stripe_fees         {fee}
            Cr currency_exchange   3520
        currency_exchanged
            Dr currency_exchange   3200
            Cr awaiting_stripe     3200
        refund_promised
            Dr client_deposits     1000
            Cr refunds_payable     1000
        balance_transaction
            Dr currency_exchange   1100
            Cr stripe_balance      1100
        currency_exchanged
            Dr refunds_payable     1000
            Cr currency_exchange   1000
    """)
    found = await books.read(world.means, now=world.clock.now())
    assert found.close, found.faults
    balances = {c.posted.currency.code: c.posted.minor for c in found.comparisons}
    assert balances == {"eur": 0, "usd": 2420 - fee} or balances == {"usd": 2420 - fee}


@pytest.mark.proves("X1")
async def test_a_converted_refund_that_bounces_is_owed_in_the_currency_it_was_paid_in(
    world: World,
) -> None:
    await world.control("POST", "settings", {"settlement": {"jpy": ["usd", 0.67]}})
    shop = await world.open_shop(currency="jpy", price=3200)
    booking = (await world.book(shop)).json()
    await world.pay(booking, "pm_card_refundFail")
    await world.settle()
    [payment] = (await world.booking(shop, booking["id"]))["payments"]
    await world.refund(shop, payment, 1000)
    await world.settle()
    owed = await world.query(
        "select currency, sum(case side when 'credit' then amount else -amount end) as owed"
        " from postings where account = 'refunds_payable' group by currency"
    )
    assert [(row["currency"], row["owed"]) for row in owed] == [("jpy", 1000)]
