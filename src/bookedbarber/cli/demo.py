"""What a newcomer finds: three shops in three currencies, with people, services and terms."""

import asyncio
from datetime import datetime

from bookedbarber.api import keys
from bookedbarber.checkout.means import means_of
from bookedbarber.cli import demo_life, demo_staff
from bookedbarber.cli.greeting import Seeded
from bookedbarber.config import Settings
from bookedbarber.demo.shops import plans
from bookedbarber.history import History, Stage
from bookedbarber.shops import queries as shops
from bookedbarber.shops.opening import open_shop


async def seed(settings: Settings, *, now: datetime) -> Seeded:
    """Open the demo's shops where there is none; says what is there."""
    async with means_of(settings, connections=1) as means:
        account = await means.processor.account_id()
        made = []
        ready = await demo_staff.digests(means, folder=settings.data_dir)
        async with means.database.platform() as db:
            if not await shops.list_shops(db):
                for plan in plans(account):
                    shop_id = await open_shop(db, plan, now=now)
                    key = await keys.create(db, shop_id=shop_id, name="demo till", now=now)
                    made.append(f"API key of {plan.name} (shown once): {key}")
            logins = await demo_staff.hire(means, db, ready, folder=settings.data_dir, now=now)
            there = await shops.list_shops(db)
    return Seeded(
        pages=tuple((shop.name, f"/b/{shop.slug}") for shop in there),
        logins=tuple((one.what, one.email, one.password) for one in logins),
        facts=(f"{len(there)} shops", *made, *_history(settings)),
    )


def _history(settings: Settings) -> list[str]:
    """What goes on in the demo, and what is planted in its history."""
    story = History(settings.data_dir).story()
    if story is None:
        return []
    visits, oddities = demo_life.drawn(story)
    told = f"{story.days} days of history, about {len(visits)} visits, from {story.begins:%Y-%m-%d}"
    if story.stage is Stage.RACING:
        told += ": being lived now, as each page says"
    return [told, *demo_life.listed(oddities), "`bookedbarber demo planted` lists the bookings"]


def present(settings: Settings) -> bool:
    """Whether a shop of the demo is in the database."""
    return asyncio.run(_present(settings))


async def _present(settings: Settings) -> bool:
    slugs = {plan.slug for plan in plans("")}
    async with means_of(settings, connections=1) as means, means.database.platform() as db:
        return any(shop.slug in slugs for shop in await shops.list_shops(db))
