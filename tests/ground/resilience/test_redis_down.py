"""Redis gone is no site gone: every door stays open, counts for itself, and says so once."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx2 as httpx
import pytest

from bookedbarber import ids, links
from bookedbarber.cli.web import assemble
from bookedbarber.pages.context import MANAGE, House
from bookedbarber.pages.render import Site
from bookedbarber.pages.security import Stripe
from bookedbarber.resilience.breaker import Breakers, State
from bookedbarber.resilience.limiter import Limiter, RateLimited, Rule, limiter_for
from tests.ground.resilience.conftest import SERVERS
from tests.servers import Wire, free_socket, serving, url_of
from tests.world import PUBLISHABLE_KEY, World

THREE = Rule("three", limit=3, period=60, burst=3)


class Hand:
    """A clock moved by hand, in seconds."""

    at = 1_775_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
async def wire(start_redis: Callable[[str], str]) -> AsyncIterator[Wire]:
    """A wire to a Redis, to be cut."""
    wire = Wire(start_redis(SERVERS["bundled"]).removeprefix("unix://"))
    await wire.join()
    yield wire
    await wire.cut()


@asynccontextmanager
async def counting(wire: Wire, hand: Hand) -> AsyncIterator[tuple[Limiter, Breakers]]:
    breakers = Breakers(hand)
    url = f"redis://127.0.0.1:{wire.port}"
    async with limiter_for(url, hand, breakers=breakers) as limiter:
        yield limiter, breakers


@pytest.mark.proves("R8.2")
async def test_every_door_stays_open_without_redis(
    world: World, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    link = links.sign(world.means.link_key, MANAGE, shop.id, ids.parse("apt", booking["id"]))
    site = Site(stripe=Stripe.sandbox(world.sandbox_url, world.sandbox_url), test_mode=True)
    door = free_socket()
    async with counting(wire, Hand()) as (limiter, _):
        house = House(replace(world.context, limiter=limiter), site, PUBLISHABLE_KEY)
        async with (
            serving(assemble(house, []), door),
            httpx.AsyncClient(base_url=url_of(door), headers=shop.headers) as http,
        ):
            doors = (
                "/api/v2/shops/fade",
                "/b/fade",
                f"/api/v2/bookings/{booking['id']}",
                f"/api/v2/own/{link}",
                f"/receipt/{link}",
                f"/manage/{link}",
            )
            for change in (None, wire.cut, wire.join):
                if change is not None:
                    await change()
                for path in doors:
                    assert (await http.get(path)).status_code == 200, (path, change)
                wish = await world.wish(shop)
                booked = await http.post(f"/api/v2/shops/{shop.slug}/bookings", json=wish)
                assert booked.status_code == 201, booked.text
    said = [line for line in caplog.messages if "limiter." in line]
    assert ["degraded" in line for line in said] == [True, False]


async def test_limits_hold_without_redis_as_well(wire: Wire) -> None:
    async with counting(wire, Hand()) as (limiter, _):
        await limiter.take(THREE, "k")
        await wire.cut()
        for _ in range(3):
            await limiter.take(THREE, "k")
        with pytest.raises(RateLimited):
            await limiter.take(THREE, "k")


async def test_a_redis_that_is_gone_is_left_alone_for_a_while(wire: Wire) -> None:
    hand = Hand()
    async with counting(wire, hand) as (limiter, breakers):
        await wire.cut()
        for number in range(25):
            await limiter.take(THREE, f"k{number}")
        breaker = breakers.of("redis", "limits")
        assert breaker.report().state is State.OPEN
        await wire.join()
        hand.at += 120
        for number in range(5):
            await limiter.take(THREE, f"k{number}")
        assert breaker.report().state is State.CLOSED
