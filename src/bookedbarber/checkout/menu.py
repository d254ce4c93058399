"""What a shop offers, as the public sees it."""

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bookedbarber.checkout.means import Means
from bookedbarber.checkout.start import ServiceUnknown, ShopUnknown
from bookedbarber.shops import queries as shops
from bookedbarber.shops.queries import Barber, Service, Shop

SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,62}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Menu:
    """A shop with its services and barbers."""

    shop: Shop
    services: tuple[Service, ...]
    barbers: tuple[Barber, ...]

    def service(self, service_id: UUID) -> Service:
        """One of the services. Raises ServiceUnknown."""
        for service in self.services:
            if service.service_id == service_id:
                return service
        raise ServiceUnknown


async def load(means: Means, *, slug: str) -> Menu:
    """The shop behind a public name. Raises ShopUnknown."""
    if not SLUG.fullmatch(slug):
        raise ShopUnknown
    async with means.database.public() as db:
        shop_id = await shops.find_shop(db, slug=slug)
    if shop_id is None:
        raise ShopUnknown
    async with means.database.tenant(shop_id) as db:
        shop = await shops.load_shop(db, shop_id=shop_id)
        if shop is None:
            raise ShopUnknown
        services = await shops.list_services(db, shop_id=shop_id)
        barbers = await shops.list_barbers(db, shop_id=shop_id)
    return Menu(shop, tuple(services), tuple(barbers))
