"""How often one may ask: each address of the storefront, each key of the desk."""

from datetime import timedelta

import pytest

from bookedbarber.api import keys
from bookedbarber.api.context import READS, WRITES
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
