"""What the shop sells. A change counts for bookings to come: what was sold keeps its price."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from bookedbarber import ids
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.money import Money, currency
from bookedbarber.shops import prices
from bookedbarber.shops import queries as shops
from bookedbarber.shops.prices import PriceNotCollectable
from bookedbarber.shops.queries import Shop
from bookedbarber.shops.settings import changes, queries
from bookedbarber.shops.settings.faults import Check, Reason
from bookedbarber.shops.settings.queries import ServiceSetting

NOTE: Final = 300
LAST: Final = 999
DEPOSITS: Final = ("none", "share", "fixed")


class ServiceSettingUnknown(Refused):
    """The shop never sold such a service."""

    code: ClassVar[str] = "service_setting_unknown"


@dataclass(frozen=True, slots=True)
class ServiceForm:
    """A service as somebody wants it. The price is in minor units, with or without tax as the shop
    quotes its prices; `deposit_value` is a share in basis points, or minor units."""

    name: str
    description: str
    duration_minutes: int
    buffer_minutes: int
    price: int
    deposit_kind: str
    deposit_value: int
    position: int
    active: bool


async def of_shop(db: Connection, *, shop_id: UUID) -> list[ServiceSetting]:
    """Every service the shop ever sold, those on sale first."""
    return await queries.list_services(db, shop_id=shop_id)


async def add(
    db: Connection, form: ServiceForm, *, shop_id: UUID, actor: str, now: datetime
) -> ServiceSetting:
    """Sell one more service, which everybody who works here gives. Raises SettingsInvalid."""
    shop = await changes.lock(db, shop_id)
    form = _checked(form, shop, await of_shop(db, shop_id=shop_id))
    service_id = ids.new(now)
    await shops.add_service(
        db,
        shop_id=shop_id,
        service_id=service_id,
        name=form.name,
        description=form.description,
        duration_minutes=form.duration_minutes,
        buffer_minutes=form.buffer_minutes,
        price=form.price,
        currency=shop.currency,
        deposit_kind=form.deposit_kind,
        deposit_value=form.deposit_value,
        position=form.position,
    )
    await queries.give_service_to_all(db, shop_id=shop_id, service_id=service_id)
    await _note(db, shop, service_id, {}, form, act="service.added", actor=actor, now=now)
    return ServiceSetting(service_id=service_id, **asdict(replace(form, active=True)))


async def change(
    db: Connection,
    form: ServiceForm,
    *,
    shop_id: UUID,
    service_id: UUID,
    version: str,
    actor: str,
    now: datetime,
) -> ServiceSetting:
    """Sell a service as this from now on. Raises ServiceSettingUnknown, SettingsChanged and
    SettingsInvalid."""
    shop = await changes.lock(db, shop_id)
    there = await of_shop(db, shop_id=shop_id)
    known = next((one for one in there if one.service_id == service_id), None)
    if known is None:
        raise ServiceSettingUnknown
    form = _checked(form, shop, [one for one in there if one is not known])
    kept = ServiceSetting(service_id=service_id, **asdict(form))
    changes.unchanged(known, version, wanted=kept)
    await queries.change_service(db, shop_id=shop_id, service_id=service_id, **asdict(form))
    before = {**asdict(known)}
    before.pop("service_id")
    await _note(db, shop, service_id, before, form, act="service.changed", actor=actor, now=now)
    return kept


async def ask_deposit(
    db: Connection, share: int, *, shop_id: UUID, actor: str, now: datetime
) -> None:
    """Ask for this share of each service on sale, in basis points, or for no deposit where it is
    zero. Raises SettingsInvalid."""
    kind = "share" if share else "none"
    for row in [one for one in await of_shop(db, shop_id=shop_id) if one.active]:
        fields = asdict(replace(row, deposit_kind=kind, deposit_value=share))
        service_id = fields.pop("service_id")
        await change(
            db,
            ServiceForm(**fields),
            shop_id=shop_id,
            service_id=service_id,
            version=changes.mark(row),
            actor=actor,
            now=now,
        )


def _checked(form: ServiceForm, shop: Shop, others: list[ServiceSetting]) -> ServiceForm:
    """The form as it will be kept. Raises SettingsInvalid."""
    check = Check()
    name = check.line("name", form.name)
    form = replace(
        form,
        name=name,
        description=check.line("description", form.description, most=NOTE, needed=False),
    )
    if form.active and name.casefold() in {o.name.casefold() for o in others if o.active}:
        check.add("name", Reason.TAKEN)
    check.number("duration_minutes", form.duration_minutes, 5, 1440)
    check.number("buffer_minutes", form.buffer_minutes, 0, 240)
    check.number("position", form.position, 0, LAST)
    _check_price(check, form, shop)
    _check_deposit(check, form)
    check.done()
    return form if form.deposit_kind != "none" else replace(form, deposit_value=0)


def _check_price(check: Check, form: ServiceForm, shop: Shop) -> None:
    of = currency(shop.currency)
    if not 0 < form.price <= of.maximum:
        check.add("price", Reason.OUT_OF_RANGE, least=of.minimum, most=of.maximum)
        return
    try:
        prices.check(
            form.name,
            Money(form.price, of),
            None,
            tax_basis_points=shop.tax_basis_points,
            tax_included=shop.tax_included,
        )
    except PriceNotCollectable:
        check.add("price", Reason.NOT_COLLECTABLE, least=of.minimum, most=of.maximum)
        return
    if form.deposit_kind == "fixed" and form.deposit_value % of.step:
        check.add("deposit_value", Reason.NOT_COLLECTABLE)


def _check_deposit(check: Check, form: ServiceForm) -> None:
    check.choice("deposit_kind", form.deposit_kind, DEPOSITS)
    if form.deposit_kind == "share":
        check.number("deposit_value", form.deposit_value, 1, 10_000)
    elif form.deposit_kind == "fixed":
        check.number("deposit_value", form.deposit_value, 1, max(form.price, 1))


async def _note(
    db: Connection,
    shop: Shop,
    service_id: UUID,
    before: dict[str, object],
    form: ServiceForm,
    *,
    act: str,
    actor: str,
    now: datetime,
) -> None:
    await changes.record(
        db,
        shop_id=shop.shop_id,
        actor=actor,
        act=act,
        about=ids.show("svc", service_id),
        before=before,
        after=asdict(form),
        now=now,
    )
