"""`bookedbarber key`: a new API key of a shop, shown once."""

from bookedbarber.api import keys
from bookedbarber.checkout import menu
from bookedbarber.checkout.means import clock_of, means_of
from bookedbarber.config import Settings


async def create(settings: Settings, *, slug: str, name: str) -> str:
    """Make a key of the shop with this public name. Raises ShopUnknown."""
    async with means_of(settings, connections=1) as means:
        found = await menu.load(means, slug=slug)
        async with means.database.platform() as db:
            return await keys.create(
                db, shop_id=found.shop.shop_id, name=name, now=clock_of(settings).now()
            )
