"""A new shop begins: with a name and a place, step by step, until it is opened for bookings.

A shop is there from its first step on, so that every later step is a change of its settings and
nothing is lost when somebody comes back tomorrow. Until it is opened it takes no bookings.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

import asyncpg

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.money import currency
from bookedbarber.shops import queries
from bookedbarber.shops.countries import BY_CODE
from bookedbarber.shops.settings import changes, details, hours
from bookedbarber.shops.settings import queries as settings
from bookedbarber.shops.settings.details import Details
from bookedbarber.shops.settings.faults import Check, Fault, Reason, SettingsInvalid

SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,62}", re.ASCII)
# Words that stand, or may stand one day, where a shop's name does in an address.
RESERVED: Final = frozenset(
    {
        *("account", "admin", "api", "book", "design", "desk", "docs", "help", "live", "new"),
        *("password", "search", "settings", "shop", "shops", "sign-in", "sign-out", "start"),
        *("static", "theme", "welcome"),
    }
)
FIRST_TERMS: Final = (
    "By booking you agree to the cancellation policy shown with the price. If you cancel late, the "
    "shop may keep the deposit or a part of it; anything you paid beyond the deposit goes back to "
    "your card. A tip always goes back when the visit does not take place.\n\n"
    "Please arrive on time. If you are late, the shop may have to shorten your visit."
)


class ShopNotReady(Refused):
    """Something is missing without which nobody could book; `missing` says what."""

    code: ClassVar[str] = "shop_not_ready"


@dataclass(frozen=True, slots=True)
class Beginning:
    """A new shop as its owner describes it; what the country decides is taken from there."""

    slug: str
    country: str
    zone: str
    details: Details


def propose(name: str) -> str:
    """An address for a shop of this name; it may be somebody's already."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:48].strip("-")
    return words if SLUG.fullmatch(words) and words not in RESERVED else f"shop-{words}".strip("-")


async def free(db: Connection, name: str) -> str:
    """The nearest address to the proposed one that nobody has; `db` sees the public directory."""
    wanted = propose(name)
    found, number = wanted, 1
    while await queries.find_shop(db, slug=found) is not None:
        number += 1
        found = f"{wanted}-{number}"
    return found


async def begin(
    db: Connection, wanted: Beginning, *, stripe_account: str, actor: str, now: datetime
) -> UUID:
    """Make the shop, with the tax of its country as its details say, no hours and nothing to sell
    yet. `db` crosses shops. Raises SettingsInvalid."""
    kept = await _checked(db, wanted)
    shop_id = ids.new(now)
    try:
        await _add(db, shop_id, wanted, kept, stripe_account=stripe_account, now=now)
    except asyncpg.UniqueViolationError as taken:  # by somebody a moment ago
        raise SettingsInvalid([Fault("slug", Reason.TAKEN)]) from taken
    await queries.adopt_terms(
        db,
        shop_id=shop_id,
        version=1,
        text=FIRST_TERMS,
        free_cancel_hours=24,
        late_refund_basis_points=0,
        now=now,
    )
    await trail.record(
        db,
        shop_id=shop_id,
        actor=actor,
        act="shop.begun",
        object=ids.show("shp", shop_id),
        facts={"slug": wanted.slug, "country": wanted.country, "zone": wanted.zone},
        now=now,
    )
    return shop_id


async def _add(
    db: Connection,
    shop_id: UUID,
    wanted: Beginning,
    kept: Details,
    *,
    stripe_account: str,
    now: datetime,
) -> None:
    country = BY_CODE[wanted.country]
    await queries.add_shop(
        db,
        shop_id=shop_id,
        slug=wanted.slug,
        name=kept.name,
        address=kept.address,
        phone=kept.phone,
        locale=country.locale,
        time_zone=wanted.zone,
        country=country.code,
        currency=currency(country.currency).code,
        tax_name=kept.tax_name,
        tax_basis_points=kept.tax_basis_points,
        tax_included=kept.tax_included,
        slot_step_minutes=15,
        notice_minutes=60,
        horizon_days=60,
        checkout_hosted=False,
        stripe_account=stripe_account,
        opened_at=None,
        now=now,
    )
    await queries.add_to_directory(db, slug=wanted.slug, shop_id=shop_id)


async def missing(db: Connection, *, shop_id: UUID) -> tuple[str, ...]:
    """What the shop lacks before anybody could book there, in the order of the steps."""
    sells = await queries.list_services(db, shop_id=shop_id)
    gives = await queries.list_barbers(db, shop_id=shop_id)
    works = {row.barber_id for row in await queries.list_barber_hours(db, shop_id=shop_id)
             if row.kind == "work"}  # fmt: skip
    there = {
        "services": bool(sells),
        "hours": bool(await hours.of_shop(db, shop_id=shop_id)),
        "barbers": any(barber.barber_id in works for barber in gives),
    }
    return tuple(name for name, is_there in there.items() if not is_there)


async def open_for_bookings(db: Connection, *, shop_id: UUID, actor: str, now: datetime) -> None:
    """Take bookings from now on; a shop that does already stays as it is. Raises ShopNotReady."""
    shop = await changes.lock(db, shop_id)
    if shop.opened_at is not None:
        return
    lacking = await missing(db, shop_id=shop_id)
    if lacking:
        raise ShopNotReady("Something is missing before clients can book.", missing=list(lacking))
    await settings.mark_opened(db, shop_id=shop_id, now=now)
    await trail.record(
        db,
        shop_id=shop_id,
        actor=actor,
        act="shop.opened",
        object=ids.show("shp", shop_id),
        facts={"slug": shop.slug, "currency": shop.currency, "stripe_account": shop.stripe_account},
        now=now,
    )


async def _checked(db: Connection, wanted: Beginning) -> Details:
    """The details as they will be kept. Raises SettingsInvalid, with what is wrong elsewhere."""
    check = Check()
    kept = details.look_over(check, wanted.details)
    country = BY_CODE.get(wanted.country)
    if country is None:
        check.add("country", Reason.NOT_A_CHOICE)
    elif wanted.zone not in country.zones:
        check.add("zone", Reason.NOT_A_CHOICE)
    await _check_slug(check, db, wanted.slug)
    check.done()
    return kept


async def _check_slug(check: Check, db: Connection, slug: str) -> None:
    if not SLUG.fullmatch(slug):
        check.add("slug", Reason.NOT_A_CHOICE)
    elif slug in RESERVED or await queries.find_shop(db, slug=slug) is not None:
        check.add("slug", Reason.TAKEN)
