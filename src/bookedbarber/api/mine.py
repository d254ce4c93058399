"""A client's own bookings in one shop: asking for the link, and what it opens."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from bookedbarber import ids, links
from bookedbarber.api import gate
from bookedbarber.api.context import ASKS, ASKS_FOR, Context
from bookedbarber.api.fields import (
    AllLink,
    BarberName,
    BookingId,
    BookingStateOut,
    Instant,
    MoneyOut,
    ServiceName,
    Shape,
    ShopPath,
    Zone,
)
from bookedbarber.api.gate import Ctx
from bookedbarber.api.refusals import refuses
from bookedbarber.checkout import menu, mine
from bookedbarber.checkout.mine import Visit
from bookedbarber.checkout.receipt import MANAGE
from bookedbarber.resilience.limiter import RateLimited

router = APIRouter(tags=["own booking"])
ANSWER = "If this address has bookings here, a link to them is on its way."


class AskIn(Shape):
    """The address that was given when booking."""

    email: str = Field(
        max_length=254, description="As it was given.", examples=["amara@example.com"]
    )


class AskOut(Shape):
    """The same answer, whatever address was given."""

    answer: str = Field(ANSWER, description="A sentence for the client.")


class MyBookingOut(Shape):
    """One visit and its sums."""

    id: BookingId
    state: BookingStateOut
    service: ServiceName
    barber: BarberName
    starts_at: Instant
    ends_at: Instant
    total: MoneyOut = Field(description="Price and tip.")
    paid: MoneyOut = Field(description="What was collected.")
    refunded: MoneyOut = Field(description="What went back, or is on its way.")
    due_at_shop: MoneyOut = Field(description="What is still due there.")
    manage_url: str = Field(description="Opens this visit alone, and has no end.")


class MyBookingsOut(Shape):
    """What is to come, and what is past."""

    shop: str = Field(description="The shop's name.")
    time_zone: Zone
    coming: list[MyBookingOut] = Field(description="What is to come, the next first.")
    past: list[MyBookingOut] = Field(description="What is past, the latest first.")
    before: str | None = Field(description="Sent as `before`, it asks for older ones.")


@router.post(
    "/shops/{slug}/my-bookings",
    status_code=202,
    summary="Have a client sent the link to their bookings",
    responses=refuses("shop_unknown", "email_invalid"),
)
async def ask(slug: ShopPath, asked: AskIn, request: Request, ctx: Ctx) -> AskOut:
    """Have a link to one's bookings sent. The answer never tells whether the shop knows the
    address."""
    await send_link(ctx, slug, asked.email, address=gate.address(request))
    return AskOut()


@router.get(
    "/my/{link}",
    dependencies=[Depends(gate.reading)],
    summary="All bookings of one client",
    responses=refuses("link_invalid", "link_ended"),
)
async def my_bookings(
    link: AllLink,
    ctx: Ctx,
    before: Annotated[str | None, Query(description="`before` of the page before.")] = None,
) -> MyBookingsOut:
    """The bookings behind a link, until it ends."""
    found = await mine.load(
        ctx.means,
        link=link,
        before=ids.parse("apt", before) if before else None,
        now=ctx.clock.now(),
    )
    return MyBookingsOut(
        shop=found.shop.name,
        time_zone=found.shop.time_zone,
        coming=[_booking(ctx, found.shop.shop_id, visit) for visit in found.coming],
        past=[_booking(ctx, found.shop.shop_id, visit) for visit in found.past],
        before=ids.show("apt", found.before) if found.before else None,
    )


async def send_link(ctx: Context, slug: str, email: str, *, address: str) -> None:
    """Have a link sent, unless one network or one client was asked for too often: the first is
    told, the second is not, since that would tell who is a client. Raises ShopUnknown,
    EmailInvalid, RateLimited."""
    await ctx.limiter.take(ASKS, address)
    found = await menu.load(ctx.means, slug=slug)
    shop_id = found.shop.shop_id
    client = ctx.means.vault.index_email(shop_id, email).hex()
    try:
        await ctx.limiter.take(ASKS_FOR, f"{shop_id}:{client}")
    except RateLimited:
        return
    await mine.ask(ctx.means, shop_id=shop_id, email=email, now=ctx.clock.now())


def _booking(ctx: Context, shop_id: UUID, visit: Visit) -> MyBookingOut:
    row, sums = visit.appointment, visit.figures
    own = links.sign(ctx.means.link_key, MANAGE, shop_id, row.appointment_id)
    return MyBookingOut(
        id=ids.show("apt", row.appointment_id),
        state=row.state,
        service=row.service_name,
        barber=row.barber_name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        total=MoneyOut.of(sums.total),
        paid=MoneyOut.of(sums.paid),
        refunded=MoneyOut.of(sums.refunded),
        due_at_shop=MoneyOut.of(sums.due_at_shop),
        manage_url=f"{ctx.means.site_url}/manage/{own}",
    )
