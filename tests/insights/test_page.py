"""The overview's page without a browser: who may see it, and what it says of odd addresses."""

import html
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from bookedbarber import ids
from bookedbarber.access.roles import Role
from bookedbarber.pages.live import EACH
from tests.insights.test_overview import overview
from tests.world import World

ROW = re.compile(r'<li id="[^"]+" class="(?:warn|bad)">')


@pytest.mark.proves("R1.6", "R5.4")
@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 200), (Role.MANAGER, 200), (Role.ADMIN, 200), (Role.RECEPTIONIST, 403),
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
        " where job_id = (select job_id from jobs limit 1) returning kind, job_id",
        world.clock.now(),
    )
    world.dead_on_purpose.add(job["kind"])
    command = f"bookedbarber replay {ids.show('job', job['job_id'])}"
    for role, sees in ((Role.ADMIN, True), (Role.OWNER, False)):
        async with world.at_desk(await world.employ(shop, role)) as there:
            for path in ("overview", "attention"):
                page = (await there.get(f"/desk/{shop.slug}/{path}")).text
                assert ("1 job failed for good" in page) is sees
                assert (command in page) is sees, "what to do about it"


@pytest.mark.proves("R5.4")
async def test_what_does_not_fit_on_the_overview_stands_on_a_page_of_its_own(
    world: World,
) -> None:
    shop = await world.open_shop()
    await world.control("POST", "settings", {"balance_transaction_delay": 70 * 60})
    for number in range(13):
        await world.paid_booking(shop, client={"name": "N", "email": f"n{number}@example.com"})
    await world.advance(timedelta(minutes=61))
    async with world.at_desk(await world.employ(shop, Role.MANAGER)) as there:
        first = (await there.get(f"/desk/{shop.slug}/overview")).text
        assert len(ROW.findall(first)) == 12
        assert "13 open" in first
        [href] = re.findall(r'<a class="btn" href="([^"]+)">Show all 13</a>', first)
        every = (await there.get(href)).text
        assert len(ROW.findall(every)) == 13
        verbs = re.findall(
            rf'<a class="btn small" href="(/desk/{shop.slug}/payments/pay_\w+)">', every
        )
        assert len(set(verbs)) == 13, "one verb for each"
        assert (await there.get(verbs[-1])).status_code == 200
    await world.advance(timedelta(minutes=20))


@pytest.mark.proves("R1.6", "R5.4")
@pytest.mark.parametrize(("role", "status"), [(Role.OWNER, 200), (Role.RECEPTIONIST, 403)])
async def test_who_sees_the_overview_sees_what_needs_attention(
    world: World, role: Role, status: int
) -> None:
    shop = await world.open_shop()
    async with world.at_desk(await world.employ(shop, role)) as there:
        answer = await there.get(f"/desk/{shop.slug}/attention")
        assert answer.status_code == status
        assert ("Nothing needs you" in answer.text) is (status == 200)


@pytest.mark.proves("R5.4")
async def test_the_page_defines_each_figure_in_the_words_of_the_api(world: World) -> None:
    shop = await world.open_shop()
    booked = await world.paid_booking(shop)
    payment = booked["payments"][0]["id"]
    seen = await overview(world, shop)
    broken = await world.http.get(f"/api/v2/payments/{payment}/breakdown", headers=shop.headers)
    told = {
        "overview": {*_definitions(seen)},
        f"payments/{payment}": {
            text
            for name, text in broken.json()["definitions"].items()
            if name not in ("amount", "collected", "returned", "refunds")  # not shown of this one
        },
    }
    async with world.at_desk(await world.employ(shop, Role.OWNER)) as there:
        for path, words in told.items():
            page = html.unescape((await there.get(f"/desk/{shop.slug}/{path}")).text)
            assert words, path
            assert {text for text in words if text not in page} == set(), path


def _definitions(seen: object) -> Iterator[str]:
    """Every definition within an answer."""
    if isinstance(seen, dict):
        for name, value in seen.items():
            if name.endswith("definition"):
                yield value
            yield from _definitions(value)


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
