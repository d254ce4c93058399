"""The product is killed before and after every statement and every request of a tale of booking,
paying, refunding, cancelling and expiring; started again, each thing happened once."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from bookedbarber.database.embedded import Addresses
from tests.conftest import Databases, named
from tests.faults import tale
from tests.faults.house import WHOLE, Joint, joining, sandbox
from tests.faults.sweep import Point, die_and_go_on, record
from tests.faults.tale import Setting

SEED = 20350305
SLICE = 14  # points that `make test` dies at, each of another area
AT_LEAST = 40  # different points; fewer would mean that the interception has come loose


@pytest.mark.proves("X2")
async def test_killed_at_any_point_of_the_tale_everything_happens_once(
    postgres: Addresses, databases: Databases, tmp_path: Path
) -> None:
    async with _stage(databases) as joint, joining(joint) as world:
        setting = await tale.lay(world, databases.platform_url)
    async with _copy(postgres, databases, "recorded") as (joint, copied):
        points = await record(joint, _at(setting, copied), tmp_path)
    assert len({point.name for point in points}) >= AT_LEAST
    chosen = points if WHOLE else _one_of_each_area(points)
    met = await _sweep(postgres, databases, setting, chosen, tmp_path)
    assert met >= 0.9 * len(chosen), f"only {met} of {len(chosen)} points were met again"


def _one_of_each_area(points: list[Point]) -> list[Point]:
    chance = random.Random(SEED)  # seeded: the same choice each time
    areas: dict[str, list[Point]] = {}
    for point in points:
        areas.setdefault(point.area, []).append(point)
    return [chance.choice(areas[area]) for area in chance.sample(sorted(areas), SLICE)]


async def _sweep(
    postgres: Addresses,
    databases: Databases,
    setting: Setting,
    points: list[Point],
    folder: Path,
) -> int:
    at_once = asyncio.Semaphore(2)

    async def one(number: int, point: Point) -> bool:
        own = folder / str(number)
        own.mkdir()
        async with at_once, _copy(postgres, databases, str(number)) as (joint, copied):
            return await die_and_go_on(joint, _at(setting, copied), point, own)

    return sum(await asyncio.gather(*(one(n, point) for n, point in enumerate(points))))


def _at(setting: Setting, copied: Databases) -> Setting:
    return Setting(setting.shop, setting.times, copied.platform_url)


@asynccontextmanager
async def _stage(databases: Databases) -> AsyncIterator[Joint]:
    async with sandbox(databases.app_url, databases.platform_url, delivery_mode="held") as joint:
        yield joint


@asynccontextmanager
async def _copy(
    postgres: Addresses, databases: Databases, name: str
) -> AsyncIterator[tuple[Joint, Databases]]:
    """The database as it was laid, and a new sandbox beside it, for one telling."""
    source = urlsplit(databases.owner_url).path.removeprefix("/")
    copy = f"{source}_{name}"
    admin = await asyncpg.connect(named(postgres.admin_url, "postgres"))
    try:
        await admin.execute(
            f"create database {copy} template {source} owner bookedbarber_owner strategy file_copy"
        )
        copied = Databases(
            named(databases.owner_url, copy),
            named(databases.app_url, copy),
            named(databases.platform_url, copy),
        )
        async with _stage(copied) as joint:
            yield joint, copied
        await admin.execute(f"drop database {copy} with (force)")
    finally:
        await admin.close()
