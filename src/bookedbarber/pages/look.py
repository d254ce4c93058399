"""A shop's own colour and logo on its pages: a style sheet and a picture from our own origin.

The sheet's address names its content, so that it is cached for ever and changes at once; nothing an
owner typed is in it, only colours that were derived from theirs.
"""

import hashlib
from functools import lru_cache
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber.api.context import READS
from bookedbarber.checkout.menu import SLUG
from bookedbarber.checkout.start import ShopUnknown
from bookedbarber.pages.context import address, house
from bookedbarber.pages.views import Accent
from bookedbarber.shops import queries as shops
from bookedbarber.shops.queries import Shop
from bookedbarber.shops.settings import colour
from bookedbarber.shops.settings import queries as settings

FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}


def sheet_url(shop: Shop) -> str:
    """Where the shop's colours are; empty where it has none of its own."""
    if shop.colour is None:
        return ""
    mark = hashlib.sha256(sheet(shop.colour).encode()).hexdigest()[:12]
    return f"/b/{shop.slug}/look.css?v={mark}"


def logo_url(shop: Shop) -> str:
    """Where the shop's logo is; empty where it has none."""
    return f"/b/{shop.slug}/logo/{shop.logo_mark}.webp" if shop.logo_mark else ""


def accent(shop: Shop) -> Accent | None:
    """The colour for parts that no style sheet of ours reaches."""
    if shop.colour is None:
        return None
    tones = colour.derive(shop.colour)
    return Accent(light=tones.light.brand, dark=tones.dark.brand)


@lru_cache(maxsize=512)
def sheet(given: str) -> str:
    """The tokens of app.css in the shop's colour."""
    tones = colour.derive(given)
    light, dark = tones.light, tones.dark
    pairs = {
        "brand": (light.brand, dark.brand),
        "brand-deep": (light.deep, dark.deep),
        "on-brand": (light.on_brand, dark.on_brand),
        "brand-wash": (light.wash, dark.wash),
        "ink": (light.brand, dark.brand),
        "on-ink": (light.on_brand, dark.on_brand),
    }
    tokens = "".join(f"--{name}:light-dark({day},{night});" for name, (day, night) in pairs.items())
    return f"@layer tokens{{:root{{{tokens}}}}}\n"


async def style(request: Request) -> Response:
    """The style sheet of a shop, at whatever mark: it is always the present one."""
    shop = await _shop(request)
    if shop.colour is None:
        return Response("", media_type="text/css", headers={"Cache-Control": "no-store"})
    named = request.url.query == sheet_url(shop).partition("?")[2]
    headers = FOR_EVER if named else {"Cache-Control": "no-store"}
    return Response(sheet(shop.colour), media_type="text/css", headers=headers)


async def logo(request: Request) -> Response:
    """The logo of a shop, by the mark of its content; 404 for one it no longer has."""
    shop = await _shop(request)
    means = house(request).context.means
    async with means.database.tenant(shop.shop_id) as db:
        content = await settings.load_logo(
            db, shop_id=shop.shop_id, logo_mark=request.path_params["mark"]
        )
    if content is None:
        return Response("Not found.\n", 404, media_type="text/plain")
    return Response(content, media_type="image/webp", headers=FOR_EVER)


async def _shop(request: Request) -> Shop:
    at, slug = house(request), request.path_params["shop"]
    await at.context.limiter.take(READS, address(request))
    if not SLUG.fullmatch(slug):
        raise ShopUnknown
    async with at.context.means.database.public() as db:
        shop_id = await shops.find_shop(db, slug=slug)
    if shop_id is None:
        raise ShopUnknown
    async with at.context.means.database.tenant(shop_id) as db:
        shop = await shops.load_shop(db, shop_id=shop_id)
    if shop is None:
        raise ShopUnknown
    return shop
