"""Word of what changed: after the commit, once for many, and found out where it was lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.database import Database
from bookedbarber.database.changes import CHANNEL
from bookedbarber.database.pools import Ear
from bookedbarber.pages.live import ALIVE, CHANGED, EACH, OVER, Hub, Page, Rhythm, TooManyStreams
from tests.conftest import Databases
from tests.world import Shop, World

QUICK = Rhythm(look=0.3, again=0.1, between=0.2, beat=0.2, standing=60)


@pytest.fixture
async def shop(world: World) -> Shop:
    return await world.open_shop()


async def heard(ear: Ear, seconds: float = 0.5) -> set[str]:
    """What an ear hears within a while."""
    await asyncio.sleep(seconds)
    return await ear.listen() if ear.woken.is_set() else set()


async def news(page: Page) -> None:
    """Wait until a page has something to look for."""
    async with asyncio.timeout(20):
        await page.news.wait()


async def note(world: World, shop: Shop, then: type[Exception] | None = None) -> None:
    """Change something, and then perhaps fail."""
    now = world.clock.now()
    async with world.means.database.tenant(shop.id) as db:
        await trail.record(
            db, shop_id=shop.id, actor="test", act="test.noted", object="x", facts={}, now=now
        )
        if then is not None:
            raise then


@pytest.mark.proves("R5.4")
async def test_what_was_committed_is_told_to_whoever_listens(world: World, shop: Shop) -> None:
    other = await world.open_shop("blend")
    await heard_nothing_more(world)
    async with world.means.database.listener(CHANNEL) as ear:
        await world.paid_booking(shop)
        assert await heard(ear) == {str(shop.id)}
        await world.paid_booking(other)
        assert await heard(ear) == {str(other.id)}


async def heard_nothing_more(world: World) -> None:
    """Wait until word of everything so far is out."""
    async with world.means.database.listener(CHANNEL) as ear:
        while await heard(ear):
            continue


async def test_what_was_rolled_back_is_told_to_nobody(world: World, shop: Shop) -> None:
    await heard_nothing_more(world)
    async with world.means.database.listener(CHANNEL) as ear:
        with pytest.raises(ZeroDivisionError):
            await note(world, shop, then=ZeroDivisionError)
        assert await heard(ear) == set()


async def test_a_hundred_changes_are_told_a_few_times(world: World, shop: Shop) -> None:
    said = 0
    async with world.means.database.listener(CHANNEL) as ear:

        async def count() -> None:
            nonlocal said
            while True:
                await ear.listen()
                said += 1

        counting = asyncio.create_task(count())
        for _ in range(100):
            await note(world, shop)
        await asyncio.sleep(0.5)
        counting.cancel()
    assert 1 <= said <= 20


async def test_closing_tells_what_is_left(world: World, shop: Shop, databases: Databases) -> None:
    """A command that ends at once is heard of as well."""
    async with world.means.database.listener(CHANNEL) as ear:
        await heard(ear)
        short = await Database.open(databases.app_url, databases.platform_url, size=1)
        for _ in range(2):
            async with short.tenant(shop.id) as db:
                await trail.record(
                    db, shop_id=shop.id, actor="test", act="test.noted", object="x", facts={},
                    now=world.clock.now(),
                )  # fmt: skip
            await asyncio.sleep(0.05)
        await short.close()
        assert await heard(ear, 0.1) == {str(shop.id)}


# --- pages ------------------------------------------------------------------------------------


@asynccontextmanager
async def following(hub: Hub, shop: Shop, who: str = "staff:a") -> AsyncIterator[Page]:
    async with hub.open(shop.id, who=who) as page:
        await asyncio.sleep(0.3)  # its ear is open by now
        page.news.clear()
        yield page


async def test_a_page_hears_of_its_own_shop_alone(world: World, shop: Shop) -> None:
    other = await world.open_shop("blend")
    await heard_nothing_more(world)
    hub = Hub(world.means.database, replace(QUICK, look=60))
    async with following(hub, shop) as mine, following(hub, other) as theirs:
        await note(world, shop)
        await news(mine)
        assert not theirs.news.is_set()


async def test_what_nobody_told_of_is_found_by_looking(world: World, shop: Shop) -> None:
    """A process that dies between its commit and its word leaves the pages behind for a while."""
    hub = Hub(world.means.database, QUICK)
    async with following(hub, shop) as page:
        await asyncio.sleep(0.5)
        page.news.clear()
        async with world.means.database.tenant(shop.id) as db:
            await db.execute(
                "insert into audit_events values ($1, $2, $3, 'test', 'test.silent', 'x', '{}')",
                shop.id, ids.new(world.clock.now()), world.clock.now(),
            )  # fmt: skip
        await news(page)


@pytest.mark.proves("R4.1")
async def test_a_page_hears_again_after_its_connection_was_cut(world: World, shop: Shop) -> None:
    hub = Hub(world.means.database, replace(QUICK, look=60))
    async with following(hub, shop) as page:
        await world.query(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and query ilike 'listen%'"
        )
        await news(page)  # it may have missed something
        await asyncio.sleep(0.5)
        page.news.clear()
        await note(world, shop)
        await news(page)


async def test_nobody_listens_when_there_is_no_page(world: World, shop: Shop) -> None:
    hub = Hub(world.means.database, QUICK)
    ears = "select 1 from pg_stat_activity where datname = current_database() and query ~* '^lis'"
    async with following(hub, shop):
        assert len(await world.query(ears)) == 1
    assert not await world.query(ears)


async def test_one_person_opens_so_many_pages_and_no_more(world: World, shop: Shop) -> None:
    hub = Hub(world.means.database, QUICK)
    opened = [hub.open(shop.id, who="staff:a") for _ in range(EACH)]
    for page in opened:
        await page.__aenter__()
    with pytest.raises(TooManyStreams):
        await hub.open(shop.id, who="staff:a").__aenter__()
    async with hub.open(shop.id, who="staff:b"):
        pass
    await opened[0].__aexit__(None, None, None)
    async with hub.open(shop.id, who="staff:a"):
        pass
    for page in opened[1:]:
        await page.__aexit__(None, None, None)


async def test_a_stream_begins_beats_and_ends_with_the_session_or_the_process(
    world: World, shop: Shop
) -> None:
    hub = Hub(world.means.database, replace(QUICK, look=60, standing=0.5))
    standing = True

    async def welcome() -> bool:
        return standing

    async with hub.open(shop.id, who="staff:a") as page:
        stream = hub.stream(page, welcome)
        frames = [await anext(stream) for _ in range(5)]
        assert frames[0] == CHANGED
        assert frames[-1] == ALIVE
        standing = False
        assert [frame async for frame in stream][-1] == OVER
        standing = True
        again = hub.stream(page, welcome)
        assert await anext(again) == CHANGED
        hub.close()
        assert [frame async for frame in again] in ([], [CHANGED], [ALIVE])


async def test_a_busy_shop_sends_a_page_no_more_than_its_share(world: World, shop: Shop) -> None:
    hub = Hub(world.means.database, replace(QUICK, look=60, between=1.0))
    frames = 0

    async def read(page: Page) -> None:
        nonlocal frames

        async def welcome() -> bool:
            return True

        async for frame in hub.stream(page, welcome):
            frames += frame == CHANGED

    async with hub.open(shop.id, who="staff:a") as page:
        reading = asyncio.create_task(read(page))
        until = asyncio.get_running_loop().time() + 2.5
        while asyncio.get_running_loop().time() < until:
            await note(world, shop)
        reading.cancel()
    assert 2 <= frames <= 4
