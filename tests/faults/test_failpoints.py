"""The product is killed before and after every statement and every request of a tale of booking,
paying, refunding, cancelling and expiring; started again, each thing happened once."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from bookedbarber.database.embedded import Addresses, Server
from tests.conftest import Databases, named
from tests.faults import tale
from tests.faults.house import Joint, joining, sandbox
from tests.faults.sweep import Point, die_and_go_on, record
from tests.faults.tale import Setting
from tests.whole import WHOLE

SEED = 20350305
SLICE = 14  # points that `make test` dies at, each of another area
SHARES = 8 if WHOLE else 1  # of all points, so that several processes can take part
ID = re.compile(r"(?<=/)(?=[^/]*_)(?=[^/]*\d)[^/]+")
NAMED = re.compile(r"LOG:  execute [^:]+: /\* ([\w.]+) \*/")


@pytest.mark.whole
@pytest.mark.proves("X3")
@pytest.mark.parametrize("share", range(SHARES))
async def test_killed_at_any_point_of_the_tale_everything_happens_once(
    postgres: Server, databases: Databases, tmp_path: Path, share: int
) -> None:
    async with _stage(databases) as joint, joining(joint) as world:
        setting = await tale.lay(world, databases.platform_url)
    async with _copy(postgres, databases, "recorded", listening=True) as (joint, copied):
        points = await record(joint, _at(setting, copied), tmp_path)
        await _nothing_went_by_unseen(points, postgres, copied, joint)
    chosen = points[share::SHARES] if WHOLE else _one_of_each_area(points)
    met = await _sweep(postgres, databases, setting, chosen, tmp_path)
    assert met >= 0.9 * len(chosen), f"only {met} of {len(chosen)} points were met again"


COURTESIES = ("sql.database.tell_changes",)
"""Word of what changed, for pages that are open; nothing hangs on it (docs/decisions/0009)."""


async def _nothing_went_by_unseen(
    points: list[Point], postgres: Server, copied: Databases, joint: Joint
) -> None:
    """What PostgreSQL and Stripe say was asked of them passed a point before and one after, each
    time; so no statement and no request can slip past the interception."""
    asked = await _asked_of_postgres(points, postgres, copied) + _asked_of_stripe(joint)
    assert len(asked) > 50, "the tale has become short"
    for edge in ("before", "after"):
        passed = _passed(points, edge)
        for courtesy in COURTESIES:  # sent beside the tale, the last perhaps after its end
            del passed[courtesy], asked[courtesy]
        assert passed == asked, f"{edge}: {passed - asked} or {asked - passed}"
        assert any(point.name == f"sql.commit.{edge}" for point in points)


def _passed(points: list[Point], edge: str) -> Counter[str]:
    """How often each named statement and each request passed its point on this edge."""
    names = [point.name.removesuffix(f".{edge}") for point in points if point.name.endswith(edge)]
    return Counter(name for name in names if name.startswith("stripe.") or name.count(".") > 1)


async def _asked_of_postgres(
    points: list[Point], postgres: Server, copied: Databases
) -> Counter[str]:
    """The named statements that PostgreSQL executed, by its own log, once it is written down."""
    database = urlsplit(copied.owner_url).path.removeprefix("/")
    expected = sum(n for name, n in _passed(points, "before").items() if name.startswith("sql."))
    found = Counter[str]()
    for _ in range(200):
        found = Counter(
            f"sql.{match[1]}"
            for log in sorted((postgres.home / "log").glob("postgresql-*.log"))
            for line in log.read_text(errors="replace").splitlines()
            if f"@{database} " in line and (match := NAMED.search(line))
        )
        if found.total() >= expected:
            break
        await asyncio.sleep(0.05)
    return found


def _asked_of_stripe(joint: Joint) -> Counter[str]:
    """The requests that reached Stripe, but for those a client's browser makes."""
    return Counter(
        f"stripe.{method.lower()}:{ID.sub('*', path).removeprefix('/v1/')}"
        for method, path in joint.asked
        if path.startswith("/v1/") and not path.endswith(("/confirm", "/account", "_endpoints"))
    )


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
    postgres: Addresses, databases: Databases, name: str, *, listening: bool = False
) -> AsyncIterator[tuple[Joint, Databases]]:
    """The database as it was laid, and a new sandbox beside it, for one telling; PostgreSQL writes
    down every statement when it is `listening`."""
    source = urlsplit(databases.owner_url).path.removeprefix("/")
    copy = f"{source}_{name}"
    admin = await asyncpg.connect(named(postgres.admin_url, "postgres"))
    try:
        await admin.execute(
            f"create database {copy} template {source} owner bookedbarber_owner strategy file_copy"
        )
        if listening:
            await admin.execute(f"alter database {copy} set log_statement = 'all'")
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
