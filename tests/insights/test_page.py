"""The overview's page without a browser: who may see it, and what it says of odd addresses."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from bookedbarber.access.roles import Role
from bookedbarber.pages.live import EACH
from tests.world import World


@pytest.mark.proves("R1.6", "R5.4")
@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 200), (Role.MANAGER, 200), (Role.PLATFORM, 200), (Role.RECEPTIONIST, 403),
     (Role.BARBER, 403)],
)  # fmt: skip
async def test_who_runs_the_shop_sees_its_overview(world: World, role: Role, status: int) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    async with world.at_desk(await world.employ(shop, role)) as there:
        for address in ("overview", "overview?range=7d", "overview?range=nonsense"):
            answer = await there.get(f"/desk/{shop.slug}/{address}")
            assert answer.status_code == status, answer.text


@pytest.mark.proves("R5.4", "R1.6")
async def test_work_that_failed_for_good_is_for_the_house_alone_to_see(world: World) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    [job, *_] = await world.query(
        "update jobs set state = 'dead', finished_at = $1"
        " where job_id = (select job_id from jobs limit 1) returning kind",
        world.clock.now(),
    )
    world.dead_on_purpose.add(job["kind"])
    for role, sees in ((Role.PLATFORM, True), (Role.OWNER, False)):
        async with world.at_desk(await world.employ(shop, role)) as there:
            page = (await there.get(f"/desk/{shop.slug}/overview")).text
            assert ("1 job failed for good" in page) is sees


@pytest.mark.proves("R5.4")
async def test_a_stream_is_for_whoever_is_signed_in_and_keeps_nobody_so(world: World) -> None:
    shop = await world.open_shop()
    address = f"/desk/{shop.slug}/live"
    listening = {"Accept": "text/event-stream", "Sec-Fetch-Mode": "cors"}
    assert (await world.http.get(address, headers=listening)).status_code == 401
    async with world.at_desk(await world.employ(shop, Role.BARBER)) as there:
        for _ in range(3):
            await world.tick(timedelta(minutes=7))
            async with there.stream("GET", address, headers=listening) as stream:
                seen = stream.status_code
        assert seen == 401, "twenty minutes without doing anything, and still signed in"


@pytest.mark.proves("R5.4")
async def test_a_person_has_so_many_streams_and_no_more(world: World) -> None:
    shop = await world.open_shop()
    address = f"/desk/{shop.slug}/live"
    owner = await world.employ(shop, Role.OWNER)
    frames: list[AsyncIterator[str]] = []  # kept: whoever lets go of one closes it
    async with world.at_desk(owner) as there, AsyncExitStack() as opened:
        for _ in range(EACH):
            stream = await opened.enter_async_context(there.stream("GET", address))
            assert stream.status_code == 200
            frames.append(stream.aiter_text())
            assert (await anext(frames[-1])).startswith("event: changed")
        async with there.stream("GET", address) as one_more:
            assert one_more.status_code == 429
