"""What a newcomer finds: three shops in three currencies, with people, services and terms."""

import asyncio
from datetime import datetime, time

from bookedbarber.api import keys
from bookedbarber.checkout.means import means_of
from bookedbarber.cli.greeting import Seeded
from bookedbarber.config import Settings
from bookedbarber.money import Money, currency
from bookedbarber.shops import queries as shops
from bookedbarber.shops.opening import BarberPlan, ServicePlan, ShopPlan, open_shop

TERMS = (
    "You can cancel free of charge until 24 hours before your appointment. If you cancel later, "
    "the shop keeps the deposit; anything you paid beyond it goes back to your card. A tip always "
    "goes back when the visit does not take place. Please arrive five minutes early."
)
LONG, SHORT = [(time(9), time(19))], [(time(9), time(17))]
WEEK = {0: LONG, 1: LONG, 2: LONG, 3: LONG, 4: LONG, 5: SHORT}
LUNCH = {weekday: [(time(13), time(13, 45))] for weekday in range(6)}
EARLY = {weekday: [(time(9), time(16))] for weekday in range(5)}
LATE = {**{weekday: [(time(11), time(19))] for weekday in range(1, 5)}, 5: SHORT}


async def seed(settings: Settings, *, now: datetime) -> Seeded:
    """Open the demo's shops where there is none; says what is there."""
    async with means_of(settings, connections=1) as means:
        account = await means.processor.account_id()
        made = []
        async with means.database.platform() as db:
            if not await shops.list_shops(db):
                for plan in _plans(account):
                    shop_id = await open_shop(db, plan, now=now)
                    key = await keys.create(db, shop_id=shop_id, name="demo till", now=now)
                    made.append(f"API key of {plan.name} (shown once): {key}")
            there = await shops.list_shops(db)
    return Seeded(
        pages=tuple((shop.name, f"/b/{shop.slug}") for shop in there),
        facts=(f"{len(there)} shops", *made),
    )


def present(settings: Settings) -> bool:
    """Whether a shop of the demo is in the database."""
    return asyncio.run(_present(settings))


async def _present(settings: Settings) -> bool:
    slugs = {plan.slug for plan in _plans("")}
    async with means_of(settings, connections=1) as means, means.database.platform() as db:
        return any(shop.slug in slugs for shop in await shops.list_shops(db))


def _plans(account: str) -> tuple[ShopPlan, ...]:
    gbp, usd, jpy = (currency(code) for code in ("gbp", "usd", "jpy"))
    return (
        ShopPlan(
            slug="fade-street",
            name="Fade Street Barbers",
            address="12 Fade Street, London E1 6QL",
            phone="+44 20 7946 0012",
            time_zone="Europe/London",
            country="GB",
            currency="gbp",
            locale="en-GB",
            stripe_account=account,
            week=WEEK,
            tax_name="VAT",
            tax_basis_points=2000,
            tax_included=True,
            services=(
                ServicePlan("Skin fade", 45, Money(3200, gbp), deposit=2500),
                ServicePlan("Cut & beard", 60, Money(4500, gbp), deposit=2500),
                ServicePlan("Buzz cut", 20, Money(1800, gbp), deposit=Money(500, gbp)),
                ServicePlan("Hot towel shave", 30, Money(2800, gbp), buffer_minutes=10),
            ),
            barbers=(
                BarberPlan("Marco", WEEK, LUNCH),
                BarberPlan("Tunde", LATE, worker_type="contractor"),
                BarberPlan("Elif", EARLY, LUNCH, worker_type="renter"),
            ),
            terms=TERMS,
        ),
        ShopPlan(
            slug="bergen-street",
            name="Bergen Street Cuts",
            address="240 Bergen Street, Brooklyn, NY 11217",
            phone="+1 718 555 0117",
            time_zone="America/New_York",
            country="US",
            currency="usd",
            locale="en-US",
            stripe_account=account,
            week=WEEK,
            tax_name="Sales tax",
            tax_basis_points=450,
            tax_included=False,
            services=(
                ServicePlan("Classic cut", 30, Money(4000, usd), deposit=Money(1000, usd)),
                ServicePlan("Cut & hot towel", 45, Money(5500, usd), deposit=2000),
            ),
            barbers=(BarberPlan("Andre", WEEK, LUNCH), BarberPlan("Rosa", EARLY)),
            terms=TERMS,
        ),
        ShopPlan(
            slug="ginza",
            name="Ginza Barber",
            address="4-5-6 Ginza, Chuo City, Tokyo",
            time_zone="Asia/Tokyo",
            country="JP",
            currency="jpy",
            locale="en",
            stripe_account=account,
            week=WEEK,
            tax_name="Consumption tax",
            tax_basis_points=1000,
            tax_included=True,
            late_refund_basis_points=5000,
            services=(
                ServicePlan("Cut", 45, Money(5500, jpy), deposit=3000),
                ServicePlan("Shave", 30, Money(3300, jpy)),
            ),
            barbers=(BarberPlan("Kenji", WEEK, LUNCH),),
            terms=TERMS,
        ),
    )
