"""How the shop is called, where it is, and how it taxes its prices."""

import re
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from bookedbarber import ids
from bookedbarber.database import Connection
from bookedbarber.money import Money, currency
from bookedbarber.shops import prices
from bookedbarber.shops import queries as shops
from bookedbarber.shops.queries import Shop
from bookedbarber.shops.settings import changes, queries
from bookedbarber.shops.settings.faults import Check, Reason

ADDRESS: Final = 300
_PHONE: Final = re.compile(r"[+(]?[0-9](?:[ ()./\-]?[0-9]){4,17}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Details:
    """The shop as it presents itself; prices have their tax within, or it comes on top."""

    name: str
    address: str
    phone: str | None
    tax_name: str
    tax_basis_points: int
    tax_included: bool


def of(shop: Shop) -> Details:
    """The details in force."""
    return Details(
        name=shop.name,
        address=shop.address,
        phone=shop.phone,
        tax_name=shop.tax_name,
        tax_basis_points=shop.tax_basis_points,
        tax_included=shop.tax_included,
    )


async def change(
    db: Connection, wanted: Details, *, shop_id: UUID, version: str, actor: str, now: datetime
) -> Details:
    """The shop is this from now on. Raises SettingsChanged, SettingsInvalid, and
    PriceNotCollectable when the tax would lift a price above what can be collected."""
    shop = await changes.lock(db, shop_id)
    there = of(shop)
    check = Check()
    wanted = look_over(check, wanted)
    check.done()
    changes.unchanged(there, version, wanted=wanted)
    await _check_prices(db, shop, wanted)
    await queries.change_details(db, shop_id=shop_id, **asdict(wanted))
    await changes.record(
        db,
        shop_id=shop_id,
        actor=actor,
        act="shop.changed",
        about=ids.show("shp", shop_id),
        before=asdict(there),
        after=asdict(wanted),
        now=now,
    )
    return wanted


def look_over(check: Check, wanted: Details) -> Details:
    """The details as they will be kept; what is wrong with them is added to the check."""
    phone = check.line("phone", wanted.phone or "", most=40, needed=False)
    if phone and not _PHONE.fullmatch(phone):
        check.add("phone", Reason.NOT_A_PHONE)
    check.number("tax_basis_points", wanted.tax_basis_points, 0, 5000)
    return replace(
        wanted,
        name=check.line("name", wanted.name),
        address=check.line("address", wanted.address, most=ADDRESS),
        phone=phone or None,
        tax_name=check.line("tax_name", wanted.tax_name, most=30),
    )


async def _check_prices(db: Connection, shop: Shop, wanted: Details) -> None:
    for service in await shops.list_services(db, shop_id=shop.shop_id):
        prices.check(
            service.name,
            Money(service.price, currency(service.currency)),
            None,
            tax_basis_points=wanted.tax_basis_points,
            tax_included=wanted.tax_included,
        )
