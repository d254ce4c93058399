"""How often one may ask: each address of the storefront, each key of the desk."""

from datetime import timedelta

import pytest

from bookedbarber.api import keys
from bookedbarber.api.context import READS, WRITES, network
from bookedbarber.resilience.limiter import RateLimited, Rule
from tests.world import World


@pytest.mark.proves("R1.6")
async def test_an_address_that_reads_without_end_is_told_when_to_come_back(world: World) -> None:
    shop = await world.open_shop()
    path = f"/api/v2/shops/{shop.slug}/services"
    await world.advance(timedelta(minutes=1))  # what opening the shop took is whole again
    answers = [await world.http.get(path) for _ in range(READS.burst)]
    assert {answer.status_code for answer in answers} == {200}
    refused = await world.http.get(path)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert int(refused.headers["Retry-After"]) >= 1
    world.clock.advance(timedelta(seconds=int(refused.headers["Retry-After"])))
    assert (await world.http.get(path)).status_code == 200


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
        ("018f3a2e-7c1d-7000-8000-000000000001", "018f3a2e-7c1d-7000-8000-000000000001"),
    ],
)
def test_neighbours_in_a_network_count_as_one_address(address: str, counted: str) -> None:
    assert network(address) == counted


async def test_one_household_has_one_allowance_however_many_addresses_it_takes(
    world: World,
) -> None:
    limiter, rule = world.context.limiter, Rule("narrow", limit=1, period=60, burst=2)
    for host in range(2):
        await limiter.take(rule, f"2001:db8::{host}")
    with pytest.raises(RateLimited):
        await limiter.take(rule, "2001:db8::7")
    await limiter.take(rule, "2001:db8:0:1::7")


@pytest.mark.proves("R1.6")
async def test_a_key_that_asks_without_end_is_stopped_and_another_is_not(world: World) -> None:
    shop = await world.open_shop()
    async with world.means.database.platform() as db:
        other = await keys.create(db, shop_id=shop.id, name="other", now=world.clock.now())
    answers = [
        await world.http.get("/api/v2/payments", headers=shop.headers) for _ in range(WRITES.burst)
    ]
    assert {answer.status_code for answer in answers} == {200}
    refused = await world.http.get("/api/v2/payments", headers=shop.headers)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert int(refused.headers["Retry-After"]) >= 1
    calm = await world.http.get("/api/v2/payments", headers={"Authorization": f"Bearer {other}"})
    assert calm.status_code == 200
    world.clock.advance(timedelta(minutes=1))
    assert (await world.http.get("/api/v2/payments", headers=shop.headers)).status_code == 200
