"""What anybody may ask: shops, free times, prices, and a booking."""

import contextlib
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from bookedbarber import ids, links
from bookedbarber.api import gate, present
from bookedbarber.api.context import Context
from bookedbarber.api.fields import A_SERVICE, MoneyIn, MoneyOut, ServiceId, Shape, ShopPath
from bookedbarber.api.gate import Ctx, IdempotencyHeader
from bookedbarber.api.refusals import AMOUNT, NAMED, refuses
from bookedbarber.api.shapes import (
    AvailabilityOut,
    BarberOut,
    BookingIn,
    BookingOut,
    QuoteOut,
    ServiceOut,
    ShopOut,
)
from bookedbarber.booking import calendar
from bookedbarber.checkout import bookings, collect, menu, start
from bookedbarber.checkout.quote import deposit_of, quote, taxed
from bookedbarber.checkout.start import Booked, Evidence, Wish
from bookedbarber.errors import Unavailable
from bookedbarber.money import Money, currency
from bookedbarber.payments.states import Purpose
from bookedbarber.processor.errors import ProcessorRefused
from bookedbarber.shops.queries import Service, Shop

router = APIRouter(tags=["storefront"])


@router.get(
    "/shops/{slug}",
    dependencies=[Depends(gate.reading)],
    summary="A shop's services, barbers and terms",
    responses=refuses("shop_unknown"),
)
async def shop(slug: ShopPath, ctx: Ctx) -> ShopOut:
    """A shop: services, barbers, terms."""
    found = await menu.load(ctx.means, slug=slug)
    return ShopOut(
        id=ids.show("shp", found.shop.shop_id),
        slug=found.shop.slug,
        name=found.shop.name,
        address=found.shop.address,
        time_zone=found.shop.time_zone,
        currency=found.shop.currency,
        locale=found.shop.locale,
        terms_version=found.shop.terms_version,
        terms=found.shop.terms,
        free_cancel_hours=found.shop.free_cancel_hours,
        services=[_service(found.shop, service) for service in found.services],
        barbers=[
            BarberOut(
                id=ids.show("bar", barber.barber_id),
                name=barber.name,
                services=[ids.show("svc", service) for service in barber.services],
            )
            for barber in found.barbers
        ],
    )


def _service(shop: Shop, service: Service) -> ServiceOut:
    net, tax = taxed(shop, service)
    deposit = deposit_of(service, net + tax)
    return ServiceOut(
        id=ids.show("svc", service.service_id),
        name=service.name,
        description=service.description,
        duration_minutes=service.duration_minutes,
        price=MoneyOut.of(net + tax),
        tax=MoneyOut.of(tax),
        deposit=MoneyOut.of(deposit) if deposit.minor else None,
    )


@router.get(
    "/shops/{slug}/services",
    dependencies=[Depends(gate.reading)],
    summary="What a shop sells",
    responses=refuses("shop_unknown"),
)
async def services(slug: ShopPath, ctx: Ctx) -> list[ServiceOut]:
    """What a shop sells, in its own order."""
    found = await menu.load(ctx.means, slug=slug)
    return [_service(found.shop, service) for service in found.services]


@router.get(
    "/shops/{slug}/availability",
    dependencies=[Depends(gate.reading)],
    summary="The free times of a day",
    responses=refuses("shop_unknown", "service_unknown", "barber_unknown"),
)
async def availability(
    slug: ShopPath,
    service: Annotated[str, Query(description="A service: `svc_…`.", examples=[A_SERVICE])],
    ctx: Ctx,
    day: Annotated[
        date | None, Query(description="In shop time; the first with any when left out.")
    ] = None,
    barber: Annotated[
        str | None, Query(description="Of one barber: `bar_…`; of whoever is free when left out.")
    ] = None,
) -> AvailabilityOut:
    """The bookable times of one day in shop time; the first day with any when none is named."""
    found = await menu.load(ctx.means, slug=slug)
    wanted = found.service(ids.parse("svc", service))
    async with ctx.means.database.tenant(found.shop.shop_id) as db:
        offered = await calendar.day(
            db,
            shop=found.shop,
            service=wanted,
            barber_id=ids.parse("bar", barber) if barber is not None else None,
            day=day,
            now=ctx.clock.now(),
        )
    return AvailabilityOut(
        day=offered.day,
        time_zone=found.shop.time_zone,
        slots=[present.slot(slot) for slot in offered.slots],
    )


