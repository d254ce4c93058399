"""What tests of letters ask of the world: visits in every state, and the letters they caused."""

from datetime import timedelta
from typing import Any

import asyncpg

from bookedbarber import ids
from bookedbarber.checkout import receipt
from bookedbarber.checkout.receipt import Receipt
from bookedbarber.messages import outbox
from bookedbarber.messages.outbox import Content, Message
from bookedbarber.shops.opening import BarberPlan
from tests.conftest import Databases
from tests.world import WEEKDAYS, Shop, World

ALONE = [BarberPlan("Marco", WEEKDAYS)]


async def read(world: World, shop: Shop, booking: dict[str, Any]) -> Receipt:
    """The receipt of a booking, now."""
    return await receipt.load(
        world.means,
        shop_id=shop.id,
        appointment_id=ids.parse("apt", booking["id"]),
        now=world.clock.now(),
    )


async def ask(world: World, shop: Shop, path: str, body: Any = None) -> dict[str, Any]:
    """What a shop's own system asks for, under a key of its own."""
    headers = {**shop.headers, "Idempotency-Key": f"k-{path}"}
    answer = await world.http.post(f"/api/v2/{path}", json=body or {}, headers=headers)
    return dict(answer.raise_for_status().json())


def in_two_days(world: World) -> dict[str, str]:
    """A time more than a day ahead, so that cancelling is still free."""
    return {"starts_at": (world.clock.now() + timedelta(hours=49)).isoformat()}


async def lost_slot(world: World, shop: Shop) -> dict[str, Any]:
    """A booking whose hold ran out and whose slot went to another, and that was paid then."""
    first = (await world.book(shop)).json()
    world.clock.advance(timedelta(minutes=11))  # and no worker looks meanwhile
    await world.control("POST", "clock", {"now": world.clock.now().timestamp()})
    other = {"name": "Ben", "email": "ben@example.com"}
    second = await world.book(shop, starts_at=first["starts_at"], client=other)
    assert second.status_code == 201, second.text
    await world.pay(first)
    await world.settle()
    return dict(first)


async def messages(world: World, booking: dict[str, Any]) -> list[Message]:
    """What was written about a booking, oldest first."""
    async with world.means.database.platform() as db:
        known = await db.fetchval(
            "select shop_id from appointments where appointment_id = $1",
            ids.parse("apt", booking["id"]),
        )
        return await outbox.of_appointment(
            db, world.means.vault, shop_id=known, appointment_id=ids.parse("apt", booking["id"])
        )


async def letter(world: World, booking: dict[str, Any]) -> Content:
    """The last letter about a booking, opened."""
    content = (await messages(world, booking))[-1].content
    assert content is not None
    return content


async def forget_everybody(databases: Databases) -> None:
    """Destroy every person's key, as a privacy request does to one."""
    owner = await asyncpg.connect(databases.owner_url)
    try:
        assert await owner.execute("delete from data_keys") != "DELETE 0"
    finally:
        await owner.close()
