"""`bookedbarber key`, `keys` and `revoke`: a shop's API keys, of which only a new one is shown."""

from uuid import UUID

from rich.console import Console
from rich.table import Table

from bookedbarber import ids
from bookedbarber.api import keys
from bookedbarber.api.queries import KeyListed
from bookedbarber.checkout import menu
from bookedbarber.checkout.means import clock_of, means_of
from bookedbarber.cli.household import CannotRun
from bookedbarber.config import Settings
from bookedbarber.database import Connection


async def create(settings: Settings, *, slug: str, name: str) -> str:
    """Make a key of the shop with this public name. Raises ShopUnknown."""
    async with means_of(settings, connections=1) as means:
        found = await menu.load(means, slug=slug)
        async with means.database.platform() as db:
            return await keys.create(
                db, shop_id=found.shop.shop_id, name=name, now=clock_of(settings).now()
            )


async def show(settings: Settings, *, slug: str) -> None:
    """Print every key the shop ever had, and whether it is in force. Raises ShopUnknown."""
    async with means_of(settings, connections=1) as means:
        found = await menu.load(means, slug=slug)
        async with means.database.platform() as db:
            rows = await keys.of_shop(db, shop_id=found.shop.shop_id)
    table = Table(title=f"API keys of {found.shop.name}", title_justify="left")
    for column in ("id", "name", "made", "revoked"):
        table.add_column(column)
    for row in rows:
        revoked = f"{row.revoked_at:%Y-%m-%d %H:%M}" if row.revoked_at else ""
        made = f"{row.created_at:%Y-%m-%d %H:%M}"
        table.add_row(ids.show("key", row.key_id), row.name, made, revoked)
    Console(highlight=False, soft_wrap=True).print(table)


async def revoke(settings: Settings, *, slug: str, key: str) -> str:
    """Put a key of the shop out of force, by its id or by a name that no other key in force has.

    Returns its id. Raises ShopUnknown and CannotRun.
    """
    async with means_of(settings, connections=1) as means:
        found = await menu.load(means, slug=slug)
        async with means.database.platform() as db:
            key_id = await _in_force(db, found.shop.shop_id, slug, key)
            now = clock_of(settings).now()
            await keys.revoke(db, shop_id=found.shop.shop_id, key_id=key_id, now=now)
    return ids.show("key", key_id)


async def _in_force(db: Connection, shop_id: UUID, slug: str, key: str) -> UUID:
    meant = [row for row in await keys.of_shop(db, shop_id=shop_id) if _is_meant(row, key)]
    if not meant:
        raise CannotRun(f"{slug} has no key {key} in force: see `bookedbarber keys {slug}`.")
    if len(meant) > 1:
        shown = ", ".join(ids.show("key", row.key_id) for row in meant)
        raise CannotRun(f"Several keys are called {key}: name one by its id, of {shown}.")
    return meant[0].key_id


def _is_meant(row: KeyListed, key: str) -> bool:
    return row.revoked_at is None and key in (row.name, ids.show("key", row.key_id))
