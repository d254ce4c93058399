"""A client books: the slot is held and the amount to collect written down, in one transaction."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from bookedbarber import ids
from bookedbarber.audit import trail
from bookedbarber.booking import calendar, slots
from bookedbarber.booking.slots import SlotTaken, Visit
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.quote import Quote, quote
from bookedbarber.checkout.work import WorkKind
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.jobs import queue
from bookedbarber.jobs.queue import Work
from bookedbarber.money import Money
from bookedbarber.payments import queries as payments
from bookedbarber.payments.states import Purpose, Via
from bookedbarber.resilience import idempotency
from bookedbarber.resilience.idempotency import Key
from bookedbarber.shops import clients
from bookedbarber.shops import queries as shops
from bookedbarber.shops.queries import Service, Shop
from bookedbarber.vault.people import Person

# As people write numbers at home; nothing is sent to it yet.
_PHONE = re.compile(r"[+(]?[0-9](?:[ ()./\-]?[0-9]){4,17}", re.ASCII)
RETRY_INTENT = timedelta(seconds=20)  # the door asks Stripe itself; the job is for when it dies


class ShopUnknown(Refused):
    """There is no such shop."""

    code: ClassVar[str] = "shop_unknown"


class ShopNotOpen(Refused):
    """The shop is still being set up, and takes no bookings yet."""

    code: ClassVar[str] = "shop_not_open"


class ServiceUnknown(Refused):
    """The shop does not sell this service."""

    code: ClassVar[str] = "service_unknown"


class TermsChanged(Refused):
    """The shop's terms are newer than those that were agreed to; read them again."""

    code: ClassVar[str] = "terms_changed"


class PriceChanged(Refused):
    """What is due now is not what was shown; look again before paying."""

    code: ClassVar[str] = "price_changed"


class NameMissing(Refused):
    """A booking is for somebody."""

    code: ClassVar[str] = "name_missing"


class PhoneInvalid(Refused):
    """That is not a phone number, however people write theirs at home."""

    code: ClassVar[str] = "phone_invalid"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client asks for, as they saw it: `barber_id` None means whoever is free."""

    service_id: UUID
    barber_id: UUID | None
    starts_at: datetime
    purpose: Purpose
    tip: Money
    name: str
    email: str
    phone: str | None
    locale: str
    terms_version: int
    expected: Money | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """From where the terms were agreed to; kept sealed, for a dispute."""

    ip: str
    device: str


@dataclass(frozen=True, slots=True)
class Booked:
    """What a booking made. The payment is `pending` until Stripe knows of it."""

    appointment_id: UUID
    payment_id: UUID


async def book(
    means: Means, *, shop_id: UUID, wish: Wish, evidence: Evidence, key: Key | None, now: datetime
) -> Booked:
    """Hold the slot and write down what is to be collected; Stripe is asked afterwards.

    Raises ShopNotOpen, ServiceUnknown, SlotNotOffered, SlotTaken, TooManyHolds, TermsChanged,
    PriceChanged, the refusals of `quote`, EmailInvalid, PhoneInvalid, IdempotencyKeyReused or
    Overtaken; then nothing was written.
    """
    wish = replace(wish, name=plain(wish.name))
    if not wish.name:
        raise NameMissing("Please give a name for the booking.")
    if wish.phone and not _PHONE.fullmatch(wish.phone):
        raise PhoneInvalid("A phone number has digits, and perhaps + and spaces.")
    async with means.database.tenant(shop_id) as db:
        if done := await idempotency.find(db, key, shop_id=shop_id):
            return Booked(UUID(done["appointment"]), UUID(done["payment"]))
        shop, service = await _sold(db, shop_id, wish.service_id)
        price = _agreed(shop, service, wish)
        barbers = await calendar.who_can(
            db,
            shop=shop,
            service=service,
            barber_id=wish.barber_id,
            starts_at=wish.starts_at,
            now=now,
        )
    order = _Order(shop, service, price, wish, evidence, key)
    return await _hold_with_any(means, order, barbers, now=now)


@dataclass(frozen=True, slots=True)
class _Order:
    """A wish that was found to be possible, with its price."""

    shop: Shop
    service: Service
    price: Quote
    wish: Wish
    evidence: Evidence
    key: Key | None


def plain(name: str) -> str:
    """A name as letters and calendars can carry it: on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())


async def _sold(db: Connection, shop_id: UUID, service_id: UUID) -> tuple[Shop, Service]:
    shop = await shops.load_shop(db, shop_id=shop_id)
    if shop is None:
        raise ShopUnknown
    if shop.opened_at is None:
        raise ShopNotOpen("The shop is not open for bookings yet.")
    for service in await shops.list_services(db, shop_id=shop_id):
        if service.service_id == service_id:
            return shop, service
    raise ServiceUnknown


def _agreed(shop: Shop, service: Service, wish: Wish) -> Quote:
    price = quote(shop, service, purpose=wish.purpose, tip=wish.tip)
    if wish.terms_version != shop.terms_version:
        raise TermsChanged(version=shop.terms_version)
    if wish.expected is not None and wish.expected != price.now.total:
        raise PriceChanged(due=price.now.total.to_json())
    return price


