"""The inbox: what is not ours or not known, what cannot be handled, and who waits for whom."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from bookedbarber import ids
from bookedbarber.reconciliation import books
from bookedbarber.webhooks import queries as events
from tests.conftest import Databases
from tests.webhooks.letters import inbox, letter, post
from tests.world import World, living


async def handled(world: World) -> dict[str, str]:
    await world.worker.drain()
    return {row["type"]: row["state"] for row in await inbox(world)}


@pytest.mark.proves("R1.2")
async def test_types_nobody_acts_on_are_done(world: World) -> None:
    kinds = ["customer.created", "balance.available", "v9.never.heard.of", "x"]
    for kind in kinds:
        assert (await post(world, letter(world, kind))).status_code == 200
    assert set((await handled(world)).values()) == {"done"}


@pytest.mark.proves("R1.2")
@pytest.mark.parametrize(
    "data",
    [None, [], 7, {}, {"object": None}, {"object": "pi_1"}, {"object": {"id": None}},
     {"object": {"id": ["pi_1"]}}],
    ids=repr,
)  # fmt: skip
async def test_an_event_about_nothing_does_not_stop_the_others(world: World, data: Any) -> None:
    shop = await world.open_shop()
    await world.hold_deliveries()
    booking = (await world.book(shop)).json()
    await world.pay(booking)
    odd = letter(world, "payment_intent.succeeded", data=data)
    assert (await post(world, odd)).status_code == 200
    await world.hold_deliveries(held=False)
    await world.settle()
    assert (await world.booking(shop, booking["id"]))["state"] == "confirmed"
    assert {row["state"] for row in await inbox(world)} == {"done"}


@pytest.mark.proves("R1.2")
async def test_another_systems_objects_on_the_same_account_are_left_alone(world: World) -> None:
    shop = await world.open_shop()
    before = await world.tally()
    strangers: list[dict[str, str]] = [
        {},
        {"shop": "fade", "payment": "17"},
        {"shop": ids.show("shp", shop.id), "payment": ids.show("pay", shop.id)},
        {"shop": ids.show("shp", shop.id)},
    ]
    for metadata in strangers:
        made = await world.stripe.v1.payment_intents.create_async(
            {"amount": 900, "currency": "usd", "metadata": metadata}
        )
        await world.stripe.v1.payment_intents.cancel_async(made.id)
    await world.settle()
    assert {row["state"] for row in await inbox(world)} == {"done"}
    after = await world.tally()
    assert after.pop("webhook_events") == 2 * len(strangers)
    before.pop("webhook_events")
    assert after == before


@pytest.mark.proves("R1.2")
async def test_an_event_that_cannot_be_handled_is_tried_with_pauses_then_buried_and_blocks_nobody(
    world: World,
) -> None:
    shop = await world.open_shop()
    unknown = {"object": {"id": "pi_0nobody", "object": "payment_intent"}}
    await post(world, letter(world, "payment_intent.succeeded", data=unknown))
    tries = []
    for _ in range(40):
        await world.worker.drain()
        [poison] = [row for row in await inbox(world) if row["object_id"] == "pi_0nobody"]
        tries.append((poison["attempts"], poison["run_at"]))
        if poison["state"] == "dead":
            break
        assert "resource_missing" in poison["failure"] or "No such" in poison["failure"]
        world.clock.set(poison["run_at"])
    pauses = [(b[1] - a[1]).total_seconds() for a, b in itertools.pairwise(tries[:-1])]
    assert pauses[:4] == [4, 8, 16, 32]
    assert max(pauses) == 1800
    assert pauses == sorted(pauses)
    assert (poison["state"], poison["attempts"]) == ("dead", 25)
    # Meanwhile, and after, others are served.
    await world.advance(timedelta(seconds=1))
    await world.paid_booking(shop)
    # An operator may have it tried again once its cause is mended.
    async with world.means.database.platform() as db:
        names = [poison["event_id"]]
        account = poison["stripe_account"]
        now = world.clock.now()
        assert await events.revive(db, stripe_account=account, event_ids=names, now=now) == 1
    await world.worker.drain()
    [poison] = [row for row in await inbox(world) if row["object_id"] == "pi_0nobody"]
    assert (poison["state"], poison["attempts"]) == ("ready", 1)
    async with world.means.database.platform() as db:
        await events.finish(db, stripe_account=account, event_ids=names, now=now)


@pytest.mark.proves("R1.2", "X1")
async def test_money_that_is_not_what_was_asked_for_waits_for_a_person(
    databases: Databases,
) -> None:
    """Somebody made an intent in our payment's name at Stripe, over another amount."""
    async with living(databases.app_url, databases.platform_url) as world:
        shop = await world.open_shop()
        booking = (await world.book(shop)).json()
        metadata = {"shop": ids.show("shp", shop.id), "payment": booking["payments"][0]["id"]}
        other = await world.stripe.v1.payment_intents.create_async(
            {"amount": 50, "currency": "usd", "metadata": metadata}
        )
        await world.stripe.v1.payment_intents.confirm_async(
            other.id, {"payment_method": "pm_card_visa", "return_url": "https://example.com"}
        )
        await world.advance(timedelta(seconds=10))
        assert (await world.booking(shop, booking["id"]))["state"] == "held"
        waiting = [row for row in await inbox(world) if row["failure"]]
        assert waiting
        assert all("SettlementMismatch" in row["failure"] for row in waiting)
        # Nothing of it is in our books, and they say that they do not close.
        assert not await world.query("select * from entries")
        found = await books.read(world.means, now=world.clock.now())
        assert [moved.type for moved in found.unbooked] == ["charge"]
        assert not found.close
        with pytest.raises(AssertionError):
            await world.prove()
