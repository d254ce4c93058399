"""Opens a shop: its settings, hours, services, people and terms, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from uuid import UUID

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.database import Connection
from bookedbarber.money import Money, currency
from bookedbarber.shops import prices, queries

Span = tuple[time, time]
Week = Mapping[int, Sequence[Span]]
"""Spans of local time by weekday; 0 is Monday."""


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """A service to sell; `deposit` is a share in basis points, a fixed amount, or none."""

    name: str
    minutes: int
    price: Money
    deposit: int | Money | None = None
    buffer_minutes: int = 0
    description: str = ""


@dataclass(frozen=True, slots=True)
class BarberPlan:
    """A barber to take on, who gives every service unless some are named; `off` is absences."""

    name: str
    week: Week
    breaks: Week = field(default_factory=dict)
    off: Sequence[tuple[datetime, datetime]] = ()
    worker_type: str = "employee"
    services: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class ShopPlan:
    """A shop as its owner describes it. `late_refund_basis_points` is the share of the deposit
    that goes back when a visit is cancelled late."""

    slug: str
    name: str
    address: str
    time_zone: str
    country: str
    currency: str
    stripe_account: str
    week: Week
    services: Sequence[ServicePlan]
    barbers: Sequence[BarberPlan]
    terms: str
    phone: str | None = None
    locale: str = "en"
    tax_name: str = "Tax"
    tax_basis_points: int = 0
    tax_included: bool = True
    slot_step_minutes: int = 15
    notice_minutes: int = 30
    horizon_days: int = 60
    free_cancel_hours: int = 24
    late_refund_basis_points: int = 0
    checkout_hosted: bool = False


async def open_shop(db: Connection, plan: ShopPlan, *, now: datetime) -> UUID:
    """Open a shop, and return its id. Raises UnknownCurrency, PriceNotCollectable."""
    currency(plan.currency)
    for service in plan.services:
        _check(plan, service)
    shop_id = ids.new(now)
    await _add_shop(db, shop_id, plan, now=now)
    await queries.add_to_directory(db, slug=plan.slug, shop_id=shop_id)
    await queries.adopt_terms(
        db,
        shop_id=shop_id,
        version=1,
        text=plan.terms,
        free_cancel_hours=plan.free_cancel_hours,
        late_refund_basis_points=plan.late_refund_basis_points,
        now=now,
    )
    for weekday, spans in plan.week.items():
        for opens, closes in spans:
            await queries.add_opening_hours(
                db, shop_id=shop_id, weekday=weekday, opens=opens, closes=closes
            )
    services = await _add_services(db, shop_id, plan, now=now)
    for position, barber in enumerate(plan.barbers):
        await _add_barber(db, shop_id, barber, services, position=position, now=now)
    await _note_opened(db, shop_id, plan, now=now)
    return shop_id


async def _add_shop(db: Connection, shop_id: UUID, plan: ShopPlan, *, now: datetime) -> None:
    await queries.add_shop(
        db,
        shop_id=shop_id,
        slug=plan.slug,
        name=plan.name,
        address=plan.address,
        phone=plan.phone,
        locale=plan.locale,
        time_zone=plan.time_zone,
        country=plan.country,
        currency=plan.currency,
        tax_name=plan.tax_name,
        tax_basis_points=plan.tax_basis_points,
        tax_included=plan.tax_included,
        slot_step_minutes=plan.slot_step_minutes,
        notice_minutes=plan.notice_minutes,
        horizon_days=plan.horizon_days,
        checkout_hosted=plan.checkout_hosted,
        stripe_account=plan.stripe_account,
        opened_at=now,
        now=now,
    )


async def _note_opened(db: Connection, shop_id: UUID, plan: ShopPlan, *, now: datetime) -> None:
    await trail.record(
        db,
        shop_id=shop_id,
        actor=trail.OPERATOR,
        act="shop.opened",
        object=ids.show("shp", shop_id),
        facts={
            "slug": plan.slug,
            "currency": plan.currency,
            "stripe_account": plan.stripe_account,
        },
        now=now,
    )


def _check(plan: ShopPlan, service: ServicePlan) -> None:
    """What cannot be sold online is found here, not by the first client."""
    prices.check(
        service.name,
        Money.zero(currency(plan.currency)) + service.price,  # in the shop's own currency
        service.deposit if isinstance(service.deposit, Money) else None,
        tax_basis_points=plan.tax_basis_points,
        tax_included=plan.tax_included,
    )


async def _add_services(
    db: Connection, shop_id: UUID, plan: ShopPlan, *, now: datetime
) -> dict[str, UUID]:
    added = {}
    for position, service in enumerate(plan.services):
        added[service.name] = service_id = ids.new(now)
        kind, value = _deposit(service.deposit)
        await queries.add_service(
            db,
            shop_id=shop_id,
            service_id=service_id,
            name=service.name,
            description=service.description,
            duration_minutes=service.minutes,
            buffer_minutes=service.buffer_minutes,
            price=service.price.minor,
            currency=service.price.currency.code,
            deposit_kind=kind,
            deposit_value=value,
            position=position,
        )
    return added


def _deposit(rule: int | Money | None) -> tuple[str, int]:
    match rule:
        case None:
            return "none", 0
        case Money():
            return "fixed", rule.minor
        case share:
            return "share", share


async def _add_barber(
    db: Connection,
    shop_id: UUID,
    barber: BarberPlan,
    services: Mapping[str, UUID],
    *,
    position: int,
    now: datetime,
) -> None:
    barber_id = ids.new(now)
    await queries.add_barber(
        db,
        shop_id=shop_id,
        barber_id=barber_id,
        name=barber.name,
        worker_type=barber.worker_type,
        position=position,
    )
    for name in services if barber.services is None else barber.services:
        await queries.add_barber_service(
            db, shop_id=shop_id, barber_id=barber_id, service_id=services[name]
        )
    await _add_times(db, shop_id, barber_id, barber, now=now)


async def _add_times(
    db: Connection, shop_id: UUID, barber_id: UUID, barber: BarberPlan, *, now: datetime
) -> None:
    for kind, week in (("work", barber.week), ("break", barber.breaks)):
        for weekday, spans in week.items():
            for starts, ends in spans:
                await queries.add_barber_hours(
                    db,
                    shop_id=shop_id,
                    barber_id=barber_id,
                    kind=kind,
                    weekday=weekday,
                    starts=starts,
                    ends=ends,
                )
    for starts_at, ends_at in barber.off:
        await queries.add_time_off(
            db,
            shop_id=shop_id,
            time_off_id=ids.new(now),
            barber_id=barber_id,
            starts_at=starts_at,
            ends_at=ends_at,
        )