async def _hold_with_any(
    means: Means, order: _Order, barbers: Sequence[UUID], *, now: datetime
) -> Booked:
    """Try the barbers in the order given; a failed hold takes its whole transaction back."""
    for barber_id in barbers:
        try:
            async with means.database.tenant(order.shop.shop_id) as db:
                return await _write(db, means, order, barber_id, now=now)
        except SlotTaken:
            if barber_id == barbers[-1]:
                raise
    raise SlotTaken("That time was just taken.")


async def _write(
    db: Connection, means: Means, order: _Order, barber_id: UUID, *, now: datetime
) -> Booked:
    """Everything a booking is, in the order that docs/locking.md gives its locks."""
    booked = Booked(appointment_id=ids.new(now), payment_id=ids.new(now))
    held_until = now + means.hold
    # The key first: a concurrent repetition waits here, and then finds this booking.
    await _keep_key(db, order, booked, now=now)
    client = await clients.lock_or_add(
        db, means.vault, shop_id=order.shop.shop_id, email=order.wish.email, now=now
    )
    await _hold(db, _visit(booked, client, order, barber_id), order, held_until, now=now)
    await _add_payment(db, order, booked, now=now)
    await _note_held(db, order, booked, now=now)
    await _ask_for_work(db, order, booked, held_until, now=now)
    return booked


async def _keep_key(db: Connection, order: _Order, booked: Booked, *, now: datetime) -> None:
    result = {"appointment": str(booked.appointment_id), "payment": str(booked.payment_id)}
    await idempotency.keep(db, order.key, shop_id=order.shop.shop_id, result=result, now=now)


async def _hold(
    db: Connection, visit: Visit, order: _Order, held_until: datetime, *, now: datetime
) -> None:
    shop_id = order.shop.shop_id
    await slots.expire_in_the_way(
        db,
        shop_id=shop_id,
        barber_id=visit.barber_id,
        starts_at=visit.starts_at,
        until=visit.ends_at + visit.buffer,
        now=now,
    )
    await slots.hold(db, visit, shop_id=shop_id, held_until=held_until, now=now)


async def _add_payment(db: Connection, order: _Order, booked: Booked, *, now: datetime) -> None:
    shop, due = order.shop, order.price.now
    await payments.add_payment(
        db,
        shop_id=shop.shop_id,
        payment_id=booked.payment_id,
        appointment_id=booked.appointment_id,
        purpose=order.wish.purpose,
        service_amount=due.service.minor,
        tax_amount=due.tax.minor,
        tip_amount=due.tip.minor,
        currency=due.total.currency.code,
        stripe_account=shop.stripe_account,
        via=Via.CHECKOUT if shop.checkout_hosted else Via.ELEMENT,
        now=now,
    )


async def _note_held(db: Connection, order: _Order, booked: Booked, *, now: datetime) -> None:
    await trail.record(
        db,
        shop_id=order.shop.shop_id,
        actor="client",
        act="appointment.held",
        object=ids.show("apt", booked.appointment_id),
        facts={"due": order.price.now.total.to_json(), "terms": order.wish.terms_version},
        now=now,
    )


async def _ask_for_work(
    db: Connection, order: _Order, booked: Booked, held_until: datetime, *, now: datetime
) -> None:
    for work in (
        Work(WorkKind.EXPIRE_HOLD, booked.appointment_id, held_until),
        Work(WorkKind.OPEN_INTENT, booked.payment_id, now + RETRY_INTENT),
    ):
        await queue.enqueue(db, work, shop_id=order.shop.shop_id, now=now)


def _visit(booked: Booked, client: Person, order: _Order, barber_id: UUID) -> Visit:
    def sealed(column: str, plain: str) -> bytes:
        return client.seal("appointments", column, booked.appointment_id, plain)

    wish, service, price = order.wish, order.service, order.price
    return Visit(
        appointment_id=booked.appointment_id,
        barber_id=barber_id,
        service_id=service.service_id,
        client_id=client.subject_id,
        starts_at=wish.starts_at,
        ends_at=wish.starts_at + timedelta(minutes=service.duration_minutes),
        buffer=timedelta(minutes=service.buffer_minutes),
        service_name=service.name,
        service_amount=price.service.minor,
        tax_amount=price.tax.minor,
        tax_basis_points=order.shop.tax_basis_points,
        tip_amount=price.tip.minor,
        deposit_amount=price.deposit.minor,
        currency=price.total.currency.code,
        guest_name=sealed("guest_name", wish.name),
        guest_phone=sealed("guest_phone", wish.phone) if wish.phone else None,
        key_id=client.key.key_id,
        locale=wish.locale,
        terms_version=order.shop.terms_version,
        booked_ip=sealed("booked_ip", order.evidence.ip),
        booked_device=sealed("booked_device", order.evidence.device[:500]),
    )
