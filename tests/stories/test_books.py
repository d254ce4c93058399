"""`bookedbarber books`: the books close after a day, and every planted fault is named."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from bookedbarber.reconciliation import books
from bookedbarber.reconciliation.books import Books
from tests.conftest import Databases
from tests.world import World, living


async def read(world: World) -> Books:
    return await books.read(world.means, now=world.clock.now())


@pytest.mark.proves("X1")
async def test_after_a_day_the_books_close_and_every_way_of_counting_agrees(world: World) -> None:
    fade = await world.open_shop("fade", currency="gbp")
    tokyo = await world.open_shop("tokyo", currency="jpy")
    nothing = await read(world)
    assert nothing.close
    for shop in (fade, tokyo):
        kept, returned, late = [await world.paid_booking(shop) for _ in range(3)]
        await world.complete(shop, kept)
        await world.refund(shop, returned["payments"][0])
        await world.cancel(shop, late, cancelled_by="client")
    await world.settle()
    found = await read(world)
    assert found.close, found.faults
    assert {c.posted.currency.code for c in found.comparisons} >= {"gbp", "jpy"}
    for comparison in found.comparisons:
        assert comparison.posted == comparison.booked == comparison.listed == comparison.stated
    moved = [c.posted.minor for c in found.comparisons if c.posted.minor]
    assert len(moved) == 2
    debits, credits_ = Counter[str](), Counter[str]()
    for line in found.trial_balance:
        debits[line.currency] += line.debits
        credits_[line.currency] += line.credits
    assert debits == credits_


@pytest.mark.proves("X1")
async def test_money_that_stripe_moved_and_nobody_booked_is_named(databases: Databases) -> None:
    async with living(databases.app_url, databases.platform_url) as world:
        shop = await world.open_shop()
        await world.paid_booking(shop)
        # Somebody refunds in Stripe's own dashboard; we are told, and know no such refund of ours.
        [charge] = await world.rows("charge")
        await world.stripe.v1.refunds.create_async({"charge": charge["id"], "amount": 100})
        found = await read(world)
        assert not found.close
        [unbooked] = found.unbooked
        assert (unbooked.type, unbooked.net.minor) == ("refund", -100)
        assert any(unbooked.id in fault for fault in found.faults)


@pytest.mark.proves("X1")
async def test_a_sum_that_was_tampered_with_is_named(world: World, tamperer: Any) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    assert (await read(world)).close
    line = "account = 'stripe_balance' and side = 'debit'"
    await tamperer.execute(f"update postings set amount = amount + 7 where {line}")  # noqa: S608 # ours
    found = await read(world)
    assert not found.close
    assert [entry.difference for entry in found.unbalanced] == [7]
    [off] = [c for c in found.comparisons if not c.agrees]
    assert off.posted.minor == off.booked.minor + 7
    assert any(str(found.unbalanced[0].entry_id) in fault for fault in found.faults)
    await tamperer.execute(f"update postings set amount = amount - 7 where {line}")  # noqa: S608 # ours
    assert (await read(world)).close


@pytest.mark.proves("X1")
async def test_an_entry_made_up_by_hand_is_named_though_it_balances(
    world: World, tamperer: Any
) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    await tamperer.execute(
        "insert into entries select shop_id, gen_random_uuid(), kind, 'made up', effective_at,"
        " recorded_at from entries limit 1"
    )
    await tamperer.execute(
        "insert into postings select e.shop_id, e.entry_id, l.line, l.account, l.side, 900, 'usd',"
        " $1, null, 'x' from entries e, (values (1, 'stripe_balance', 'debit'),"
        " (2, 'service_income', 'credit')) as l (line, account, side) where happened = 'made up'",
        world.stripe_account,
    )
    found = await read(world)
    assert not found.close
    assert not found.unbalanced
    [off] = [c for c in found.comparisons if not c.agrees]
    assert off.posted.minor == off.stated.minor + 900
    await tamperer.execute("delete from postings where item = 'x'")
    await tamperer.execute("delete from entries where happened = 'made up'")


@pytest.mark.proves("X1")
async def test_a_movement_that_was_forgotten_is_named(world: World, tamperer: Any) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    [moved] = await world.rows("balance_transaction")
    await tamperer.execute("create temp table kept as select * from balance_transactions")
    await tamperer.execute("delete from balance_transactions")
    found = await read(world)
    assert [t.id for t in found.unbooked] == [moved["id"]]
    assert any(f"{moved['id']} (charge" in fault for fault in found.faults)
    await tamperer.execute("insert into balance_transactions select * from kept")


@pytest.mark.proves("X1")
async def test_money_that_awaits_stripe_is_shown_and_after_two_hours_is_a_fault(
    world: World,
) -> None:
    shop = await world.open_shop()
    await world.control("POST", "settings", {"balance_transaction_delay": 3 * 3600})
    booking = (await world.book(shop)).json()
    await world.pay(booking)
    await world.advance(timedelta(seconds=30))
    young = await read(world)
    assert [item.debit_balance for item in young.awaiting] == [3200]
    assert young.close, young.faults
    await world.advance(timedelta(hours=2))
    old = await read(world)
    assert not old.close
    [charge] = await world.rows("charge")
    assert any(fault.startswith(f"{charge['id']} awaits Stripe") for fault in old.faults)
    await world.advance(timedelta(hours=1))
    await world.settle()
    assert (await read(world)).close


@pytest.mark.proves("X1")
async def test_refunds_that_are_owed_are_shown_and_do_not_keep_the_books_open(
    world: World,
) -> None:
    shop = await world.open_shop()
    answer = await world.book(shop)
    await world.pay(answer.json(), "pm_card_refundFail")
    await world.settle()
    [payment] = (await world.booking(shop, answer.json()["id"]))["payments"]
    refund = (await world.refund(shop, payment, 1000)).json()
    await world.settle()
    found = await read(world)
    assert [(i.item, i.debit_balance) for i in found.refunds_owed] == [(refund["id"], -1000)]


@pytest.mark.proves("X1")
async def test_a_deposit_of_a_visit_that_is_over_is_named(world: World, tamperer: Any) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    assert (await read(world)).close
    await tamperer.execute("update appointments set state = 'expired'")
    found = await read(world)
    assert f"{booking['id']} keeps a deposit and is not to come" in found.faults
    await tamperer.execute("update appointments set state = 'confirmed'")


@pytest.mark.proves("X1")
async def test_an_item_that_stands_on_the_wrong_side_is_named(world: World, tamperer: Any) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    swapped = "update postings set account = $2 where account = $1"
    await tamperer.execute(swapped, "client_deposits", "receivable_from_client")
    found = await read(world)
    wrong = f"{booking['id']} stands on the wrong side of receivable_from_client"
    assert found.faults == (wrong,)
    await tamperer.execute(swapped, "receivable_from_client", "client_deposits")


@pytest.mark.proves("X1")
async def test_what_nobody_explains_for_a_week_is_a_fault(databases: Databases) -> None:
    async with living(databases.app_url, databases.platform_url) as world:
        shop = await world.open_shop(free_cancel_hours=0)
        booking = await world.paid_booking(shop)
        # Most of it was given back by hand, and before we hear of it all of it is promised here.
        await world.hold_deliveries()
        [charge] = await world.rows("charge")
        await world.stripe.v1.refunds.create_async({"charge": charge["id"], "amount": 3000})
        await world.cancel(shop, booking)
        await world.arrive()
        await world.hold_deliveries(held=False)
        await world.advance(timedelta(minutes=1))
        young = await read(world)
        assert [item.debit_balance for item in young.suspense] == [3000]
        [refused] = (await world.booking(shop, booking["id"]))["refunds"]
        assert (refused["state"], refused["amount"]["amount"]) == ("failed", 3200)
        assert not [fault for fault in young.faults if "suspense" in fault]
        await world.advance(timedelta(days=8))
        [fault] = [fault for fault in (await read(world)).faults if "suspense" in fault]
        assert fault.startswith(young.suspense[0].item)
