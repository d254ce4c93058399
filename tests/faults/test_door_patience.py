"""How long somebody at a door waits for a Stripe that takes its time."""

import asyncio
from datetime import timedelta
from typing import Final

import pytest

from bookedbarber import api
from bookedbarber.api.context import Context
from bookedbarber.checkout.means import AT_A_DOOR, means_of
from bookedbarber.config import Settings, load
from tests.conftest import Databases
from tests.faults.house import Joint, Unlimited, joining, listening_on, sandbox
from tests.patience import until
from tests.servers import serving
from tests.world import SECRET_KEY

CREATES: Final = ("POST", "/v1/payment_intents")
SLACK: Final = 4.0  # seconds, for the SDK's own pause and a busy machine


def settings(joint: Joint) -> Settings:
    """The settings of a web process that knows this sandbox."""
    return load(
        {},
        database_app_url=joint.app_url,
        database_platform_url=joint.platform_url,
        stripe_api_base=joint.sandbox_url,
        stripe_api_key=SECRET_KEY,
        master_key="A" * 43 + "=",
    )


@pytest.mark.proves("R8.1")
@pytest.mark.parametrize(
    ("kind", "waits"),
    [
        ("slow", 1),  # asked again, Stripe says at once that it is still at the first
        ("timeout_before", 2),
    ],
)
async def test_whoever_books_while_stripe_is_silent_hears_from_us_after_two_short_waits_at_most(
    databases: Databases, kind: str, waits: int
) -> None:
    """Then the booking is there, its payment pending, and the job goes on."""
    clock = asyncio.get_running_loop().time
    async with (
        sandbox(databases.app_url, databases.platform_url) as joint,
        joining(joint, serve=False) as world,
        means_of(settings(joint), connections=2, patience=AT_A_DOOR) as means,
    ):
        context = Context(means=means, clock=world.clock, limiter=Unlimited(), demo=True)
        door = api.build(context, webhook_secrets=[joint.webhook_secret])
        async with serving(door, listening_on(joint.site_port)):
            shop = await world.open_shop()
            await world.fault(*CREATES, kind, seconds=9, times=9)
            began, asked = clock(), joint.asked.count(CREATES)
            answer = await world.book(shop)
            waited = clock() - began
            assert answer.status_code == 201
            assert answer.json()["payments"][0]["state"] == "pending"
            assert joint.asked.count(CREATES) - asked == AT_A_DOOR.again + 1
            assert waits * AT_A_DOOR.seconds <= waited < waits * AT_A_DOOR.seconds + SLACK
            await world.control("DELETE", "faults")

            async def prepared() -> bool:
                """Stripe may still be at the request that nobody waits for any more."""
                await world.advance(timedelta(seconds=30))
                seen = await world.booking(shop, answer.json()["id"])
                return bool(seen["payments"][0]["state"] == "open")

            await until(prepared)
