"""A house that ran before the settings came keeps every policy that was agreed to."""

import uuid
from datetime import UTC, datetime

import asyncpg
from alembic import command
from alembic.config import Config

from bookedbarber.database.embedded import Addresses
from bookedbarber.migrations import upgrade
from bookedbarber.migrations.upgrade import HERE
from tests.conftest import named

THEN = datetime(2034, 1, 1, tzinfo=UTC)
SHOP = """
insert into shops (shop_id, slug, name, address, locale, time_zone, country, currency, tax_name,
    tax_basis_points, tax_included, slot_step_minutes, notice_minutes, horizon_days,
    free_cancel_hours, late_refund_basis_points, checkout_hosted, stripe_account, created_at)
values ($1, $2, 'Old', 'Here', 'en', 'Europe/London', 'GB', 'gbp', 'VAT', 2000, true, 15, 30, 60,
    $3, $4, false, 'acct_1', $5)"""


async def test_policies_move_into_the_terms_and_every_shop_stays_open(
    postgres: Addresses,
) -> None:
    admin = await asyncpg.connect(named(postgres.admin_url, "postgres"))
    await admin.execute("create database before_settings owner bookedbarber_owner")
    url = named(postgres.owner_url, "before_settings")
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["url"] = "postgresql+psycopg://" + url.partition("://")[2]
    command.upgrade(config, "0004")
    db = await asyncpg.connect(url)
    shops = [uuid.UUID(int=number) for number in (1, 2)]
    for shop, hours, back in zip(shops, (24, 48), (0, 5000), strict=True):
        await db.execute(SHOP, shop, f"old-{hours}", hours, back, THEN)
        for version in (1, 2):
            await db.execute(
                "insert into shop_terms values ($1, $2, 'Come.', $3)", shop, version, THEN
            )
    await db.close()
    upgrade(url, app_url=postgres.app_url, platform_url=postgres.platform_url)
    db = await asyncpg.connect(url)
    agreed = await db.fetch(
        "select version, free_cancel_hours, late_refund_basis_points as back from shop_terms"
        " order by shop_id, version"
    )
    opened = await db.fetch("select opened_at from shops")
    await db.close()
    await admin.execute("drop database before_settings with (force)")
    await admin.close()
    assert [tuple(row) for row in agreed] == [(1, 24, 0), (2, 24, 0), (1, 48, 5000), (2, 48, 5000)]
    assert [row["opened_at"] for row in opened] == [THEN, THEN]