class QuoteIn(Shape):
    """A service, how it is to be paid, and the tip."""

    service: ServiceId
    pay: Purpose = Field(
        description="`full`: the whole price now. `deposit`: the deposit, the rest at the shop.",
        examples=["full"],
    )
    tip: MoneyIn = Field(
        None,
        description="At most twice the price; none when left out.",
        examples=[{"amount": 300, "currency": "usd"}],
    )


@router.post(
    "/shops/{slug}/quote",
    dependencies=[Depends(gate.reading)],
    summary="What a visit costs",
    responses=refuses(
        *AMOUNT,
        "amount_too_small",
        "currency_mismatch",
        "shop_unknown",
        "service_unknown",
        "deposit_not_offered",
        "tip_too_large",
    ),
)
async def price(slug: ShopPath, asked: QuoteIn, ctx: Ctx) -> QuoteOut:
    """The exact price, tax and amount due now. Nothing is held."""
    found = await menu.load(ctx.means, slug=slug)
    wanted = found.service(ids.parse("svc", asked.service))
    return present.quote(
        quote(found.shop, wanted, purpose=asked.pay, tip=_tip(asked.tip, found.shop))
    )


@router.post(
    "/shops/{slug}/bookings",
    status_code=201,
    dependencies=[Depends(gate.booking)],
    summary="Book a time",
    responses=refuses(
        *AMOUNT,
        "amount_too_small",
        "currency_mismatch",
        "tip_too_large",
        "deposit_not_offered",
        "name_missing",
        "email_invalid",
        "phone_invalid",
        "shop_unknown",
        "service_unknown",
        "barber_unknown",
        "shop_not_open",
        "slot_not_offered",
        "slot_taken",
        "too_many_holds",
        "terms_changed",
        "price_changed",
        *NAMED,
    ),
)
async def book(
    slug: ShopPath, asked: BookingIn, request: Request, ctx: Ctx, key: IdempotencyHeader = None
) -> BookingOut:
    """Hold a time and prepare its payment. Pay at `pay_url` before `held_until`.

    While Stripe does not answer, the payment is `pending` and is prepared as soon as it does.
    """
    found = await menu.load(ctx.means, slug=slug)
    shop_id, now = found.shop.shop_id, ctx.clock.now()
    wish = _wish(asked, found.shop)
    named = gate.optional_key(
        key,
        caller=f"guest:{ctx.means.vault.index_email(shop_id, wish.email).hex()[:32]}",
        operation="book",
        body=asked.model_dump(mode="json"),
    )
    evidence = Evidence(gate.address(request), request.headers.get("user-agent", ""))
    booked = await gate.once(
        lambda: start.book(
            ctx.means, shop_id=shop_id, wish=wish, evidence=evidence, key=named, now=now
        )
    )
    # Where Stripe does not answer, the job goes on; where it is paid already, all is well.
    with contextlib.suppress(Unavailable, ProcessorRefused, collect.PaymentClosed):
        await collect.open_intent(ctx.means, shop_id=shop_id, payment_id=booked.payment_id, now=now)
    return await booking_of(ctx, shop_id, booked)


async def booking_of(ctx: Context, shop_id: UUID, booked: Booked) -> BookingOut:
    """A booking with the links that only whoever made it gets."""
    found = await bookings.load(ctx.means, shop_id=shop_id, appointment_id=booked.appointment_id)
    pay = links.sign(ctx.means.link_key, "pay", shop_id, booked.payment_id)
    manage = links.sign(ctx.means.link_key, "manage", shop_id, booked.appointment_id)
    return present.booking(
        found,
        pay_url=f"{ctx.means.site_url}/pay/{pay}",
        manage_url=f"{ctx.means.site_url}/manage/{manage}",
    )


def _wish(asked: BookingIn, shop: Shop) -> Wish:
    return Wish(
        service_id=ids.parse("svc", asked.service),
        barber_id=ids.parse("bar", asked.barber) if asked.barber is not None else None,
        starts_at=calendar.instant(asked.starts_at),
        purpose=Purpose(asked.pay),
        tip=_tip(asked.tip, shop),
        name=asked.client.name,
        email=asked.client.email,
        phone=asked.client.phone,
        locale=asked.locale,
        terms_version=asked.terms_version,
        expected=Money.from_json(asked.expected) if asked.expected is not None else None,
    )


def _tip(value: object, shop: Shop) -> Money:
    return Money.zero(currency(shop.currency)) if value is None else Money.from_json(value)
