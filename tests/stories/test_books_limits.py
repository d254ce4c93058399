"""How long a refund may be owed, and how much: what goes beyond is named; the books are open."""

from datetime import timedelta
from typing import Any

import pytest

from bookedbarber.reconciliation import books
from bookedbarber.reconciliation.books import Books
from tests.world import World


async def read(world: World) -> Books:
    return await books.read(world.means, now=world.clock.now())


@pytest.mark.proves("X1")
async def test_a_refund_owed_for_longer_than_a_month_keeps_the_books_open(world: World) -> None:
    shop = await world.open_shop()
    booked = (await world.book(shop)).json()
    await world.pay(booked, "pm_card_refundFail")
    await world.settle()
    [payment] = (await world.booking(shop, booked["id"]))["payments"]
    refund = (await world.refund(shop, payment, 1000)).json()
    await world.settle()
    await world.advance(timedelta(days=29))
    assert (await read(world)).close
    await world.advance(timedelta(days=2))
    found = await read(world)
    assert not found.close
    [fault] = found.faults
    assert fault.startswith(f"{refund['id']} is owed to a client since 2035-03-05")


@pytest.mark.proves("X1")
async def test_a_refund_that_went_out_beyond_what_was_owed_is_named(
    world: World, tamperer: Any
) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    refund = (await world.refund(shop, booking["payments"][0], 1000)).json()
    await world.settle()
    assert (await read(world)).close
    await tamperer.execute(
        "insert into entries select shop_id, gen_random_uuid(), kind, 'twice', effective_at,"
        " recorded_at from entries limit 1"
    )
    await tamperer.execute(
        "insert into postings select e.shop_id, e.entry_id, l.line, l.account, l.side, 1, 'usd',"
        " $1, null, l.item from entries e, (values (1, 'refunds_payable', 'debit', $2),"
        " (2, 'service_income', 'credit', 'made up')) as l (line, account, side, item)"
        " where happened = 'twice'",
        world.stripe_account,
        refund["id"],
    )
    found = await read(world)
    assert not found.unbalanced
    assert found.faults == (f"{refund['id']} was refunded beyond what was owed",)
    await tamperer.execute(
        "delete from postings p using entries e where e.entry_id = p.entry_id"
        " and happened = 'twice'"
    )
    await tamperer.execute("delete from entries where happened = 'twice'")
    assert (await read(world)).close
